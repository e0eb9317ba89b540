"""How long a summary is: sentences for each of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import LocusError

QUESTION, APPROACH, FINDINGS, GENES, LIMITS = "Question", "Approach", "Findings", "Genes and variants", "Limits"
PARTS = (QUESTION, APPROACH, FINDINGS, GENES, LIMITS)
"""The parts of a paper's summary, in their order."""
MOST_SENTENCES = 60
_LEAST = 5
_SHARES = {QUESTION: 0.15, APPROACH: 0.18, GENES: 0.15, LIMITS: 0.1}


@dataclass(frozen=True, slots=True)
class Length:
    """Sentences at most for each part of `PARTS`."""

    name: str
    most: Mapping[str, int]

    @property
    def sentences(self) -> int:
        """Sentences at most in all."""
        return sum(self.most.values())


LENGTHS: dict[str, Length] = {
    name: Length(name, dict(zip(PARTS, most, strict=True)))
    for name, most in (("short", (1, 1, 3, 1, 1)), ("standard", (2, 2, 5, 2, 1)), ("long", (3, 4, 11, 4, 3)))
}
STANDARD = LENGTHS["standard"]


def length(wanted: str) -> Length:
    """The length that "short", "standard", "long" or a number of sentences (5 to 60) names. Raises LocusError."""
    text = wanted.strip().lower() or STANDARD.name
    if text in LENGTHS:
        return LENGTHS[text]
    if not (text.isascii() and text.isdigit() and len(text) < 4 and _LEAST <= int(text) <= MOST_SENTENCES):
        raise LocusError(
            f"There is no length {wanted!r}.",
            hint=f"Say short, standard, long, or a number of sentences from {_LEAST} to {MOST_SENTENCES}.",
        )
    count = int(text)
    most = {part: max(1, round(share * count)) for part, share in _SHARES.items()}
    most[FINDINGS] = max(1, count - sum(most.values()))
    return Length(text, {part: most[part] for part in PARTS})
