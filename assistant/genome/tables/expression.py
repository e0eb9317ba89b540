"""A differential-expression table, or a table of genes without figures, as genome data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

import numpy as np

from assistant.genome.records import FileKind, GenomeData, Plot
from assistant.genome.tables import names, plots
from assistant.genome.tables.columns import Columns
from assistant.genome.tables.figures import Figures, figures, share
from assistant.genome.tables.grid import Grid
from assistant.genome.tables.options import TableOptions
from assistant.genome.tables.ranking import Ranked, Results, key_genes, rank
from assistant.genome.tables.roles import Role, norm
from index.errors import LocusError
from index.genes import Gene

_MOST_ROWS = 5_000_000
_MOST_GROUPS = 500
_TOOLS = (
    ("DESeq2", {"basemean", "log2foldchange"}),
    ("edgeR", {"logfc", "logcpm"}),
    ("limma", {"logfc", "aveexpr"}),
    ("Seurat", {"pval", "pct1", "pct2"}),
    ("Seurat", {"pval", "avglog2fc"}),
    ("scanpy", {"names", "pvalsadj"}),
    ("scanpy", {"logfoldchanges"}),
    ("sleuth", {"targetid", "qval"}),
)


def read_expression(grid: Grid, columns: Columns, options: TableOptions, source: str) -> GenomeData:
    """The genes of a table ranked.

    Raises:
        LocusError: a contrast that the user named does not exist, or there are too many rows
    """
    lines, cells = _collected(grid, columns)
    named = _Names(columns, cells, options)
    notes: list[str] = []
    results = _results(columns, grid, lines, cells, named, options, notes)
    ranked = rank(results, options)
    several = len(set(results.groups)) > 1
    genes = key_genes(results, ranked, several)
    figures_held = columns.has(*_FIGURED)
    if not figures_held:
        _tell_unused(grid, columns, notes)
    return GenomeData(
        source=source,
        kind=FileKind.EXPRESSION if figures_held else FileKind.GENES,
        seen=(*_seen(grid, columns, results, ranked, options, named.kind), *grid.seen, *columns.seen),
        warnings=(*grid.notes, *columns.notes, *notes, *named.warnings, *ranked.notes),
        rules=tuple(ranked.rules),
        genes=genes,
        background=_background(results, ranked),
        species=named.species,
        plots=_plots(results, ranked, options, several) if figures_held else (),
    )


_FIGURED = (
    Role.P, Role.ADJUSTED, Role.LOG_P, Role.LOG_ADJUSTED, Role.LOG2_FOLD, Role.LN_FOLD, Role.FOLD, Role.STATISTIC,
    Role.BETA,
)  # fmt: skip


def _tell_unused(grid: Grid, columns: Columns, notes: list[str]) -> None:
    """Say that columns of figures are none of results, as in a table of counts."""
    held = [
        name or str(index + 1)
        for index, name in enumerate(grid.header)
        if index not in columns.genes and index not in columns.roles.values() and share(grid.column(index)) > 0.9
    ]
    if held:
        some = ", ".join(held[:6]) + (" ..." if len(held) > 6 else "")
        notes.append(
            f"{len(held):,} columns of figures ({some}) are neither p nor fold change (counts, perhaps): not used. "
            "Give the table of results of DESeq2, edgeR or the like."
        )


def _collected(grid: Grid, columns: Columns) -> tuple[list[int], dict[int, list[str]]]:
    """Rows of the file, and the cells of the columns that have a role."""
    wanted = sorted(
        {*columns.roles.values(), *columns.genes, *(i for c in columns.contrasts.values() for i in c.values())}
    )
    pick: Callable[[list[str]], Sequence[str]] = (
        itemgetter(*wanted) if len(wanted) > 1 else lambda cells: (cells[wanted[0]],)
    )
    lines: list[int] = []
    rows: list[Sequence[str]] = []
    for number, cells in grid.rows():
        lines.append(number)
        rows.append(pick(cells))
        if len(rows) > _MOST_ROWS:
            raise LocusError(f"The table has more than {_MOST_ROWS:,} rows.", hint="No organism has so many genes.")
    held = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in wanted]
    return lines, dict(zip(wanted, held, strict=True))


class _Names:
    """The genes of a table's rows, of columns that contrasts share and of their own."""

    def __init__(self, columns: Columns, cells: dict[int, list[str]], options: TableOptions) -> None:
        self.warnings: list[str] = []
        self.own: dict[str, tuple[list[str], list[Gene | None]]] = {}
        self.kind = columns.kind or "symbols"
        self.shared: tuple[list[str], list[Gene | None]] | None = None
        self.species = options.species
        if columns.genes:
            first, *others = (cells[index] for index in columns.genes)
            found = names.identify(first, others, options.species, columns.kind)
            text = [cell or next((o[n] for o in others if o[n]), "") for n, cell in enumerate(first)]
            self.shared = ([t.strip() for t in text], found.genes)
            self._take(found)
            return
        every = [cells[c[Role.GENE]] for c in columns.contrasts.values() if Role.GENE in c]
        found = names.identify([cell for column in every for cell in column], (), options.species, "symbols")
        self._take(found)
        start = 0
        for contrast, own in columns.contrasts.items():
            if Role.GENE in own:
                column = cells[own[Role.GENE]]
                self.own[contrast] = (column, found.genes[start : start + len(column)])
                start += len(column)

    def _take(self, found: names.Named) -> None:
        self.species, self.warnings = found.species, found.warnings

    def of(self, contrast: str) -> tuple[list[str], list[Gene | None]]:
        """Names and genes of the rows of a contrast."""
        own = self.own.get(contrast, self.shared)
        return own if own is not None else ([], [])


