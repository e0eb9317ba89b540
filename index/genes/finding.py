"""Genes in text: every name of the table, in whatever spelling, unless the words around say that no gene is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.genes.records import Gene, Species
from index.genes.spelling import Atom, atoms
from index.genes.storage import Kind, Usage
from index.genes.table import GeneTable, Resolution, table

MOST_ATOMS = 12
_ALWAYS = 4  # names of so many atoms are looked for everywhere, longer ones where their first atom says so


@dataclass(frozen=True, slots=True)
class Mention:
    """A gene's name in a text.

    Attributes:
        start, end: characters of the text.
        text: the name as written.
        concepts: what it may mean, the likeliest first; see `Gene.concept`.
        ambiguous: whether concepts after the first are about as likely.
        score: probability that a gene is meant, 0 to 1.
    """

    start: int
    end: int
    text: str
    concepts: tuple[str, ...]
    ambiguous: bool
    score: float

    def genes(self, species: Species | None = None) -> tuple[Gene, ...]:
        """The genes it may mean, the likeliest first."""
        found = (gene for concept in self.concepts for gene in table().concept(concept))
        return tuple(gene for gene in found if species is None or gene.species == species)


def find(text: str, *, least: float = 0.5) -> list[Mention]:
    """Genes named in ``text``, in order, none overlapping another; those of a score of at least ``least``."""
    genes = table()
    found: list[Mention] = []
    pieces = atoms(text)
    after = 0
    for first, atom in enumerate(pieces):
        if first < after or atom.glued:
            continue
        for last, spelt in reversed(_known(genes, pieces, first)):
            mention = _judge(genes, text, pieces, first, last, spelt)
            if mention is not None and mention.score >= least:
                found.append(mention)
                after = last + 1
                break
    return found


def _known(genes: GeneTable, pieces: Sequence[Atom], first: int) -> list[tuple[int, str]]:
    """Names of the table that begin at an atom: their last atom, and their key."""
    spelt = ""
    found = []
    count = len(pieces)
    for last in range(first, min(first + MOST_ATOMS, count)):
        spelt += pieces[last].form
        if spelt in genes and len(spelt) > 1 and not (last + 1 < count and pieces[last + 1].glued):
            found.append((last, spelt))
    return found


def _judge(genes: GeneTable, text: str, pieces: Sequence[Atom], first: int, last: int, spelt: str) -> Mention | None:
    start, end = pieces[first].start, pieces[last].end
    written = text[start:end]
    if spelt.isdigit() or not any(c.isalpha() for c in written):
        return None
    usage = genes.usage(spelt)
    score = _score(written, usage, genes.refs(spelt))
    if score < 0.5:
        return None
    resolution = genes.resolve(written)
    return Mention(start, end, written, resolution.concepts, resolution.ambiguous, score)


def _score(written: str, usage: Usage, refs: Sequence[tuple[int, Kind]]) -> float:
    kinds = {kind for _, kind in refs}
    if not kinds & {Kind.SYMBOL, Kind.PREVIOUS, Kind.ALIAS, Kind.NAME, Kind.OTHER_NAME, Kind.FAMILY}:
        return 0.0
    if " " in written and not kinds & {Kind.NAME, Kind.OTHER_NAME, Kind.FAMILY, Kind.ALIAS}:
        return 0.2
    if written.isalpha() and (written.islower() or written.istitle()) and usage.lower > 2:
        return 0.1 if not kinds & {Kind.NAME} else 0.3
    if len(written) < 3:
        return 0.2
    if written.isupper() and written.isalpha() and usage.lower > 5 and usage.upper < 4:
        return 0.3
    return 0.7


__all__ = ["Mention", "Resolution", "find"]
