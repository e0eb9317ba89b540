"""The passages that name a gene, read sentence by sentence: what each says, masked, for a part of the digest."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.gene.parts import GENE, LEAST, MARGIN, MOST, OTHER, PARTS, legend, points
from assistant.gene.quality import quality
from assistant.generators.extractive import same
from assistant.grounding import Quote, quotes_of
from index import genes
from index.asked import genes_in
from index.filters import Filters
from index.genes.spelling import key
from index.papers import Hit
from index.search import rank
from index.store import Store

READ = 60
"""Passages read for one part, the nearest to its question among those that name the gene."""
_NOT_OWN = frozenset((genes.Kind.FAMILY, genes.Kind.PHENOTYPE, genes.Kind.CLONE))
_DRIVER = re.compile(r"[-–: ]{0,3}(?:Cre|lacZ|e?GFP|luc|promoter|antibod)", re.IGNORECASE)
_AGAIN = 0.5
"""What a further sentence of the same passage must be better by than one of another."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence for a part: its quote, the place of its passage in `Reading.hits`, and its score."""

    quote: Quote
    place: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a digest: the passages, each once, and for every part its sentences, best first.

    ``orders`` gives for every part the places of its passages, nearest to the part's question first.
    """

    hits: tuple[Hit, ...]
    found: dict[str, tuple[Found, ...]]
    orders: dict[str, tuple[int, ...]]


def read(library: Store, concept: str, name: str) -> Reading:
    """All that the passages naming ``concept`` say of it, part by part; ``name`` is what the gene is called."""
    held = Filters(genes=frozenset({concept}))
    places: dict[int, int] = {}
    hits: list[Hit] = []
    orders: dict[str, tuple[int, ...]] = {}
    scores: dict[str, dict[tuple[int, int], float]] = {}
    for title, part in PARTS.items():
        ranked = rank(library, part.question.format(gene=name), READ, filters=held)
        for hit in ranked:
            if hit.passage.id not in places:
                places[hit.passage.id] = len(hits)
                hits.append(hit)
        orders[title] = tuple(places[hit.passage.id] for hit in ranked)
        scores[title] = _standard(ranked, places)
    sentences = [sentence for place, hit in enumerate(hits) for sentence in _sentences(hit, place, concept)]
    found = {}
    for title, part in PARTS.items():
        scored = []
        for sentence in sentences:
            said = points(part, sentence.masked) if sentence.quality > -5 else 0.0
            if said <= 0:
                continue
            near = scores[title].get((sentence.place, sentence.start), -1.0)
            total = said + sentence.quality + legend(part, sentence.quote.hit.passage) + 0.35 * near
            scored.append(Found(sentence.quote, sentence.place, total))
        found[title] = tuple(sorted(scored, key=lambda f: -f.score))
    return Reading(tuple(hits), found, orders)


def choose(reading: Reading) -> dict[str, tuple[Found, ...]]:
    """The sentences of every part: at most `MOST`, each in one part only, no two that say the same."""
    offers = sorted(((f.score, title, f) for title, fs in reading.found.items() for f in fs), key=lambda o: -o[0])
    chosen: dict[str, list[Found]] = {title: [] for title in PARTS}
    taken: list[Found] = []
    for score, title, offer in offers:
        mine = chosen[title]
        if len(mine) == MOST or score < LEAST or (mine and score < mine[0].score - MARGIN):
            continue
        if mine and any(m.place == offer.place for m in mine) and score < mine[0].score - MARGIN + _AGAIN:
            continue
        if any(t.quote.key == offer.quote.key or same(t.quote.prose, offer.quote.prose) for t in taken):
            continue
        mine.append(offer)
        taken.append(offer)
    return {title: tuple(found) for title, found in chosen.items()}


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that names the gene; ``start`` is its place in its passage's text."""

    quote: Quote
    place: int
    start: int
    masked: str
    quality: float


def _sentences(hit: Hit, place: int, concept: str) -> Iterable[_Sentence]:
    passage = hit.passage
    text = passage.text
    mentions = [(m.start, m.end, own(m, concept, text[m.end :]), m.concepts[:1]) for m in genes.find(text)]
    about = concept in genes_in(hit.paper.title)
    for quote in quotes_of(hit):
        start, end = quote.start - passage.start, quote.end - passage.start
        inside = [m for m in mentions if start <= m[0] and m[1] <= end]
        if not any(mine for _, _, mine, _ in inside) or len(quote.prose.split()) > 80:
            continue
        masked, at = [], start
        for first, last, mine, _ in inside:
            masked += [text[at:first], GENE if mine else OTHER]
            at = last
        whole = " ".join("".join([*masked, text[at:end]]).split())
        others = len({concepts for _, _, mine, concepts in inside if not mine})
        yield _Sentence(quote, place, start, whole, quality(whole, passage, others, about=about))


def own(mention: genes.Mention, concept: str, after: str) -> bool:
    """Whether a name is the gene's own: not its family's ("BMP signalling"), nor a driver's ("Gdf5-Cre mice")."""
    if concept not in mention.concepts[: 2 if mention.ambiguous else 1] or _DRIVER.match(after):
        return False
    named = {kind for gene, kind, _ in genes.table().refs(key(mention.text)) if gene.concept == concept}
    return not named or not named <= _NOT_OWN


def _standard(hits: Sequence[Hit], places: dict[int, int]) -> dict[tuple[int, int], float]:
    """(place, start) of every sentence -> the ranker's score, as deviations from the mean of all, within ±2.5."""
    values = [score for hit in hits for _, _, score in hit.sentences]
    if not values:
        return {}
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values)) or 1.0
    return {
        (places[hit.passage.id], start): max(-2.5, min(2.5, (score - mean) / deviation))
        for hit in hits
        for start, _, score in hit.sentences
    }
