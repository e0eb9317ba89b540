"""The table of human and mouse genes: by symbol, alias, full name, id and place."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import platformdirs

from index.genes.records import Gene, Species
from index.genes.spelling import key
from index.genes.storage import Kind, Stored, Usage, read

_ID = re.compile(
    r"(?:NCBI(?:Gene)?|GeneID|Entrez)[: ]?(\d+)|(HGNC|MGI):?\s?(\d+)|(ENS(?:MUS)?G\d+)(?:\.\d+)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gene that a name may mean: what the name is to it, and how plausible it is, higher is likelier."""

    gene: Gene
    kind: Kind
    score: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name may mean, the likeliest first; ``ambiguous`` where genes of more than one concept are plausible."""

    name: str
    candidates: tuple[Candidate, ...] = ()
    ambiguous: bool = False

    @property
    def best(self) -> Gene | None:
        """The likeliest gene; None where the name is unknown."""
        return self.candidates[0].gene if self.candidates else None

    @property
    def genes(self) -> tuple[Gene, ...]:
        """The genes, the likeliest first."""
        return tuple(candidate.gene for candidate in self.candidates)

    @property
    def concepts(self) -> tuple[str, ...]:
        """The concepts, the likeliest first, each once."""
        return tuple(dict.fromkeys(candidate.gene.concept for candidate in self.candidates))


# How plausible it is that a name of each kind is meant.
_WEIGHT = {
    Kind.SYMBOL: 4.0, Kind.PREVIOUS: 2.2, Kind.ALIAS: 2.0, Kind.NAME: 3.5, Kind.OTHER_NAME: 2.5, Kind.FAMILY: 2.4,
    Kind.PHENOTYPE: 0.5, Kind.CLONE: 1.0,
}  # fmt: skip
# Candidates this much worse than the best don't make a name ambiguous.
_MARGIN = 1.6


class GeneTable:
    """Genes and the index of their names; genes are taken apart when they are asked for."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._index = dict(zip(stored.keys, range(len(stored.keys)), strict=True))
        self._gene = lru_cache(maxsize=20_000)(self._parse)

    def __len__(self) -> int:
        return len(self._stored.rows)

    def __iter__(self) -> Iterator[Gene]:
        return map(Gene.from_row, self._stored.rows)

    @property
    def header(self) -> dict[str, Any]:
        """Sources with versions and dates, and counts."""
        return self._stored.header

    def gene(self, number: int) -> Gene:
        """The gene of a row."""
        return self._gene(number)

    def _parse(self, number: int) -> Gene:
        return Gene.from_row(self._stored.rows[number])

    def refs(self, spelt: str) -> list[tuple[int, Kind]]:
        """Rows, and what the name is to each, of a key; empty where no gene has the name."""
        at = self._index.get(spelt)
        if at is None:
            return []
        offsets = self._stored.offsets
        return [(ref >> 3, _KINDS[ref & 7]) for ref in self._stored.refs[offsets[at] : offsets[at + 1]].tolist()]

    def usage(self, spelt: str) -> Usage:
        """How ordinary texts use a key's letters."""
        at = self._index.get(spelt)
        return Usage(0, 0) if at is None else Usage.of(int(self._stored.flags[at]))

    def __contains__(self, spelt: str) -> bool:
        return spelt in self._index

    def by_id(self, identifier: str | int) -> Gene | None:
        """The gene of an NCBI Gene number, an HGNC or MGI id, or an Ensembl gene id (with or without version)."""
        text = str(identifier).strip()
        number = self._ids.get(text) or self._ids.get(text.upper())
        if number is None and (match := _ID.fullmatch(text)):
            ncbi, source, digits, ensembl = match.groups()
            wanted = ncbi or (ensembl.upper() if ensembl else f"{source.upper()}:{digits}")
            number = self._ids.get(wanted)
        return None if number is None else self.gene(number)

    @cached_property
    def _ids(self) -> dict[str, int]:
        ids: dict[str, int] = {}
        for number, row in enumerate(self._stored.rows):
            cells = row.split("\t", 9)
            for cell in (cells[1], cells[7], cells[8]):
                if cell:
                    ids.setdefault(cell, number)
        return ids

    def concept(self, concept: str) -> tuple[Gene, ...]:
        """The genes of a concept, human ones first; empty where there is none."""
        return tuple(self.gene(number) for number in self._concepts.get(concept, ()))

    @cached_property
    def _concepts(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, row in enumerate(self._stored.rows):  # human rows come first in the file
            cells = row.rsplit("\t", 2)
            found.setdefault(cells[1] or row.split("\t", 2)[1], []).append(number)
        return found

    def at(self, chromosome: str, start: int, end: int | None = None, build: str = "GRCh38") -> tuple[Gene, ...]:
        """Genes that overlap 1-based, inclusive positions, in their order; GRCh38 is human, GRCm38 mouse.

        Raises:
            ValueError: another build than those two
        """
        if build not in ("GRCh38", "GRCm38"):
            raise ValueError(f"positions are on GRCh38 (human) and GRCm38 (mouse), not on {build}")
        species = "h" if build == "GRCh38" else "m"
        chromosome = chromosome.removeprefix("chr").replace("M", "MT") if chromosome in ("chrM", "M") else chromosome
        starts, places, longest = self._places.get((species, chromosome.removeprefix("chr")), ([], [], 0))
        last = bisect.bisect_right(starts, start if end is None else end)
        first = bisect.bisect_left(starts, start - longest)
        return tuple(self.gene(number) for _, stop, number in places[first:last] if stop >= start)

    @cached_property
    def _places(self) -> dict[tuple[str, str], tuple[list[int], list[tuple[int, int, int]], int]]:
        found: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
        for number, row in enumerate(self._stored.rows):
            cells = row.split("\t", 13)
            if cells[11]:
                found.setdefault((cells[0], cells[9]), []).append((int(cells[11]), int(cells[12]), number))
        return {
            where: ([begin for begin, _, _ in sorted(places)], sorted(places), max(b - a for a, b, _ in places))
            for where, places in found.items()
        }

    def resolve(self, name: str, species: Species | None = None) -> Resolution:
        """What ``name`` (a symbol, alias, full name or id) may mean, the likeliest first.

        With ``species`` only its genes. A name is ambiguous where genes of several concepts are about as likely; that a
        gene has a mouse ortholog of the same name does not make it so.
        """
        name = name.strip()
        gene = self.by_id(name) if _ID.fullmatch(name) else None
        if gene is not None:
            return Resolution(name, (Candidate(gene, Kind.SYMBOL, 10.0),))
        candidates = []
        for number, kind in self.refs(key(name)):
            gene = self.gene(number)
            if species is None or gene.species == species:
                candidates.append(Candidate(gene, kind, plausibility(gene, kind, name)))
        candidates.sort(key=lambda found: (-found.score, found.gene.species, found.gene.ncbi or 1 << 40))
        close = {found.gene.concept for found in candidates if found.score > candidates[0].score - _MARGIN}
        return Resolution(name, tuple(candidates), len(close) > 1)


def plausibility(gene: Gene, kind: Kind, spelt: str) -> float:
    """How likely it is, without context, that ``spelt`` means ``gene``, to which it is a name of ``kind``."""
    score = _WEIGHT[kind] + 0.35 * gene.popularity
    if kind in (Kind.SYMBOL, Kind.PREVIOUS, Kind.ALIAS):
        same = spelt == gene.symbol or spelt in gene.aliases or spelt in gene.previous
        score += 1.0 if same else 0.0
    if gene.protein_coding:
        score += 1.0
    elif "pseudogene" in gene.biotype or not gene.ncbi:
        score -= 1.0
    return score + (0.2 if gene.species == "human" else 0.0)


_KINDS = tuple(Kind)


def user_table() -> Path:
    """Where `locus genes update` keeps the refreshed table: in the user's data folder, never in the package."""
    return Path(platformdirs.user_data_dir("locus", appauthor=False)) / "genes.zip"


@lru_cache(maxsize=1)
def table() -> GeneTable:
    """The gene table: the user's refreshed one where there is one, else the shipped one. Loaded once a process."""
    refreshed = user_table()
    return GeneTable(read(refreshed if refreshed.exists() else shipped_table()))


def shipped_table() -> Path:
    """The table that comes with Locus."""
    return Path(str(files("index.genes"))) / "genes.zip"
