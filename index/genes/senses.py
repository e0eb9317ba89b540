"""What gene names mean in a paper as a whole: a passage alone may not tell whose name "Aβ" or "LCA" is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from index.genes.finding import Mention, explained, find

_RIVALS = 2
"""Meanings kept of a name that may well be another gene's."""
_SURE = 0.8
"""Mean score from which a name is a gene's whatever its explanation is: papers misspell long forms."""


def senses(texts: Sequence[str]) -> list[list[tuple[Mention, tuple[str, ...]]]]:
    """For each passage of one paper its mentions, each with the concepts that it means in this paper.

    A short form that the paper explains, and not as a gene ("Leber congenital amaurosis (LCA)"), is a gene's nowhere in
    it. Of two genes that a name may mean, that which the paper names clearly elsewhere is meant (one sense a
    discourse: Gale, Church and Yarowsky, HLT 1992).
    """
    found = [find(text) for text in texts]
    foreign = _foreign(texts, found)
    kept = [[m for m in mentions if m.text not in foreign] for mentions in found]
    clear = Counter(m.concepts[0] for mentions in kept for m in mentions if not m.ambiguous)
    return [[(m, _meant(m, clear)) for m in mentions] for mentions in kept]


def _foreign(texts: Sequence[str], found: Sequence[Sequence[Mention]]) -> set[str]:
    """Acronyms explained somewhere as what is no gene, and in no passage that explains them taken for one."""
    foreign: set[str] = set()
    named: set[str] = set()
    for text, mentions in zip(texts, found, strict=True):
        for short, told in explained(text).items():
            if not (short.isalpha() and short.isupper()) or told.otherwise != "other":
                continue
            end = text.index(short, told.start) + len(short)
            if told.concepts or any(m.start < end and told.start < m.end for m in mentions):
                named.add(short)
            else:
                foreign.add(short)
    foreign -= named
    scores: dict[str, list[float]] = {short: [] for short in foreign}
    for mention in (m for mentions in found for m in mentions if m.text in foreign):
        scores[mention.text].append(mention.score)
    return {short for short, values in scores.items() if not values or sum(values) < _SURE * len(values)}


def _meant(mention: Mention, clear: Counter[str]) -> tuple[str, ...]:
    if not mention.ambiguous:
        return mention.concepts[:1]
    rivals = mention.concepts[:_RIVALS]
    return tuple(c for c in rivals if c in clear) or rivals
