"""Text as every reader hands it on: one form of white space and characters, bare identifiers, short names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.papers import Span
from index.readers.references import complete

# Noncharacters of Unicode: never part of a text, so they can carry structure through the cleaning.
REF_OPEN, REF_CLOSE, PARAGRAPH, ROW = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_MARKS = re.compile(f"([{REF_OPEN}{REF_CLOSE}])")
_FORBIDDEN = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+", re.I)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Text:
    """Cleaned text of a section and the spans of its bibliographic markers."""

    text: str
    references: tuple[Span, ...] = ()


def clean(text: str) -> str:
    """``text`` on one line: NFC, no control or zero-width characters, white space runs as single spaces."""
    return unicodedata.normalize("NFC", _SPACE.sub(" ", _FORBIDDEN.sub("", text))).strip()


def harmless(text: str) -> str:
    """Raw text of a file without the characters that may not reach a section (structure marks included)."""
    return _FORBIDDEN.sub("", text)


def paragraphs(pieces: Iterable[str]) -> str:
    """The pieces cleaned, without empty ones, separated by blank lines."""
    return "\n\n".join(filter(None, map(clean, pieces)))


def marked(raw: str) -> Text:
    """Cleaned text and reference spans of ``raw``, in which the marks of this module stand.

    PARAGRAPH separates paragraphs, ROW the lines of a table; REF_OPEN and REF_CLOSE surround each marker, and
    its brackets, separators and neighbours are added to the span (see `references.complete`).
    """
    whole: list[str] = []
    spans: list[Span] = []
    length = 0
    for block in raw.split(PARAGRAPH):
        for n, line in enumerate(filter(None, (_line(row) for row in block.split(ROW)))):
            text, found = line
            if whole:
                separator = "\n" if n else "\n\n"
                whole.append(separator)
                length += len(separator)
            spans.extend((start + length, end + length) for start, end in complete(text, found))
            whole.append(text)
            length += len(text)
    return Text("".join(whole), tuple(spans))


def _line(raw: str) -> tuple[str, list[Span]] | None:
    """One line with its marked spans, or None where there is no text."""
    out: list[str] = []
    spans: list[Span] = []
    length = 0
    opened: int | None = None
    space = True  # white space at the start, or after white space, goes
    for piece in _MARKS.split(raw):
        if piece == REF_OPEN:
            opened = length
        elif piece == REF_CLOSE:
            if opened is not None and opened < length:
                spans.append((opened, length))
            opened = None
        elif piece:
            text = unicodedata.normalize("NFC", _SPACE.sub(" ", piece))
            if space and text.startswith(" "):
                text = text[1:]
            if text:
                out.append(text)
                length += len(text)
                space = text.endswith(" ")
    text = "".join(out).rstrip()
    if not text:
        return None
    trimmed = []
    for start, end in spans:
        inner = text[start:end]
        if inner.strip():
            first = start + len(inner) - len(inner.lstrip())
            trimmed.append((first, first + len(inner.strip())))
    return text, trimmed


def heading(path: Sequence[str]) -> str:
    """The path of headings as a section states it: "Results / Kidney phenotype"."""
    return " / ".join(filter(None, path))


def bare_doi(text: str) -> str:
    """The first DOI in ``text`` in lower case without resolver or closing punctuation; empty where none."""
    found = _DOI.search(text)
    if not found:
        return ""
    doi = found.group().rstrip(".,;:'\u2019\u201d")
    for close, open_ in ((")", "("), ("]", "["), ("}", "{")):
        while doi.endswith(close) and doi.count(close) > doi.count(open_):
            doi = doi[:-1].rstrip(".,;:")
    return doi.lower()


def bare_pmid(text: str) -> str:
    """The PubMed identifier in ``text`` as digits; empty where it isn't one."""
    found = re.fullmatch(r"(?:pmid|pubmed)?[:\s]*0*([1-9]\d{0,8})(?:\.0)?", text.strip(), re.I)
    return found.group(1) if found else ""


def bare_pmcid(text: str) -> str:
    """The PMC identifier in ``text`` as "PMC" and digits; empty where it isn't one."""
    found = re.fullmatch(r"(?:pmcid[:\s]*)?(?:pmc)?[:\s]*0*([1-9]\d{0,9})(?:\.\d+)?", text.strip(), re.I)
    return f"PMC{found.group(1)}" if found else ""


def year_of(text: str) -> int | None:
    """The first year between 1500 and 2099 in ``text``."""
    found = _YEAR.search(text)
    return int(found.group(1)) if found else None


def author(surname: str, given: str = "", suffix: str = "") -> str:
    """Surname and initials, "Song N" of "Song" and "Ning"; given names that are initials already stay so."""
    surname, given, suffix = clean(surname), clean(given), clean(suffix)
    if given and not (given.isupper() and given.isalpha() and len(given) <= 4):
        given = "".join(part[0].upper() for part in re.split(r"[\s.‐‑-]+", given) if part and part[0].isalpha())
    return " ".join(filter(None, (surname, given, suffix)))


def author_of(name: str) -> str:
    """Surname and initials of a name in one string: "Song, Ning", "Ning Song", "Song N" give "Song N"."""
    name = clean(name).strip(" ,;")
    if "," in name:
        surname, _, rest = name.partition(",")
        given, _, suffix = rest.partition(",")
        if re.fullmatch(r"(?:jr|sr|i{1,3}|iv)\.?", given.strip(), re.I):
            given, suffix = suffix, given
        return author(surname, given, suffix.rstrip("."))
    words = name.split()
    suffix = ""
    if len(words) > 2 and re.fullmatch(r"(?:[Jj]r|[Ss]r|JR|SR|[2-5](?:nd|rd|th))\.?|I{2,3}|IV", words[-1]):
        suffix = words.pop().rstrip(".")
    initials = len(words)
    while initials > 1 and re.fullmatch(r"(?:[^\W\d_a-z]\.-?)+", words[initials - 1]):
        initials -= 1  # "Smith J. A."
    if initials < len(words):
        return author(" ".join(words[:initials]), " ".join(words[initials:]), suffix)
    if len(words) < 2 or (words[-1].isupper() and len(words[-1].replace(".", "").replace("-", "")) <= 3):
        return author(" ".join(words[:-1]), words[-1], suffix) if len(words) > 1 else name
    particles = frozenset(
        """van von der den de di da del della dello dei degli dos das do du des la le les lo ten ter te zu zur zum af av
        bin ibn al el ben bar st st. san santa dal dalla""".split()
    )
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in particles:
        first -= 1
    return author(" ".join(words[first:]), " ".join(words[:first]), suffix)