def _results(
    columns: Columns,
    grid: Grid,
    lines: list[int],
    cells: dict[int, list[str]],
    names_: _Names,
    options: TableOptions,
    notes: list[str],
) -> Results:
    if columns.contrasts:
        chosen = _chosen(list(columns.contrasts), options.contrast)
        parts = [
            _part({**columns.roles, **columns.contrasts[name]}, grid, lines, cells, names_.of(name), name, notes)
            for name in chosen
            if names_.of(name)[0]
        ]
        columns.seen.append(_groups_said(list(columns.contrasts), options.contrast))
    else:
        parts = [_part(columns.roles, grid, lines, cells, names_.of(""), "", notes)]
    whole = _joined(parts)
    if Role.GROUP in columns.roles and not columns.contrasts:
        groups = [cell.strip() for cell in cells[columns.roles[Role.GROUP]]]
        there = [group for group in dict.fromkeys(groups) if group]
        if 1 < len(there) <= _MOST_GROUPS or options.contrast:
            whole.groups = groups
            columns.seen.append(_groups_said(there, options.contrast))
            if options.contrast:
                name = _chosen(there, options.contrast)[0]
                return _kept(whole, np.array([group == name for group in groups]))
        elif len(there) > _MOST_GROUPS:
            notes.append(f'The column "{grid.header[columns.roles[Role.GROUP]]}" has too many values to be clusters.')
    elif options.contrast and not columns.contrasts:
        raise LocusError("The table has one comparison only.", hint="Leave out the name of the contrast.")
    filled = np.array([bool(name) and name.lower() not in ("na", "nan", "-") for name in whole.named], dtype=bool)
    if not np.all(filled):
        notes.append(f"{int((~filled).sum()):,} rows name no gene and were left out.")
        return _kept(whole, filled)
    return whole


def _groups_said(groups: Sequence[str], chosen: str) -> str:
    some = ", ".join(groups[:12]) + (f" and {len(groups) - 12:,} more" if len(groups) > 12 else "")
    if chosen:
        return f"Of {len(groups):,} clusters or comparisons ({some}), {chosen} was read."
    return f"{len(groups):,} clusters or comparisons: {some}." if len(groups) > 1 else f"The comparison is {some}."


def _chosen(groups: Sequence[str], wanted: str) -> list[str]:
    if not wanted:
        return list(groups)
    found = [group for group in groups if group == wanted]
    found = found or [group for group in groups if group.casefold() == wanted.strip().casefold()]
    if not found:
        raise LocusError(
            f"The table has no cluster or comparison {wanted!r}.", hint=f"It has: {', '.join(groups[:40])}."
        )
    return found[:1]


def _part(
    roles: dict[Role, int],
    grid: Grid,
    lines: list[int],
    cells: dict[int, list[str]],
    named: tuple[list[str], list[Gene | None]],
    group: str,
    notes: list[str],
) -> Results:
    def held(role: Role) -> Figures | None:
        return figures(cells[roles[role]]) if role in roles else None

    fold, effect = _fold(roles, grid, held, notes)
    p, adjusted = _probable(held(Role.P), notes), _probable(held(Role.ADJUSTED), notes)
    if p is None and (logged := held(Role.LOG_P)) is not None:
        p = _unlogged(logged)
    if adjusted is None and (logged := held(Role.LOG_ADJUSTED)) is not None:
        adjusted = _unlogged(logged)
    extra = {
        str(role): array
        for role in (Role.MEAN, Role.ERROR, Role.SHARE_IN, Role.SHARE_OUT)
        if (array := held(role)) is not None
    }
    return Results(
        named=named[0],
        genes=named[1],
        lines=np.array(lines, np.int64),
        p=p,
        adjusted=adjusted,
        log2_fold=fold,
        statistic=held(Role.STATISTIC),
        groups=[group] * len(lines),
        extra=extra,
        effect=effect,
    )


