"""An index on disk: FAISS's own bytes, and after them a trailer that says whose vectors these are.

The trailer stands last because FAISS maps a file from its first byte; it has a checksum of its own. A file is only
ever replaced whole, never changed: programs that have the older one mapped go on with it undisturbed.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.disk import replace_atomically

_MAGIC = "locus-dense-3"
_EARLIER = b'{"magic": "locus-dense-'
_TRAILER = 8192
_BLOCK = 1 << 20
_HEAD = 1 << 16
_CHUNK = 1 << 20
_MAPPED = os.name == "posix"
"""Elsewhere a file that is mapped can't be replaced, so there it is read into memory."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index in memory or on disk holds."""

    library: str
    epoch: int
    generation: int
    dimension: int
    count: int
    kind: str
    """FAISS's factory string."""
    last: int = 0
    """The highest id of a passage up to then: what is removed later stands in the index only up to this id."""
    built: int = 0
    """Number of vectors when it was trained and measured."""
    curve: tuple[tuple[int, float], ...] = ()
    """(inverted lists visited, recall) as measured, rising; empty for exact search."""
    size: int = 0
    """FAISS's bytes."""
    head: str = ""
    """SHA-256 of the first of them, where FAISS keeps the sizes that it trusts."""
    checksum: str = ""
    """SHA-256 of all of them."""


def read_stamp(path: Path) -> Stamp | None:
    """The trailer of a saved index, None where there is none that can be trusted."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END) - _TRAILER
            file.seek(size)
            crc, _, text = file.read(_TRAILER).rstrip(b" ").partition(b"\n")
        if int(crc, 16) != zlib.crc32(text):
            return None
        fields = json.loads(text)
        if fields.pop("magic") != _MAGIC or fields["size"] != size:
            return None
        return Stamp(**fields | {"curve": tuple((int(n), float(r)) for n, r in fields["curve"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def earlier(path: Path) -> bool:
    """Whether the file was written by a Locus that had another format: nothing is wrong with it, but it's of no use."""
    try:
        with path.open("rb") as file:
            return file.read(len(_EARLIER)) == _EARLIER
    except OSError:
        return False


def write(path: Path, index: Any, stamp: Stamp) -> Stamp:
    """Put ``index`` at ``path``, whole or not at all; ``stamp`` with its size and checksums."""
    made: list[Stamp] = []

    def put(file: IO[bytes]) -> None:
        made.append(_write(file, index, stamp))

    replace_atomically(path, put)
    return made[0]


def _write(file: IO[bytes], index: Any, stamp: Stamp) -> Stamp:
    whole, head = hashlib.sha256(), hashlib.sha256()
    size = 0

    def take(data: bytes) -> int:
        nonlocal size
        whole.update(data)
        head.update(data[: max(0, _HEAD - size)])
        size += len(data)
        return file.write(data)

    # The adapter is made in Python, where type stubs don't see it.
    faiss.write_index(index, getattr(faiss, "PyCallbackIOWriter")(take, _BLOCK))  # noqa: B009
    fields = asdict(stamp) | {"size": size, "head": head.hexdigest(), "checksum": whole.hexdigest()}
    text = json.dumps({"magic": _MAGIC} | fields).encode()
    trailer = b"%08x\n" % zlib.crc32(text) + text
    if len(trailer) > _TRAILER:
        raise ValueError("the trailer of the dense index is too long")
    file.write(trailer.ljust(_TRAILER))
    return Stamp(**fields)


def opened(path: Path, stamp: Stamp, *, whole: bool) -> Any:
    """The index at ``path``, mapped and never to be changed; ``whole`` reads all of it through first.

    Raises ValueError, RuntimeError or OSError where it is damaged or was replaced meanwhile.
    """
    _check(path, stamp, whole=whole)
    return _sound(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if _MAPPED else 0), stamp)


def loaded(path: Path, stamp: Stamp) -> Any:
    """The index at ``path`` in memory, to be changed; raises as `opened` does."""
    _check(path, stamp, whole=True)
    return _sound(faiss.read_index(str(path)), stamp)


def intact(path: Path, stamp: Stamp) -> bool:
    """Whether the file at ``path`` is what was written, byte for byte."""
    try:
        _check(path, stamp, whole=True)
    except (OSError, ValueError):
        return False
    return True


def ids_of(index: Any) -> NDArray[np.int64]:
    """Ids of all vectors of an index (n,), rising."""
    if not isinstance(index, faiss.IndexIVF):
        return np.sort(faiss.vector_to_array(index.id_map))
    lists: Any = index.invlists
    sizes = {n: lists.list_size(n) for n in range(lists.nlist)}
    parts = [faiss.rev_swig_ptr(lists.get_ids(n), size).copy() for n, size in sizes.items() if size]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)


def _check(path: Path, stamp: Stamp, *, whole: bool) -> None:
    """The checksum comes before FAISS, which trusts the sizes that it reads."""
    checksum = hashlib.sha256()
    left = stamp.size if whole else min(stamp.size, _HEAD)
    with path.open("rb") as file:
        while left and (data := file.read(min(left, _CHUNK))):
            checksum.update(data)
            left -= len(data)
    if left or checksum.hexdigest() != (stamp.checksum if whole else stamp.head):
        raise ValueError("its checksum is wrong")


def _sound(index: Any, stamp: Stamp) -> Any:
    if index.ntotal != stamp.count or index.d != stamp.dimension:
        raise ValueError("its size is wrong")
    return index
