"""Lines of a printed column joined to a paragraph: words parted by a hyphen at a line's end are mended."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

_PREFIXES = frozenset(
    [
        "wild",
        "anti",
        "non",
        "self",
        "cross",
        "half",
        "long",
        "short",
        "high",
        "low",
        "well",
        "co",
        "pre",
        "post",
        "double",
        "single",
        "two",
        "three",
        "full",
        "age",
        "sex",
        "dose",
        "time",
        "loss",
        "gain",
        "knock",
        "follow",
        "up",
        "down",
        "in",
        "x",
        "t",
        "b",
        "c",
        "n",
        "α",
        "β",
        "γ",
        "p",
        "e",
        "sub",
        "inter",
        "intra",
        "genome",
        "gene",
        "cell",
        "cis",
        "trans",
    ]
)
_HYPHENATED_SECONDS = frozenset(
    [
        "type",
        "types",
        "specific",
        "dependent",
        "independent",
        "mediated",
        "induced",
        "like",
        "related",
        "associated",
        "based",
        "derived",
        "deficient",
        "null",
        "wide",
        "positive",
        "negative",
        "binding",
        "regulated",
        "terminal",
        "fold",
        "day",
        "week",
        "month",
        "year",
        "old",
        "free",
        "linked",
        "matched",
        "treated",
        "expressing",
        "of",
        "out",
        "in",
        "the",
        "and",
        "helix",
        "actin",
        "catenin",
        "sensitive",
        "resistant",
        "activated",
        "rich",
        "coding",
        "labeled",
        "labelled",
        "scale",
        "level",
    ]
)
_MUST_FUSE = frozenset(["sub", "inter", "intra", "pre", "post", "co", "in", "non", "up", "down", "trans"])
_PARTED = re.compile(r"([^\W\d_]+)[-\u2010\u00ad\ufffe\x02]$")


def joined(lines: Iterable[str], words: Container[str] = frozenset(), hyphenated: Container[str] = frozenset()) -> str:
    """The lines as one. A hyphen at a line's end goes where it only broke a word.

    ``words`` and ``hyphenated`` hold, in lower case, the words and hyphenated compounds that the same paper
    has within lines: the best witness of whether "wild-" + "type" or "pheno-" + "type" is meant.
    """
    out = ""
    for line in map(str.strip, lines):
        if not line:
            continue
        parted = _PARTED.search(out)
        following = re.match(r"[^\W\d_]+", line)
        if not out:
            out = line
        elif parted and following:
            keep = _keeps_hyphen(parted.group(1), following.group(), words, hyphenated)
            out = out[:-1] + ("-" if keep else "") + line
        elif re.search(r"[\w)\]][-\u2010\ufffe\x02]$", out):
            out = out[:-1] + "-" + line
        elif re.search(r"[\w)\]][\u2013/]$", out) and re.match(r"\w", line):
            out += line
        else:
            out += " " + line
    return out


def _keeps_hyphen(first: str, second: str, words: Container[str], hyphenated: Container[str]) -> bool:
    low, high = first.lower(), second.lower()
    if f"{low}-{high}" in hyphenated:
        return True
    if low + high in words:
        return False
    if second[0].isupper() or first.isupper():
        return True  # "GFP-positive", "Brg1-Baf"
    if high in _HYPHENATED_SECONDS:
        return True
    return low in _PREFIXES and low not in _MUST_FUSE and high in words
