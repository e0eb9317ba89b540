"""What several papers found and left open, as sentences that can be compared over papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.generators.outline import OPEN
from assistant.grounding import Quote
from assistant.summary.choosing import judged
from assistant.summary.lengths import FINDINGS, GENES, LIMITS
from assistant.summary.papers import Wanted
from assistant.summary.reading import Line, read
from assistant.summary.scoring import ANAPHOR
from index.papers import Hit
from index.parts import Part
from index.passage_table import Vectors
from index.sentences import references_within
from index.store import Store

FINDINGS_A_PAPER = 24
"""Findings of each paper that are compared with those of the others."""
OPEN_A_PAPER = 2
_FOCUS = 4.0
"""Weight of a sentence's likeness to what the papers are read for, beside how much it tells of its paper."""
_OF_GENE = 2.0
_LONGEST = 50
_BORROWED = 0.6
"""Taken off for a sentence that tells of others' work."""
_ON_FOCUS = 0.3
"""Cosine from which an open question is on what the papers are read for."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of one of several papers: what it rests on, its vector (d,), the genes it names, and its worth."""

    quote: Quote
    vector: Vectors
    stems: frozenset[str]
    genes: frozenset[str]
    worth: float
    own: bool
    """True where it cites nobody: the paper's own finding."""

    @property
    def paper(self) -> int:
        """Id of its paper."""
        return self.quote.hit.paper.id

    @property
    def hit(self) -> Hit:
        """The sentence as a passage of its own."""
        hit = self.quote.hit
        whole = hit.passage
        start, end = self.quote.start - whole.start, self.quote.end - whole.start
        references = references_within(whole.references, start, end)
        passage = replace(
            whole, start=self.quote.start, end=self.quote.end, text=whole.text[start:end], references=references
        )
        return replace(hit, passage=passage, sentences=())


def gather(library: Store, paper_id: int, wanted: Wanted) -> tuple[list[Statement], list[Statement]]:
    """The findings of one paper, the best first, and what it leaves open; both as far as they fit what is wanted."""
    paper = read(library, paper_id)
    if not paper.lines:
        return [], []
    scores, named = judged(paper, library, library.embedder)
    focus = library.embedder.embed_query(wanted.focus) if wanted.focus else None
    near = paper.vectors @ focus if focus is not None else np.zeros(len(paper.lines), np.float32)

    def statement(line: Line, score: float) -> Statement:
        of = named.genes.get(line.number, frozenset())
        worth = score + _FOCUS * float(near[line.number]) + _OF_GENE * (wanted.concept in of)
        references = line.quote.hit.passage.references
        first = line.quote.start - line.quote.hit.passage.start
        last = line.quote.end - line.quote.hit.passage.start
        own = line.part is not Part.INTRODUCTION and not any(first <= a and b <= last for a, b in references)
        return Statement(line.quote, paper.vectors[line.number], line.stems, of, worth - _BORROWED * (not own), own)

    def best(values: Sequence[float], most: int, *, of_gene: bool) -> list[Statement]:
        able = [line for line in paper.lines if values[line.number] > -np.inf and _alone(line)]
        made = [statement(line, values[line.number]) for line in able]
        if of_gene and wanted.concept:
            made = [one for one in made if wanted.concept in one.genes]
        return sorted(made, key=lambda one: -one.worth)[:most]

    found = np.maximum(scores[FINDINGS], scores[GENES] - 0.5) if wanted.concept else scores[FINDINGS]

    def unanswered(line: Line) -> bool:
        of = named.genes.get(line.number, frozenset())
        on_focus = focus is None or wanted.concept in of or float(near[line.number]) >= _ON_FOCUS
        return on_focus and bool(OPEN.search(line.quote.prose))

    left = np.array([v if unanswered(line) else -np.inf for v, line in zip(scores[LIMITS], paper.lines, strict=True)])
    return best(found.tolist(), FINDINGS_A_PAPER, of_gene=True), best(left.tolist(), OPEN_A_PAPER, of_gene=False)


def _alone(line: Line) -> bool:
    """Whether a sentence can be read without those before it, beside sentences of other papers."""
    text = line.quote.prose
    return not ANAPHOR.match(text) and len(text.split()) <= _LONGEST
