"""Which sentences of the passages answer a question: features of each sentence and a linear ranker over them.

The weights stand in evidence.json and come from benchmarks/train_evidence.py, which also prints what they reach
on questions about papers that they were not trained on.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from assistant.grounding import Embed, Quote, quotes_of
from index.genes import normal, symbols
from index.papers import Hit, SectionKind
from index.terms import stems

DEPTH = 8
"""Passages whose sentences are considered; deeper ones brought more wrong than right sentences."""

SENTENCE_FEATURES = (
    "sentence_cosine", "cosine_above_passage", "passage_cosine", "fusion_score", "inverse_rank", "paper_share",
    "covered", "covered_nearby", "covered_by_passage", "covered_times_cosine", "genes_named", "length", "short",
    "long", "new_words", "purpose", "finding", "question_mark", "abstract", "figure", "table", "methods", "results",
    "discussion", "introduction", "number_wanted", "time_wanted", "place_wanted",
)  # fmt: skip
"""Columns of `sentence_features`."""

ANSWER_FEATURES = (
    "best_score", "top_passage_cosine", "covered_by_top_passage", "names_missing", "names_unknown",
)  # fmt: skip
"""Columns of `answer_features`."""

Matrix = NDArray[np.float32]
Knows = Callable[[str], bool]
"""Whether the library holds a name at all."""

_PURPOSE = re.compile(
    r"\b(?:to (?:determine|test|investigate|examine|assess|ask|address|explore|identify|study|evaluate|confirm|verify"
    r"|analy[sz]e|further|see|establish)|we (?:asked|tested|wished|sought|hypothesi[sz]ed|set out|wanted|next)|whether"
    r"|hypothes|it is (?:possible|unclear|unknown)|remains? (?:unclear|unknown)|future)\b",
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
    r"|percent|what is the (?:median|average|mean)|fold|on average|roughly|approximately)\b",
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
_WORD = re.compile(r"[^\W_][\w-]*[^\W_]|[^\W_]")
_GENERIC = frozenset("gene genes protein proteins receptor allele alleles enzyme factor subunit locus form".split())
_TIED_ON = re.compile(r"-(?:[a-z]{3,}.*)$")
_NAME = re.compile(r"(?<=[a-z,;:)] )[(\"']?([A-Z][\w-]{2,})")


@dataclass(frozen=True, slots=True)
class Ranked:
    """The sentences of the passages, best first, with their scores, and how likely they answer, 0 to 1."""

    quotes: tuple[Quote, ...]
    hit_numbers: tuple[int, ...]
    scores: tuple[float, ...]
    answerable: float


@dataclass(frozen=True, slots=True)
class Linear:
    """A standardised linear model: weights · (x - mean) / deviation + bias."""

    mean: Matrix
    deviation: Matrix
    weights: Matrix
    bias: float = 0.0

    def score(self, rows: Matrix) -> Matrix:
        """(n, features) to (n,)."""
        scores = ((rows - self.mean) / self.deviation) @ self.weights + self.bias
        return scores.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the features are computed from: the question and the sentences of the first `DEPTH` passages."""

    question: str
    hits: tuple[Hit, ...]
    quotes: tuple[Quote, ...]
    owner: tuple[int, ...]
    stems: tuple[frozenset[str], ...]
    cosine: Matrix
    weight: dict[str, float]
    """Question stem -> weight, rarer among the passages' sentences weighing more; they sum to 1."""


def gather(question: str, hits: Sequence[Hit], embed: Embed) -> Evidence:
    """Sentences of the first passages with their cosine to the question."""
    hits = tuple(hits[:DEPTH])
    owner, quotes = [], []
    for number, hit in enumerate(hits):
        for quote in quotes_of(hit):
            owner.append(number)
            quotes.append(quote)
    vectors = embed([question, *(q.prose for q in quotes)])
    found = [frozenset(stems(q.prose)) for q in quotes]
    counts = Counter(s for held in found for s in held)
    raw = {s: math.log(1 + len(quotes) / (0.5 + counts[s])) for s in dict.fromkeys(stems(question))}
    total = sum(raw.values()) or 1.0
    return Evidence(
        question=question,
        hits=hits,
        quotes=tuple(quotes),
        owner=tuple(owner),
        stems=tuple(found),
        cosine=(vectors[1:] @ vectors[0]).astype(np.float32),
        weight={s: w / total for s, w in raw.items()},
    )


