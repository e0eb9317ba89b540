"""The process that runs cyvcf2: VCF text on standard input, what was gathered as JSON lines on standard output.

A malformed file can bring cyvcf2 0.35 down (segmentation fault); it then takes this process along and nothing else.
The first argument is the plan as JSON, the second a file whose first eight bytes say which record is being read.
"""

from __future__ import annotations

import json
import mmap
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from assistant.genome.vcf import builds
from assistant.genome.vcf.gathered import Plan
from assistant.genome.vcf.gathering import Gatherer

MAX_GENES_OF_ONE = 300
"""Genes that one structural variant may cover; the rest are left out and counted."""
_MAX_TOLD = 1000


def main() -> None:
    """Gather standard input's records as the arguments say."""
    plan = Plan.load(json.loads(sys.argv[1]))
    with Path(sys.argv[2]).open("r+b") as file:
        place = memoryview(mmap.mmap(file.fileno(), 8)).cast("q")
    gatherer = Gatherer(plan)
    if plan.build:
        gatherer.genes_at = _by_position(plan.build, gatherer.counts)
    faulty = _gather(plan, gatherer, place)
    _tell(gatherer, faulty, sys.stdout)


def _gather(plan: Plan, gatherer: Gatherer, place: memoryview) -> list[int]:
    """Take every record; give the numbers of those that can't be parsed."""
    from cyvcf2 import VCF  # noqa: PLC0415

    records = iter(VCF("-", samples=list(plan.keep) or None))
    faulty: list[int] = []
    record, count = 0, 0
    while True:
        record += 1
        place[0] = record
        try:
            gatherer.take(record, next(records))
            count = 0
        except StopIteration:
            return faulty
        except Exception:  # one record's fault is reported and ends nothing
            gatherer.counts["faulty"] += 1
            count += 1
            if len(faulty) < _MAX_TOLD:
                faulty.append(record)
            if count > 1_000_000:  # the library gives the same fault for ever
                return faulty


def _by_position(build: str, counts: Counter[str]) -> Callable[[str, int, int], Sequence[tuple[str, str]]]:
    from index.genes import table  # noqa: PLC0415 - only files without annotation need it

    genes = table()

    def genes_at(name: str, start: int, end: int) -> Sequence[tuple[str, str]]:
        found = genes.at(builds.chromosome(name, build), start, end, build)
        counts["genes beyond one variant's"] += max(0, len(found) - MAX_GENES_OF_ONE)
        return [(gene.symbol, gene.ensembl or f"NCBI:{gene.ncbi}") for gene in found[:MAX_GENES_OF_ONE]]

    return genes_at


def _tell(gatherer: Gatherer, faulty: list[int], out: IO[str]) -> None:
    summary: dict[str, Any] = {
        "counts": gatherer.counts,
        "consequences": gatherer.consequences,
        "significances": gatherer.significances,
        "sites": gatherer.sites,
        "faulty": faulty,
        "listed": gatherer.listed,
        "genes": len(gatherer.genes),
    }
    out.write(json.dumps(summary) + "\n")
    for gene in gatherer.genes.values():
        out.write(json.dumps(gene.dump()) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
