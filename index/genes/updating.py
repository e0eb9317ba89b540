"""The user's gene table made anew from what HGNC, NCBI and MGI publish today.

Facts that those files lack (positions, rat orthologs, families, how texts use a name) are carried over from the shipped
table.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from index.errors import LocusError
from index.genes import sources
from index.genes.building import Family, make
from index.genes.records import Gene
from index.genes.sources import Record
from index.genes.spelling import key
from index.genes.storage import USUAL, Kind, Stored, Usage, read, write
from index.genes.table import shipped_table, table

logger = logging.getLogger(__name__)

LARGEST = 200_000_000  # bytes of one download; NCBI's are about 10 MB
_TRIES = 3
_WAIT = 1.0  # seconds before the second try, doubled each time
_FEWEST = 1_000  # genes of each species; fewer means that a source is broken


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the files lie."""

    hgnc: str
    ncbi_human: str
    ncbi_mouse: str
    homology: str


def update(
    addresses: Addresses,
    target: Path,
    *,
    base: Path | None = None,
    note: Callable[[str, int], None] = lambda *_: None,
    fewest: int = _FEWEST,
    wait: float = _WAIT,
    largest: int = LARGEST,
) -> dict[str, Any]:
    """Download, make the table and put it to ``target``, whole or not at all; the header of the new table.

    What the downloads lack is taken from ``base``, the shipped table where it is not given. ``note`` is told a file's
    name and the bytes that have come, and each species must have at least ``fewest`` genes.

    Raises:
        LocusError: a file can't be had, is too large, or is not what it should be; the table is as it was then
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="genes-") as folder:
        paths: dict[str, Path] = {}
        dates: dict[str, str] = {}
        with httpx.Client(follow_redirects=True, timeout=httpx.Timeout(30.0, connect=10.0)) as client:
            for name in ("hgnc", "ncbi_human", "ncbi_mouse", "homology"):
                address = getattr(addresses, name)
                paths[name] = Path(folder) / name
                dates[name] = download(client, address, paths[name], largest, wait, partial(note, name))
        shipped = read(base or shipped_table())
        stored = combine(paths, shipped, _header(addresses, dates, shipped), fewest)
    write(target, stored)
    table.cache_clear()
    return stored.header


def download(
    client: httpx.Client, address: str, path: Path, largest: int, wait: float, note: Callable[[int], None]
) -> str:
    """Stream ``address`` to ``path``; the day of the file as the server states it, else today's.

    Raises:
        LocusError: it can't be had after `_TRIES` tries, or is larger than ``largest`` bytes
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return _download(client, address, path, largest, note)
        except (httpx.TransportError, httpx.HTTPStatusError) as error:
            lasting = isinstance(error, httpx.UnsupportedProtocol) or (
                isinstance(error, httpx.HTTPStatusError)
                and error.response.status_code < 500
                and error.response.status_code != 429
            )
            if lasting or attempt == _TRIES:
                raise _unreachable(address, error) from error
            logger.info("%s: %s; trying again", address, error)
            time.sleep(wait * 2 ** (attempt - 1))
        except httpx.InvalidURL as error:
            raise LocusError(f"{address} is no address: {error}.", hint="Correct it in the settings.") from error
    raise AssertionError("unreachable")


def _download(client: httpx.Client, address: str, path: Path, largest: int, note: Callable[[int], None]) -> str:
    with client.stream("GET", address, headers={"Accept-Encoding": "identity"}) as response:
        response.raise_for_status()
        size = 0
        with path.open("wb") as file:
            for block in response.iter_bytes(1 << 16):
                size += len(block)
                if size > largest:
                    raise LocusError(
                        f"{address} is larger than {largest / 1e6:,.0f} MB; the table was kept as it is.",
                        hint="Check the address in the settings.",
                    )
                file.write(block)
                note(size)
        stated = response.headers.get("Last-Modified", "")
    try:
        return datetime.strptime(stated, "%a, %d %b %Y %H:%M:%S %Z").date().isoformat()
    except ValueError:
        return datetime.now(UTC).date().isoformat()


