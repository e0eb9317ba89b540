from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import ReadError
from index.papers import Paper, SectionKind
from index.readers import pdf as pdf_reader
from index.readers import read
from tests.index.readers_pdf import Words, column, pdf

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

LEFT = [
    "The left column holds text of the mouse study that runs",
    "over several lines and tells what the gene named Zyx1 does",
    "in the kidney of young animals, where a mutant pheno-",
    "type is seen beside that of the wild-type litter mates. It",
    "was found in all animals that were looked at (Smith et al.",
    "2004), and none of the controls showed anything like it.",
    "The last line of the left column goes on in the right",
]
RIGHT = [
    "column without a break, so that the sentence is whole and",
    "reads on as it was written by its authors long ago. Then",
    "there are more lines of text to make the column look full,",
    "as it would in print, and to let the reader see that both",
    "columns are of the same width and about the same height.",
    "Here the text of this page comes to its end at last.",
]


def write(tmp_path: Path, data: bytes, name: str = "paper.pdf") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def one(tmp_path: Path, pages: list[list[Words]], info: str = "") -> Paper:
    [found] = read(write(tmp_path, pdf(pages, info)))
    assert isinstance(found, Paper), found
    return found


def two_columns(page: int) -> list[Words]:
    return [
        (60, 810, 8, "F1", f"Journal of Mice 7, 2007 page {page}"),
        *column(60, 640, LEFT),
        *column(320, 640, RIGHT),
        (300, 30, 8, "F1", str(page)),
    ]


def first_page() -> list[Words]:
    return [
        (60, 760, 18, "F2", "The gene Zyx1 shapes the kidney"),
        (60, 735, 11, "F1", "Ning Song, Anna B. Lee and Otto van der Berg"),
        (60, 720, 9, "F1", "University of Mice, Mousetown, doi:10.1234/AB.5"),
        (60, 680, 12, "F2", "1 Introduction"),
        *two_columns(1),
    ]


def test_two_columns_are_read_one_after_the_other(tmp_path):
    paper = one(tmp_path, [first_page()])
    [section] = paper.sections
    assert section.heading == "Introduction"
    assert "goes on in the right column without a break" in section.text


def test_title_authors_and_doi_come_from_the_first_page(tmp_path):
    info = one(tmp_path, [first_page()], "/Title (Microsoft Word - zyx1 final.doc)").info
    assert info.title == "The gene Zyx1 shapes the kidney"
    assert info.authors == ("Song N", "Lee AB", "van der Berg O")
    assert info.doi == "10.1234/ab.5"


def test_words_broken_at_line_ends_are_mended_and_compounds_kept(tmp_path):
    text = one(tmp_path, [first_page()]).sections[0].text
    assert "mutant phenotype is seen" in text and "wild-type" in text


def test_markers_broken_over_lines_are_spanned(tmp_path):
    [section] = one(tmp_path, [first_page()]).sections
    assert [section.text[a:b] for a, b in section.references] == ["(Smith et al. 2004)"]


def test_page_furniture_goes_and_pages_are_known(tmp_path):
    paper = one(tmp_path, [first_page(), two_columns(2), two_columns(3)])
    [section] = paper.sections
    assert "Journal of Mice" not in section.text
    assert [page for _, page in section.pages] == [1, 2, 3]
    second = section.pages[1][0]
    assert section.text[second:].startswith("The left column")
    assert (section.page(second - 3), section.page(second)) == (1, 2)


