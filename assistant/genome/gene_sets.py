"""Gene sets to test key genes against: a user's GMT file, and sets that the library itself gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from assistant.genome import traits
from assistant.genome.enrichment import Enrichment, GeneSet, over_represented
from assistant.genome.records import GenomeData
from assistant.genome.tables import names
from assistant.genome.tables.opening import open_text
from index import genes
from index.errors import LocusError
from index.store import Store

_MOST_SETS = 100_000
_MOST_BYTES = 200_000_000
_MOST_NAMES = 5_000_000
_LONGEST = 160
_HUBS = 150
_PASSAGES = 20_000
_BATCH = 500
_SMALLEST = 3


@dataclass(frozen=True, slots=True)
class SetsFile:
    """The sets of a GMT file, and what the user should know of it, a sentence each."""

    sets: tuple[GeneSet, ...]
    warnings: tuple[str, ...] = ()


def read_gmt(path: Path) -> SetsFile:
    """The sets of a GMT file (MSigDB's format: a line a set, its name, a description and its genes, tabs between).

    Genes are symbols or ids of human or mouse; weights after a comma (Enrichr) are left out.

    Raises:
        LocusError: it is no GMT file, too big, or names no known genes
    """
    if path.is_file() and path.stat().st_size > _MOST_BYTES:
        raise LocusError(f"{path.name} is too big for a file of gene sets (at most {_MOST_BYTES // 10**6} MB).")
    file = open_text(path)
    held: dict[str, list[str]] = {}
    short = twice = total = 0
    for line in file.lines():
        name, *cells = (cell.strip() for cell in line.rstrip("\n").split("\t"))
        named = [cell.split(",")[0].strip() for cell in cells[1:]]
        named = [cell for cell in named if cell]
        if not name or not named:
            short += bool(line.strip())
            continue
        name = " ".join(name.split())[:_LONGEST]
        twice += name in held
        total += len(named)
        held.setdefault(name, []).extend(named)
        if len(held) > _MOST_SETS or total > _MOST_NAMES:
            raise LocusError(f"{path.name} holds more than {_MOST_SETS:,} sets or {_MOST_NAMES:,} names.")
    if not held:
        raise LocusError(
            f"{path.name} is no file of gene sets.",
            hint="GMT has a line for each set: its name, a description and its genes, with tabs between.",
        )
    sets, known, unknown = _resolved(held, path.name)
    if not known:
        raise LocusError(f"{path.name} names no genes that are known.", hint="Give human or mouse symbols or ids.")
    warnings = list(file.notes)
    if short:
        warnings.append(f"{short:,} lines of {path.name} hold no set and were left out.")
    if twice:
        warnings.append(f"{twice:,} sets of {path.name} stand more than once and were put together.")
    if unknown:
        warnings.append(f"{unknown:,} of {known + unknown:,} names in {path.name} are no known genes.")
    return SetsFile(sets, tuple(warnings))


def _resolved(held: dict[str, list[str]], source: str) -> tuple[tuple[GeneSet, ...], int, int]:
    """The sets by concept, and how many names are known and unknown."""
    unique = list(dict.fromkeys(name for listed in held.values() for name in listed))
    numbers = sum(name.isdigit() for name in unique) > 0.5 * len(unique)
    found = names.identify(unique, kind="NCBI Gene ids" if numbers else "symbols").genes
    concepts = {name: gene.concept for name, gene in zip(unique, found, strict=True) if gene is not None}
    sets = tuple(
        GeneSet(name, source, frozenset(concepts[gene] for gene in listed if gene in concepts))
        for name, listed in held.items()
    )
    return sets, len(concepts), len(unique) - len(concepts)


def library_sets(library: Store) -> tuple[GeneSet, ...]:
    """The library's own sets: genes of one paper, named with one phenotype or disease, or with one gene."""
    return (*_of_papers(library), *_of_traits(library), *_of_genes(library))


def _of_papers(library: Store) -> Iterator[GeneSet]:
    held = library.genes_by_paper()
    infos = library.infos(held)
    for paper_id, named in held.items():
        if len(named) >= _SMALLEST and paper_id in infos:
            yield GeneSet(infos[paper_id].title[:_LONGEST], "genes named in one paper", frozenset(named))


def _of_traits(library: Store) -> Iterator[GeneSet]:
    held: dict[str, set[str]] = {}
    for ids in _batches(library.passages_with_genes(_PASSAGES)):
        named = library.genes_of(ids)
        for passage in library.passages(ids):
            for trait in traits.named(passage.text):
                held.setdefault(trait, set()).update(named.get(passage.id, ()))
    for trait, concepts in sorted(held.items()):
        if len(concepts) >= _SMALLEST:
            yield GeneSet(trait, "genes named in a passage with it", frozenset(concepts))


def _batches(ids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _of_genes(library: Store) -> Iterator[GeneSet]:
    table = genes.table()
    for concept, _ in library.genes_named(_HUBS):
        beside = frozenset(other for other, _ in library.genes_with(concept, 1000))
        found = table.concept(concept)
        if len(beside) >= _SMALLEST and found:
            yield GeneSet(found[0].symbol, "genes named in a passage with this gene", beside)


def against_library(data: GenomeData, library: Store, max_q: float = 0.05) -> Enrichment:
    """Over-representation of the library's own sets among key genes; drawn from are genes that the library names.

    Genes that no paper of the library names can be in none of its sets: with them in the background every set of
    genes that are studied at all would seem over-represented.
    """
    named = Counter(concept for listed in library.genes_by_paper().values() for concept in listed)
    return over_represented(
        data,
        library_sets(library),
        within=named.keys(),
        within_said="of which only those that the library names",
        max_q=max_q,
    )


def against_file(data: GenomeData, path: Path, max_q: float = 0.05) -> Enrichment:
    """Over-representation of a GMT file's sets among key genes.

    Raises:
        LocusError: as `read_gmt`
    """
    file = read_gmt(path)
    found = over_represented(data, file.sets, max_q=max_q)
    return Enrichment(
        found.found, found.tested, found.drawn, found.background, found.statement, (*file.warnings, *found.warnings)
    )
