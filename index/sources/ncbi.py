"""PubMed and PubMed Central by NCBI's E-utilities: esearch for numbers, efetch for records and full texts.

Service: https://www.ncbi.nlm.nih.gov/books/NBK25499/. Biopython's Entrez sends and parses such requests too, but keeps
key and address in globals, passes over Retry-After, can't be stopped, puts the key into addresses, and its parser
downloads whatever DTD a reply names; so httpx asks and our readers of PubMed XML and JATS read. Tests hold the replies
against Biopython's parser.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from lxml import etree

from index.errors import SourceError
from index.papers import Paper
from index.readers import pubmed_xml
from index.readers.cleaning import clean
from index.sources.articles import article, whole
from index.sources.politeness import Service
from index.sources.records import MOST, Offer, Texts, Wish

NAME = "PubMed"
PAGE = 500
"""Numbers of one esearch."""
BATCH = 100
"""Records of one efetch; NCBI asks for fewer than 200 in one address."""

WITHOUT_KEY, WITH_KEY = 3.0, 10.0
"""Requests a second that NCBI allows."""


class PubMed:
    """PubMed, with the full texts of PubMed Central, behind `records.Source`."""

    name = NAME

    def __init__(self, service: Service, *, key: str = "", mail: str = "") -> None:
        self._service = service
        who = {"tool": "locus", "email": mail, "api_key": key}
        self._who = {name: value for name, value in who.items() if value}

    def close(self) -> None:
        """Close the connections."""
        self._service.close()

    def search(self, wish: Wish) -> PubMedFound:
        """Ask for the first page. Raises SourceError."""
        return PubMedFound(self._service, self._who, wish.checked())

    def full_text(self, offer: Offer) -> Paper | None:
        """The open full text of a paper in PubMed Central, None where it may not be had. Raises SourceError."""
        info = offer.paper.info
        if not info.pmcid:
            return None
        asked = {"db": "pmc", "id": info.pmcid.removeprefix("PMC"), "retmode": "xml", **self._who}
        try:
            body = self._service.post("efetch.fcgi", asked, partial(whole, "pmc-articleset"))
        except SourceError as error:
            if error.missing:
                return None
            raise
        # Of an article that isn't open PubMed Central sends the front matter alone, or an empty set.
        return article(body, info) if b"<article" in body else None


class PubMedFound:
    """The records of one query, in PubMed's order by relevance."""

    def __init__(self, service: Service, who: dict[str, str], wish: Wish) -> None:
        self._service = service
        self._who = who
        self._wish = wish
        self.total, self._first = self._numbers(0)

    def offers(self) -> Iterator[Offer]:
        """The first papers, at most the wish's limit, each once. Raises SourceError."""
        seen: set[str] = set()
        start, numbers = 0, self._first
        while numbers:
            fresh = [number for number in dict.fromkeys(numbers) if number not in seen]
            fresh = fresh[: self._wish.limit - len(seen)]
            for at in range(0, len(fresh), BATCH):
                yield from self._records(fresh[at : at + BATCH])
            seen.update(fresh)
            start += len(numbers)
            if len(seen) >= self._wish.limit or start >= min(self.total, MOST) or not fresh:
                return
            numbers = self._numbers(start)[1]

    def _numbers(self, start: int) -> tuple[int, list[str]]:
        asked = {
            "db": "pubmed",
            "term": _term(self._wish),
            "retmode": "xml",
            "retstart": str(start),
            "retmax": str(min(PAGE, self._wish.limit - start, MOST - start)),
            "sort": "relevance",
            **self._who,
        }
        if self._wish.since:
            asked |= {"datetype": "pdat", "mindate": str(self._wish.since), "maxdate": str(datetime.now(UTC).year + 1)}
        found: tuple[int, list[str]] = self._service.post("esearch.fcgi", asked, _read)
        return found

    def _records(self, numbers: list[str]) -> Iterator[Offer]:
        asked = {"db": "pubmed", "id": ",".join(numbers), "retmode": "xml", **self._who}
        body = self._service.post("efetch.fcgi", asked, partial(whole, "PubmedArticleSet"))
        wanted = set(numbers)
        for found in pubmed_xml.read(io.BytesIO(body), NAME):
            if not isinstance(found, Paper) or found.info.pmid not in wanted:
                continue  # a record that can't be read, or another's
            wanted.discard(found.info.pmid)
            paper = Paper(replace(found.info, source=NAME), found.sections)
            yield Offer(paper, full_text=bool(paper.info.pmcid))


def _term(wish: Wish) -> str:
    query = wish.query.strip()
    return f"({query}) AND pubmed pmc open access[filter]" if wish.texts is Texts.FULL else query


def _read(body: bytes) -> tuple[int, list[str]]:
    """Count and numbers of an eSearchResult. ValueError where it isn't one, SourceError where it tells a fault."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error).partition(", line")[0]) from error
    if root.tag != "eSearchResult":
        raise ValueError("no search result in it")
    if told := clean(root.findtext("ERROR") or ""):
        raise SourceError(f"{NAME} doesn't understand the query: {told[:200]}", hint="Change its words.")
    count = (root.findtext("Count") or "").strip()
    if not count.isdigit():
        raise ValueError("no count in it")
    numbers = [clean(node.text or "") for node in root.findall("IdList/Id")]
    return int(count), [number for number in numbers if number.isascii() and number.isdigit()]
