"""Questions to ranked passages, and the LangChain retriever over them."""

from __future__ import annotations

from itertools import pairwise

from index.filters import Filters
from index.library import Library
from index.papers import Hit, Paper, PaperInfo, Passage, Section
from index.retriever import LocusRetriever
from index.search import fuse, merge, search
from tests.conftest import make_paper


def test_the_paper_that_a_question_names_comes_first(library: Library) -> None:
    library.add([make_paper(n) for n in range(12)])
    hits = search(library, "Where does Gene7 act?", 5)
    assert hits[0].paper.pmid == "1007"
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_every_hit_is_verbatim_also_where_neighbours_were_joined(library: Library) -> None:
    library.add([make_paper(1, sentences=60)])
    hits = search(library, "Gene1 tissue mouse stage", 10)
    paper = library.paper(hits[0].paper.id)
    assert hits
    for hit in hits:
        p = hit.passage
        assert paper.sections[p.section].text[p.start : p.end] == p.text
    spans = sorted((h.passage.section, h.passage.start, h.passage.end) for h in hits)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans)), "shown twice"


def test_search_can_be_held_to_some_papers(library: Library) -> None:
    library.add([make_paper(n) for n in range(6)])
    wanted = library.find("PMID:1004")
    assert wanted is not None
    assert {h.paper.id for h in search(library, "Gene1 tissue", 5, filters=Filters(papers=frozenset([wanted])))} == {
        wanted
    }


def test_an_empty_library_and_an_empty_question_find_nothing(library: Library) -> None:
    assert search(library, "Gene1") == []
    library.add([make_paper(1)])
    assert search(library, "  ") == []
    assert search(library, 'AND ( title:"') == search(library, 'AND ( title:"')


def test_fusion_prefers_what_both_rankings_hold() -> None:
    scores = fuse([[1, 2, 3], [9, 2, 8]])
    assert max(scores, key=scores.__getitem__) == 2


def test_neighbours_are_joined_up_to_a_length_and_strangers_never() -> None:
    section = Section("Results", "One is here.\n\nTwo is there. Three is far.", references=((0, 3), (20, 23)))

    def hit(start: int, end: int, paper: int = 1) -> Hit:
        passage = Passage(paper, 0, start, end, section.text[start:end])
        return Hit(passage, PaperInfo("T", id=paper), 1.0, similarity=start / 100)

    joined = merge([hit(14, 27), hit(0, 12), hit(28, 41, paper=2)], lambda paper, number: section)
    assert [h.passage.text for h in joined] == [section.text[:27], section.text[28:41]]
    assert joined[0].passage.references == ((0, 3), (20, 23))
    assert len(merge([hit(14, 27), hit(0, 12)], lambda paper, number: section, longest=5)) == 2


def test_the_retriever_gives_langchain_documents_that_say_where_they_stand(library: Library) -> None:
    library.add([Paper(PaperInfo("Pygopus", pmid="7", year=2007), (Section("Results", "Pygo2 acts in the kidney."),))])
    documents = LocusRetriever(library=library, k=3).invoke("What does Pygo2 do in the kidney?")
    assert documents[0].page_content == "Pygo2 acts in the kidney."
    assert documents[0].metadata["pmid"] == "7"
    assert (documents[0].metadata["start"], documents[0].metadata["end"]) == (0, 25)


def test_the_retriever_keeps_to_its_filters(library: Library) -> None:
    library.add([make_paper(n, year=2000 + n) for n in range(6)])
    documents = LocusRetriever(library=library, k=9, filters=Filters(first_year=2004)).invoke("Gene1 tissue")
    assert {document.metadata["year"] for document in documents} == {2004, 2005}
