"""What HGNC, NCBI Gene and MGI publish: their tables read line by line.

Formats: HGNC's complete set (tab-separated, header, lists in quotes separated by "|"); NCBI's gene_info (gzip,
tab-separated, "#tax_id" header, "-" for nothing, lists separated by "|"); MGI's HOM_MouseHumanSequence.rpt
(tab-separated, header, a class of homologous genes by its key).
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.errors import LocusError
from index.genes.records import Species

_HGNC = ("hgnc_id", "symbol", "name", "locus_type", "status", "location", "alias_symbol", "prev_symbol", "alias_name",
         "prev_name", "entrez_id", "ensembl_gene_id", "mgd_id")  # fmt: skip
_GENE_INFO = ("#tax_id", "GeneID", "Symbol", "Synonyms", "dbXrefs", "chromosome", "map_location", "description",
              "type_of_gene", "Other_designations")  # fmt: skip
_HOMOLOGY = ("DB Class Key", "NCBI Taxon ID", "EntrezGene ID")
_TAXA: dict[str, Species] = {"9606": "human", "10090": "mouse"}
_BIOTYPES = {
    "gene with protein product": "protein_coding",
    "protein-coding": "protein_coding",
    "protein coding gene": "protein_coding",
    "protein_coding_gene": "protein_coding",
    "RNA, long non-coding": "lncRNA",
    "RNA, micro": "miRNA",
    "RNA, transfer": "tRNA",
    "RNA, small nucleolar": "snoRNA",
    "RNA, small nuclear": "snRNA",
    "RNA, ribosomal": "rRNA",
    "RNA, vault": "vault_RNA",
    "RNA, Y": "Y_RNA",
    "RNA, misc": "misc_RNA",
    "RNA, cluster": "RNA_cluster",
    "phenotype only": "phenotype",
    "heritable phenotypic marker": "phenotype",
    "immunoglobulin gene": "IG_gene",
    "T cell receptor gene": "TR_gene",
    "pseudogenic region": "pseudogene",
    "pseudo": "pseudogene",
    "unclassified gene": "unknown",
    "unclassified non-coding RNA gene": "ncRNA",
    "other": "unknown",
}


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of a gene."""

    species: Species
    symbol: str
    name: str = ""
    ncbi: int = 0
    accession: str = ""
    ensembl: str = ""
    chromosome: str = ""
    band: str = ""
    biotype: str = ""
    aliases: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


def biotype(text: str) -> str:
    """A source's locus type as Ensembl writes it."""
    if text in _BIOTYPES:
        return _BIOTYPES[text]
    return "pseudogene" if "pseudogene" in text else text.replace(" gene", "").replace(" ", "_")


def chromosome(text: str) -> str:
    """1 to 22, X, Y or MT; empty for anything else."""
    text = text.split("|", maxsplit=1)[0].split(",", maxsplit=1)[0].strip().removeprefix("chr")
    text = "MT" if text in ("M", "MT", "mitochondria") else text
    return text if text in {*map(str, range(1, 23)), "X", "Y", "MT"} else ""


def hgnc(path: Path) -> Iterator[Record]:
    """Human genes of HGNC's complete set.

    Raises:
        LocusError: it is not that table
    """
    for row in _rows(path, _HGNC, "HGNC's complete set"):
        if row["status"] != "Approved":
            continue
        yield Record(
            "human", row["symbol"], row["name"], _number(row["entrez_id"]), row["hgnc_id"], row["ensembl_gene_id"],
            _of_location(row["location"]), row["location"], biotype(row["locus_type"]), _listed(row["alias_symbol"]),
            _listed(row["prev_symbol"]), (*_listed(row["alias_name"]), *_listed(row["prev_name"])),
        )  # fmt: skip


def gene_info(path: Path) -> Iterator[Record]:
    """Human and mouse genes of NCBI's gene_info; stretches that are no genes are left out.

    Raises:
        LocusError: it is not that table
    """
    for row in _rows(path, _GENE_INFO, "NCBI's gene_info"):
        species = _TAXA.get(row["#tax_id"])
        if species is None or row["type_of_gene"] == "biological-region" or row["Symbol"] == "NEWENTRY":
            continue
        links = dict(link.partition(":")[::2] for link in reversed(_listed(row["dbXrefs"])))
        name = _given(row["description"])
        yield Record(
            species,
            row["Symbol"],
            "" if name.startswith("uncharacterized LOC") else name,
            _number(row["GeneID"]),
            links.get("HGNC" if species == "human" else "MGI", ""),
            links.get("Ensembl", ""),
            chromosome(row["chromosome"]),
            _given(row["map_location"]),
            biotype(row["type_of_gene"]),
            _listed(row["Synonyms"]),
            (),
            _listed(row["Other_designations"]),
        )


def homology(path: Path) -> Iterator[tuple[set[int], set[int]]]:
    """Human and mouse NCBI Gene numbers of each class of MGI's homology report.

    Raises:
        LocusError: it is not that report
    """
    classes: dict[str, tuple[set[int], set[int]]] = {}
    for row in _rows(path, _HOMOLOGY, "MGI's homology report"):
        found = classes.setdefault(row["DB Class Key"], (set(), set()))
        species = _TAXA.get(row["NCBI Taxon ID"])
        if species is not None and (number := _number(row["EntrezGene ID"])):
            found[0 if species == "human" else 1].add(number)
    yield from (pair for pair in classes.values() if all(pair))


def _rows(path: Path, columns: tuple[str, ...], what: str) -> Iterator[dict[str, str]]:
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rt", encoding="utf-8") if zipped else path.open(encoding="utf-8") as file:
            reader = csv.DictReader(file, delimiter="\t", restval="")
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise LocusError(
                    f"This is not {what}: it has no column {missing[0]}.", hint="Check its address in the settings."
                )
            yield from reader
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise LocusError(
            f"{what[0].upper()}{what[1:]} cannot be read: {error}.", hint="Run the command again.", retry=True
        ) from error


def _given(cell: str) -> str:
    return "" if cell == "-" else cell


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _given(cell).split("|") if part.strip())


def _number(cell: str) -> int:
    return int(cell) if cell.isdigit() else 0


def _of_location(location: str) -> str:
    """17 of 17p13.1, X of Xq28, MT of mitochondria."""
    head = location.split(" ", maxsplit=1)[0]
    return chromosome("MT" if head == "mitochondria" else head.split("p")[0].split("q")[0].split("cen")[0])
