"""Files as readers see them: unpacked within limits, decoded without guessing wrong in silence."""

from __future__ import annotations

import codecs
import gzip
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from index.errors import ReadError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD = 1 << 16
"""Bytes at the start of a file by which its format is told."""
MAX_UNPACKED = 8 << 30
"""Bytes that a .gz file may unpack to; NLM's largest update files give 0.4 GB."""
MAX_RATIO = 100
"""How many times its packed size a .gz file may unpack to (XML of PubMed: 6 to 12 times) ..."""
FREE_OF_RATIO = 32 << 20
"""... once it has given so many bytes."""
MAX_WHOLE = 64 << 20
"""Bytes of a text file that is read as a whole (Markdown, text, BibTeX, RIS, nbib)."""

_GZIP = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the start of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class _Unpacked(io.RawIOBase):
    """A .gz file unpacked as it is read; refuses one that grows beyond the limits."""

    def __init__(self, packed: BinaryIO, source: str) -> None:
        self._packed = packed
        self._stream = gzip.GzipFile(fileobj=packed)
        self._source = source
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self._given += len(data)
        taken = max(1, self._packed.tell())
        if self._given > MAX_UNPACKED or (self._given > FREE_OF_RATIO and self._given > MAX_RATIO * taken):
            raise ReadError(
                f"{self._source} unpacks to far more than a file of papers does ({self._given >> 20} MB so far).",
                hint="If it is what you expect, unpack it yourself and add the unpacked file.",
            )
        return len(data)


@contextmanager
def opened(path: Path, source: str) -> Iterator[BinaryIO]:
    """The content of ``path`` as a stream of bytes, unpacked where it is gzip by content.

    Raises OSError where the file can't be opened; reading raises ReadError where it unpacks beyond the limits.
    """
    with path.open("rb") as packed:
        start = packed.read(2)
        packed.seek(0)
        if start == _GZIP:
            with io.BufferedReader(_Unpacked(packed, source), HEAD) as stream:
                yield stream
        else:
            yield packed


def whole(stream: BinaryIO, source: str, limit: int = MAX_WHOLE) -> bytes:
    """All bytes of ``stream``; a ReadError where they are more than ``limit``."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise ReadError(
            f"{source} is larger than {limit >> 20} MB, too large for a paper in this format.",
            hint="Split it into smaller files.",
        )
    return data


def decode(data: bytes, source: str, *, partial: bool = False) -> str:
    """``data`` as text: by its byte order mark, else as UTF-8, UTF-16 or, last, Windows-1252.

    ``partial`` says that ``data`` is the start of a file, cut anywhere. Raises a ReadError where the bytes are no
    text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"), source)
    encoding = _without_mark(data)
    try:
        return _checked(data.decode(encoding), source)
    except UnicodeDecodeError as error:
        if partial and len(data) - error.start < 4:
            return _checked(data[: error.start].decode(encoding), source)
        return _checked(data.decode("cp1252", "replace"), source)


def _without_mark(data: bytes) -> str:
    """UTF-16 where every other byte is zero, as it is in Latin text, else UTF-8."""
    start = data[:4096]
    half = len(start) // 2
    if half > 4 and not len(data) % 2:
        if start[1::2].count(0) > 0.7 * half and start[0::2].count(0) < 0.1 * half:
            return "utf-16-le"
        if start[0::2].count(0) > 0.7 * half and start[1::2].count(0) < 0.1 * half:
            return "utf-16-be"
    return "utf-8"


def _checked(text: str, source: str) -> str:
    strange = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if strange > 4 and strange > 0.005 * len(text):
        raise ReadError(
            f"{source} holds no text that can be read.",
            hint="Save the paper as PDF, XML or plain text (UTF-8) and add that file.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
