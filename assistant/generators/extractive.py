"""No model of language at all: the sentences that answer, quoted, the best one first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answers import REFUSAL, Turn, Usage
from assistant.generators.base import Request
from assistant.generators.direct import lead
from assistant.generators.evidence import Knows, Ranked, rank
from assistant.generators.outline import outline
from assistant.grounding import Quote, plain
from index.genes import normal
from index.terms import stems

MOST_SENTENCES = 5
MARGIN = 2.5
"""A further sentence is quoted where its score is at most this much under the best one's."""
_PAID = re.compile(r"\W*(?:funded|supported|sponsored) by\b", re.IGNORECASE)
SAME = 0.7
"""Sentences that share more than this of the shorter one's stems say the same."""


class ExtractiveGenerator:
    """Picks and orders the sentences that answer; what it says is what the papers say, word for word."""

    name = "extractive"
    label = "Quotes: the sentences that answer, word for word, chosen on this machine. Nothing is sent anywhere."
    remote = False

    def __init__(self, knows: Knows) -> None:
        """``knows`` says if the library holds a name."""
        self._knows = knows

    def load(self) -> None:
        """See `Generator.load`: there is nothing to load."""

    def stream(self, request: Request) -> Iterator[str | Usage]:
        """See `Generator.stream`."""
        if request.part:
            yield from (f"{sentence}\n" for sentence in outline(request))
            return
        ranked = rank(request.question, request.hits, self._knows)
        chosen = choose(ranked)
        if not chosen:
            yield REFUSAL
            return
        for place, i in enumerate(chosen):
            text = plain(ranked.quotes[i].prose)
            start = lead(request.question, text) if place == 0 else ""
            yield f"{start}{marked(text, ranked.hit_numbers[i])}\n"

    def rewrite(self, question: str, history: tuple[Turn, ...]) -> str | None:
        """See `Generator.rewrite`: it can't."""
        return None


def choose(ranked: Ranked, least: float = 0.5) -> list[int]:
    """Places of the sentences to quote, best first; none where the question is less likely answered than ``least``."""
    if ranked.answerable < least or not ranked.quotes:
        return []
    chosen: list[int] = []
    best = about(ranked.quotes[0], ranked.names)
    for i, score in enumerate(ranked.scores):
        if len(chosen) == MOST_SENTENCES or score < ranked.scores[0] - MARGIN:
            break
        # What else is quoted must stand beside the names that the first stands beside: a like finding on another
        # gene is no answer.
        if not best <= about(ranked.quotes[i], ranked.names):
            continue
        if torn(ranked.quotes[i].prose):
            continue
        if not any(same(ranked.quotes[i].prose, ranked.quotes[j].prose) for j in chosen):
            chosen.append(i)
    return chosen


def torn(text: str) -> bool:
    """Whether a sentence ends inside a bracket, as where it was cut at "Corp.", or tells who paid for the study."""
    return text.count("(") > text.count(")") or bool(_PAID.match(text))


def about(quote: Quote, names: tuple[str, ...]) -> set[str]:
    """Those of ``names`` that the passage of a quote, its heading or its paper's title has."""
    passage = quote.hit.passage
    text = normal(f"{quote.hit.paper.title} {passage.heading} {passage.text}")
    return {name for name in names if name in text}


def marked(text: str, number: int) -> str:
    """The sentence with its marker before the full stop."""
    body = text.rstrip(".!?")
    return f"{body} [{number}]{text[len(body) :][:1] or '.'}"


def same(one: str, other: str) -> bool:
    """Whether two sentences say the same, nearly word for word."""
    a, b = set(stems(one)), set(stems(other))
    return len(a & b) > SAME * max(1, min(len(a), len(b)))