def _unreachable(address: str, error: httpx.HTTPError) -> LocusError:
    if isinstance(error, httpx.HTTPStatusError):
        why = f"the server answers {error.response.status_code}"
    elif isinstance(error, httpx.TimeoutException):
        why = "the server does not answer in time"
    else:
        why = "no connection"
    return LocusError(
        f"{address} cannot be downloaded: {why}. The gene table was kept as it is.",
        hint="Locus goes on with the table that it has; run locus genes update again when there is a network.",
        retry=True,
    )


def combine(paths: Mapping[str, Path], shipped: Stored, header: Mapping[str, Any], fewest: int = 0) -> Stored:
    """The table of downloaded files (by the names of `Addresses`), what they lack being taken from the shipped table.

    Raises:
        LocusError: a file is not what it should be, or has fewer than ``fewest`` genes of a species
    """
    old = [Gene.from_row(row) for row in shipped.rows]
    genes = _merged(old, paths)
    for species in ("human", "mouse"):
        count = sum(gene.species == species and bool(gene.ncbi or gene.accession) for gene in genes)
        if count < fewest:
            raise LocusError(
                f"The downloads have only {count:,} {species} genes; the gene table was kept as it is.",
                hint="Check the addresses in the settings, or try again later.",
                retry=True,
            )
    held = _Held(shipped, old)
    families = held.families()
    stored = make(
        genes, header=header, families=families, phenotypes=held.phenotype, usage=held.usage, usual=held.usual
    )
    for atom, most in shipped.starts.items():
        stored.starts[atom] = max(most, stored.starts.get(atom, 0))
    return stored


def _merged(old: list[Gene], paths: Mapping[str, Path]) -> list[Gene]:
    by_ncbi = {gene.ncbi: gene for gene in old if gene.ncbi}
    by_accession = {gene.accession: gene for gene in old if gene.accession}
    fresh: dict[str, Gene] = {}  # by accession, else NCBI number
    for record in sources.hgnc(paths["hgnc"]):
        fresh[record.accession] = _renewed(record, by_accession.get(record.accession) or by_ncbi.get(record.ncbi))
    at = {gene.ncbi: name for name, gene in fresh.items() if gene.ncbi}
    for name in ("ncbi_human", "ncbi_mouse"):
        for record in sources.gene_info(paths[name]):
            where = at.get(record.ncbi) or record.accession or f"NCBI:{record.ncbi}"
            before = fresh.get(where)
            if before is None:
                kept = by_ncbi.get(record.ncbi) or by_accession.get(record.accession)
                fresh[where] = _renewed(record, kept)
            else:
                fresh[where] = _added(before, record)
    seen = {gene.ensembl for gene in fresh.values() if gene.ensembl}
    symbols = {(gene.species, gene.symbol) for gene in fresh.values()}
    for gene in old:  # what only Ensembl has
        if (
            not gene.ncbi
            and not gene.accession
            and gene.ensembl not in seen
            and (gene.species, gene.symbol) not in symbols
        ):
            fresh[gene.ensembl] = gene
    pairs: dict[int, set[int]] = {}
    for people, mice in sources.homology(paths["homology"]):
        for number in people:
            pairs.setdefault(number, set()).update(mice)
        for number in mice:
            pairs.setdefault(number, set()).update(people)
    found = [
        replace(gene, orthologs=tuple(sorted(pairs.get(gene.ncbi, ()))) or gene.orthologs) for gene in fresh.values()
    ]
    return sorted(found, key=lambda gene: gene.species)  # human genes come first


