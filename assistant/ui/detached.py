"""Answers made in threads of their own, so that the event loop, which serves everybody, never waits for a model.

Gradio steps through a plain generator in a worker thread, but closes it on the event loop: closing one that waits
for a model's next word stops the whole server for as long as the model likes.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import logging
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

from assistant.stopping import Stop, stoppable

log = logging.getLogger(__name__)

PULSE_SECONDS = 1.0
"""A silent answer gives an update that changes nothing this often: only then does Gradio see that a reader has gone."""


def detached(fn: Callable[..., Iterator[Any]], pulse: Any) -> Callable[..., AsyncIterator[Any]]:
    """A generator function as an asynchronous one that never blocks, and that can be closed at any moment.

    ``fn`` runs in a thread of its own, one step ahead of the reader at most. When the reader stops or goes away, the
    `Stop` of that thread is set, which cuts the line to a model; the thread then ends by itself. ``pulse`` is an update
    that changes nothing.
    """

    @functools.wraps(fn)
    async def stream(*args: Any) -> AsyncIterator[Any]:
        work = _Work(fn, args)
        work.start()
        try:
            while True:
                try:
                    item = await asyncio.wait_for(work.made.get(), PULSE_SECONDS)
                except TimeoutError:
                    yield pulse
                    continue
                if item is _END:
                    return
                if isinstance(item, _Raised):
                    raise item.error
                yield item
                work.taken.release()
        finally:
            work.stop.set()
            work.taken.release()

    return stream


class _Raised:
    """What the thread died of, on its way to the reader."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


_END = object()


class _Work:
    """A generator running in its thread: ``made`` hands its items over, ``taken`` holds it back to one at a time."""

    def __init__(self, fn: Callable[..., Iterator[Any]], args: tuple[Any, ...]) -> None:
        self.stop = Stop()
        self.made: asyncio.Queue[Any] = asyncio.Queue()
        self.taken = threading.Semaphore(1)
        self._fn, self._args = fn, args
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Starts the thread, with the caller's context variables (Gradio's request and session are among them)."""
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._run,), daemon=True, name="locus-answer").start()

    def _run(self) -> None:
        end: Any = _END
        with stoppable(self.stop):
            items = self._fn(*self._args)
            try:
                for item in items:
                    self.taken.acquire()
                    if self.stop.is_set():
                        break
                    self._hand_over(item)
            except BaseException as error:  # handed to the reader
                end = _Raised(error)
            finally:
                _close(items)
        self._hand_over(end)

    def _hand_over(self, item: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process is ending
            self._loop.call_soon_threadsafe(self.made.put_nowait, item)


def _close(items: Iterator[Any]) -> None:
    if isinstance(items, Generator):
        try:
            items.close()
        except Exception as error:  # a line that was cut in the middle; nobody waits for it any more
            log.debug("Closing an answer: %s", type(error).__name__)
