"""What key genes share: the sentences of the library that name two of them or more, chosen or asked about."""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answers import Draft, Event, Finished, Usage
from assistant.chain import Assistant
from assistant.gene.naming import symbol
from assistant.gene.parts import GENE, OTHER
from assistant.gene.quality import quality
from assistant.gene.reading import own
from assistant.generators.base import Request
from assistant.generators.extractive import marked, same
from assistant.grounding import Grounder, Quote, plain, quotes_of
from assistant.planted import unplanted
from index import genes
from index.asked import genes_in
from index.filters import NO_FILTERS, Filters
from index.papers import Hit
from index.store import Store

CONSIDERED = 150
"""Key genes looked at, the first of the ranking."""
ASKED_OF = 12
"""Genes that a model is asked about at once."""
READ = 60
"""Passages read, those that name most of the genes."""
MOST = 6
"""Sentences of an overview."""
OF_A_PAPER = 2
"""Sentences of an overview that one paper may have."""
LEAST = 0.2
"""Score under which a sentence is not quoted."""
_PASSAGES = 3000
_LONGEST = 60

_SHARED = re.compile(
    r"\b(?:pathway\w*|signal\w*|cascade|complex(?:es)?|interact\w*|both|together|targets?|downstream|upstream|"
    r"co-?express\w*|co-?operat\w*|redundan\w*|synerg\w*|regulat\w*|induc\w*|activat\w*|repress\w*|inhibit\w*|bind\w*|"
    r"family|network|double (?:mutant|knock-?out|heterozyg)\w*|epista\w*|markers?|required for|involved in)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Linking:
    """A sentence that names two or more of the genes: its quote, the place of its passage, its genes, its score."""

    quote: Quote
    place: int
    concepts: frozenset[str]
    score: float


def together(library: Store, concepts: Sequence[str], filters: Filters = NO_FILTERS) -> list[Hit]:
    """The passages that name two or more of the genes, those that name most of them first; at most `READ`.

    A gene that hundreds of passages name weighs less than one that few do.
    """
    named: defaultdict[int, float] = defaultdict(float)
    count: Counter[int] = Counter()
    for concept in dict.fromkeys(concepts[:CONSIDERED]):
        found = library.passages_of_gene(concept, _PASSAGES)
        for passage_id, _ in found:
            named[passage_id] += 1 / (1 + len(found)) ** 0.25
            count[passage_id] += 1
    allowed = library.allowed(filters)
    held = count.keys() if allowed is None else count.keys() & set(allowed.tolist())
    best = sorted((p for p in held if count[p] > 1), key=lambda p: (-named[p], p))[:READ]
    passages = {p.id: p for p in library.passages(best)}
    infos = library.infos({p.paper_id for p in passages.values()})
    kept = [passages[i] for i in best if i in passages and passages[i].paper_id in infos]
    return list(unplanted([Hit(p, infos[p.paper_id], named[p.id]) for p in kept]))


def linking(hits: Sequence[Hit], concepts: frozenset[str]) -> list[Linking]:
    """The sentences of passages that name two or more of the genes, best first."""
    found = [sentence for place, hit in enumerate(hits) for sentence in _of(hit, place, concepts)]
    return sorted(found, key=lambda s: -s.score)


def _of(hit: Hit, place: int, concepts: frozenset[str]) -> Iterator[Linking]:
    passage = hit.passage
    text = passage.text
    mentions = [(m, next((c for c in m.concepts[:1] if c in concepts), "")) for m in genes.find(text)]
    mentions = [(m, c if c and own(m, c, text[m.end :]) else "") for m, c in mentions]
    about = bool(genes_in(hit.paper.title) & concepts)
    for quote in quotes_of(hit):
        start, end = quote.start - passage.start, quote.end - passage.start
        inside = [(m, c) for m, c in mentions if start <= m.start and m.end <= end]
        mine = frozenset(c for _, c in inside if c)
        if len(mine) < 2 or len(quote.prose.split()) > _LONGEST:
            continue
        masked, at = [], start
        for mention, concept in inside:
            masked += [text[at : mention.start], GENE if concept else OTHER]
            at = mention.end
        whole = " ".join("".join([*masked, text[at:end]]).split())
        others = len({m.concepts[:1] for m, c in inside if not c})
        worth = quality(whole, passage, others, about=about)
        shared = min(3, len(set(_SHARED.findall(whole)))) * 0.5
        yield Linking(quote, place, mine, worth + shared + 0.25 * min(4, len(mine)))


def choose(found: Sequence[Linking]) -> list[Linking]:
    """At most `MOST` sentences: each further one is worth more where it names genes that were not named before."""
    chosen: list[Linking] = []
    left = [one for one in found if one.score >= LEAST]
    told: frozenset[str] = frozenset()
    papers: Counter[int] = Counter()
    while left and len(chosen) < MOST:
        best = max(left, key=lambda one: one.score + 0.8 * min(3, len(one.concepts - told)))
        left.remove(best)
        paper = best.quote.hit.paper.id
        fresh = best.concepts - told
        if (chosen and not fresh) or papers[paper] == OF_A_PAPER:
            continue
        if any(c.quote.key == best.quote.key or same(c.quote.prose, best.quote.prose) for c in chosen):
            continue
        chosen.append(best)
        told |= best.concepts
        papers[paper] += 1
    return chosen


def overview(
    assistant: Assistant, concepts: Sequence[str], generator: str = "", filters: Filters = NO_FILTERS
) -> Iterator[Event]:
    """What the genes share, from the passages that name two or more of them: Drafts, and Finished last.

    ``concepts`` are those of key genes, best first. The ``extractive`` generator quotes the sentences that link them;
    another one is asked about the first `ASKED_OF` that stand in those passages, by their symbols alone. The answer is
    refused where no passage names two. Raises LocusError.
    """
    chosen = assistant.generator(generator)
    started = time.perf_counter()
    hits = together(assistant.library, concepts, filters)
    grounder = Grounder(hits, assistant.embed)
    draft, usage = "", Usage()
    order: Sequence[int] = ()
    question = ""
    if hits and chosen.name == "extractive":
        picked = choose(linking(hits, frozenset(concepts)))
        order = [one.place for one in picked]
        draft = "\n".join(marked(plain(one.quote.prose), n) for n, one in enumerate(picked, start=1))
        yield Draft(draft)
    elif hits:
        order = range(min(len(hits), assistant.settings.passages))
        held = assistant.library.genes_of([hits[i].passage.id for i in order])
        asked = [c for c in concepts if any(c in named for named in held.values())][:ASKED_OF]
        question = (
            f"What do {', '.join(map(symbol, asked))} share: which pathway, process, phenotype or disease links them?"
        )
        for item in chosen.stream(Request(question, tuple(hits[i] for i in order))):
            if isinstance(item, Usage):
                usage = item
            else:
                draft += item
                yield Draft(draft)
    sentences = grounder.ground(draft, order=order)
    title = "What the key genes share"
    yield Finished(assistant.finish(title, question or title, sentences, grounder, (), usage, chosen, started))
