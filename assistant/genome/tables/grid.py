"""A table as rows of cells with their numbers, before anything is known of its columns: delimiters, headers, sheets."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from assistant.genome.records import Progress
from assistant.genome.tables.opening import TextFile, open_text
from assistant.genome.tables.roles import known
from index.errors import LocusError

Row = tuple[int, list[str]]
"""The row's number in the file, 1-based, and its cells."""
SAMPLE = 2000
"""Rows by whose content columns are recognised."""
MOST_COLUMNS = 5000
_PREAMBLE = 40
_TRIED = 200
_DELIMITERS = "\t;,|"
_SPACES = " "
_BY_SPACES = re.compile(r'"([^"]*)"|(\S+)')
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?|NA|NaN|nan|Inf|-Inf|")


@dataclass(slots=True)
class Grid:
    """A table: names of its columns, its first rows, and all of its rows as often as they are asked for.

    Attributes:
        header: names of columns; those that have none are "".
        sample: the first `SAMPLE` rows below the header.
        rows: gives an iterator of all rows below the header; each has as many cells as the header.
        seen: what the user should know of how it was read, a sentence each.
        notes: what went wrong; grows while rows are read.
        named: whether the file names its columns.
    """

    header: tuple[str, ...]
    sample: list[Row]
    rows: Callable[[], Iterator[Row]]
    seen: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    named: bool = True

    def column(self, index: int) -> list[str]:
        """Cells of a column in the sample."""
        return [cells[index] for _, cells in self.sample]


class _UnbalancedError(Exception):
    """A quotation mark that is never closed swallowed rows."""


def open_grid(path: Path, progress: Progress | None = None) -> Grid:
    """A text file as a table.

    Raises:
        LocusError: it is no text, too big, or holds nothing but a header
    """
    file = open_text(path, progress)
    head = list(islice(TextFile(path, file.size, file.encoding, file.zipped).lines(), _TRIED))
    delimiter = delimiter_of(head)
    for quoted in (True, False):
        try:
            return _grid(file, delimiter, quoted=quoted)
        except _UnbalancedError:
            continue
    raise AssertionError("unquoted cells are always balanced")


def delimiter_of(lines: Sequence[str]) -> str:
    """What separates the cells of a table: tab, semicolon, comma, bar, or spaces; "" where there is one column.

    The first that gives most lines the same number of cells. A semicolon goes before a comma: where both do, commas
    are decimal marks.
    """
    lines = [line for line in lines if line.strip() and not line.startswith("##")]
    best, share = "", 0.0
    for delimiter in _DELIMITERS + _SPACES:
        try:
            counts = Counter(len(cells) for _, cells in _cells(iter(lines), delimiter, quoted=True))
        except _UnbalancedError:
            counts = Counter(len(cells) for _, cells in _cells(iter(lines), delimiter, quoted=False))
        most, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        # a header row may lack the cell over row names, and a title may stand above
        fits = min(1.0, times / max(1, len(lines) - 1))
        if most > 1 and (fits > share + 0.2 or (fits >= 0.9 and share < 0.9)):
            best, share = delimiter, fits
    return best if share >= 0.5 else ""


def _cells(lines: Iterator[str], delimiter: str, *, quoted: bool) -> Iterator[Row]:
    """(number of the row's last line, cells) of every line that is not empty."""
    if delimiter in ("", _SPACES):
        for number, text in enumerate(lines, 1):
            line = text.strip()
            if line:
                found = _BY_SPACES.findall(line) if '"' in line else None
                plain = line.split() if delimiter else [line.strip('"')]
                yield number, [a or b for a, b in found] if found and delimiter else plain
        return
    reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    before = 0
    try:
        for cells in reader:
            number = reader.line_num
            if number > before + 1 and any("\n" in cell and delimiter in cell for cell in cells):
                raise _UnbalancedError
            before = number
            if cells and (len(cells) > 1 or cells[0]):
                yield number, cells
    except csv.Error as error:
        raise _UnbalancedError from error


