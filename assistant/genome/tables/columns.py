"""Which column of a table holds what: by its name, checked by its content, or by content alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.genome.tables import names
from assistant.genome.tables.figures import figures, share
from assistant.genome.tables.grid import Grid
from assistant.genome.tables.options import TableOptions
from assistant.genome.tables.roles import Role, contrasted, known, norm, role_of, short_scanpy
from index.errors import LocusError

_PROBABILITIES = frozenset((Role.P, Role.ADJUSTED))
_WORDS = frozenset((Role.GENE, Role.GROUP, Role.SNP, Role.CHROMOSOME, Role.MAPPED, Role.REPORTED, Role.TRAIT))
_SIZES = (Role.LOG2_FOLD, Role.LN_FOLD, Role.FOLD)
_SNP = re.compile(r"rs\d+|(?:chr)?(?:\d{1,2}|X|Y|MT?)[:_-]\d+.*", re.IGNORECASE)
_CHROMOSOME = re.compile(r"(?:chr)?(?:\d{1,2}(?:\.0)?|X|Y|XY|MT?|PAR)|N[CTW]_\d+.*|G[LK]\S+|KI\S+|", re.IGNORECASE)
_ALLELE = re.compile(r"[ACGTN]+|[DIR]|[-.*0]", re.IGNORECASE)
_LEAST_GENES = 0.3


@dataclass(slots=True)
class Columns:
    """Where things stand in a table.

    Attributes:
        roles: role -> index of its column, of columns that all contrasts share.
        contrasts: name of a contrast or cluster -> role -> index; of wide tables.
        genes: indices of columns of genes' names, the best first.
        kind: what most names of the first of them are.
        seen, notes: for the user, a sentence each.
    """

    roles: dict[Role, int] = field(default_factory=dict)
    contrasts: dict[str, dict[Role, int]] = field(default_factory=dict)
    genes: list[int] = field(default_factory=list)
    kind: str = ""
    seen: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def has(self, *roles: Role) -> bool:
        """Whether any of the roles has a column, in some contrast at least."""
        return any(role in self.roles or any(role in c for c in self.contrasts.values()) for role in roles)


def recognise_columns(grid: Grid, options: TableOptions) -> Columns:
    """What the columns of a table hold.

    Raises:
        LocusError: a column that the user named does not exist
    """
    found = Columns()
    taken: set[int] = set()
    for name, column in options.columns.items():
        role, index = _asked(name, column, grid)
        found.roles[role] = index
        taken.add(index)
    short = short_scanpy(grid.header)
    for index, name in enumerate(grid.header):
        if index in taken:
            continue
        held = None if index in short else role_of(name)
        if held is not None and held is not Role.GENE and held not in found.roles:
            if _fits(held, grid.column(index)):
                found.roles[held] = index
                taken.add(index)
            elif held in _PROBABILITIES:
                found.notes.append(f'The column "{name}" holds no probabilities: it is not used as {held}.')
    _wide(grid, found, short, taken)
    _genes(grid, found, taken)
    if not found.roles and not found.contrasts and not found.notes:
        _by_content(grid, found, taken | set(found.genes))
    sleuth = found.roles.get(Role.STATISTIC)
    if sleuth is not None and norm(grid.header[sleuth]) == "b" and not found.has(*_SIZES):
        found.roles[Role.LN_FOLD] = found.roles.pop(Role.STATISTIC)
    return found


def _asked(name: str, column: str, grid: Grid) -> tuple[Role, int]:
    role = next((role for role in Role if norm(role) == norm(name)), None)
    if role is None:
        raise LocusError(f"There is no kind of column {name!r}.", hint=f"There are: {', '.join(Role)}.")
    wanted = [index for index, header in enumerate(grid.header) if header == column]
    wanted = wanted or [index for index, header in enumerate(grid.header) if norm(header) == norm(column)]
    if not wanted:
        raise LocusError(
            f"The table has no column {column!r}.", hint=f"It has: {', '.join(filter(None, grid.header))}."
        )
    return role, wanted[0]


def _fits(role: Role, cells: Sequence[str]) -> bool:
    """Whether the content of a column may be what its name says."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if role is Role.SNP:
        return sum(_SNP.match(cell) is not None for cell in filled) > 0.3 * len(filled) > 0
    if role is Role.CHROMOSOME:
        return sum(_CHROMOSOME.fullmatch(cell) is not None for cell in filled) > 0.5 * len(filled) > 0
    if role in _WORDS:
        return bool(filled)
    if share(cells) < 0.5:
        return False
    values = figures(cells)
    values = values[~np.isnan(values)]
    if role in _PROBABILITIES:
        return float(np.mean((values >= 0) & (values <= 1))) > 0.99
    if role is Role.POSITION:
        return bool(np.all(values >= 0) and np.all(values == np.floor(values)))
    return True


