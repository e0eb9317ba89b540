"""Gene sets that stand among key genes more often than by chance: hypergeometric tests, Benjamini-Hochberg.

The statistics are scipy's (`hypergeom.sf`, `false_discovery_control`); what is drawn from is always said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assistant.genome.records import GenomeData
from index import genes
from index.genes import Species

SMALLEST, GREATEST = 3, 500
"""Genes of the background that a set must hold to be tested."""
LEAST_HITS = 2
MAX_Q = 0.05


@dataclass(frozen=True, slots=True)
class GeneSet:
    """A named set of genes, as concepts (`index.genes.Gene.concept`); ``source`` says where it is from."""

    name: str
    source: str
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class EnrichedSet:
    """A set that stands among the key genes more often than by chance.

    Attributes:
        name, source: of the set.
        overlap: symbols of key genes in it, in their order.
        k: how many these are.
        n: genes of the set in the background.
        p: probability of k or more by chance.
        q: p after Benjamini and Hochberg over all sets that were tested.
    """

    name: str
    source: str
    overlap: tuple[str, ...]
    k: int
    n: int
    p: float
    q: float


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What was found, the least probable first.

    Attributes:
        found: sets of q at most the limit.
        tested: sets that were tested.
        drawn: key genes in the background.
        background: how many genes were drawn from.
        statement: in words what was tested against what.
        warnings: what the user should know, a sentence each.
    """

    found: tuple[EnrichedSet, ...]
    tested: int
    drawn: int
    background: int
    statement: str
    warnings: tuple[str, ...] = ()


def over_represented(
    data: GenomeData,
    sets: Sequence[GeneSet],
    *,
    within: Collection[str] | None = None,
    within_said: str = "",
    max_q: float = MAX_Q,
) -> Enrichment:
    """Which of ``sets`` stand among the key genes of ``data`` more often than by chance.

    Drawn from are the genes that the file tested, or all protein-coding genes where it doesn't say; with ``within``
    (concepts) only those among them, ``within_said`` saying in words which these are.
    """
    symbols = {gene.concept: gene.symbol for gene in reversed(data.genes) if gene.concept}
    order = {gene.concept: gene.rank for gene in reversed(data.genes)}
    background = data.background or protein_coding(data.species or "human") | symbols.keys()
    source = "genes that the file tested"
    if not data.background:
        source = "protein-coding genes (the file doesn't say what it tested)"
    if within is not None:
        background = background & frozenset(within)
        source += f", {within_said}"
    drawn = symbols.keys() & background
    results, tested = hypergeometric(drawn, background, sets)
    found = tuple(
        EnrichedSet(
            gene_set.name,
            gene_set.source,
            tuple(symbols[c] for c in sorted(gene_set.concepts & drawn, key=lambda c: order[c])),
            k,
            n,
            p,
            q,
        )
        for gene_set, k, n, p, q in results
        if q <= max_q and k >= LEAST_HITS
    )
    statement = (
        f"{len(drawn):,} of {len(symbols):,} key genes, drawn from {len(background):,} {source}; {tested:,} sets of "
        f"{SMALLEST} to {GREATEST} such genes tested (hypergeometric, Benjamini-Hochberg), "
        f"{len(found):,} with q at most {max_q:g}."
    )
    warnings = []
    if sets and len(drawn) < LEAST_HITS:
        warnings.append("Too few of the key genes are among the genes drawn from: over-representation can't be told.")
    if not data.background and found:
        warnings.append("Without the genes that were tested, sets common to what was studied look over-represented.")
    return Enrichment(found, tested, len(drawn), len(background), statement, tuple(warnings))


def hypergeometric(
    drawn: Collection[str], background: Collection[str], sets: Iterable[GeneSet]
) -> tuple[list[tuple[GeneSet, int, int, float, float]], int]:
    """(set, k, n, p, q) of the sets that were tested, the least probable first, and how many these are.

    p is the chance of ``k`` or more of the set's ``n`` background genes among the drawn ones. Sets of fewer than
    `SMALLEST` or more than `GREATEST` background genes are not tested; all others count for q, hits or not.
    """
    from scipy.stats import false_discovery_control, hypergeom  # noqa: PLC0415 - slow to load

    background, drawn = frozenset(background), frozenset(drawn) & frozenset(background)
    kept: list[tuple[GeneSet, int, int]] = []
    for gene_set in sets:
        inside = gene_set.concepts & background
        if SMALLEST <= len(inside) <= GREATEST:
            kept.append((gene_set, len(inside & drawn), len(inside)))
    if not kept or not drawn:
        return [], len(kept)
    hits, sizes = np.array([k for _, k, _ in kept]), np.array([n for _, _, n in kept])
    p = np.clip(hypergeom.sf(hits - 1, len(background), sizes, len(drawn)), 0.0, 1.0)
    q = false_discovery_control(p)
    rows = [
        (gene_set, k, n, float(p[i]), float(q[i])) for i, (gene_set, k, n) in enumerate(kept)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row[3], -row[1], row[0].name)), len(kept)


@lru_cache(maxsize=2)
def protein_coding(species: Species) -> frozenset[str]:
    """Concepts of a species' protein-coding genes."""
    return frozenset(gene.concept for gene in genes.table() if gene.species == species and gene.protein_coding)
