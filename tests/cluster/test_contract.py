"""What any library must do, held against each kind: a folder, Milvus, and milvus-lite, which ranks words by BM25."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from index.errors import LibraryError, ReadError
from index.filters import Filters
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.parts import Part
from index.results import AddResult, Status
from index.search import search
from index.store import Store
from index.words import words
from tests.conftest import FakeEmbedder, make_paper


def add(store: Store, *papers: Paper | ReadError) -> list[AddResult]:
    results: list[AddResult] = []
    store.add(papers, progress=results.append)
    return results


def statuses(store: Store, *papers: Paper | ReadError) -> list[str]:
    return [result.status.value for result in add(store, *papers)]


def paper_of(store: Store, number: int) -> int:
    found = store.find(f"PMID:{1000 + number}")
    assert found is not None
    return found


def places(store: Store, ids: list[int]) -> list[tuple[str, int, int]]:
    """Passages in words that two libraries share."""
    infos = store.infos({p.paper_id for p in store.passages(ids)})
    return [(infos[p.paper_id].pmid, p.section, p.start) for p in store.passages(ids)]


def study(number: int, text: str, heading: str = "Results", **info: object) -> Paper:
    sections = (Section("Abstract", f"Abstract {number}. " + text, SectionKind.ABSTRACT), Section(heading, text))
    fields: dict[str, object] = {"title": f"Study {number}", "pmid": str(1000 + number), "source": f"{number}.xml"}
    return Paper(PaperInfo(**(fields | info)), sections)  # type: ignore[arg-type]


TAGGED = [
    study(1, "Loss of Pax6 in the mouse retina. Sox2 was expressed in mice.", year=2001, journal="Cell"),
    study(2, "The variant V600E of BRAF was seen in patients.", year=2005, journal='The "Odd" \\ Journal'),
    study(3, "TP53 and rs7903146 in zebrafish. Pax6 as well.", "Methods", year=2010, journal="PLoS ONE"),
    study(4, "p53 in cell lines such as HeLa. Trp53 was lost.", year=None, journal="cell"),
    study(5, "Nothing of note was found here at all.", year=1999, journal="Nature", title="Mice and Pax6"),
]


def test_a_paper_is_kept_verbatim_and_found(store: Store) -> None:
    paper = make_paper(7, authors=("Song J", "Ünal Ö"), journal="PLoS", doi="10.1/x", licence="CC BY")
    section = replace(paper.sections[1], references=((3, 9),), pages=((0, 1), (400, 2)))
    paper = Paper(paper.info, (paper.sections[0], section))
    (result,) = add(store, make_paper(1), paper)[1:]
    assert (result.status, result.passages) == (Status.ADDED, 2)
    stored = store.paper(result.paper_id)
    assert stored == Paper(replace(paper.info, id=result.paper_id), paper.sections)
    passages = store.passages_of(result.paper_id)
    assert [p.text for p in passages] == [stored.sections[p.section].text[p.start : p.end] for p in passages]
    found = store.dense(store.embedder.embed_query(passages[1].text), 1)[0][0]
    assert store.lexical("gene7 7x20", 1)[0][0] == found == passages[1].id
    assert store.passages([found, 10**9, passages[0].id]) == [passages[1], passages[0]]
    vector, sentences = store.vectors([found])[found]
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-3
    assert sentences.shape[1] == 64
    assert store.infos([result.paper_id, 99]) == {result.paper_id: stored.info}
    assert store.check() == []


def test_nothing_is_embedded_twice_and_nothing_is_there_twice(store: Store) -> None:
    papers = [make_paper(n) for n in range(5)]
    add(store, *papers)
    embedder = store.embedder
    assert isinstance(embedder, FakeEmbedder)
    before, passages = embedder.texts, store.status().passages
    assert statuses(store, *papers) == ["unchanged"] * 5
    assert (embedder.texts, store.count(), store.status().passages) == (before, 5, passages)


def test_a_changed_paper_is_updated_in_place(store: Store) -> None:
    (first,) = add(store, make_paper(1, sentences=60))
    old = [p.id for p in store.passages_of(first.paper_id)]
    changed = make_paper(1, sentences=40)
    (second,) = add(store, changed)
    assert (second.status, second.paper_id) == (Status.UPDATED, first.paper_id)
    assert store.paper(first.paper_id).sections == changed.sections
    assert store.section(first.paper_id, 0) == changed.sections[0]
    assert store.passages(old) == []
    assert not set(old) & {i for i, _ in store.lexical("gene1", 50)}
    assert not set(old) & {i for i, _ in store.dense(store.embedder.embed_query("gene1"), 50)}
    assert store.check() == []


def test_new_metadata_embed_nothing_and_are_filtered_by(store: Store) -> None:
    (first,) = add(store, make_paper(1))
    embedder = store.embedder
    assert isinstance(embedder, FakeEmbedder)
    before, passages = embedder.texts, store.passages_of(first.paper_id)
    (second,) = add(store, make_paper(1, journal="Cell", source="other.xml"))
    assert (second.status, second.message) == (Status.UPDATED, "new journal")
    assert store.paper(first.paper_id).info.journal == "Cell"
    assert (embedder.texts, store.passages_of(first.paper_id)) == (before, passages)
    assert store.passage_count(Filters(journals=frozenset({"Cell"}))) == len(passages)


@pytest.mark.parametrize("full_first", [True, False])
def test_abstract_and_full_text_of_one_paper_become_the_full_text(store: Store, full_first: bool) -> None:
    abstract = make_paper(1, sentences=3, doi="10.1/x", journal="Cell", source="pubmed.xml")
    full = make_paper(1, sentences=60, pmcid="PMC1", source="PMC1.nxml")
    order = [full, abstract] if full_first else [abstract, full]
    assert statuses(store, *order) in (["added", "kept-fuller"], ["added", "updated"])
    (info,) = store.papers()
    assert (info.pmid, info.pmcid, info.doi, info.journal) == ("1001", "PMC1", "10.1/x", "Cell")
    assert store.paper(info.id).sections == full.sections
    assert statuses(store, abstract, full, abstract) == ["unchanged"] * 3
    assert store.check() == []


@pytest.mark.parametrize("together", [True, False])
def test_two_papers_that_a_record_shows_to_be_one_are_joined(store: Store, together: bool) -> None:
    by_pmid = make_paper(1, sentences=4, pmid="11", source="a")
    by_doi = make_paper(1, sentences=60, pmid="", doi="10.1/x", source="b")
    record = make_paper(1, sentences=4, pmid="11", doi="10.1/x", source="c")
    given = [by_pmid, make_paper(5), by_doi, record]
    results = add(store, *given) if together else [result for paper in given for result in add(store, paper)]
    assert [r.status.value for r in results] == ["added", "added", "added", "updated"]
    assert "joined" in results[3].message
    assert store.count() == 2
    assert store.paper(results[3].paper_id).sections == by_doi.sections
    assert store.find("10.1/x") == store.find("PMID:11") == results[3].paper_id
    assert statuses(store, by_pmid, by_doi) == ["unchanged"] * 2
    assert store.check() == []


def test_a_paper_without_identifiers_is_known_by_its_text(store: Store) -> None:
    bare = make_paper(1, pmid="", source="a.txt")
    (first, second) = add(store, bare, replace(bare, info=replace(bare.info, source="b.txt")))
    assert (first.status, second.status, first.paper_id) == (Status.ADDED, Status.UNCHANGED, second.paper_id)
    (named,) = add(store, make_paper(1, pmid="5"))
    assert (named.status, named.paper_id) == (Status.UPDATED, first.paper_id)
    assert store.find("PMID:5") == first.paper_id


def test_broken_records_and_papers_without_text_cost_only_themselves(store: Store) -> None:
    empty = Paper(PaperInfo("Only a title", pmid="9"), ())
    broken = ReadError("x.xml is broken.", hint="Get it again.")
    results = add(store, make_paper(1), broken, empty, make_paper(2, source="\ud800.pdf", title="Lone \udfff"))
    assert sorted(r.status.value for r in results) == ["added", "added", "failed", "failed"]
    assert store.paper(paper_of(store, 2)).info.title == "Lone \ufffd"
    assert store.count() == 2


def test_long_sections_and_endless_sentences_come_back_as_they_were(store: Store) -> None:
    long = " ".join(f"Sentence {n} of the œuvre ends with 𝒳." for n in range(2500))
    endless = "word" + " wörd\t\x0b" * 30_000 + "."
    references = tuple((n * 100, n * 100 + 3) for n in range(700))
    sections = (
        Section("Results / " + "deep / " * 50, long, references=references, pages=((0, 1), (8000, 2), (16001, 3))),
        Section("", endless),
        Section("Empty", ""),
        Section("Legend", 'Figure 1. It\'s "quoted" \\ and {braced}.', SectionKind.FIGURE),
    )
    paper = Paper(PaperInfo('Long "one"', tuple(f"Author {n}" for n in range(3000)), pmid="77"), sections)
    (result,) = add(store, paper)
    assert result.status is Status.ADDED
    assert store.paper(result.paper_id).sections == sections
    assert store.paper(result.paper_id).info.authors == paper.info.authors
    for passage in store.passages_of(result.paper_id):
        section = sections[passage.section]
        assert passage.text == section.text[passage.start : passage.end]
        assert (passage.heading, passage.page) == (section.heading, section.page(passage.start))
    assert store.check() == []


@dataclass(frozen=True)
class Held:
    name: str
    filters: Filters


HELD = [
    Held("year", Filters(first_year=2001, last_year=2005)),
    Held("until", Filters(last_year=2000)),
    Held("journals", Filters(journals=frozenset({'The "Odd" \\ Journal', "Cell"}))),
    Held("parts", Filters(parts=frozenset({Part.METHODS, Part.ABSTRACT}))),
    Held("mouse", Filters(species=frozenset({"mouse"}))),
    Held("species", Filters(species=frozenset({"human", "zebrafish", "cell line"}))),
    Held("together", Filters(first_year=2000, parts=frozenset({Part.RESULTS}), species=frozenset({"mouse"}))),
    Held("nobody", Filters(journals=frozenset({"' or id > 0 or '", '" or id > 0 or "'}))),
]


@pytest.mark.parametrize("held", HELD, ids=lambda held: held.name)
def test_filters_let_through_what_the_local_library_does(store: Store, tmp_path: Path, held: Held) -> None:
    with Library.open(tmp_path / "beside", FakeEmbedder()) as local:
        add(local, *TAGGED)
        add(store, *TAGGED)
        asked = store.embedder.embed_query("pax6 retina")

        def through(library: Store) -> tuple[set[tuple[str, int, int]], set[tuple[str, int, int]], int]:
            only = library.allowed(held.filters)
            dense = places(library, [i for i, _ in library.dense(asked, 100, only=only)])
            words = places(library, [i for i, _ in library.lexical("study abstract found", 100, only=only)])
            return set(dense), set(words), library.passage_count(held.filters)

        assert through(store) == through(local)


def test_genes_variants_and_papers_are_filters_too(store: Store) -> None:
    from index.genes import find
    from index.variants import find as variants

    add(store, *TAGGED)
    asked = store.embedder.embed_query("anything")
    concept = find("Pax6 in mice")[0].concepts[0]

    def numbers(filters: Filters) -> set[str]:
        found = store.dense(asked, 100, only=store.allowed(filters))
        return {place[0] for place in places(store, [i for i, _ in found])}

    assert numbers(Filters(genes=frozenset({concept}))) == {"1001", "1003"}
    term = variants("p.Val600Glu")[0].terms[-1]
    assert numbers(Filters(variants=frozenset({term}))) == {"1002"}
    assert numbers(Filters(papers=frozenset({paper_of(store, 4)}))) == {"1004"}
    assert numbers(Filters(papers=frozenset({paper_of(store, 4)}), genes=frozenset({concept}))) == set()


def test_what_papers_are_about_is_counted_alike(store: Store, tmp_path: Path) -> None:
    with Library.open(tmp_path / "beside", FakeEmbedder()) as local:
        add(local, *TAGGED)
        add(store, *TAGGED)
        assert store.choices() == local.choices()
        assert store.journals() == local.journals()
        assert sorted(store.genes_named()) == sorted(local.genes_named())
        concept = local.genes_named(1)[0][0]
        assert store.gene_counts([concept, "none"]) == local.gene_counts([concept, "none"])
        assert sorted(store.genes_with(concept)) == sorted(local.genes_with(concept))

        def naming(library: Store) -> list[tuple[str, int]]:
            infos = library.infos(paper for paper, _ in library.papers_of_gene(concept))
            return sorted((infos[paper].pmid, times) for paper, times in library.papers_of_gene(concept))

        assert naming(store) == naming(local)
        ids = [i for i, _ in store.passages_of_gene(concept)]
        assert len(ids) == store.gene_counts([concept])[concept]
        assert all(concept in store.genes_of(ids)[i] for i in ids)
        variants = store.variants_of([p.id for p in store.passages_of(paper_of(store, 2))])
        assert {key for keys in variants.values() for key in keys} == {"p.V600E"}


def test_words_are_known_and_weighed_alike(store: Store, tmp_path: Path) -> None:
    with Library.open(tmp_path / "beside", FakeEmbedder()) as local:
        add(local, *TAGGED)
        add(store, *TAGGED)
        for name in ("Pax6", "Pax-6", "V600E", "p.Val600Glu", "BRAF", "Brca1", "nonesuch"):
            assert store.knows(name) == local.knows(name), name
        stems = [stem for word in ("retina", "braf", "lost") for stem in words(word)]
        # A title's words count as a passage's where the server keeps one list of them.
        for stem, weight in local.rarities(stems).items():
            assert abs(store.rarities(stems)[stem] - weight) < 0.05, stem
        best = places(store, [i for i, _ in store.lexical("BRAF V600E in patients", 3)])[0]
        assert best == places(local, [i for i, _ in local.lexical("BRAF V600E in patients", 3)])[0]


@pytest.mark.parametrize("name", ["1001", "PMID:1001", "pmid 1001", "PMC77", "pmc77", "10.1371/journal.x"])
def test_a_paper_is_found_by_any_of_its_names(store: Store, name: str) -> None:
    (result,) = add(store, make_paper(1, pmcid="PMC77", doi="10.1371/journal.x"))
    assert store.find(name) == result.paper_id
    assert store.find(str(result.paper_id)) == result.paper_id


@pytest.mark.parametrize("name", ["", "2", "PMC7", "10.1/y", "Pax6", "9" * 40, "١", '") or id > 0', '10.1/x" or 1'])
def test_unknown_names_find_nothing(store: Store, name: str) -> None:
    add(store, make_paper(1, pmcid="PMC77", doi="10.1371/journal.x"))
    assert store.find(name) is None


def test_the_list_is_newest_first_filtered_by_every_word_and_paged(store: Store) -> None:
    add(store, make_paper(1, authors=("Müller K",)), *(make_paper(n) for n in range(2, 8)))
    add(store, make_paper(3, journal="Cell", source="again.xml"))
    assert [info.pmid for info in store.papers("", 1, 3)] == ["1006", "1005", "1004"]
    assert [info.pmid for info in store.papers("muller study")] == ["1001"]
    assert store.count("gene3") == len(store.papers("GENE3")) == 1
    for odd in ('"', "\\", "%", "_", "", " "):  # signs alone hold nothing back
        assert store.count(odd) == len(store.papers(odd)) == 7, odd
    for odd in ("' or 1 == 1", "100%\\_", "ene3", "{x}", 'gene3" or "', "gene3_"):
        assert store.count(odd) == len(store.papers(odd)) == (odd == "gene3_"), odd


def test_hostile_questions_find_or_find_nothing_but_never_fail(store: Store) -> None:
    add(store, *TAGGED)
    for odd in ('pax6") or id > 0', "\\", '"', "a" * 5000, "\x00", "’‘“”", "AND OR NOT ()", "Pax6 " * 300):
        assert isinstance(store.lexical(odd, 5), list)
        assert isinstance(search(store, odd, 3), list)
        assert isinstance(store.knows(odd), bool)


def test_a_search_ranks_as_in_the_local_library(store: Store, tmp_path: Path) -> None:
    papers = [*TAGGED, *(make_paper(n, sentences=30) for n in range(10, 30))]
    with Library.open(tmp_path / "beside", FakeEmbedder()) as local:
        add(local, *papers)
        add(store, *papers)
        for question in ("What does loss of Pax6 do in the mouse retina?", "Where was V600E of BRAF seen?"):
            mine, theirs = search(store, question, 3), search(local, question, 3)
            assert mine[0].passage.text == theirs[0].passage.text
            assert mine[0].paper.pmid == theirs[0].paper.pmid
        vector = store.embedder.embed_query("gene12 acts in tissue5")
        mine_dense, local_dense = store.dense(vector, 10), local.dense(vector, 10)
        assert np.allclose([s for _, s in mine_dense], [s for _, s in local_dense], atol=2e-3)


def test_a_removed_paper_is_gone_everywhere(store: Store) -> None:
    add(store, make_paper(1), make_paper(2))
    number = paper_of(store, 1)
    gone = [p.id for p in store.passages_of(number)]
    assert store.remove(number).title == "Study of Gene1"
    calls: list[Callable[[], object]] = [lambda: store.remove(number), lambda: store.paper(number)]
    for missing in calls:
        with pytest.raises(LibraryError, match=f"no paper {number}"):
            missing()
    assert not set(gone) & {i for i, _ in store.dense(store.embedder.embed_query("gene1"), 10)}
    assert not set(gone) & {i for i, _ in store.lexical("gene1", 10)}
    assert (store.find("PMID:1001"), store.vectors(gone), store.count(), store.passages_of(number)) == (None, {}, 1, [])
    add(store, make_paper(1))
    assert len(store.passages_of(paper_of(store, 1))) == len(gone)
    assert store.check() == []


def test_it_is_searched_by_many_threads_while_papers_are_added(store: Store) -> None:
    add(store, *(make_paper(n) for n in range(5)))
    failures: list[BaseException] = []
    done = False

    def ask() -> None:
        while not done:
            try:
                assert search(store, "gene3 in the mouse", 3)
                assert store.papers()
            except BaseException as error:
                failures.append(error)
                return

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for first in range(5, 25, 5):
        add(store, *(make_paper(n) for n in range(first, first + 5)))
    done = True
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.count() == 25
    assert store.check() == []


def test_an_empty_library_says_so_quietly(store: Store) -> None:
    assert search(store, "anything", 5) == []
    assert (store.papers(), store.count(), store.genes_named(), store.check()) == ([], 0, [], [])
    assert store.choices().years is None
    assert store.lexical("anything", 5) == []
    assert store.passages_of(1) == []
    assert store.remove_starter() == 0


def test_papers_are_graded_held_and_marked_alike(store: Store, tmp_path: Path) -> None:
    from index.grading import Aspect

    mouse = study(1, "Knockout mice lacked Pax6. Mutant mice were blind.", title="Pax6 knockout mice are blind")
    trial = study(2, "Patients were randomised.", title="A randomised trial in 120 patients")
    trial = replace(trial, types=("Randomized Controlled Trial",), headings=("Humans",))
    with Library.open(tmp_path / "beside", FakeEmbedder()) as local:
        add(local, mouse, trial)
        add(store, mouse, trial)

        def told(library: Store) -> object:
            ids = [paper_of(library, n) for n in (1, 2)]
            graded = library.grades(ids)
            organisms = frozenset({"mouse"})
            return (
                [graded[i] for i in ids],
                [library.graded_as(aspect) for aspect in Aspect],
                library.passage_count(Filters(organisms=organisms)),
                library.passage_count(Filters(kinds=frozenset({"trial"}))),
                library.paper(ids[1]).types,
                library.paper(ids[1]).headings,
                sorted(map(sorted, library.genes_by_paper().values())),
                len(library.passages_with_genes(10)),
            )

        assert told(store) == told(local)
    held = store.held(PaperInfo("Another title", pmid="1001"))
    assert held is not None
    assert (held.info.title, held.full) == (mouse.info.title, True)
    assert store.held(PaperInfo("Not there", pmid="9", doi="10.1/none")) is None
    number = paper_of(store, 1)
    assert (store.mark_retracted([number, 12345]), store.mark_retracted([number])) == (1, 0)
    assert store.paper(number).info.retracted
    assert store.check() == []


def test_records_that_pubmed_deletes_go_and_stay_away(store: Store) -> None:
    from index.papers import DeletedRecords

    record = Paper(
        PaperInfo("A record", pmid="11", source="pubmed24n0001.xml.gz"),
        (Section("Abstract", "Pax6 acts.", SectionKind.ABSTRACT),),
    )
    full = make_paper(1, sentences=60, pmid="12", source="PMC1.nxml")
    newer = replace(record, info=replace(record.info, source="pubmed24n0003.xml.gz"))
    gone = DeletedRecords(("11", "12", "13", "x"), "pubmed24n0002.xml.gz")
    assert statuses(store, record, full, gone) == ["added", "added", "removed", "kept-fuller"]
    assert (store.find("PMID:11"), store.count()) == (None, 1)
    assert statuses(store, record) == ["unchanged"]
    assert store.count() == 1
    assert statuses(store, newer, gone) == ["added", "kept-fuller"]
    assert store.count() == 2
    assert store.check() == []


def test_papers_are_listed_since_a_year_or_a_day(store: Store) -> None:
    from datetime import UTC, datetime

    add(store, *TAGGED)
    today = datetime.now(UTC).date().isoformat()
    infos = store.infos(i for i, _ in store.papers_since(2005))
    assert [infos[i].year for i, _ in store.papers_since(2005)] == [2010, 2005]
    assert {day for _, day in store.papers_since(day="2020-01-01")} <= {today, datetime.now(UTC).date().isoformat()}
    assert len(store.papers_since(day="2020-01-01")) == 5
    assert store.papers_since(day="2999-01-01") == []
