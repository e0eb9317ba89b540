"""Genes of a differential-expression table ranked by significance and effect."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from assistant.genome.records import KeyGene, Reason
from assistant.genome.tables.figures import Figures, said
from assistant.genome.tables.options import TableOptions
from index.genes import Gene

FLOOR = 1e-300
"""Stands for p = 0 where a table has no positive p below it."""


@dataclass(slots=True)
class Results:
    """A differential-expression table, a row for each gene (and cluster); arrays are (n,), NaN where a cell is blank.

    Attributes:
        named: the genes' names as they stand in the file.
        genes: what they are; None where unknown.
        lines: rows of the file.
        p, adjusted: probabilities; `adjusted` is None where the table has none.
        log2_fold: base-2 logarithm of the fold change; None where the table has none.
        statistic: what to rank by where there are neither; None where the table has none.
        groups: cluster or contrast of every row; "" where there is one.
        extra: further figures by their name, for tables.
    """

    named: list[str]
    genes: list[Gene | None]
    lines: np.ndarray[tuple[int], np.dtype[np.int64]]
    p: Figures | None
    adjusted: Figures | None
    log2_fold: Figures | None
    statistic: Figures | None
    groups: list[str]
    extra: dict[str, Figures] = field(default_factory=dict)
    effect: str = "log2 fold change"


@dataclass(slots=True)
class Ranked:
    """The order of a table's rows and what it goes by.

    Attributes:
        order: rows of key genes, best first, each gene once.
        score: of every row; -inf where it is no key gene's.
        significance: -log10 of the p that ranks, of every row; NaN where it has none.
        passing: rows that pass the limits.
        rules, notes: for the user, a sentence each.
        others: row of a key gene -> further rows of it that pass.
        probability: which p ranks, in words; empty where none does.
    """

    order: list[int]
    score: Figures
    significance: Figures
    passing: int
    rules: list[str]
    notes: list[str]
    others: dict[int, list[int]]
    probability: str


def rank(results: Results, options: TableOptions) -> Ranked:
    """Rank by |log2 fold change| × -log10(adjusted p), the product of Xiao et al. 2014 (Bioinformatics 30:801).

    What a table lacks is left out of the product. Genes beyond the limits of ``options`` are no key genes.
    """
    count = len(results.named)
    notes: list[str] = []
    rules: list[str] = []
    chosen, probability = _probability(results, notes)
    significance = np.full(count, np.nan) if chosen is None else _logged(chosen, notes)
    effect = results.log2_fold
    size = None if effect is None else np.abs(_capped(effect, notes))
    keep = np.ones(count, bool)
    if chosen is not None:
        keep &= chosen <= options.max_adjusted_p  # NaN compares false
        rules.append(f"{probability[0].upper()}{probability[1:]} at most {options.max_adjusted_p:g}.")
    signed = effect if effect is not None else results.statistic
    name = results.effect if effect is not None else "statistic"
    if size is not None and options.min_log2_fold:
        keep &= size >= options.min_log2_fold
        rules.append(
            f"{results.effect[0].upper()}{results.effect[1:]} of {options.min_log2_fold:g} or more, up or down."
        )
    if options.direction != "both" and signed is not None:
        keep &= signed > 0 if options.direction == "up" else signed < 0
        rules.append(
            f"Only genes that go {options.direction} ({name} {'above' if options.direction == 'up' else 'below'} 0)."
        )
    score, rule = _score(results, significance if chosen is not None else None, size, probability)
    rules.append(rule)
    score = np.where(keep & ~np.isnan(score), score, -np.inf)
    order = [int(row) for row in np.lexsort((results.lines, -score)) if score[row] > -np.inf]
    best: dict[str, int] = {}
    others: dict[int, list[int]] = {}
    for row in order:
        name = _identity(results, row)
        if name in best:
            others.setdefault(best[name], []).append(row)
        else:
            best[name] = row
    _duplicates(results, notes)
    several = len(set(results.groups)) > 1
    if several:
        rules.append("A gene of several clusters or comparisons stands where it ranks best; its other ones are named.")
    if len(best) > options.key_genes:
        rules.append(f"The first {options.key_genes:,} of {len(best):,} genes that pass are the key genes.")
    if not best and chosen is not None and np.any(~np.isnan(chosen)):
        least = float(np.nanmin(chosen))
        notes.append(
            f"No gene passes the limits; the smallest {probability} is {said(least)}. Raise the limits to see more."
        )
    return Ranked(
        list(best.values())[: options.key_genes], score, significance, len(best), rules, notes, others, probability
    )


def _identity(results: Results, row: int) -> str:
    gene = results.genes[row]
    return f"{gene.species} {gene.symbol}" if gene else results.named[row]


def _duplicates(results: Results, notes: list[str]) -> None:
    counts = Counter(zip((_identity(results, row) for row in range(len(results.named))), results.groups, strict=True))
    twice = [name.split(" ", 1)[-1] for (name, _), count in counts.items() if count > 1]
    if twice:
        some = ", ".join(twice[:8]) + (" ..." if len(twice) > 8 else "")
        stand = "genes stand" if len(twice) > 1 else "gene stands"
        notes.append(f"{len(twice):,} {stand} in more than one row ({some}): the row that ranks best is kept.")


def _probability(results: Results, notes: list[str]) -> tuple[Figures | None, str]:
    """The p that ranks and what it is; adjusted here where a whole table has raw p alone."""
    if results.adjusted is not None and np.any(~np.isnan(results.adjusted)):
        return results.adjusted, "adjusted p"
    raw = results.p
    if raw is None or not np.any(~np.isnan(raw)):
        return None, ""
    tested = raw[~np.isnan(raw)]
    if len(tested) < 500 or float(np.mean(tested > 0.5)) < 0.05:
        notes.append("The table has no adjusted p, and is too short to adjust: p itself is used.")
        return raw, "p"
    from scipy.stats import false_discovery_control  # noqa: PLC0415 - slow to load

    adjusted = np.full(len(raw), np.nan)
    for group in dict.fromkeys(results.groups):
        rows = np.array([g == group for g in results.groups]) & ~np.isnan(raw)
        if np.any(rows):
            adjusted[rows] = false_discovery_control(raw[rows])
    notes.append("The table has no adjusted p: p was adjusted here over all of its rows (Benjamini-Hochberg).")
    results.adjusted = adjusted
    return adjusted, "adjusted p"


def _logged(chosen: Figures, notes: list[str]) -> Figures:
    """-log10; p of 0 counts as the smallest positive one."""
    positive = chosen[chosen > 0]
    least = min(float(positive.min()) if len(positive) else FLOOR, 1e-16)
    zeros = int(np.count_nonzero(chosen == 0))
    if zeros:
        notes.append(
            f"{zeros:,} rows have p = 0 (too small for the program that wrote it); they count as {said(least)}."
        )
    return np.asarray(-np.log10(np.maximum(chosen, least)))


def _capped(effect: Figures, notes: list[str]) -> Figures:
    """Infinite fold changes as the greatest finite one."""
    infinite = np.isinf(effect)
    if not np.any(infinite):
        return effect
    finite = np.abs(effect[np.isfinite(effect)])
    most = float(finite.max()) if len(finite) else 1.0
    notes.append(
        f"{int(infinite.sum()):,} fold changes are infinite; they count as {said(most)}, the greatest finite one."
    )
    return np.asarray(np.clip(effect, -most, most))


def _score(
    results: Results, significance: Figures | None, size: Figures | None, probability: str
) -> tuple[Figures, str]:
    if significance is not None and size is not None:
        rule = f"Ranked by |{results.effect}| × -log10({probability}): what is both large and sure stands first."
        return significance * size, rule
    if significance is not None:
        return significance, f"Ranked by {probability}, the smallest first; the table has no fold change."
    if size is not None:
        return size, f"Ranked by |{results.effect}|; the table has no p, so chance is not ruled out."
    if results.statistic is not None:
        return np.abs(results.statistic), "Ranked by the size of the statistic, for want of p and fold change."
    return -results.lines.astype(np.float64), "In the order of the file; the table has no figures to rank by."


def key_genes(results: Results, ranked: Ranked, several: bool) -> tuple[KeyGene, ...]:
    """The key genes of a ranked table with their reasons."""
    chosen = results.adjusted if ranked.probability == "adjusted p" else results.p
    tested = 0 if chosen is None else int(np.count_nonzero(~np.isnan(chosen)))
    place = {}
    if chosen is not None and not several:
        place = {int(row): n for n, row in enumerate(np.argsort(chosen, kind="stable"), 1) if n <= tested}
    return tuple(
        _key_gene(results, ranked, row, number, place.get(row, 0), tested) for number, row in enumerate(ranked.order, 1)
    )


def _key_gene(results: Results, ranked: Ranked, row: int, number: int, place: int, tested: int) -> KeyGene:
    line = (int(results.lines[row]),)
    gene = results.genes[row]
    reasons = [Reason(_statement(results, row, ranked.probability), line)]
    if place:
        reasons.append(Reason(f"Number {place:,} of {tested:,} genes by {ranked.probability}.", line))
    further = [o for o in ranked.others.get(row, []) if results.groups[o] != results.groups[row]]
    if further:
        named = ", ".join(f"{results.groups[o]}{_sign(results, o)}" for o in further[:6])
        more = f" and {len(further) - 6:,} more" if len(further) > 6 else ""
        reasons.append(Reason(f"Also passes in {named}{more}.", tuple(int(results.lines[o]) for o in further)))
    values = {
        name: float(array[row])
        for name, array in (
            (results.effect, results.log2_fold),
            ("adjusted p", results.adjusted),
            ("p", results.p),
            ("statistic", results.statistic),
            *results.extra.items(),
        )
        if array is not None and not np.isnan(array[row])
    }
    return KeyGene(
        rank=number,
        symbol=gene.symbol if gene else results.named[row],
        named=results.named[row],
        concept=gene.concept if gene else "",
        score=float(ranked.score[row]),
        reasons=tuple(reasons),
        values=values,
    )


def _sign(results: Results, row: int) -> str:
    if results.log2_fold is None or np.isnan(results.log2_fold[row]):
        return ""
    return " (up)" if results.log2_fold[row] > 0 else " (down)"


def _statement(results: Results, row: int, probability: str) -> str:
    parts = []
    if results.log2_fold is not None and not np.isnan(results.log2_fold[row]):
        value = float(results.log2_fold[row])
        way = "up" if value > 0 else "down"
        if results.effect == "log2 fold change":
            times = f", {said(2 ** min(abs(value), 60))}-fold" if np.isfinite(value) else ""
            parts.append(f"{way[0].upper()}{way[1:]}{times} (log2 fold change {said(value)})")
        else:
            parts.append(f"{results.effect[0].upper()}{results.effect[1:]} {said(value)} ({way})")
    chosen = results.adjusted if probability == "adjusted p" else results.p
    if chosen is not None and not np.isnan(chosen[row]):
        value = float(chosen[row])
        parts.append(f"{probability} {said(value) if value else 'below what the table can hold (0)'}")
    if not parts and results.statistic is not None:
        parts.append(f"statistic {said(float(results.statistic[row]))}")
    where = f" in {results.groups[row]}" if results.groups[row] else ""
    text = "; ".join(parts) or "named in the list"
    return f"{text if text.startswith('p ') else text[0].upper() + text[1:]}{where}."
