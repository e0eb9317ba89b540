from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from index.errors import ReadError
from index.papers import Paper, SectionKind
from index.readers import read
from index.sentences import prose

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

FRONT = """<front><journal-meta><journal-title>Journal of Made-up Mice</journal-title></journal-meta>
<article-meta><article-id pub-id-type="pmid">123</article-id><article-id pub-id-type="doi">10.1234/ABC.5</article-id>
<title-group><article-title>The <italic>Zyx1</italic> gene<xref ref-type="fn" rid="n1">*</xref> in
 mice</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Müller-Lyer</surname><given-names>Anna Berta</given-names>
</name></contrib>
<contrib contrib-type="author"><name><surname>Song</surname><given-names>N</given-names></name></contrib>
<contrib contrib-type="editor"><name><surname>Ed</surname><given-names>I</given-names></name></contrib></contrib-group>
<pub-date pub-type="epub"><year>2006</year></pub-date><pub-date pub-type="ppub"><year>2007</year></pub-date>
<permissions><license xmlns:xlink="http://www.w3.org/1999/xlink"
 xlink:href="http://creativecommons.org/licenses/by-nc/2.0/"><p>Free.</p></license></permissions>
<abstract><sec><title>Background:</title><p>Mice are small.</p></sec><sec><title>Results</title><p>They grew.</p></sec>
</abstract></article-meta></front>"""


def article(body: str, back: str = "", front: str = FRONT) -> str:
    return f"<article>{front}<body>{body}</body><back>{back}</back></article>"


def paper(tmp_path: Path, xml: str, name: str = "PMC77.nxml") -> Paper:
    path = tmp_path / name
    path.write_text(xml, encoding="utf-8")
    [found] = read(path)
    assert isinstance(found, Paper), found
    return found


def section_text(tmp_path: Path, inner: str) -> str:
    return paper(tmp_path, article(f"<sec><title>Results</title>{inner}</sec>")).sections[2].text


def markers(tmp_path: Path, inner: str) -> list[str]:
    section = paper(tmp_path, article(f"<sec><title>Results</title><p>{inner}</p></sec>")).sections[2]
    assert list(section.references) == sorted(section.references)
    return [section.text[start:end] for start, end in section.references]


def ref(text: str) -> str:
    return f'<xref ref-type="bibr" rid="b">{text}</xref>'


def test_bibliographic_data_is_normalised(tmp_path):
    info = paper(tmp_path, article("<p>Text.</p>")).info
    assert info.title == "The Zyx1 gene in mice"
    assert info.authors == ("Müller-Lyer AB", "Song N")
    assert (info.journal, info.year, info.licence) == ("Journal of Made-up Mice", 2007, "CC BY-NC 2.0")
    assert (info.pmid, info.doi, info.pmcid) == ("123", "10.1234/abc.5", "PMC77")


def test_pmcid_of_the_file_name_yields_to_that_of_the_article(tmp_path):
    front = FRONT.replace("<title-group>", '<article-id pub-id-type="pmc">9</article-id><title-group>', 1)
    assert paper(tmp_path, article("<p>Text.</p>", front=front)).info.pmcid == "PMC9"


def test_structured_abstract_comes_first_with_its_headings(tmp_path):
    sections = paper(tmp_path, article("<p>Text.</p>")).sections
    assert [(s.heading, s.kind) for s in sections[:2]] == [
        ("Abstract / Background", SectionKind.ABSTRACT),
        ("Abstract / Results", SectionKind.ABSTRACT),
    ]


def test_nested_headings_become_a_path(tmp_path):
    body = "<sec><title>Results</title><p>One.</p><sec><title>Kidney</title><p>Two.</p></sec></sec>"
    assert [s.heading for s in paper(tmp_path, article(body)).sections[2:]] == ["Results", "Results / Kidney"]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<p><italic>Zyx1<sup>-/-</sup></italic> mice</p>", "Zyx1-/- mice"),
        ("<p>H<sub>2</sub>O and Na<sup>+ </sup>ions</p>", "H2O and Na+ ions"),
        ("<p>a<break/>b</p>", "a b"),
        ("<p>see Fig. <xref ref-type='fig' rid='f'>1A</xref>, left</p>", "see Fig. 1A, left"),
        ("<p>two\n\t  lines\u00a0here\u200b</p>", "two lines here"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        (
            "<p>before<list><list-item><label>1.</label><p>first</p></list-item></list>after</p>",
            "before\n\n1. first\n\nafter",
        ),
        ("<p>&#x3b2;-<named-content>actin</named-content><!-- no --> gel</p>", "β-actin gel"),
        ("<p>e\u0301t\u00e9</p>", "\u00e9t\u00e9"),
        (
            "<p>x <inline-formula><alternatives><tex-math>$\\bad$</tex-math><math>y</math></alternatives>"
            "</inline-formula>.</p>",
            "x y.",
        ),
    ],
)
def test_inline_mark_up_neither_fuses_nor_tears_words(tmp_path, inner, text):
    assert section_text(tmp_path, inner) == text


