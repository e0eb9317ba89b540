"""Bibliographic markers in running text: finding them, and completing spans that mark-up gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.papers import Span

_NUMBERS = r"\d{1,3}[a-z]?(?:\s*[,;\u2010-\u2015-]\s*\d{1,3}[a-z]?)*"
_BRACKETS = re.compile(rf"\[\s*{_NUMBERS}\s*\]")
_PARTICLES = r"(?:(?:van|von|de|del|der|den|di|da|la|le|el|al|ten|ter|dos)[\s-]){0,3}"
_WORD = r"(?:[A-Z]['\u2019])?[A-Z][^\W\d_]*[a-z\u00df-\u00ff][^\W\d_]*"
_NAME = rf"{_PARTICLES}{_WORD}(?:[-'\u2019 ]{_WORD})?"
_WHO = rf"{_NAME}(?:,? [A-Z]\.?){{0,2}}(?:,? et al\.?,?|(?:, {_NAME}){{0,6}},? (?:and|&) {_NAME})?"
_WHEN = r"(?:1[89]|20)\d\d[a-z]?(?:\s*,\s*(?:(?:1[89]|20)\d\d)?[a-z]?\b)*|in press|unpublished|submitted"
_ONE = rf"{_WHO},? (?:{_WHEN})"
_LEAD = (
    r"(?:(?:reviewed (?:in|by)|for (?:a )?reviews?,? see|see(?: also| e\.g\.,?)?|e\.g\.,?|cf\.?|also|review(?:ed)?:?"
    r"|for example,?),? )?"
)
_AGAIN = rf"(?:\s*[;,]\s*(?:and |see also )?{_ONE})*(?:,? and references therein)?"
_PARENTHESES = re.compile(rf"[(\[]{_LEAD}{_ONE}{_AGAIN}[)\]]")
_CANDIDATE = re.compile(r"[(\[][^()\[\]\n]{4,400}[)\]]")
_DATED = re.compile(r"(?:1[89]|20)\d\d|in press|unpublished|submitted")
# One word and a year is also how a gene, place or month and a year look: names carry "et al.", "&", or a comma
# before the year, or are words that start with a capital and go on in at least two small letters.
_PLAIN = re.compile(r"[(\[][^;,&]*?([^\s(\[]+) (?:1[89]|20)\d\d[a-z]?[)\]]")
_NOT_NAMES = frozenset(
    """january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec spring summer autumn fall winter since until before after from during in version release
    ensembl build figure fig table version usa germany france japan china uk canada""".split()
)
_SEPARATOR = re.compile(r"(?:\s|[,;&\u2010-\u2015-]|\band\b)*")
_WORDS_OF_REFERENCE = frozenset(
    """reviewed review reviews in by see also e.g eg i.e ie cf for and refs ref references reference therein the
    example a an as compare of or but recently previously recent discussed""".split()
)
_LONGEST_BRACKET = 1200
_CLOSING = {"(": ")", "[": "]"}


def find_references(text: str) -> tuple[Span, ...]:
    """Spans of markers such as "[3, 5-7]", "(Smith 2004)", "(Smith et al., 2004; Jones & Lee 2003a)".

    Conservative: quantities, stages, years alone and a symbol with a year are left in the prose. In rising
    order, without overlap, brackets included.
    """
    found: list[Span] = []
    for match in _BRACKETS.finditer(text):
        # "a[3]" is an index or a chemical name, "[0]" a concentration; markers stand apart or after a word
        if "[0" not in match.group() and _rising(match.group()):
            found.append(match.span())
    for match in _CANDIDATE.finditer(text):
        if not _DATED.search(match.group()) or not _PARENTHESES.fullmatch(match.group()):
            continue
        plain = _PLAIN.fullmatch(match.group())
        if plain and " et al" not in plain.group() and not _likely_name(plain.group(1)):
            continue
        found.append(match.span())
    return _disjoint(found)


def _rising(marker: str) -> bool:
    """Whether ranges in "[3, 5-7]" go upwards, as those of references do."""
    return all(int(low) < int(high) for low, high in re.findall(r"(\d+)\s*[\u2010-\u2015-]\s*(\d+)", marker))


def _likely_name(word: str) -> bool:
    return bool(
        re.fullmatch(r"(?:[A-Z]['\u2019])?[A-Z][^\W\d_]*[a-z\u00df-\u00ff]{2}(?:['\u2019-][A-Z][^\W\d_]+)?,?", word)
    ) and (word.lower().rstrip(",") not in _NOT_NAMES)


def complete(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Markers of mark-up with the brackets and separators that belong to them.

    ``spans`` cover the words or numbers of single markers in one paragraph, in rising order. Neighbours that
    only separators part become one span; brackets that hold nothing but markers and words such as
    "reviewed in" are taken whole. An author's name that is part of the sentence ("Smith (2004) found") stays
    prose: then only its bracketed year is a marker.
    """
    found = [kept for span in spans if (kept := _out_of_prose(text, span))]
    for _ in range(3):  # brackets nest: "([5]; see also [7])"
        joined = _join(text, found)
        found = [_bracketed(text, span, joined) for span in joined]
        found = list(_disjoint(found))
        if found == joined:
            break
    return _disjoint(_tidy(text, span) for span in found)