def test_headings_captions_and_the_list_of_references(tmp_path):
    page = [
        (60, 790, 18, "F2", "The gene Zyx1 shapes the kidney"),
        (60, 760, 12, "F2", "Abstract"),
        *column(60, 744, ["Mice without this gene are small, and their kidneys are smaller still than the rest."]),
        (60, 716, 12, "F2", "RESULTS"),
        (60, 700, 10, "F2", "Kidneys are small in the mutant mice"),
        *column(60, 684, ["They weigh half of what is usual [3], as a glance at the scales will show to anyone."]),
        *column(60, 640, ["Figure 2. Weight of kidneys. Bars show means of ten animals."], 8),
        (60, 600, 12, "F2", "References"),
        *column(60, 584, ["3. Smith, A. Mice and their many kidneys. Journal of Mice 7, 1-9, printed in 1999."]),
    ]
    paper = one(tmp_path, [page])
    assert [(s.heading, s.kind) for s in paper.sections] == [
        ("Abstract", SectionKind.ABSTRACT),
        ("Results / Kidneys are small in the mutant mice", SectionKind.BODY),
        ("Figure 2", SectionKind.FIGURE),
    ]
    assert not any("Smith" in section.text for section in paper.sections)


def test_line_numbers_of_a_manuscript_are_dropped(tmp_path):
    numbers = [(30.0, 640 - 12.0 * n, 8.0, "F1", str(n + 1)) for n in range(len(LEFT))]
    page = [(60, 760, 18, "F2", "The gene Zyx1 shapes the kidney"), *column(60, 640, LEFT), *numbers]
    [section] = one(tmp_path, [page]).sections  # type: ignore[list-item]
    assert section.text.startswith("The left column holds text of the mouse study that runs over several")


def test_a_scan_is_told_to_need_text_recognition(tmp_path):
    [error] = read(write(tmp_path, pdf([[], []])))
    assert isinstance(error, ReadError) and "scan" in str(error) and "OCR" in error.hint


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\nnothing of the kind",
        pdf([two_columns(1)])[:300],
        b"%PDF-1.4\n" + bytes(range(256)) * 50,
        pdf([two_columns(1)]).replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]"),
    ],
    ids=["lie", "cut", "junk", "loop"],
)
def test_a_pdf_that_lies_is_told_in_words(tmp_path, data):
    found = list(read(write(tmp_path, data)))
    assert len(found) == 1 and isinstance(found[0], ReadError)
    assert "paper.pdf" in str(found[0]) and found[0].hint


def test_a_wrong_count_of_pages_does_no_harm(tmp_path):
    data = pdf([first_page()]).replace(b"/Count 1", b"/Count 999999999")
    assert len(list(read(write(tmp_path, data)))) == 1


def test_a_pdf_with_too_many_pages_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_reader, "MAX_PAGES", 2)
    [error] = read(write(tmp_path, pdf([two_columns(1)] * 3)))
    assert isinstance(error, ReadError) and "pages" in str(error)


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_reader, "SECONDS", 0.01)
    [error] = read(write(tmp_path, pdf([first_page()])))
    assert isinstance(error, ReadError) and "longer" in str(error)


def test_an_encrypted_pdf_is_told_apart_from_a_damaged_one(tmp_path):
    locked = pdf([two_columns(1)]).replace(
        b"/Root 1 0 R",
        b"/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + b"11" * 32
        + b"> /U <"
        + b"22" * 32
        + b"> >>",
    )
    [error] = read(write(tmp_path, locked))
    assert isinstance(error, ReadError) and "password" in str(error)


@pytest.mark.skipif(not (SHARED / "data/papers/pdf").exists(), reason="needs the shared PDF")
def test_a_real_two_column_paper_keeps_its_order_and_headings():
    [paper] = read(SHARED / "data/papers/pdf/two-column-arxiv.pdf")
    names = [section.heading.split(" / ")[0] for section in paper.sections if section.kind is not SectionKind.TABLE]
    order = [n for i, n in enumerate(names) if i == 0 or names[i - 1] != n]
    assert order[:7] == [
        "Abstract", "Introduction", "Related Work", "Datasets", "Methodology", "Experiments", "Conclusion",
    ]  # fmt: skip
    assert len(paper.info.authors) == 7 and paper.sections[0].kind is SectionKind.ABSTRACT
    for section in paper.sections:
        assert "\ufffe" not in section.text and section.pages[0][0] == 0
