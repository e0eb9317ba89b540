"""Which sentences of the passages found answer the question: features of each sentence, and a linear model over them.

The passage that answers is nearly always among the fifty that fusion puts first, seldom on top; and it answers by one
sentence. So every sentence of those passages is scored, by its own vector and words, by those of its passage and its
paper, by what kind of sentence it is and by the genes that it names, and passages are ranked by their sentences. The
weights stand in ranking.json and come from benchmarks/train_ranking.py, which also prints what they reach on questions
about papers that they were not trained on.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from index.papers import PaperInfo, Passage, SectionKind, Span

PASSAGE_FEATURES = (
    "dense", "dense_deviation", "lexical", "fused", "rank", "best_sentence", "mean_sentence", "covered_by_passage",
    "best_covered", "covered_by_title", "paper_share", "best_paper", "paper_lead", "best_lexical", "words",
    "abstract", "figure", "table", "methods", "results", "discussion", "introduction", "genes_of_passage",
    "genes_of_title",
)  # fmt: skip
"""Columns that the sentences of a passage share."""

SENTENCE_FEATURES = (
    "cosine", "cosine_above_passage", "cosine_under_best", "covered", "covered_nearby", "lexical_sentence",
    "covered_times_cosine", "length", "short", "long", "purpose", "procedure", "finding", "question_mark",
    "number_wanted", "time_wanted", "place_wanted", "first", "last", "new_words", "genes_of_sentence",
)  # fmt: skip
"""Columns of one sentence."""

FEATURES = PASSAGE_FEATURES + SENTENCE_FEATURES

Matrix = NDArray[np.float32]

_K1, _B = 1.2, 0.75
"""Constants of BM25 (Robertson and Zaragoza 2009)."""
_MEAN_SENTENCE = 20.0
"""Stems of a usual sentence."""

_PURPOSE = re.compile(
    r"\b(?:to (?:determine|test|investigate|examine|assess|ask|address|explore|identify|study|evaluate|confirm|verify"
    r"|analy[sz]e|further|see|establish)|we (?:asked|tested|wished|sought|hypothesi[sz]ed|set out|wanted|next)|whether"
    r"|hypothes|it is (?:possible|unclear|unknown)|remains? (?:unclear|unknown)|future)\b",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(
    r"\bin order to\b"
    r"|\bwe (?:\w+ )?(?:performed|used|generated|crossed|carried out|measured|analy[sz]ed|examined|employed|compared"
    r"|bred|injected|stained|cloned|sequenced)\b"
    r"|\b(?:was|were) (?:\w+ )?(?:performed|carried out|measured|stained|fixed|amplified|analy[sz]ed|cloned|sequenced"
    r"|purchased|obtained|incubated|prepared|isolated|used|injected|collected|examined|sectioned|digested|washed"
    r"|calculated)\b",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"\b(?:we (?:found|show|demonstrate|observed|detected|conclude|identified|report)"
    r"|(?:results?|data|findings|these) (?:show|suggest|indicate|demonstrate|reveal)|revealed|showed|significantly"
    r"|in contrast|compared (?:to|with)|resulted|exhibited|(?:was|were) (?:detected|observed|found))\b",
    re.IGNORECASE,
)
NUMBER_QUESTION = re.compile(
    r"\b(?:how (?:many|much|far|large|long|old|often|big|high|low|early|late|soon|fast|heavy|tall|wide)|by how"
    r"|what (?:percentage|fraction|proportion|share|number|size|dose|distance|age|length|concentration|ratio|level)"
    r"|percent|what is the (?:median|average|mean)|fold|on average|roughly|approximately|count|number of)\b",
    re.IGNORECASE,
)
_PLACE_QUESTION = re.compile(r"\b(?:chromosom\w*|locus|loci|map\w*|interval|cM|QTL|exons?|residues?|mutation)\b", re.I)
_PLACE = re.compile(
    r"\b(?:chromosomes?|chr|LOD|exons?|introns?|QTL|deletion|residues?|codon)\b|\d\s?(?:cM|[kM]?bp?)\b", re.I
)
_TIME_QUESTION = re.compile(
    r"\b(?:when|at (?:which|what) (?:age|stage|day|time|point)|which (?:day|stage|age)|how (?:early|late|old|soon))\b",
    re.I,
)
_TIME = re.compile(
    r"\b[EP]\d+(?:\.\d)?\b|\b(?:days?|weeks?|months?|years?|hours?|wk|mo|embryonic|postnatal|stages?|birth)\b", re.I
)
_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|twice|third|quarter)\b", re.I)
_NAME_DIGITS = re.compile(r"[A-Za-z]+-?\d+")


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: its stem and those that stand for it (a gene's other names), and its weight."""

    stems: frozenset[str]
    weight: float


