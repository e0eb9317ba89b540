"""Genome builds: their names, how a header tells them, and chromosomes by RefSeq accession."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.errors import LocusError
from index.genes import Species

HUMAN38, HUMAN37, MOUSE38 = "GRCh38", "GRCh37", "GRCm38"
WITH_POSITIONS = (HUMAN38, MOUSE38)
"""Builds on which the gene table has positions."""

_NAMES = {
    HUMAN38: r"GRCh38|hg38|hs38\w*|b38|Homo_sapiens_assembly38|GCA_000001405\.(?:1[5-9]|2\d)"
    r"|GCF_000001405\.(?:2[6-9]|[34]\d)",
    HUMAN37: r"GRCh37|hg19|hs37\w*|b37|human_g1k_v37\w*|Homo_sapiens_assembly19|GCF_000001405\.(?:1[3-9]|2[0-5])",
    MOUSE38: r"GRCm38|mm10",
    "GRCm39": r"GRCm39|mm39",
    "NCBI36": r"NCBI36|hg18|b36",
    "NCBIM37": r"NCBIM37|mm9",
    "T2T-CHM13": r"T2T-CHM13\w*|CHM13\w*|hs1",
}
_PATTERNS = {
    build: re.compile(rf"(?<![A-Za-z0-9])(?:{names})(?![A-Za-z0-9])", re.IGNORECASE) for build, names in _NAMES.items()
}
# Lengths of chromosome 1 and X from the assemblies' reports at NCBI.
_LENGTHS = {
    ("1", 248956422): HUMAN38,
    ("X", 156040895): HUMAN38,
    ("1", 249250621): HUMAN37,
    ("X", 155270560): HUMAN37,
    ("1", 195471971): MOUSE38,
    ("X", 171031299): MOUSE38,
    ("1", 195154279): "GRCm39",
    ("X", 169476592): "GRCm39",
    ("1", 247249719): "NCBI36",
    ("1", 248387328): "T2T-CHM13",
}
_ACCESSION = re.compile(r"NC_0000(\d\d)\.\d+")


def named(text: str) -> str:
    """The build that a text names ("file:///ref/hg38.fa"); empty where it names none, or several."""
    text = text.replace("_", " ") if not _hits(text) else text
    hits = _hits(text)
    return hits[0] if len(hits) == 1 else ""


def _hits(text: str) -> list[str]:
    return [build for build, pattern in _PATTERNS.items() if pattern.search(text)]


def chosen(text: str) -> str:
    """The build that a user names.

    Raises:
        LocusError: it is none that is known
    """
    build = named(text.strip()) or named(re.sub(r"\.p?\d+$", "", text.strip()))
    if not build:
        raise LocusError(
            f"“{text[:40]}” is no genome build that is known.",
            hint=f"Known are: {', '.join(_NAMES)} (also hg38, mm10).",
        )
    return build


def by_lengths(lengths: Iterable[tuple[str, int]]) -> str:
    """The build whose chromosomes 1 or X have the lengths given; empty where none or several do."""
    found = {_LENGTHS.get((name.removeprefix("chr"), length), "") for name, length in lengths} - {""}
    return found.pop() if len(found) == 1 else ""


def species_of(build: str) -> Species | None:
    """Whose genome a build is."""
    if not build:
        return None
    return "mouse" if build.startswith(("GRCm", "NCBIM")) else "human"


def chromosome(name: str, build: str) -> str:
    """A sequence's name as the gene table has it: "chr1", "NC_000001.11" -> "1"."""
    match = _ACCESSION.match(name)
    if match is None:
        return name
    mouse = species_of(build) == "mouse"
    number, last = int(match.group(1)) - (66 if mouse else 0), 19 if mouse else 22
    return str(number) if number <= last else {1: "X", 2: "Y"}.get(number - last, name)
