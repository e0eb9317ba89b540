from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import ReadError
from index.papers import Paper, SectionKind
from index.readers import papers_in, read
from index.readers.joining import joined
from index.readers.markdown import inline

STARTER = Path(__file__).resolve().parents[2] / "index" / "starter"


def one(tmp_path: Path, content: str | bytes, name: str = "paper.md") -> Paper:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    [found] = read(path)
    assert isinstance(found, Paper), found
    return found


def test_front_matter_gives_the_bibliographic_data(tmp_path):
    text = """---
pmcid: PMC7
pmid: "12"
doi: 10.1234/AB
title: "Zyx1: a gene"
authors: [Song N, Lee AB]
journal: Mice
year: 2007
licence: CC BY
genes: [Zyx1]
---
## Question
What is *Zyx1* for (Smith 2004)?

## Findings
It is **large**.
"""
    paper = one(tmp_path, text)
    info = paper.info
    assert (info.title, info.authors, info.year) == ("Zyx1: a gene", ("Song N", "Lee AB"), 2007)
    assert (info.pmid, info.pmcid, info.doi, info.licence) == ("12", "PMC7", "10.1234/ab", "CC BY")
    assert [(s.heading, s.text) for s in paper.sections] == [
        ("Question", "What is Zyx1 for (Smith 2004)?"),
        ("Findings", "It is large."),
    ]
    assert paper.sections[0].references == ((17, 29),)


def test_without_front_matter_the_first_heading_is_the_title(tmp_path):
    paper = one(
        tmp_path, "# On Zyx1\n\n## Abstract\nShort.\n\n## Results\n### Kidney\nTwo\nlines.\n\n## References\n1. x\n"
    )
    assert paper.info.title == "On Zyx1"
    assert [(s.heading, s.text, s.kind) for s in paper.sections] == [
        ("Abstract", "Short.", SectionKind.ABSTRACT),
        ("Results / Kidney", "Two lines.", SectionKind.BODY),
    ]


def test_lists_tables_and_code_become_paragraphs_and_rows(tmp_path):
    text = "# T\n\n- one\n- two\n  more\n\n1. first\n\n| a | b |\n|---|:-:|\n| 1 | `x` |\n\n"
    text += "> quoted\n\n```\n# no heading\n```\n"
    assert (
        one(tmp_path, text).sections[0].text == "one\n\ntwo more\n\n1. first\n\na | b\n1 | x\n\nquoted\n\n# no heading"
    )


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**bold** and _thin_", "bold and thin"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("5 * 3 * 2", "5 * 3 * 2"),
        ("[words](http://x.org/a_(b)) and ![alt](i.png)", "words and alt"),
        ("known [3](#ref3)", "known [3]"),
        ("Zyx1<sup>-/-</sup> p<0.05 and x>3", "Zyx1-/- p<0.05 and x>3"),
        ("a \\*star\\* &alpha; `c_d_e`", "a *star* α c_d_e"),
        ("one<br>two", "one two"),
    ],
)
def test_inline_marks_go_and_words_stay(marked, plain):
    assert inline(marked) == plain


def test_faulty_front_matter_is_told_with_its_line(tmp_path):
    path = tmp_path / "bad.md"
    path.write_text("---\ntitle: a: b: c\n---\nText.")
    [error] = read(path)
    assert isinstance(error, ReadError) and "YAML (line 2)" in str(error)


def test_every_starter_digest_is_read():
    for path in sorted(STARTER.glob("*.md")):
        [paper] = read(path)
        assert isinstance(paper, Paper), path.name
        assert paper.info.pmcid == path.stem and paper.info.title and paper.info.year
        assert len(paper.sections) >= 3


def test_plain_text_has_title_headings_and_mended_lines(tmp_path):
    text = """On the gene Zyx1
doi:10.1234/AB.

Abstract
Mice vary. Their pheno-
type and that of wild-
type mice differ [1].

2. Results

They grew.

References

1. Smith.
"""
    paper = one(tmp_path, text, "zyx.txt")
    assert paper.info.doi == "10.1234/ab"
    assert paper.info.title == "On the gene Zyx1"
    assert [(s.heading, s.text) for s in paper.sections][-2:] == [
        ("Abstract", "Mice vary. Their phenotype and that of wild-type mice differ [1]."),
        ("Results", "They grew."),
    ]


@pytest.mark.parametrize("text", ["Zyx1 null mice are small.", "Zyx1 null mice are small.\n\n", "Mice ran; they slept"])
def test_a_file_of_one_line_is_text_under_its_file_name(tmp_path, text):
    paper = one(tmp_path, text, "my_note.txt")
    assert (paper.info.title, [s.text for s in paper.sections]) == ("my note", [text.strip()])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_told_apart(tmp_path, encoding):
    paper = one(tmp_path, "Größe\n\nMäuse “wachsen” – gut.\n".encode(encoding), "a.txt")
    assert (paper.info.title, paper.sections[0].text) == ("Größe", "Mäuse “wachsen” – gut.")


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["the pheno-", "type of"], "the phenotype of"),
        (["the wild-", "type allele"], "the wild-type allele"),
        (["a GFP-", "Positive cell"], "a GFP-Positive cell"),
        (["chromosome 7-", "9 and"], "chromosome 7-9 and"),
        (["one", "", " two "], "one two"),
    ],
)
def test_hyphens_at_line_ends_go_only_where_they_broke_a_word(lines, text):
    assert joined(lines) == text


def test_words_of_the_same_paper_decide_about_a_hyphen():
    assert joined(["long-", "term"], hyphenated={"long-term"}) == "long-term"
    assert joined(["cell-", "free"], words={"cellfree"}) == "cellfree"


def test_folders_are_expanded_sorted_without_hidden_files(tmp_path):
    for name in ("b/2.md", "b/1.md", "a.md", ".hidden/x.md", "b/.y.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    missing = tmp_path / "none.md"
    found = [path.relative_to(tmp_path).as_posix() for path in papers_in([tmp_path, missing])]
    assert found == ["a.md", "b/1.md", "b/2.md", "none.md"]
