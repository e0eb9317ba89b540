"""Sentences of scientific prose: where they end, and their text without bibliographic markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index.papers import Span

_ABBREVIATIONS = frozenset(
    """fig figs ref refs eq eqs no nos dr prof mr mrs ms st vs al e.g i.e cf ca approx resp etc sp spp subsp var
    vol pp ed eds suppl supp tab sect ch chr inc ltd co corp dept univ viz incl excl max min temp conc
    jan feb mar apr jun jul aug sep sept oct nov dec aa bp a.m p.m u.s u.k ph.d i.p i.v s.c b.w w.t""".split()
)
_UNITS = frozenset("min max temp conc aa bp vol b.w w.t i.p i.v s.c a.m p.m etc h s d g l m c k v w".split())
"""Abbreviations that may well be a sentence's last word: "…for 5 min. Held at 4 °C…"."""
_FIRMS = frozenset(
    "inc ltd corp co dept univ u.s u.k ph.d sp spp var st dr suppl supp dec nov oct sept jan feb aug".split()
)
"""Those that end one only where a word follows that surely opens the next."""
_PLAIN_WORD = re.compile(r"(?:[A-Z][a-z]+(?:-[a-z]+)?|A|I)(?=[\s,])")
_OPENER = re.compile(
    r"(?:The|This|These|Those|That|There|They|Their|Then|Thus|Therefore|Two|Three|We|Our|Us|In|On|At|As|An?|After|All"
    r"|Although|Also|Both|Because|But|By|Before|During|Each|For|From|Furthermore|Given|Here|Hence|However|If|It|Its|Mice"
    r"|Moreover|No|Nevertheless|One|Only|Since|Similarly|Some|So|To|Under|Using|When|Where|Whereas|While|With|Within)"
    r"(?=[\s,])"
)
_MEASURED = re.compile(r"(?:\d\s*|[/·]\s*|\s-\s?)$")
_NO_SENTENCE_OPENERS = re.compile(r"(?:\d|[A-Z(\[\"'“‘*αβγδΔµμ]|[a-z]{0,3}[A-Z0-9]|cDNA|mRNA|siRNA|p53|c-[A-Z]|α|β)")
_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s|$)|\n{2,}")


def split(text: str) -> list[Span]:
    """Spans of the sentences of ``text``, in order, without surrounding white space.

    A full stop ends a sentence where white space and a likely opener follow and no abbreviation, initial or
    enumerator stands before it; a blank line always does.
    """
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if not match.group().startswith("\n") and not _ends_sentence(text, match):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        first = start + len(piece) - len(piece.lstrip())
        spans.append((first, first + len(stripped)))


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    after = (
        text[match.end() :].lstrip() if match.end() + 60 > len(text) else text[match.end() : match.end() + 60].lstrip()
    )
    if not after or text[match.end() :].startswith("\n\n"):
        return True
    if not _NO_SENTENCE_OPENERS.match(after):
        return False
    if match.group()[0] != ".":
        return True
    before = text[max(0, match.start() - 30) : match.start()]
    word = re.split(r"[\s(\[–—/]", before)[-1].lower().strip("\"'“‘")
    if word in _UNITS and _PLAIN_WORD.match(after):
        measured = bool(_MEASURED.search(before[: len(before) - len(word)]))
        unit = len(word) > 1 or before[-1:].islower()  # a capital may be a genus: "5 S. Cerevisiae"
        if (measured and (unit or _OPENER.match(after))) or (len(word) > 1 and _OPENER.match(after)):
            return True
    if word in _FIRMS and _OPENER.match(after):
        return True
    if word in _ABBREVIATIONS and not (word == "no" and match.group() != "."):
        return False
    # An initial ("E. coli", "D. Van"), but not a sentence that ends in a one-letter name ("hepatitis B.")
    return not re.fullmatch(r"(?:[a-z]\.)*[a-z]", word) or bool(
        re.search(
            r"\b(?:hepatitis|vitamin|type|class|form|group|panel|gene|protein|factor|strain|allele|locus|lane|region|domain|line|clone)s?\s[A-Z]$",
            before,
        )
    )


def prose(text: str, references: Sequence[Span]) -> str:
    """``text`` without its bibliographic markers, white space before them closed up, words beside them kept apart.

    ``references`` are spans relative to ``text``, in rising order.
    """
    kept: list[str] = []
    position = 0
    for start, end in references:
        if start < position:
            continue
        kept.append(text[position:start].rstrip(" \u00a0"))
        position = end
    kept.append(text[position:])
    parts = [part for part in kept if part]
    fused = (one[-1].isalnum() and other[0].isalnum() for one, other in pairwise(parts))
    return "".join(part + " " * apart for part, apart in zip(parts, [*fused, False][: len(parts)], strict=True)).strip()


def references_within(references: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    """Those spans that lie in [start, end), made relative to ``start`` and cut to fit."""
    return tuple((max(s, start) - start, min(e, end) - start) for s, e in references if s < end and e > start)
