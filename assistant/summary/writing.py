"""A paper read whole by a model that writes: notes on each stretch of it, then each part from the notes' evidence.

A note counts only where quotes of its stretch support it; what the parts are written from are those quotes, not the
model's own words, so that nothing misread in a note is carried on. No stretch is left out: what a model can't take at
once is halved until it can.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant import stopping
from assistant.answers import NOT_SAID, REFUSAL, Draft, Sentence, Usage, Working
from assistant.generators.base import NOTES, Generator, Request
from assistant.generators.fencing import passage
from assistant.grounding import Grounder
from assistant.summary.lengths import APPROACH, FINDINGS, GENES, LIMITS, QUESTION
from index.errors import ContextError
from index.papers import Hit
from index.sentences import references_within

STRETCH_CHARACTERS = 12_000
"""Text read at a time, about 3,000 tokens: a model with room for 4,096 can take it with its orders."""
NOTES_A_STRETCH = 10
T = TypeVar("T")
_LED = re.compile(r"^\W*(question|approach|methods?|findings?|results?|genes?(?: and variants?)?|limits?)\W*:\W*", re.I)
_PART_OF = {"q": QUESTION, "a": APPROACH, "m": APPROACH, "f": FINDINGS, "r": FINDINGS, "g": GENES, "l": LIMITS}

Span = tuple[int, int, int]
"""A sentence's section and its offsets in it."""
Evidence = dict[Span, int]
"""Sentences that notes rest on, each with the place of its passage among those of the paper."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is read at a time: a section, or as much of it as fits; ``places`` are those of its passages."""

    name: str
    places: tuple[int, ...]


def stretches(sections: Sequence[tuple[str, Sequence[int]]], hits: Sequence[Hit]) -> list[Stretch]:
    """Sections, (name, places of passages), cut to what is read at a time; no passage is left out."""
    found: list[Stretch] = []
    for name, places in sections:
        found += [Stretch(name, tuple(batch)) for batch in _batches(places, lambda place: hits[place])]
    return found