def _unlogged(logged: Figures) -> Figures:
    sign = -1.0 if np.nansum(logged) > 0 else 1.0
    return np.asarray(np.power(10.0, sign * logged))


def _probable(values: Figures | None, notes: list[str]) -> Figures | None:
    """Probabilities; what lies outside 0 to 1 is none."""
    if values is None:
        return None
    with np.errstate(invalid="ignore"):
        wrong = (values < 0) | (values > 1)
    if np.any(wrong):
        notes.append(f"{int(wrong.sum()):,} values of p lie outside 0 to 1 and count as missing.")
        values[wrong] = np.nan
    return values


def _fold(
    roles: dict[Role, int], grid: Grid, held: Callable[[Role], Figures | None], notes: list[str]
) -> tuple[Figures | None, str]:
    """The effect of every row as a base-2 logarithm where it is a fold change, and what it is."""
    if (values := held(Role.LOG2_FOLD)) is not None:
        name = grid.header[roles[Role.LOG2_FOLD]]
        if norm(name) in ("coef", "coefficient", "estimate"):
            return values, f"effect ({name})"
        return values, "log2 fold change"
    if (values := held(Role.LN_FOLD)) is not None:
        name = grid.header[roles[Role.LN_FOLD]]
        notes.append(f'"{name}" is a natural logarithm (Seurat before version 4, sleuth): it was turned to base 2.')
        return np.asarray(values / np.log(2.0)), "log2 fold change"
    if (values := held(Role.FOLD)) is not None:
        return _linear(values, grid.header[roles[Role.FOLD]], notes), "log2 fold change"
    if (values := held(Role.BETA)) is not None:
        return values, "effect (beta)"
    return None, "log2 fold change"


def _linear(values: Figures, name: str, notes: list[str]) -> Figures:
    finite = values[np.isfinite(values)]
    if np.any((finite < 0) & (finite > -1)):
        notes.append(f'"{name}" holds values between -1 and 0, as logarithms do: it is read as log2 fold change.')
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        if np.any(finite < 0):
            notes.append(f'"{name}" is a signed fold change (-2 is half): it was turned to log2.')
            return np.asarray(np.sign(values) * np.log2(np.abs(values)))
        if len(finite) and finite.min() >= 1:
            notes.append(f'"{name}" is never below 1: it seems to say how much a gene changes, not which way.')
        notes.append(f'"{name}" is a ratio: it was turned to log2.')
        return np.asarray(np.log2(values))


def _joined(parts: Sequence[Results]) -> Results:
    if len(parts) == 1:
        return parts[0]

    def joined(arrays: Sequence[Figures | None]) -> Figures | None:
        if all(array is None for array in arrays):
            return None
        return np.concatenate(
            [np.full(len(part.lines), np.nan) if a is None else a for a, part in zip(arrays, parts, strict=True)]
        )

    return Results(
        named=[name for part in parts for name in part.named],
        genes=[gene for part in parts for gene in part.genes],
        lines=np.concatenate([part.lines for part in parts]),
        p=joined([part.p for part in parts]),
        adjusted=joined([part.adjusted for part in parts]),
        log2_fold=joined([part.log2_fold for part in parts]),
        statistic=joined([part.statistic for part in parts]),
        groups=[group for part in parts for group in part.groups],
        extra={name: a for name in parts[0].extra if (a := joined([p.extra.get(name) for p in parts])) is not None},
        effect=parts[0].effect,
    )


