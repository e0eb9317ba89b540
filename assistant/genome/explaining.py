"""Key genes explained from the library: what each does, its phenotype, its disease, why it may matter here; cited.

Nothing of the user's file goes into a question but official gene symbols: the statements on the data stand beside the
answers, made here, each with the rows that it came from.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.answers import NOT_SAID, REFUSAL, Answer, Draft, Event, Finished, Sentence, Usage
from assistant.chain import Assistant
from assistant.gene.naming import symbol
from assistant.gene.parts import PARTS
from assistant.gene.reading import Found, Reading, choose, read
from assistant.generators.base import Generator, Request
from assistant.generators.extractive import marked, same
from assistant.genome.records import FileKind, GenomeData, KeyGene
from assistant.genome.sharing import CONSIDERED, overview
from assistant.genome.wording import europe_pmc_query
from assistant.grounding import Grounder, plain
from index import genes
from index.store import Store

TOP = 10
"""Key genes explained where no number is given."""
LINKS = 2
"""Sentences that tell what a gene has to do with the other key genes."""
_TRIED = 4
"""Genes read on for each that is to be explained: papers name many of which they tell nothing."""
NAMING = 5
"""Passages shown of a gene that papers name without telling of it."""
HEADINGS = {"Function": "What it does", "Phenotype": "Phenotype", "Disease": "Disease"}
"""Parts of a gene's digest that are told of a key gene, and the headings they stand under."""
WHY = "Why it may matter here"
"""The heading under which a key gene is linked to the others."""
_PLACED = re.compile(r"\bbounded by\b|\bflanked by\b|\bmaps? to (?:\w+ )*chromosome", re.IGNORECASE)
"""What tells only where a gene lies on its chromosome: its neighbours there are no reason to look at it."""


@dataclass(frozen=True, slots=True)
class Census:
    """Event: which key genes the library names, before anything is explained.

    Attributes:
        total: number of key genes.
        named: those that the library names, in the order of the ranking.
        passages: concept -> passages that name it.
        unnamed: those among the first of the ranking that no paper names; ``queries`` find papers on them.
    """

    total: int
    named: tuple[KeyGene, ...]
    passages: dict[str, int] = field(default_factory=dict)
    unnamed: tuple[KeyGene, ...] = ()
    queries: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """In words: "The library names 12 of the 341 key genes."."""
        if not self.total:
            return "No gene stands in the ranking."
        if self.total == 1:
            return f"The library {'names' if self.named else 'does not name'} the one key gene."
        return f"The library names {len(self.named):,} of the {self.total:,} key genes."


@dataclass(frozen=True, slots=True)
class Begun:
    """Event: a gene is being read on."""

    gene: KeyGene


@dataclass(frozen=True, slots=True)
class Told:
    """Event: what is written on a gene so far, not yet checked."""

    gene: KeyGene
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Event: a gene explained. ``answer`` is refused where papers name the gene and no sentence tells of it."""

    gene: KeyGene
    answer: Answer
    passages: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Event: what the key genes share, the last one; refused where no passage names two of them."""

    answer: Answer


Step = Census | Begun | Told | Explanation | Overview


@dataclass(frozen=True, slots=True)
class Explained:
    """All of it, for reports."""

    census: Census
    explanations: tuple[Explanation, ...] = ()
    overview: Answer | None = None

    @property
    def told(self) -> list[Explanation]:
        """The genes that papers tell something of."""
        return [one for one in self.explanations if not one.answer.refused]

    @property
    def silent(self) -> list[Explanation]:
        """The genes that papers name and tell nothing of."""
        return [one for one in self.explanations if one.answer.refused]

    def with_step(self, step: Step) -> Explained:
        """What is known, with what one event adds."""
        match step:
            case Census():
                return Explained(step, self.explanations, self.overview)
            case Explanation():
                return Explained(self.census, (*self.explanations, step), self.overview)
            case Overview(answer):
                return Explained(self.census, self.explanations, answer)
            case _:
                return self


NOTHING_EXPLAINED = Explained(Census(0, ()))


def census(library: Store, data: GenomeData, top: int = TOP) -> Census:
    """Which of the key genes the library names; of the first ``top``, which it doesn't."""
    counts = dict(library.genes_named(1_000_000))
    named = tuple(gene for gene in data.genes if gene.concept and gene.concept in counts)
    unnamed = tuple(gene for gene in data.genes[:top] if not gene.concept or gene.concept not in counts)
    return Census(
        total=len(data.genes),
        named=named,
        passages={gene.concept: counts[gene.concept] for gene in named},
        unnamed=unnamed,
        queries={gene.symbol: query for gene in unnamed if (query := europe_pmc_query(gene))},
    )


def explain(
    assistant: Assistant, data: GenomeData, *, top: int = TOP, generator: str = "", whole: bool = False
) -> Iterator[Step]:
    """The key genes explained one after the other, and what they share: Census first, Overview last.

    ``top`` genes are explained: the first of the ranking of which the library tells something, or (``whole``) those
    of the first ``top`` that it names. Raises LocusError.
    """
    known = census(assistant.library, data, top)
    yield known
    concepts = tuple(dict.fromkeys(gene.concept for gene in known.named))
    wanted = [gene for gene in known.named if gene.rank <= top] if whole else list(known.named)
    read_on: set[str] = set()
    told = 0
    for gene in wanted:
        if told == top or len(read_on) == _TRIED * top:
            break
        if gene.concept in read_on:
            continue
        read_on.add(gene.concept)
        yield Begun(gene)
        for event in explain_gene(assistant, gene.concept, data.kind, concepts[:CONSIDERED], generator):
            if isinstance(event, Draft):
                yield Told(gene, event.text)
            elif isinstance(event, Finished):
                told += not event.answer.refused
                yield Explanation(gene, event.answer, known.passages[gene.concept])
    if len(concepts) > 1:
        for event in overview(assistant, concepts, generator):
            if isinstance(event, Finished):
                yield Overview(event.answer)


