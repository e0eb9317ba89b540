"""What a user may set on the reading of a VCF: build, samples, filters, limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.genome.vcf.consequences import Impact
from index.genes import Species

MAX_FILE_BYTES = 5 * 10**9
"""Greatest size of a file on disk."""
MAX_TEXT_BYTES = 50 * 10**9
"""Greatest size of its text, decompressed: a few kilobytes can unpack to terabytes."""
MAX_LINE_BYTES = 32 * 2**20
"""A longer line is left out and reported."""
MAX_HEADER_BYTES = 32 * 2**20
"""A longer header is refused."""
MAX_GENES = 200_000
"""Distinct gene names kept; human and mouse have about 60,000 each."""


@dataclass(frozen=True, slots=True)
class VcfOptions:
    """How a VCF is read and filtered.

    Attributes:
        build: genome build of the positions (GRCh38, GRCh37, GRCm38, or as UCSC names them); empty: as the header says.
        species: of the gene names; None: told from build and identifiers.
        impact: variants of less impact are left out, unless ClinVar calls them (likely) pathogenic.
        frequency: greatest allele frequency, 0 to 1; None keeps all. Variants without a frequency are kept.
        clinvar: keep only variants of these ClinVar significances ("pathogenic", "likely pathogenic", "uncertain",
            "conflicting", "likely benign", "benign", "other"); empty keeps all.
        passed: keep only variants whose FILTER is PASS or not set.
        quality: least QUAL (phred); None keeps all. Variants without QUAL are kept.
        proband: name of the sample whose variants are ranked; empty: the only sample, or as the PED file says.
        father, mother: names of its parents' samples.
        ped: pedigree file (PLINK's six columns) to take proband and parents from.
        max_file: greatest size of the file, bytes.
        max_text: greatest size of its text, bytes.
    """

    build: str = ""
    species: Species | None = None
    impact: Impact = Impact.MODERATE
    frequency: float | None = None
    clinvar: tuple[str, ...] = ()
    passed: bool = False
    quality: float | None = None
    proband: str = ""
    father: str = ""
    mother: str = ""
    ped: Path | None = None
    max_file: int = MAX_FILE_BYTES
    max_text: int = MAX_TEXT_BYTES
