"""Annotations of one record: VEP's CSQ, SnpEff's ANN and EFF, bcftools' BCSQ, ClinVar's GENEINFO and MC.

Each reader turns the text of an INFO field into `Entry` items, one a gene and transcript, those below a least impact
left out early: most transcripts of a genome are never looked at closely.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from assistant.genome.vcf.consequences import INTERGENIC, UNSTATED, Consequence, Impact, consequence

_IMPACTS = {"HIGH": Impact.HIGH, "MODERATE": Impact.MODERATE, "LOW": Impact.LOW, "MODIFIER": Impact.MODIFIER}
MAX_NAME = 100
"""Letters of a gene's name that are kept."""


class Entry(NamedTuple):
    """What an annotation says of one gene; ``fields`` as the file has them, ``chosen`` for a main transcript."""

    symbol: str
    gene_id: str
    what: Consequence
    impact: Impact
    allele: str
    fields: Sequence[str]
    chosen: bool


class Details(NamedTuple):
    """More of an entry, read only for those kept; ``lof``: "yes", "low" or empty."""

    coding: str = ""
    protein: str = ""
    frequency: float | None = None
    clinvar: str = ""
    lof: str = ""


class Reader(Protocol):
    """Reads one kind of annotation."""

    key: str
    frequencies: bool
    significances: bool

    def entries(self, text: str, least: int) -> Iterator[Entry]:
        """Entries of an INFO field's text whose impact is at least ``least``."""
        ...

    def details(self, entry: Entry) -> Details:
        """More of one entry."""
        ...


def reader(key: str, names: Sequence[str]) -> Reader:
    """The reader of an annotation, by its INFO key and the names of its parts."""
    if key in ("CSQ", "vep"):
        return VepReader(key, names)
    if key == "EFF":
        return EffReader(names)
    return TableReader(key, names)