def sentence_features(evidence: Evidence) -> Matrix:
    """(sentences, len(SENTENCE_FEATURES)) float32."""
    question, weight = evidence.question, evidence.weight
    papers: defaultdict[int, float] = defaultdict(float)
    for hit in evidence.hits:
        papers[hit.paper.id] += hit.score
    most = max(papers.values(), default=1.0) or 1.0
    asked_genes = {normal(s) for s in symbols(question)}
    number, time, place = (bool(p.search(question)) for p in (NUMBER_QUESTION, _TIME_QUESTION, _PLACE_QUESTION))
    rows = []
    for i, quote in enumerate(evidence.quotes):
        owner = evidence.owner[i]
        hit = evidence.hits[owner]
        mates = [j for j in range(len(evidence.quotes)) if evidence.owner[j] == owner]
        text, head = quote.prose, hit.passage.heading.lower()
        words = len(text.split())
        held = evidence.stems[i]
        near = held.union(*(evidence.stems[j] for j in (i - 1, i + 1) if j in mates))
        around = frozenset[str]().union(*(evidence.stems[j] for j in mates)) | set(stems(f"{hit.paper.title} {head}"))
        covered = _covered(weight, held)
        cosine = float(evidence.cosine[i])
        rows.append(
            [
                cosine,
                cosine - float(np.mean(evidence.cosine[mates])),
                hit.similarity,
                hit.score * 60,
                1 / (1 + owner),
                papers[hit.paper.id] / most,
                covered,
                _covered(weight, near),
                _covered(weight, around),
                covered * cosine,
                len(asked_genes & {normal(s) for s in symbols(text)}) / max(1, len(asked_genes)),
                min(words, 60) / 60,
                float(words < 8),
                float(words > 60),
                min(len(held - weight.keys()), 25) / 25,
                float(bool(_PURPOSE.search(text))),
                float(bool(_FINDING.search(text))),
                float(text.endswith("?")),
                float(hit.passage.kind == SectionKind.ABSTRACT),
                float(hit.passage.kind == SectionKind.FIGURE),
                float(hit.passage.kind == SectionKind.TABLE),
                float(any(w in head for w in ("method", "material", "procedure"))),
                float("result" in head),
                float("discussion" in head or "conclusion" in head),
                float("introduction" in head or "background" in head),
                float(number and bool(_NUMBER.search(_NAME_DIGITS.sub("", text)))),
                float(time and bool(_TIME.search(text))),
                float(place and bool(_PLACE.search(text))),
            ]
        )
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(SENTENCE_FEATURES))


def answer_features(evidence: Evidence, scores: Matrix, knows: Knows) -> Matrix:
    """(len(ANSWER_FEATURES),) float32, from the sentences' scores; there must be at least one sentence.

    ``knows`` says whether the library names a gene anywhere. Few features, since few questions are known to have
    no answer: a dozen more were tried and judged no better on questions not trained on.
    """
    paper = evidence.hits[evidence.owner[int(np.argmax(scores))]].paper
    texts = [f"{hit.paper.title} {hit.passage.heading} {hit.passage.text}" for hit in evidence.hits]
    same_paper = normal(" ".join(t for t, hit in zip(texts, evidence.hits, strict=True) if hit.paper.id == paper.id))
    asked = names(evidence.question)
    return np.array(
        [
            float(np.max(scores)),
            max(hit.similarity for hit in evidence.hits),
            max(_covered(evidence.weight, frozenset(stems(text))) for text in texts),
            sum(name not in same_paper for name in asked) / max(1, len(asked)),
            min(2.0, sum(not any(map(knows, group)) for group in synonyms(evidence.question))),
        ],
        dtype=np.float32,
    )


def names(question: str) -> tuple[str, ...]:
    """Normalised gene-like symbols and capitalised names of a question: what an answer must be about."""
    found = [normal(s) for s in symbols(question)]
    found += [normal(m.group(1).split("-")[0]) for m in _NAME.finditer(question)]
    return tuple(dict.fromkeys(n for n in found if len(n) > 2))


def synonyms(question: str) -> list[tuple[str, ...]]:
    """Names of a question in groups that mean one thing: "DMRT7 (Dmrtc2)" is one group, else each is its own.

    The word before a bracketed name is taken for a name too ("lubricin (Prg4)"); what is tied to a name by a
    hyphen and is no part of it ("Spo11-null") is left off.
    """
    groups: list[tuple[str, ...]] = []
    end, before = -10, ""
    for match in _WORD.finditer(question):
        name = _TIED_ON.sub("", match.group())
        bracketed = question[: match.start()].endswith("(")
        capital = (
            match.start() > 0 and name[0].isupper() and not question[: match.start()].rstrip().endswith((".", "?"))
        )
        if symbols(name) or (capital and len(name) > 2):
            if groups and question[end : match.start()].strip() in ("(", "/", "or"):
                groups[-1] = (*groups[-1], name)
            else:
                groups.append((before, name) if bracketed and before else (name,))
            end = match.end()
        before = name if name.lower() not in _GENERIC and not name.isdigit() else ""
    return groups


def rank(question: str, hits: Sequence[Hit], embed: Embed, knows: Knows) -> Ranked:
    """The sentences of the passages in the order in which they answer the question."""
    evidence = gather(question, hits, embed)
    if not evidence.quotes:
        return Ranked((), (), (), 0.0)
    sentences, answer = models()
    scores = sentences.score(sentence_features(evidence))
    logit = float(answer.score(answer_features(evidence, scores, knows)[None, :])[0])
    order = np.argsort(-scores, kind="stable")
    return Ranked(
        quotes=tuple(evidence.quotes[i] for i in order),
        hit_numbers=tuple(evidence.owner[i] + 1 for i in order),
        scores=tuple(float(scores[i]) for i in order),
        answerable=1 / (1 + math.exp(-logit)),
    )


@lru_cache(maxsize=1)
def models() -> tuple[Linear, Linear]:
    """The shipped models: of sentences, and of whether the question is answered at all."""
    stored = json.loads(resources.files(__package__).joinpath("evidence.json").read_text("utf-8"))
    return _model(stored["sentence"], SENTENCE_FEATURES), _model(stored["answer"], ANSWER_FEATURES)


def _model(stored: dict[str, dict[str, list[float]] | float], columns: Sequence[str]) -> Linear:
    features = stored["features"]
    if not isinstance(features, dict) or tuple(features) != tuple(columns):
        raise ValueError("evidence.json was trained on other features; run benchmarks/train_evidence.py")
    table = np.array([features[name] for name in columns], dtype=np.float32)
    bias = stored["bias"]
    return Linear(table[:, 0], table[:, 1], table[:, 2], bias if isinstance(bias, float) else 0.0)


def _covered(weight: dict[str, float], held: frozenset[str] | set[str]) -> float:
    return sum(w for s, w in weight.items() if s in held)
