"""A draft becomes an answer: every sentence tied to exact quotes, or flagged, or the whole refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.answers import REFUSAL, Citation, Sentence
from assistant.support import coverage, missing_genes, missing_numbers, problem
from index.papers import Hit, Section, Span
from index.sentences import prose, references_within, split

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit vectors, (n, d) float32."""

MAX_QUOTES = 3
"""Quotes that one sentence of an answer may rest on."""

_MARKER = re.compile(r"\s*[\[【]\s*(\d+(?:\s*[,;–-]\s*\d+)*)\s*[\]】]")
_MARKERS_AFTER_STOP = re.compile(r"([.!?])((?:\s*[\[【]\s*\d+(?:\s*[,;–-]\s*\d+)*\s*[\]】])+)")
_BRACKETED_NUMBER = re.compile(r"\s*\[\d+(?:\s*[,;–-]\s*\d+)*\]")
_FIGURE_CALL = re.compile(
    r"\s*[(\[](?:see |cf\.? |e\.g\.,? )?(?:(?:additional|supplementary|supplemental|suppl\.?) )?"
    r"(?:Fig(?:ure|s|ures)?|Tables?|Videos?|Movies?|Files?|data not shown|unpublished)\b[^()\[\]]{0,80}[)\]]",
    re.IGNORECASE,
)
_INNER_STOP = re.compile(r"(\w)\.(?=\s+[A-Z0-9\"'(*-])")
_LINE_LEAD = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)]|#+)\s+")


@dataclass(frozen=True, slots=True)
class Quote:
    """One sentence of a passage: ``text`` is verbatim, ``start`` and ``end`` are offsets into its section."""

    hit: Hit
    start: int
    end: int
    text: str
    prose: str

    @property
    def key(self) -> tuple[int, int, int, int]:
        """What makes two quotes the same: paper, section, offsets."""
        return (self.hit.passage.paper_id, self.hit.passage.section, self.start, self.end)


def quotes_of(hit: Hit) -> list[Quote]:
    """The sentences of a passage as quotes."""
    passage = hit.passage
    return [
        Quote(
            hit=hit,
            start=passage.start + start,
            end=passage.start + end,
            text=passage.text[start:end],
            prose=prose(passage.text[start:end], references_within(passage.references, start, end)),
        )
        for start, end in split(passage.text)
    ]


def parse(draft: str) -> list[tuple[str, tuple[int, ...]]]:
    """Sentences of a draft with the passage numbers that their markers name, markers and list signs taken off."""
    parsed: list[tuple[str, tuple[int, ...]]] = []
    for raw in draft.replace("**", "").splitlines():
        line = _MARKERS_AFTER_STOP.sub(r"\2\1", _LINE_LEAD.sub("", raw)).strip()
        for start, end in _sentences(line):
            piece = line[start:end]
            named = tuple(dict.fromkeys(n for m in _MARKER.finditer(piece) for n in _expand(m.group(1))))
            text = re.sub(r"\s+([.,;:!?])", r"\1", _MARKER.sub("", piece)).strip()
            if re.search(r"\w", text):
                parsed.append((text, named))
            elif named and parsed:  # a marker left alone belongs to the sentence before it
                parsed[-1] = (parsed[-1][0], tuple(dict.fromkeys(parsed[-1][1] + named)))
    return parsed


def _sentences(line: str) -> list[Span]:
    """Sentences of a line; the digits of a marker must not decide where one ends."""
    return split(_MARKER.sub(lambda m: "\u2060" * len(m.group()), line))


def _expand(numbers: str) -> list[int]:
    found: list[int] = []
    for part in re.split(r"\s*[,;]\s*", numbers):
        ends = [int(n) for n in re.split(r"\s*[–-]\s*", part)]
        found += range(ends[0], min(ends[-1], ends[0] + 20) + 1)
    return found


def plain(text: str) -> str:
    """A quoted sentence as it may stand in an answer.

    On one line; without bracketed numbers, which look like our markers, and without calls to figures and tables,
    which the answer doesn't show; and without full stops inside it, after which a reader (or a program that counts
    cited sentences) would see a second sentence that has no marker.
    """
    text = " ".join(_FIGURE_CALL.sub("", _BRACKETED_NUMBER.sub("", text)).split())
    text = re.sub(r"[,;]?\s+\)", ")", re.sub(r"\s*\(\s*\)", "", text))
    return _INNER_STOP.sub(r"\1", text)