def number(text: str) -> float | None:
    """A frequency, 0 to 1; None where it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def greatest(values: Iterable[float | None]) -> float | None:
    """The greatest of those known; None where none is."""
    found: float | None = None
    for value in values:
        if value is not None and (found is None or value > found):
            found = value
    return found


class VepReader:
    """CSQ: parts in the order that the header states."""

    def __init__(self, key: str, names: Sequence[str]) -> None:
        self.key = key
        at = {name.lower(): place for place, name in enumerate(names)}
        self._at = at
        self._consequence = at.get("consequence", -1)
        self._impact = at.get("impact", -1)
        self._symbol = next((at[n] for n in ("symbol", "hgnc", "gene_name") if n in at), -1)
        self._gene = at.get("gene", -1)
        self._allele = at.get("allele_num", at.get("allele", -1))
        self._main = [at[n] for n in ("pick", "mane_select", "canonical") if n in at]
        gnomad = [n for n in at if re.fullmatch(r"gnomad[eg]?_?(?:exomes?|genomes?)?_af", n)]
        general = [n for n in ("max_af", "exac_af", "exac_maf", "af", "gmaf") if n in at]
        self._af = [[at[n] for n in gnomad], [at[n] for n in general]]
        self._clinvar = [at[n] for n in ("clinvar_clnsig", "clinvar_clin_sig", "clin_sig") if n in at]
        self.frequencies = bool(gnomad or general)
        self.significances = bool(self._clinvar)
        self._width = max(self._consequence, self._impact, self._symbol, self._gene, self._allele, *self._main, 0) + 1

    def entries(self, text: str, least: int) -> Iterator[Entry]:
        """Entries of genes; regulatory and intergenic ones, which name no gene, are left out."""
        if self._consequence < 0:
            return
        grave = "HIGH" in text or (least <= Impact.MODERATE and "MODERATE" in text)
        if self._impact >= 0 and least >= Impact.MODERATE and not grave:
            return
        width, at, graded = self._width, self._consequence, self._impact
        for part in text.split(","):
            cells = part.split("|", width)
            if len(cells) < width:
                cells += [""] * (width - len(cells))
            what = consequence(cells[at])
            impact = _IMPACTS.get(cells[graded], what.impact) if graded >= 0 else what.impact
            if Impact.UNSTATED < impact < least:
                continue
            gene_id = cells[self._gene] if self._gene >= 0 else ""
            symbol = (cells[self._symbol] if self._symbol >= 0 else "") or gene_id
            if not symbol or symbol == ".":
                continue
            chosen = any(cells[main] not in ("", ".") for main in self._main)
            allele = cells[self._allele] if self._allele >= 0 else ""
            yield Entry(symbol[:MAX_NAME], gene_id[:MAX_NAME], what, impact, allele, (part,), chosen)

    def details(self, entry: Entry) -> Details:
        """HGVS names, frequency, ClinVar's significance at the site, LOFTEE's verdict."""
        cells = entry.fields[0].split("|")

        def cell(name: str) -> str:
            place = self._at.get(name, -1)
            return cells[place] if 0 <= place < len(cells) else ""

        frequency = None
        for places in self._af:
            found = greatest(_vep_frequency(cells[p], entry.allele) for p in places if p < len(cells))
            if found is not None:
                frequency = found
                break
        clinvar = next((cells[p] for p in self._clinvar if p < len(cells) and cells[p]), "")
        lof = {"HC": "yes", "LC": "low"}.get(cell("lof"), "")
        return Details(cell("hgvsc"), cell("hgvsp"), frequency, clinvar, lof)


def _vep_frequency(text: str, allele: str) -> float | None:
    if not text:
        return None
    if ":" not in text and "&" not in text:
        return number(text)
    found = []
    for part in text.split("&"):  # "0.01", or as older VEP has it "T:0.01" with the allele that is meant
        base, colon, value = part.rpartition(":")
        if not colon or base == allele:
            found.append(number(value))
    return greatest(found)


class TableReader:
    """ANN and BCSQ: items separated by commas, parts by bars."""

    frequencies = False
    significances = False

    def __init__(self, key: str, names: Sequence[str]) -> None:
        self.key = key
        at = {name.lower(): place for place, name in enumerate(names)}
        ann = key == "ANN"
        self._consequence = at.get("annotation" if ann else "consequence", 1 if ann else 0)
        self._impact = at.get("annotation_impact", 2) if ann else -1
        self._symbol = at.get("gene_name", 3) if ann else at.get("gene", 1)
        self._gene = at.get("gene_id", 4) if ann else -1
        self._allele = at.get("allele", 0) if ann else -1
        self._coding = at.get("hgvs.c", 9) if ann else at.get("dna_change", 6)
        self._protein = at.get("hgvs.p", 10) if ann else at.get("amino_acid_change", 5)
        self._width = max(self._consequence, self._impact, self._symbol, self._gene, self._allele) + 1

    def entries(self, text: str, least: int) -> Iterator[Entry]:
        """Entries of genes; a fusion's entry counts for both genes, an intergenic one for none."""
        width = self._width
        for part in text.split(","):
            if part.startswith("@"):  # bcftools: see another record
                continue
            cells = part.split("|", width)
            if len(cells) < width:
                continue
            what = consequence(cells[self._consequence])
            impact = _IMPACTS.get(cells[self._impact], what.impact) if self._impact >= 0 else what.impact
            if Impact.UNSTATED < impact < least or INTERGENIC.issuperset(what.terms):
                continue
            gene_id = cells[self._gene] if self._gene >= 0 else ""
            allele = cells[self._allele].partition("-")[0] if self._allele >= 0 else ""
            names, ids = cells[self._symbol].split("&")[:20], gene_id.split("&")[:20]
            for place, name in enumerate(names):
                name = name.strip()[:MAX_NAME]  # noqa: PLW2901
                if name and name != ".":
                    own = ids[place] if len(ids) == len(names) else gene_id
                    yield Entry(name, own[:MAX_NAME], what, impact, allele, (part,), False)

    def details(self, entry: Entry) -> Details:
        """HGVS names."""
        cells = entry.fields[0].split("|")
        coding, protein = (cells[p] if p < len(cells) else "" for p in (self._coding, self._protein))
        return Details(coding, protein)


