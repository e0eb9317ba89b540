"""Which of two records of one paper is the newer: by PubMed's files, which are numbered, and by a record's version.

NLM asks to apply its files in the order of their numbers (https://pubmed.ncbi.nlm.nih.gov/download/): a baseline every
December ("pubmed26n0001.xml.gz"), then daily updates with higher numbers. Added in another order, or again, an older
file must not take back what a newer one has said.
"""

from __future__ import annotations

import re

_FILE = re.compile(r"pubmed(\d\d)n(\d{4,})\.xml(?:\.gz)?", re.IGNORECASE)
_VERSION = ", version "


def versioned(source: str, version: str | None) -> str:
    """The source of a record's ``version``, which a file may hold several of: "x.xml, version 2"."""
    return f"{source}{_VERSION}{version}" if version and version.isdigit() and int(version) > 1 else source


def same_file(one: str, other: str) -> bool:
    """Whether two sources are one file, whatever the versions of the records."""
    return _parts(one)[0] == _parts(other)[0]


def older(one: str, other: str) -> bool:
    """Whether source ``one`` is known to be older than ``other``; False where nothing is known."""
    (file, version), (later, latest) = _parts(one), _parts(other)
    if file == later:
        return version < latest
    a, b = _FILE.fullmatch(file), _FILE.fullmatch(later)
    return bool(a and b) and _number(a) < _number(b)


def _number(match: re.Match[str] | None) -> tuple[int, int]:
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _parts(source: str) -> tuple[str, int]:
    file, _, version = source.partition(_VERSION)
    return file, int(version) if version.isdigit() and len(version) < 9 else 1
