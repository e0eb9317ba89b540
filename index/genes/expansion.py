"""What else a gene is called in papers: the words to search for beside the one that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from index.genes.records import Gene
from index.genes.spelling import key
from index.genes.storage import Kind
from index.genes.table import GeneTable, table

_SURE = 0.6  # a name that means the concept less probably than this leads elsewhere too often


def expand(concept: str, most: int = 16) -> tuple[str, ...]:
    """Names worth searching for a concept, the most useful first, at most ``most``; empty for an unknown concept.

    Symbols of both species, then previous symbols and aliases, then full names; without names that mean another gene as
    likely, that are words of ordinary prose, or that are a clone's or a disorder's. Spellings that differ by hyphens
    or capitals alone stand once, but for symbols.
    """
    return _expand(table(), concept)[:most]


@lru_cache(maxsize=4096)
def _expand(genes: GeneTable, concept: str) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    keys: set[str] = set()
    members = genes.concept(concept)
    for gene in members:
        kept[gene.symbol] = None
        keys.add(key(gene.symbol))
    for name in _others(members):
        spelt = key(name)
        if spelt in keys or len(spelt) < 3 or not _telling(genes, spelt, name, concept):
            continue
        keys.add(spelt)
        kept[name] = None
    return tuple(kept)


def _others(members: tuple[Gene, ...]) -> Iterator[str]:
    for gene in members:
        yield from gene.previous
    names: dict[str, int] = {}
    for gene in members:
        for alias in gene.aliases:
            names[alias] = names.get(alias, 0) + 1
    usage = table().usage
    yield from sorted(names, key=lambda name: -names[name] - usage(key(name)).upper)
    for gene in members:
        if gene.name:
            yield gene.name.split(" (")[0]
    for gene in members:
        yield from (name for name in gene.other_names[:6] if len(name) < 50)


def _telling(genes: GeneTable, spelt: str, name: str, concept: str) -> bool:
    """Whether a name leads to papers on the concept rather than elsewhere."""
    if " " not in name and genes.usage(spelt).lower > 3 and name.isalpha():
        return False
    kinds = {kind for gene, kind, _ in genes.refs(spelt) if gene.concept == concept}
    if not kinds or kinds <= {Kind.PHENOTYPE, Kind.CLONE, Kind.FAMILY}:
        return False
    resolution = genes.resolve(name)
    return (
        resolution.concepts[:1] == (concept,) and resolution.candidates[0].probability > _SURE and not resolution.word
    )
