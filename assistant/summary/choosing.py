"""Which sentences of a paper stand in which part of its summary, word for word, over the whole paper."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from assistant.generators import outline
from assistant.summary.lengths import APPROACH, FINDINGS, GENES, LIMITS, PARTS, QUESTION, Length
from assistant.summary.reading import Line, PaperRead, headings
from assistant.summary.scoring import CLAIM, FINDING, PROCEDURE, Values, features, importance
from assistant.support import numbers
from index import genes, variants
from index.asked import genes_in
from index.embedding import Embedder
from index.papers import SectionKind
from index.parts import Part
from index.store import Store

CONSIDERED = 150
"""Sentences, the most telling first, that are read for the genes they name."""
MAIN_GENES = 12
"""Genes of a paper that a summary tries to name, those named most first."""
_ORDER = (FINDINGS, LIMITS, QUESTION, APPROACH, GENES)
"""The order in which parts choose: what a paper found comes first, so that no other part takes it away."""
_SAME = 0.6
"""Sentences that share more than this of the shorter one's stems say the same."""
_LIKE = 1.2
"""What likeness (cosine) to a sentence chosen before takes off a score: maximal marginal relevance."""
_NEW_GENE = 0.9
_SLACK = 5.0
_NEW_NUMBER = 0.2
_REPEATED, _MOST_NUMBERS = 3, 3
_ABOUT_GENE = re.compile(
    r"\b(?:encod\w+|members? of|mutat\w+|allel\w+|delet\w+|knock-?(?:out|in)|null|mutants?|deficien\w+|express\w*"
    r"|functions?|required?|regulat\w+|interact\w*|binds?|role|homolog\w*|orthol\w+|variants?|polymorphism\w*"
    r"|repress\w*|activat\w*|target\w*|substitut\w+|insert\w+|receptor|transcription factor|enzyme|kinase|haplotype\w*"
    r"|linked)\b",
    re.IGNORECASE,
)
"""What a sentence on a gene or a variant says of it."""
_DETERMINED = re.compile(
    r"\b(?:(?:was|were) (?:determined|measured|assessed|examined|tested|analy[sz]ed|performed|carried out|quantified"
    r"|used|obtained|calculated)|as an? (?:\w+ )?control)\b",
    re.IGNORECASE,
)
"""Of a finding: what was done to get it, rather than what came of it."""
_FITS: dict[str, dict[Part, float]] = {
    QUESTION: {Part.INTRODUCTION: 0.8, Part.ABSTRACT: 0.6, Part.OTHER: 0.2, Part.DISCUSSION: -0.5, Part.RESULTS: -0.8,
               Part.METHODS: -1.5},
    APPROACH: {Part.METHODS: 0.5, Part.ABSTRACT: 0.6, Part.INTRODUCTION: 0.4, Part.RESULTS: 0.4,
               Part.DISCUSSION: -0.5},
    FINDINGS: {Part.RESULTS: 0.3, Part.DISCUSSION: 0.2, Part.ABSTRACT: 0.6, Part.INTRODUCTION: -0.2,
               Part.METHODS: -2.0},
    GENES: {Part.RESULTS: 0.1, Part.ABSTRACT: 0.2, Part.INTRODUCTION: 0.1, Part.METHODS: -1.0},
    LIMITS: {Part.DISCUSSION: 0.8, Part.OTHER: 0.2, Part.ABSTRACT: -0.2, Part.INTRODUCTION: -1.5, Part.RESULTS: -0.3,
             Part.METHODS: -2.0},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """What the sentences of a paper name: line number -> gene concepts, -> variants; and the paper's main genes."""

    genes: dict[int, frozenset[str]]
    variants: dict[int, frozenset[str]]
    main: dict[str, float]
    """Concept -> weight, 1 for the gene named most."""
    counts: dict[str, int]
    """Concept -> passages that name it, the commonest first."""
    all_variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Part -> the numbers of its sentences (`Line.number`) in reading order, and what the paper names."""

    parts: dict[str, tuple[int, ...]]
    named: Named


def choose(read: PaperRead, library: Store, embedder: Embedder, length: Length) -> Chosen:
    """The sentences of a summary of that length; no two that say the same, each in one part only."""
    scores, named = judged(read, library, embedder)
    picker = _Picker(read, named)
    parts = {part: picker.pick(part, scores, length.most[part]) for part in _ORDER}
    return Chosen({part: parts[part] for part in PARTS}, named)


def judged(read: PaperRead, library: Store, embedder: Embedder) -> tuple[dict[str, Values], Named]:
    """Part -> (n,) how well each sentence of a paper fits it, -inf where it doesn't; and what the sentences name."""
    said = headings(read.paper)
    vectors = embedder.embed_documents([read.paper.info.title or "untitled", *said])
    telling = importance(features(read, vectors[0], vectors[1:]))
    named = names_of(read, library, telling)
    return {part: _scores(part, read, telling, named) for part in PARTS}, named


def names_of(read: PaperRead, library: Store, telling: Values | None = None) -> Named:
    """The genes that a paper names most, and its variants; of the most telling sentences, what each names."""
    ids = [hit.passage.id for hit in read.hits]
    tagged = library.genes_of(ids).values()
    counts = Counter(concept for found in tagged for concept in found)
    times = sum((Counter(found) for found in tagged), Counter())
    for concept in genes_in(read.paper.info.title):
        if concept in times:
            times[concept] += max(times.values())
    main = dict(times.most_common(MAIN_GENES))
    top = max(main.values(), default=1)
    of_genes: dict[int, frozenset[str]] = {}
    of_variants: dict[int, frozenset[str]] = {}
    for i in np.argsort(-telling, kind="stable")[:CONSIDERED] if telling is not None else ():
        text = read.lines[i].quote.prose
        of_genes[int(i)] = frozenset(m.concepts[0] for m in genes.find(text) if m.concepts)
        of_variants[int(i)] = frozenset(variants.keys(text))
    weights = {concept: (count / top) ** 0.5 for concept, count in main.items()}
    shared = library.variants_of(ids).values()
    every = tuple(dict.fromkeys(key for keys in shared for key in keys))
    return Named(of_genes, of_variants, weights, dict(counts.most_common()), every)


class _Picker:
    """Chooses sentence by sentence, each time the best one given what is chosen already."""

    def __init__(self, read: PaperRead, named: Named) -> None:
        self._read = read
        self._named = named
        self._taken: list[int] = []
        self._genes: set[str] = set()
        self._numbers: set[str] = set()
        self._held = [numbers(line.quote.prose) for line in read.lines]
        # A number that stands in several places is one that the paper is about, not a measure of a method.
        self._repeated = Counter(n for held in self._held for n in held)
        self._like = np.zeros(len(read.lines), np.float32)

    def pick(self, part: str, scores: dict[str, Values], most: int) -> tuple[int, ...]:
        """At most ``most`` sentences for a part, in reading order."""
        chosen: list[int] = []
        own = scores[part]
        able = [int(i) for i in np.argsort(-own, kind="stable")[:CONSIDERED] if own[i] > -np.inf]
        while len(chosen) < most:
            best, value = -1, -np.inf
            for i in able:
                if own[i] + _SLACK < value:
                    break
                gain = float(own[i]) - _LIKE * float(self._like[i]) + self._news(part, i)
                if gain > value and not self._said(i):
                    best, value = i, gain
            if best < 0:
                break
            chosen.append(best)
            able.remove(best)
            self._take(best)
        return tuple(sorted(chosen))

    def _news(self, part: str, i: int) -> float:
        main = self._named.main
        new = sum(main.get(g, 0.0) for g in self._named.genes.get(i, ()) if g not in self._genes)
        value = _NEW_GENE * min(2.0, new) * (2.0 if part == GENES else 1.0)
        figures = sum(min(1.0, self._repeated[n] / _REPEATED) for n in self._held[i] - self._numbers)
        return value + _NEW_NUMBER * min(_MOST_NUMBERS, figures)

    def _said(self, i: int) -> bool:
        held = self._read.lines[i].stems
        others = (self._read.lines[j].stems for j in self._taken)
        return any(len(held & other) > _SAME * min(len(held), len(other)) for other in others)

    def _take(self, i: int) -> None:
        self._taken.append(i)
        self._genes |= self._named.genes.get(i, frozenset())
        self._numbers |= self._held[i]
        self._like = np.maximum(self._like, self._read.vectors @ self._read.vectors[i])


def _scores(part: str, read: PaperRead, telling: Values, named: Named) -> Values:
    """(n,) how well each sentence fits a part, -inf where it never does.

    A short abstract may state a finding in few words, or without a word that marks one: where no sentence is a finding
    for sure, any plain statement may stand there.
    """
    belongs = [_belongs(part, line, named) for line in read.lines]
    if part == FINDINGS and not any(belongs):
        belongs = [_states(line) for line in read.lines]
    return np.array(
        [telling[i] + _fit(part, line, named) if belongs[i] else -np.inf for i, line in enumerate(read.lines)],
        np.float32,
    )


def _states(line: Line) -> bool:
    """Whether a sentence is a plain statement of prose."""
    text, kind = line.quote.prose, line.quote.hit.passage.kind
    if kind not in (SectionKind.ABSTRACT, SectionKind.BODY) or text[-1:] in ("?", ":"):
        return False
    return 4 <= len(text.split()) <= 70 and not outline.PARTS[FINDINGS].barred.search(text)


def _belongs(part: str, line: Line, named: Named) -> bool:
    text, kind = line.quote.prose, line.quote.hit.passage.kind
    if not 7 <= len(text.split()) <= 70 or kind is SectionKind.TABLE or text[-1:] in ("?", ":"):
        return False
    if part == GENES:
        main = any(g in named.main for g in named.genes.get(line.number, ()))
        told = bool(_ABOUT_GENE.search(text)) and bool(main or named.variants.get(line.number))
        return told and kind is not SectionKind.FIGURE
    if kind is SectionKind.FIGURE:
        return False
    rule = outline.PARTS[part]
    if not rule.needed.search(text) or rule.barred.search(text):
        return False
    if part == FINDINGS:
        return bool(FINDING.search(text))
    return bool(rule.cues.search(text))


def _fit(part: str, line: Line, named: Named) -> float:
    text = line.quote.prose
    value = _FITS[part].get(line.part, 0.0)
    if part == GENES:
        return value + 0.5 * min(2, len(named.variants.get(line.number, ())))
    if part == FINDINGS:
        value += 0.4 * bool(CLAIM.search(text)) - 0.8 * bool(_DETERMINED.search(text))
    if part == APPROACH:
        value -= 0.8 * min(2, len(PROCEDURE.findall(text)))
    rule = outline.PARTS[part]
    value += 0.3 * min(2, len({m.group().lower() for m in rule.cues.finditer(text)}))
    return value + (0.3 if rule.headings.search(line.quote.hit.passage.heading) else 0.0)