def explain_gene(
    assistant: Assistant, concept: str, kind: FileKind, among: Sequence[str] = (), generator: str = ""
) -> Iterator[Event]:
    """One gene explained in four parts: Drafts, and Finished last. Raises LocusError.

    ``among`` are concepts of the key genes; the last part tells what the gene has to do with others of them, and for
    differential expression also where and how it is expressed. The ``extractive`` generator quotes; another one is
    asked each part's question over the passages nearest to it.
    """
    chosen = assistant.generator(generator)
    started = time.perf_counter()
    name = symbol(concept)
    reading = read(assistant.library, concept, name)
    quoted = _quoted(reading, concept, frozenset(among), kind)
    grounder = Grounder(reading.hits, assistant.embed)
    sentences: list[Sentence] = []
    usage, written = Usage(), ""
    # A model is not asked of a gene that papers but name: it would be asked to make something of nothing.
    tells = any(quoted.values())
    for heading, found in quoted.items() if tells else ():
        written += ("\n\n" if written else "") + f"## {heading}\n\n"
        draft = ""
        order = tuple(f.place for f in found)
        if chosen.name == "extractive":
            draft = "\n".join(marked(plain(f.quote.prose), number) for number, f in enumerate(found, start=1))
        elif found:
            order = _order(reading, heading, found)[: assistant.settings.passages]
            for item in _asked(chosen, heading, name, reading, order, _partners(found, concept, among)):
                if isinstance(item, Usage):
                    usage = Usage(
                        usage.prompt_tokens + item.prompt_tokens, usage.completion_tokens + item.completion_tokens
                    )
                else:
                    draft += item
                    yield Draft(written + draft)
        written += draft.strip() if draft.strip() and draft.strip() != REFUSAL else NOT_SAID
        yield Draft(written)
        sentences += grounder.ground(draft, part=heading, order=order)
    parts = tuple(quoted)
    hits = () if tells else reading.hits[:NAMING]
    yield Finished(assistant.finish(name, name, sentences, grounder, hits, usage, chosen, started, parts))


def _quoted(reading: Reading, concept: str, among: frozenset[str], kind: FileKind) -> dict[str, tuple[Found, ...]]:
    """Heading -> the sentences that say it best; those that link the gene to other key genes stand in the last."""
    picked = choose(reading)
    told = {heading: picked[part] for part, heading in HEADINGS.items()}
    taken = [found for founds in told.values() for found in founds]
    links = _links(reading, frozenset(among) - {concept}, taken)
    if not links or kind is FileKind.EXPRESSION:
        # Where nothing links it to the others: where it is at work, or what it acts with.
        parts = ("Expression", "Interactions") if kind is FileKind.EXPRESSION else ("Interactions",)
        held = ([f for f in picked[part] if not _PLACED.search(f.quote.prose)] for part in parts)
        links += next((founds[: LINKS - len(links)] for founds in held if founds), [])
    return {**told, WHY: tuple(links)} if links else told


def _links(reading: Reading, others: frozenset[str], taken: Sequence[Found]) -> list[Found]:
    """Sentences on the gene that name another key gene too, those on how they act on each other first."""
    kept: list[Found] = []
    for part in ("Interactions", "Function", "Phenotype", "Expression"):
        for found in reading.found[part]:
            if len(kept) == LINKS or found.score < 1.5:
                break
            used = [*taken, *kept]
            if any(u.quote.key == found.quote.key or same(u.quote.prose, found.quote.prose) for u in used):
                continue
            if _named(found, others) and not _PLACED.search(found.quote.prose):
                kept.append(found)
    return kept


def _named(found: Found, others: frozenset[str]) -> frozenset[str]:
    return frozenset(c for m in genes.find(found.quote.prose) for c in m.concepts[:1]) & others


def _partners(found: Sequence[Found], concept: str, among: Sequence[str]) -> list[str]:
    """Symbols of the other key genes that stand in the sentences."""
    named = frozenset().union(*(_named(f, frozenset(among) - {concept}) for f in found))
    return [symbol(c) for c in among if c in named]


def _order(reading: Reading, heading: str, found: Sequence[Found]) -> tuple[int, ...]:
    """Places of the passages to ask a model about: those of the sentences found, then the nearest to the question."""
    part = next((p for p, h in HEADINGS.items() if h == heading), "Interactions")
    return tuple(dict.fromkeys([*(f.place for f in found), *reading.orders[part]]))


def _asked(
    chosen: Generator, heading: str, name: str, reading: Reading, order: Sequence[int], partners: Sequence[str]
) -> Iterator[str | Usage]:
    part = next((p for p, h in HEADINGS.items() if h == heading), "Interactions" if partners else "Expression")
    question = PARTS[part].question.format(gene=name)
    if heading == WHY and partners:
        question = f"How does {name} act on {', '.join(partners)}, or they on it?"
    yield from chosen.stream(Request(question, tuple(reading.hits[place] for place in order)))
