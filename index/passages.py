"""A paper cut into passages: runs of whole sentences of one section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.papers import Paper, PaperInfo, Passage, Section, Span
from index.sentences import prose, references_within, split

TARGET_WORDS = 110
"""A passage is closed at the sentence end nearest to this many words; one sentence is never cut."""


def cut(paper: Paper, *, words: int = TARGET_WORDS) -> list[Passage]:
    """Passages of a paper in reading order; none where it has no text."""
    return [
        p for number, section in enumerate(paper.sections) for p in _cut_section(paper.info, number, section, words)
    ]


def _cut_section(info: PaperInfo, number: int, section: Section, words: int) -> list[Passage]:
    sentences = split(section.text)
    if not sentences:
        return []
    counts = [len(section.text[start:end].split()) for start, end in sentences]
    pieces = max(1, round(sum(counts) / words))
    share = sum(counts) / pieces
    passages: list[Passage] = []
    first, seen = 0, 0
    for i, count in enumerate(counts):
        seen += count
        last = i == len(counts) - 1
        if last or seen + counts[i + 1] / 2 >= share * (len(passages) + 1):
            start, end = sentences[first][0], sentences[i][1]
            passages.append(
                Passage(
                    paper_id=info.id,
                    section=number,
                    start=start,
                    end=end,
                    text=section.text[start:end],
                    heading=section.heading,
                    kind=section.kind,
                    references=references_within(section.references, start, end),
                    page=section.page(start),
                )
            )
            first = i + 1
    return passages


def context(info: PaperInfo, passage: Passage) -> str:
    """What makes a passage findable beside its own words: the paper's title and the section's heading."""
    return ". ".join(part for part in (info.title, passage.heading) if part)


@dataclass(frozen=True, slots=True)
class Searchable:
    """A text to embed, and the spans [start, end) of the sentences in it that get a vector of their own."""

    text: str
    spans: tuple[Span, ...] = ()


def searchable(info: PaperInfo, passage: Passage) -> Searchable:
    """What is embedded for a passage: its context, then the prose of its sentences, each a span."""
    text = "".join(f"{part}. " for part in (context(info, passage),) if part)
    spans: list[Span] = []
    for sentence in sentences(passage, split(passage.text)):
        spans.append((len(text), len(text) + len(sentence)))
        text += f"{sentence} "
    return Searchable(text.rstrip(), tuple(spans))


def sentences(passage: Passage, spans: Sequence[Span]) -> list[str]:
    """The prose of a passage's sentences; ``spans`` are those that `index.sentences.split` gives of its text."""
    return [prose(passage.text[start:end], references_within(passage.references, start, end)) for start, end in spans]
