"""BioC collections in JSON and XML, as NCBI gives out PubMed and PMC Open Access texts.

Format: https://bioc.sourceforge.net (collection, document, passage, infons).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from lxml import etree

from index.errors import ReadError
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.readers.abstracts import plain_title
from index.readers.cleaning import (
    PARAGRAPH,
    ROW,
    author,
    bare_doi,
    bare_pmcid,
    bare_pmid,
    clean,
    harmless,
    heading,
    marked,
    year_of,
)
from index.readers.files import decode, whole
from index.readers.headings import is_about
from index.readers.jats_text import line
from index.readers.references import find_references
from index.readers.xml_records import records

_Passage = tuple[Mapping[str, str], str]
_NAMES = {
    "intro": "Introduction",
    "methods": "Methods",
    "results": "Results",
    "discuss": "Discussion",
    "concl": "Conclusions",
}
_LEFT_OUT = frozenset(("ref", "ack_fund", "auth_cont", "comp_int", "front_title", "review_info"))


def read_json(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The documents of a BioC JSON file (a collection, or a list of them); a ReadError for a broken one."""
    try:
        content = json.loads(decode(whole(stream, source), source))
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{source} is not valid JSON ({error}).", hint="Download it again.") from error
    collections = content if isinstance(content, list) else [content]
    documents = [
        document
        for held in collections
        if isinstance(held, dict)
        for document in (held["documents"] if isinstance(held.get("documents"), list) else [held])
    ]
    for number, document in enumerate(documents, 1):
        try:
            passages = [
                ({str(k): str(v) for k, v in p.get("infons", {}).items()}, p["text"]) for p in document["passages"]
            ]
            yield _paper(str(document.get("id", "")), [(i, str(text)) for i, text in passages], source)
        except (KeyError, TypeError, AttributeError):
            yield ReadError(f"{source}, record {number} is no BioC document.", hint="Download it again.")


def read_xml(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The documents of a BioC XML file; a ReadError for one that isn't well-formed."""
    for element in records(stream, source, ("document",)):
        if isinstance(element, ReadError):
            yield element
            continue
        passages = [
            ({str(i.get("key")): line(i) for i in p.findall("infon")}, _text(p.find("text")))
            for p in element.findall("passage")
        ]
        yield _paper(line(element.find("id")), passages, source)


def _text(element: etree._Element | None) -> str:
    return "" if element is None else "".join(map(str, element.itertext()))


def _paper(identifier: str, passages: Iterable[_Passage], source: str) -> Paper:
    title = ""
    first: Mapping[str, str] = {}
    groups: list[tuple[str, SectionKind, list[str]]] = []
    path: tuple[str, ...] = ()
    for infons, text in passages:
        kind = infons.get("type", "").lower()
        kind = kind or ("abstract" if title else "title")  # passages of plain PubMed records may say nothing
        part = (infons.get("section_type") or infons.get("section") or kind).lower()
        first = first or infons
        if not title and ("title" in (kind, part) or kind == "front"):
            title = plain_title(clean(text))
        elif part in _LEFT_OUT or kind in ("ref", "footnote") or is_about(clean(text)):
            continue
        elif found := re.fullmatch(r"(?:\w+_)?title(?:_(\d))?", kind):
            level = int(found.group(1) or 1)
            path = (*path[: level - 1], clean(text))
        else:
            _add(groups, *_place(infons, kind, part, path), harmless(text))
    sections = []
    for name, section_kind, texts in groups:
        if text := marked(PARAGRAPH.join(texts)).text:
            sections.append(Section(name, text, section_kind, find_references(text)))
    return Paper(_info(identifier, title, first, source), tuple(sections))


def _place(infons: Mapping[str, str], kind: str, part: str, path: tuple[str, ...]) -> tuple[str, SectionKind]:
    """Heading and kind of the section that a passage belongs to."""
    if part.startswith("fig"):
        return _label(infons.get("id", ""), "Figure"), SectionKind.FIGURE
    if part.startswith("table"):
        return _label(infons.get("id", ""), "Table"), SectionKind.TABLE
    if "abstract" in (kind, part):
        inner = path[-1] if path and path[-1].lower() != "abstract" else ""
        return heading(("Abstract", inner)), SectionKind.ABSTRACT
    top = _NAMES.get(part, "")
    return heading(path if path else (top,)), SectionKind.BODY


def _label(identifier: str, name: str) -> str:
    number = re.search(r"(\d+)\D*$", identifier)
    return f"{name} {int(number.group(1))}" if number else name


def _add(groups: list[tuple[str, SectionKind, list[str]]], name: str, kind: SectionKind, text: str) -> None:
    text = text.replace("\t", " | ") if kind is SectionKind.TABLE else text
    text = re.sub(r"\n", ROW if kind is SectionKind.TABLE else " ", text)
    if groups and groups[-1][:2] == (name, kind):
        groups[-1][2].append(text)
    else:
        groups.append((name, kind, [text]))


def _info(identifier: str, title: str, infons: Mapping[str, str], source: str) -> PaperInfo:
    names = [v for k, v in sorted(infons.items()) if re.fullmatch(r"name_\d+", k)]
    parts = [dict(p.partition(":")[::2] for p in name.split(";")) for name in names]
    pmcid = infons.get("article-id_pmc", "") or (identifier if identifier.upper().startswith("PMC") else "")
    return PaperInfo(
        title=title,
        authors=tuple(author(p["surname"], p.get("given-names", "")) for p in parts if p.get("surname")),
        journal=clean(infons.get("journal-title") or re.split(r"[.;]", infons.get("journal", ""))[0]),
        year=year_of(infons.get("year", "")),
        pmid=bare_pmid(infons.get("article-id_pmid", "") or ("" if pmcid else identifier)),
        pmcid=bare_pmcid(pmcid),
        doi=bare_doi(infons.get("article-id_doi", "")),
        licence=clean(infons.get("license", ""))[:120],
        source=source,
    )
