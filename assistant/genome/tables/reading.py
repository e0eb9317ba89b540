"""A table file of any kind as genome data."""

from __future__ import annotations

from pathlib import Path

from assistant.genome.records import FileKind, GenomeData, Progress
from assistant.genome.tables.columns import Columns, recognise_columns
from assistant.genome.tables.expression import read_expression
from assistant.genome.tables.grid import Grid, open_grid
from assistant.genome.tables.gwas import read_gwas
from assistant.genome.tables.lists import list_of, read_list
from assistant.genome.tables.opening import TAKEN, head, open_text
from assistant.genome.tables.options import TableOptions
from assistant.genome.tables.roles import Role, norm
from assistant.genome.tables.sheets import is_workbook, open_workbook
from index.errors import LocusError

_PROBABLE = (Role.P, Role.ADJUSTED, Role.LOG_P, Role.LOG_ADJUSTED)
_LIST_BYTES = 2_000_000


def read_table(path: Path, options: TableOptions = TableOptions(), progress: Progress | None = None) -> GenomeData:  # noqa: B008 - frozen
    """A table of differential expression or association results, or a list of genes: recognised, read and ranked.

    CSV, TSV and the like (also gzipped) and XLSX.

    Raises:
        LocusError: it is none of these, empty, too big, or lacks what is needed
    """
    opened = _opened(path, options, progress)
    if isinstance(opened, str):
        return read_list(opened, path.name, options)
    grid, columns, kind = opened
    if kind is FileKind.GWAS:
        return read_gwas(grid, columns, options, path.name)
    return read_expression(grid, columns, options, path.name)


def kind_of_table(path: Path) -> FileKind:
    """What a table file holds, by its first rows.

    Raises:
        LocusError: as `read_table` does
    """
    opened = _opened(path, TableOptions(), None)
    return FileKind.GENES if isinstance(opened, str) else opened[2]


def _opened(path: Path, options: TableOptions, progress: Progress | None) -> tuple[Grid, Columns, FileKind] | str:
    """The table, its columns and kind; or the text of a list."""
    start, zipped = _start(path)
    if is_workbook(start) and not zipped:
        grid = open_workbook(path, options.sheet)
    else:
        text = _short(path)
        if text is not None and (listed := list_of(text)) is not None:
            return listed
        grid = open_grid(path, progress)
    columns = recognise_columns(grid, options)
    return grid, columns, _kind(path, grid, columns)


def _start(path: Path) -> tuple[bytes, bool]:
    open_size = path.stat().st_size if path.is_file() else 0
    if not open_size:
        open_text(path)  # says what is wrong
    start, zipped = head(path, 4096)
    if zipped and is_workbook(start):
        raise LocusError(f"{path.name} is a gzipped workbook.", hint="Unpack it first.")
    return start, zipped


def _short(path: Path) -> str | None:
    """The text of a small file; None of a bigger one."""
    if path.stat().st_size > _LIST_BYTES:
        return None
    kept: list[str] = []
    size = 0
    for line in open_text(path).lines():
        kept.append(line)
        size += len(line)
        if size > _LIST_BYTES:
            return None
    return "".join(kept)


def _kind(path: Path, grid: Grid, columns: Columns) -> FileKind:
    probable = columns.has(*_PROBABLE)
    placed = Role.CHROMOSOME in columns.roles and Role.POSITION in columns.roles
    measured = columns.has(Role.LOG2_FOLD, Role.LN_FOLD, Role.FOLD, Role.MEAN)
    if probable and (Role.SNP in columns.roles or placed) and not (measured and columns.genes):
        return FileKind.GWAS
    if probable and columns.has(Role.MAPPED, Role.REPORTED) and not measured:
        return FileKind.GWAS
    if {"generatio", "bgratio"} <= {norm(name) for name in grid.header}:
        raise LocusError(
            f"{path.name} is a table of over-represented gene sets.",
            hint="Give the table of genes that it was made from.",
        )
    named = bool(columns.genes) or any(Role.GENE in own for own in columns.contrasts.values())
    if not named:
        columns_said = ", ".join(f'"{name}"' for name in grid.header[:20] if name) or "none that has a name"
        raise LocusError(
            f"{path.name} is a table without a column of genes or variants. Its columns are {columns_said}.",
            hint=f"Say which column names the genes. {TAKEN}",
        )
    measured = measured or probable or columns.has(Role.STATISTIC, Role.BETA)
    return FileKind.EXPRESSION if measured else FileKind.GENES
