"""A gene's digest: function, expression, phenotype, disease, interactions, every sentence tied to its exact quote."""

from __future__ import annotations

import time
from collections.abc import Iterator

from assistant.answers import NOT_SAID, REFUSAL, Draft, Event, Finished, Sentence, Usage
from assistant.chain import Assistant
from assistant.gene.naming import symbol
from assistant.gene.parts import PARTS
from assistant.gene.reading import Found, Reading, choose, read
from assistant.generators.base import Generator, Request
from assistant.generators.extractive import marked
from assistant.grounding import Grounder, plain

NEAREST = 5
"""Passages shown where nothing can be said."""


def digest(assistant: Assistant, concept: str, generator: str = "") -> Iterator[Event]:
    """What the library says of a gene: Drafts, and Finished last. Raises LocusError.

    Only passages that name the gene are read. The ``extractive`` generator quotes the sentences that say each part best
    of this gene; another one is asked each part's question over the passages nearest to it.
    """
    chosen = assistant.generator(generator)
    started = time.perf_counter()
    name = symbol(concept)
    reading = read(assistant.library, concept, name)
    quoted = choose(reading) if chosen.name == "extractive" else {}
    grounder = Grounder(reading.hits, assistant.embed)
    sentences: list[Sentence] = []
    usage, written = Usage(), ""
    for title in PARTS if reading.hits else ():
        written += ("\n\n" if written else "") + f"## {title}\n\n"
        draft = ""
        order = reading.orders[title][: assistant.settings.passages]
        if chosen.name == "extractive":
            order = tuple(found.place for found in quoted[title])
            draft = _quotes(quoted[title])
        else:
            for item in _asked(chosen, title, name, reading, order):
                if isinstance(item, Usage):
                    usage = Usage(
                        usage.prompt_tokens + item.prompt_tokens, usage.completion_tokens + item.completion_tokens
                    )
                else:
                    draft += item
                    yield Draft(written + draft)
        said = draft.strip() if draft.strip() and draft.strip() != REFUSAL else NOT_SAID
        written += said
        yield Draft(written)
        sentences += grounder.ground(draft, part=title, order=order)
    answer = assistant.finish(
        name, name, sentences, grounder, (), usage, chosen, started, tuple(PARTS)
    )  # fmt: skip
    yield Finished(answer)


def _quotes(found: tuple[Found, ...]) -> str:
    """Sentences, each with the marker of its place among those of its part."""
    return "\n".join(marked(plain(f.quote.prose), number) for number, f in enumerate(found, start=1))


def _asked(chosen: Generator, title: str, name: str, reading: Reading, order: tuple[int, ...]) -> Iterator[str | Usage]:
    question = PARTS[title].question.format(gene=name)
    if order:
        yield from chosen.stream(Request(question, tuple(reading.hits[place] for place in order)))
