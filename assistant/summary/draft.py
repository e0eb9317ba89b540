"""A draft from the user's notes and the library: her statements stay hers, every borrowed one is cited.

What she states is never changed, checked or cited, and is marked as from her notes. What is borrowed passes the same
check as every answer.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant import stopping
from assistant.answers import REFUSAL, Draft, Event, Finished, Sentence, Usage, Working
from assistant.generators.base import Generator, Request
from assistant.generators.extractive import marked, same
from assistant.generators.outline import OPEN
from assistant.grounding import Grounder, Quote, quotes_of
from assistant.planted import unplanted
from assistant.summary.comparing import points
from assistant.summary.lengths import STANDARD, Length
from assistant.summary.paper import chooses, said
from assistant.summary.scoring import ANAPHOR, FINDING
from index.errors import LocusError
from index.papers import Hit, SectionKind
from index.search import search
from index.sentences import split
from index.terms import stems

if TYPE_CHECKING:
    from assistant.chain import Assistant

KINDS = {"abstract": "Draft of an abstract", "related": "Draft of related work"}
"""What can be drafted, and its title."""
BACKGROUND, STUDY, CONTEXT, RELATED = "Background", "Your study", "In context", "Related work"
AGAINST = "What points the other way"
MOST_CHARACTERS = 20_000
MOST_STATEMENTS = 40
_PASSAGES = 8
_NEAR = 0.42
"""Cosine from which a sentence is on what a note states."""
_ALIKE = 0.5
"""Share of the stems of the shorter of two sentences that both have, for one to point the other way."""
_DONE = re.compile(
    r"^To \w+|\bwe (?:have )?(?:used|generated|performed|crossed|bred|made|constructed)\b", re.IGNORECASE
)
"""What a sentence says that tells of a method rather than of a finding."""
_LIST = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)]|#+)\s+")
_BRACKETED = re.compile(r"\[(\d+(?:\s*[,;–-]\s*\d+)*)\]")


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What the library has on one statement: sentences, the nearest first, and those that point the other way."""

    near: tuple[Quote, ...]
    against: tuple[Quote, ...]


def statements(notes: str) -> list[str]:
    """The sentences of the user's notes, one for each line or sentence, list signs taken off. Raises LocusError.

    Numbers in square brackets become round ones, so that none looks like a citation of the draft.
    """
    if len(notes) > MOST_CHARACTERS:
        raise LocusError(
            f"The notes have {len(notes):,} characters; {MOST_CHARACTERS:,} can be used.", hint="Shorten them."
        )
    found = []
    for raw in notes.replace("\x00", " ").splitlines():
        line = " ".join(_BRACKETED.sub(r"(\1)", _LIST.sub("", raw)).split())
        found += [line[a:b] for a, b in split(line) if re.search(r"\w", line[a:b])]
    found = list(dict.fromkeys(found))
    if not found:
        raise LocusError("The notes are empty.", hint="Write a few sentences on what you did and found.")
    if len(found) > MOST_STATEMENTS:
        raise LocusError(
            f"These are {len(found)} statements; {MOST_STATEMENTS} can be used.", hint="Shorten the notes."
        )
    return found


def draft(
    assistant: Assistant, notes: str, kind: str = "abstract", generator: str = "", length: Length = STANDARD
) -> Iterator[Event]:
    """A draft of a ``kind`` (`KINDS`): Workings and Drafts, and Finished last. Raises LocusError.

    Of the notes only what is needed to write with them goes to a model, where the user chose one that writes.
    """
    if kind not in KINDS:
        raise LocusError(f"There is no draft {kind!r}.", hint=f"Choose one of: {', '.join(KINDS)}.")
    started = time.perf_counter()
    own = statements(notes)
    chosen = assistant.generator(generator)
    found: list[Borrowed] = []
    for number, statement in enumerate(own):
        stopping.current().check()
        yield Working(f"Looking up note {number + 1} of {len(own)}", number, len(own))
        found.append(borrowed(assistant, statement))
    plan = _plan(kind, own, found, length)
    quotes = [quote for _, _, few in plan for quote in few]
    grounder = Grounder([_alone(quote) for quote in quotes], assistant.embed)
    sentences: list[Sentence] = []
    usage, written, first = Usage(), "", 0
    for part, statement, few in plan:
        stopping.current().check()
        if statement and part != AGAINST:
            sentences.append(Sentence(statement, part=part, own=True))
        text, spent = _text(chosen, statement or own[0], few, quoted=part == AGAINST)
        usage = Usage(usage.prompt_tokens + spent.prompt_tokens, usage.completion_tokens + spent.completion_tokens)
        sentences += grounder.ground(text, part=part, order=range(first, first + len(few)))
        first += len(few)
        written += f"{statement if part != AGAINST else ''}\n{text}\n".lstrip("\n")
        yield Draft(written)
    title = KINDS[kind]
    parts = tuple(dict.fromkeys(part for part, _, _ in plan))
    answer = assistant.finish(title, title, sentences, grounder, (), usage, chosen, started, parts)
    yield Finished(replace(answer, notes=(*answer.notes, *_notes(own, found))))


