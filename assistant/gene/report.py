"""What stands beside a gene's digest: its table facts, the papers that name it, the genes it is named with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.gene.naming import Meant, symbol
from index import genes
from index.genes.spelling import key
from index.papers import PaperInfo, Passage
from index.store import Store

COMPANIONS = 15
"""Genes shown that a gene is named with."""
_CONSIDERED = 200
_PASSAGES = 5000
_COMMON = 1.5
"""A gene is told as a companion where both stand together this many times as often as by chance."""


@dataclass(frozen=True, slots=True)
class NamingPaper:
    """A paper that names the gene ``times`` times, and its passage that names it most."""

    info: PaperInfo
    times: int
    passage: Passage | None


@dataclass(frozen=True, slots=True)
class Companion:
    """A gene named in ``passages`` of the passages that name the gene."""

    concept: str
    symbol: str
    name: str
    passages: int


@dataclass(frozen=True, slots=True)
class Report:
    """All of it; ``passages`` is the number of passages that name the gene, ``genes`` are its species' genes."""

    meant: Meant
    genes: tuple[genes.Gene, ...]
    passages: int
    papers: tuple[NamingPaper, ...]
    companions: tuple[Companion, ...]

    @property
    def symbol(self) -> str:
        """The symbol: the human gene's where there is one."""
        return self.genes[0].symbol


def report(library: Store, meant: Meant) -> Report:
    """What the library and the table have of a gene."""
    concept = meant.concept
    named = library.papers_of_gene(concept)
    most = library.passages_of_gene(concept, _PASSAGES)
    infos = library.infos(paper_id for paper_id, _ in named)
    first: dict[int, Passage] = {}
    for passage in library.passages([passage_id for passage_id, _ in most]):
        first.setdefault(passage.paper_id, passage)
    papers = tuple(
        NamingPaper(infos[paper_id], times, first.get(paper_id)) for paper_id, times in named if paper_id in infos
    )
    return Report(meant, genes.table().concept(concept), len(most), papers, companions(library, concept, len(most)))


def companions(library: Store, concept: str, passages: int) -> tuple[Companion, ...]:
    """The genes that a gene is named with most, but for those that are named everywhere: most passages first."""
    together = library.genes_with(concept, _CONSIDERED)
    all_passages = max(1, library.status().passages)
    own = library.gene_counts(other for other, _ in together)
    kept = [
        (other, count)
        for other, count in together
        if genes.table().concept(other)
        and not _shadow(other, concept)
        and count * all_passages > _COMMON * passages * own.get(other, count)
    ]
    return tuple(
        Companion(other, symbol(other), genes.table().concept(other)[0].name, count)
        for other, count in kept[:COMPANIONS]
    )


def _shadow(other: str, concept: str) -> bool:
    """Whether a gene is but a pseudogene that shares a name, and so stands wherever the gene does."""
    mine = {key(name) for gene in genes.table().concept(concept) for name in (gene.symbol, *gene.aliases)}
    return all(
        "pseudo" in gene.biotype and any(key(name) in mine for name in (gene.symbol, *gene.aliases))
        for gene in genes.table().concept(other)
    )


def links(gene: genes.Gene) -> list[tuple[str, str]]:
    """(id, https address) of every database that has the gene: NCBI, HGNC or MGI, Ensembl."""
    found = []
    if gene.ncbi:
        found.append((f"NCBI Gene {gene.ncbi}", f"https://www.ncbi.nlm.nih.gov/gene/{gene.ncbi}"))
    if gene.accession.startswith("HGNC:"):
        address = f"https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/{gene.accession}"
        found.append((gene.accession, address))
    elif gene.accession.startswith("MGI:"):
        found.append((gene.accession, f"https://www.informatics.jax.org/marker/{gene.accession}"))
    if gene.ensembl:
        found.append((gene.ensembl, f"https://www.ensembl.org/id/{gene.ensembl}"))
    return found


def place(gene: genes.Gene) -> str:
    """Chromosome, band and positions in words; empty where the table has none."""
    if not gene.chromosome:
        return ""
    band = f", {gene.band}" if gene.band else ""
    at = (
        f" ({gene.start:,}–{gene.end:,} on {gene.build}, {gene.strand or '?'} strand)" if gene.start is not None else ""
    )
    return f"chromosome {gene.chromosome}{band}{at}"


def orthologs(found: Sequence[genes.Gene]) -> str:
    """Which genes of the other species a gene stands for, in words."""
    human = [g.symbol for g in found if g.species == "human"]
    mouse = [g.symbol for g in found if g.species == "mouse"]
    if human and mouse:
        return f"{', '.join(human)} in human, {', '.join(mouse)} in mouse"
    return "none known in mouse" if human else "none known in human"
