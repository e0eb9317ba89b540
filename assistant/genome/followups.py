"""Questions on the genes of an uploaded file: "which of these act in Wnt signalling?", "what do my genes share?".

Of the file only gene symbols are used, and only in memory: a `KeySet` lives as long as the page's session.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answers import REFUSAL, Answer, Draft, Event, Finished, Retrieved, Sentence, Usage
from assistant.chain import Assistant
from assistant.gene.naming import symbol
from assistant.gene.reading import own
from assistant.generators.base import Generator, Request
from assistant.generators.extractive import marked
from assistant.genome.records import FileKind, GenomeData
from assistant.genome.sharing import overview
from assistant.genome.wording import listed
from assistant.grounding import Grounder, plain, quotes_of
from assistant.planted import unplanted
from index import genes
from index.filters import NO_FILTERS, Filters
from index.papers import Hit
from index.search import rank
from index.terms import content_words, stems

CONSIDERED = 60
"""Key genes that a question is put for: the first of the ranking that the library names."""
READ = 8
"""Passages read for a gene."""
TOLD = 12
"""Genes that an answer tells of."""

_SET = re.compile(
    r"\b(?:(?:which|any|all|some|most|none|each|either|how many|what) of (?:these|those|them|mine|my \w+)"
    r"|(?:these|those|my|our|the(?:se)? (?:key|uploaded|listed|pasted|ranked|top|given|significant|mutated|candidate))"
    r" (?:\d+ |top |key |candidate |significant |mutated |uploaded )*(?:genes?|hits|candidates|symbols|list|gene ?set)"
    r"|(?:do|does|have|are) (?:these|those|they) (?:all |genes |really )*(?:share|have in common|linked|connected)"
    r"|in (?:my|the uploaded|this) (?:data|file|VCF|table|list|upload|gene ?list))\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\b(?:share[sd]?|in common|have to do with (?:each|one)|link(?:s|ed)?|connect(?:s|ed)?)\b", re.I)
_IDLE = frozenset(
    stem
    for word in """which what these those them they their mine gene genes key list set share shares shared common linked
    links connected data file upload uploaded vcf table hits candidates symbols act acts acting involved involve play
    plays role roles part known named say says tell papers paper literature do does have has any all some most none
    each function functions important pathway pathways process processes take takes belong""".split()
    for stem in stems(word)
)
"""Stems that say nothing of what is asked about."""
_OF_THE_DATA = re.compile(
    r"\b(?:(?:up|down)(?:-?regulated)?|highest|lowest|top|first|rank(?:s|ed|ing)?|(?:most|least|more) (?:\w+ )?"
    r"(?:significant|changed|severe|expressed)|fold[- ]changes?|p[- ]?values?|padj|de novo"
    r"|heterozygous|homozygous|pathogenic)\b",
    re.IGNORECASE,
)
_IN_THE_TAB = (
    "This is what papers say; what your data say of a gene (rank, direction, variants) stands in the Genome tab."
)


@dataclass(frozen=True, slots=True)
class KeySet:
    """The key genes of a file as the chat may know them: ``label`` names the file to its user, ``concepts`` by rank."""

    label: str
    concepts: tuple[str, ...]


def key_set(data: GenomeData) -> KeySet:
    """What the chat may know of a file: its key genes, nothing else."""
    label = "your VCF" if data.kind is FileKind.VCF else f"“{data.source}”"
    return KeySet(label, tuple(dict.fromkeys(gene.concept for gene in data.genes if gene.concept)))


def on_the_set(question: str) -> bool:
    """Whether a question points at the uploaded genes."""
    return bool(_SET.search(question))


def answer(
    assistant: Assistant, question: str, known: KeySet, generator: str = "", filters: Filters = NO_FILTERS
) -> Iterator[Event]:
    """The answer to a question on the key genes, gene by gene: Retrieved, Drafts, Finished. Raises LocusError.

    ``filters`` hold it to papers of an organism or kind of study.
    """
    counts = dict(assistant.library.genes_named(1_000_000))
    named = [concept for concept in known.concepts if concept in counts]
    topic = _topic(question)
    if not topic:
        for event in overview(assistant, named, generator, filters):
            yield _as_asked(event, question, _expanded(question, named), _notes(question, known, named, named))
        return
    yield from _gene_by_gene(assistant, question, topic, named[:CONSIDERED], known, generator, filters)


def _topic(question: str) -> frozenset[str]:
    """Stems of what is asked about the genes; empty where only what they share is asked."""
    return frozenset(s for w in content_words(_SET.sub(" ", question)) for s in stems(w)) - _IDLE


def _gene_by_gene(
    assistant: Assistant,
    question: str,
    topic: frozenset[str],
    named: Sequence[str],
    known: KeySet,
    generator: str,
    filters: Filters,
) -> Iterator[Event]:
    chosen = assistant.generator(generator)
    started = time.perf_counter()
    found = _evidence(assistant, question, topic, named, filters)
    told = list(found)[:TOLD]
    hits = tuple(hit for concept in told for hit, _ in found[concept])
    standalone = _expanded(question, told or named)
    yield Retrieved(standalone, hits)
    grounder = Grounder(hits, assistant.embed)
    sentences: list[Sentence] = []
    written, usage, at = "", Usage(), 0
    for concept in told:
        order = tuple(range(at, at + len(found[concept])))
        at += len(order)
        written += ("\n\n" if written else "") + f"## {symbol(concept)}\n\n"
        draft = ""
        if chosen.name == "extractive":
            draft = "\n".join(marked(said, n) for n, (_, said) in enumerate(found[concept], start=1))
        else:
            for item in _asked(chosen, question, concept, [hits[i] for i in order]):
                if isinstance(item, Usage):
                    usage = Usage(
                        usage.prompt_tokens + item.prompt_tokens, usage.completion_tokens + item.completion_tokens
                    )
                else:
                    draft += item
                    yield Draft(written + draft)
        written += draft
        yield Draft(written)
        if draft.strip() != REFUSAL:
            sentences += grounder.ground(draft, part=symbol(concept), order=order)
    made = assistant.finish(question, standalone, sentences, grounder, hits, usage, chosen, started)
    yield Finished(replace(made, notes=_notes(question, known, named, told)))


def _evidence(
    assistant: Assistant, question: str, topic: frozenset[str], named: Sequence[str], filters: Filters
) -> dict[str, list[tuple[Hit, str]]]:
    """Concept -> up to two (passage, sentence): those that name the gene and what is asked; the surest gene first."""
    wanted = _rarest(assistant, topic)
    scored: list[tuple[float, str, list[tuple[Hit, str]]]] = []
    for concept in named:
        query = f"{symbol(concept)} {_SET.sub(' ', question)}"
        held = replace(filters, genes=frozenset({concept}))
        hits = unplanted(rank(assistant.library, query, READ, filters=held))
        offers = sorted(
            (offer for hit in hits for offer in _sentences(hit, concept, topic, wanted)), key=lambda o: -o[0]
        )
        if offers:
            kept: list[tuple[Hit, str]] = []
            for _, hit, said in offers:
                if len(kept) < 2 and all(said != other for _, other in kept):
                    kept.append((hit, said))
            scored.append((offers[0][0], concept, kept))
    return {concept: kept for _, concept, kept in sorted(scored, key=lambda s: -s[0])}


def _rarest(assistant: Assistant, topic: frozenset[str]) -> frozenset[str]:
    """Those stems of what is asked that a sentence must have: the rarest, and what is nearly as rare."""
    rarity = {stem: assistant.library.rarities([stem]).get(stem, 0.0) for stem in topic}
    most = max(rarity.values())
    return frozenset(stem for stem, value in rarity.items() if value >= 0.75 * most)


def _sentences(
    hit: Hit, concept: str, topic: frozenset[str], wanted: frozenset[str]
) -> Iterator[tuple[float, Hit, str]]:
    text, passage = hit.passage.text, hit.passage
    mine = [m for m in genes.find(text) if own(m, concept, text[m.end :])]
    scores = {start: score for start, _, score in hit.sentences}
    for quote in quotes_of(hit):
        start, end = quote.start - passage.start, quote.end - passage.start
        said = frozenset(stems(quote.prose))
        if not wanted & said or not any(start <= m.start and m.end <= end for m in mine):
            continue
        if quote.prose.rstrip().endswith("?") or len(quote.prose.split()) > 80:
            continue
        share = len(topic & said) / len(topic)
        yield scores.get(start, 0.0) + 3 * share, hit, plain(quote.prose)


def _asked(chosen: Generator, question: str, concept: str, hits: Sequence[Hit]) -> Iterator[str | Usage]:
    named = symbol(concept)
    asked = _SET.sub(named, question.strip(), count=1)
    yield from chosen.stream(Request(asked if named in asked else f"{named}: {asked}", tuple(hits)))


def _expanded(question: str, concepts: Sequence[str]) -> str:
    """The question with the genes that it points at; it stands alone."""
    names = listed([symbol(c) for c in concepts], TOLD)
    return f"{question.rstrip('?!. ')}: {names}?" if names else question


def _notes(question: str, known: KeySet, named: Sequence[str], told: Sequence[str]) -> tuple[str, ...]:
    """What was used; and, where the question may be on the data, that papers don't answer that."""
    used = _note(known, named, told)
    return (_IN_THE_TAB, used) if _OF_THE_DATA.search(question) else (used,)


def _note(known: KeySet, named: Sequence[str], told: Sequence[str]) -> str:
    used = f"Of {known.label} only gene symbols were used"
    if not named:
        return f"{used}; the library names none of its {len(known.concepts):,} key genes."
    silent = [symbol(c) for c in named if c not in told]
    rest = f" Nothing was found for {listed(silent)}." if silent else ""
    return f"{used}, those of {len(named):,} key genes that the library names.{rest}"


def _as_asked(event: Event, question: str, standalone: str, notes: tuple[str, ...]) -> Event:
    if not isinstance(event, Finished):
        return event
    made: Answer = replace(event.answer, question=question, standalone=standalone)
    return Finished(replace(made, notes=(*made.notes, *notes)))