@pytest.mark.parametrize(
    ("inner", "found"),
    [
        (f"Known [{ref('1')},{ref('2')}-{ref('5')}].", ["[1,2-5]"]),
        (f"Known [{ref('1')}], [{ref('2')}] too.", ["[1], [2]"]),
        (f"Known ({ref('Smith 2004')}; {ref('Jones et al. 2003')}).", ["(Smith 2004; Jones et al. 2003)"]),
        (f"Known (reviewed in {ref('Smith 2004')}).", ["(reviewed in Smith 2004)"]),
        (f"Known (Fig. 2; {ref('Smith 2004')}).", ["; Smith 2004"]),
        (f"Known<sup>{ref('1')},{ref('3')}</sup> well", ["1,3"]),
        (f"Known {ref('[16]')} and", ["[16]"]),
        (f"Known ([{ref('4')}]; see also [{ref('7')}]).", ["([4]; see also [7])"]),
        (f"{ref('Smith et al. (2004)')} found it.", ["(2004)"]),
        (f"as {ref('Smith and Jones')} found.", []),
        ("seen in (E16.5) mice [1.5 mM]", []),
    ],
)
def test_reference_markers_are_spanned_with_their_brackets(tmp_path, inner, found):
    assert markers(tmp_path, inner) == found


def test_prose_without_markers_reads_on(tmp_path):
    inner = f"<p>It grows [{ref('1')}], as said (see {ref('Smith 2004')}).</p>"
    section = paper(tmp_path, article(f"<sec><title>R</title>{inner}</sec>")).sections[2]
    assert prose(section.text, section.references) == "It grows, as said."


def test_figures_and_tables_follow_the_text_they_interrupt(tmp_path):
    body = """<sec><title>Results</title><p>One <fig id="f1"><label>Fig. 1</label><caption><title>Size of mice.</title>
    <p>Bars show means.</p></caption><graphic/></fig>goes on.</p>
    <table-wrap><label>Table 1</label><caption><p>Weights</p>
    </caption><table><thead><tr><th>Line</th><th>g</th></tr></thead><tbody><tr><td>wt<break/>(all)</td>
    <td>20<sup>a</sup></td></tr><tr><td/><td/></tr></tbody></table>
    <table-wrap-foot>
    <fn><label>a</label><p>At birth.</p></fn></table-wrap-foot></table-wrap><p>Two.</p></sec>"""
    text, figure, table = paper(tmp_path, article(body)).sections[2:]
    assert text.text == "One goes on.\n\nTwo."
    assert (figure.kind, figure.heading) == (SectionKind.FIGURE, "Figure 1. Size of mice.")
    assert figure.text == "Size of mice.\n\nBars show means."
    assert (table.kind, table.heading) == (SectionKind.TABLE, "Table 1")
    assert table.text == "Weights\n\nLine | g\nwt (all) | 20a\n\na At birth."


def test_matter_about_the_article_is_left_out(tmp_path):
    back = """<ack><p>Thanks.</p></ack><sec><title>Competing interests</title><p>None.</p></sec>
    <ref-list><ref><citation>Smith</citation></ref></ref-list><app><p>More data.</p></app>
    <sec><title>Supporting Information</title><supplementary-material><label>Table S1</label>
    <caption><p>Primers used.</p><p>Click here for file</p></caption></supplementary-material></sec>"""
    sections = paper(tmp_path, article("<p>Text.</p>", back)).sections
    assert [(s.heading, s.text) for s in sections[2:]] == [
        ("", "Text."),
        ("Appendix", "More data."),
        ("Supporting Information", "Table S1. Primers used."),
    ]


def test_a_broken_article_of_a_set_costs_only_itself(tmp_path):
    good, broken = article("<p>Good.</p>"), article("<p>Broken</sec>")
    path = tmp_path / "set.xml"
    path.write_text(f"<?xml version='1.0'?><pmc-articleset>{good}{broken}{good}</pmc-articleset>")
    found = list(read(path))
    assert [type(item) for item in found] == [Paper, ReadError, Paper]
    assert "set.xml, record 2" in str(found[1])


def test_namespaces_and_declared_encodings_are_understood(tmp_path):
    named = '<article xmlns="https://jats.nlm.nih.gov/ns/archiving/1.3/">'
    xml = article("<p>Gr\u00f6\u00dfe</p>").replace("<article>", named)
    path = tmp_path / "a.xml"
    path.write_bytes(f'<?xml version="1.0" encoding="ISO-8859-1"?>{xml}'.encode("latin-1"))
    [found] = read(path)
    assert found.sections[-1].text == "Gr\u00f6\u00dfe"


@pytest.mark.skipif(not (SHARED / "data/questions/geneqa-dev.jsonl").exists(), reason="needs the shared papers")
def test_every_evidence_sentence_stands_in_a_section_of_its_paper():
    sys.path.insert(0, str(SHARED / "tools"))
    from score_geneqa import squash

    texts: dict[str, list[str]] = {}
    missing = []
    lines = (SHARED / "data/questions/geneqa-dev.jsonl").read_text(encoding="utf-8").splitlines()
    for question in filter(lambda q: q["answerable"], map(json.loads, lines)):
        name = question["pmcid"]
        if name not in texts:
            [found] = read(SHARED / f"data/papers/craft/{name}.nxml")
            texts[name] = [squash(section.text) for section in found.sections]
        missing += [e for e in question["evidence"] if not any(squash(e) in text for text in texts[name])]
    assert not missing


@pytest.mark.skipif(not (SHARED / "data/papers").exists(), reason="needs the shared papers")
def test_every_shared_article_is_clean_text_with_disjoint_markers():
    for path in sorted((SHARED / "data/papers").glob("*/*.nxml")):
        [found] = read(path)
        assert found.info.title, path.name
        for section in found.sections:
            assert section.text.strip() == section.text
            assert section.text and "  " not in section.text and "\ufdd0" not in section.text
            ends = [0, *(end for _, end in section.references)]
            assert all(before <= start < end for before, (start, end) in zip(ends, section.references, strict=False))