@dataclass(frozen=True)
class Sought:
    """A question as the ranker reads it: ``terms`` weigh 1 together, ``rarity`` is the sum before that."""

    question: str
    terms: tuple[Term, ...]
    rarity: float
    genes: frozenset[str]
    """Concepts of the genes that it names."""

    @cached_property
    def places(self) -> dict[str, tuple[int, ...]]:
        """Stem -> places in ``terms`` of those that it stands for."""
        found: defaultdict[str, tuple[int, ...]] = defaultdict(tuple)
        for place, term in enumerate(self.terms):
            for stem in term.stems:
                found[stem] += (place,)
        return dict(found)

    def counts(self, held: Counter[str] | frozenset[str]) -> dict[int, int]:
        """Place of a term -> how often ``held`` has a form of it, of the terms that it has."""
        found: dict[int, int] = {}
        for stem in self.places.keys() & held:
            count = held[stem] if isinstance(held, Counter) else 1
            for place in self.places[stem]:
                found[place] = found.get(place, 0) + count
        return found

    def covered(self, places: Iterable[int]) -> float:
        """Share of the question's terms, by weight, that these are."""
        return sum(self.terms[place].weight for place in places)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that an index found.

    ``spans`` are those of its sentences in its text. ``dense`` is its cosine with the question, ``lexical`` its BM25
    score (0 where BM25 did not find it), ``fused`` its score by both. ``cosines`` (s,) are those of its sentences with
    the question, ``stems`` their words; ``genes`` are the concepts that it names.
    """

    passage: Passage
    paper: PaperInfo
    spans: tuple[Span, ...]
    dense: float
    lexical: float
    fused: float
    cosines: Matrix
    sentences: tuple[str, ...]
    stems: tuple[Counter[str], ...]
    title_stems: frozenset[str]
    genes: frozenset[str]
    title_genes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Linear:
    """A standardised linear model: weights · (x - mean) / deviation + bias; ``mean`` and the others are (features,)."""

    mean: Matrix
    deviation: Matrix
    weights: Matrix
    bias: float = 0.0

    def score(self, rows: Matrix) -> Matrix:
        """(n, features) to (n,)."""
        return ((rows - self.mean) / self.deviation @ self.weights + self.bias).astype(np.float32)

    @classmethod
    def stored(cls, stored: Mapping[str, object], columns: Sequence[str], source: str) -> Linear:
        """From {"features": {name: [mean, deviation, weight]}, "bias": number}; ValueError where columns differ."""
        features = stored["features"]
        bias = stored["bias"]
        if not isinstance(features, dict) or tuple(features) != tuple(columns) or not isinstance(bias, float):
            raise ValueError(f"{source} was trained on other features; train it again")
        table = np.array([features[name] for name in columns], dtype=np.float32)
        return cls(table[:, 0], table[:, 1], table[:, 2], bias)


@lru_cache(maxsize=1)
def model() -> Linear:
    """The shipped model of sentences."""
    text = resources.files(__package__).joinpath("ranking.json").read_text("utf-8")
    return Linear.stored(json.loads(text), FEATURES, "ranking.json")


def features(sought: Sought, candidates: Sequence[Candidate]) -> Matrix:
    """(sentences of all candidates in order, len(FEATURES)) float32; candidates come best first by ``fused``."""
    if not candidates:
        return np.empty((0, len(FEATURES)), np.float32)
    dense = np.array([c.dense for c in candidates], np.float32)
    deviations = (dense - dense.mean()) / (dense.std() + 1e-6)
    most_lexical = max(c.lexical for c in candidates) or 1.0
    shares, lead = _papers(candidates)
    best_cosine = max(float(c.cosines.max(initial=-1.0)) for c in candidates)
    wanted = _Wanted.of(sought.question)
    rows: list[list[float]] = []
    for rank, candidate in enumerate(candidates):
        share = shares[candidate.paper.id]
        counts = [sought.counts(held) for held in candidate.stems]
        covered = [sought.covered(count) for count in counts]
        lexical = [_bm25(sought, count, held.total()) for count, held in zip(counts, candidate.stems, strict=True)]
        of_title = sought.counts(candidate.title_stems)
        mean = float(candidate.cosines.mean()) if len(candidate.cosines) else 0.0
        shared = [
            candidate.dense,
            float(deviations[rank]),
            candidate.lexical / most_lexical,
            candidate.fused * 60,
            1 / (1 + rank),
            float(candidate.cosines.max(initial=0.0)),
            mean,
            sought.covered(set(of_title).union(*counts)),
            max(covered, default=0.0),
            sought.covered(of_title),
            share,
            float(share == 1),
            lead if share == 1 else share - 1,
            max(lexical, default=0.0) / 10,
            min(len(candidate.passage.text.split()), 200) / 100,
            *_part(candidate.passage),
            _share(sought.genes, candidate.genes),
            _share(sought.genes, candidate.title_genes),
        ]
        rows += [
            shared + _of_sentence(sought, candidate, i, counts, covered[i], lexical[i], (mean, best_cosine), wanted)
            for i in range(len(candidate.sentences))
        ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(FEATURES))


def _of_sentence(
    sought: Sought,
    candidate: Candidate,
    i: int,
    counts: Sequence[dict[int, int]],
    covered: float,
    lexical: float,
    cosines: tuple[float, float],
    wanted: _Wanted,
) -> list[float]:
    """``cosines`` are the mean of the passage's sentences' and the best of all."""
    text, held = candidate.sentences[i], candidate.stems[i]
    cosine = float(candidate.cosines[i])
    words = len(text.split())
    return [
        cosine,
        cosine - cosines[0],
        cosine - cosines[1],
        covered,
        sought.covered(set[int]().union(*counts[max(0, i - 1) : i + 2])),
        lexical / 10,
        covered * cosine,
        min(words, 60) / 60,
        float(words < 8),
        float(words > 60),
        float(bool(_PURPOSE.search(text))),
        float(bool(_PROCEDURE.search(text))),
        float(bool(_FINDING.search(text))),
        float(text.endswith("?")),
        float(wanted.number and bool(_NUMBER.search(_NAME_DIGITS.sub("", text)))),
        float(wanted.time and bool(_TIME.search(text))),
        float(wanted.place and bool(_PLACE.search(text))),
        float(i == 0),
        float(i == len(candidate.sentences) - 1),
        min(len(held.keys() - sought.places.keys()), 25) / 25,
        _gene_terms(sought, counts[i]),
    ]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What kind of thing a question asks for."""

    number: bool
    time: bool
    place: bool

    @classmethod
    def of(cls, question: str) -> _Wanted:
        return cls(*(bool(p.search(question)) for p in (NUMBER_QUESTION, _TIME_QUESTION, _PLACE_QUESTION)))


