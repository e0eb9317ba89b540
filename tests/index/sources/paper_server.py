"""A loopback HTTP server that answers as Europe PMC's REST service and NCBI's E-utilities do, faults included."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

SENTENCE = "Gene{n} is required for the growth of the invented kidney in mutant mice of stage {i}. "


@dataclass(frozen=True)
class Article:
    """A paper that the services hold. ``open`` says whether its full text may be had."""

    number: int
    open: bool = True
    abstract: bool = True
    retracted: bool = False
    year: int = 2015
    licence: str = "cc by"

    @property
    def pmid(self) -> str:
        return str(90_000_000 + self.number)

    @property
    def pmcid(self) -> str:
        return f"PMC{70_000_000 + self.number}"

    @property
    def doi(self) -> str:
        return f"10.9999/invented.{self.number}"

    @property
    def title(self) -> str:
        return f"Gene{self.number} & the <i>invented</i> kidney"

    def entry(self) -> dict[str, Any]:
        """The paper as a result of Europe PMC's search with resultType=core."""
        kinds = ["Journal Article", *(["Retracted Publication"] if self.retracted else [])]
        return {
            "id": self.pmid,
            "source": "MED",
            "pmid": self.pmid,
            "pmcid": self.pmcid,
            "doi": self.doi,
            "title": f"Gene{self.number} &amp; the <i>invented</i> kidney.",
            "authorString": "Doe J, Roe RQ.",
            "authorList": {"author": [{"fullName": "Doe J"}, {"fullName": "Roe RQ"}, {"collectiveName": "The Group"}]},
            "journalInfo": {"yearOfPublication": self.year, "journal": {"title": "Invented Genetics"}},
            "pubYear": str(self.year),
            "pubTypeList": {"pubType": kinds},
            "isOpenAccess": "Y" if self.open else "N",
            "inEPMC": "Y",
            **({"license": self.licence} if self.open else {}),
            **(
                {
                    "abstractText": f"<h4>Background</h4>{SENTENCE.format(n=self.number, i=1)}"
                    f"<h4>Results</h4>CD4<sup>+</sup> cells fell (p &lt; 0.05) without Gene{self.number}."
                }
                if self.abstract
                else {}
            ),
        }

    def jats(self, *, body: bool = True) -> str:
        """The article as JATS."""
        text = "".join(SENTENCE.format(n=self.number, i=i) for i in range(20))
        licence = '<license xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://creativecommons.org/licenses/by/4.0/"/>'
        front = (
            "<front><journal-meta><journal-title-group><journal-title>Invented Genetics</journal-title>"
            "</journal-title-group></journal-meta><article-meta>"
            f'<article-id pub-id-type="pmid">{self.pmid}</article-id>'
            f'<article-id pub-id-type="pmc">{self.pmcid[3:]}</article-id>'
            f"<title-group><article-title>Gene{self.number} &amp; the <italic>invented</italic> kidney</article-title>"
            f"</title-group><pub-date><year>{self.year}</year></pub-date>"
            f"<permissions>{licence if body else ''}</permissions>"
            f"<abstract><p>{SENTENCE.format(n=self.number, i=1)}</p></abstract></article-meta></front>"
        )
        refused = "<!--The publisher of this article does not allow downloading of the full text in XML form.-->"
        inside = f"<body><sec><title>Results</title><p>{text}</p></sec></body>" if body else ""
        return f'<article article-type="research-article">{"" if body else refused}{front}{inside}</article>'

    def record(self) -> str:
        """The paper as a PubmedArticle of efetch."""
        kinds = "<PublicationType UI='D016428'>Journal Article</PublicationType>"
        links = (
            '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J. 2016</RefSource>'
            "<PMID Version='1'>1</PMID></CommentsCorrections></CommentsCorrectionsList>"
            if self.retracted
            else ""
        )
        abstract = f"<Abstract><AbstractText>{SENTENCE.format(n=self.number, i=1)}</AbstractText></Abstract>"
        return (
            "<PubmedArticle><MedlineCitation Status='MEDLINE' Owner='NLM'>"
            f"<PMID Version='1'>{self.pmid}</PMID><Article PubModel='Print'><Journal><JournalIssue CitedMedium='Print'>"
            f"<PubDate><Year>{self.year}</Year></PubDate></JournalIssue><Title>Invented Genetics</Title></Journal>"
            f"<ArticleTitle>{escape(self.title.replace('<i>', '').replace('</i>', ''))}.</ArticleTitle>"
            f"{abstract if self.abstract else ''}<AuthorList><Author><LastName>Doe</LastName><Initials>J</Initials>"
            f"</Author></AuthorList><Language>eng</Language><PublicationTypeList>{kinds}</PublicationTypeList></Article>"
            f"<MedlineJournalInfo><MedlineTA>Inv Gen</MedlineTA></MedlineJournalInfo>{links}</MedlineCitation>"
            f"<PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>"
            f"<ArticleId IdType='pubmed'>{self.pmid}</ArticleId><ArticleId IdType='pmc'>{self.pmcid}</ArticleId>"
            f"<ArticleId IdType='doi'>{self.doi}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>"
        )


