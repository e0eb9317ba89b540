"""A question read for what it asks: its words with their rarity, and its genes with their other names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from index.genes import Mention, expand, find, table
from index.lexical import Terms, stems_of, weighted_stems
from index.ranking import Sought, Term
from index.store import Store
from index.words import words

SYNONYM_WEIGHT = 0.4
"""Weight of a gene's other names beside the one asked for, in the lexical search."""
MOST_SYNONYMS = 8
LEAST = 0.3
"""Score from which a name in a question is taken for a gene's: there is little else in it that would say so."""
PLAUSIBLE, MOST_MEANINGS = 0.04, 4
"""Probability from which a meaning of a name is worth telling, and how many are told."""
_MEANINGS = 2


def sought(library: Store, question: str) -> Sought:
    """The question as the ranker reads it; its weights follow the library."""
    mentions = find(question, least=LEAST)
    forms = [(_whole(m.text), frozenset(f for name in _names(m) for f in _whole(name))) for m in mentions]
    weights = weighted_stems(question)
    rarity = library.rarities(stem for stem, _ in weights)
    groups: dict[frozenset[str], float] = {}
    for stem, weight in weights:
        others = next((own | synonyms for own, synonyms in forms if stem in own), frozenset())
        group = frozenset({stem}) | others
        groups[group] = groups.get(group, 0.0) + weight * rarity.get(stem, 1.0)
    total = sum(groups.values()) or 1.0
    return Sought(
        question=question,
        terms=tuple(Term(group, weight / total) for group, weight in groups.items()),
        rarity=total,
        genes=frozenset(concept for m in mentions for concept in m.concepts[:_MEANINGS]),
    )


def expanded(question: str) -> Terms:
    """The question for the lexical search, with the other names of its genes."""
    names = dict.fromkeys(name for m in find(question, least=LEAST) for name in _names(m))
    return [(question, 1.0), *((name, SYNONYM_WEIGHT) for name in names)]


def meanings(question: str) -> list[str]:
    """A line for each name in a question that several genes go by: what it can mean."""
    lines: dict[str, None] = {}
    for mention in find(question, least=LEAST):
        likely = [c for c in table().resolve(mention.text).candidates if c.probability >= PLAUSIBLE]
        symbols: dict[str, str] = {}
        for candidate in likely:
            if candidate.gene.species == "human" or candidate.gene.concept not in symbols:
                symbols[candidate.gene.concept] = candidate.gene.symbol
        if len(symbols) > 1:
            *others, last = list(symbols.values())[:MOST_MEANINGS]
            meant = f"“{mention.text}” can mean {', '.join(others)} or {last}"
            lines[f"{meant}: passages on any of them may have been found. Ask by the symbol for one alone."] = None
    return list(lines)


def genes_in(text: str) -> frozenset[str]:
    """Concepts of the genes that a title names."""
    return _genes_in(text)


@lru_cache(maxsize=4096)
def _genes_in(text: str) -> frozenset[str]:
    return frozenset(concept for m in find(text) for concept in m.concepts[:_MEANINGS])


def _names(mention: Mention) -> Iterable[str]:
    """Other names of a gene, in one word each: longer ones say too much of other things in their parts."""
    named = "".join(words(mention.text))
    for concept in mention.concepts[:_MEANINGS]:
        for name in expand(concept, MOST_SYNONYMS):
            if " " not in name and "".join(words(name)) != named:
                yield name


@lru_cache(maxsize=4096)
def _whole(name: str) -> frozenset[str]:
    """Stems of a name written in one: of a compound ("Pax-6") its joined forms, not its parts."""
    stems = stems_of(name)
    if len(stems) == 1:
        return frozenset(stems)
    return frozenset(s for s in stems[-2:] if len(s) > 2 and any(c.isalpha() for c in s))
