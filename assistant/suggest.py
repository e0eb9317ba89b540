"""Example questions that fit the papers of a library."""

from __future__ import annotations

import re
from collections import Counter

from index.genes import symbols
from index.library import Library
from index.papers import PaperInfo

_TAKEN = 200
"""Papers looked at, newest first."""
_STOP = re.compile(r"\b(?:in|of|during|and|for|by|is|are|reveals?|causes?|with|from|to|leads?|on)\b")


def examples(library: Library, most: int = 4) -> list[str]:
    """Up to ``most`` questions on genes that titles of the library name, one a paper; none for an empty library."""
    questions: list[str] = []
    seen: Counter[str] = Counter()
    for info in library.papers("", 0, _TAKEN):
        question = _question(info)
        if question and not seen[question]:
            seen[question] += 1
            questions.append(question)
        if len(questions) == most:
            break
    return questions


def _question(info: PaperInfo) -> str:
    found = symbols(info.title)
    if not found:
        return ""
    gene = found[0]
    place = re.search(
        r"\b(kidney|lens|retina|heart|cochlea|inner ear|brain|lung|testis|limb|bone|skin|muscle|liver|placenta"
        r"|spermatogenesis|meiosis|hippocampus)\b",
        info.title,
        re.IGNORECASE,
    )
    if place:
        where = place.group(1).lower()
        return (
            f"What does {gene} do in {where}?"
            if where in ("meiosis", "spermatogenesis")
            else f"What does {gene} do in the {where}?"
        )
    if re.search(r"\b(?:deficien|null|knock-?out|mutant|mutation|mice lacking|loss)", info.title, re.IGNORECASE):
        return f"What happens in mice without {gene}?"
    return f"What is the function of {gene}?"
