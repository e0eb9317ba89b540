"""Which gene a reader means: names of any kind, in human and mouse case, dates mended, several meanings told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from index import genes
from index.errors import LocusError
from index.filters import Filters
from index.genes.repairing import dated
from index.genes.spelling import key
from index.store import Store

MOST_MEANINGS = 6
_DOUBT = 0.25
"""A meaning counts where it is this likely, compared with the likeliest: the same as the table's own."""
_NEAR = 5
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A gene that a name may mean, and in how many passages of the library it is named."""

    concept: str
    symbol: str
    name: str
    passages: int


@dataclass(frozen=True, slots=True)
class Meant:
    """The gene that is taken, what else the name means, and what the reader should know of how it was read.

    ``ambiguous`` where another meaning is about as likely; else ``others`` are genes that seldom go by the name.
    """

    asked: str
    concept: str
    others: tuple[Meaning, ...] = ()
    ambiguous: bool = False
    notes: tuple[str, ...] = ()


def meant(library: Store, name: str) -> Meant:
    """The gene that ``name`` (symbol, alias, full name, id, a date made of a symbol) means.

    Of meanings that are about as likely, the one that the library names is taken. LocusError where no gene is called
    so; its hint has near spellings, and says whether the library has the name at all.
    """
    asked = " ".join(name.split())
    if not asked:
        raise LocusError(
            "No gene is named.", hint="Type a symbol, an alias, a full name or an id, such as TP53 or p53."
        )
    mended = genes.repair(asked)
    if mended is not None and dated(asked):
        return Meant(asked, mended.gene.concept, notes=(mended.reason,))
    found = genes.table().resolve(asked)
    if not found.concepts:
        raise _unknown(library, asked)
    likely: dict[str, float] = {}
    for candidate in found.candidates:
        likely.setdefault(candidate.gene.concept, candidate.probability)
    called = [c for c in likely if likely[c] > _DOUBT * found.candidates[0].probability]
    rare = _called(found, asked, called)
    meanings = {c: _meaning(library, c) for c in [*called, *rare][:MOST_MEANINGS]}
    # Of genes that are about as likely, that which the papers at hand write about most is meant.
    best = max(called, key=lambda c: (meanings[c].passages if c in meanings else 0, likely[c]))
    notes = (mended.reason,) if mended is not None and mended.gene.concept == best else ()
    others = tuple(m for c, m in meanings.items() if c != best)
    return Meant(asked, best, others, len(called) > 1, notes)


def by_concept(concept: str) -> Meant:
    """A gene that is known by its concept; LocusError where the table has none such (any more)."""
    found = genes.table().concept(concept)
    if not found:
        raise LocusError("This gene isn't in the table.", hint="Type its symbol.")
    return Meant(found[0].symbol, concept)


def symbol(concept: str) -> str:
    """The symbol of a concept: the human gene's where there is one."""
    found = genes.table().concept(concept)
    return found[0].symbol if found else concept


def _called(found: genes.Resolution, asked: str, called: Iterable[str]) -> list[str]:
    """Concepts of genes that have the name for a symbol or alias, written just so, beyond ``called``."""
    spelt = key(asked)
    kept: dict[str, None] = {}
    for candidate in found.candidates:
        gene = candidate.gene
        names = (gene.symbol, *gene.previous, *gene.aliases)
        if gene.concept not in called and any(key(other) == spelt for other in names):
            kept[gene.concept] = None
    return list(kept)


def _meaning(library: Store, concept: str) -> Meaning:
    gene = genes.table().concept(concept)[0]
    return Meaning(concept, gene.symbol, gene.name, passages(library, concept))


def passages(library: Store, concept: str) -> int:
    """Number of the library's passages that name a gene."""
    return library.passage_count(Filters(genes=frozenset({concept})))


def _unknown(library: Store, asked: str) -> LocusError:
    near = [f"{symbol(c)}" for c in _near(library, asked)]
    hints = []
    if near:
        hints.append(f"Is it one of these: {', '.join(near)}?")
    if library.knows(asked):
        hints.append("The papers do have the word: Search finds where.")
    hints.append("Symbols, aliases, full names and ids of human and mouse genes are understood.")
    return LocusError(f"No human or mouse gene is called “{asked}”.", hint=" ".join(hints))


def _near(library: Store, asked: str) -> list[str]:
    """Concepts of genes whose names are one letter away, those that the library names most first."""
    spelt = key(asked)
    if not 2 <= len(spelt) <= 30:
        return []
    table = genes.table()
    found: dict[str, int] = {}
    for other in _one_away(spelt):
        if table.number(other) is not None:
            for ref in table.refs(other):
                if ref.kind in (genes.Kind.SYMBOL, genes.Kind.PREVIOUS, genes.Kind.ALIAS, genes.Kind.NAME):
                    found.setdefault(ref.gene.concept, int(ref.kind))
    # Symbols before aliases; the library is asked about the likeliest only.
    first = sorted(found, key=lambda c: (found[c], -table.concept(c)[0].popularity))[:30]
    named = {c: passages(library, c) for c in first}
    return sorted(first, key=lambda c: (-named[c], found[c]))[:_NEAR]


def _one_away(word: str) -> set[str]:
    """All words that one letter left out, put in, exchanged or swapped with the next makes of ``word``."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    made = {a + b[1:] for a, b in cuts if b}
    made |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    made |= {a + c + b[1:] for a, b in cuts if b for c in _ALPHABET}
    made |= {a + c + b for a, b in cuts for c in _ALPHABET}
    return {m for m in made if len(m) > 1} - {word}
