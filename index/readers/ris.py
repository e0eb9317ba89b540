"""RIS files of reference managers and databases, read record by record with rispy.

Format: https://en.wikipedia.org/wiki/RIS_(file_format)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import rispy

from index.errors import ReadError
from index.papers import Paper, PaperInfo
from index.readers.abstracts import labelled_abstract, plain_title
from index.readers.cleaning import author_of, bare_doi, bare_pmcid, bare_pmid, clean, year_of
from index.readers.files import decode, whole

_TITLES = ("primary_title", "title", "translated_title", "secondary_title")
_JOURNALS = ("journal_name", "alternate_title3", "secondary_title", "alternate_title1", "alternate_title2")


def read(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The records of a RIS file; a ReadError for each that is broken or has no title."""
    content = decode(whole(stream, source), source)
    starts = [match.start() for match in re.finditer(r"^TY {1,2}- ?\S", content, re.M)]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(content)], strict=True), 1):
        try:
            entries = rispy.loads(_terminated(content[start:end]))
            paper = _paper(entries[0], source)
        except (ValueError, KeyError, IndexError, AttributeError, OSError, TypeError) as error:
            yield ReadError(f"{source}, record {number} is damaged ({error}).", hint="Export it again.")
            continue
        if number == len(starts) and _cut(content[start:end]):
            yield ReadError(
                f"{source}, record {number} is cut off in the middle (it has no end mark ER and breaks off in its "
                f"{'abstract' if paper.sections else 'text'}).",
                hint="Export or download the file again; the records before it were read.",
            )
        elif paper.info.title:
            yield paper
        else:
            yield ReadError(f"{source}, record {number} has no title (TI or T1).", hint="Export it again.")


def _cut(record: str) -> bool:
    """Whether the last record of a file breaks off: no end mark, and a tag or a running text that stops in mid-word."""
    if re.search(r"^ER {0,2}-?", record, re.M):
        return False
    last = record.rstrip("\r\n ").rpartition("\n")[2]
    tagged = re.match(r"([A-Z][A-Z0-9])(?: {1,2}-(?: (.*))?)?$", last)
    if tagged and not tagged.group(2):
        return True
    within = re.findall(r"^([A-Z][A-Z0-9]) {1,2}- ?", record, re.M)
    running = bool(within) and within[-1] in ("AB", "N2", "N1")
    return running and not re.search(r"[.!?:)\]\"'”’]\s*$", record)


def _terminated(record: str) -> str:
    """The record up to its end mark; one that the file lost is put back, and "TY - " spelt as rispy wants it."""
    record = re.sub(r"^([A-Z][A-Z0-9]) {1,2}- ?", r"\1  - ", record, flags=re.M)
    body = re.split(r"^ER  - .*$", record, maxsplit=1, flags=re.M)[0]
    return body.rstrip() + "\nER  - \n"


def _paper(entry: dict[str, Any], source: str) -> Paper:
    def field(*names: str) -> str:
        for name in names:
            value = entry.get(name)
            if value:
                return clean(value if isinstance(value, str) else " ".join(map(str, value)))
        return ""

    names: list[str] = next((entry[k] for k in ("authors", "first_authors") if entry.get(k)), [])
    unknown = entry.get("unknown_tag") or {}
    pmc = next((v for k in ("C2", "PMC") for v in unknown.get(k, ()) if "PMC" in v.upper()), "") or field("custom2")
    accession = field("accession_number") if re.match(r"pubmed|nlm", field("name_of_database"), re.I) else ""
    link = " ".join(re.findall(r"pubmed(?:\.ncbi\.nlm\.nih\.gov)?/(\d+)", " ".join(map(str, entry.get("urls") or ()))))
    info = PaperInfo(
        title=plain_title(field(*_TITLES)),
        authors=tuple(filter(None, (author_of(str(name)) for name in names))),
        journal=field(*_JOURNALS),
        year=year_of(field("year", "publication_year", "date")),
        pmid=bare_pmid(accession or link.partition(" ")[0]),
        pmcid=bare_pmcid(pmc) if "PMC" in pmc.upper() else "",
        doi=bare_doi(field("doi")) or bare_doi(" ".join(map(str, entry.get("urls") or ()))),
        source=source,
    )
    return Paper(info, labelled_abstract(field("abstract", "notes_abstract")))