def _wide(grid: Grid, found: Columns, short: dict[int, tuple[Role, str]], taken: set[int]) -> None:
    """Columns of several contrasts or clusters beside each other."""
    for index, name in enumerate(grid.header):
        told = short.get(index) or (contrasted(name) if index not in taken else None)
        if told is None or index in taken:
            continue
        role, contrast = told
        cells = grid.column(index)
        if (role is Role.GENE and names.share(cells[:300])[0] < _LEAST_GENES) or not _fits(role, cells):
            continue
        found.contrasts.setdefault(contrast, {}).setdefault(role, index)
    probable = (Role.P, Role.ADJUSTED, Role.LOG_P, Role.LOG_ADJUSTED)
    found.contrasts = {
        name: columns
        for name, columns in found.contrasts.items()
        # a lone "stat_x" beside an ordinary table is no contrast of its own
        if (Role.GENE in columns) or any(role in columns for role in (*probable, *_SIZES))
    }
    for columns in found.contrasts.values():
        taken.update(columns.values())


def _genes(grid: Grid, found: Columns, taken: set[int]) -> None:
    """Columns of genes' names by their content, those that are called so first."""
    if Role.GENE in found.roles:
        index = found.roles[Role.GENE]
        found.genes, found.kind = [index], names.share(grid.column(index)[:500])[1]
        return
    if any(Role.GENE in columns for columns in found.contrasts.values()):
        return
    scored: list[tuple[float, int, str]] = []
    for index, name in enumerate(grid.header):
        if index in taken:
            continue
        cells = grid.column(index)[:500]
        part, kind = names.share(cells)
        called = role_of(name) is Role.GENE or (not name and index == 0)
        if not called and (kind == "NCBI Gene ids" or _alleles(cells)):
            continue
        if part >= _LEAST_GENES or (called and part > 0.05 and kind != "NCBI Gene ids"):
            # ids are surer than symbols where both stand
            sure = {"Ensembl ids": 0.02, "HGNC or MGI ids": 0.015, "NCBI Gene ids": 0.01}.get(kind, 0.0)
            scored.append((part + sure + (0.2 if called else 0.0), index, kind))
    if not scored:  # of another organism: its names are kept as they stand
        scored = [
            (0.0, index, "names")
            for index, name in enumerate(grid.header)
            if index not in taken and role_of(name) is Role.GENE and known(name) and share(grid.column(index)) < 0.1
        ][:1]
    scored.sort(key=lambda item: (-item[0], item[1]))
    # a description's first words are no second column of names
    scored = scored[:1] + [item for item in scored[1:] if item[0] >= 0.5]
    found.genes = [index for _, index, _ in scored[:3]]
    found.kind = scored[0][2] if scored else ""


def _alleles(cells: Sequence[str]) -> bool:
    """Whether a column holds alleles: T is a gene, too."""
    return all(_ALLELE.fullmatch(cell.strip()) for cell in cells if cell.strip())


def _by_content(grid: Grid, found: Columns, taken: set[int]) -> None:
    """P and fold change of a table whose names tell nothing; the user is told that they were guessed."""
    probable: list[tuple[float, int]] = []
    signed: list[int] = []
    for index in range(len(grid.header)):
        cells = grid.column(index)
        if index in taken or share(cells) < 0.9:
            continue
        values = figures(cells)
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        if np.all((values >= 0) & (values <= 1)) and np.any(values % 1 != 0):
            probable.append((float(values.mean()), index))
        elif np.any(values < 0) and np.any(values > 0):
            signed.append(index)
    if not probable and len(signed) == 1 and not grid.named and len(grid.header) == 2:
        found.roles[Role.STATISTIC] = signed[0]  # a ranked list, as GSEA takes
        return
    if not 1 <= len(probable) <= 2 or len(signed) > 1:
        return
    probable.sort()
    found.roles[Role.P] = probable[0][1]
    if len(probable) == 2:
        found.roles[Role.ADJUSTED] = probable[1][1]
    if signed:
        found.roles[Role.LOG2_FOLD] = signed[0]
    guessed = [(role, index) for role, index in found.roles.items() if role in (*_PROBABILITIES, Role.LOG2_FOLD)]
    said = ", ".join(f'"{grid.header[index] or index + 1}" as {role}' for role, index in guessed)
    found.notes.append(f"The columns' names tell nothing; by their content, {said} is a guess.")
