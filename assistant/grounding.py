"""A draft becomes an answer: every sentence tied to exact quotes, or flagged, or the whole refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.answers import REFUSAL, Citation, Sentence
from assistant.planted import planted
from assistant.support import Statement, coverage, names, problem, statements
from assistant.verdicts import bare_verdict, opening, without_figure, yes_or_no
from index.papers import Hit, Section, Span
from index.sentences import prose, references_within, split
from index.terms import stems

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to unit vectors, (n, d) float32."""

MAX_QUOTES = 3
"""Quotes that one sentence of an answer may rest on, and statements that it may join."""
LIKELY = 8
"""Quotes that are looked at closely for a sentence: those that share most of its words."""
NEXT = 3
"""Characters that may stand between a sentence and the next one."""
LEAST_WORDS = 2
"""Content words that a statement must have to be looked up by itself."""

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
    """The sentences of a passage as quotes, without those that address the reader: they are no findings."""
    passage = hit.passage
    forbidden = set(planted(passage.text))
    return [
        Quote(
            hit=hit,
            start=passage.start + start,
            end=passage.start + end,
            text=passage.text[start:end],
            prose=prose(passage.text[start:end], references_within(passage.references, start, end)),
        )
        for start, end in split(passage.text)
        if (start, end) not in forbidden
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

    def __init__(self, hits: Sequence[Hit], embed: Embed, question: str = "") -> None:
        """``question`` is what a draft's "Yes" or "No" answers; without one no such word is left standing."""
        self._hits = tuple(hits)
        self._quotes = [quotes_of(hit) for hit in hits]
        self._embed = lru_cache(maxsize=4096)(lambda text: embed([text])[0])
        self._question = question
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
        bare = ""
        for text, named in parse(draft):
            if text.rstrip(".") == REFUSAL.rstrip("."):
                continue
            if said := bare_verdict(text):  # "Yes." alone opens the sentence after it
                bare = said
                continue
            sentence = f"{bare}: {text}" if bare and not opening(text)[0] else text
            bare = ""
            sentences.append(
                replace(self._tie(sentence, [places[n - 1] for n in named if 1 <= n <= len(places)]), part=part)
            )
        return sentences

    def _tie(self, text: str, valid: Sequence[int]) -> Sentence:
        lead, body = opening(text)
        wrong = "no source is cited"
        nearest: list[Quote] = []
        # The cited passages first; a passage that the model should have cited instead is the second try.
        for pool in (valid, [n for n in range(len(self._hits)) if n not in valid]):
            quotes = [q for n in pool for q in self._quotes[n]]
            if not quotes:
                continue
            chosen, found = self._choose(body, quotes)
            if not found:
                return self._led(lead, text, body, chosen)
            if pool is valid:
                wrong, nearest = found, chosen
        return Sentence(text=text, markers=self._number(nearest), problem=wrong)

    def _led(self, lead: str, text: str, body: str, chosen: list[Quote]) -> Sentence:
        """A supported sentence with its "Yes" or "No": kept where it is right, flagged where wrong, else taken off."""
        markers = self._number(chosen)
        if not lead:
            return Sentence(text=text, markers=markers)
        verdicts = [yes_or_no(self._question, said) for said in (body, *(plain(q.prose) for q in chosen))]
        known = {verdict for verdict in verdicts if verdict}
        if known and known != {lead}:
            return Sentence(
                text=text, markers=markers, problem=f"the quote does not say {lead.lower()} to the question"
            )
        return Sentence(text=text if known else body[:1].upper() + body[1:], markers=markers)

    def _choose(self, text: str, quotes: list[Quote]) -> tuple[list[Quote], str]:
        """The fewest of ``quotes`` that support ``text``, and what is still unsupported.

        One quote, else one with the sentence before it, which may tell whom it is about, else a quote for each
        statement of the sentence. Quotes are never pooled: what one says of a gene and another of the next would
        make a bag of words that says anything.
        """
        same = {_squash(text), _squash(without_figure(text))} - {""}
        for quote in quotes:
            if same & {_squash(quote.prose), _squash(plain(quote.prose))}:
                return [quote], ""
        ranked, close = self._ranked(text, quotes)
        found = ""
        for i in ranked:
            wrong = problem(text, [quotes[i].prose], close[i])
            if not wrong:
                return [quotes[i]], ""
            found = found or wrong
        for i in ranked:
            if i and self._explains(quotes[i - 1], quotes[i], names(text)):
                pair = [quotes[i - 1], quotes[i]]
                if not problem(text, [q.prose for q in pair], close[i]):
                    return pair, ""
        parts = statements(text)
        if 1 < len(parts) <= MAX_QUOTES:
            chosen = [self._for_statement(part, quotes) for part in parts]
            if all(q is not None for q in chosen):
                return list({q.key: q for q in chosen if q is not None}.values()), ""
        return [quotes[ranked[0]]], found

    def _ranked(self, text: str, quotes: list[Quote]) -> tuple[list[int], dict[int, float]]:
        """Places of the likeliest quotes, best first, and their cosines with the text."""
        overlap = np.array([coverage(text, q.prose) for q in quotes], dtype=np.float32)
        likely = np.argsort(-overlap, kind="stable")[:LIKELY]
        vector = self._embed(text)
        close = {int(i): float(vector @ self._embed(quotes[i].prose)) for i in likely}
        return sorted(close, key=lambda i: -(overlap[i] + close[i])), close

    @staticmethod
    def _explains(before: Quote, quote: Quote, wanted: frozenset[str]) -> bool:
        """True where a quote may be read with the sentence before it: neither names a gene that is not wanted."""
        passage, other = quote.hit.passage, before.hit.passage
        return (
            (passage.paper_id, passage.section) == (other.paper_id, other.section)
            and 0 <= quote.start - before.end <= NEXT
            and names(quote.prose) <= wanted
            and bool(names(before.prose))
            and names(before.prose) <= wanted
        )

    def _for_statement(self, statement: Statement, quotes: list[Quote]) -> Quote | None:
        """A quote that alone supports one statement, and is about its genes where it is about any."""
        if len(set(stems(statement.text))) < LEAST_WORDS:
            return None
        ranked, close = self._ranked(statement.text, quotes)
        for i in ranked:
            held = names(quotes[i].prose)
            if statement.about and not held & statement.about:
                continue
            if not problem(statement.text, [quotes[i].prose], close[i]):
                return quotes[i]
        return None

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
