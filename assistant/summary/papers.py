"""Which papers a summary of several is made of: those that were named, or those on a gene, a topic or a question."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import LocusError
from index.search import rank
from index.store import Store

MOST_PAPERS = 30
"""Papers read for one summary at most."""
CHOSEN_PAPERS = 12
"""Papers taken for a topic, a question or a gene."""
_RANKED = 120
_NAMED = 3
"""Times that a paper must name a gene to be on it."""
_FIT, _LIKE = 1.35, 0.2
"""How well a paper must fit a topic, and the least cosine of its nearest passage; set by eye on a few topics."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What papers are summarised, under which title; ``focus`` is what they are read for, "" for all that they say.

    ``concept`` is the gene that they are read for. ``left_out`` counts papers that were found and not taken.
    """

    title: str
    papers: tuple[int, ...]
    focus: str = ""
    concept: str = ""
    left_out: int = 0


def named(library: Store, ids: Sequence[int]) -> Wanted:
    """The papers with these ids. LocusError where there are fewer than two, or too many."""
    papers = tuple(dict.fromkeys(ids))
    if len(papers) < 2:
        raise LocusError("A summary of several papers needs two or more.", hint="Name another one.")
    if len(papers) > MOST_PAPERS:
        raise LocusError(
            f"These are {len(papers)} papers; {MOST_PAPERS} can be summarised at once.", hint="Name fewer of them."
        )
    infos = library.infos(papers)
    kept = tuple(paper for paper in papers if paper in infos)
    return Wanted(f"What {len(kept)} papers say", kept)


def on_topic(library: Store, words: str) -> Wanted:
    """The papers with the sentences that fit a topic or a question best. LocusError where nothing is named or found."""
    words = " ".join(words.split())
    if not words:
        raise LocusError("No topic is named.", hint="Type a topic, a gene or a question.")
    score: dict[int, float] = {}
    likeness: dict[int, float] = {}
    passages: Counter[int] = Counter()
    for hit in rank(library, words, _RANKED):
        paper = hit.paper.id
        score[paper] = max(score.get(paper, hit.score), hit.score)
        likeness[paper] = max(likeness.get(paper, 0.0), hit.similarity)
        passages[paper] += 1
    # Three witnesses, since each alone is fooled by one stray sentence: what the ranker makes of the best sentence, how
    # near the best passage is, and how many passages are among those found.
    fit = {p: score[p] / 10 + 2 * likeness[p] + math.log(passages[p]) / 4 for p in score}
    near = [paper for paper in sorted(fit, key=lambda p: -fit[p]) if fit[paper] >= _FIT and likeness[paper] >= _LIKE]
    if not near:
        raise LocusError(f"No paper of this library is on {words!r}.", hint="Add papers, or name another topic.")
    return Wanted(words, tuple(near[:CHOSEN_PAPERS]), words, left_out=max(0, len(near) - CHOSEN_PAPERS))


def on_gene(library: Store, name: str) -> Wanted:
    """The papers that name a gene most, by whatever name. LocusError where there is no such gene, or no paper on it."""
    # The gene table takes a second to load.
    from assistant.gene.naming import meant, symbol  # noqa: PLC0415

    concept = meant(library, name).concept
    times = library.papers_of_gene(concept)
    on = [paper for paper, count in times if count >= _NAMED] or [paper for paper, _ in times]
    if not on:
        raise LocusError(f"No paper of this library names {symbol(concept)}.", hint="Add papers on it.")
    left = max(0, len(on) - CHOSEN_PAPERS)
    return Wanted(
        f"What the papers say of {symbol(concept)}", tuple(on[:CHOSEN_PAPERS]), symbol(concept), concept, left
    )
