"""Grades in a library: stored, filtered by, brought up to date without embedding."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from index import graded
from index.filters import Filters
from index.grading import Aspect, grades_of
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.readers import read
from tests.conftest import FakeEmbedder

MICE = Paper(
    PaperInfo("Loss of Abc1 in mice", pmid="1", source="1.xml"),
    (Section("Abstract", "We generated Abc1 knockout mice.", SectionKind.ABSTRACT),),
)
PEOPLE = Paper(
    PaperInfo("A genome-wide association study of height", pmid="2", source="2.xml"),
    (Section("Abstract", "We analysed 5,000 women from Norway.", SectionKind.ABSTRACT),),
)
RECORD = """<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>
<ArticleTitle>Loss of Abc1 in mice.</ArticleTitle><Abstract><AbstractText>We generated Abc1 knockout
mice.</AbstractText></Abstract><PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>
<PublicationType UI="D016454">Review</PublicationType></PublicationTypeList></Article><MeshHeadingList><MeshHeading>
<DescriptorName UI="D018345">Mice, Knockout</DescriptorName></MeshHeading></MeshHeadingList></MedlineCitation>
</PubmedArticle></PubmedArticleSet>"""
NBIB = (
    "PMID- 3\nTI  - Abc1 in the kidney\nPT  - Journal Article\nPT  - Review\nMH  - *Mice\nMH  - Kidney/metabolism\n\n"
)
JATS = """<article article-type="review-article"><front><article-meta><article-categories><subj-group>
<subject>Genetics</subject></subj-group></article-categories><title-group><article-title>Abc1</article-title>
</title-group></article-meta></front><body><p>Text of it.</p></body></article>"""


def ids(library: Library, **held: frozenset[str]) -> set[int]:
    allowed = library.allowed(Filters(**held))  # type: ignore[arg-type]
    assert allowed is not None
    return {passage.paper_id for passage in library.passages(allowed.tolist())}


def test_papers_are_graded_when_added_and_filtered_by_what_they_studied(library: Library) -> None:
    library.add([MICE, PEOPLE])
    mice, people = library.find("PMID:1"), library.find("PMID:2")
    assert mice and people and library.ungraded() == 0
    assert library.grades([mice, people, 99])[mice] == grades_of(MICE)
    assert set(library.grades([mice, people, 99])) == {mice, people}
    assert ids(library, organisms=frozenset({"mouse"})) == {mice}
    assert ids(library, kinds=frozenset({"gwas", "family"})) == {people}
    assert ids(library, kinds=frozenset({"gwas"}), organisms=frozenset({"mouse"})) == set()
    assert library.graded_as(Aspect.ORGANISM) == [("human", 1), ("mouse", 1)]
    library.remove(mice)
    assert library.graded_as(Aspect.ORGANISM) == [("human", 1)]
    assert library.check() == []


def test_an_old_library_is_graded_without_embedding_and_shown_before_it_is(
    tmp_path: Path, embedder: FakeEmbedder
) -> None:
    with Library.open(tmp_path, embedder) as library:
        library.add([MICE, PEOPLE])
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as connection:
        connection.execute("DELETE FROM paper_grade")
        connection.execute("UPDATE paper SET graded = ''")
    embedded = embedder.texts
    with Library.open(tmp_path, embedder) as library:
        mice = library.find("PMID:1")
        assert mice and library.ungraded() == 2
        assert library.grades([mice])[mice].kinds == ("knockout",)
        assert library.ungraded() == 2  # told, not written
        assert ids(library, kinds=frozenset({"knockout"})) == {mice}
        assert library.ungraded() == 0
        told: list[tuple[int, int]] = []
        assert library.grade(progress=lambda done, total: told.append((done, total))) == 0
    assert embedder.texts == embedded


def test_a_new_version_of_the_rules_grades_every_paper_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.add([MICE, PEOPLE])
    monkeypatch.setattr(graded, "VERSION", "next")
    assert library.ungraded() == 2
    told: list[tuple[int, int]] = []
    assert library.grade(progress=lambda done, total: told.append((done, total))) == 2
    assert told[-1] == (2, 2) and library.ungraded() == 0


def test_types_and_headings_come_from_the_source_and_stay(tmp_path: Path, library: Library) -> None:
    file = tmp_path / "record.xml"
    file.write_text(RECORD, encoding="utf-8")
    library.add([MICE])
    before = library.find("PMID:1")
    assert before and library.grades([before])[before].kinds == ("knockout",)
    result = library.add_paths([file])
    assert result.counts and library.find("PMID:1") == before
    paper = library.paper(before)
    assert paper.types == ("Journal Article", "Review") and paper.headings == ("Mice, Knockout",)
    assert library.grades([before])[before].kinds == ("review",)
    library.add([MICE])
    assert library.paper(before).types == ("Journal Article", "Review")


def test_readers_keep_what_the_source_calls_a_paper(tmp_path: Path) -> None:
    (tmp_path / "a.nbib").write_text(NBIB, encoding="utf-8")
    (tmp_path / "b.xml").write_text(JATS, encoding="utf-8")
    nbib, jats = (next(iter(read(tmp_path / name))) for name in ("a.nbib", "b.xml"))
    assert isinstance(nbib, Paper) and isinstance(jats, Paper)
    assert nbib.types == ("Journal Article", "Review") and nbib.headings == ("Mice", "Kidney")
    assert jats.types == ("review-article", "Genetics")
    assert grades_of(jats).kinds == ("review",)
