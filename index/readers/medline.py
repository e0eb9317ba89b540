"""PubMed's tagged format (.nbib, "PubMed" and "MEDLINE" exports), read record by record with Biopython.

Format: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from Bio import Medline

from index.errors import ReadError
from index.papers import Paper, PaperInfo
from index.readers.abstracts import labelled_abstract, plain_title
from index.readers.cleaning import author_of, bare_doi, bare_pmcid, bare_pmid, clean, year_of
from index.readers.files import decode, whole

_medline: Callable[[io.StringIO], dict[str, Any]] = Medline.read


def read(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The records of an .nbib file; a ReadError for each that has no title."""
    content = decode(whole(stream, source), source).strip("\n")
    for number, block in enumerate(re.split(r"\n(?:[ \t]*\n)+(?=[A-Z]{2,4} *- )", content), 1):
        try:
            record: dict[str, Any] = dict(_medline(io.StringIO(block + "\n")))
        except (ValueError, KeyError, IndexError, AttributeError, StopIteration) as error:
            yield ReadError(f"{source}, record {number} is damaged ({error}).", hint="Export it again from PubMed.")
            continue
        paper = _paper(record, source)
        if paper.info.title:
            yield paper
        else:
            yield ReadError(
                f"{source}, record {number} has no title (TI).", hint="Export it from PubMed in the format PubMed."
            )


def _paper(record: dict[str, Any], source: str) -> Paper:
    def field(*names: str) -> str:
        values = (record.get(name) for name in names)
        return next((clean(v if isinstance(v, str) else " ".join(v)) for v in values if v), "")

    identifiers = [*_many(record.get("AID")), *_many(record.get("LID"))]
    dois = (bare_doi(text) for text in identifiers if "[doi]" in text)
    info = PaperInfo(
        title=plain_title(field("TI", "BTI", "TT")),
        authors=tuple(
            author_of(name) for name in (*_many(record.get("AU") or record.get("FAU")), *_many(record.get("CN")))
        ),
        journal=field("JT", "TA", "BTI"),
        year=year_of(field("DP", "DEP", "CRDT")),
        pmid=bare_pmid(field("PMID")),
        pmcid=bare_pmcid(field("PMC")),
        doi=next(filter(None, dois), ""),
        licence="",
        source=source,
        retracted=bool(record.get("RIN")) or "retracted publication" in [t.lower() for t in _many(record.get("PT"))],
    )
    headings = (clean(heading).partition("/")[0].removeprefix("*") for heading in _many(record.get("MH")))
    return Paper(
        info,
        labelled_abstract(field("AB")),
        types=tuple(filter(None, map(clean, _many(record.get("PT"))))),
        headings=tuple(dict.fromkeys(filter(None, headings))),
    )


def _many(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())
