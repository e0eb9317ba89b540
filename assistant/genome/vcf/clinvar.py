"""ClinVar's significance in the spellings of its own VCF (words or numbers) and of VEP's CLIN_SIG."""

from __future__ import annotations

import re
from functools import lru_cache

PATHOGENIC = "pathogenic"
LIKELY_PATHOGENIC = "likely pathogenic"
BOTH = "pathogenic/likely pathogenic"
CONFLICTING = "conflicting"
UNCERTAIN = "uncertain"
LIKELY_BENIGN = "likely benign"
BENIGN = "benign"
OTHER = "other"
SIGNIFICANCES = (PATHOGENIC, LIKELY_PATHOGENIC, CONFLICTING, UNCERTAIN, LIKELY_BENIGN, BENIGN, OTHER)
"""What a user may filter by."""

# ClinVar's VCF until 2017: https://www.ncbi.nlm.nih.gov/variation/docs/ClinVar_vcf_files
_NUMBERS = {"0": UNCERTAIN, "1": "", "2": BENIGN, "3": LIKELY_BENIGN, "4": LIKELY_PATHOGENIC, "5": PATHOGENIC}
_PARTS = re.compile(r"[/,|&;:]+")


@lru_cache(maxsize=20_000)
def significance(text: str) -> str:
    """One of `SIGNIFICANCES` or `BOTH` for what a file says; empty where it says nothing.

    Several values that contradict each other (VEP lists those of all alleles at a site) are conflicting.
    """
    found = {_one(part) for part in _PARTS.split(text)} - {""}
    harmful, harmless = found & {PATHOGENIC, LIKELY_PATHOGENIC}, found & {BENIGN, LIKELY_BENIGN}
    if CONFLICTING in found or (harmful and (harmless or UNCERTAIN in found)):
        return CONFLICTING
    if len(harmful) == 2:
        return BOTH
    for one in (PATHOGENIC, LIKELY_PATHOGENIC, UNCERTAIN, LIKELY_BENIGN, BENIGN, OTHER):
        if one in found:
            return one
    return ""


def _one(part: str) -> str:
    part = part.strip("_ .'\"[]").replace("_", " ").lower()
    if not part or part in ("not provided", "no classification for the single variant", "not specified"):
        return ""
    if part in _NUMBERS:
        return _NUMBERS[part]
    for start, meaning in (
        ("conflicting", CONFLICTING),
        ("likely pathogenic", LIKELY_PATHOGENIC),
        ("pathogenic", PATHOGENIC),
        ("likely benign", LIKELY_BENIGN),
        ("benign", BENIGN),
        ("uncertain", UNCERTAIN),
    ):
        if part.startswith(start):
            return meaning
    return "" if part == "low penetrance" else OTHER


def harmful(significance: str) -> bool:
    """Whether it is (likely) pathogenic."""
    return significance in (PATHOGENIC, LIKELY_PATHOGENIC, BOTH)


def matches(significance: str, wanted: tuple[str, ...]) -> bool:
    """Whether a significance is one of those a user wants."""
    if significance == BOTH:
        return PATHOGENIC in wanted or LIKELY_PATHOGENIC in wanted
    return significance in wanted
