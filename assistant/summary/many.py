"""Several papers summarised: themes, agreements, disagreements side by side, open questions; every sentence cited."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant import stopping
from assistant.answers import NOT_SAID, Draft, Event, Finished, Sentence, Usage, Working
from assistant.generators.base import Generator, Request
from assistant.generators.extractive import marked
from assistant.grounding import Grounder
from assistant.summary.comparing import Theme, agreeing, differing, one_a_paper, themes
from assistant.summary.gathering import Statement, gather
from assistant.summary.lengths import STANDARD, Length
from assistant.summary.paper import chooses, said
from assistant.summary.papers import Wanted

if TYPE_CHECKING:
    from assistant.chain import Assistant

AGREE, DIFFER, OPEN_QUESTIONS = "Agreements", "Possible disagreements", "Open questions"
ON_ITS_OWN = "Findings of single papers"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a summary: its heading and the sentences it is made of. ``written`` where a model may put them its way.

    Of pairs the sentences stand side by side, and are always quoted.
    """

    heading: str
    statements: tuple[Statement, ...]
    written: bool = False


def compare(assistant: Assistant, wanted: Wanted, generator: str = "", length: Length = STANDARD) -> Iterator[Event]:
    """What several papers say together: Workings and Drafts, and Finished last. Raises LocusError.

    Every paper is read whole. A model that writes words the themes, from the sentences chosen for them; what agrees,
    differs and stays open is quoted.
    """
    chosen = assistant.generator(generator)
    started = time.perf_counter()
    found: list[list[Statement]] = []
    left: list[list[Statement]] = []
    for number, paper_id in enumerate(wanted.papers):
        stopping.current().check()
        title = assistant.library.paper(paper_id).info.citation
        yield Working(f"Reading {title}, {number + 1} of {len(wanted.papers)}", number, len(wanted.papers))
        findings, unanswered = gather(assistant.library, paper_id, wanted)
        found.append(findings)
        left.append(unanswered)
    yield Working("Comparing the papers", len(wanted.papers), len(wanted.papers))
    stems = {stem for few in found for one in few for stem in one.stems}
    parts = blocks(found, left, length, assistant.library.rarities(stems))
    statements = [one for block in parts for one in block.statements]
    grounder = Grounder([one.hit for one in statements], assistant.embed)
    sentences: list[Sentence] = []
    usage, written, first = Usage(), "", 0
    for block in parts:
        stopping.current().check()
        places = list(range(first, first + len(block.statements)))
        first += len(places)
        text, spent = _text(chosen, wanted, block)
        usage = Usage(usage.prompt_tokens + spent.prompt_tokens, usage.completion_tokens + spent.completion_tokens)
        written += ("\n\n" if written else "") + f"## {block.heading}\n\n{text or NOT_SAID}"
        yield Draft(written)
        sentences += grounder.ground(text, part=block.heading, order=places)
    headings = tuple(block.heading for block in parts)
    answer = assistant.finish(wanted.title, wanted.title, sentences, grounder, (), usage, chosen, started, headings)
    yield Finished(replace(answer, notes=(*answer.notes, *_notes(wanted, found, parts))))


def blocks(
    found: Sequence[Sequence[Statement]],
    left: Sequence[Sequence[Statement]],
    length: Length,
    rarity: Mapping[str, float],
) -> list[Block]:
    """The parts of a summary of several papers, from their findings and what they leave open."""
    scale = max(1, round(length.sentences / 4))
    made: list[Block] = []
    shared = themes(found, max(2, scale + 1), rarity)
    for theme in shared:
        made.append(Block(_heading(theme), tuple(one_a_paper(theme.statements, scale + 1)), written=True))
    in_themes = {one.paper for theme in shared for one in theme.statements}
    single = [statements[0] for statements in found if statements and statements[0].paper not in in_themes]
    if single:
        made.append(Block(ON_ITS_OWN, tuple(sorted(single, key=lambda one: -one.worth)[: 2 * scale]), written=True))
    for heading, pairs in ((AGREE, agreeing(found, scale)), (DIFFER, differing(found, scale))):
        for number, pair in enumerate(pairs, start=1):
            made.append(Block(f"{heading}, {number}" if len(pairs) > 1 else heading, pair))
    unanswered = one_a_paper(sorted((o for few in left for o in few), key=lambda one: -one.worth), 2 * scale)
    if unanswered:
        made.append(Block(OPEN_QUESTIONS, tuple(unanswered)))
    return made


def _heading(theme: Theme) -> str:
    return f"Theme: {theme.name} ({theme.papers} papers)"


def _text(generator: Generator, wanted: Wanted, block: Block) -> tuple[str, Usage]:
    """The draft of one part, with markers from 1 for its statements, and the tokens it took."""
    if not block.written or chooses(generator) or not block.statements:
        lines = [marked(said(generator, wanted.title, s.quote), n) for n, s in enumerate(block.statements, start=1)]
        return "\n".join(lines), Usage()
    text, usage = "", Usage()
    hits = tuple(one.hit for one in block.statements)
    for item in generator.stream(Request(wanted.title, hits, "Findings", len(hits))):
        stopping.current().check()
        if isinstance(item, Usage):
            usage = item
        else:
            text += item
    return text, usage


def _notes(wanted: Wanted, found: Sequence[Sequence[Statement]], parts: Sequence[Block]) -> tuple[str, ...]:
    silent = sum(not statements for statements in found)
    told = [f"Read whole: {len(wanted.papers)} paper{'s' if len(wanted.papers) != 1 else ''}."]
    if silent:
        told.append(f"{silent} of them said nothing on it that could be quoted.")
    for heading, told_of in ((AGREE, "state the same"), (DIFFER, "point opposite ways")):
        if not any(block.heading.startswith(heading) for block in parts):
            told.append(f"No two findings of different papers were found that plainly {told_of}.")
    if wanted.left_out:
        told.append(f"{wanted.left_out} more papers fit and were left out; name papers to choose others.")
    return tuple(told)
