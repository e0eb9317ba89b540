"""Papers to grades: organisms, kinds of study, sizes, and the words that each rests on."""

from __future__ import annotations

import pytest

from index.grading import Aspect, Grades, grades_of
from index.grading.sizes import number
from index.papers import Paper, PaperInfo, Section, SectionKind


def graded(title: str, *abstract: str, types: tuple[str, ...] = (), headings: tuple[str, ...] = ()) -> Grades:
    sections = tuple(Section("Abstract", text, SectionKind.ABSTRACT) for text in abstract)
    return grades_of(Paper(PaperInfo(title), sections, types, headings))


@pytest.mark.parametrize(
    ("title", "abstract", "organisms", "kinds"),
    [
        ("Loss of Abc1 in mice",
         "We generated Abc1 knockout mice. Homozygous mutants died.", ("mouse",), ("knockout",)),
        ("Abc1 in the gut", "Transgenic mice overexpressing Abc1 grew faster than littermates.", ("mouse",),
         ("transgenic",)),
        ("Growth loci", "We mapped quantitative trait loci in an F2 intercross of two mouse strains.",
         ("mouse",), ("cross",)),
        ("A genome-wide association study of height", "We analysed 5,000 women from Norway.", ("human",), ("gwas",)),
        ("Ataxia in a Chinese family", "We studied a Chinese family with ataxia; the variant co-segregated with it in "
         "all affected siblings.", ("human",), ("family",)),
        ("ABC1 and asthma: a case-control study", "We compared 120 patients and 130 healthy controls.", ("human",),
         ("case-control",)),
        ("Outcome of ABC1 carriers", "In this prospective cohort study, 240 women were followed.", ("human",),
         ("cohort",)),
        ("ABC1 therapy", "Patients were randomly assigned in a double-blind trial.", ("human",), ("trial",)),
        ("Roles of ABC1",
         "In this review we discuss what patients and other humans have in ABC1.", ("human",), ("review",)),
        ("Transcriptome of the rice root", "RNA-seq showed 200 differentially expressed genes in rice.", ("plant",),
         ("omics",)),
        ("A new algorithm for networks",
         "We present a new algorithm; simulations show its use.", (), ("computational",)),
        ("Structure of Abc1", "The protein was expressed and purified; its crystal structure was solved.", (),
         ("in vitro",)),
        ("Diversity of wild barley", "Genetic diversity and population structure were studied in barley.", ("plant",),
         ("population",)),
        ("Abc1 of Caenorhabditis elegans", "abc-1 null mutants of C. elegans live long; mutant worms are small.",
         ("worm",), ("knockout",)),
    ],
)  # fmt: skip
def test_a_paper_is_graded_by_what_it_says_it_did(
    title: str, abstract: str, organisms: tuple[str, ...], kinds: tuple[str, ...]
) -> None:
    found = graded(title, abstract)
    assert found.organisms == organisms
    assert found.kinds == kinds


def test_what_others_did_before_does_not_grade_a_paper() -> None:
    found = graded(
        "Lens cells of the mouse",
        "Previous genome-wide association studies identified Abc1. It has been reported in 2,000 patients. "
        "Mouse lens cells were stained.",
    )
    assert "gwas" not in found.kinds
    assert found.organisms == ("mouse",)
    assert found.size is None


def test_an_antibody_names_no_organism() -> None:
    assert (
        graded("Staining", "Sections were stained with rabbit anti-mouse IgG and goat anti-human serum.").organisms
        == ()
    )


def test_a_review_is_nothing_else_though_it_tells_of_trials_and_knockouts() -> None:
    found = graded("Abc1", "Knockout mice were made. A randomized trial in patients followed.", types=("Review",))
    assert found.kinds == ("review",)
    assert found.of(Aspect.KIND)[0].basis.source == "publication type"


def test_subject_headings_name_organisms_where_the_text_does_not() -> None:
    found = graded("Abc1 in the kidney", "Abc1 is needed there.", headings=("Mice, Knockout", "Kidney"))
    assert found.organisms == ("mouse",)
    assert found.of(Aspect.ORGANISM)[0].basis.quote == "Mice, Knockout"


@pytest.mark.parametrize(
    ("sentence", "size"),
    [
        ("A total of 508 RA patients and 494 controls were involved.", 1002),
        ("We genotyped 1,234 cases and 2,345 controls.", 3579),
        ("One hundred and sixty asthmatics and one hundred controls were enrolled.", 260),
        ("The cohort had 337 802 women, of whom 1878 developed cancer.", 337802),
        ("All participants (n = 84) were carriers.", 84),
        ("We sequenced a discovery cohort (n = 273) and a second cohort (n = 121).", 394),
        ("Ninety-five patients with pain were included.", 95),
        ("The cross consists of 334 animals.", 334),
        ("In total, 230 alleles were identified from 117 patients.", 117),
        ("We found 45 genes and 12 variants.", None),
        ("It affects over 6 million people worldwide.", None),
        ("Children aged 5 years were seen for 12 months.", None),
        ("n = 3 per group.", None),
    ],
)
def test_sizes_are_read_as_they_are_stated(sentence: str, size: int | None) -> None:
    assert graded("ABC1", sentence).size == size


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234", 1234), ("337 802", 337802), ("ninety-five", 95), ("one hundred and sixty", 160), ("twelve", 12)],
)
def test_numbers_are_read_in_figures_and_words(text: str, value: int) -> None:
    assert number(text) == value


def test_every_basis_stands_in_the_paper_where_it_says() -> None:
    paper = Paper(
        PaperInfo("Ataxia"),
        (
            Section("Abstract / Background", "Ataxia is rare. İstanbul was the place.", SectionKind.ABSTRACT),
            Section("Abstract / Methods", "We recruited 140 patients and 150 controls. All were from Bern.",
                    SectionKind.ABSTRACT),
        ),
    )  # fmt: skip
    found = grades_of(paper)
    assert found.size == 290
    for grade in found.all:
        basis = grade.basis
        assert basis.source == "text" and basis.section is not None
        assert paper.sections[basis.section].text[basis.start : basis.end] == basis.quote
        assert basis.quote.startswith("We recruited")


def test_a_paper_without_text_or_title_has_no_grades() -> None:
    assert not grades_of(Paper(PaperInfo(""), ()))
    assert not grades_of(Paper(PaperInfo("Untitled"), (Section("", "x" * 100_000),)))


def test_grades_are_told_in_a_line_and_as_plain_data() -> None:
    found = graded("A genome-wide association study of height", "We analysed 5,000 women from Norway.")
    assert found.in_short == "human · GWAS · n = 5,000"
    data = found.as_data()
    assert (data["organisms"], data["kinds"], data["size"]) == (["human"], ["gwas"], 5000)
    assert data["basis"][-1]["quote"] == "We analysed 5,000 women from Norway."
