"""What becomes of papers that are added, changed, joined and removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryError, ReadError
from index.library import AddResult, Library, Status
from index.papers import Paper, PaperInfo, Section
from tests.conftest import FakeEmbedder, make_paper


def add(library: Library, *papers: Paper | ReadError) -> list[AddResult]:
    results: list[AddResult] = []
    library.add(papers, progress=results.append)
    return results


def statuses(library: Library, *papers: Paper | ReadError) -> list[str]:
    return [result.status.value for result in add(library, *papers)]


def test_an_added_paper_is_kept_verbatim_and_found(library: Library, embedder: FakeEmbedder) -> None:
    paper = make_paper(7, authors=("Song J", "Ünal Ö"), journal="PLoS", doi="10.1/x", licence="CC BY")
    section = replace(paper.sections[1], references=((3, 9),), pages=((0, 1), (400, 2)))
    paper = Paper(paper.info, (paper.sections[0], section))
    (result,) = add(library, make_paper(1), paper)[1:]
    assert (result.status, result.passages) == (Status.ADDED, 2)

    stored = library.paper(result.paper_id)
    assert stored == Paper(replace(paper.info, id=result.paper_id), paper.sections)
    passages = library.passages_of(result.paper_id)
    assert [p.text for p in passages] == [stored.sections[p.section].text[p.start : p.end] for p in passages]
    found = library.dense(embedder.embed_query(passages[1].text), 1)[0][0]
    assert library.lexical("gene7 7x20", 1)[0][0] == found == passages[1].id
    assert library.passages([found, 10**9, passages[0].id]) == [passages[1], passages[0]]
    assert np.allclose(np.linalg.norm(library.vectors([found])[found][0]), 1, atol=1e-3)
    assert library.infos([result.paper_id, 99]) == {result.paper_id: stored.info}
    assert library.check() == []


def test_the_same_paper_again_is_not_embedded_again(library: Library, embedder: FakeEmbedder) -> None:
    papers = [make_paper(n) for n in range(5)]
    add(library, *papers)
    before = embedder.texts
    assert statuses(library, *papers) == ["unchanged"] * 5
    assert (embedder.texts, library.count()) == (before, 5)


def test_a_changed_paper_is_updated_in_place(library: Library, embedder: FakeEmbedder) -> None:
    (first,) = add(library, make_paper(1))
    old = [p.id for p in library.passages_of(first.paper_id)]
    changed = make_paper(1, sentences=16)
    (second,) = add(library, changed)
    assert (second.status, second.paper_id) == (Status.UPDATED, first.paper_id)
    assert library.paper(first.paper_id).sections == changed.sections
    assert library.passages(old) == []
    assert not set(old) & {i for i, _ in library.lexical("gene1", 10)}
    assert not set(old) & {i for i, _ in library.dense(embedder.embed_query("gene1"), 10)}
    with library._catalogue.reading() as session:
        assert session._db.execute("SELECT count(*) FROM vector").fetchone() == (2,)
    assert library.check() == []


def test_new_metadata_alone_embeds_nothing(library: Library, embedder: FakeEmbedder) -> None:
    (first,) = add(library, make_paper(1))
    before, passages = embedder.texts, library.passages_of(first.paper_id)
    (second,) = add(library, make_paper(1, journal="Cell", source="other.xml"))
    assert (second.status, second.message) == (Status.UPDATED, "new journal")
    assert library.paper(first.paper_id).info.journal == "Cell"
    assert (embedder.texts, library.passages_of(first.paper_id)) == (before, passages)


@pytest.mark.parametrize("full_first", [True, False])
def test_abstract_and_full_text_of_one_paper_become_the_full_text(library: Library, full_first: bool) -> None:
    abstract = make_paper(1, sentences=3, doi="10.1/x", journal="Cell", source="pubmed.xml")
    full = make_paper(1, sentences=60, pmcid="PMC1", source="PMC1.nxml")
    order = [full, abstract] if full_first else [abstract, full]
    assert statuses(library, *order) in (["added", "kept-fuller"], ["added", "updated"])
    (info,) = library.papers()
    assert (info.pmid, info.pmcid, info.doi, info.journal) == ("1001", "PMC1", "10.1/x", "Cell")
    assert library.paper(info.id).sections == full.sections
    assert statuses(library, abstract, full, abstract) == ["unchanged"] * 3
    assert library.check() == []


def test_the_result_says_why_the_fuller_text_was_kept(library: Library) -> None:
    add(library, make_paper(1, sentences=60))
    (result,) = add(library, make_paper(1, sentences=3, doi="10.1/x", source="pubmed.xml"))
    assert result.status is Status.KEPT_FULLER
    assert "720 words" in result.message
    assert "DOI filled in" in result.message


def test_a_pdf_never_replaces_xml_of_about_the_same_length(library: Library) -> None:
    xml = make_paper(1, sentences=30)
    pdf = make_paper(1, sentences=33, source="1.pdf")
    pdf = Paper(pdf.info, tuple(replace(s, pages=((0, 1),)) for s in pdf.sections))
    assert statuses(library, pdf) + statuses(library, xml) == ["added", "updated"]
    assert statuses(library, pdf, xml) == ["unchanged", "unchanged"]
    assert library.paper(1).sections == xml.sections
    assert statuses(library, replace(pdf, info=replace(pdf.info, source="2.pdf"))) == ["kept-fuller"]


def test_a_full_text_replaces_a_starter_digest_and_is_the_users_own(library: Library) -> None:
    assert statuses(library, make_paper(1, sentences=9, collection="starter"), make_paper(1, sentences=60)) == [
        "added",
        "updated",
    ]
    assert library.status().starter_papers == 0
    assert library.remove_starter() == 0
    assert statuses(library, make_paper(1, sentences=40, collection="starter", source="digest.md")) == ["kept-fuller"]


def test_a_title_that_comes_later_in_the_same_run_is_embedded_with_the_text(
    library: Library, embedder: FakeEmbedder
) -> None:
    full = make_paper(1, sentences=60)
    untitled = replace(full, info=replace(full.info, title="", source="full.txt"))
    titled = make_paper(1, sentences=3, title="Zebrafish fins")
    assert statuses(library, untitled, titled) == ["added", "kept-fuller"]
    assert library.paper(1).info.title == "Zebrafish fins"
    assert library.lexical("zebrafish", 1)
    assert library.check() == []


def test_two_papers_that_a_record_shows_to_be_one_are_joined(library: Library, embedder: FakeEmbedder) -> None:
    by_pmid = make_paper(1, sentences=4, pmid="11", source="a")
    by_doi = make_paper(1, sentences=60, pmid="", doi="10.1/x", source="b")
    assert statuses(library, by_pmid, make_paper(5), by_doi) == ["added"] * 3
    (result,) = add(library, make_paper(1, sentences=4, pmid="11", doi="10.1/x", source="c"))
    assert (result.status, result.paper_id) == (Status.UPDATED, 1)
    assert "joined" in result.message
    assert library.count() == 2
    assert library.paper(1).sections == by_doi.sections
    assert library.find("10.1/x") == library.find("PMID:11") == 1
    assert statuses(library, by_pmid, by_doi) == ["unchanged"] * 2
    assert library.check() == []


def test_a_doi_copied_to_another_pmid_makes_no_paper_vanish(library: Library) -> None:
    one, other = make_paper(1, pmid="11", doi="10.1/x"), make_paper(2, pmid="22", doi="10.1/x")
    assert statuses(library, one, other, other) == ["added", "added", "unchanged"]
    assert library.find("10.1/x") == 1


def test_a_paper_without_identifiers_is_known_by_its_text(library: Library) -> None:
    bare = make_paper(1, pmid="", source="a.txt")
    assert statuses(library, bare, replace(bare, info=replace(bare.info, source="b.txt"))) == ["added", "unchanged"]
    (named,) = add(library, make_paper(1, pmid="5"))
    assert (named.status, named.paper_id) == (Status.UPDATED, 1)
    assert library.find("PMID:5") == 1


def test_records_that_share_a_placeholder_text_stay_apart(library: Library) -> None:
    sections = (Section("Abstract", "No abstract available in this record."),)
    records = [Paper(PaperInfo("Letter", pmid=str(n), source="x"), sections) for n in (1, 2)]
    assert statuses(library, *records) == ["added", "added"]


def test_equal_passages_of_two_papers_share_a_vector_until_both_are_gone(
    library: Library, embedder: FakeEmbedder
) -> None:
    twins = [replace(make_paper(1), info=PaperInfo("Twin", pmid=str(n))) for n in (1, 2)]
    add(library, *twins)
    assert embedder.texts == 2
    library.remove(1)
    assert library.check() == []
    assert len(library.dense(embedder.embed_query("gene1"), 9)) == 2
    library.remove(2)
    add(library, twins[0])
    assert embedder.texts == 4


def test_broken_records_and_papers_without_text_cost_only_themselves(library: Library) -> None:
    empty = Paper(PaperInfo("Only a title", pmid="9"), ())
    broken = ReadError("x.xml is broken.", hint="Get it again.")
    results = add(library, make_paper(1), broken, empty, make_paper(2, source="\ud800.pdf", title="Lone \udfff"))
    assert sorted(r.status.value for r in results) == ["added", "added", "failed", "failed"]
    failed = [r for r in results if r.status is Status.FAILED]
    assert (failed[0].message, failed[0].hint) == ("x.xml is broken.", "Get it again.")
    assert "no text" in failed[1].message
    assert library.paper(2).info.title == "Lone \ufffd"
    assert library.count() == 2


def test_metadata_without_text_complete_a_paper_that_is_there(library: Library) -> None:
    add(library, make_paper(1))
    assert statuses(library, Paper(PaperInfo("Study", pmid="1001", doi="10.1/y", source="refs.bib"), ())) == [
        "kept-fuller"
    ]
    assert library.paper(1).info.doi == "10.1/y"


def test_files_and_folders_are_added_and_each_broken_file_named(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "good.md").write_text("---\ntitle: Pax6\npmid: '5'\n---\n## Findings\nPax6 makes the eye of a mouse.\n")
    (folder / "bad.xml").write_bytes(b"<article><unclosed>")
    summary = library.add_paths([folder, tmp_path / "absent.pdf"])
    assert summary.counts == {Status.ADDED: 1, Status.FAILED: 2}
    assert {"bad.xml", "absent.pdf"} == {f.message.split()[0].rstrip(":,") for f in summary.failures}
    assert [p.title for p in library.papers("pax6")] == ["Pax6"]


def test_a_removed_paper_is_gone_everywhere(library: Library, embedder: FakeEmbedder) -> None:
    add(library, make_paper(1), make_paper(2))
    gone = [p.id for p in library.passages_of(1)]
    assert library.remove(1).title == "Study of Gene1"
    for missing in (lambda: library.remove(1), lambda: library.paper(1)):
        with pytest.raises(LibraryError, match="no paper 1"):
            missing()
    assert not set(gone) & {i for i, _ in library.dense(embedder.embed_query("gene1"), 10)}
    assert not set(gone) & {i for i, _ in library.lexical("gene1", 10)}
    assert (library.find("PMID:1001"), library.vectors(gone), library.count()) == (None, {}, 1)
    add(library, make_paper(1))
    assert not set(gone) & {p.id for p in library.passages_of(3)}
    assert library.check() == []


@pytest.mark.parametrize(
    "name",
    [
        "1",
        "1001",
        "PMID:1001",
        "pmid 1001",
        "https://pubmed.ncbi.nlm.nih.gov/1001/",
        "PMC77",
        "pmc77",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC77/",
        "10.1371/Journal.X",
        "doi:10.1371/journal.x",
        " https://doi.org/10.1371/journal.x ",
    ],
)
def test_a_paper_is_found_by_any_of_its_names(library: Library, name: str) -> None:
    add(library, make_paper(1, pmcid="PMC77", doi="10.1371/journal.x"))
    assert library.find(name) == 1


@pytest.mark.parametrize("name", ["", "2", "PMC7", "10.1371/journal.y", "Pax6", "9" * 40, "١"])
def test_unknown_names_find_nothing(library: Library, name: str) -> None:
    add(library, make_paper(1, pmcid="PMC77", doi="10.1371/journal.x"))
    assert library.find(name) is None


def test_the_list_is_filtered_by_every_word_and_paged(library: Library) -> None:
    add(library, make_paper(1, authors=("Müller K",)), *(make_paper(n) for n in range(2, 8)))
    assert [p.id for p in library.papers(limit=3)] == [7, 6, 5]
    assert [p.id for p in library.papers(offset=5)] == [2, 1]
    assert [p.id for p in library.papers("MULLER gene1 2001")] == [1]
    assert library.papers("muller gene2") == []
    assert (library.count(), library.count("gene3"), library.count("100%")) == (7, 1, 0)


def test_the_status_counts_what_is_there(library: Library) -> None:
    add(library, make_paper(1), make_paper(2, collection="starter"))
    status = library.status()
    assert (status.papers, status.starter_papers, status.passages, status.words) == (2, 1, 4, 360)
    assert (status.embedder, status.dimension, status.dense) == ("fake", 64, "IDMap2,SQfp16")
    assert status.disk_bytes > 10_000


def test_the_shipped_digests_fill_an_empty_library_until_they_are_removed(library: Library) -> None:
    assert library.add_starter().counts == {Status.ADDED: 67}
    assert library.status().starter_papers == 67
    assert library.add_starter().total == 0
    add(library, make_paper(1))
    assert library.remove_starter() == 67
    assert library.count() == 1
    library.remove(68)
    assert library.add_starter().total == 0
    assert library.check() == []


def test_without_an_embedder_a_library_can_be_read_but_not_added_to(library: Library) -> None:
    add(library, make_paper(1))
    with Library.open(library.folder, create=False) as reader:
        assert reader.lexical("gene1", 1)
        assert reader.remove(1).id == 1
        with pytest.raises(LibraryError, match="without an embedder"):
            reader.add([make_paper(2)])


def test_another_embedder_is_refused_by_name(library: Library) -> None:
    with pytest.raises(LibraryError) as caught:
        Library.open(library.folder, FakeEmbedder("other@123"))
    assert "fake" in caught.value.message
    assert "other@123" in caught.value.message
    assert "LOCUS_EMBEDDER=fake" in caught.value.hint
    assert "locus reindex" in caught.value.hint


def test_reindexing_changes_the_embedder_and_other_programs_notice(library: Library, embedder: FakeEmbedder) -> None:
    add(library, *(make_paper(n) for n in range(20)))
    other = FakeEmbedder("other", 32)
    with Library.open(library.folder, create=False) as second:
        assert second.reindex(other) == 40
        assert second.check() == []
        assert second.dense(other.embed_query("gene3 tissue3"), 1)
    with pytest.raises(LibraryError, match="re-embedded"):
        library.dense(embedder.embed_query("gene3"), 1)
    with pytest.raises(LibraryError, match="re-embedded"):
        library.add([make_paper(99)])
    with Library.open(library.folder, other) as again:
        assert (again.status().embedder, again.count()) == ("other", 20)
        assert statuses(again, make_paper(3)) == ["unchanged"]


class DyingEmbedder(FakeEmbedder):
    """Fails once ``left`` texts are embedded."""

    left = 10**9

    def embed_documents(self, texts, *, progress=None):  # type: ignore[no-untyped-def]
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        return super().embed_documents(texts)


def test_an_interrupted_reindex_leaves_the_library_as_it_was_and_is_continued(
    library: Library, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.reindexing.GROUP_PASSAGES", 8)
    add(library, *(make_paper(n) for n in range(20)))
    dying = DyingEmbedder("other")
    dying.left = 20
    with Library.open(library.folder) as second, pytest.raises(KeyboardInterrupt):
        second.reindex(dying)
    assert library.check() == []
    assert library.dense(embedder.embed_query("gene3"), 1)
    healthy = FakeEmbedder("other")
    with Library.open(library.folder) as third:
        assert third.reindex(healthy) == healthy.texts == 24
        assert third.check() == []


def test_an_interrupted_add_keeps_the_finished_papers(
    library: Library, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.adding.GROUP_PAPERS", 4)

    def papers() -> object:
        for n in range(10):
            yield make_paper(n)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.add(papers())  # type: ignore[arg-type]
    assert library.count() == 8
    assert library.lexical("gene7", 1)
    assert statuses(library, *(make_paper(n) for n in range(10))) == ["unchanged"] * 8 + ["added"] * 2
    assert embedder.texts == 20


def test_check_finds_what_is_wrong_with_the_catalogue(library: Library) -> None:
    add(library, make_paper(1), make_paper(2))
    with library._catalogue.writing() as session:
        session._db.execute("UPDATE section SET text = 'Short.' WHERE paper_id = 1 AND number = 1")
        session._db.execute("DELETE FROM vector WHERE hash = (SELECT hash FROM passage WHERE id = 3)")
    problems = " ".join(library.check())
    assert "1 passages don't lie within their sections" in problems
    assert "1 passages have no vector" in problems