def _papers(candidates: Sequence[Candidate]) -> tuple[dict[int, float], float]:
    """Paper id -> its candidates' summed score, as a share of the best paper's; and that one's lead over the second."""
    sums: defaultdict[int, float] = defaultdict(float)
    for candidate in candidates:
        sums[candidate.paper.id] += candidate.fused
    ordered = sorted(sums.values(), reverse=True)
    best = ordered[0] or 1.0
    lead = (best - (ordered[1] if len(ordered) > 1 else 0.0)) / best
    return {paper: total / best for paper, total in sums.items()}, lead


def _part(passage: Passage) -> list[float]:
    head = passage.heading.lower()
    return [
        float(passage.kind == SectionKind.ABSTRACT),
        float(passage.kind == SectionKind.FIGURE),
        float(passage.kind == SectionKind.TABLE),
        float(any(word in head for word in ("method", "material", "procedure"))),
        float("result" in head),
        float("discussion" in head or "conclusion" in head),
        float("introduction" in head or "background" in head),
    ]


def _bm25(sought: Sought, counts: dict[int, int], words: int) -> float:
    """BM25 of one sentence of so many words."""
    length = _K1 * (1 - _B + _B * words / _MEAN_SENTENCE)
    terms = sought.terms
    return sought.rarity * sum(terms[p].weight * n * (_K1 + 1) / (n + length) for p, n in counts.items())


def _gene_terms(sought: Sought, counts: dict[int, int]) -> float:
    """Share of the question's genes (terms of several forms) that a sentence names."""
    genes = [place for place, term in enumerate(sought.terms) if len(term.stems) > 1]
    return sum(place in counts for place in genes) / max(1, len(genes))


def _share(asked: frozenset[str], held: frozenset[str]) -> float:
    return len(asked & held) / len(asked) if asked else 0.0
