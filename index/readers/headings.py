"""Headings of scientific papers as people type them: which lines are one, and what they stand over."""

from __future__ import annotations

import re

from index.papers import SectionKind

_NUMBER = r"(?:(?:\d{1,2}|[IVX]{1,4})(?:\.\d{1,2}){0,3}[.:)]?\s+|\d(?:\.\d{1,2}){1,3}\s*)?"
_NAMES = (
    r"abstract|(?:author |plain language |lay )?summary|synopsis|significance(?: statement)?|key ?points|highlights"
    r"|introduction|background|objectives?|aims?|results(?: (?:and|&) discussion)?|results/discussion|findings"
    r"|discussion(?: (?:and|&) conclusions?)?|conclusions?(?: and (?:outlook|future (?:work|directions)))?"
    r"|(?:materials?|patients|subjects)(?: (?:and|&) |/)methods?|methods?(?: summary| (?:and|&) materials?)?"
    r"|concluding remarks|online methods|methodology"
    r"|experimental (?:procedures?|section|design)|statistical analys[ie]s|star ?\W? ?methods|limitations"
    r"|related work|evaluation|experiments|(?:data|code) availability(?: statement)?|abbreviations"
    r"|case (?:report|presentation)|supplementary (?:materials?|information|data)|supporting information"
    r"|appendix(?: [a-z\d])?"
)
_KNOWN = re.compile(rf"{_NUMBER}(?:{_NAMES})\s*[:.]?", re.I)
_LEADING = re.compile(rf"({_NUMBER}(?:{_NAMES}))\s*(?:[:.—–]|\n)\s*(?=\S)", re.I)
_ENDS = re.compile(rf"{_NUMBER}(?:references?(?: and notes)?|bibliography|literature cited|works cited)\s*[:.]?", re.I)
_ABOUT = re.compile(
    rf"{_NUMBER}(?:acknowledge?ments?|funding(?: sources| statement)?|author(?:s['’]?|['’]s)? contributions?"
    r"|(?:competing|conflicts? of|financial|declaration of)(?: competing)? interests?(?: statement)?|disclosures?"
    r"|financial support|author information|ethics (?:statement|approval)|additional information"
    r"|publisher['’]s note)\s*[:.]?",
    re.I,
)
_ABSTRACT = re.compile(
    rf"{_NUMBER}(?:abstract|(?:author |plain language |lay )?summary|synopsis|significance(?: statement)?)\s*[:.]?",
    re.I,
)


def is_known(line: str) -> bool:
    """Whether the line is the name of a common section, numbered or not."""
    return len(line) < 60 and bool(_KNOWN.fullmatch(line.strip()))


def leading(text: str) -> tuple[str, str] | None:
    """("Abstract", rest) where ``text`` starts with a known heading and a colon, stop or line break."""
    found = _LEADING.match(text)
    return (tidy(found.group(1)), text[found.end() :]) if found else None


def is_numbered(line: str) -> bool:
    """Whether the line looks like "2.1 Mouse strains": a section number, a capital, few words, no full stop."""
    return bool(re.fullmatch(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[A-Z][^.!?]{2,90}", line)) and len(line.split()) <= 14


def is_shouted(line: str) -> bool:
    """Whether the line is in capitals throughout and has the length of a heading."""
    letters = [c for c in line if c.isalpha()]
    return len(letters) > 4 and line.upper() == line and len(line.split()) <= 10 and not line.endswith(".")


def is_references(line: str) -> bool:
    """Whether the line heads the list of references."""
    return bool(_ENDS.fullmatch(line.strip()))


def is_about(line: str) -> bool:
    """Whether the line heads matter about the article (funding, thanks, interests), which isn't indexed."""
    return bool(_ABOUT.fullmatch(line.strip()))


def kind_of(title: str) -> SectionKind:
    """ABSTRACT for an abstract's or summary's heading, else BODY."""
    return SectionKind.ABSTRACT if _ABSTRACT.fullmatch(title.strip()) else SectionKind.BODY


def depth(line: str) -> int:
    """Levels of a section number: 2 for "2.1 Strains", 0 where there is no number."""
    found = re.match(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s", line)
    return found.group(1).count(".") + 1 if found else 0


def tidy(line: str) -> str:
    """A heading without its number, colon or closing stop, and not in capitals."""
    line = re.sub(r"^(?:\d{1,2}(?:\.\d{1,2}){0,3}[.:)]?|[IVX]{1,4}[.:)])\s+(?=\S)", "", line.strip()).rstrip(":. —–")
    return line.capitalize() if is_known(line) and line.isupper() else line
