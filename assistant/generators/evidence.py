"""Which sentences to quote for a question, and whether they answer it at all.

The sentences come ranked from the search (`index.ranking`). How likely they answer is a logistic model over a few
features; its weights stand in evidence.json and come from benchmarks/train_ranking.py.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from assistant.grounding import Quote
from index.genes import normal, symbols
from index.papers import Hit
from index.ranking import Linear, Matrix
from index.sentences import prose, references_within
from index.terms import stems

ANSWER_FEATURES = (
    "best_score", "top_passage_cosine", "covered_by_top_passage", "names_missing", "names_unknown",
)  # fmt: skip
"""Columns of `answer_features`."""

Knows = Callable[[str], bool]
"""Whether the library holds a name at all."""

_WORD = re.compile(r"[^\W_][\w-]*[^\W_]|[^\W_]")
_GENERIC = frozenset("gene genes protein proteins receptor allele alleles enzyme factor subunit locus form".split())
_TIED_ON = re.compile(r"-(?:[a-z]{3,}.*)$")
_NAME = re.compile(r"(?<=[a-z,;:)] )[(\"']?([A-Z][\w-]{2,})")


@dataclass(frozen=True, slots=True)
class Ranked:
    """The sentences of the passages, best first, with their scores, and how likely they answer, 0 to 1.

    ``names`` are those of the question, normalised.
    """

    quotes: tuple[Quote, ...]
    hit_numbers: tuple[int, ...]
    scores: tuple[float, ...]
    answerable: float
    names: tuple[str, ...] = ()


def rank(question: str, hits: Sequence[Hit], knows: Knows) -> Ranked:
    """The sentences of the passages in the order in which they answer the question."""
    found = [
        (score, number, _quote(hit, start, end))
        for number, hit in enumerate(hits, start=1)
        for start, end, score in hit.sentences
    ]
    if not found:
        return Ranked((), (), (), 0.0)
    found.sort(key=lambda item: -item[0])
    logit = float(model().score(answer_features(question, hits, knows)[None, :])[0])
    return Ranked(
        quotes=tuple(quote for _, _, quote in found),
        hit_numbers=tuple(number for _, number, _ in found),
        scores=tuple(score for score, _, _ in found),
        answerable=1 / (1 + math.exp(-logit)),
        names=names(question),
    )


def _quote(hit: Hit, start: int, end: int) -> Quote:
    passage = hit.passage
    return Quote(
        hit=hit,
        start=passage.start + start,
        end=passage.start + end,
        text=passage.text[start:end],
        prose=prose(passage.text[start:end], references_within(passage.references, start, end)),
    )


def answer_features(question: str, hits: Sequence[Hit], knows: Knows) -> Matrix:
    """(len(ANSWER_FEATURES),) float32, from ranked hits, of which there must be at least one.

    ``knows`` says whether the library names a gene anywhere. Few features, since few questions are known to have
    no answer: a dozen more were tried and judged no better on questions not trained on.
    """
    paper = hits[0].paper
    texts = [f"{hit.paper.title} {hit.passage.heading} {hit.passage.text}" for hit in hits]
    same_paper = normal(" ".join(t for t, hit in zip(texts, hits, strict=True) if hit.paper.id == paper.id))
    asked = names(question)
    sought = frozenset(stems(question))
    return np.array(
        [
            hits[0].score,
            max(hit.similarity for hit in hits),
            max(len(sought & frozenset(stems(text))) for text in texts) / max(1, len(sought)),
            sum(name not in same_paper for name in asked) / max(1, len(asked)),
            min(2.0, sum(not any(map(knows, group)) for group in synonyms(question))),
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


@lru_cache(maxsize=1)
def model() -> Linear:
    """The shipped model of whether a question is answered at all."""
    text = resources.files(__package__).joinpath("evidence.json").read_text("utf-8")
    return Linear.stored(json.loads(text), ANSWER_FEATURES, "evidence.json")
