"""Stopping work that waits: a flag for one question that also ends what can't look at a flag.

A thread that reads from a model's socket sees no flag until a byte comes. Whoever opens such a line says with
`Stop.then` how it is cut; `Stop.set` cuts it from any other thread, at once.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from weakref import WeakSet

from index.errors import GenerationError

log = logging.getLogger(__name__)


class Stopped(GenerationError):  # noqa: N818 - not a fault of anything
    """The reader stopped the answer."""

    def __init__(self) -> None:
        super().__init__("The answer was stopped.", hint="Ask again.", retry=True)


class Stop:
    """Whether one question's answer is still wanted. Safe to use from many threads."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._then: list[Callable[[], None]] = []

    def set(self) -> None:
        """The answer is not wanted any more; what `then` was told is called, in this thread. Never waits."""
        with self._lock:
            self._set.set()
            calls, self._then = self._then, []
        for call in calls:
            try:
                call()
            except Exception:  # the others must be called all the same
                log.exception("A line could not be cut.")

    def is_set(self) -> bool:
        """True once the answer is not wanted any more."""
        return self._set.is_set()

    def then(self, call: Callable[[], None]) -> None:
        """``call`` is called once when this is set, at once where it is already; it must not wait."""
        with self._lock:
            if not self._set.is_set():
                self._then.append(call)
                return
        call()

    def wait(self, seconds: float) -> None:
        """Sleeps, but not longer than the answer is wanted."""
        self._set.wait(seconds)

    def check(self) -> None:
        """Raises Stopped once the answer is not wanted any more."""
        if self.is_set():
            raise Stopped


_CURRENT: ContextVar[Stop | None] = ContextVar("stop", default=None)
_RUNNING: WeakSet[Stop] = WeakSet()
_RUNNING_LOCK = threading.Lock()


def current() -> Stop:
    """The stop of the work that this thread is doing; one that is never set where nobody can stop it."""
    return _CURRENT.get() or Stop()


@contextlib.contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """``stop`` is the current one inside; for whole pieces of work, not for generators that others step through."""
    with _RUNNING_LOCK:
        _RUNNING.add(stop)
    token = _CURRENT.set(stop)
    try:
        yield
    finally:
        _CURRENT.reset(token)
        with _RUNNING_LOCK:
            _RUNNING.discard(stop)


def stop_all() -> None:
    """Stops whatever runs: the process is about to end."""
    with _RUNNING_LOCK:
        running = list(_RUNNING)
    for stop in running:
        stop.set()
