"""The parts of a paper that tell what evidence it is: title, abstract, and how the methods begin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from index.grading.records import Basis
from index.papers import Paper, Section, SectionKind
from index.parts import Part, part_of
from index.sentences import split

ABSTRACT_CHARACTERS = 4500
"""What is read of an abstract; a long "abstract" holds more than one (an editor's summary, a digest)."""
INSTEAD_CHARACTERS = 2500
"""What is read of the text where there is no abstract."""
METHODS_CHARACTERS = 2500
"""What is read of the methods, from their beginning, for what the abstract leaves out."""
LONGEST_QUOTE = 400

_LATER = re.compile(
    r"\b(?:previous(?:ly)?|have been|has been|had been|recent studies|earlier|other studies|is known|are known"
    r"|known to|worldwide|prevalence of|remains? (?:un|poorly|largely)|affect(?:s|ing) (?:about|over|more|up)"
    r"|results from)\b"
)
_OWN = re.compile(r"\b(?:we|our|here|herein|this (?:study|work|report|paper)|the present|were|was)\b")


@dataclass(frozen=True)
class Stretch:
    """A piece of a paper's text that is read, in the original and in small letters of the same length."""

    text: str
    section: int | None
    offset: int = 0
    """Where it begins in its section."""
    weight: float = 1.0
    low: str = field(init=False)

    def __post_init__(self) -> None:
        """Lower the text; characters whose small form is longer stay as they are, so that offsets hold."""
        low = self.text.lower()
        if len(low) != len(self.text):
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in self.text)
        object.__setattr__(self, "low", low.replace("−", "-").replace("‐", "-").replace("‑", "-").replace("–", "-"))

    @property
    def title(self) -> bool:
        """Whether it is the paper's title."""
        return self.section is None

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Spans of its sentences."""
        return split(self.text)

    def sentence(self, at: int) -> tuple[int, int]:
        """The sentence in which the character ``at`` stands."""
        if self.title:
            return 0, len(self.text)
        return next(((s, e) for s, e in self.sentences if s <= at < e), (0, len(self.text)))

    def told_by_others(self, at: int) -> bool:
        """Whether the sentence at ``at`` tells of what was known before, rather than of this paper's own work."""
        start, end = self.sentence(at)
        return not self.title and bool(_LATER.search(self.low, start, end))

    def told_as_own(self, at: int) -> bool:
        """Whether the sentence at ``at`` tells of this paper's own work in so many words."""
        return not self.title and bool(_OWN.search(self.low, *self.sentence(at)))

    def basis(self, start: int, end: int) -> Basis:
        """The sentence around the span, as what a grade rests on; the span alone where the sentence is very long."""
        if self.title:
            return Basis("title", self.text)
        first, last = self.sentence(start)
        if last - first > LONGEST_QUOTE or last < end:
            first, last = start, end
        return Basis("text", self.text[first:last], self.section, self.offset + first, self.offset + last)


@dataclass(frozen=True)
class Reading:
    """What is read of one paper."""

    title: Stretch
    abstract: tuple[Stretch, ...]
    types: tuple[str, ...]
    headings: tuple[str, ...]
    sections: Sequence[Section]

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The title and the abstract."""
        return (self.title, *self.abstract)

    @cached_property
    def methods(self) -> tuple[Stretch, ...]:
        """How the methods begin; looked for only where the abstract leaves something out."""
        found: list[Stretch] = []
        left = METHODS_CHARACTERS
        for number, section in enumerate(self.sections):
            if left > 0 and part_of(section.heading, section.kind) is Part.METHODS and section.text:
                found.append(Stretch(section.text[:left], number))
                left -= len(section.text)
        return tuple(found)


def read(paper: Paper) -> Reading:
    """The parts of ``paper`` that tell what evidence it is."""
    abstract: list[Stretch] = []
    left = ABSTRACT_CHARACTERS
    for number, section in enumerate(paper.sections):
        if section.kind is SectionKind.ABSTRACT and left > 0:
            abstract.append(Stretch(section.text[:left], number))
            left -= len(section.text)
    if not abstract:
        text = next(((n, s) for n, s in enumerate(paper.sections) if s.kind is SectionKind.BODY and s.text), None)
        abstract = [Stretch(text[1].text[:INSTEAD_CHARACTERS], text[0])] if text else []
    return Reading(Stretch(paper.info.title, None, weight=3.0), tuple(abstract), paper.types, paper.headings,
                   paper.sections)  # fmt: skip
