"""Lines of printed pages in reading order, without page furniture, gathered into blocks of one style."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

_MARGIN = 0.1  # share of the page's height in which headers and footers stand


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of text on one line: page from 0, box in points from the lower left, size of its font."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    text: str
    column: tuple[float, float] = (0.0, 0.0)
    """Left and right edge of the column that it stands in."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one paragraph, heading or caption, in order."""

    lines: tuple[Line, ...]

    @property
    def size(self) -> float:
        """The middle font size."""
        return median(line.size for line in self.lines)

    @property
    def bold(self) -> bool:
        """Whether most of it is bold."""
        return sum(len(line.text) for line in self.lines if line.bold) * 2 > sum(len(line.text) for line in self.lines)

    @property
    def text(self) -> str:
        """The lines parted by spaces."""
        return " ".join(line.text for line in self.lines)


def body_size(lines: Iterable[Line]) -> float:
    """The font size that most characters have; 0 where there are none."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def reading_order(lines: Sequence[Line], sizes: Sequence[tuple[float, float]]) -> list[Line]:
    """The lines of all pages as they are read, furniture left out; ``sizes`` are the pages' widths and heights."""
    kept = _without_furniture(lines, sizes)
    pages: dict[int, list[Line]] = {}
    for line in kept:
        pages.setdefault(line.page, []).append(line)
    ordered: list[Line] = []
    for page in sorted(pages):
        ordered += _columns(_without_line_numbers(pages[page]), 2)
    return ordered


def _without_furniture(lines: Sequence[Line], sizes: Sequence[tuple[float, float]]) -> list[Line]:
    """Without page numbers and lines that return in the margins of several pages."""

    def margin(line: Line) -> bool:
        height = sizes[line.page][1] or 800.0
        return line.y0 > height * (1 - _MARGIN) or line.y1 < height * _MARGIN

    def key(line: Line) -> str:
        return re.sub(r"\d+", "#", line.text.lower())

    seen: dict[str, set[int]] = {}
    for line in lines:
        if margin(line):
            seen.setdefault(key(line), set()).add(line.page)
    often = max(2, 0.2 * len(sizes))
    number = re.compile(r"(?:page )?#(?: ?(?:of|/) ?#)?|[-–—|] ?# ?[-–—|]")
    return [
        line for line in lines if not (margin(line) and (len(seen[key(line)]) >= often or number.fullmatch(key(line))))
    ]


def _without_line_numbers(lines: list[Line]) -> list[Line]:
    """Without the numbers that manuscripts print beside their lines."""
    numbers = sorted((line for line in lines if re.fullmatch(r"\d{1,4}", line.text)), key=lambda line: -line.y0)
    if len(numbers) < 5:
        return lines
    edge = Counter(round(line.x1 / 3) for line in numbers).most_common(1)[0][0] * 3
    beside = [line for line in numbers if abs(line.x1 - edge) < 6]
    values = [int(line.text) for line in beside]
    steps = {b - a for a, b in pairwise(values)}
    if len(beside) < 5 or not steps <= {1, 5, 2, 10}:
        return lines
    dropped = set(map(id, beside))
    return [line for line in lines if id(line) not in dropped]


def _columns(lines: list[Line], depth: int) -> list[Line]:
    """The lines of a region in reading order: column by column between those that span the columns."""
    if not lines:
        return []
    gutter = _gutter(lines) if depth else None
    if gutter is None:
        left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
        rows = _rows(lines)
        return [replace(line, column=(left, right)) for line in rows]
    ordered: list[Line] = []
    sides: tuple[list[Line], list[Line]] = ([], [])
    spanning: list[Line] = []

    def flush_sides() -> None:
        for side in sides:
            ordered.extend(_columns(list(side), depth - 1))
            side.clear()

    below = sorted(lines, key=lambda line: -line.y1)
    for line in below:
        beside = line.x1 <= gutter + 2 or line.x0 >= gutter - 2
        if beside and not (spanning and _ends(spanning[-1], line, below)):
            if spanning:
                ordered.extend(_columns(spanning, 0))
                spanning = []
            sides[0 if line.x1 <= gutter + 2 else 1].append(line)
        else:
            flush_sides()
            spanning.append(line)
    flush_sides()
    ordered.extend(_columns(spanning, 0))
    return ordered


