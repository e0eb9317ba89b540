"""Which kind of genome data a file holds, by its content, and its reading by the reader of that kind."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from assistant.genome.records import FileKind, GenomeData, Progress
from assistant.genome.tables import TableOptions, kind_of_table, read_table
from assistant.genome.tables.opening import head
from index.errors import LocusError

_VCF = b"##fileformat=VCF"
_BCF = b"BCF\x02"


def recognise(path: Path) -> FileKind:
    """What a file holds, by its first bytes and rows; its name counts for nothing.

    Raises:
        LocusError: none of the kinds that are taken
    """
    return FileKind.VCF if _is_vcf(path) else kind_of_table(path)


def read_genome(
    path: Path,
    table: TableOptions = TableOptions(),  # noqa: B008 - frozen
    vcf: Any = None,
    progress: Progress | None = None,
) -> GenomeData:
    """A file of any kind that is taken, read and ranked; ``vcf`` are `assistant.genome.vcf.VcfOptions`.

    Raises:
        LocusError: it is of no kind that is taken, or can't be read
    """
    if not _is_vcf(path):
        return read_table(path, table, progress)
    reader = importlib.import_module("assistant.genome.vcf")  # loads htslib, which tables have no need of
    data: GenomeData = reader.read_vcf(path, reader.VcfOptions() if vcf is None else vcf, progress)
    return data


def _is_vcf(path: Path) -> bool:
    if not path.is_file():
        raise LocusError(f"{path} is no file." if path.exists() else f"There is no file {path}.")
    start, _ = head(path, 4096)
    plain = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    columns = (b"#CHROM\tPOS\tID\tREF\tALT", b"##INFO=", b"##contig=", b"##reference=", b"##source=", b"##fileDate=")
    return plain.startswith((_VCF, _BCF, *columns))
