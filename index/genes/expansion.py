"""What else a gene is called in papers: the words to search for beside the one that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from index.genes.records import Gene
from index.genes.spelling import key
from index.genes.storage import Kind
from index.genes.table import GeneTable, table

_SURE = 0.6  # a name that means the concept less probably than this leads elsewhere too often
_WORTH = {Kind.PREVIOUS: 2, Kind.ALIAS: 2, Kind.NAME: 5, Kind.OTHER_NAME: 0}
_LOCUS = re.compile(r"D\d+[A-Z]\w*\d+\w*|[A-Z]?\d{5,}\w*", re.IGNORECASE)  # D11S812E, M100081


def expand(concept: str, most: int = 16) -> tuple[str, ...]:
    """Names worth searching for a concept, the most useful first, at most ``most``; empty for an unknown concept.

    Symbols of both species, then aliases, previous symbols and full names, those that PubMed abstracts use most before
    the others; without names that mean another gene as likely, that are words of ordinary prose, or that are a clone's
    or a disorder's. Of spellings that differ by hyphens or capitals alone the shortest stands, but for symbols.
    """
    return _expand(table(), concept)[:most]


@lru_cache(maxsize=4096)
def _expand(genes: GeneTable, concept: str) -> tuple[str, ...]:
    members = genes.concept(concept)
    symbols = dict.fromkeys(gene.symbol for gene in members if "pseudo" not in gene.biotype)
    known = {key(symbol) for symbol in symbols}
    spelt: dict[str, str] = {}
    worth: dict[str, int] = {}
    for kind, name in _others(members):
        its = key(name)
        if its in known or len(its) < 3 or not _telling(genes, its, kind, name, concept):
            continue
        if its not in spelt or len(name) < len(spelt[its]):
            spelt[its] = name
        usage = genes.usage(its)
        used = usage.upper if its.isalpha() else max(usage.upper, usage.lower)
        # what both species are called counts more
        worth[its] = max(worth[its] + 1, _WORTH[kind] + used) if its in worth else _WORTH[kind] + used
    return (*symbols, *(spelt[its] for its in sorted(worth, key=lambda its: -worth[its])))


def _others(members: tuple[Gene, ...]) -> Iterator[tuple[Kind, str]]:
    for gene in members:
        yield from ((Kind.PREVIOUS, name) for name in gene.previous)
        yield from ((Kind.ALIAS, name) for name in gene.aliases)
        yield Kind.NAME, gene.name.split(" (", 1)[0]
        yield from ((Kind.OTHER_NAME, name) for name in gene.other_names[:8] if len(name) < 50)


def _telling(genes: GeneTable, spelt: str, kind: Kind, name: str, concept: str) -> bool:
    """Whether a name leads to papers on the concept rather than elsewhere."""
    if name.isalpha() and genes.usage(spelt).lower > 3 and not (kind is Kind.NAME and len(name) > 5):
        return False
    kinds = {ref.kind for ref in genes.refs(spelt) if ref.gene.concept == concept}
    if not kinds or kinds <= {Kind.PHENOTYPE, Kind.CLONE, Kind.FAMILY} or _LOCUS.fullmatch(name):
        return False
    resolution = genes.resolve(name)
    if resolution.concepts[:1] != (concept,) or resolution.candidates[0].probability < _SURE:
        return False
    return not resolution.word or kind is Kind.NAME
