"""The gene table's file: a zip with a header (sources, versions, dates), a row a gene, and every name's key.

Members:
    header.json   {"format": 1, "made": ISO date, "sources": [{"name", "date", "licence"...}], "counts"}
    genes.tsv     a line a gene, the columns of `COLUMNS`; lists are separated by "|"
    keys.txt      a line a key (`index.genes.spelling.key`), sorted
    offsets.i4    little-endian int32, one more than keys: where a key's references begin
    refs.i4       little-endian int32: row of the gene * 16 + `Kind`, + `USUAL` where texts that explain it mean it
    starts.txt    a line an atom with which names of several atoms begin: the atom, a tab, their most atoms
    flags.u4      little-endian uint32 a key: how ordinary texts use the word (`Usage`), and a bit for each kind it is
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from index.errors import LocusError

FORMAT = 1
COLUMNS = (
    "species", "ncbi", "symbol", "name", "aliases", "previous", "other_names", "accession", "ensembl", "chromosome",
    "band", "start", "end", "strand", "biotype", "orthologs", "rat", "concept", "popularity",
)  # fmt: skip
USUAL = 8
_STAMP = (2020, 1, 1, 0, 0, 0)  # the same data give the same file


class Kind(IntEnum):
    """What a name is to its gene, the most telling first."""

    SYMBOL = 0
    PREVIOUS = 1
    ALIAS = 2
    NAME = 3
    OTHER_NAME = 4  # a protein's or a former full name
    FAMILY = 5  # of a family of which the gene is a member
    PHENOTYPE = 6  # of a disorder that the gene causes
    CLONE = 7  # a clone's or a placeholder's name


class Usage(NamedTuple):
    """How ordinary texts use a key's letters, and what it names.

    ``lower`` and ``upper``: log2 of one more than the number of sampled PubMed abstracts that have it all in small
    letters, all in capitals, 0 to 15. ``kinds``: a bit for each `Kind` that it is to some gene. ``genes`` and
    ``others``: the same of abstracts that explain it as a short form of a gene's name, of something else.
    """

    lower: int
    upper: int
    kinds: int = 0
    genes: int = 0
    others: int = 0

    @classmethod
    def of(cls, flags: int) -> Usage:
        """Unpack a key's flags."""
        return cls(flags & 15, flags >> 4 & 15, flags >> 8 & 255, flags >> 16 & 15, flags >> 20 & 15)

    def packed(self) -> int:
        """A key's flags."""
        return self.lower | self.upper << 4 | self.kinds << 8 | self.genes << 16 | self.others << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """What the file holds, lines not yet taken apart."""

    header: dict[str, Any]
    rows: list[str]
    keys: list[str]
    offsets: np.ndarray[Any, np.dtype[np.int32]]
    refs: np.ndarray[Any, np.dtype[np.int32]]
    flags: np.ndarray[Any, np.dtype[np.uint32]]
    starts: dict[str, int]


def write(path: Path, stored: Stored) -> None:
    """Write the table to ``path``, whole or not at all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, data in (
            ("header.json", json.dumps(stored.header, ensure_ascii=False, indent=1).encode()),
            ("genes.tsv", "\n".join(stored.rows).encode()),
            ("keys.txt", "\n".join(stored.keys).encode()),
            ("offsets.i4", np.diff(stored.offsets).astype("<u2").tobytes()),
            ("starts.txt", "\n".join(f"{atom}\t{most}" for atom, most in sorted(stored.starts.items())).encode()),
            ("refs.i4", stored.refs.astype("<i4").tobytes()),
            ("flags.u4", stored.flags.astype("<u4").tobytes()),
        ):
            file.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED, 9)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as out:
        out.write(buffer.getvalue())
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)


def read(path: Path) -> Stored:
    """The table in ``path``.

    Raises:
        LocusError: the file is damaged or of another format
    """
    try:
        with zipfile.ZipFile(path) as file:
            header = json.loads(file.read("header.json"))
            if header.get("format") != FORMAT:
                raise ValueError(f"format {header.get('format')}")
            rows = file.read("genes.tsv").decode().split("\n")
            keys = file.read("keys.txt").decode().split("\n")
            counts = np.frombuffer(file.read("offsets.i4"), "<u2")
            offsets = np.concatenate(([0], np.cumsum(counts, dtype=np.int32))).astype(np.int32)
            refs = np.frombuffer(file.read("refs.i4"), "<i4")
            flags = np.frombuffer(file.read("flags.u4"), "<u4")
            starts = dict(line.split("\t") for line in file.read("starts.txt").decode().split("\n") if line)
            if len(counts) != len(keys) or len(flags) != len(keys) or offsets[-1] != len(refs):
                raise ValueError("parts that do not fit each other")
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise LocusError(
            f"The gene table {path} cannot be read: {error}.",
            hint="Delete it, or make it anew with locus genes update.",
        ) from error
    return Stored(header, rows, keys, offsets, refs, flags, {atom: int(most) for atom, most in starts.items()})
