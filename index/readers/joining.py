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
_FUSED_WITH_TYPE = frozenset(
    ["pheno", "geno", "proto", "haplo", "karyo", "sero", "arche", "stereo", "eco", "bio", "endo"]
)
_PARTED = re.compile(r"([^\W\d_]+)[-\u2010\u00ad\ufffe\x02]$")


def joined(lines: Iterable[str], words: Container[str] = frozenset(), hyphenated: Container[str] = frozenset()) -> str:
    """The lines as one. A hyphen at a line's end goes where it only broke a word.

    ``words`` and ``hyphenated`` hold, in lower case, the words and hyphenated compounds that the same paper
    has within lines: the best witness of whether "wild-" + "type" or "pheno-" + "type" is meant.
    """
    out: list[str] = []
    for line in filter(None, map(str.strip, lines)):
        tail = out[-1][-60:] if out else ""
        parted = _PARTED.search(tail)
        following = re.match(r"[^\W\d_]+", line)
        if not out:
            out.append(line)
        elif parted and following:
            keep = _keeps_hyphen(parted.group(1), following.group(), words, hyphenated)
            out[-1] = out[-1][:-1] + ("-" if keep else "")
            out.append(line)
        elif re.search(r"[\w)\]][-\u2010\ufffe\x02]$", tail):
            out[-1] = out[-1][:-1] + "-"
            out.append(line)
        elif re.search(r"[\w)\]][\u2013/]$", tail) and re.match(r"\w", line):
            out.append(line)
        else:
            out += [" ", line]
    return "".join(out)


def _keeps_hyphen(first: str, second: str, words: Container[str], hyphenated: Container[str]) -> bool:
    low, high = first.lower(), second.lower()
    if f"{low}-{high}" in hyphenated:
        return True
    if low + high in words:
        return False
    if second[0].isupper() or first.isupper():
        return True  # "GFP-positive", "Brg1-Baf"
    if high in _HYPHENATED_SECONDS and not (high.startswith("type") and low in _FUSED_WITH_TYPE):
        return True
    return low in _PREFIXES and low not in _MUST_FUSE and high in words
