"""Questions to ranked passages, and the LangChain retriever over them."""

from __future__ import annotations

from itertools import pairwise

from index.filters import Filters
from index.library import Library
from index.papers import Hit, Paper, PaperInfo, Passage, Section
from index.retriever import LocusRetriever
from index.search import fuse, join, search
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


def test_the_best_sentences_are_joined_over_one_other_and_strangers_never() -> None:
    section = Section("Results", "One is here.\n\nTwo is there. Three is far. Four is not.", references=((0, 3), (20, 23)))
    spans = [(0, 12), (14, 27), (28, 41), (42, 54)]

    def hit(sentences: list[int], scores: list[float], paper: int = 1) -> Hit:
        start, end = spans[sentences[0]][0], spans[sentences[-1]][1]
        passage = Passage(paper, 0, start, end, section.text[start:end])
        scored = tuple((spans[i][0] - start, spans[i][1] - start, s) for i, s in zip(sentences, scores, strict=True))
        return Hit(passage, PaperInfo("T", id=paper), max(scores), 0.5, scored)

    def joined(hits: list[Hit], most: int) -> list[Hit]:
        return join(hits, most, lambda paper, number: section)

    # Two passages of one section, the best sentence in the second; the poor second sentence stands between good ones.
    both = [hit([2, 3], [9.0, -5.0]), hit([0, 1], [5.0, -4.0]), hit([2], [3.0], paper=2)]
    found = joined(both, 3)
    assert [h.passage.text for h in found] == [section.text[:41], section.text[28:41]]
    assert [h.score for h in found] == [9.0, 3.0]
    assert found[0].passage.references == ((0, 3), (20, 23))
    assert [section.text[a:b] for a, b, _ in found[0].sentences] == [section.text[a:b] for a, b in spans[:3]]
    # With a passage missing between them, what stands on both sides is not one text.
    apart = joined([hit([0], [5.0]), hit([2], [9.0])], 2)
    assert [h.passage.text for h in apart] == [section.text[28:41], section.text[:12]]
    # Two poor sentences in a row part what stands on both sides.
    parted = joined([hit([0, 1], [5.0, -5.0]), hit([2, 3], [-5.0, 4.0])], 2)
    assert [h.passage.text for h in parted] == [section.text[:12], section.text[42:54]]


def test_a_question_finds_a_passage_that_uses_another_name_of_the_gene(library: Library) -> None:
    def paper(pmid: str, text: str) -> Paper:
        return Paper(PaperInfo(f"Study {pmid}", pmid=pmid), (Section("Results", text),))

    others = [paper(str(n), f"Gene{n} is expressed in the thymus of adult animals.") for n in range(30)]
    library.add([*others, paper("99", "HER2 is expressed in the thymus of adult animals.")])
    assert search(library, "Where is ERBB2 expressed?", 3)[0].paper.pmid == "99"


def test_the_sentence_that_answers_scores_above_its_neighbours(library: Library) -> None:
    text = "We bought mice. Pygo2 null embryos had no lens. Tissue was fixed in ethanol."
    library.add([Paper(PaperInfo("Pygopus", pmid="7"), (Section("Results", text),))])
    hit = search(library, "Do Pygo2 null embryos have a lens?", 1)[0]
    start, end, _ = max(hit.sentences, key=lambda s: s[2])
    assert hit.passage.text[start:end] == "Pygo2 null embryos had no lens."


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
