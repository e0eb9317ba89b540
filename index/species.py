"""Species that a text names, by rules: an antibody raised in rabbits or a two-hybrid screen names none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

CELL_LINE = "cell line"
"""Counted like a species: much of what is known of genes was seen in cells alone."""

_ANTIBODY = r"(?![- ](?:anti\b|igg|monoclonal|polyclonal|antibod|serum|alexa))"
_NOT_ANTI = r"(?<!anti-)(?<!anti )"
_NAMES: dict[str, str] = {
    "mouse": rf"{_NOT_ANTI}(?:mice|mouse|murine){_ANTIBODY}|mus musculus|littermates?|e1?\d\.5|c57bl/?6\w*"
    r"|balb/c\w*|129s\d?\w*",
    "human": rf"{_NOT_ANTI}humans?{_ANTIBODY}(?![- ]?(?:health services|embryonic kidney))|homo sapiens"
    r"|patients?|probands?|(?:healthy|adult|female|male) (?:subjects|volunteers|participants|individuals|controls)"
    r"|women|children|infants|newborns|pedigrees?|cohorts?",
    "rat": rf"{_NOT_ANTI}rats?{_ANTIBODY}|rattus(?: norvegicus)?|sprague[- ]dawley|wistar",
    "zebrafish": r"zebra ?fish|danio rerio",
    "fruit fly": r"drosophila(?: melanogaster)?|d\. melanogaster|fruit fl(?:y|ies)",
    "worm": r"c\. elegans|caenorhabditis(?: elegans)?|nematodes?",
    "yeast": r"(?:budding |fission )?yeasts?(?![- ](?:two|one|2)[- ]?hybrid)(?![- ](?:artificial|extract|trna|mating))"
    r"|saccharomyces|s\. cerevisiae|s\. pombe|schizosaccharomyces",
    "frog": r"xenopus(?: laevis| tropicalis)?",
    "chicken": rf"{_NOT_ANTI}(?:chickens?|chicks?){_ANTIBODY}|gallus gallus",
    "pig": rf"(?<!guinea ){_NOT_ANTI}(?:pigs?|porcine|sus scrofa){_ANTIBODY}",
    "dog": r"dogs?|canis familiaris|beagles?",
    "cattle": r"cattle|cows?|bos taurus",
    "monkey": r"monkeys?|macaques?|macaca|rhesus",
    "rabbit": rf"rabbits{_ANTIBODY}",
    "thale cress": r"arabidopsis(?: thaliana)?|a\. thaliana",
    "E. coli": r"e\. coli k-?12|escherichia coli k-?12",
    CELL_LINE: r"cell lines?|hek[- ]?293\w*|293t|hela(?: cells?)?|u2os|u-2 os|cos-?[17]|nih[- ]?3t3|cho cells?"
    r"|mcf-?(?:7|10a)|hct-?116|k562|hepg2|jurkat|sh-?sy5y|neuro-?2a|c2c12|a549|mdck|ipscs?|t47d|raw ?264\.7",
}  # fmt: skip
SPECIES = tuple(_NAMES)
"""Names of what is told apart."""

_GROUPS = {f"g{n}": name for n, name in enumerate(_NAMES)}
_PATTERN = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{g}>{_NAMES[name]})" for g, name in _GROUPS.items()) + r")(?!\w)"
)
_LEAST_SHARE = 0.4
_LEAST = 1.0


def named(text: str) -> Counter[str]:
    """Species -> how often ``text`` names it."""
    # Lower-casing once is faster than ignoring case; capitals tell nothing here.
    return Counter(_GROUPS[match.lastgroup or ""] for match in _PATTERN.finditer(text.lower()))


def main(weighted: Iterable[tuple[Counter[str], float]]) -> str:
    """The species that a paper is about, from counts of its parts and the weight of each; "" where none stands out.

    A paper on cell lines alone is about those.
    """
    total: Counter[str] = Counter()
    for counts, weight in weighted:
        for name, count in counts.items():
            total[name] += count * weight  # type: ignore[assignment]
    animals = {name: count for name, count in total.items() if name != CELL_LINE} or dict(total)
    if not animals:
        return ""
    best = max(animals, key=lambda name: (animals[name], name))
    enough = animals[best] >= _LEAST and animals[best] > _LEAST_SHARE * sum(animals.values())
    return best if enough else ""
