"""Gene sets that stand among key genes more often than by chance: the user's (GMT) and the library's own, together."""

from __future__ import annotations

from pathlib import Path

from assistant.genome.enrichment import Enrichment
from assistant.genome.gene_sets import against_file, against_library
from assistant.genome.records import GenomeData
from assistant.genome.report import NO_SETS, GeneSet, Sets
from index.store import Store


def enriched(data: GenomeData, library: Store | None, gmt: Path | None = None) -> Sets:
    """What is over-represented among the key genes: sets of the ``gmt`` file first, then those of the library.

    Raises LocusError where the file can't be read.
    """
    if not data.genes:
        return NO_SETS
    found = [against_file(data, gmt)] if gmt else []
    found += [against_library(data, library)] if library else []
    return Sets(
        tuple(one for enrichment in found for one in _sets(enrichment)),
        " ".join(text for enrichment in found for text in (enrichment.statement, *enrichment.warnings) if text),
        sum(enrichment.tested for enrichment in found),
    )


def _sets(enrichment: Enrichment) -> list[GeneSet]:
    return [GeneSet(one.name, one.source, one.overlap, one.n, one.p, one.q) for one in enrichment.found]