def _disjoint(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Rising spans; overlapping ones united."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        elif start < end:
            out.append((start, end))
    return tuple(out)


def _out_of_prose(text: str, span: Span) -> Span | None:
    marker = text[span[0] : span[1]]
    if not re.search(r"[^\W\d_]{2}", marker) or marker[0] in "([" or _enclosing(text, span):
        return span
    year = re.search(r"[(\[](?:1[89]|20)\d\d[a-z]?(?:\s*[,;]\s*(?:(?:1[89]|20)\d\d)?[a-z]?)*[)\]]$", marker)
    return (span[0] + year.start(), span[1]) if year else None


def _join(text: str, spans: Sequence[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in spans:
        if out and _SEPARATOR.fullmatch(text, out[-1][1], start):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _enclosing(text: str, span: Span) -> Span | None:
    """The innermost bracket around ``span`` in its paragraph, or None."""
    first = max(0, span[0] - _LONGEST_BRACKET)
    closed: list[str] = []
    for place in range(span[0] - 1, first - 1, -1):
        character = text[place]
        if character in ")]":
            closed.append(character)
        elif character in "([":
            if closed and closed[-1] == _CLOSING[character]:
                closed.pop()
            elif not closed:
                end = _closing(text, place, span[1])
                return (place, end) if end else None
            else:
                return None
    return None


def _closing(text: str, start: int, after: int) -> int | None:
    """Where the bracket opened at ``start`` closes, at or after ``after``; None where it doesn't."""
    depth = 0
    for place in range(after, min(len(text), start + _LONGEST_BRACKET)):
        if text[place] == text[start]:
            depth += 1
        elif text[place] == _CLOSING[text[start]]:
            if not depth:
                return place + 1
            depth -= 1
    return None


def _bracketed(text: str, span: Span, others: Sequence[Span]) -> Span:
    """The bracket around ``span`` where it holds markers and words of reference alone, else ``span``."""
    bracket = _enclosing(text, span)
    if not bracket:
        return span
    rest: list[str] = []
    position = bracket[0] + 1
    for start, end in others:
        if bracket[0] < start and end < bracket[1]:
            rest.append(text[position:start])
            position = end
    rest.append(text[position : bracket[1] - 1])
    words = re.findall(r"[^\s,;:&()\[\]\u2010-\u2015-]+", " ".join(rest))
    return bracket if all(word.lower().rstrip(".") in _WORDS_OF_REFERENCE for word in words) else span


def _tidy(text: str, span: Span) -> Span:
    """``span`` with the separator that would hang in the air without it: "(Fig. 1; Smith 2004)"."""
    before = re.search(r"[,;]\s*$", text[max(0, span[0] - 4) : span[0]])
    after = re.match(r"\s*[,;]\s*", text[span[1] : span[1] + 4])
    if before and re.match(r"\s*[)\],;]", text[span[1] : span[1] + 3]) and _enclosing(text, span):
        return (span[0] - len(before.group()), span[1])
    if after and span[0] and text[span[0] - 1] in "([" and _enclosing(text, span):
        return (span[0], span[1] + len(after.group()))
    return span