def _ends(spanning: Line, line: Line, others: Sequence[Line]) -> bool:
    """Whether ``line`` is the short last line of a paragraph across the columns, whose line before is ``spanning``."""
    close = 0 < spanning.y0 - line.y0 < 1.4 * line.size and abs(spanning.size - line.size) < 0.05 * line.size
    alone = all(other is line or other.y1 < line.y0 + 1 or other.y0 > line.y1 - 1 for other in others)
    return close and alone


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where white space parts two columns; None where the region is one column."""
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    width = right - left
    if width < 200 or len(lines) < 8:
        return None
    best: list[float] = []
    fewest = len(lines)
    for step in range(int(0.25 * width), int(0.75 * width), 2):
        x = left + step
        crossing = sum(1 for line in lines if line.x0 < x - 2 and line.x1 > x + 2)
        if crossing < fewest:
            best, fewest = [x], crossing
        elif crossing == fewest:
            best.append(x)
    if not best:
        return None
    x = min(best, key=lambda x: abs(x - (left + right) / 2))
    run = [v for v in best if abs(v - x) < 40]
    x = sum(run) / len(run)
    # A column of text is as wide as its half of the page; the cells of a table or a list are not
    before = [line for line in lines if line.x1 <= x + 2]
    after = [line for line in lines if line.x0 >= x - 2]
    full = [
        sum(1 for line in side if line.x1 - line.x0 > 0.6 * room)
        for side, room in ((before, x - left), (after, right - x))
    ]
    return x if min(full) >= 3 and len(before) + len(after) > fewest else None


def _rows(lines: Sequence[Line]) -> list[Line]:
    """One column's lines from above, those of one height from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.y1):
        middle = (line.y0 + line.y1) / 2
        if rows and rows[-1][0].y0 < middle < rows[-1][0].y1:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.x0)]


def blocks(lines: Sequence[Line]) -> list[Block]:
    """The lines gathered into paragraphs, headings and captions by gap, indent, size and weight."""
    leading = _leading(lines)
    gathered: list[list[Line]] = []
    for line in lines:
        if gathered and not _starts(gathered[-1], line, leading):
            gathered[-1].append(line)
        else:
            gathered.append([line])
    return [Block(tuple(held)) for held in gathered]


def _leading(lines: Sequence[Line]) -> float:
    """The usual distance from line to line, in font sizes."""
    steps = [
        (a.y0 - b.y0) / a.size
        for a, b in pairwise(lines)
        if a.page == b.page and a.column == b.column and a.size and 0.5 < (a.y0 - b.y0) / a.size < 3
    ]
    return median(steps) if steps else 1.2


def _starts(held: Sequence[Line], line: Line, leading: float) -> bool:
    """Whether ``line`` begins another block than that of ``held``."""
    before = held[-1]
    if abs(line.size - before.size) > 0.08 * before.size or line.page != before.page or line.column != before.column:
        return True
    same_row = min(line.y1, before.y1) - max(line.y0, before.y0) > 0.3 * (before.y1 - before.y0)
    if same_row:
        return line.x0 - before.x1 > 4 * line.size
    if line.bold != before.bold and (line.bold or all(other.bold for other in held)):
        return True
    if (before.y0 - line.y0) / max(before.size, 1) > leading * 1.35 or line.y0 > before.y1:
        return True
    indented = line.x0 > line.column[0] + 0.6 * line.size and before.x0 < line.column[0] + 0.4 * line.size
    width = line.column[1] - line.column[0]
    short = before.x1 < before.column[1] - 0.12 * width and before.text.endswith((".", "?", "!", ":"))
    return (indented and before.text.endswith((".", "?", "!", ":", ")"))) or short
