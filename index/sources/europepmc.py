"""Europe PMC: search by its REST service, full text of its open-access articles.

Service: https://europepmc.org/RestfulWebService (search with resultType=core and cursorMark; {PMCID}/fullTextXML).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from index.errors import SourceError
from index.papers import Paper, PaperInfo, Section
from index.readers.abstracts import abstract_sections, plain_title
from index.readers.cleaning import (
    PARAGRAPH,
    author_of,
    bare_doi,
    bare_pmcid,
    bare_pmid,
    clean,
    harmless,
    heading,
    year_of,
)
from index.readers.licences import short_licence
from index.sources.articles import article, whole
from index.sources.politeness import Service
from index.sources.records import Offer, Texts, Wish

NAME = "Europe PMC"
PAGE = 100
"""Papers of one page of results; the service gives up to 1,000."""

_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>")
_BREAK = re.compile(r"</?(?:p|br|h\d|div|li|ul|ol)\b[^<>]*>", re.I)
_HEADED = re.compile(r"<h\d[^<>]*>(.*?)</h\d>", re.I | re.S)


class EuropePmc:
    """Europe PMC behind `records.Source`."""

    name = NAME

    def __init__(self, service: Service) -> None:
        self._service = service

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def search(self, wish: Wish) -> EuropePmcFound:
        """Ask for the first page. Raises SourceError."""
        return EuropePmcFound(self._service, wish.checked())

    def full_text(self, offer: Offer) -> Paper | None:
        """The open full text of a paper, None where Europe PMC has none. Raises SourceError."""
        info = offer.paper.info
        if not info.pmcid:
            return None
        try:
            body = self._service.get(f"{info.pmcid}/fullTextXML", {}, partial(whole, "article"))
        except SourceError as error:
            if error.missing:
                return None
            raise
        return article(body, info)


class EuropePmcFound:
    """The pages of one query."""

    def __init__(self, service: Service, wish: Wish) -> None:
        self._service = service
        self._wish = wish
        self._first = self._page("*")
        self.total = _whole_number(self._first.get("hitCount"))

    def offers(self) -> Iterator[Offer]:
        """The first papers, at most the wish's limit, each once. Raises SourceError."""
        page, mark, left = self._first, "*", self._wish.limit
        seen: set[tuple[str, str]] = set()
        while True:
            before = len(seen)
            for entry in _list(page, "resultList", "result"):
                key = (_text(entry, "source"), _text(entry, "id"))
                if key in seen:
                    continue
                seen.add(key)
                yield offer(entry)
                left -= 1
                if not left:
                    return
            following = _text(page, "nextCursorMark")
            # The last page repeats the mark, or has none; one that brings nothing new is the last in any case.
            if len(seen) in (before, self.total) or not following or following == mark:
                return
            mark, page = following, self._page(following)

    def _page(self, mark: str) -> dict[str, Any]:
        asked = {
            "query": _query(self._wish),
            "resultType": "core",
            "format": "json",
            "pageSize": str(min(PAGE, self._wish.limit)),
            "cursorMark": mark,
        }
        page: dict[str, Any] = self._service.get("search", asked, _read)
        return page


def _query(wish: Wish) -> str:
    parts = [f"({wish.query.strip()})", "(SRC:MED OR SRC:PMC OR SRC:PPR)"]
    parts += [f"(PUB_YEAR:[{wish.since} TO 3000])"] if wish.since else []
    parts += ["(OPEN_ACCESS:y)"] if wish.texts is Texts.FULL else []
    return " AND ".join(parts)


def _read(body: bytes) -> dict[str, Any]:
    try:
        page = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(page, dict):
        raise ValueError("no results in it")
    if "resultList" not in page and "hitCount" not in page:
        if told := _text(page, "errMsg"):
            raise SourceError(f"{NAME} doesn't understand the query: {clean(told)[:200]}", hint="Change its words.")
        raise ValueError("no results in it")
    return page


def offer(entry: dict[str, Any]) -> Offer:
    """A paper of a page of results; whatever the entry lacks is empty."""
    people = _list(entry, "authorList", "author")
    named = (author_of(clean(_text(p, "fullName"))) or clean(_text(p, "collectiveName")) for p in people)
    authors = tuple(filter(None, named))
    if not authors:
        listed = _text(entry, "authorString").rstrip(".").split(", ")
        authors = tuple(author_of(clean(name)) for name in listed if name.strip())
    journal = _dict(_dict(entry, "journalInfo"), "journal")
    licence = _text(entry, "license")
    pmcid = bare_pmcid(_text(entry, "pmcid"))
    open_access = _text(entry, "isOpenAccess") == "Y"
    info = PaperInfo(
        title=plain_title(_plain(_text(entry, "title"))),
        authors=authors,
        journal=clean(_text(journal, "title") or _text(journal, "medlineAbbreviation")),
        year=year_of(_text(entry, "pubYear")),
        pmid=bare_pmid(_text(entry, "pmid")),
        pmcid=pmcid,
        doi=bare_doi(_text(entry, "doi")),
        licence=short_licence((), (licence.upper(),)) if licence.lower().startswith("cc") else clean(licence),
        source=NAME,
        retracted=_retracted(entry),
    )
    return Offer(Paper(info, tuple(_abstract(_text(entry, "abstractText")))), open_access and bool(pmcid), open_access)


def _retracted(entry: dict[str, Any]) -> bool:
    """Whether the paper was withdrawn; the notice that withdraws another is a "Retraction of Publication"."""
    kinds = _dict(entry, "pubTypeList").get("pubType")
    named = {str(kind).strip().lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}
    notes = (_text(note, "type").lower() for note in _list(entry, "commentCorrectionList", "commentCorrection"))
    return "retracted publication" in named or any(note == "retraction in" for note in notes)


def _abstract(markup: str) -> Iterator[Section]:
    """Sections of an abstract in HTML, whose parts stand under <h4>."""
    pieces = _HEADED.split(markup)
    parts = [("Abstract", _plain(pieces[0]))]
    for label, text in zip(pieces[1::2], pieces[2::2], strict=True):
        parts.append((heading(("Abstract", clean(_plain(label)).rstrip(":. "))), _plain(text)))
    return abstract_sections(part for part in parts if part[1].strip())


def _plain(markup: str) -> str:
    """Text of HTML: tags gone, entities read, ends of paragraphs kept."""
    text = _TAG.sub("", _BREAK.sub("\n\n", markup))
    pieces = (clean(piece) for piece in re.split(r"\n\s*\n", harmless(html.unescape(text))))
    return PARAGRAPH.join(filter(None, pieces))


def _dict(entry: dict[str, Any], key: str) -> dict[str, Any]:
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def _list(entry: dict[str, Any], outer: str, inner: str) -> list[dict[str, Any]]:
    value = _dict(entry, outer).get(inner)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def _whole_number(value: Any) -> int:
    return value if type(value) is int and value >= 0 else 0
