"""What is new in a library since a date: each new paper's main findings, cited."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from assistant import stopping
from assistant.answers import Draft, Event, Finished, Sentence, Usage, Working
from assistant.generators.extractive import marked
from assistant.grounding import Grounder, plain
from assistant.summary.comparing import one_a_paper
from assistant.summary.gathering import Statement, gather
from assistant.summary.lengths import STANDARD, Length
from assistant.summary.papers import Wanted
from index.errors import LocusError

if TYPE_CHECKING:
    from assistant.chain import Assistant

MOST_PAPERS = 40
"""Papers told of in one digest."""
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


@dataclass(frozen=True, slots=True)
class Since:
    """From when papers are new: published in ``year`` or later, or else added to the library on ``day`` (ISO)."""

    year: int | None = None
    day: str = ""

    @property
    def words(self) -> str:
        """As a heading has it."""
        return f"published in {self.year} or later" if self.year is not None else f"added since {self.day}"


def since(text: str) -> Since:
    """What "2006" (published then or later) or "2026-03-01" (added then or later) means. Raises LocusError."""
    wanted = text.strip()
    if _YEAR.fullmatch(wanted):
        return Since(year=int(wanted))
    try:
        return Since(day=date.fromisoformat(wanted).isoformat())
    except ValueError:
        raise LocusError(
            f"{text!r} is no date.",
            hint="Give a year for papers published since (2006), or a day for papers added since (2026-03-01).",
        ) from None


def news(assistant: Assistant, start: Since, topic: str = "", length: Length = STANDARD) -> Iterator[Event]:
    """The new papers, the newest first, each with its main findings word for word: Workings, Drafts, and Finished.

    With a ``topic`` the findings nearest to it are told. Raises LocusError where nothing is new.
    """
    started = time.perf_counter()
    library = assistant.library
    found = library.papers_since(start.year, start.day)
    if not found:
        undated = start.day and not library.papers_since(day="0001-01-01") and library.count()
        raise LocusError(
            f"No paper of this library was {start.words}.",
            hint="Days are kept only of papers added from now on; give a year instead."
            if undated
            else "Go back further.",
        )
    taken = [paper_id for paper_id, _ in found[:MOST_PAPERS]]
    title = f"What is new: papers {start.words}"
    wanted = Wanted(title, tuple(taken), topic.strip())
    told: list[tuple[str, list[Statement]]] = []
    for number, paper_id in enumerate(taken):
        stopping.current().check()
        info = library.paper(paper_id).info
        yield Working(f"Reading {info.citation}, {number + 1} of {len(taken)}", number, len(taken))
        findings, _ = gather(library, paper_id, wanted)
        told.append(
            (_heading(info.citation, info.title, [h for h, _ in told]), one_a_paper(findings, _a_paper(length)))
        )
    statements = [one for _, few in told for one in few]
    grounder = Grounder([one.hit for one in statements], assistant.embed)
    sentences: list[Sentence] = []
    written, first = "", 0
    for heading, few in told:
        lines = [marked(plain(one.quote.prose), n) for n, one in enumerate(few, start=1)]
        written += f"## {heading}\n\n" + " ".join(lines) + "\n\n"
        yield Draft(written)
        sentences += grounder.ground("\n".join(lines), part=heading, order=range(first, first + len(few)))
        first += len(few)
    chosen = assistant.generator("extractive")
    headings = tuple(heading for heading, _ in told)
    answer = assistant.finish(title, title, sentences, grounder, (), Usage(), chosen, started, headings)
    yield Finished(replace(answer, notes=(*answer.notes, *_notes(len(found), topic))))


def _a_paper(length: Length) -> int:
    return max(1, round(length.sentences / 6))


def _heading(citation: str, title: str, taken: Sequence[str]) -> str:
    heading = f"{citation}. {title}" if title and title != citation else citation
    return heading if heading not in taken else f"{heading} ({len(taken) + 1})"


def _notes(count: int, topic: str) -> list[str]:
    notes = [f"{count:,} paper{'s' if count != 1 else ''} new."]
    if topic.strip():
        notes.append(f"Of each, the findings nearest to “{topic.strip()}” are told.")
    if count > MOST_PAPERS:
        notes.append(f"The {MOST_PAPERS} newest are told of; {count - MOST_PAPERS:,} more are left out.")
    return notes
