"""The text of a file in blocks of whole lines: decompressed as it is read, limits kept, damage told and not raised."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.genome.vcf.options import MAX_LINE_BYTES, VcfOptions
from index.errors import LocusError

_CHUNK = 1 << 18
_GZIP = b"\x1f\x8b"
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_OTHER_FORMATS = (
    (b"PK\x03\x04", "is a ZIP archive or a workbook"),
    (b"BZh", "is compressed with bzip2"),
    (b"\xfd7zXZ", "is compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd"),
    (b"%PDF", "is a PDF"),
    (b"CRAM", "is a CRAM file of reads"),
    (b"\xff\xfe", "is UTF-16 text"),
    (b"\xfe\xff", "is UTF-16 text"),
)


@dataclass(slots=True)
class Damage:
    """What was wrong with a file on the way to its end; ``cut`` in words, empty where it was read to its end."""

    cut: str = ""
    doubt: str = ""


def human(size: float) -> str:
    """Bytes in words: "5.0 GB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size:.0f} bytes"


def check(path: Path, options: VcfOptions) -> int:
    """The size of a file that may be read, bytes.

    Raises:
        LocusError: it is missing, not a file, empty, too large, or of a format that is told by its first bytes
    """
    try:
        if not path.is_file():
            raise LocusError(f"{path.name}: there is no such file.", hint="Check its name and folder.")
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(8)
    except OSError as error:
        raise LocusError(f"{path.name} can't be read: {error.strerror}.", hint="Check its permissions.") from None
    if size > options.max_file:
        raise LocusError(
            f"{path.name} has {human(size)}; at most {human(options.max_file)} are read.",
            hint="Compress it with bgzip, or cut it to the regions or samples of interest (bcftools view).",
        )
    if not first:
        raise LocusError(f"{path.name} is empty.", hint="Give a VCF file.")
    for magic, what in _OTHER_FORMATS:
        if first.startswith(magic):
            raise LocusError(f"{path.name} {what}, not a VCF.", hint="Give VCF text, plain or gzipped.")
    return size


def decompressed(
    path: Path, options: VcfOptions, damage: Damage, read: Callable[[int], None] = lambda _: None
) -> Iterator[bytes]:
    """The bytes of a file, plain, gzip or bgzip; ``read`` is told how many bytes of the file were read.

    A file that is cut off or damaged ends early: ``damage`` says where.

    Raises:
        LocusError: the text is longer than the limit
    """
    total = 0
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
        file.seek(0)
        parts = _unzip(file.read, damage) if packed else iter(lambda: file.read(_CHUNK), b"")
        for part in parts:
            total += len(part)
            if total > options.max_text:
                raise LocusError(
                    f"{path.name} unpacks to more than {human(options.max_text)}, the most that is read.",
                    hint="Cut it to the regions or samples of interest (bcftools view).",
                )
            read(file.tell())
            yield part
    if packed and not damage.cut:
        damage.doubt = _end_marker(path)


def _unzip(read: Callable[[int], bytes], damage: Damage) -> Iterator[bytes]:
    unpacker, done, data = zlib.decompressobj(wbits=31), 0, read(_CHUNK)
    fresh = False
    while True:
        if not data:
            data = read(_CHUNK)
            done += len(data)
            if not data:
                break
        if fresh:  # between two members
            data = data.lstrip(b"\0")
            if not data:
                continue
            unpacker, fresh = zlib.decompressobj(wbits=31), False
        try:
            part = unpacker.decompress(data, 1 << 22)
        except zlib.error:
            damage.cut = "the compressed data are damaged"
            return
        if part:
            yield part
        if unpacker.eof:
            data, fresh = unpacker.unused_data, True
        else:
            data = unpacker.unconsumed_tail
    rest = unpacker.flush() if not fresh else b""
    if rest:
        yield rest
    if not fresh and not unpacker.eof:
        damage.cut = "the compressed file is cut off or damaged"


def _end_marker(path: Path) -> str:
    with path.open("rb") as file:
        first = file.read(18)
        if len(first) < 18 or first[3] != 4 or first[12:14] != b"BC":
            return ""
        file.seek(-min(len(_BGZF_END), path.stat().st_size), 2)
        return "" if file.read() == _BGZF_END else "bgzip's end marker is lacking: the file may be cut off"


def whole_lines(parts: Iterator[bytes], damage: Damage) -> Iterator[list[bytes]]:
    """Lines without their ends, many at a time; a line over the limit comes as `TOO_LONG`.

    The last line of a file that is cut off is left out, as it may be but half a line.
    """
    rest: list[bytes] = []
    held, skipping, first = 0, False, True
    for part in parts:
        if first:
            part, first = part.removeprefix(b"\xef\xbb\xbf"), False  # noqa: PLW2901
        head, newline, tail = part.rpartition(b"\n")
        if not newline:
            held += len(part)
            if held > MAX_LINE_BYTES:
                skipping, rest = True, []
            elif not skipping:
                rest.append(part)
            continue
        text = b"".join(rest) + head
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").removesuffix(b"\r")
        lines = text.split(b"\n")
        if skipping:
            lines[0], skipping = TOO_LONG, False
        rest, held = [tail], len(tail)
        yield lines
    last = TOO_LONG if skipping else b"".join(rest).removesuffix(b"\r")
    if last and not damage.cut:
        yield [last]


TOO_LONG = b"\0too long"
"""Stands for a line over the limit."""