@dataclass
class Fault:
    """What a path answers instead, once: a status with headers, or the true body cut, garbled or dripping."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: bool = False
    """Promise the whole length, send half, hang up."""
    end: bool = False
    """Send half as if it were all."""
    drip: float = 0.0
    """Seconds slept before the body."""


@dataclass
class PaperServer:
    """What the running server holds and has seen."""

    articles: list[Article]
    address: str = ""
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    """Part of a path (or of what was posted) -> what it answers first."""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """(method, path, parameters) of every request."""
    times: list[float] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    raw: list[bytes] = field(default_factory=list)

    @property
    def europepmc(self) -> str:
        return f"{self.address}/europepmc/webservices/rest"

    @property
    def ncbi(self) -> str:
        return f"{self.address}/entrez/eutils"

    def full_texts(self) -> list[str]:
        """PMCIDs of the full texts that were asked for."""
        asked = [path.split("/")[-2] for _, path, _ in self.asked if path.endswith("fullTextXML")]
        return asked + [f"PMC{a['id']}" for _, _, a in self.asked if a.get("db") == "pmc"]

    def answer(self, path: str, asked: dict[str, str]) -> bytes | None:
        """The body of a reply; None for 404."""
        if path.endswith("/rest/search"):
            return self._search(asked)
        if path.endswith("/fullTextXML"):
            article = self._named(path.split("/")[-2])
            declared = (
                '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS//EN" "x.dtd">\n'
            )
            return (declared + article.jats()).encode() if article and article.open else None
        if path.endswith("/esearch.fcgi"):
            return self._esearch(asked)
        if path.endswith("/efetch.fcgi"):
            return self._efetch(asked)
        return None

    def _search(self, asked: dict[str, str]) -> bytes:
        query, mark, size = asked["query"], asked["cursorMark"], int(asked["pageSize"])
        held = [a for a in self.articles if a.open or "OPEN_ACCESS:y" not in query]
        if "PUB_YEAR:[" in query:
            since = int(query.split("PUB_YEAR:[")[1][:4])
            held = [a for a in held if a.year >= since]
        start = 0 if mark == "*" else int(mark.removeprefix("AoJ"))
        page = held[start : start + size]
        following = f"AoJ{start + len(page)}" if page else mark
        reply = {
            "version": "6.9",
            "hitCount": len(held),
            "nextCursorMark": following,
            "request": {"queryString": query, "resultType": "core", "cursorMark": mark, "pageSize": size},
            "resultList": {"result": [article.entry() for article in page]},
        }
        return json.dumps(reply).encode()

    def _esearch(self, asked: dict[str, str]) -> bytes:
        held = [a for a in self.articles if a.year >= int(asked.get("mindate", "0"))]
        if "pmc open access[filter]" in asked["term"]:
            held = [a for a in held if a.open]
        start, size = int(asked.get("retstart", "0")), int(asked["retmax"])
        page = held[start : start + size]
        numbers = "".join(f"<Id>{a.pmid}</Id>" for a in page)
        return (
            '<?xml version="1.0" encoding="UTF-8" ?>\n'
            '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
            '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
            f"<eSearchResult><Count>{len(held)}</Count><RetMax>{len(page)}</RetMax><RetStart>{start}</RetStart>"
            f"<IdList>{numbers}</IdList><TranslationSet/><QueryTranslation>{escape(asked['term'])}</QueryTranslation>"
            "</eSearchResult>"
        ).encode()

    def _efetch(self, asked: dict[str, str]) -> bytes:
        if asked["db"] == "pmc":
            article = self._named(f"PMC{asked['id']}")
            inside = article.jats(body=article.open) if article else ""
            return f'<?xml version="1.0"?><pmc-articleset>{inside}</pmc-articleset>'.encode()
        wanted = asked["id"].split(",")
        records = "".join(article.record() for article in self.articles if article.pmid in wanted)
        return (
            '<?xml version="1.0" ?>\n'
            '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" '
            '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n'
            f"<PubmedArticleSet>{records}</PubmedArticleSet>"
        ).encode()

    def _named(self, pmcid: str) -> Article | None:
        return next((article for article in self.articles if article.pmcid == pmcid), None)


@contextmanager
def serving(articles: list[Article]) -> Iterator[PaperServer]:
    """Serve the articles on a free port."""
    state = PaperServer(articles)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply(urlsplit(self.path).query)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            state.raw.append(body)
            self._reply(body.decode())

        def _reply(self, query: str) -> None:
            path = urlsplit(self.path).path
            asked = {name: values[0] for name, values in parse_qs(query).items()}
            state.raw.append(self.path.encode() + str(self.headers).encode())
            state.times.append(time.monotonic())
            state.asked.append((self.command, path, asked))
            state.agents.add(self.headers.get("User-Agent", ""))
            where = f"{path}?{query}"
            fault = next((left.pop(0) for part, left in state.faults.items() if part in where and left), Fault())
            body = state.answer(path, asked) if fault.body is None else fault.body
            status = fault.status if fault.status != 200 else 200 if body is not None else 404
            body = body if body is not None and status == 200 else b"{}"
            sent = body[: len(body) // 2] if fault.cut or fault.end else body
            self.send_response(status)
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent if fault.end else body)))
            self.end_headers()
            time.sleep(fault.drip)
            try:
                self.wfile.write(sent)
            except OSError:
                return
            self.close_connection = fault.cut

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
