"""A text file of unknown origin as lines: gzip, encodings, limits, files cut short."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from assistant.genome.records import Progress
from index.errors import LocusError

MOST_BYTES = 4_000_000_000
"""Files above it are refused before they are read."""
MOST_TEXT = 8_000_000_000
"""Characters that a compressed file may hold."""
MOST_LINE = 1_000_000
"""Characters of a line: longer ones are no table's."""
_SAFE_TEXT = 500_000_000
_MOST_RATIO = 100
"""How much more text than bytes a gzip file may hold above `_SAFE_TEXT`; real tables hold 2 to 20 times as much."""
_HEAD = 65_536
_EVERY = 20_000
GZIP = b"\x1f\x8b"


@dataclass(slots=True)
class TextFile:
    """A file that holds text; ``notes`` grows while lines are read."""

    path: Path
    size: int
    encoding: str
    zipped: bool
    progress: Progress | None = None
    notes: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The lines with their ends, in order; those before the place where a file is cut short.

        Raises:
            LocusError: a line or the text is too long for a table
        """
        most = min(MOST_TEXT, max(_SAFE_TEXT, _MOST_RATIO * self.size)) if self.zipped else MOST_TEXT
        read = number = 0
        with ExitStack() as stack:
            raw = stack.enter_context(self.path.open("rb"))
            binary = stack.enter_context(gzip.GzipFile(fileobj=raw)) if self.zipped else raw
            text = io.TextIOWrapper(cast("BinaryIO", binary), self.encoding, errors="replace", newline=None)
            while True:
                try:
                    line = text.readline(MOST_LINE)
                except (EOFError, zlib.error, gzip.BadGzipFile):
                    self._note(f"The file is damaged or cut short after line {number:,}; what stands before was read.")
                    return
                if not line:
                    break
                number += 1
                read += len(line)
                if len(line) >= MOST_LINE:
                    raise LocusError(
                        f"Line {number:,} of {self.path.name} is longer than {MOST_LINE:,} characters.",
                        hint="A table has a line for each gene or variant.",
                    )
                if read > most:
                    raise LocusError(
                        f"{self.path.name} unpacks to more than {most / 1e9:,.1f} GB.",
                        hint="Leave out columns or rows that are not needed.",
                    )
                if self.progress and number % _EVERY == 0:
                    self.progress(min(raw.tell(), self.size), self.size)
                yield line
        if self.progress:
            self.progress(self.size, self.size)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def open_text(path: Path, progress: Progress | None = None) -> TextFile:
    """A file as text, in whatever encoding it is written.

    Raises:
        LocusError: there is no such file, it is empty, too big, or holds no text
    """
    size = checked_size(path)
    start, zipped = head(path)
    if not start:
        raise LocusError(f"{path.name} is empty.")
    encoding = _encoding(start)
    if encoding is None:
        raise LocusError(f"{path.name} holds no text.", hint=TAKEN)
    return TextFile(path, size, encoding, zipped, progress)


TAKEN = (
    "Taken are VCF (plain or .gz), tables of differential expression or association results (CSV, TSV or XLSX, text "
    "also as .gz) and lists of genes."
)


def checked_size(path: Path) -> int:
    """Bytes of a file.

    Raises:
        LocusError: there is no such file, or it is bigger than Locus reads
    """
    try:
        if not path.is_file():
            raise LocusError(f"There is no file {path}." if not path.exists() else f"{path} is no file.")
        size = path.stat().st_size
    except OSError as error:
        raise LocusError(f"{path} can't be read: {error.strerror}.") from error
    if size > MOST_BYTES:
        raise LocusError(
            f"{path.name} has {size / 1e9:,.1f} GB; tables of up to {MOST_BYTES / 1e9:,.0f} GB are read.",
            hint="Leave out columns or rows that are not needed.",
        )
    return size


def head(path: Path, count: int = _HEAD) -> tuple[bytes, bool]:
    """The first bytes of a file, unpacked where it is gzipped, and whether it is.

    Raises:
        LocusError: it can't be read
    """
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == GZIP
            file.seek(0)
            if not zipped:
                return file.read(count), False
            unpacked = zlib.decompressobj(wbits=31)
            return unpacked.decompress(file.read(count), count), True
    except OSError as error:
        raise LocusError(f"{path} can't be read: {error.strerror}.") from error
    except zlib.error as error:
        raise LocusError(f"{path.name} is a damaged gzip file.", hint="Fetch or pack it anew.") from error


def _encoding(start: bytes) -> str | None:
    """The encoding of a text by its first bytes; None where it is no text."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if 0 in start:
        # UTF-16 without its mark: every second byte of Latin text is 0
        for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            half, other = start[offset::2], start[1 - offset :: 2]
            if half.count(0) > 0.8 * len(half) and 0 not in other:
                return name
        return None
    if sum(byte < 32 and byte not in b"\t\n\r\f" for byte in start) > 0.01 * len(start):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        # Whatever is no UTF-8 can be read as Windows' Latin; bytes of a binary file seldom are letters.
        letters = sum(32 <= byte < 127 or byte in b"\t\n\r" for byte in start)
        return "cp1252" if letters > 0.7 * len(start) else None
    return "utf-8"
