"""Work done ahead in a thread of its own, so that reading doesn't wait for embedding, nor embedding for reading."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

_A = TypeVar("_A")
_B = TypeVar("_B")

_PATIENCE = 0.1


def ahead(items: Iterable[_A], prepare: Callable[[_A], _B], depth: int) -> Iterator[_B]:
    """``prepare(item)`` of each item, in order, up to ``depth`` of them made before they are asked for.

    The items are drawn and prepared in a thread of their own. What either raises is raised here, after what came
    before. Where this generator is closed early, as by Ctrl-C, the thread ends with the item in hand.
    """
    made: Queue[tuple[str, object]] = Queue(maxsize=depth)
    stop = threading.Event()

    def put(kind: str, value: object) -> bool:
        while not stop.is_set():
            try:
                made.put((kind, value), timeout=_PATIENCE)
                return True
            except Full:
                continue
        return False

    def work() -> None:
        try:
            for item in items:
                if not put("item", prepare(item)):
                    return
        except BaseException as error:  # raised where the items are used
            put("error", error)
        else:
            put("end", None)

    worker = threading.Thread(target=work, daemon=True, name="locus-read")
    worker.start()
    try:
        while True:
            try:
                kind, value = made.get(timeout=_PATIENCE)  # not for ever: Ctrl-C is heard between the attempts
            except Empty:
                continue
            if kind == "end":
                return
            if kind == "error":
                assert isinstance(value, BaseException)
                raise value
            yield value  # type: ignore[misc]
    finally:
        stop.set()
        worker.join()
