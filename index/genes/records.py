"""What is known of one gene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Species = Literal["human", "mouse"]


@dataclass(frozen=True, slots=True)
class Gene:
    """One gene of one species. What a source lacks is empty, 0 or None.

    Attributes:
        ncbi: NCBI Gene id, 0 where there is none.
        accession: HGNC or MGI id, as "HGNC:11998".
        ensembl: Ensembl gene id.
        chromosome: "1".."22", "X", "Y", "MT".
        band: cytoband of human genes (17p13.1), cM position of mouse genes as NCBI has it ("11 42.83 cM").
        start, end: 1-based, inclusive, on ``build``.
        strand: "+" or "-".
        biotype: as Ensembl writes it: protein_coding, lncRNA, pseudogene...
        orthologs: NCBI Gene ids of the other species.
        rat: NCBI Gene id of the rat's ortholog, 0 where none is known; rat genes have no rows of their own.
        concept: one id for a human gene and its mouse orthologs: the human gene's NCBI id, else the mouse gene's, else
            the accession or Ensembl id.
        popularity: how much is written on it, log2 of mentions in a sample of PubMed abstracts; a tie-breaker.
    """

    species: Species
    ncbi: int
    symbol: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    accession: str = ""
    ensembl: str = ""
    chromosome: str = ""
    band: str = ""
    start: int | None = None
    end: int | None = None
    strand: str = ""
    biotype: str = ""
    orthologs: tuple[int, ...] = ()
    rat: int = 0
    concept: str = ""
    popularity: int = 0

    @property
    def build(self) -> str:
        """The genome build of ``start`` and ``end``; empty where there are none."""
        if self.start is None:
            return ""
        return "GRCh38" if self.species == "human" else "GRCm38"

    @property
    def protein_coding(self) -> bool:
        """Whether a protein is made from it."""
        return self.biotype == "protein_coding"

    def row(self) -> str:
        """The gene as a line of the table's file."""
        return "\t".join(
            (
                self.species[0],
                str(self.ncbi or ""),
                self.symbol,
                self.name,
                "|".join(self.aliases),
                "|".join(self.previous),
                "|".join(self.other_names),
                self.accession,
                self.ensembl,
                self.chromosome,
                self.band,
                "" if self.start is None else str(self.start),
                "" if self.end is None else str(self.end),
                self.strand,
                self.biotype,
                "|".join(map(str, self.orthologs)),
                str(self.rat or ""),
                # the commonest case need not be stored
                "" if self.concept == str(self.ncbi) else self.concept,
                str(self.popularity or ""),
            )
        )

    @classmethod
    def from_row(cls, row: str) -> Gene:
        """The gene of a line of the table's file."""
        (species, ncbi, symbol, name, aliases, previous, other, accession, ensembl, chromosome, band, start, end,
         strand, biotype, orthologs, rat, concept, popularity) = row.split("\t")  # fmt: skip
        return cls(
            "human" if species == "h" else "mouse",
            int(ncbi or 0),
            symbol,
            name,
            _listed(aliases),
            _listed(previous),
            _listed(other),
            accession,
            ensembl,
            chromosome,
            band,
            int(start) if start else None,
            int(end) if end else None,
            strand,
            biotype,
            tuple(map(int, _listed(orthologs))),
            int(rat or 0),
            concept or ncbi,
            int(popularity or 0),
        )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()
