"""BibTeX files, read entry by entry with bibtexparser; LaTeX accents are decoded.

Format: https://www.bibtex.org/Format/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import bibtexparser
from bibtexparser.bparser import BibTexParser
from bibtexparser.latexenc import latex_to_unicode

from index.errors import ReadError
from index.papers import Paper, PaperInfo
from index.readers.abstracts import labelled_abstract, plain_title
from index.readers.cleaning import author_of, bare_doi, bare_pmcid, bare_pmid, clean, year_of
from index.readers.files import decode, whole

_ENTRY = re.compile(r"^[ \t]*@([A-Za-z]+)\s*[{(]", re.M)
_NO_PAPERS = frozenset(("comment", "string", "preamble"))
_LONGEST_ENTRY = 1 << 20


def read(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The entries of a BibTeX file; a ReadError for each that is broken or has no title."""
    content = decode(whole(stream, source), source)
    found = list(_ENTRY.finditer(content))
    ends = [match.start() for match in found[1:]] + [len(content)]
    strings = "".join(
        content[m.start() : e] for m, e in zip(found, ends, strict=True) if m.group(1).lower() == "string"
    )
    number = 0
    for match, end in zip(found, ends, strict=True):
        if match.group(1).lower() in _NO_PAPERS:
            continue
        number += 1
        fields = _fields(content[match.start() : end], strings)
        paper = _paper(fields, source) if fields else None
        if paper and paper.info.title:
            yield paper
        else:
            fault = "has no title" if paper else "is damaged (are braces and commas in place?)"
            line = content.count("\n", 0, match.start()) + 1
            yield ReadError(f"{source}, record {number} (line {line}) {fault}.", hint="Correct or export it again.")


def _fields(entry: str, strings: str) -> dict[str, str]:
    """The fields of one entry by lower-case name; empty where it can't be parsed."""
    if len(entry) > _LONGEST_ENTRY:
        return {}
    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False, interpolate_strings=True)
    try:
        entries = bibtexparser.loads(strings + entry, parser).entries
    except Exception:  # pyparsing and string interpolation raise many kinds; the entry is told as damaged
        return {}
    return {name.lower(): value for name, value in entries[0].items() if isinstance(value, str)} if entries else {}


def _paper(fields: dict[str, str], source: str) -> Paper:
    def field(*names: str) -> str:
        return next((plain(fields[name]) for name in names if fields.get(name)), "")

    links = " ".join(fields.get(name, "") for name in ("doi", "url", "ee", "note"))
    archive = fields.get("eprinttype", fields.get("archiveprefix", "")).lower()
    info = PaperInfo(
        title=plain_title(field("title")),
        authors=tuple(
            author_of(plain(name))
            for name in re.split(r"\s+and\s+", fields.get("author", ""))
            if name not in ("", "others")
        ),
        journal=field("journal", "journaltitle", "booktitle"),
        year=year_of(field("year", "date")),
        pmid=bare_pmid(field("pmid") or (field("eprint") if archive == "pubmed" else "")),
        pmcid=bare_pmcid(field("pmcid", "pmc")),
        doi=bare_doi(links.replace("\\_", "_")),
        licence=field("copyright", "license")[:120],
        source=source,
    )
    return Paper(info, labelled_abstract(field("abstract")))


def plain(latex: str) -> str:
    """LaTeX of a field as text: accents and symbols decoded, commands of style and braces gone."""
    text = re.sub(r"\\(?:text(?:it|bf|sc|rm|sf|superscript|subscript)|emph|mathrm|mathit|mkbibemph)\s*\{", "{", latex)
    text = re.sub(r"\\(?:it|bf|em|rm|sl|sc|tt|sf|itshape|bfseries)(?![A-Za-z])\s*", "", text)
    text = re.sub(r"\$\s*\^\s*\{?([^{}$]*)\}?\s*\$|\$\s*_\s*\{?([^{}$]*)\}?\s*\$", r"\1\2", text)
    text = latex_to_unicode(
        text.replace("~", " ").replace("\\&", "&").replace("\\%", "%").replace("---", "—").replace("--", "–")
    )
    return clean(re.sub(r"(?<!\\)\$", "", text.replace("{", "").replace("}", "")))