def _kept(results: Results, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Results:
    rows = np.flatnonzero(keep)

    def of(array: Figures | None) -> Figures | None:
        return None if array is None else array[rows]

    return Results(
        named=[results.named[n] for n in rows],
        genes=[results.genes[n] for n in rows],
        lines=results.lines[rows],
        p=of(results.p),
        adjusted=of(results.adjusted),
        log2_fold=of(results.log2_fold),
        statistic=of(results.statistic),
        groups=[results.groups[n] for n in rows],
        extra={name: array[rows] for name, array in results.extra.items()},
        effect=results.effect,
    )


def _seen(
    grid: Grid, columns: Columns, results: Results, ranked: Ranked, options: TableOptions, kind: str
) -> list[str]:
    headers = {norm(name) for name in grid.header}
    tool = next((name for name, needed in _TOOLS if needed <= headers), "")
    what = f"A table of differential expression{f' as {tool} writes it' if tool else ''}"
    if not columns.has(*_FIGURED):
        what = "A list of genes in a table, without figures"
    elif not columns.has(Role.P, Role.ADJUSTED, Role.LOG_P, Role.LOG_ADJUSTED):
        what = "A table of genes with figures, but without p"
    elif not columns.has(Role.LOG2_FOLD, Role.LN_FOLD, Role.FOLD, Role.BETA):
        what = "A table of genes with p, but without fold changes"
    used = [f'"{grid.header[index]}" ({role})' for role, index in columns.roles.items() if role is not Role.GENE]
    where = " and ".join(
        f'"{grid.header[i]}"' if grid.header[i] else "the column without a name" for i in columns.genes
    )
    said = [f"{what}.", f"Genes are named{'' if kind == 'names' else f' by {kind}'}{f' in {where}' if where else ''}."]
    if used:
        said.append(f"Columns read: {', '.join(used)}.")
    known = len({gene.symbol for gene in results.genes if gene})
    said.append(f"{len(results.named):,} rows, {known:,} known genes.")
    if ranked.probability:
        chosen = results.adjusted if ranked.probability == "adjusted p" else results.p
        passing = np.zeros(0, bool) if chosen is None else chosen <= options.max_adjusted_p
        parts = f"{int(passing.sum()):,} rows with {ranked.probability} at most {options.max_adjusted_p:g}"
        if results.log2_fold is not None:
            up = int((passing & (results.log2_fold > 0)).sum())
            parts += f": {up:,} up, {int((passing & (results.log2_fold < 0)).sum()):,} down"
        blank = 0 if chosen is None else int(np.isnan(chosen).sum())
        said.append(f"{parts}.")
        if blank:
            rows = "row has" if blank == 1 else "rows have"
            said.append(
                f"{blank:,} {rows} no {ranked.probability}, as where a gene was filtered out; they are not ranked."
            )
    return said


def _background(results: Results, ranked: Ranked) -> frozenset[str]:
    """Concepts of the genes that were tested; empty where the table seems to hold only those that passed."""
    chosen = results.adjusted if ranked.probability == "adjusted p" else results.p
    if chosen is None:
        return frozenset()
    tested = ~np.isnan(chosen)
    if not np.any(tested) or float(np.mean(chosen[tested] <= 0.05)) > 0.5:
        return frozenset()
    return frozenset(gene.concept for gene, was in zip(results.genes, tested, strict=True) if gene and was)


def _plots(results: Results, ranked: Ranked, options: TableOptions, several: bool) -> tuple[Plot, ...]:
    made: list[Plot | None] = []
    symbols = {row: _symbol(results, row) for row in ranked.order}
    passing = ranked.score > -np.inf
    value = results.effect
    if results.log2_fold is not None and ranked.probability:
        made.append(
            plots.volcano(
                results.log2_fold,
                ranked.significance,
                passing,
                list(symbols.items()),
                effect_name=value,
                probability=ranked.probability,
                limit=options.max_adjusted_p,
            )
        )
    if several and results.log2_fold is not None:
        made.append(plots.panels(_best_of_each(results, ranked), value))
    key = key_genes(results, ranked, several)
    if results.log2_fold is not None:
        made.append(plots.bars(key, value))
    elif results.statistic is not None:
        made.append(plots.bars(key, "statistic"))
    return tuple(plot for plot in made if plot is not None)


def _symbol(results: Results, row: int) -> str:
    gene = results.genes[row]
    return gene.symbol if gene else results.named[row][:24]


def _best_of_each(results: Results, ranked: Ranked) -> dict[str, list[tuple[str, float]]]:
    """The eight best rows of every cluster."""
    assert results.log2_fold is not None
    groups: dict[str, list[tuple[str, float]]] = {group: [] for group in dict.fromkeys(results.groups)}
    for row in np.argsort(-ranked.score, kind="stable"):
        if ranked.score[row] == -np.inf:
            break
        held = groups[results.groups[row]]
        value = float(results.log2_fold[row])
        if len(held) < 8 and np.isfinite(value) and all(_symbol(results, int(row)) != name for name, _ in held):
            held.append((_symbol(results, int(row)), value))
    return groups