def _grid(file: TextFile, delimiter: str, *, quoted: bool) -> Grid:
    def every() -> Iterator[Row]:
        return _cells(file.lines(), delimiter, quoted=quoted)

    first = list(islice(every(), _PREAMBLE + SAMPLE))
    grid = framed(first, every, file.notes)
    names = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", _SPACES: "spaces"}
    if delimiter:
        grid.seen.append(f"{len(grid.header)} columns separated by {names[delimiter]}.")
    if file.encoding not in ("utf-8", "utf-8-sig"):
        grid.seen.append(f"Its text is in the encoding {file.encoding}.")
    if not quoted:
        grid.notes.append("A quotation mark is never closed: quotation marks were read as they stand.")
        return grid
    whole = grid.rows

    def guarded() -> Iterator[Row]:
        try:
            yield from whole()
        except _UnbalancedError:
            raise LocusError(
                "A quotation mark opens in the table and is never closed.",
                hint="Save it again with tabs between columns and without quotation marks.",
            ) from None

    grid.rows = guarded
    return grid


def framed(first: Sequence[Row], every: Callable[[], Iterator[Row]], notes: list[str]) -> Grid:
    """The grid of a table by its first rows: where its header stands, and how wide it is.

    Raises:
        LocusError: it holds no rows
    """
    if not first:
        raise LocusError("The file holds no table: it is empty.")
    body = first[min(len(first) - 1, 3) :]
    width = Counter(_width(cells) for _, cells in body).most_common(1)[0][0]
    if width > MOST_COLUMNS:
        raise LocusError(
            f"The table has {width:,} columns; at most {MOST_COLUMNS:,} are read.",
            hint="A table of counts is not a table of results: save what DESeq2, edgeR or the like gave.",
        )
    at = _header_at(first, width)
    if at is None:
        header, start = tuple(f"column {n}" for n in range(1, width + 1)), 0
    else:
        header, start = _header(first[at][1], width), first[at][0]
    width = max(width, len(header))
    header = header + ("",) * (width - len(header))
    ragged: list[int] = []

    def rows() -> Iterator[Row]:
        ragged.clear()
        for number, cells in every():
            if number <= start:
                continue
            if len(cells) != width:
                filled = _width(cells)
                if filled > width or filled < min(2, width):
                    ragged.append(number)
                    continue
                if filled < width and len(cells) < width:
                    ragged.append(number)
                yield number, (cells + [""] * (width - len(cells)))[:width]
                continue
            yield number, cells
        if ragged:
            some = ", ".join(f"{n:,}" for n in ragged[:5]) + (" ..." if len(ragged) > 5 else "")
            plural = "rows have" if len(ragged) > 1 else "row has"
            end = "longer ones are left out"
            note = f"{len(ragged):,} {plural} fewer or more cells than the header (row {some}): {end}."
            if note not in notes:
                notes.append(note)

    sample = [
        (number, (cells + [""] * (width - len(cells)))[:width])
        for number, cells in first
        if number > start and min(2, width) <= _width(cells) <= width
    ][:SAMPLE]
    if not sample:
        raise LocusError("The table holds no rows below its header.")
    grid = Grid(header, sample, rows, notes=notes, named=at is not None)
    twice = sorted(name for name, count in Counter(filter(None, header)).items() if count > 1)
    if twice:
        grid.notes.append(f"Columns that stand more than once: {', '.join(twice)}. The first of each is used.")
    if at:
        grid.seen.append(f"The header stands in row {start:,}; what is above it was left out.")
    return grid


def _width(cells: Sequence[str]) -> int:
    """Number of cells, empty ones at the end not counted."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width


def _header_at(first: Sequence[Row], width: int) -> int | None:
    """Which of the first rows names the columns; None where none does."""
    best, most = None, 0
    for at, (_, cells) in enumerate(first[:_PREAMBLE]):
        if not width - 1 <= max(_width(cells), len(cells)) and width > 1:
            continue
        names = sum(known(cell) for cell in cells)
        if names > most and not any(_numeric(cell) for cell in cells if cell.strip()):
            best, most = at, names
    if best is not None:
        return best
    cells = first[0][1]
    if len(first) < 2 or any(_numeric(cell) for cell in cells if cell.strip()):
        return None
    below = [row for _, row in first[1:50]]
    figures = [n for n in range(min(len(cells), width)) if all(n < len(row) and _numeric(row[n]) for row in below)]
    return 0 if figures else None


def _numeric(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip()) is not None


def _header(cells: list[str], width: int) -> tuple[str, ...]:
    names = [" ".join(cell.split()) for cell in cells]
    if names:
        names[0] = names[0].lstrip("#").strip()
    if len(names) == width - 1:  # R's write.table leaves out the cell above row names
        names.insert(0, "")
    return tuple(names[: max(width, _width(names))])