_EFFECT = re.compile(r"([^(),]+(?:\[[^\]]*\])?)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


class EffReader:
    """EFF of SnpEff before 4.1: ``EFFECT(impact|class|codon|amino acid|length|gene|...)``, separated by commas."""

    key = "EFF"
    frequencies = False
    significances = False

    def __init__(self, names: Sequence[str]) -> None:
        at = {name.lower().replace(" ", "_"): place - 1 for place, name in enumerate(names)}  # the effect stands before
        self._symbol = at.get("gene_name", 5)
        self._change = at.get("amino_acid_change", 3)
        self._genotype = at.get("genotypenum", at.get("genotype_number", 10))

    def entries(self, text: str, least: int) -> Iterator[Entry]:
        """Entries of genes, the old names of effects told in Sequence Ontology's."""
        for effect, inner in _EFFECT.findall(text):
            cells = inner.split("|")
            what = consequence(effect)
            impact = _IMPACTS.get(cells[0].strip(), what.impact)
            if Impact.UNSTATED < impact < least or INTERGENIC.issuperset(what.terms):
                continue
            symbol = cells[self._symbol].strip()[:MAX_NAME] if self._symbol < len(cells) else ""
            if symbol and symbol != ".":
                allele = cells[self._genotype] if self._genotype < len(cells) else ""
                yield Entry(symbol, "", what, impact, allele, cells, False)

    def details(self, entry: Entry) -> Details:
        """The change of the protein, as far as EFF has it ("p.Gly12Asp/c.35G>A" or "G12D")."""
        change = entry.fields[self._change] if self._change < len(entry.fields) else ""
        protein, slash, coding = change.partition("/")
        return Details(coding if slash else "", protein)


def clinvar_entries(genes: str, molecular: str) -> Iterator[Entry]:
    """Entries of ClinVar's GENEINFO ("SYMBOL:id|SYMBOL:id") with the consequences of MC ("SO:1|term,SO:2|term").

    MC belongs to the variant: where it names several genes, each has all its terms.
    """
    terms = "&".join(part.rpartition("|")[2] for part in molecular.split(",")) if molecular else ""
    what = consequence(terms) if terms else UNSTATED
    for pair in genes.split("|"):
        symbol, _, entrez = pair.partition(":")
        if symbol and symbol != ".":
            identifier = f"NCBI:{entrez}" if entrez.isdecimal() else ""
            yield Entry(symbol[:MAX_NAME], identifier, what, what.impact, "", (), False)


_TAG = re.compile(r"\(([^()|]*)\|")


def tagged_genes(text: str) -> frozenset[str]:
    """Genes of SnpEff's LOF and NMD tags: "(GENE|ID|transcripts|share),(...)"."""
    return frozenset(name.strip() for name in _TAG.findall(text))


def allele_number(allele: str, ref: str, alts: Sequence[str]) -> int:
    """Which alternate (1 is the first) an annotation's allele means; 0 where it can't be told.

    VEP trims the first base where all alleles share it, and writes "-" for nothing; SnpEff repeats the alternate or
    gives its number.
    """
    if allele in alts:
        return alts.index(allele) + 1
    if allele.isdecimal() and 0 < int(allele) <= len(alts):
        return int(allele)
    trimmed = [alt[1:] or "-" if alt[:1] == ref[:1] else alt for alt in alts]
    if trimmed.count(allele) == 1:
        return trimmed.index(allele) + 1
    symbolic = [alt.strip("<>").lower() for alt in alts]
    short = {"deletion": "del", "duplication": "dup", "insertion": "ins", "inversion": "inv"}.get(
        allele.lower(), allele.strip("<>").lower()
    )
    return symbolic.index(short) + 1 if symbolic.count(short) == 1 else 0
