"""Papers from Europe PMC and PubMed into a real library, over real HTTP to a server that answers as they do."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from Bio import Entrez

from index.errors import SourceError
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.settings import LibrarySettings
from index.sources.europepmc import EuropePmc
from index.sources.fetching import Fetched, Got, Step, fetch, source_of
from index.sources.ncbi import PubMed
from index.sources.politeness import Manners, Service, retry_after
from index.sources.records import Source, Texts, Wish
from tests.index.sources.paper_server import Article, Fault, PaperServer, serving

QUICK = Manners(per_second=1000, wait=0.01, timeout=2.0)
ARTICLES = [
    Article(1),
    Article(2, open=False),
    Article(3, retracted=True),
    Article(4, open=False, abstract=False),
    Article(5, year=1999, licence="cc by-nc"),
]


@pytest.fixture
def server() -> Iterator[PaperServer]:
    with serving(list(ARTICLES)) as running:
        yield running


Make = Callable[..., Source]


@pytest.fixture(params=["europepmc", "pubmed"])
def make(request: pytest.FixtureRequest, server: PaperServer) -> Make:
    """Makes the client of either service, in a hurry."""

    def making(manners: Manners = QUICK, stop: Callable[[], bool] = lambda: False) -> Source:
        if request.param == "europepmc":
            return EuropePmc(Service("Europe PMC", server.europepmc, manners=manners, stop=stop))
        return PubMed(Service("NCBI", server.ncbi, manners=manners, stop=stop))

    return making


def europepmc(server: PaperServer, manners: Manners = QUICK) -> EuropePmc:
    return EuropePmc(Service("Europe PMC", server.europepmc, manners=manners))


def run(library: Library, source: Source, **asked: Any) -> Fetched:
    wish = Wish("kidney", **asked)
    return fetch(library, source, source.search(wish), wish)


def test_open_full_texts_come_whole_and_the_others_as_abstracts(make: Make, library: Library) -> None:
    source = make()
    done = run(library, source)
    assert done.counts == {Got.FULL: 3, Got.ABSTRACT: 1, Got.NONE: 1}
    assert (done.error, done.stopped, done.faults) == (None, False, [])
    first = library.paper(library.find(ARTICLES[0].pmcid) or 0)
    assert (first.info.title, first.info.year) == ("Gene1 & the invented kidney", 2015)
    assert (first.info.pmid, first.info.doi) == (ARTICLES[0].pmid, ARTICLES[0].doi)
    assert (first.info.licence, first.info.source) == ("CC BY 4.0", source.name)
    assert any(section.heading == "Results" for section in first.sections)
    second = library.paper(library.find(f"PMID:{ARTICLES[1].pmid}") or 0)
    assert {section.kind for section in second.sections} == {SectionKind.ABSTRACT}
    assert library.count() == 4


def test_europe_pmcs_abstracts_are_plain_text_by_section(server: PaperServer, library: Library) -> None:
    run(library, europepmc(server), texts=Texts.ABSTRACTS)
    paper = library.paper(library.find(f"PMID:{ARTICLES[1].pmid}") or 0)
    assert [section.heading for section in paper.sections] == ["Abstract / Background", "Abstract / Results"]
    assert paper.sections[1].text == "CD4+ cells fell (p < 0.05) without Gene2."
    assert paper.info.authors == ("Doe J", "Roe RQ", "The Group")
    assert library.paper(library.find(ARTICLES[4].pmcid) or 0).info.licence == "CC BY-NC"
    assert server.full_texts() == []


def test_a_second_run_asks_for_no_text_again(make: Make, server: PaperServer, library: Library) -> None:
    run(library, make(), texts=Texts.FULL)
    before = len(server.full_texts())
    again = run(library, make(), texts=Texts.FULL)
    assert again.counts == {Got.HELD: 3}
    assert len(server.full_texts()) == before == 3


def test_an_abstract_that_is_held_becomes_a_full_text(make: Make, library: Library) -> None:
    run(library, make(), texts=Texts.ABSTRACTS)
    words = library.status().words
    done = run(library, make(), texts=Texts.FULL)
    assert done.counts == {Got.FULL: 3}
    assert library.count() == 4
    assert library.status().words > 3 * words


def test_a_paper_held_under_its_doi_alone_is_known(make: Make, server: PaperServer, library: Library) -> None:
    info = PaperInfo("Another title", doi=ARTICLES[0].doi, source="mine.pdf")
    library.add([Paper(info, (Section("Results", "My own copy of the text. " * 40),))])
    done = run(library, make())
    assert done.counts[Got.HELD] == 1
    assert ARTICLES[0].pmcid not in server.full_texts()


def test_only_what_is_asked_for_is_taken(make: Make, library: Library) -> None:
    assert run(library, make(), limit=2).counts.total() == 2
    assert run(library, make(), since=2000, texts=Texts.ABSTRACTS).counts.total() == 4
    assert run(library, make(), texts=Texts.FULL).counts.total() == 3


def test_many_pages_give_each_paper_once(server: PaperServer, make: Make) -> None:
    server.articles[:] = [Article(n, open=False) for n in range(1, 731)]
    found = make().search(Wish("kidney", limit=700))
    assert found.total == 730
    pmids = [offer.paper.info.pmid for offer in found.offers()]
    assert len(pmids) == len(set(pmids)) == 700


def test_retracted_papers_are_marked_where_they_are_cited(make: Make, library: Library) -> None:
    done = run(library, make())
    info = library.infos([library.find(ARTICLES[2].pmcid) or 0]).popitem()[1]
    assert info.retracted
    assert info.citation.startswith("Doe ")
    assert info.citation.endswith(" 2015 (retracted)")
    assert [paper.pmid for paper in done.retracted] == [ARTICLES[2].pmid]
    assert not library.infos([library.find(ARTICLES[0].pmcid) or 0]).popitem()[1].retracted


def test_a_held_paper_that_was_retracted_since_is_marked(make: Make, server: PaperServer, library: Library) -> None:
    server.articles[:] = [Article(3)]
    run(library, make())
    server.articles[:] = [Article(3, retracted=True)]
    assert run(library, make()).counts == {Got.HELD: 1}
    assert library.papers()[0].retracted


def test_a_notice_that_retracts_another_paper_is_not_retracted_itself() -> None:
    from index.sources.europepmc import offer

    entry = Article(1).entry() | {"pubTypeList": {"pubType": ["Retraction of Publication"]}}
    assert not offer(entry).paper.info.retracted
    linked = Article(1).entry() | {"commentCorrectionList": {"commentCorrection": [{"type": "Retraction in"}]}}
    assert offer(linked).paper.info.retracted


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500),
        Fault(503, {"Retry-After": "soon"}),
        Fault(429, {"Retry-After": "1"}),
        Fault(cut=True),
        Fault(end=True),
        Fault(body=b"<html>busy</html>"),
        Fault(body=b"\xff\xfe\x00"),
        Fault(body=b"[" * 100_000),
        Fault(body=b"null"),
        Fault(body=b""),
    ],
    ids=["500", "503", "429", "cut", "short", "html", "bytes", "deep", "null", "empty"],
)
def test_a_passing_fault_costs_nothing(fault: Fault, make: Make, server: PaperServer, library: Library) -> None:
    for part in ("search", "fullTextXML", "db=pmc", "db=pubmed&id"):
        server.faults[part] = [fault]
    done = run(library, make())
    assert done.counts == {Got.FULL: 3, Got.ABSTRACT: 1, Got.NONE: 1}
    assert done.faults == []


def test_the_pause_that_a_service_asks_for_is_made(server: PaperServer) -> None:
    server.faults["search"] = [Fault(429, {"Retry-After": "1"})]
    europepmc(server).search(Wish("kidney"))
    assert server.times[1] - server.times[0] >= 1.0


def test_a_pause_of_an_hour_is_told_instead_of_made(server: PaperServer) -> None:
    server.faults["search"] = [Fault(429, {"Retry-After": "3600"})]
    with pytest.raises(SourceError, match="pause of 60 minutes"):
        europepmc(server).search(Wish("kidney"))


def test_retry_after_may_be_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < retry_after(soon) <= 30
    assert [retry_after(text) for text in ("", "-5", "Wed", "x" * 99)] == [0, 0, 0, 0]


def test_requests_keep_the_pace_of_the_service(server: PaperServer) -> None:
    source = europepmc(server, Manners(per_second=20))
    threads = [threading.Thread(target=source.search, args=(Wish("kidney"),)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(server.times) - min(server.times) >= 4 / 20 - 0.02


@pytest.mark.parametrize("body", [b"<article><front></article>", b"<article></article>", b"<p>no article</article>"])
def test_a_damaged_full_text_leaves_the_abstract_and_is_told(
    body: bytes, server: PaperServer, library: Library
) -> None:
    server.articles[:] = [Article(1), Article(2)]
    server.faults[f"{Article(1).pmcid}/fullTextXML"] = [Fault(body=body)] * 9
    done = run(library, europepmc(server))
    assert done.counts[Got.FULL] == 1
    assert done.counts.total() == 2
    assert library.count() == 2
    if done.counts[Got.ABSTRACT] and body != b"<article></article>":
        assert done.faults[0].note
    server.faults.clear()
    assert run(library, europepmc(server)).counts == {Got.FULL: 1, Got.HELD: 1}


def test_another_article_than_asked_for_is_not_taken(server: PaperServer, library: Library) -> None:
    server.articles[:] = [Article(1)]
    server.faults["fullTextXML"] = [Fault(body=Article(9).jats().encode())]
    done = run(library, europepmc(server))
    assert done.counts == {Got.ABSTRACT: 1}
    assert "Another article" in done.faults[0].note


def test_a_service_that_fails_in_mid_run_costs_only_the_rest(make: Make, server: PaperServer, library: Library) -> None:
    server.articles[:] = [Article(n) for n in range(1, 12)]
    for n in range(4, 12):
        server.faults[f"{Article(n).pmcid}/fullTextXML"] = [Fault(500)] * 99
        server.faults[f"id={Article(n).pmcid[3:]}"] = [Fault(500)] * 99
    done = run(library, make())
    assert done.error is not None
    assert "HTTP 500" in done.error.message
    assert library.count() == 7  # three full texts, then abstracts until it was left in peace
    server.faults.clear()
    assert run(library, make()).counts == {Got.HELD: 3, Got.FULL: 8}
    assert library.count() == 11


def test_a_slow_service_is_not_waited_for_for_ever(server: PaperServer) -> None:
    server.faults["search"] = [Fault(drip=3.0)] * 2
    begun = time.monotonic()
    with pytest.raises(SourceError, match="doesn't answer in time"):
        europepmc(server, Manners(per_second=1000, wait=0.01, timeout=0.2, tries=2)).search(Wish("kidney"))
    assert time.monotonic() - begun < 2


def test_offline_says_so_plainly(library: Library) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(SourceError) as caught:
        EuropePmc(Service("Europe PMC", address, manners=QUICK)).search(Wish("kidney"))
    assert caught.value.offline
    assert "You seem to be offline" in caught.value.message


def test_stop_ends_a_run_and_what_came_before_is_kept(make: Make, server: PaperServer, library: Library) -> None:
    server.articles[:] = [Article(n) for n in range(1, 30)]
    steps: list[Step] = []
    source = make(stop=lambda: len(steps) >= 4)
    wish = Wish("kidney")
    done = fetch(library, source, source.search(wish), wish, progress=steps.append)
    assert done.stopped
    assert library.count() == len(steps) == 4
    assert run(library, make()).counts == {Got.HELD: 4, Got.FULL: 25}


def test_ctrl_c_keeps_what_came_before(make: Make, library: Library) -> None:
    def interrupt(step: Step) -> None:
        if step.number == 3:
            raise KeyboardInterrupt

    source = make()
    wish = Wish("kidney")
    with pytest.raises(KeyboardInterrupt):
        fetch(library, source, source.search(wish), wish, progress=interrupt)
    assert library.count() == 2


def test_a_service_that_repeats_its_pages_for_ever_is_left(server: PaperServer) -> None:
    found = europepmc(server).search(Wish("kidney", limit=200))
    real = found._page
    marks = iter(range(10**6))
    found._page = lambda mark: real("*") | {"nextCursorMark": f"x{next(marks)}"}  # type: ignore[method-assign]
    found._first = found._page("*")
    assert len(list(found.offers())) == len(ARTICLES)


def test_strange_entries_are_read_for_what_they_hold(server: PaperServer) -> None:
    from index.sources.europepmc import offer

    for entry in ({}, {"title": 5, "authorList": "x", "pubTypeList": [], "journalInfo": {"journal": None}}):
        assert offer(entry).paper.words == 0
    bad = offer({"title": "A\ud800b", "abstractText": "<h4>X</h4><h4>Y</h4>text", "pmid": "x1", "doi": ["10.1/x"]})
    assert (bad.paper.info.pmid, bad.paper.info.doi) == ("", "")


def test_ncbis_key_stands_in_no_address_and_no_header(server: PaperServer, library: Library) -> None:
    service = Service("NCBI", server.ncbi, manners=QUICK, mail="me@example.org")
    source = PubMed(service, key="SECRET1", mail="me@example.org")
    run(library, source)
    posted = [asked for method, path, asked in server.asked if method == "POST"]
    assert len(posted) == len(server.asked)
    assert all((a["api_key"], a["tool"], a["email"]) == ("SECRET1", "locus", "me@example.org") for a in posted)
    assert not any(b"SECRET1" in raw for raw in server.raw if raw.startswith(b"/"))
    assert all("Locus/" in agent and "me@example.org" in agent for agent in server.agents)


def test_the_key_sets_ncbis_pace() -> None:
    slow = source_of("pubmed", LibrarySettings())
    fast = source_of("pubmed", LibrarySettings(ncbi_key="k"))  # type: ignore[arg-type]
    assert slow._service._manners.per_second == 3  # type: ignore[attr-defined]
    assert fast._service._manners.per_second == 10  # type: ignore[attr-defined]


def test_nothing_is_sent_before_a_search(make: Make, server: PaperServer) -> None:
    make()
    assert server.asked == []


@pytest.mark.parametrize("wish", [Wish("  "), Wish("x" * 3000), Wish("x", limit=0), Wish("x", limit=10**6)])
def test_a_wish_that_cannot_be_asked_is_told_before_anything_is_sent(
    wish: Wish, make: Make, server: PaperServer
) -> None:
    with pytest.raises(SourceError):
        make().search(wish)
    assert server.asked == []


def test_a_query_that_the_service_does_not_understand_is_told(server: PaperServer) -> None:
    server.faults["rest/search"] = [Fault(body=b'{"errCode": 404, "errMsg": "Bad query"}')]
    with pytest.raises(SourceError, match="doesn't understand the query: Bad query"):
        europepmc(server).search(Wish("kidney"))
    server.faults["esearch"] = [Fault(body=b"<eSearchResult><ERROR>Empty term</ERROR></eSearchResult>")]
    with pytest.raises(SourceError, match="Empty term"):
        PubMed(Service("NCBI", server.ncbi, manners=QUICK)).search(Wish("kidney"))


def test_the_test_servers_replies_are_what_biopython_reads_as_ncbis(server: PaperServer) -> None:
    found = Entrez.read(io.BytesIO(server.answer("/esearch.fcgi", {"term": "x", "retmax": "3"}) or b""))
    assert (found["Count"], list(found["IdList"])) == ("5", [a.pmid for a in ARTICLES[:3]])
    ids = {"db": "pubmed", "id": ",".join(a.pmid for a in ARTICLES)}
    records = Entrez.read(io.BytesIO(server.answer("/efetch.fcgi", ids) or b""))["PubmedArticle"]
    assert [str(r["MedlineCitation"]["PMID"]) for r in records] == [a.pmid for a in ARTICLES]
