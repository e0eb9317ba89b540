"""A question to ranked passages: dense and lexical results fused, their sentences ranked, neighbours merged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from index.asked import expanded, genes_in, sought
from index.filters import NO_FILTERS, Filters
from index.lexical import stems_of
from index.papers import Hit, Section
from index.passages import sentences
from index.ranking import Candidate, features, model
from index.sentences import references_within, split
from index.store import Store

RRF_K = 60
"""Constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""
CANDIDATES = 100
"""Passages taken from each index before fusion."""
RANKED = 50
"""Passages, best first by fusion, whose sentences are ranked: they hold the answer for 98 questions of 100."""
SENTENCES_A_HIT = 10
"""Sentences kept for every hit that is asked for; those that stand together come as one hit."""
LONGEST_HIT = 250
"""Words at which a hit is closed."""


def search(library: Store, question: str, k: int = 10, *, filters: Filters = NO_FILTERS) -> list[Hit]:
    """The ``k`` stretches of text that answer a question best, best first.

    Each is a run of sentences of one section: those that the ranker puts first, joined where they stand together. Only
    passages that ``filters`` lets through are ranked at all. Empty where the library or the question is empty. Raises
    LibraryError where the library can't be read.
    """
    if not question.strip() or k <= 0:
        return []
    ranked = rank(library, question, max(RANKED, 2 * k), filters=filters)

    return join(ranked, SENTENCES_A_HIT * k, lru_cache(maxsize=256)(library.section))[:k]


def rank(library: Store, question: str, count: int = RANKED, *, filters: Filters = NO_FILTERS) -> list[Hit]:
    """The ``count`` best passages by fusion, ranked by their best sentence, each with the scores of its sentences."""
    found = candidates(library, question, count, filters=filters)
    return scored(found, model().score(features(sought(library, question), found)).tolist())


def scored(found: Sequence[Candidate], scores: Sequence[float]) -> list[Hit]:
    """Candidates as hits, ranked by their best sentence; ``scores`` are those of all their sentences, in order."""
    hits = []
    first = 0
    for candidate in found:
        own = scores[first : first + len(candidate.sentences)]
        first += len(own)
        hits.append(
            Hit(
                candidate.passage,
                candidate.paper,
                max(own, default=float("-inf")),
                candidate.dense,
                tuple((start, end, score) for (start, end), score in zip(candidate.spans, own, strict=True)),
            )
        )
    return sorted(hits, key=lambda hit: -hit.score)


def candidates(library: Store, question: str, count: int = RANKED, *, filters: Filters = NO_FILTERS) -> list[Candidate]:
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
        spans = split(passage.text)
        texts = sentences(passage, spans)
        if len(parts) != len(texts):  # embedded before sentences had vectors of their own
            parts = np.repeat(whole[None, :], len(texts), axis=0)
        found.append(
            Candidate(
                passage=passage,
                paper=info,
                spans=tuple(spans),
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


def join(hits: Sequence[Hit], most: int, section_of: Callable[[int, int], Section]) -> list[Hit]:
    """The ``most`` best sentences of passages, as runs of their sections, best first.

    Sentences are joined where at most one other stands between them, up to LONGEST_HIT words. ``section_of`` gives the
    section of a paper id and section number, from which the text of a run is cut verbatim.
    """
    places: dict[tuple[int, int], list[_Place]] = defaultdict(list)
    for hit in hits:
        for start, end, score in hit.sentences:
            words = len(hit.passage.text[start:end].split())
            place = _Place(hit.passage.start + start, hit.passage.start + end, score, hit, words)
            places[hit.passage.paper_id, hit.passage.section].append(place)
    scores = sorted((place.score for found in places.values() for place in found), reverse=True)
    least = scores[min(most, len(scores)) - 1] if scores else 0.0
    runs = [run for found in places.values() for run in _runs(sorted(found, key=lambda p: p.start), least)]
    return sorted((_hit(run, section_of) for run in runs), key=lambda hit: -hit.score)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence in its section, and the number of its words."""

    start: int
    end: int
    score: float
    hit: Hit
    words: int


def _runs(places: Sequence[_Place], least: float) -> Iterator[list[_Place]]:
    """Runs of the sentences of one section, in reading order, that begin and end with one of at least ``least``."""
    run: list[_Place] = []
    words = 0
    for place in places:
        # Sentences of a section that follow each other are only white space apart.
        if run and (place.start - run[-1].end > len("\n\n") or words > LONGEST_HIT):
            yield from _trimmed(run, least)
            run, words = [], 0
        if run and place.score < least and run[-1].score < least:
            yield from _trimmed(run, least)
            run, words = [], 0
        if run or place.score >= least:
            run.append(place)
            words += place.words
    yield from _trimmed(run, least)


def _trimmed(run: list[_Place], least: float) -> Iterator[list[_Place]]:
    while run and run[-1].score < least:
        run = run[:-1]
    if run:
        yield run


def _hit(run: Sequence[_Place], section_of: Callable[[int, int], Section]) -> Hit:
    best = max(run, key=lambda place: place.score)
    passage = best.hit.passage
    start, end = run[0].start, run[-1].end
    section = section_of(passage.paper_id, passage.section)
    cut = replace(
        passage,
        start=start,
        end=end,
        text=section.text[start:end],
        references=references_within(section.references, start, end),
        page=section.page(start),
    )
    scored = tuple((place.start - start, place.end - start, place.score) for place in run)
    return replace(best.hit, passage=cut, score=best.score, sentences=scored)
