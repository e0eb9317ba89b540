"""Which gene a name means: a linear model of what the name is to the gene, and of what the text says around it.

The weights were learnt from BioRED's training abstracts by tools/train_genes.py; a name without a text around it is
ranked by the same weights, its text's features being absent.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from index.genes.records import Gene, Species
from index.genes.storage import Kind

_NAME_WORD = re.compile(r"[a-z]{4,}")
_GENERIC = frozenset(
    """protein gene factor type member family subunit receptor containing domain chain like binding homolog class
    alpha beta gamma associated related isoform human mouse cell group complex component precursor with
    specific dependent activated""".split()
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a text says of the genes that it may name.

    Attributes:
        words: its words in small letters.
        names: concept -> keys of names by which the text seems to call it.
        mouse: share of mouse among its cues of species, None where it has none.
    """

    words: Collection[str] = frozenset()
    names: Mapping[str, Set[str]] = field(default_factory=dict)
    mouse: float | None = None


class Ref(NamedTuple):
    """A gene that has a name: what the name is to it, and whether texts that explain the name mean it."""

    gene: Gene
    kind: Kind
    usual: bool = False


NOWHERE = Surroundings()


def features(
    meant: Ref, written: str, spelt: str, around: Surroundings, explained: Collection[str], species: int
) -> list[str]:
    """What speaks for ``written`` (its key ``spelt``) meaning a gene.

    ``explained`` are the concepts of the long form, where the text explains ``written`` as a short form; ``species``
    of how many of the concept's genes it is a name.
    """
    gene, kind, usual = meant
    found = [f"kind {kind.name}", f"popularity {min(gene.popularity, 8)}", *_of_gene(gene)]
    if kind is Kind.SYMBOL and written == gene.symbol:
        found.append("symbol as written")
    elif kind in (Kind.ALIAS, Kind.PREVIOUS) and (written in gene.aliases or written in gene.previous):
        found.append("alias as written")
        if written in gene.aliases:
            found.append(f"alias {min(gene.aliases.index(written), 4)} of {gene.species}")
    if usual:
        found.append("usual")
    if species > 1:
        found.append("of both species")
    return found + _of_text(gene, kind, spelt, around, explained)


def _of_gene(gene: Gene) -> tuple[str, ...]:
    known = len(gene.aliases) + len(gene.previous) + len(gene.other_names)
    found = [f"names {min(known.bit_length(), 5)} of {gene.species}"]
    if gene.protein_coding:
        found.append("coding")
    elif "pseudo" in gene.biotype:
        found.append("pseudogene")
    if not gene.ncbi:
        found.append("no NCBI id")
    return tuple(found)


def _of_text(gene: Gene, kind: Kind, spelt: str, around: Surroundings, explained: Collection[str]) -> list[str]:
    found = []
    if explained:
        found.append("explained as it" if gene.concept in explained else "explained otherwise")
    others = len(around.names.get(gene.concept, frozenset()) - {spelt})
    if others:
        found.append(f"called {min(others, 3)} other names")
    if around.words and kind not in (Kind.NAME, Kind.OTHER_NAME):
        wanted = _telling_words(gene.name)
        if wanted:
            share = sum(word in around.words for word in wanted) / len(wanted)
            found.append(f"words {round(4 * share)}/4" + (" of one" if len(wanted) == 1 else ""))
    if around.mouse is None:
        found.append(gene.species)
    else:
        found.append(f"{gene.species} where mouse {round(2 * around.mouse)}/2")
    return found


@lru_cache(maxsize=20_000)
def _telling_words(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for w in _NAME_WORD.findall(name.lower()) if w not in _GENERIC))


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """The learnt weights."""
    data = json.loads((files("index.genes") / "weights.json").read_text(encoding="utf-8"))
    return dict(data["meaning"])


@dataclass(frozen=True, slots=True)
class Meaning:
    """A concept that a name may mean: its genes, the likeliest first, and its probability among the concepts."""

    concept: str
    genes: tuple[tuple[Gene, Kind], ...]
    probability: float


def rank(
    refs: Sequence[Ref],
    written: str,
    spelt: str,
    around: Surroundings = NOWHERE,
    explained: Collection[str] = (),
    species: Species | None = None,
) -> list[Meaning]:
    """The concepts that ``written`` may mean, the likeliest first; with ``species`` only its genes."""
    known = weights()
    scored: dict[str, list[tuple[float, Gene, Kind]]] = {}
    both = Counter([ref.gene.concept for ref in refs])
    for ref in refs:
        gene = ref.gene
        if species is None or gene.species == species:
            names = features(ref, written, spelt, around, explained, both[gene.concept])
            scored.setdefault(gene.concept, []).append((sum([known.get(name, 0.0) for name in names]), gene, ref.kind))
    if not scored:
        return []
    tops = {concept: max(item[0] for item in found) for concept, found in scored.items()}
    for found in scored.values():
        if around.mouse is None:  # nothing tells the species: the gene so spelt, else the human one
            found.sort(key=lambda item: (item[1].symbol != written, item[1].species, -item[0], item[1].ncbi))
        else:
            found.sort(key=lambda item: (-item[0], item[1].species, item[1].ncbi))
    highest = max(tops.values())
    odds = {concept: math.exp(top - highest) for concept, top in tops.items()}
    total = sum(odds.values())
    return [
        Meaning(concept, tuple((gene, kind) for _, gene, kind in scored[concept]), odds[concept] / total)
        for concept in sorted(odds, key=lambda c: (-odds[c], c))
    ]
