"""Which part of a paper a section is, told from its kind and its headings."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from index.papers import SectionKind


class Part(StrEnum):
    """A part of a paper, as readers know them."""

    ABSTRACT = "abstract"
    INTRODUCTION = "introduction"
    METHODS = "methods"
    RESULTS = "results"
    DISCUSSION = "discussion"
    FIGURE = "figure"
    TABLE = "table"
    OTHER = "other"


_KINDS = {SectionKind.ABSTRACT: Part.ABSTRACT, SectionKind.FIGURE: Part.FIGURE, SectionKind.TABLE: Part.TABLE}
_HEADINGS = tuple(
    (part, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for part, words in (
        # The first that fits counts: "Results and discussion" are results, "Materials, subjects and aims" methods.
        (Part.RESULTS, r"results?\b|findings?\b"),
        (
            Part.METHODS,
            r"method|material|experiment|procedure|protocol|approach|statistic|data ?sets?\b|data analys|animals\b"
            r"|subjects\b|patients (?:and|&)|study (?:design|population|participants)|ethic",
        ),
        (Part.DISCUSSION, r"discussion|conclusion|concluding|summary|limit|implication|outlook|perspective|meaning\b"),
        (Part.INTRODUCTION, r"introduction|background|objective|aims?\b|rationale|questions?\b|hypothes"),
    )
)


@lru_cache(maxsize=4096)
def part_of(heading: str, kind: SectionKind) -> Part:
    """The part that a section of ``kind`` under ``heading`` ("Results / Kidney phenotype") belongs to.

    The topmost heading that says anything decides.
    """
    if kind in _KINDS:
        return _KINDS[kind]
    for level in heading.split(" / "):
        for part, pattern in _HEADINGS:
            if pattern.search(level):
                return part
    return Part.OTHER
