"""The gene table's file: a zip with a header (sources, versions, dates), a row a gene, and every name's key.

Members:
    header.json   {"format": 1, "made": ISO date, "sources": [{"name", "version", "date", "licence", "url"}], "counts": {}}
    genes.tsv     a line a gene, the columns of `COLUMNS`; lists are separated by "|"
    keys.txt      a line a key (`index.genes.spelling.key`), sorted
    offsets.i4    little-endian int32, one more than keys: where a key's references begin
    refs.i4       little-endian int32: row of the gene * 8 + `Kind`
    flags.u2      little-endian uint16 a key: how ordinary texts use the word, see `Usage`
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
    "band", "start", "end", "strand", "biotype", "orthologs", "concept", "popularity",
)  # fmt: skip
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
    """How often ordinary texts (PubMed abstracts) have a key's letters: log2 of the share of texts, 0 = never."""

    lower: int
    upper: int

    @classmethod
    def of(cls, flags: int) -> Usage:
        """Unpack a key's flags."""
        return cls(flags & 15, flags >> 4 & 15)

    def packed(self) -> int:
        """A key's flags."""
        return self.lower | self.upper << 4


@dataclass(frozen=True, slots=True)
class Stored:
    """What the file holds, lines not yet taken apart."""

    header: dict[str, Any]
    rows: list[str]
    keys: list[str]
    offsets: np.ndarray[Any, np.dtype[np.int32]]
    refs: np.ndarray[Any, np.dtype[np.int32]]
    flags: np.ndarray[Any, np.dtype[np.uint16]]


def write(path: Path, stored: Stored) -> None:
    """Write the table to ``path``, whole or not at all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, data in (
            ("header.json", json.dumps(stored.header, ensure_ascii=False, indent=1).encode()),
            ("genes.tsv", "\n".join(stored.rows).encode()),
            ("keys.txt", "\n".join(stored.keys).encode()),
            ("offsets.i4", np.diff(stored.offsets).astype("<u2").tobytes()),
            ("refs.i4", stored.refs.astype("<i4").tobytes()),
            ("flags.u2", stored.flags.astype("<u2").tobytes()),
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
            flags = np.frombuffer(file.read("flags.u2"), "<u2")
            if len(counts) != len(keys) or len(flags) != len(keys) or offsets[-1] != len(refs):
                raise ValueError("parts that do not fit each other")
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise LocusError(
            f"The gene table {path} cannot be read: {error}.",
            hint="Delete it, or make it anew with locus genes update.",
        ) from error
    return Stored(header, rows, keys, offsets, refs, flags)