def _against(statement: str, held: frozenset[str], said: str) -> bool:
    """Whether a sentence plainly says the opposite of a statement with the stems ``held``, and of the same thing."""
    theirs = frozenset(stems(said))
    alike = len(held & theirs) >= _ALIKE * min(len(held), len(theirs))
    return alike and points(statement, said) == -1 and not OPEN.search(said)


def borrowed(assistant: Assistant, statement: str) -> Borrowed:
    """The library's sentences on what a note states, each once."""
    hits = unplanted(search(assistant.library, statement, _PASSAGES))
    quotes = [quote for hit in hits for quote in quotes_of(hit) if _fit(quote)]
    if not quotes:
        return Borrowed((), ())
    vectors = assistant.embed([statement, *(quote.prose for quote in quotes)])
    near = vectors[1:] @ vectors[0]
    held = frozenset(stems(statement))
    kept: list[Quote] = []
    for i in np.argsort(-near, kind="stable"):
        quote = quotes[int(i)]
        on_it = near[i] >= _NEAR and len(held & frozenset(stems(quote.prose))) >= 2
        if on_it and not any(same(quote.prose, other.prose) for other in kept):
            kept.append(quote)
    against = [quote for quote in kept if _against(statement, held, quote.prose)]
    return Borrowed(tuple(quote for quote in kept if quote not in against), tuple(against))


def _fit(quote: Quote) -> bool:
    text, kind = quote.prose, quote.hit.passage.kind
    return (
        kind in (SectionKind.ABSTRACT, SectionKind.BODY)
        and 7 <= len(text.split()) <= 50
        and not ANAPHOR.match(text)
        and not _DONE.search(text)
        and bool(FINDING.search(text) or OPEN.search(text))
        and text[-1:] != "?"
    )


def _plan(
    kind: str, own: Sequence[str], found: Sequence[Borrowed], length: Length
) -> list[tuple[str, str, tuple[Quote, ...]]]:
    """(part, the user's statement or "", borrowed sentences) in order; nothing is borrowed twice."""
    used: set[tuple[int, int, int, int]] = set()

    def take(quotes: Sequence[Quote], most: int) -> tuple[Quote, ...]:
        fresh = [quote for quote in quotes if quote.key not in used][:most]
        used.update(quote.key for quote in fresh)
        return tuple(fresh)

    few = max(1, round(length.sentences / 6))
    plan: list[tuple[str, str, tuple[Quote, ...]]] = []
    if kind == "related":
        plan += [(RELATED, statement, take(one.near, few)) for statement, one in zip(own, found, strict=True)]
    else:
        open_first = [q for one in found for q in sorted(one.near, key=lambda q: not OPEN.search(q.prose))[:3]]
        plan += [(BACKGROUND, "", take(open_first, few))]
        plan += [(STUDY, statement, ()) for statement in own]
        plan += [(CONTEXT, "", take([q for one in found for q in one.near[:2]], few))]
    against = [(AGAINST, statement, take(one.against, 1)) for statement, one in zip(own, found, strict=True)]
    return [*plan, *(item for item in against if item[2])]


def _text(generator: Generator, about: str, quotes: Sequence[Quote], *, quoted: bool) -> tuple[str, Usage]:
    if not quotes:
        return "", Usage()
    if quoted or chooses(generator):
        return "\n".join(marked(said(generator, about, q), n) for n, q in enumerate(quotes, start=1)), Usage()
    text, usage = "", Usage()
    request = Request(
        f"What is known of this: {about}", tuple(_alone(quote) for quote in quotes), "Findings", len(quotes)
    )
    for item in generator.stream(request):
        stopping.current().check()
        if isinstance(item, Usage):
            usage = item
        else:
            text += item
    return ("" if text.strip() == REFUSAL else text), usage


def _alone(quote: Quote) -> Hit:
    """The sentence as a passage of its own."""
    hit = quote.hit
    passage = replace(hit.passage, start=quote.start, end=quote.end, text=quote.text, references=())
    return replace(hit, passage=passage, sentences=())


def _notes(own: Sequence[str], found: Sequence[Borrowed]) -> list[str]:
    silent = sum(not one.near and not one.against for one in found)
    yours = "1 statement is yours: it was" if len(own) == 1 else f"{len(own)} statements are yours: they were"
    told = [f"{yours} not checked. All others are cited."]
    if silent:
        told.append(f"The library has nothing near {silent} of them.")
    return told
