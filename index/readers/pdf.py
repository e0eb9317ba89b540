"""PDF, in work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from index.errors import ReadError
from index.papers import Paper


def read(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """Refuses for now."""
    raise ReadError(f"{source}: PDF can't be read yet.")
