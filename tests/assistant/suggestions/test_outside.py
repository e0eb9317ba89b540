"""Papers that the library lacks: one query, shown before it goes, held ones left out, added at a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.suggestions.outside import add, outside, query_for, without
from index.errors import SourceError
from index.library import Library
from index.sources.europepmc import EuropePmc
from index.sources.fetching import Got
from index.sources.politeness import Manners, Service
from tests.assistant.suggestions.test_similar import paper
from tests.index.sources.paper_server import Article, PaperServer, serving

QUICK = Manners(per_second=1000, wait=0.01, timeout=2.0)


@pytest.fixture
def server() -> Iterator[PaperServer]:
    with serving([Article(1), Article(2, open=False), Article(3, retracted=True)]) as running:
        yield running


@pytest.fixture
def source(server: PaperServer) -> EuropePmc:
    return EuropePmc(Service("Europe PMC", server.europepmc, manners=QUICK))


@pytest.fixture
def shelf(library: Library) -> Library:
    library.add(
        [
            paper(1, "Pax6 in the lens", "Pax6 is needed for the lens placode of mice."),
            paper(2, "Pax6 and the lens placode", "The lens lacks Pax6. Secret sentence of my own notes."),
        ]
    )
    return library


def test_the_query_holds_genes_and_words_of_titles_and_nothing_else(shelf: Library) -> None:
    whole = query_for(shelf, "europepmc")
    assert whole == query_for(shelf, "europepmc")
    assert '(TITLE:"PAX6" OR ABSTRACT:"PAX6")' in whole
    assert "lens" not in whole or '"lens"' in whole
    assert "Secret" not in whole + query_for(shelf, "europepmc", paper=2)
    assert query_for(shelf, "pubmed", paper=1).startswith("(PAX6[tiab]) AND (")
    assert "cornea[tiab]" in query_for(shelf, "pubmed", question="What does Pax6 do in the cornea?")


def test_an_empty_library_has_nothing_to_look_for(library: Library) -> None:
    with pytest.raises(SourceError, match="nothing to look for"):
        query_for(library, "europepmc")


def test_making_a_query_sends_nothing(shelf: Library, source: EuropePmc, server: PaperServer) -> None:
    query_for(shelf, "europepmc")
    assert server.asked == []


def test_held_papers_are_left_out_and_open_access_is_told(
    shelf: Library, source: EuropePmc, server: PaperServer
) -> None:
    query = query_for(shelf, "europepmc")
    found, total = outside(shelf, source, query)
    assert total == 3
    assert {one.info.pmid for one in found} == {article.pmid for article in server.articles}
    assert {one.info.pmid: one.open_access for one in found}[Article(2).pmid] is False
    assert {one.info.pmid for one in found if one.info.retracted} == {Article(3).pmid}
    assert all(one.nearest and one.nearest.citation in one.why for one in found)
    chosen = next(one for one in found if one.info.pmid == Article(1).pmid)
    assert add(shelf, source, [chosen.offer]).counts == {Got.FULL: 1}
    assert shelf.find(Article(1).pmcid)
    left, _ = outside(shelf, source, query)
    assert {one.info.pmid for one in left} == {Article(2).pmid, Article(3).pmid}
    assert without(found, chosen.info) == [one for one in found if one is not chosen]


def test_offline_is_told(shelf: Library) -> None:
    gone = EuropePmc(Service("Europe PMC", "http://127.0.0.1:9", manners=QUICK))
    with pytest.raises(SourceError, match="You seem to be offline"):
        outside(shelf, gone, "Pax6")
