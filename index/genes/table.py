"""The table of human and mouse genes: by symbol, alias, full name, id and place."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import platformdirs

from index.genes import ranking
from index.genes.records import Gene, Species
from index.genes.spelling import key
from index.genes.storage import USUAL, Kind, Stored, Usage, read

_ID = re.compile(
    r"(?:NCBI(?:Gene)?|GeneID|Entrez)[: ]?(\d+)|(HGNC|MGI):?\s?(\d+)|(ENS(?:MUS)?G\d+)(?:\.\d+)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gene that a name may mean: what the name is to it, and how probable its concept is, 0 to 1."""

    gene: Gene
    kind: Kind
    probability: float


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name may mean, the likeliest first.

    ``ambiguous`` where genes of more than one concept are plausible, or where the symbol is a ``word`` of ordinary
    prose as well (CAT, SET): then it should be asked, or shown, what is meant.
    """

    name: str
    candidates: tuple[Candidate, ...] = ()
    ambiguous: bool = False
    word: bool = False

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


# A name is ambiguous where its second meaning is this likely, compared with the first: in a text, and alone.
DOUBT = 0.25
_DOUBT_ALONE = 0.05
_SHORT = (Kind.SYMBOL, Kind.PREVIOUS, Kind.ALIAS)


class GeneTable:
    """Genes and the index of their names; genes are taken apart when they are asked for."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._index = dict(zip(stored.keys, range(len(stored.keys)), strict=True))
        # single items of a memoryview are read faster than those of an array
        flags, offsets, refs = (memoryview(cast("Any", part)) for part in (stored.flags, stored.offsets, stored.refs))
        self._flags, self._offsets, self._refs = flags, offsets, refs
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

    def refs(self, spelt: str) -> list[ranking.Ref]:
        """The genes that have a name, by its key, and what the name is to each; empty where there is none."""
        at = self._index.get(spelt)
        if at is None:
            return []
        offsets = self._offsets
        return [
            ranking.Ref(self._gene(ref >> 4), _KINDS[ref & 7], bool(ref & USUAL))
            for ref in self._refs[offsets[at] : offsets[at + 1]]
        ]

    def usage(self, spelt: str) -> Usage:
        """How ordinary texts use a key's letters, and what it names."""
        at = self._index.get(spelt)
        return Usage(0, 0) if at is None else self.usage_at(at)

    def number(self, spelt: str) -> int | None:
        """The number of a key, for `usage_at`; None where no gene has the name."""
        return self._index.get(spelt)

    def lookups(self) -> tuple[Callable[[str], int | None], Callable[[str, int], int]]:
        """For speed: the number of a key (None where no gene has the name), and the most atoms of names by their first.

        The second knows first atoms that are words, and those with which names of more than `ALWAYS` atoms begin; it
        takes what to give for others.
        """
        return self._index.get, self._stored.starts.get

    def usage_at(self, number: int) -> Usage:
        """`usage` of a key by its number."""
        return Usage.of(self._flags[number])

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

    def by_symbol(self, symbol: str, species: Species) -> Gene | None:
        """The gene of exactly this official symbol, capitals as the species has them; for tables of many thousands."""
        number = self._symbols[species[0]].get(symbol)
        return None if number is None else self.gene(number)

    @cached_property
    def _symbols(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {"h": {}, "m": {}}
        rows = self._stored.rows
        for number, row in enumerate(rows):
            species, _, symbol, _ = row.split("\t", 3)
            held = found[species]
            before = held.setdefault(symbol, number)
            # rows that Ensembl alone has may bear another gene's symbol
            if before != number and not rows[before].split("\t", 8)[7] and row.split("\t", 8)[7]:
                held[symbol] = number
        return found

    def concept_of(self, identifier: str | int) -> str | None:
        """The concept of an id as `by_id` takes it, or of a rat gene's NCBI number; None where it is unknown."""
        gene = self.by_id(identifier)
        if gene is not None:
            return gene.concept
        number = self._rats.get(str(identifier))
        return None if number is None else self.gene(number).concept

    @cached_property
    def _rats(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, row in enumerate(self._stored.rows):
            rat = row.rsplit("\t", 3)[1]
            if rat:
                found.setdefault(rat, number)
        return found

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
            return Resolution(name, (Candidate(gene, Kind.SYMBOL, 1.0),))
        spelt = key(name)
        ranked = ranking.rank(self.refs(spelt), name, spelt, species=species)
        candidates = tuple(
            Candidate(gene, kind, meaning.probability) for meaning in ranked for gene, kind in meaning.genes
        )
        unsure = len(ranked) > 1 and ranked[1].probability > _DOUBT_ALONE * ranked[0].probability
        word = name.isalpha() and self.usage(spelt).lower > 3 and bool(ranked) and candidates[0].kind in _SHORT
        return Resolution(name, candidates, unsure or word, word)


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
