"""A question to ranked passages: dense and lexical results fused, their sentences ranked, neighbours merged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from index.asked import expanded, genes_in, sought
from index.filters import NO_FILTERS, Filters
from index.lexical import stems_of
from index.library import Library
from index.papers import Hit, Passage, Section
from index.passages import sentences
from index.ranking import Candidate, features, model
from index.sentences import references_within, split

SectionOf = Callable[[int, int], Section]

RRF_K = 60
"""Constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""
CANDIDATES = 100
"""Passages taken from each index before fusion."""
RANKED = 60
"""Passages, best first by fusion, whose sentences are ranked: they hold the answer for 99 questions of 100."""
LONGEST_MERGED = 250
"""Words up to which neighbouring passages are shown as one."""


def search(library: Library, question: str, k: int = 10, *, filters: Filters = NO_FILTERS) -> list[Hit]:
    """The ``k`` best passages for a question, best first; neighbours in one section come as one hit.

    Only passages that ``filters`` lets through are ranked at all. Empty where the library or the question is empty.
    Raises LibraryError where the library can't be read.
    """
    if not question.strip() or k <= 0:
        return []
    hits = rank(library, question, max(RANKED, 2 * k), filters=filters)

    @lru_cache(maxsize=64)
    def sections(paper_id: int) -> tuple[Section, ...]:
        return library.paper(paper_id).sections

    return merge(hits[: 4 * k], lambda paper_id, section: sections(paper_id)[section])[:k]


def rank(library: Library, question: str, count: int = RANKED, *, filters: Filters = NO_FILTERS) -> list[Hit]:
    """The ``count`` best passages by fusion, ranked by their best sentence, each with the scores of its sentences."""
    found = candidates(library, question, count, filters=filters)
    scores = model().score(features(sought(library, question), found)).tolist()
    hits = []
    first = 0
    for candidate in found:
        own = scores[first : first + len(candidate.sentences)]
        first += len(own)
        spans = split(candidate.passage.text)
        hits.append(
            Hit(
                candidate.passage,
                candidate.paper,
                max(own, default=float("-inf")),
                candidate.dense,
                tuple((start, end, score) for (start, end), score in zip(spans, own, strict=True)),
            )
        )
    return sorted(hits, key=lambda hit: -hit.score)


def candidates(
    library: Library, question: str, count: int = RANKED, *, filters: Filters = NO_FILTERS
) -> list[Candidate]:
    """The ``count`` best passages by fusion, best first, with what the ranker needs of them."""
    vector = library.embedder.embed_query(question)
    only = library.allowed(filters)
    depth = max(CANDIDATES, count)
    dense = library.dense(vector, depth, only=only)
    lexical = dict(library.lexical(expanded(question), depth, only=only))
    fused = fuse([[i for i, _ in dense], list(lexical)])
    best = sorted(fused, key=lambda i: (-fused[i], i))[:count]
    passages = library.passages(best)
    infos = library.infos({p.paper_id for p in passages})
    vectors = library.vectors(best)
    genes = library.genes_of(best)
    titles = {info.title: frozenset(stems_of(info.title)) for info in infos.values()}
    found = []
    for passage in passages:
        if passage.paper_id not in infos or passage.id not in vectors:
            continue  # removed meanwhile
        info = infos[passage.paper_id]
        whole, parts = vectors[passage.id]
        texts = sentences(passage)
        if len(parts) != len(texts):  # embedded before sentences had vectors of their own
            parts = np.repeat(whole[None, :], len(texts), axis=0)
        found.append(
            Candidate(
                passage=passage,
                paper=info,
                dense=float(vector @ whole),
                lexical=lexical.get(passage.id, 0.0),
                fused=fused[passage.id],
                cosines=(parts @ vector).astype(np.float32),
                sentences=tuple(texts),
                stems=tuple(Counter(stems_of(text)) for text in texts),
                title_stems=titles[info.title] | frozenset(stems_of(passage.heading)),
                genes=frozenset(genes.get(passage.id, ())),
                title_genes=genes_in(info.title),
            )
        )
    return found


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
    scored = sorted(
        (hit.passage.start + a - start, hit.passage.start + b - start, score)
        for hit in (one, other)
        for a, b, score in hit.sentences
    )
    return replace(one, passage=passage, similarity=max(one.similarity, other.similarity), sentences=tuple(scored))