class Grounder:
    """Ties the sentences of one draft to quotes of the passages that it was written from."""

    def __init__(self, hits: Sequence[Hit], embed: Embed) -> None:
        self._hits = tuple(hits)
        self._quotes = [quotes_of(hit) for hit in hits]
        self._embed = lru_cache(maxsize=4096)(lambda text: embed([text])[0])
        self._citations: dict[tuple[int, int, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Citations handed out so far, numbered from 1 in the order in which they were first needed."""
        return tuple(self._citations.values())

    def ground(self, draft: str, *, part: str = "", order: Sequence[int] | None = None) -> list[Sentence]:
        """Sentences of ``draft`` with markers of `citations`; ``problem`` says what quotes don't support.

        ``order`` gives the places (from 0) of the passages that the draft's markers 1, 2, … mean, where the
        draft was written from some of them or in another order.

        The refusal sentence, alone or among others, is left out: the caller sees no supported sentence.
        """
        sentences = []
        places = range(len(self._hits)) if order is None else order
        for text, named in parse(draft):
            if text.rstrip(".") == REFUSAL.rstrip("."):
                continue
            sentences.append(
                replace(self._tie(text, [places[n - 1] for n in named if 1 <= n <= len(places)]), part=part)
            )
        return sentences

    def _tie(self, text: str, valid: Sequence[int]) -> Sentence:
        wrong = "no source is cited"
        nearest: list[Quote] = []
        # The cited passages first; a passage that the model should have cited instead is the second try.
        for pool in (valid, [n for n in range(len(self._hits)) if n not in valid]):
            quotes = [q for n in pool for q in self._quotes[n]]
            if not quotes:
                continue
            chosen, found = self._choose(text, quotes)
            if not found:
                return Sentence(text=text, markers=self._number(chosen))
            if pool is valid:
                wrong, nearest = found, chosen
        return Sentence(text=text, markers=self._number(nearest), problem=wrong)

    def _choose(self, text: str, quotes: list[Quote]) -> tuple[list[Quote], str]:
        """The fewest of ``quotes`` that support ``text``, and what is still unsupported."""
        same = _squash(text)
        for quote in quotes:
            if same and same in (_squash(quote.prose), _squash(plain(quote.prose))):
                return [quote], ""
        overlap = np.array([coverage(text, q.prose) for q in quotes], dtype=np.float32)
        likely = np.argsort(-overlap, kind="stable")[:8]
        vector = self._embed(text)
        close = {int(i): float(vector @ self._embed(quotes[i].prose)) for i in likely}
        ranked = sorted(close, key=lambda i: -(overlap[i] + close[i]))
        chosen = [ranked[0]]
        found = problem(text, [quotes[ranked[0]].prose], close[ranked[0]])
        while found and len(chosen) < min(MAX_QUOTES, len(ranked)):
            held = " ".join(quotes[i].prose for i in chosen)
            rest = [i for i in ranked if i not in chosen]
            best = max(rest, key=lambda i: (_gain(text, held, quotes[i].prose), close[i]))
            if _gain(text, held, quotes[best].prose) <= 0:
                break
            chosen.append(best)
            texts = [quotes[i].prose for i in sorted(chosen)]
            found = problem(text, texts, float(vector @ self._embed(" ".join(texts))))
        return [quotes[i] for i in sorted(chosen)] if not found else [quotes[ranked[0]]], found

    def _number(self, quotes: Sequence[Quote]) -> tuple[int, ...]:
        numbers = []
        for quote in quotes:
            if quote.key not in self._citations:
                passage = quote.hit.passage
                self._citations[quote.key] = Citation(
                    n=len(self._citations) + 1,
                    paper=quote.hit.paper,
                    section=passage.section,
                    heading=passage.heading,
                    start=quote.start,
                    end=quote.end,
                    quote=quote.text,
                    page=passage.page,
                )
            numbers.append(self._citations[quote.key].n)
        return tuple(numbers)


def _gain(text: str, held: str, more: str) -> float:
    """How much of what ``held`` misses of the sentence ``more`` brings."""
    both = f"{held} {more}"
    return (
        len(missing_numbers(text, held)) - len(missing_numbers(text, both))
        + len(missing_genes(text, held)) - len(missing_genes(text, both))
        + coverage(text, both) - coverage(text, held)
    )  # fmt: skip


def _squash(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def prune(sentences: Sequence[Sentence], citations: Sequence[Citation]) -> tuple[list[Sentence], list[Citation]]:
    """The same sentences with citations that no sentence uses left out and the rest numbered anew from 1."""
    used = dict.fromkeys(n for s in sentences for n in s.markers)
    number = {old: new for new, old in enumerate(used, start=1)}
    kept = {c.n: c for c in citations}
    return (
        [replace(s, markers=tuple(number[n] for n in s.markers)) for s in sentences],
        [replace(kept[old], n=new) for old, new in number.items()],
    )


def still_stands(citation: Citation, section: Section) -> bool:
    """True where the quote stands in its section at its offsets, letter for letter."""
    return section.text[citation.start : citation.end] == citation.quote
