"""A retracted paper is marked by every format that can say so, kept through merges, and told wherever it is cited."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import export
from assistant.ui import render_library, render_source
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from index.readers import read
from tests.conftest import FakeEmbedder, make_paper
from tests.index.test_tagging import age

RECORD = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article>
<ArticleTitle>Zyx7 in mice</ArticleTitle>
<PublicationTypeList><PublicationType>{kind}</PublicationType></PublicationTypeList></Article>{links}</MedlineCitation>
</PubmedArticle></PubmedArticleSet>"""
LINK = '<CommentsCorrectionsList><CommentsCorrections RefType="{}"/></CommentsCorrectionsList>'
NBIB = "PMID- 7\nTI  - Zyx7 in mice\nPT  - {}\n{}AB  - Mice grew.\n"
JATS = """<article article-type="{kind}"><front><article-meta><title-group><article-title>{title}</article-title>
</title-group>{link}</article-meta></front><body><p>Mice grew.</p></body></article>"""
FORWARD = '<related-article related-article-type="{}"/>'


@pytest.mark.parametrize(
    ("content", "retracted"),
    [
        (RECORD.format(kind="Retracted Publication", links=""), True),
        (RECORD.format(kind="Journal Article", links=LINK.format("RetractionIn")), True),
        (RECORD.format(kind="Retraction of Publication", links=LINK.format("RetractionOf")), False),
        (RECORD.format(kind="Journal Article", links=LINK.format("ErratumIn")), False),
        (NBIB.format("Retracted Publication", ""), True),
        (NBIB.format("Journal Article", "RIN - J Mice. 2009\n"), True),
        (NBIB.format("Retraction of Publication", "ROF - J Mice. 2009\n"), False),
        (JATS.format(kind="research-article", title="Zyx7", link=FORWARD.format("retraction-forward")), True),
        (JATS.format(kind="research-article", title="RETRACTED: Zyx7 in mice", link=""), True),
        (JATS.format(kind="retraction", title="Retracted: Zyx7", link=FORWARD.format("retraction-forward")), False),
        (JATS.format(kind="research-article", title="Retracted nipples in mice", link=""), False),
        (JATS.format(kind="research-article", title="Zyx7", link=FORWARD.format("companion")), False),
    ],
)
def test_a_record_says_whether_the_paper_was_retracted(content: str, retracted: bool, tmp_path: Path) -> None:
    path = tmp_path / "paper"
    path.write_text(content)
    [paper] = read(path)
    assert isinstance(paper, Paper)
    assert paper.info.retracted is retracted


def test_the_mark_outlives_an_update_from_a_source_that_does_not_know(library: Library) -> None:
    library.add([make_paper(1, retracted=True)])
    library.add([make_paper(1, sentences=40, source="newer.xml")])
    assert library.papers()[0].retracted


def test_a_paper_is_marked_when_a_source_says_so_later(library: Library) -> None:
    library.add([make_paper(1)])
    summary = library.add([make_paper(1, retracted=True, source="later.xml")])
    assert library.papers()[0].retracted
    assert summary.counts == {"updated": 1}
    assert library.mark_retracted([1]) == 0


def test_a_library_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path, embedder: FakeEmbedder) -> None:
    with Library.open(tmp_path / "lib", embedder) as made:
        made.add([make_paper(1)])
    age(tmp_path / "lib")
    with Library.open(tmp_path / "lib", embedder) as opened:
        assert not opened.papers()[0].retracted
        assert opened.mark_retracted([1]) == 1
        assert opened.papers()[0].retracted


def test_every_form_of_a_reference_says_it() -> None:
    info = PaperInfo("Zyx7 in mice", ("Song N", "Li B"), "J Mice", 2007, pmid="7", id=1, retracted=True)
    assert info.citation == "Song et al. 2007 (retracted)"
    assert PaperInfo("Zyx7", year=2007, retracted=True).who == "2007 (retracted)"
    assert export.full_reference(info).endswith("J Mice. Retracted.")
    assert "note = {Retracted}" in export.bibtex([info])
    assert "N1  - Retracted" in export.ris([info])
    assert "Retracted</span>" in render_library.papers([info], 1, 0, "")
    assert "This paper was retracted" in render_source.source(Paper(info, (Section("A", "text"),)), 0, None)
    sound = PaperInfo("Zyx7 in mice", ("Song N", "Li B"), "J Mice", 2007, pmid="7", id=1)
    for text in (sound.citation, export.full_reference(sound), export.bibtex([sound]), export.ris([sound])):
        assert "etracted" not in text
