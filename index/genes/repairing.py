"""Names of genes mended: dates that spreadsheets made of symbols, and symbols that were withdrawn."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.genes.records import Gene, Species
from index.genes.spelling import key
from index.genes.storage import Kind
from index.genes.table import table

_MONTHS = {
    "mar": "MARCH",
    "march": "MARCH",
    "sep": "SEPT",
    "sept": "SEPT",
    "september": "SEPT",
    "dec": "DEC",
    "december": "DEC",
}
_BY_NUMBER = {3: "MARCH", 9: "SEPT", 12: "DEC"}
_DAY_FIRST = re.compile(r"(\d{1,2})[-. /]?([A-Za-z]{3,9})(?:[-. /]\d{2,4})?")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})[-. /](\d{1,2}|20\d\d)")
_SERIAL = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T]00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Repair:
    """A name mended: the current symbol, and in words what was wrong."""

    symbol: str
    gene: Gene
    reason: str


def repair(name: str, species: Species | None = None) -> Repair | None:
    """The current symbol for a date made of a symbol, or for a withdrawn symbol; None where nothing needs mending.

    Understood are "1-Mar", "Mar-01", "2-Sep-2020" and the full dates that spreadsheets store, 2001-03-01 being the
    first of March, hence MARCH1. Without ``species`` a date and a name in capitals are human, "Sept2" is mouse.
    """
    text = name.strip()
    meant = dated(text)
    if meant is not None:
        wanted = species or "human"
        found = withdrawn(meant, wanted)
        if found is None:
            return None
        return Repair(found.symbol, found, f"{text} is {meant} turned into a date; {meant} is now {found.symbol}.")
    wanted = species or ("human" if text.upper() == text else "mouse")
    found = withdrawn(text, wanted)
    if found is None:
        return None
    return Repair(found.symbol, found, f"{text} was withdrawn; the symbol is now {found.symbol}.")


def dated(text: str) -> str | None:
    """The symbol that a spreadsheet turned into this date; None where it is no such date."""
    if match := _DAY_FIRST.fullmatch(text):
        number, month = match.groups()
    elif match := _MONTH_FIRST.fullmatch(text):
        month, number = match.groups()
    elif match := _SERIAL.fullmatch(text):
        number, month = match.group(3), ""
        root = _BY_NUMBER.get(int(match.group(2)))
        return _numbered(root, int(number))
    else:
        return None
    value = int(number)
    return _numbered(_MONTHS.get(month.lower()), value - 2000 if value >= 2000 else value)


def _numbered(root: str | None, number: int) -> str | None:
    most = {"MARCH": 11, "SEPT": 14, "DEC": 2}
    return f"{root}{number}" if root and 1 <= number <= most[root] else None


def withdrawn(symbol: str, species: Species) -> Gene | None:
    """The one gene that had ``symbol`` before; None where the symbol is in use, or was several genes'."""
    genes = table()
    held = [(gene, kind) for gene, kind, _ in genes.refs(key(symbol)) if gene.species == species]
    # a symbol that stands in Ensembl's rows alone is no approved one (SEPT1)
    if any(kind is Kind.SYMBOL and gene.accession for gene, kind in held):
        return None
    former = [gene for gene, kind in held if kind is Kind.PREVIOUS and key(symbol) in map(key, gene.previous)]
    if not former and species == "mouse":
        # MGI's table does not tell withdrawn symbols from synonyms: go by the human gene's
        human = withdrawn(symbol, "human")
        twins = [gene for gene, kind in held if human is not None and gene.concept == human.concept]
        former = twins
    return former[0] if len({gene.symbol for gene in former}) == 1 else None