class Writer:
    """Has one model read one paper and write its summary. ``usage`` sums the tokens of all requests."""

    def __init__(self, generator: Generator, title: str, hits: Sequence[Hit], grounder: Grounder) -> None:
        """``grounder`` checks against all of ``hits``, the passages of the paper."""
        self._generator = generator
        self._title = title
        self._hits = hits
        self._grounder = grounder
        self._evidence: dict[str, Evidence] = {}
        self.usage = Usage()

    def read(self, sections: Sequence[tuple[str, Sequence[int]]]) -> Iterator[Working]:
        """Has every stretch read and keeps what its notes rest on; a Working before each. Raises GenerationError."""
        todo = stretches(sections, self._hits)
        for done, stretch in enumerate(todo):
            yield Working(f"Reading {stretch.name}, {done + 1} of {len(todo)}", done, len(todo))
            self._note(stretch.places)

    def write(self, most: Mapping[str, int]) -> Iterator[Working | Draft | Sentence]:
        """Each part of ``most``, from the evidence noted for it: a Draft, then its sentences, checked."""
        written = ""
        for number, (part, count) in enumerate(most.items()):
            yield Working(f"Writing {part}", number, len(most))
            drafts: list[str] = []
            sentences = self._part(part, count, drafts)
            written += ("\n\n" if written else "") + f"## {part}\n\n" + (" ".join(drafts) or NOT_SAID)
            yield Draft(written)
            yield from sentences

    def _note(self, places: Sequence[int]) -> None:
        request = Request(self._title, tuple(self._hits[p] for p in places), NOTES, NOTES_A_STRETCH, whole=True)
        try:
            text = self._asked(request)
        except ContextError:
            if len(places) == 1:
                raise
            for some in _halves(places):
                self._note(some)
            return
        for part, line in labelled(text):
            for sentence in self._grounder.ground(line, part=part, order=places):
                self._keep(self._evidence.setdefault(part, {}), sentence, places)

    def _part(self, part: str, most: int, drafts: list[str]) -> list[Sentence]:
        """The supported sentences first, at most ``most`` of them, then those that are not."""
        found = self._cut(self._evidence.get(part, {}))
        if not found or most <= 0:
            return []
        batches = _batches(found, lambda one: one[0])
        while len(batches) > 1:
            # More than can be read at once: each batch is condensed to what its sentences rest on.
            kept: Evidence = {}
            for batch in batches:
                for sentence in self._said(batch, part, most, []):
                    self._keep(kept, sentence, [place for _, place in batch])
            if not kept or len(kept) >= len(found):
                break
            found = self._cut(kept)
            batches = _batches(found, lambda one: one[0])
        sentences = self._said(batches[0], part, most, drafts)
        return [*[s for s in sentences if s.supported][:most], *[s for s in sentences if not s.supported]]

    def _said(self, batch: Sequence[tuple[Hit, int]], part: str, most: int, drafts: list[str]) -> list[Sentence]:
        request = Request(self._title, tuple(hit for hit, _ in batch), part, most, whole=True)
        try:
            text = self._asked(request)
        except ContextError:
            if len(batch) == 1:
                raise
            return [s for some in _halves(batch) for s in self._said(some, part, most, drafts)]
        if text != REFUSAL:
            drafts.append(text)
        return self._grounder.ground(text, part=part, order=[place for _, place in batch])

    def _keep(self, evidence: Evidence, sentence: Sentence, places: Sequence[int]) -> None:
        """Notes what a supported sentence rests on, as far as it stands in those passages."""
        if not sentence.supported:
            return
        by_number = {citation.n: citation for citation in self._grounder.citations}
        for cited in (by_number[n] for n in sentence.markers):
            for place in places:
                found = self._hits[place].passage
                if found.section == cited.section and found.start <= cited.start and cited.end <= found.end:
                    evidence[cited.section, cited.start, cited.end] = place
                    break

    def _cut(self, evidence: Evidence) -> list[tuple[Hit, int]]:
        """The sentences as passages of their own, in reading order, each with the place of the one it stands in."""
        found = []
        for (_, first, last), place in sorted(evidence.items()):
            hit = self._hits[place]
            whole = hit.passage
            start, end = first - whole.start, last - whole.start
            references = references_within(whole.references, start, end)
            own = replace(whole, start=first, end=last, text=whole.text[start:end], references=references)
            found.append((replace(hit, passage=own, sentences=()), place))
        return found

    def _asked(self, request: Request) -> str:
        text = ""
        for item in self._generator.stream(request):
            stopping.current().check()
            if isinstance(item, Usage):
                before = self.usage
                self.usage = Usage(
                    before.prompt_tokens + item.prompt_tokens, before.completion_tokens + item.completion_tokens
                )
            else:
                text += item
        return text.strip()


def labelled(text: str) -> list[tuple[str, str]]:
    """(part, note) of every line; a line that names no part goes with the one before, at first with the findings."""
    found, part = [], FINDINGS
    for line in text.splitlines():
        led = _LED.match(line)
        note = line[led.end() :].strip() if led else line.strip()
        part = _PART_OF[led[1][0].lower()] if led else part
        if note:
            found.append((part, note))
    return found


def _halves(whole: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    half = len(whole) // 2
    return whole[:half], whole[half:]


def _batches(things: Sequence[T], hit: Callable[[T], Hit]) -> list[list[T]]:
    """Things in their order, as many together as a model reads at a time; ``hit`` gives the passage of one."""
    batches: list[list[T]] = []
    total = 0
    for thing in things:
        size = len(passage(1, hit(thing)))
        if not batches or total + size > STRETCH_CHARACTERS:
            batches.append([])
            total = 0
        batches[-1].append(thing)
        total += size
    return batches
