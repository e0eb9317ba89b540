"""One paper's structured summary: read whole, section by section, every sentence tied to its section."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from assistant import stopping
from assistant.answers import NOT_SAID, Draft, Event, Finished, Sentence, Usage, Working
from assistant.generators.base import Generator
from assistant.generators.extractive import marked
from assistant.grounding import Grounder, Quote, plain
from assistant.summary.choosing import Named, choose, names_of
from assistant.summary.lengths import PARTS, STANDARD, Length
from assistant.summary.reading import PaperRead, read
from assistant.summary.writing import Writer

if TYPE_CHECKING:
    from assistant.chain import Assistant

_NAMED_GENES, _NAMED_VARIANTS = 8, 8


@runtime_checkable
class Shortens(Protocol):
    """A generator that says one sentence shorter rather than writing from many."""

    def shorter(self, question: str, quote: Quote) -> str:
        """The sentence of ``quote`` said shorter where that is sure, else as it stands."""
        ...


def chooses(generator: Generator) -> bool:
    """Whether a generator says single sentences, which are chosen for it, rather than writing its own."""
    return generator.name == "extractive" or isinstance(generator, Shortens)


def said(generator: Generator, question: str, quote: Quote) -> str:
    """A chosen sentence as such a generator says it."""
    return generator.shorter(question, quote) if isinstance(generator, Shortens) else plain(quote.prose)


def summarize(
    assistant: Assistant,
    paper_id: int,
    generator: str = "",
    parts: Sequence[str] = PARTS,
    length: Length = STANDARD,
    *,
    abstract: bool = True,
) -> Iterator[Event]:
    """A structured summary of one paper: Workings and Drafts, and Finished last. Raises LocusError.

    ``abstract`` False leaves the abstract out of what is read, to measure the summary against it.
    """
    chosen = assistant.generator(generator)
    started = time.perf_counter()
    yield Working("Reading the paper", 0, 1)
    paper = read(assistant.library, paper_id, abstract=abstract)
    grounder = Grounder(paper.hits, assistant.embed)
    title, usage = paper.paper.info.title, Usage()
    sentences: list[Sentence] = []
    counted: tuple[str, ...] = ()
    if paper.hits and chooses(chosen):
        picked = choose(paper, assistant.library, assistant.library.embedder, length)
        counted = _counted(picked.named, paper)
        yield from _gathered(_quoted(chosen, paper, {part: picked.parts[part] for part in parts}, grounder), sentences)
    elif paper.hits:
        counted = _counted(names_of(paper, assistant.library), paper)
        writer = Writer(chosen, title, paper.hits, grounder)
        yield from writer.read(paper.sections)
        yield from _gathered(writer.write({part: length.most[part] for part in parts}), sentences)
        usage = writer.usage
    answer = assistant.finish(title, title, sentences, grounder, (), usage, chosen, started, tuple(parts))
    yield Finished(replace(answer, notes=(*answer.notes, *counted)))


def _gathered(items: Iterator[Working | Draft | Sentence], sentences: list[Sentence]) -> Iterator[Working | Draft]:
    """The events among ``items``; sentences go into the list."""
    for item in items:
        if isinstance(item, Sentence):
            sentences.append(item)
        else:
            yield item


def _quoted(
    generator: Generator, paper: PaperRead, parts: dict[str, tuple[int, ...]], grounder: Grounder
) -> Iterator[Working | Draft | Sentence]:
    """The chosen sentences, part by part, each said by the generator and checked."""
    written = ""
    title = paper.paper.info.title
    for number, (part, chosen) in enumerate(parts.items()):
        yield Working(f"Writing {part}", number, len(parts))
        written += ("\n\n" if written else "") + f"## {part}\n\n"
        for i in chosen:
            stopping.current().check()
            line = paper.lines[i]
            text = marked(said(generator, title, line.quote), 1)
            written += f"{text}\n"
            yield Draft(written)
            yield from grounder.ground(text, part=part, order=[line.place])
        if not chosen:
            written += NOT_SAID


def _counted(named: Named, paper: PaperRead) -> tuple[str, ...]:
    """What was read, and which genes and variants the paper names: counts, not statements of the paper."""
    # Imported here: the gene table takes a second to load, and is loaded by now.
    from assistant.gene.naming import symbol  # noqa: PLC0415

    sections = len(paper.sections)
    told = [f"Read whole: {len(paper.lines):,} sentences in {sections:,} section{'s' if sections != 1 else ''}."]
    if named.counts:
        genes = ", ".join(f"{symbol(c)} ({n})" for c, n in list(named.counts.items())[:_NAMED_GENES])
        told.append(f"Genes named most (passages): {genes}.")
    if named.all_variants:
        told.append(f"Variants named: {', '.join(named.all_variants[:_NAMED_VARIANTS])}.")
    return tuple(told)
