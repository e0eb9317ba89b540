"""Licences in short: "CC BY-NC 4.0" of a link or of the sentence that a publisher prints."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CC = re.compile(r"creativecommons\.org/(?:licenses/([a-z-]+)(?:/(\d\.\d))?|(publicdomain/zero))", re.I)
_SHORT = re.compile(r"\bCC[ -]?BY(?:-[A-Z]{2})*(?:[ -]\d\.\d)?\b|\bCC0\b")
_LONGEST = 120


def short_licence(links: Iterable[str], words: Iterable[str]) -> str:
    """The licence that ``links`` or ``words`` (licence text, copyright line) name, shortest known form.

    "CC …" where Creative Commons is named, else another licence's link, else the first words cut to 120
    characters; empty where nothing is said.
    """
    links, words = [link.strip() for link in links if link], [text for text in words if text]
    for text in (*links, *words):
        if found := _CC.search(text):
            kind, version, zero = found.groups()
            return "CC0" if zero else f"CC {kind.upper()}{' ' + version if version else ''}"
    for text in (*links, *words):
        if short := _SHORT.search(text):
            return short.group()
    for text in words:
        if named := _in_words(text):
            return named
    for link in links:
        if re.match(r"https?://", link):
            return link
    text = min(words, key=lambda t: (not t.lower().startswith(("©", "copyright")), len(t)), default="")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _in_words(text: str) -> str:
    if re.search(r"public domain|\bCC0\b", text, re.I):
        return "CC0" if re.search(r"creative commons|\bCC0\b", text, re.I) else "public domain"
    if re.search(r"verbatim copying and redistribution", text, re.I):
        return "open access (verbatim copying and redistribution)"  # of BioMed Central until 2004
    found = re.search(r"creative commons attribution([\w\s,/-]*)", text, re.I)
    if not found:
        return ""
    rest = found.group(1).lower().partition("licen")[0]
    parts = ["CC BY"]
    parts += ["NC"] if re.search(r"non-?\s?commercial", rest) else []
    parts += ["SA"] if re.search(r"share-?\s?alike", rest) else []
    parts += ["ND"] if re.search(r"no-?\s?deriv", rest) else []
    return "-".join(parts)
