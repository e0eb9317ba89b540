"""A question to ranked passages: dense and lexical results fused, neighbours merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from index.filters import NO_FILTERS, Filters
from index.library import Library
from index.papers import Hit, Passage, Section
from index.sentences import references_within

SectionOf = Callable[[int, int], Section]

RRF_K = 60
"""Constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""
CANDIDATES = 100
"""Passages taken from each index before fusion."""
LONGEST_MERGED = 250
"""Words up to which neighbouring passages are shown as one."""


def search(library: Library, question: str, k: int = 10, *, filters: Filters = NO_FILTERS) -> list[Hit]:
    """The ``k`` best passages for a question, best first; neighbours in one section come as one hit.

    Only passages that ``filters`` lets through are ranked at all. Empty where the library or the question is empty.
    Raises LibraryError where the library can't be read.
    """
    if not question.strip() or k <= 0:
        return []
    vector = library.embedder.embed_query(question)
    only = library.allowed(filters)
    dense = library.dense(vector, CANDIDATES, only=only)
    lexical = library.lexical(question, CANDIDATES, only=only)
    scores = fuse([[i for i, _ in dense], [i for i, _ in lexical]])
    ranked = sorted(scores, key=lambda i: (-scores[i], i))
    passages = library.passages(ranked[: 4 * k])
    infos = library.infos({p.paper_id for p in passages})
    similarity = dict(dense)
    missing = [p.id for p in passages if p.id not in similarity]
    similarity |= {i: float(np.dot(vector, v.astype(np.float32))) for i, v in library.vectors(missing).items()}
    hits = [Hit(p, infos[p.paper_id], scores[p.id], similarity.get(p.id, 0.0)) for p in passages if p.paper_id in infos]

    @lru_cache(maxsize=64)
    def sections(paper_id: int) -> tuple[Section, ...]:
        return library.paper(paper_id).sections

    return merge(hits, lambda paper_id, section: sections(paper_id)[section])[:k]


def fuse(rankings: Sequence[Sequence[int]], k: int = RRF_K) -> dict[int, float]:
    """Reciprocal rank fusion: the sum of 1 / (k + rank) over the rankings, ranks counted from 1."""
    scores: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] += 1.0 / (k + rank)
    return dict(scores)


def merge(hits: Sequence[Hit], section_of: SectionOf, longest: int = LONGEST_MERGED) -> list[Hit]:
    """Hits in their order, each joined by later ones that touch it in the same section, up to ``longest`` words.

    ``section_of`` gives the section of a paper id and section number, from which joined text is cut verbatim.
    """
    merged: list[Hit] = []
    for hit in hits:
        for place, earlier in enumerate(merged):
            if _touch(earlier.passage, hit.passage, longest):
                merged[place] = _join(earlier, hit, section_of(hit.passage.paper_id, hit.passage.section))
                break
        else:
            merged.append(hit)
    return merged


def _touch(a: Passage, b: Passage, longest: int) -> bool:
    # Passages of one section that follow each other are only white space apart.
    return (
        (a.paper_id, a.section) == (b.paper_id, b.section)
        and max(a.start, b.start) - min(a.end, b.end) <= len("\n\n")
        and len(a.text.split()) + len(b.text.split()) <= longest
    )


def _join(one: Hit, other: Hit, section: Section) -> Hit:
    start = min(one.passage.start, other.passage.start)
    end = max(one.passage.end, other.passage.end)
    passage = replace(
        one.passage,
        start=start,
        end=end,
        text=section.text[start:end],
        references=references_within(section.references, start, end),
        page=section.page(start),
    )
    return replace(one, passage=passage, similarity=max(one.similarity, other.similarity))
