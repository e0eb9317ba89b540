"""A VCF read by cyvcf2 in a child process, with what that library can't bear kept from it.

This process decompresses the file, checks each line's shape and hands the lines on; a line that is broken is
replaced by an empty record, so that the number of a record always tells its line. The header that the child sees is
made anew from what is needed: sample names never leave this process.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from assistant.genome.records import Progress
from assistant.genome.vcf.gathered import GeneHits, Plan
from assistant.genome.vcf.header import ANNOTATIONS, Header, read_header, standard_layout
from assistant.genome.vcf.options import VcfOptions
from assistant.genome.vcf.text import TOO_LONG, Damage, check, decompressed, whole_lines
from index.errors import LocusError

_ROOT = Path(__file__).resolve().parents[3]
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from assistant.genome.vcf.child import main; main()"
_ID = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)
_CONTIG = re.compile(r"[\w.#|:*/@+-]{1,200}", re.ASCII)
_PEEK = 2000
_RETRIES = 3


@dataclass(slots=True)
class Faults:
    """Lines that were left out, with the reason; ``count`` of all, ``lines`` of the first ones."""

    count: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[int]] = field(default_factory=dict)

    def add(self, why: str, line: int) -> None:
        """Note one line."""
        self.count[why] += 1
        lines = self.lines.setdefault(why, [])
        if len(lines) < 20:
            lines.append(line)


@dataclass(slots=True)
class Collected:
    """A file, gathered: genes by name, counts of records, what went wrong. Numbers of records, not of lines."""

    header: Header
    genes: list[GeneHits]
    counts: Counter[str]
    consequences: Counter[str]
    significances: Counter[str]
    sites: list[tuple[int, str, int, str]]
    listed: bool
    faults: Faults
    damage: Damage
    lines: int


class VcfFile:
    """A file whose header has been read, ready to be gathered."""

    def __init__(self, path: Path, options: VcfOptions) -> None:
        """Raises: LocusError for a file that is no VCF, or too large."""
        self.path, self.options = path, options
        self.size = check(path, options)
        damage = Damage()
        lines = whole_lines(decompressed(path, options, damage), damage)
        self.header, rest = read_header(lines, path.name)
        self._peek(rest, lines)

    def _peek(self, rest: list[bytes], lines: Iterator[list[bytes]]) -> None:
        """Annotations that the first records have though the header does not declare them."""
        seen = rest[:_PEEK]
        while len(seen) < _PEEK and (more := next(lines, None)) is not None:
            seen += more[: _PEEK - len(seen)]
        keys: set[str] = set()
        for line in seen:
            info = line.split(b"\t", 8)[7:8]
            if info:
                keys.update(part.partition(b"=")[0].decode("latin-1") for part in info[0].split(b";"))
        header = self.header
        for key in ANNOTATIONS:
            if key in keys and key not in header.layouts and key not in header.unreadable:
                layout = standard_layout(key)
                if layout:
                    header.layouts[key] = layout
                else:
                    header.unreadable = (*header.unreadable, key)
        header.infos = header.infos | keys

    def gather(self, plan: Plan, progress: Progress | None = None) -> Collected:
        """Read the whole file. A line that brings the library down is left out, and the file read again.

        Raises:
            LocusError: the library goes down again and again, or can't be started; the text is too long
        """
        skipped: set[int] = set()
        while True:
            run = _Run(self, plan, skipped, progress)
            result = run.whole()
            if result is not None:
                return result
            if run.place in skipped or len(skipped) >= _RETRIES or run.place < 1:
                line = self.header.lines + max(1, run.place)
                raise LocusError(
                    f"{self.path.name}: the VCF library broke down at line {line}.",
                    hint="Mend or remove this line (bcftools view tells what is wrong with it), and try again.",
                )
            skipped.add(run.place)


class _Run:
    """One pass of the file through a child process; ``place`` is the record at which it stood last."""

    def __init__(self, file: VcfFile, plan: Plan, skipped: set[int], progress: Progress | None) -> None:
        self.file, self.plan, self.skipped, self.progress = file, plan, skipped, progress
        self.faults, self.damage = Faults(), Damage()
        self.place = self.record = 0
        self._replaced = 0
        columns = file.header.columns
        samples = len(file.header.samples)
        self._tabs = columns - 1
        self._empty = b"1\t1\t.\tN\t.\t.\t.\t." + (b"\tGT" + b"\t." * samples if columns > 8 else b"")

    def whole(self) -> Collected | None:
        """What was gathered, or None where the child died."""
        with tempfile.TemporaryDirectory(prefix="locus-vcf-") as folder:
            place = Path(folder) / "place"
            place.write_bytes(bytes(8))
            told = Path(folder) / "told"
            with told.open("wb") as out:
                child = self._start(place, out)
                try:
                    fed = self._feed(child)
                    died = child.wait() != 0 or not fed
                    if child.returncode > 0:
                        raise LocusError(
                            f"{self.file.path.name}: the process that reads VCF files failed.",
                            hint="Check that cyvcf2 is installed (pip install cyvcf2) and that memory is left.",
                        )
                finally:
                    child.kill()
                    child.wait()
            (self.place,) = struct.unpack("q", place.read_bytes())
            return None if died else self._collected(told)

    def _start(self, place: Path, out: IO[bytes]) -> subprocess.Popen[bytes]:
        told = json.dumps(self.plan.dump())
        command = [sys.executable, "-c", _START, str(_ROOT), told, str(place)]
        # What the library writes of its own names positions: it goes nowhere.
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.DEVNULL)  # noqa: S603

    def _feed(self, child: subprocess.Popen[bytes]) -> bool:
        """Hand on the lines; False where the child stopped taking them."""
        assert child.stdin is not None
        try:
            with child.stdin as pipe:
                pipe.write(_plain_header(self.file.header))
                for lines in self._lines():
                    pipe.write(b"\n".join(lines) + b"\n")
        except BrokenPipeError:
            return False
        return True

    def _lines(self) -> Iterator[list[bytes]]:
        file = self.file
        before = file.header.lines

        def read(done: int) -> None:
            if self.progress is not None:
                self.progress(done, file.size)

        for block in whole_lines(decompressed(file.path, file.options, self.damage, read), self.damage):
            lines = block[before:]
            before = max(0, before - len(block))
            if lines:
                yield self._checked(lines)

    def _checked(self, lines: list[bytes]) -> list[bytes]:
        """Lines that have the shape of a record; others are noted and replaced."""
        tabs, skipped, first = self._tabs, self.skipped, self.record + 1
        self.record += len(lines)
        for place, line in enumerate(lines):
            cells = line.split(b"\t", 4)
            if (
                line.count(b"\t") != tabs
                or not cells[1].isdigit()
                or len(cells[1]) > 10
                or not cells[0]
                or not cells[3]
                or line[0] == 35
                or not line.isascii()
                or b"\0" in line
            ):
                lines[place] = self._mended(line, first + place)
        for record in skipped:
            if first <= record <= self.record:
                lines[record - first] = self._left_out("the VCF library can't bear it", record)
        return lines

    def _mended(self, line: bytes, record: int) -> bytes:
        if line is TOO_LONG:
            return self._left_out("it is too long", record)
        if not line.strip():
            self._replaced += 1
            return self._empty
        if line.startswith(b"#"):
            return self._left_out("a header among the records", record)
        tabs = line.count(b"\t")
        if tabs != self._tabs:
            return self._left_out(f"it has not {self._tabs + 1} columns", record)
        if b"\0" in line or not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                self.faults.add("(kept) letters that are not UTF-8 were replaced", self._line(record))
            line = line.decode("utf-8", "replace").encode("utf-8").replace(b"\0", b"?")
        cells = line.split(b"\t", 4)
        if not cells[1].isdigit() or len(cells[1]) > 10:
            return self._left_out("its POS is no position", record)
        if not cells[0] or not cells[3]:
            return self._left_out("CHROM or REF is empty", record)
        return line

    def _left_out(self, why: str, record: int) -> bytes:
        self._replaced += 1
        self.faults.add(why, self._line(record))
        return self._empty

    def _line(self, record: int) -> int:
        return self.file.header.lines + record

    def _collected(self, told: Path) -> Collected | None:
        with told.open(encoding="utf-8") as lines:
            first = next(lines, "")
            if not first.endswith("\n"):
                return None
            summary: dict[str, Any] = json.loads(first)
            genes = [GeneHits.load(json.loads(line)) for line in lines]
        if len(genes) != summary["genes"]:
            return None
        counts = Counter(summary["counts"])
        counts["without alternate"] -= self._replaced
        for record in summary["faulty"]:
            self.faults.add("its INFO or genotypes can't be parsed", self._line(record))
        more = counts["faulty"] - len(summary["faulty"])
        if more > 0:
            self.faults.count["its INFO or genotypes can't be parsed"] += more
        return Collected(
            self.file.header,
            genes,
            counts,
            Counter(summary["consequences"]),
            Counter(summary["significances"]),
            [tuple(site) for site in summary["sites"]],
            summary["listed"],
            self.faults,
            self.damage,
            self.file.header.lines + self.record,
        )


def _plain_header(header: Header) -> bytes:
    """A header that every library can read: all values are text, samples have numbers for names."""
    lines = ["##fileformat=VCFv4.2"]
    contigs = dict.fromkeys(["1", *(name for name in header.contigs if _CONTIG.fullmatch(name))])
    lines += [f"##contig=<ID={name}>" for name in contigs]
    infos = [key for key in sorted(header.infos) if _ID.fullmatch(key)]
    lines += [f'##INFO=<ID={key},Number=.,Type=String,Description="x">' for key in infos]
    lines.append('##FORMAT=<ID=GT,Number=1,Type=String,Description="x">')
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    if header.columns > 8:
        columns += ["FORMAT", *(f"S{number}" for number in range(len(header.samples)))]
    return ("\n".join([*lines, "\t".join(columns)]) + "\n").encode()
