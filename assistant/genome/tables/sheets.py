"""Workbooks (XLSX) as tables: the sheet that holds one is found, and nothing hostile is unpacked."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from assistant.genome.tables.grid import Grid, Row, framed
from assistant.genome.tables.opening import checked_size
from assistant.genome.tables.roles import known
from index.errors import LocusError

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_UNPACKED = 1_000_000_000
_MOST_CELLS = 30_000_000
_MOST_SHEETS = 50
_PLACE = rb"\br\s*=\s*[\"']"
_COLUMN = re.compile(_PLACE + rb"([A-Za-z]{1,3})\d")
_ROW = re.compile(_PLACE + rb"[A-Za-z]{1,3}(\d+)")
_FAR = re.compile(_PLACE + rb"[A-Za-z]{1,3}\d{6}")
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins so is a workbook, of the old format too, or another zip."""
    return start.startswith((ZIP, OLE, b"PK\x05\x06"))


def open_workbook(path: Path, sheet: str = "") -> Grid:
    """The table in a workbook: in ``sheet``, or in the one whose columns look most like results.

    Raises:
        LocusError: it is no XLSX, locked, damaged, too big, or holds no table
    """
    checked_size(path)
    _check(path)
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - needed for workbooks alone

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            titles = list(book.sheet_names)
            wanted = _wanted(titles, sheet, path)
            sheets = {title: book.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in wanted}
    except LocusError:
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        raise LocusError(
            f"{path.name} can't be read as a workbook.", hint="Open it in a spreadsheet program and save it as CSV."
        ) from error
    title = max(sheets, key=lambda name: _likeness(sheets[name]))
    rows = sheets[title]
    if not rows:
        raise LocusError(f"{path.name} holds no table: its sheets are empty.")
    grid = _grid(rows)
    if len(titles) > 1:
        others = ", ".join(f'"{other}"' for other in titles if other != title)
        grid.seen.insert(0, f'Read from the sheet "{title}"; the others ({others}) were left out.')
    return grid


def _check(path: Path) -> None:
    """Refuse what is no workbook, or would fill the memory."""
    with path.open("rb") as file:
        start = file.read(8)
        if start.startswith(OLE):
            file.seek(0)
            locked = _LOCKED in file.read(20_000_000)
            raise LocusError(
                f"{path.name} is protected by a password."
                if locked
                else f"{path.name} is a workbook of the old format.",
                hint="Save it without a password." if locked else "Save it as .xlsx or .csv.",
            )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if not any(member.filename == "xl/workbook.xml" for member in members):
                raise LocusError(
                    f"{path.name} is an archive, but no XLSX workbook.", hint="Unpack it, or save as .xlsx."
                )
            unpacked = sum(member.file_size for member in members)
            if unpacked > _MOST_UNPACKED:
                raise LocusError(
                    f"{path.name} unpacks to {unpacked / 1e9:,.1f} GB; workbooks of up to 1 GB are read.",
                    hint="Save the table alone, as CSV.",
                )
            if any(member.flag_bits & 1 for member in members):
                raise LocusError(f"{path.name} is protected by a password.", hint="Save it without a password.")
            for member in members:
                if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                    _check_cells(archive.read(member), path)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError) as error:
        raise LocusError(f"{path.name} is a damaged workbook.", hint="Save or fetch it anew.") from error


def _check_cells(xml: bytes, path: Path) -> None:
    # A single cell in the last corner of a sheet makes a reader lay out all the empty ones before it.
    letters = set(_COLUMN.findall(xml))
    if not letters:
        return
    columns = max(map(_number, letters))
    # all rows are looked at only where those of few digits could be too many
    rows = 99_999 if columns * 99_999 <= _MOST_CELLS and not _FAR.search(xml) else max(map(int, _ROW.findall(xml)))
    if columns * rows > _MOST_CELLS:
        raise LocusError(
            f"A sheet of {path.name} spans {rows:,} rows and {columns:,} columns, which is too much.",
            hint="Save the table alone, as CSV.",
        )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _wanted(titles: Sequence[str], sheet: str, path: Path) -> list[str]:
    if not titles:
        raise LocusError(f"{path.name} has no sheets.")
    if not sheet:
        return list(titles[:_MOST_SHEETS])
    wanted = [title for title in titles if title.casefold() == sheet.casefold()]
    if not wanted:
        raise LocusError(f"{path.name} has no sheet {sheet!r}.", hint=f"It has: {', '.join(titles)}.")
    return wanted


def _likeness(rows: Sequence[Sequence[Any]]) -> tuple[int, int]:
    """How much a sheet is like a table of results: most names of columns in a row, and rows."""
    names = max((sum(isinstance(c, str) and known(c) for c in row) for row in rows[:40]), default=0)
    return min(names, 4), len(rows)


def _grid(values: Sequence[Sequence[Any]]) -> Grid:
    def every() -> Iterator[Row]:
        for number, row in enumerate(values, 1):
            cells = [cell if isinstance(cell, str) else _text(cell) for cell in row]
            if any(cells):
                yield number, cells

    first: list[Row] = []
    for row in every():
        first.append(row)
        if len(first) == 2040:
            break
    return framed(first, every, [])


def _text(cell: Any) -> str:
    """A cell as CSV would have it; whole numbers without a point, dates as year-month-day."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == datetime.min.time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
