"""The retrieval chain, the one path that every question takes: stand alone, retrieve, generate, ground."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice

from langchain_core.runnables import Runnable, RunnableGenerator, RunnableLambda
from langsmith import tracing_context

from assistant import records, stopping
from assistant.answers import Answer, Citation, Draft, Event, Finished, Retrieved, Sentence, Turn, Usage
from assistant.asides import Aside, aside, giving, reply, unquoted
from assistant.examples import examples
from assistant.followup import going_on, last_topic, stand_alone
from assistant.generators.base import Generator, Request
from assistant.generators.extractive import ExtractiveGenerator
from assistant.generators.lstm.generator import LstmGenerator
from assistant.generators.openai import OpenAIGenerator
from assistant.grounding import Grounder, prune, still_stands
from assistant.planted import unplanted
from assistant.settings import Settings
from assistant.studies import fits, in_words
from assistant.summary.lengths import FINDINGS, PARTS, STANDARD, Length
from assistant.summary.paper import summarize
from index.asked import meanings
from index.embedding import DEFAULT, Embedder, load_embedder
from index.errors import LocusError
from index.filters import NO_FILTERS, Filters
from index.grading import NO_GRADES
from index.opening import open_library
from index.papers import Hit, PaperInfo
from index.parts import Part
from index.passage_table import Vectors
from index.search import search
from index.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """What goes into the chain."""

    question: str
    history: tuple[Turn, ...] = ()
    filters: Filters = NO_FILTERS
    """Kinds of study and organisms that the answer is held to."""


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval hands to generation."""

    ask: Ask
    standalone: str
    hits: tuple[Hit, ...]
    started: float


@dataclass(frozen=True, slots=True)
class Written:
    """What one generator made of passages: the answer, and every sentence of its draft as the check judged it.

    ``drafted`` has the sentences that the answer leaves out too, so that what a generator gets wrong can be counted.
    """

    answer: Answer
    drafted: tuple[Sentence, ...]


