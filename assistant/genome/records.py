"""What a file of genome data becomes: key genes with the reasons of their rank, each reason with its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from index.genes import Species

Progress = Callable[[int, int], None]
"""Told ``(bytes read, bytes in all)`` now and then."""


class FileKind(StrEnum):
    """What a file holds."""

    VCF = "VCF"
    EXPRESSION = "differential expression"
    GWAS = "association results (GWAS)"
    GENES = "gene list"


@dataclass(frozen=True, slots=True)
class Reason:
    """One statement on the data, in words, and the rows of the file it came from.

    ``rows`` are numbers of lines, 1-based, as a text editor counts them (rows of a sheet in a workbook). ``private``
    marks a statement that names a sample, a genotype or a position: it is shown on the page and never goes to a
    model, a log, a history or an export, unless the user asks for that export. What is told to others is ``public``:
    the same statement without what is private, empty where nothing is left.
    """

    text: str
    rows: tuple[int, ...] = ()
    private: bool = False
    public: str = ""

    @property
    def shareable(self) -> str:
        """The statement as exports may say it; empty where they may not."""
        return self.public if self.private else self.text


@dataclass(frozen=True, slots=True)
class KeyGene:
    """One gene of the file at its place in the ranking.

    Attributes:
        rank: 1 is the first.
        symbol: the official symbol, or the name in the file where the gene table does not know it.
        named: the name or identifier as it stands in the file.
        concept: the gene table's concept (`index.genes.Gene.concept`), empty where it is unknown.
        score: what the ranking sorts by, greater first; what it means is in `GenomeData.rules`.
        reasons: why it stands here, the weightiest first.
        values: named figures for tables and plots ("log2 fold change" -> 3.1); none of them is private.
    """

    rank: int
    symbol: str
    named: str
    concept: str
    score: float
    reasons: tuple[Reason, ...]
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture of the data, as SVG text without scripts; ``alt`` says in words what it shows."""

    name: str
    title: str
    svg: str
    alt: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class GenomeData:
    """A file, read and ranked.

    Attributes:
        source: the file's name, without its folder.
        kind: what it holds.
        seen: what was recognised, a sentence each: tool, columns, build, counts ("19,271 genes, 4,099 with ...").
        warnings: what a user must know: rows left out and why, symbols repaired, a build that is not stated.
        rules: the rules of the ranking in words, in their order.
        genes: key genes, ranked.
        background: concepts of all the genes that were tested, for over-representation; empty where it is not known.
        species: of the gene names; None where it can't be told.
        plots: pictures of the data.
        notes: statements on the file as a whole that may be private (samples, rsIDs), each marked as `Reason` has it.
        asks: questions that the user must answer before more can be done ("Which genome build?"), by option name.
    """

    source: str
    kind: FileKind
    seen: tuple[str, ...]
    warnings: tuple[str, ...]
    rules: tuple[str, ...]
    genes: tuple[KeyGene, ...]
    background: frozenset[str] = frozenset()
    species: Species | None = None
    plots: tuple[Plot, ...] = ()
    asks: dict[str, str] = field(default_factory=dict)
    notes: tuple[Reason, ...] = ()
