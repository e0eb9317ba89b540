"""The genes of a column of names: ids, symbols, what spreadsheets made of them, human or mouse by majority."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from index import genes
from index.genes import Gene, Kind, Species, repair
from index.genes.repairing import dated

ENSEMBL = re.compile(r"(?<![A-Za-z])ENS(?:MUS)?G\d{11}(?!\d)", re.IGNORECASE)
_FOREIGN = re.compile(r"ENS(?!MUSG)[A-Z]{3,4}G\d{11}|FBgn\d+|WBGene\d+|AT\dG\d{5}")
_TRANSCRIPT = re.compile(r"ENS(?:MUS)?[TP]\d{11}|[NX][MRP]_\d+")
_ACCESSION = re.compile(r"(?:HGNC|MGI):\d+", re.IGNORECASE)
_NUMBER = re.compile(r"(\d+)(?:\.0)?")
_LOC = re.compile(r"LOC(\d+)")
_SEVERAL = re.compile(r"\s*(?:///|//|[|;,])\s*")
_PREFIXED = re.compile(r"(?:GRCh3[78]|hg\d\d|GRCm3[89]|mm\d\d)[_-]+(.+)", re.IGNORECASE)
_POWER = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d+)", re.IGNORECASE)
_RIKEN = re.compile(r"\d{7}E\d\dRik")
_SHORT = (Kind.SYMBOL, Kind.PREVIOUS, Kind.ALIAS)
_SHOWN = 8
_BLANK = frozenset(("", "na", "nan", "n/a", "-", "--", "---", "none", "null", "."))


@dataclass(slots=True)
class Named:
    """The gene of every row, and what was found on the way.

    Attributes:
        genes: by row; None where the name is unknown or blank.
        species: of most names; None where it can't be told.
        kind: what the names are, in words.
        unknown: names that are no known gene's, each once.
        warnings: repairs and the like, a sentence each.
    """

    genes: list[Gene | None]
    species: Species | None
    kind: str
    unknown: list[str]
    warnings: list[str] = field(default_factory=list)


def share(cells: Iterable[str]) -> tuple[float, str]:
    """The share of a column's cells that are genes' names or ids, 0 to 1, and of which kind most are."""
    filled = [cell.strip() for cell in cells if cell.strip().lower() not in _BLANK]
    if not filled:
        return 0.0, ""
    table = genes.table()
    numbers = [int(m.group(1)) for cell in filled if (m := _NUMBER.fullmatch(cell))]
    if len(numbers) > 0.8 * len(filled):
        # row numbers are ids of genes too, here and there
        steps = Counter(b - a for a, b in pairwise(numbers))
        if len(numbers) > 1 and steps.most_common(1)[0][1] > 0.8 * (len(numbers) - 1) and min(numbers) < 3:
            return 0.0, ""
        return sum(table.by_id(str(n)) is not None for n in numbers) / len(filled), "NCBI Gene ids"
    kinds: Counter[str] = Counter()
    for cell in filled:
        if ENSEMBL.search(cell):
            kinds["Ensembl ids"] += 1
        elif _FOREIGN.match(cell):
            kinds["ids of another organism"] += 1
        elif _ACCESSION.fullmatch(cell):
            kinds["HGNC or MGI ids"] += 1
        elif (
            any(_symbol(part, species) for part in (cell, *_parts(cell)) for species in ("human", "mouse"))
            or dated(cell)
            or (not cell.islower() and cell in table and " " not in cell)
        ):
            kinds["symbols"] += 1
    if not kinds:
        return 0.0, ""
    return sum(kinds.values()) / len(filled), kinds.most_common(1)[0][0]


def _symbol(text: str, species: str) -> Gene | None:
    return genes.table().by_symbol(text, "human" if species == "human" else "mouse")


def _parts(cell: str) -> list[str]:
    """Names that a cell holds beside each other: "TP53|7157", "DDR1 /// MIR4640", "ENSG00000141510_TP53"."""
    if prefixed := _PREFIXED.fullmatch(cell):
        return [prefixed.group(1)]
    parts = _SEVERAL.split(cell)
    if len(parts) == 1 and "_" in cell:
        parts = cell.split("_")
    return [part for part in parts if part and part != cell]


def species_of(cells: Iterable[str]) -> Species | None:
    """Whose genes most of the names are; None where neither stands out."""
    table = genes.table()
    votes: Counter[Species] = Counter()
    for raw in cells:
        cell = _SEVERAL.split(raw.strip(), maxsplit=1)[0]
        if match := ENSEMBL.search(cell):
            votes["mouse" if match.group()[3:6].upper() == "MUS" else "human"] += 1
        elif _NUMBER.fullmatch(cell) or _ACCESSION.fullmatch(cell):
            if gene := table.by_id(cell.removesuffix(".0")):
                votes[gene.species] += 1
        else:
            human, mouse = table.by_symbol(cell, "human"), table.by_symbol(cell, "mouse")
            if (human is None) != (mouse is None):
                votes["human" if human else "mouse"] += 1
    (best, most), *rest = [*votes.most_common(2), ("human", 0)][:2]
    return best if most and most > 1.5 * (rest[0][1] if len(votes) > 1 else 0) else None


class Namer:
    """Looks up names one after the other, each once, and remembers what it mended."""

    def __init__(self, species: Species | None, *, numbers: bool) -> None:
        """``numbers``: whether whole numbers are NCBI Gene ids; elsewhere they are dates that a spreadsheet made."""
        self.species: Species = species or "human"
        self._numbers = numbers
        self._table = genes.table()
        self._known: dict[str, Gene | None] = {}
        self.dates: dict[str, str] = {}
        self.withdrawn: dict[str, str] = {}
        self.lost: list[str] = []
        self.several: list[str] = []

    def gene(self, raw: str) -> Gene | None:
        """The gene of a name as it stands in the file; None where it is unknown."""
        if raw in self._known:
            return self._known[raw]
        cell = raw.strip().strip("'\"")
        found = self._exact(cell) or self._composite(cell) or self._mended(cell) or self._alias(cell)
        self._known[raw] = found
        return found

    def _exact(self, cell: str) -> Gene | None:
        if match := ENSEMBL.search(cell):
            return self._table.by_id(match.group().upper())
        first = self._table.by_symbol(cell, self.species)
        if first is not None:
            return first
        if number := _NUMBER.fullmatch(cell):
            return self._table.by_id(number.group(1)) if self._numbers else None
        if _ACCESSION.fullmatch(cell):
            return self._table.by_id(cell.upper())
        if loc := _LOC.fullmatch(cell):
            return self._table.by_id(loc.group(1))
        return self._table.by_symbol(cell, "mouse" if self.species == "human" else "human")

    def _composite(self, cell: str) -> Gene | None:
        parts = _parts(cell)
        found = [gene for part in parts if (gene := self._exact(part)) is not None]
        if len({gene.concept for gene in found}) > 1:
            self.several.append(cell)
        return found[0] if found else None

    def _mended(self, cell: str) -> Gene | None:
        text = cell
        if (number := _NUMBER.fullmatch(cell)) and 30_000 < int(number.group(1)) < 60_000:
            # days since 1900 as spreadsheets count them
            text = (date(1899, 12, 30) + timedelta(days=int(number.group(1)))).isoformat()
        if mended := repair(text, self.species):
            (self.dates if dated(text) else self.withdrawn)[cell] = mended.symbol
            return mended.gene
        if match := _POWER.fullmatch(cell):
            found = self._riken(match)
            if found is None:
                self.lost.append(cell)
            else:
                self.dates[cell] = found.symbol
            return found
        if dated(text) or (text != cell and re.fullmatch(r"\d{4}-(?:03|09|12)-\d\d", text)):
            self.lost.append(cell)
        return None

    def _riken(self, match: re.Match[str]) -> Gene | None:
        """The one RIKEN clone that reads as this power of ten: 2310009E13 became 2.31E+19."""
        digits = match.group(2) or ""
        value = f"{match.group(1)}{'.' if digits else ''}{digits}E+{int(match.group(3)):02d}"
        fit = [name for name, number in _clones() if f"{number:.{len(digits)}E}" == value]
        return self._table.by_symbol(fit[0], "mouse") if len(fit) == 1 else None

    def _alias(self, cell: str) -> Gene | None:
        if not cell or _NUMBER.fullmatch(cell) or len(cell) > 60:
            return None
        resolved = self._table.resolve(cell, self.species)
        if not resolved.candidates:
            resolved = self._table.resolve(cell)
        best = resolved.candidates[0] if resolved.candidates else None
        if best is None or best.kind not in _SHORT or (resolved.ambiguous and not resolved.word):
            return None
        return best.gene


@lru_cache(maxsize=1)
def _clones() -> list[tuple[str, float]]:
    return [(g.symbol, float(g.symbol[:-3])) for g in genes.table() if _RIKEN.fullmatch(g.symbol)]


def identify(
    cells: Sequence[str], others: Sequence[Sequence[str]] = (), species: Species | None = None, kind: str = ""
) -> Named:
    """The genes of a column, rows that it leaves open by the columns ``others``.

    ``kind`` is what `share` said of it. The species is the majority's where none is given.
    """
    warnings: list[str] = []
    sample = [cell for cell in cells[:3000] if cell]
    told = species or species_of(sample) or next((s for o in others if (s := species_of(o[:3000]))), None)
    main = Namer(told, numbers=kind == "NCBI Gene ids")
    found = [main.gene(cell) for cell in cells]
    for other in others:
        if all(gene is not None for gene in found):
            break
        spare = Namer(told, numbers=share(other[:300])[1] == "NCBI Gene ids")
        found = [gene or spare.gene(cell) for gene, cell in zip(found, other, strict=True)]
    unknown = list(dict.fromkeys(c for c, g in zip(cells, found, strict=True) if g is None and not _blank(c)))
    tell(main, unknown, len(set(cells)), warnings)
    foreign = sum(_FOREIGN.match(cell) is not None for cell in sample)
    if foreign > 0.3 * len(sample):
        warnings.append("Many ids are of another organism; the gene table knows human and mouse genes.")
    elif sum(_TRANSCRIPT.match(cell) is not None for cell in sample) > 0.3 * len(sample):
        warnings.append("Many ids are of transcripts or proteins: give the table of genes, or a column of symbols.")
    return Named(found, told, kind or "names", unknown, warnings)


def _blank(cell: str) -> bool:
    return cell.strip().lower() in _BLANK


def tell(namer: Namer, unknown: Sequence[str], names: int, warnings: list[str], *, kept: bool = True) -> None:
    """Add to ``warnings`` what was mended and what is unknown; ``kept``: whether unknown names stay in the ranking."""
    if namer.dates:
        pairs = [f"{name} → {symbol}" for name, symbol in namer.dates.items()]
        warnings.append(
            f"{_count(pairs, 'symbol')} had been turned into dates or numbers by a spreadsheet and mended: "
            f"{_some(pairs)}. (1-Mar and 2-Mar may have been MARC1 and MARC2, now MTARC1 and MTARC2.)"
        )
    if namer.withdrawn:
        pairs = [f"{name} → {symbol}" for name, symbol in namer.withdrawn.items()]
        warnings.append(f"{_count(pairs, 'withdrawn symbol')} read as the current one: {_some(pairs)}.")
    if namer.lost:
        lost = list(dict.fromkeys(namer.lost))
        warnings.append(
            f"{_count(lost, 'name')} can't be mended (a spreadsheet made a date or number of it): {_some(lost)}."
        )
    if namer.several:
        several = list(dict.fromkeys(namer.several))
        warnings.append(f"{_count(several, 'row')} named several genes; the first known was taken: {_some(several)}.")
    if unknown:
        end = "keep the file's spelling" if kept else "were left out"
        warnings.append(f"{len(unknown):,} of {names:,} names are not in the gene table and {end}: {_some(unknown)}.")


def _count(items: Sequence[str], what: str) -> str:
    return f"{len(items):,} {what}{'' if len(items) == 1 else 's'}"


def _some(items: Sequence[str]) -> str:
    return ", ".join(items[:_SHOWN]) + (f" and {len(items) - _SHOWN:,} more" if len(items) > _SHOWN else "")