def _renewed(record: Record, kept: Gene | None) -> Gene:
    """A gene as the source has it today, with what it lacks from the table."""
    if kept is None:
        return Gene(
            record.species,
            record.ncbi,
            record.symbol,
            record.name,
            record.aliases,
            record.previous,
            record.other_names,
            record.accession,
            record.ensembl,
            record.chromosome,
            record.band,
            biotype=record.biotype,
        )
    former = (kept.symbol,) if kept.symbol != record.symbol else ()
    return replace(
        kept,
        symbol=record.symbol,
        name=record.name or kept.name,
        ncbi=record.ncbi or kept.ncbi,
        aliases=_joined(record.aliases, kept.aliases, without=(record.symbol,)),
        previous=_joined(record.previous, former, kept.previous, without=(record.symbol,)),
        other_names=_joined(kept.other_names, record.other_names, without=(record.name,)),
        accession=record.accession or kept.accession,
        ensembl=record.ensembl or kept.ensembl,
        chromosome=record.chromosome or kept.chromosome,
        band=record.band or kept.band,
        biotype=record.biotype or kept.biotype,
    )


def _added(gene: Gene, record: Record) -> Gene:
    """A gene with what a second source knows beyond the first."""
    return replace(
        gene,
        ncbi=gene.ncbi or record.ncbi,
        ensembl=gene.ensembl or record.ensembl,
        name=gene.name or record.name,
        chromosome=gene.chromosome or record.chromosome,
        band=gene.band or record.band,
        aliases=_joined(gene.aliases, record.aliases, without=(gene.symbol, *gene.previous)),
        other_names=_joined(gene.other_names, record.other_names, without=(gene.name,)),
    )


def _joined(*lists: tuple[str, ...], without: tuple[str, ...]) -> tuple[str, ...]:
    """All names once, the first spelling of those that differ by capitals alone."""
    found: dict[str, str] = {}
    for names in lists:
        for name in names:
            found.setdefault(name.lower(), name.replace("|", "/"))
    return tuple(name for name in found.values() if name not in without)


class _Held:
    """What the shipped table knows of names, by key."""

    def __init__(self, stored: Stored, genes: list[Gene]) -> None:
        self._flags = dict(zip(stored.keys, stored.flags.tolist(), strict=True))
        self._family: dict[str, list[str]] = {}
        self._phenotype: set[tuple[str, int]] = set()
        self._usual: set[tuple[str, int]] = set()
        refs, offsets = stored.refs.tolist(), stored.offsets.tolist()
        for at, spelt in enumerate(stored.keys):
            for ref in refs[offsets[at] : offsets[at + 1]]:
                gene = genes[ref >> 4]
                if ref & 7 == Kind.FAMILY:
                    self._family.setdefault(spelt, []).append(gene.accession)
                elif ref & 7 == Kind.PHENOTYPE:
                    self._phenotype.add((spelt, gene.ncbi))
                if ref & USUAL:
                    self._usual.add((spelt, gene.ncbi))

    def families(self) -> list[Family]:
        return [Family((spelt,), tuple(members)) for spelt, members in self._family.items()]

    def phenotype(self, gene: Gene, alias: str) -> bool:
        return (key(alias), gene.ncbi) in self._phenotype

    def usual(self, spelt: str, gene: Gene) -> bool:
        return (spelt, gene.ncbi) in self._usual

    def usage(self, spelt: str) -> Usage:
        return Usage.of(self._flags.get(spelt, 0))


def _header(addresses: Addresses, dates: Mapping[str, str], shipped: Stored) -> dict[str, Any]:
    named = {
        "hgnc": ("HGNC complete set", "CC0"),
        "ncbi_human": ("NCBI Gene, human", "public domain"),
        "ncbi_mouse": ("NCBI Gene, mouse", "public domain"),
        "homology": ("MGI homology of mouse and human", "CC BY 4.0"),
    }
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "sources": [
            {"name": title, "date": dates[name], "url": getattr(addresses, name), "licence": licence}
            for name, (title, licence) in named.items()
        ]
        + [{"name": "The table shipped with Locus", "date": shipped.header["made"]}],
    }