class Assistant:
    """Answers questions from the papers of one library. Safe to use from many threads."""

    def __init__(self, settings: Settings, library: Store) -> None:
        """Use `open`, except where a library is at hand."""
        self.settings = settings
        self.library = library
        self._examples: tuple[int, list[str]] | None = None

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """The assistant on the library that the settings name; an empty one gets the starter digests.

        Raises LocusError where the embedder or the library can't be opened.
        """
        library = open_library(settings, load_embedder(settings.embedder, threads=settings.threads))
        library.add_starter()
        return cls(settings, library)

    @cached_property
    def _generators(self) -> dict[str, Generator]:
        found: list[Generator] = [
            ExtractiveGenerator(self.library.knows),
            LstmGenerator(self.library.knows, self._reader, self.settings.lstm),
            OpenAIGenerator(self.settings),
        ]
        return {generator.name: generator for generator in found}

    def _reader(self) -> Embedder:
        """The embedder whose word vectors the LSTM reads: the shipped one, whatever the library's own is."""
        own = self.library.embedder
        if own.name.startswith(f"{DEFAULT}@"):
            return own
        return shipped_reader(self.settings.threads)

    def generators(self) -> list[Generator]:
        """The generators, the default first."""
        default = self.generator()
        return [default, *(g for g in self._generators.values() if g is not default)]

    def generator(self, name: str = "") -> Generator:
        """The generator of that name; the default one where none is named. LocusError where there is no such one."""
        wanted = name or self.settings.generator or ("openai" if self.settings.openai_key else "extractive")
        if wanted not in self._generators:
            raise LocusError(
                f"There is no generator {wanted!r}.", hint=f"Choose one of: {', '.join(self._generators)}."
            )
        return self._generators[wanted]

    def examples(self, *, anew: bool = True) -> list[str]:
        """Questions that the library can answer, for a start; sought anew only where the library has changed.

        That takes seconds; without ``anew`` those found last are given at once.
        """
        generation = self.library.status().generation
        if anew and (self._examples is None or self._examples[0] != generation):
            self._examples = (generation, examples(self.library))
        return list(self._examples[1]) if self._examples else []

    def chain(self, generator: str = "") -> Runnable[Ask, Event]:
        """The chain as a LangChain runnable; `stream` gives its events: Retrieved, Drafts, Finished."""
        chosen = self.generator(generator)

        def find(ask: Ask) -> Found:
            started = time.perf_counter()
            rewritten = chosen.rewrite(ask.question, ask.history) if ask.history else ask.question
            kind, topic = aside(ask.question), last_topic(ask.history)
            if not rewritten and kind and topic:
                hits = self._further(kind, topic.standalone, ask.history, ask.filters)
                return Found(ask, going_on(kind, topic.standalone), tuple(hits), started)
            standalone = rewritten or stand_alone(ask.question, ask.history)
            return Found(ask, standalone, self._passages(standalone, ask.filters), started)

        def generate(items: Iterator[Found]) -> Iterator[Found | str | Usage]:
            for found in items:
                yield found
                # Where nothing was retrieved there is nothing to answer from, and no model is asked.
                if found.hits:
                    yield from chosen.stream(Request(found.standalone, found.hits))

        def ground(items: Iterator[Found | str | Usage]) -> Iterator[Event]:
            found, text, usage = None, "", Usage()
            for item in items:
                if isinstance(item, Found):
                    found = item
                    yield Retrieved(found.standalone, found.hits)
                elif isinstance(item, Usage):
                    usage = item
                else:
                    text += item
                    yield Draft(text)
            if found is not None:
                yield Finished(self._written(found, text, usage, chosen).answer)

        return RunnableLambda(find) | RunnableGenerator(generate) | RunnableGenerator(ground)

    def stream(
        self, question: str, history: Sequence[Turn] = (), generator: str = "", *, filters: Filters = NO_FILTERS
    ) -> Iterator[Event]:
        """Events of one question: Retrieved, Drafts, and Finished last. Raises LocusError.

        Only passages that ``filters`` lets through are read, of this question alone.
        """
        if not question.strip():
            raise LocusError("The question is empty.", hint="Type a question about the papers.")
        question = question.strip()
        told = self._told(question, history, generator, filters)
        if told is None:
            chain = self.chain(generator)
            told = _untraced(chain.stream(Ask(question, tuple(history), filters)))
        yield from told

    def answer(
        self, question: str, history: Sequence[Turn] = (), generator: str = "", *, filters: Filters = NO_FILTERS
    ) -> Answer:
        """The grounded answer of one question. Raises LocusError."""
        return _last(self.stream(question, history, generator, filters=filters))

    def retrieve(self, question: str) -> Found:
        """The passages of a question that stands alone, for `write`. Raises LocusError."""
        question = question.strip()
        if not question:
            raise LocusError("The question is empty.", hint="Type a question about the papers.")
        started = time.perf_counter()
        return Found(Ask(question), question, self._passages(question), started)

    def write(self, found: Found, generator: str = "") -> Written:
        """What one generator writes from passages found before; the answer's seconds are those of writing and checking.

        So that several can write from the same passages. Raises LocusError, and Stopped where it was.
        """
        chosen, found = self.generator(generator), replace(found, started=time.perf_counter())
        text, usage = "", Usage()
        with tracing_context(enabled=False):
            for item in chosen.stream(Request(found.standalone, found.hits)) if found.hits else ():
                stopping.current().check()
                if isinstance(item, Usage):
                    usage = item
                else:
                    text += item
        return self._written(found, text, usage, chosen)

    def _passages(self, question: str, filters: Filters = NO_FILTERS) -> tuple[Hit, ...]:
        held = replace(filters, papers=self._only(question).papers or filters.papers)
        found = search(self.library, question, self.settings.passages, filters=held)
        return unplanted(found)

    def _told(self, question: str, history: Sequence[Turn], generator: str, filters: Filters) -> Iterator[Event] | None:
        """Events of a turn that no passage has to be sought for: thanks, who wrote a paper, a summary; else None."""
        kind, wanted, topic = aside(question), records.asked(question), last_topic(history)
        papers: list[PaperInfo] = []
        if kind is Aside.LIBRARY:
            return iter([Finished(_reply(question, reply(kind, self.library.count())))])
        if wanted is not None and wanted.about:
            papers = records.papers_on(self.library, wanted)
        elif topic is not None and (wanted is not None or kind is Aside.SUMMARY):
            papers = self._cited(topic)
        if papers and filters:
            grades = self.library.grades(paper.id for paper in papers)
            papers = [paper for paper in papers if fits(grades.get(paper.id, NO_GRADES), filters)]
        if papers and (kind is Aside.SUMMARY or (wanted is not None and wanted.wanted is records.Wanted.SUMMARY)):
            parts = (FINDINGS,) if kind else PARTS
            return _asked(question, self.summarize(papers[0].id, generator, parts))
        if wanted is not None and (wanted.about or topic is not None):
            told = records.answer(self.library, question, wanted, papers, time.perf_counter())
            return iter([Finished(replace(told, citations=self._graded(told.citations)))])
        if kind in (Aside.THANKS, Aside.HELLO, Aside.HELP) or (kind is not None and topic is None):
            return iter([Finished(_reply(question, reply(kind, self.library.count())))])
        return None

    def _cited(self, turn: Turn) -> list[PaperInfo]:
        """The papers that a turn's answer quotes, the most quoted first as far as its passages tell."""
        wanted = records.asked(turn.question)
        if wanted is not None and wanted.about:
            return records.papers_on(self.library, wanted)
        return records.cited_in(search(self.library, turn.standalone, self.settings.passages), turn.answer)

    def _further(self, kind: Aside, topic: str, history: Sequence[Turn], held: Filters) -> list[Hit]:
        """Passages for "more", "why" or "how" after a question: what is not yet quoted, and of the kind asked for."""
        hits = search(self.library, topic, 2 * self.settings.passages, filters=held)
        if kind is Aside.HOW:
            papers = frozenset(hit.paper.id for hit in hits[:3])
            where = replace(
                held, papers=papers, parts=frozenset({Part.METHODS, Part.RESULTS, Part.FIGURE, Part.ABSTRACT})
            )
            hits = search(self.library, topic, 2 * self.settings.passages, filters=where)
        hits = unquoted(hits, history)
        return (hits if kind is Aside.MORE else giving(hits, kind))[: self.settings.passages]

    def _only(self, question: str) -> Filters:
        """What a question is held to: the paper whose identifier it names, where the library has it."""
        named = records.IDENTIFIER.search(question)
        papers = (
            records.papers_on(self.library, records.Asked(records.Wanted.PAPERS, named[0], named[0])) if named else []
        )
        return Filters(papers=frozenset(paper.id for paper in papers)) if papers else NO_FILTERS

    def summarize(
        self, paper_id: int, generator: str = "", parts: Sequence[str] = PARTS, length: Length = STANDARD
    ) -> Iterator[Event]:
        """A structured summary of one paper: Workings and Drafts, and Finished last. Raises LocusError."""
        return summarize(self, paper_id, generator, parts, length)

    def _written(self, found: Found, draft: str, usage: Usage, chosen: Generator) -> Written:
        grounder = Grounder(found.hits, self.embed, found.standalone)
        sentences = grounder.ground(draft)
        answer = self.finish(
            found.ask.question, found.standalone, sentences, grounder, found.hits, usage, chosen, found.started
        )
        held = found.ask.filters
        only = (f"Only from papers with: {'; '.join(in_words(held))}.",) if held.organisms or held.kinds else ()
        notes = (*answer.notes, *only, *meanings(found.ask.question))
        return Written(replace(answer, notes=notes), tuple(sentences))

    def _graded(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Citations that say what evidence their papers are."""
        grades = self.library.grades(citation.paper.id for citation in citations) if citations else {}
        return tuple(replace(c, grades=grades.get(c.paper.id, NO_GRADES)) for c in citations)

    def finish(
        self,
        question: str,
        standalone: str,
        sentences: Sequence[Sentence],
        grounder: Grounder,
        hits: tuple[Hit, ...],
        usage: Usage,
        generator: Generator,
        started: float,
        parts: tuple[str, ...] = (),
    ) -> Answer:
        """The answer of grounded sentences, with the citations that they use, each checked to stand where it did.

        ``parts`` are headings that stand there even where nothing was found for them. Raises LocusError where a paper
        was changed meanwhile.
        """
        if self.settings.unsupported == "drop":
            sentences = [s for s in sentences if s.stands]
        refused = not any(s.stands for s in sentences)
        kept, citations = prune(sentences, grounder.citations)
        papers = {c.paper.id: self.library.paper(c.paper.id) for c in citations}
        for citation in citations:
            if not still_stands(citation, papers[citation.paper.id].sections[citation.section]):
                raise LocusError("A paper was changed while the answer was written.", hint="Ask again.", retry=True)
        return Answer(
            question=question,
            standalone=standalone,
            sentences=() if refused else tuple(kept),
            citations=() if refused else self._graded([
                replace(c, page=papers[c.paper.id].sections[c.section].page(c.start)) for c in citations
            ]),
            hits=hits,
            generator=generator.name,
            refused=refused,
            usage=usage,
            seconds=time.perf_counter() - started,
            parts=() if refused else parts,
        )  # fmt: skip

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (n, d) of texts, by the library's embedder."""
        return self.library.embedder.embed_documents(texts)


@lru_cache(maxsize=1)
def shipped_reader(threads: int) -> Embedder:
    """The shipped embedder, loaded once, for libraries that were embedded with another."""
    return load_embedder(DEFAULT, threads=threads)


def _asked(question: str, events: Iterator[Event]) -> Iterator[Event]:
    """Events of a summary as those of the question that asked for it."""
    for event in events:
        yield Finished(replace(event.answer, question=question)) if isinstance(event, Finished) else event


def _reply(question: str, text: str) -> Answer:
    """A plain reply that is no answer from papers: no sentence, no citation, only a note."""
    return Answer(question, question, (), (), (), "no papers asked", notes=(text,))


def _untraced(events: Iterator[Event]) -> Iterator[Event]:
    """The events of a chain with LangSmith's tracing off, whatever the shell says: questions stay here."""
    with tracing_context(enabled=False):
        first = list(islice(events, 1))
    yield from first
    yield from events


def _last(events: Iterator[Event]) -> Answer:
    answer = None
    for event in events:
        if isinstance(event, Finished):
            answer = event.answer
    if answer is None:
        raise LocusError("No answer came.", hint="Ask again.", retry=True)
    return answer
