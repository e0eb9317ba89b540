"""A paper read whole: each of its sentences with its place, its vector and its words, section by section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.grounding import Quote, quotes_of
from assistant.planted import unplanted
from index.papers import Hit, Paper, SectionKind
from index.parts import Part, part_of
from index.passage_table import Vectors
from index.sentences import split
from index.store import Store
from index.terms import stems

BACK_MATTER = re.compile(
    r"\b(?:references?|bibliography|literature cited|acknowledge?ments?|funding|financial (?:support|disclosure)"
    r"|competing|conflicts? of interest|authors?['’]? contributions?|contributions|abbreviations?|supplement\w*"
    r"|supporting information|additional (?:data )?files?"
    r"|accession|electronic[- ]database|web resources?|pre-?publication"
    r" history|availability|footnotes?|disclosures?|about the authors?|ethic\w*)\b",
    re.IGNORECASE,
)
"""Headings of what is no part of a paper's argument."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a paper.

    ``place`` is that of its passage in `PaperRead.hits`, ``number`` its own among all sentences. ``within`` tells how
    far into its part it stands, 0 to 1; ``opens`` whether a paragraph begins with it.
    """

    quote: Quote
    place: int
    number: int
    part: Part
    within: float
    opens: bool
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class PaperRead:
    """A paper as it was read: the passages shown to readers and models, and its sentences with their vectors (n, d)."""

    paper: Paper
    hits: tuple[Hit, ...]
    lines: tuple[Line, ...]
    vectors: Vectors

    @property
    def sections(self) -> list[tuple[str, list[int]]]:
        """(topmost heading, places of its passages) in reading order: what is read at a time."""
        found: dict[str, list[int]] = {}
        for place, hit in enumerate(self.hits):
            found.setdefault(section_name(hit), []).append(place)
        return list(found.items())


def section_name(hit: Hit) -> str:
    """What a reader calls the section that a passage stands in: its topmost heading, or what kind of text it is."""
    passage = hit.passage
    if passage.kind is SectionKind.FIGURE:
        return "Figure legends"
    if passage.kind is SectionKind.TABLE:
        return "Tables"
    if passage.kind is SectionKind.ABSTRACT:
        return "Abstract"
    return passage.heading.split(" / ")[0] or "Text"


def read(library: Store, paper_id: int, *, abstract: bool = True) -> PaperRead:
    """Every sentence of a paper but those of its back matter and those that address the reader.

    Without ``abstract`` what a paper says of itself is left out, to measure a summary against it. Raises LibraryError
    where the paper isn't there.
    """
    paper = library.paper(paper_id)
    kept = [
        passage
        for passage in library.passages_of(paper_id)
        if (abstract or passage.kind is not SectionKind.ABSTRACT)
        and not (passage.kind is SectionKind.BODY and BACK_MATTER.search(passage.heading.split(" / ")[0]))
    ]
    hits = unplanted([Hit(passage, paper.info, 1.0) for passage in kept])
    texts = {passage.id: passage.text for passage in kept}
    vectors = library.vectors([passage.id for passage in kept])
    quotes = [(place, quote) for place, hit in enumerate(hits) for quote in quotes_of(hit)]
    parts = [part_of(hit.passage.heading, hit.passage.kind) for hit in hits]
    totals: dict[Part, int] = {}
    for place, _ in quotes:
        totals[parts[place]] = totals.get(parts[place], 0) + 1
    seen: dict[Part, int] = {}
    lines: list[Line] = []
    rows: list[Vectors] = []
    spans = {hit.passage.id: {span: n for n, span in enumerate(split(texts[hit.passage.id]))} for hit in hits}
    dimension = next((len(whole) for whole, _ in vectors.values()), 1)
    for number, (place, quote) in enumerate(quotes):
        part, passage = parts[place], hits[place].passage
        before = seen.get(part, 0)
        seen[part] = before + 1
        text = paper.sections[passage.section].text
        opens = quote.start == 0 or text[: quote.start].rstrip(" ").endswith("\n\n")
        lines.append(
            Line(quote, place, number, part, before / max(1, totals[part] - 1), opens, frozenset(stems(quote.prose)))
        )
        whole, own = vectors.get(passage.id, (np.zeros(dimension, np.float32), np.zeros((0, dimension), np.float32)))
        row = spans[passage.id].get((quote.start - passage.start, quote.end - passage.start))
        rows.append(own[row] if row is not None and row < len(own) else whole)
    matrix = np.stack(rows).astype(np.float32) if rows else np.zeros((0, dimension), np.float32)
    return PaperRead(paper, hits, tuple(lines), matrix)


def headings(paper: Paper) -> Sequence[str]:
    """The lowest headings of a paper's results and the titles of its figures: what it says of itself in a few words."""
    found: dict[str, None] = {}
    for section in paper.sections:
        part = part_of(section.heading, section.kind)
        if part is Part.RESULTS and " / " in section.heading:
            found[section.heading.rsplit(" / ", 1)[1]] = None
        elif part is Part.FIGURE and section.text:
            start, end = split(section.text)[0] if section.text.strip() else (0, 0)
            found[section.text[start:end]] = None
    return [text for text in found if len(text.split()) >= 3]
