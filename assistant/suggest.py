"""Example questions that fit the papers of a library."""

from __future__ import annotations

import re

from index.genes import symbols
from index.library import Library
from index.papers import PaperInfo
from index.search import search

_TAKEN = 300
"""Papers looked at, newest first."""
_GENE = re.compile(r"[A-Z][A-Za-z]{1,6}\d{1,3}[a-z]?")
"""A plain symbol with a number: it is surely a gene, and reads well in a question."""
_PLACE = re.compile(
    r"\b(kidney|lens|retina|heart|cochlea|inner ear|brain|lung|testis|limb|bone|skin|muscle|liver|placenta|coat"
    r"|hippocampus|cortex|joint|palate|pancreas|diaphragm)s?\b",
    re.IGNORECASE,
)
_LOSS = re.compile(
    r"\b(?:deficien|null|knock-?out|mutant|mutation|lacking|loss|absence|abrogat|disrupt)", re.IGNORECASE
)


def examples(library: Library, most: int = 4) -> list[str]:
    """Up to ``most`` questions on genes that titles of the library name; none where no title names one.

    Each is one for which search finds the paper that it was made from first. Raises LibraryError.
    """
    found: dict[str, str] = {}
    for info in library.papers("", 0, _TAKEN):
        kind, question = _question(info)
        if not question or question in found:
            continue
        # One of each kind first, so that they show what can be asked.
        if kind in found.values() and len(set(found.values())) < min(most, 3) and len(found) > 1:
            continue
        hits = search(library, question, 1)
        if hits and hits[0].paper.id == info.id:
            found[question] = kind
        if len(found) == most:
            break
    return list(found)


def _question(info: PaperInfo) -> tuple[str, str]:
    gene = next((s for s in symbols(info.title) if _GENE.fullmatch(s)), "")
    if not gene:
        return "", ""
    place = _PLACE.search(info.title)
    if place:
        return "place", f"What does {gene} do in the {place.group(1).lower()}?"
    if _LOSS.search(info.title):
        return "loss", f"What happens in mice without {gene}?"
    return "function", f"What is the function of {gene}?"
