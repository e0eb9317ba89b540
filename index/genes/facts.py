"""Plain questions on one gene, answered from the table: its official symbol, chromosome, position, kind, ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from index.genes.records import Gene
from index.genes.table import Resolution, table

Fact = Literal["symbol", "location", "coding", "name", "aliases", "ids", "ortholog"]

_NAME = r"[\"'“‘]?(?P<gene>[^\s\"“”?][^\"“”?]*?)[\"'”’]?"
_LEAD = r"(?:the )?(?:gene )?"
_THE = r"what(?: is|'s) the "
_PATTERNS: tuple[tuple[Fact, str], ...] = (
    ("symbol", _THE + r"(?:(?:official|current|approved|HGNC|MGI) )*(?:gene )?(?:symbol|name) (?:of|for) {gene}"),
    (
        "symbol",
        r"(?:convert|translate|map) {gene} (?:in)?to (?:(?:an?|the|its|official|current|gene) )*(?:symbol|name)s?",
    ),
    (
        "location",
        r"(?:on )?(?:which|what) chromosome (?:is|does|has) {gene}(?: gene)?(?: (?:is|lie|located|found|on|in)\b.*)?",
    ),
    (
        "location",
        r"where (?:is|in the \w+ genome is|on the genome is) {gene}(?: gene)?(?: located.*| on the.*| in the.*)?",
    ),
    ("coding", r"is {gene} an? protein[- ]coding(?: gene)?"),
    ("coding", r"does {gene} (?:en)?code(?: for)? an? protein"),
    (
        "aliases",
        r"what (?:are )?(?:the )?(?:aliases|synonyms|other names)(?: are there)? (?:of|for|does) {gene}(?: have)?",
    ),
    ("name", r"what does (?:the symbol )?{gene} stand for"),
    ("ids", _THE + r"(?:NCBI|Entrez|Ensembl|HGNC|MGI)(?: gene)? (?:id|identifier|number) (?:of|for) {gene}"),
    ("ortholog", _THE + r"(?:mouse|human) (?:ortholog|homolog)(?:ue)? (?:of|for) {gene}"),
)
_ASKED = tuple(
    (fact, re.compile(pattern.replace("{gene}", _LEAD + _NAME) + r" ?[?.]?", re.IGNORECASE))
    for fact, pattern in _PATTERNS
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is asked, the gene it is asked of, and what else the name may mean."""

    fact: Fact
    gene: Gene
    resolution: Resolution
    text: str


def asked(question: str) -> tuple[Fact, str] | None:
    """The fact that a question asks for and the name of the gene; None where it is another kind of question."""
    text = " ".join(question.split())
    for fact, pattern in _ASKED:
        if match := pattern.fullmatch(text):
            return fact, match["gene"].strip()
    return None


def answer(question: str) -> Answer | None:
    """The answer from the table; None where it is another kind of question or no gene has the name."""
    found = asked(question)
    if found is None:
        return None
    fact, name = found
    mouse = re.search(r"\b(?:mouse|mice|murine)\b", question, re.IGNORECASE) and fact != "ortholog"
    resolution = table().resolve(name, "mouse" if mouse else "human")
    if resolution.best is None:
        resolution = table().resolve(name)
    gene = resolution.best
    return None if gene is None else Answer(fact, gene, resolution, in_words(fact, gene))


def in_words(fact: Fact, gene: Gene) -> str:
    """A fact of a gene as a sentence."""
    named = f"{gene.symbol} ({gene.species}{', ' + gene.name if gene.name else ''})"
    if fact == "location":
        place = f"{gene.band or 'chromosome ' + gene.chromosome}" if gene.chromosome else ""
        exact = f", positions {gene.start:,} to {gene.end:,} on {gene.build}" if gene.start is not None else ""
        if not place:
            return f"The table does not have the place of {named}."
        return f"{named} lies on chromosome {gene.chromosome} ({place}{exact})."
    if fact == "coding":
        kind = gene.biotype.replace("_", " ") or "kind unknown"
        return f"{named} is {'a' if gene.protein_coding else 'not a'} protein-coding gene ({kind})."
    if fact == "aliases":
        others = ", ".join((*gene.previous, *gene.aliases)) or "no other names"
        return f"{named} is also called: {others}."
    if fact == "ids":
        ids = (gene.ncbi and f"NCBI Gene {gene.ncbi}", gene.accession, gene.ensembl)
        return f"{named}: {', '.join(str(i) for i in ids if i)}."
    if fact == "ortholog":
        others = ", ".join(other.symbol for other in table().concept(gene.concept) if other.species != gene.species)
        return f"{named} has the ortholog {others}." if others else f"The table has no ortholog of {named}."
    return f"The official symbol is {named}." if fact == "symbol" else f"{gene.symbol} stands for {gene.name}."
