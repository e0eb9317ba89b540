"""Searches held to genes, years, journals, parts, species: right also where the filter lets little through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import lexical as lexical_module
from index.dense import DenseOptions
from index.filters import NO_FILTERS, Filters
from index.genes import table
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.parts import Part, part_of
from index.search import search
from tests.conftest import FakeEmbedder, make_paper


def concept(symbol: str) -> str:
    best = table().resolve(symbol).best
    assert best is not None
    return best.concept


def paper(number: int, *sections: tuple[str, str], title: str = "A study", **info: object) -> Paper:
    kinds = {"Abstract": SectionKind.ABSTRACT, "Figure 1": SectionKind.FIGURE, "Table 1": SectionKind.TABLE}
    fields: dict[str, object] = {"pmid": str(number), "source": f"{number}.xml"}
    made = tuple(Section(heading, text, kinds.get(heading, SectionKind.BODY)) for heading, text in sections)
    return Paper(PaperInfo(title, **(fields | info)), made)  # type: ignore[arg-type]


PAPERS = (
    paper(
        1,
        ("Abstract", "Trp53 controls apoptosis in mice. Mice without it get tumours."),
        ("Introduction", "In humans TP53 is mutated in tumours."),
        ("Methods", "Apoptosis was counted by TUNEL."),
        ("Results / Apoptosis", "Apoptosis fell by half where Trp53 and Mdm2 were gone."),
        ("Figure 1", "Apoptosis in sections."),
        title="Trp53 in mice",
        year=2004,
        journal="Cell",
    ),
    paper(
        2,
        ("Abstract", "Apoptosis in patients with p.Arg175His of TP53. Patients were old."),
        ("Discussion", "Apoptosis at 17p13.1 deserves a study in zebrafish."),
        ("Table 1", "Apoptosis by age."),
        title="Apoptosis in patients",
        year=2015,
        journal="Nature Genetics",
    ),
    paper(3, ("Abstract", "Apoptosis in rats and what Pax6 does."), title="Rats and apoptosis", journal="Cell"),
)


@pytest.fixture
def shelf(library: Library) -> Library:
    library.add(PAPERS)
    return library


def found(library: Library, **held: object) -> list[tuple[str, str]]:
    """(PMID, heading) of what is found, in a fixed order."""
    filters = Filters(**{k: frozenset(v) if isinstance(v, list) else v for k, v in held.items()})  # type: ignore[arg-type]
    return sorted((h.paper.pmid, h.passage.heading) for h in search(library, "apoptosis", 50, filters=filters))


def test_years_journals_and_papers_hold_a_search(shelf: Library) -> None:
    assert {p for p, _ in found(shelf, first_year=2005)} == {"2"}
    assert {p for p, _ in found(shelf, last_year=2010)} == {"1"}, "a paper without a year is of none"
    assert {p for p, _ in found(shelf, first_year=2004, last_year=2015)} == {"1", "2"}
    assert {p for p, _ in found(shelf, journals=["Cell"])} == {"1", "3"}
    assert {p for p, _ in found(shelf, journals=["Cell"], first_year=2000)} == {"1"}
    wanted = shelf.find("PMID:3")
    assert wanted is not None
    assert {p for p, _ in found(shelf, papers=[wanted])} == {"3"}
    assert found(shelf, journals=["Lancet"]) == []


def test_parts_hold_a_search(shelf: Library) -> None:
    assert found(shelf, parts=[Part.RESULTS]) == [("1", "Results / Apoptosis")]
    assert found(shelf, parts=[Part.FIGURE, Part.TABLE]) == [("1", "Figure 1"), ("2", "Table 1")]
    assert {h for _, h in found(shelf, parts=[Part.ABSTRACT])} == {"Abstract"}


def test_a_gene_holds_a_search_whatever_it_is_called(shelf: Library) -> None:
    p53 = concept("TP53")
    assert found(shelf, genes=[p53]) == [
        ("1", "Abstract"),
        ("1", "Introduction"),
        ("1", "Results / Apoptosis"),
        ("2", "Abstract"),
    ]
    assert found(shelf, genes=[p53, concept("MDM2")]) == [("1", "Results / Apoptosis")]
    assert found(shelf, genes=[concept("BRCA1")]) == []


def test_a_variant_or_a_band_holds_a_search_in_any_spelling(shelf: Library) -> None:
    assert found(shelf, variants=["r175h_"]) == [("2", "Abstract")]
    assert found(shelf, variants=["17p13"]) == found(shelf, variants=["17p13.1"]) == [("2", "Discussion")]


def test_a_passage_is_of_the_species_it_names_or_else_of_its_papers(shelf: Library) -> None:
    mouse, human, fish = (found(shelf, species=[name]) for name in ("mouse", "human", "zebrafish"))
    assert mouse == [("1", "Abstract"), ("1", "Figure 1"), ("1", "Methods"), ("1", "Results / Apoptosis")]
    assert human == [("1", "Introduction"), ("2", "Abstract"), ("2", "Table 1")]
    assert fish == [("2", "Discussion")]


def test_no_filter_lets_everything_through(shelf: Library) -> None:
    assert not NO_FILTERS
    assert shelf.allowed(NO_FILTERS) is None
    assert len(found(shelf)) == 9


@pytest.mark.parametrize("few", [0, 10_000], ids=["deep lists", "in the query"])
@pytest.mark.parametrize("exact", [0, 200_000], ids=["inverted lists", "exact"])
@pytest.mark.parametrize("share", [1, 7, 150, 299])
def test_both_rankings_among_some_are_those_among_all_with_the_others_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, exact: int, share: int
) -> None:
    monkeypatch.setattr(lexical_module, "_FEW", few)
    embedder = FakeEmbedder()
    with Library.open(tmp_path, embedder, dense=DenseOptions(exact_limit=exact)) as library:
        library.add(make_paper(n, sentences=6) for n in range(300))
        library.rebuild()
        ids = library.allowed(Filters(papers=frozenset(range(1, 301))))
        assert ids is not None
        only = np.sort(np.random.default_rng(share).choice(ids, share * len(ids) // 300, replace=False))
        everything = library.lexical("gene7 tissue3 mouse", len(ids))
        expected = [hit for hit in everything if hit[0] in set(only.tolist())][:20]
        assert [i for i, _ in library.lexical("gene7 tissue3 mouse", 20, only=only)] == [i for i, _ in expected]
        vector = embedder.embed_query("Gene7 acts in tissue3")
        products = {i: float(v @ vector) for i, (v, _) in library.vectors(only.tolist()).items()}
        got = library.dense(vector, 20, only=only)
        assert len(got) == min(20, len(only))
        assert {i for i, _ in got} <= set(only.tolist())
        best = sorted(products.values(), reverse=True)[: len(got)]
        close = sum(abs(a - products[i]) < 0.03 for a, (i, _) in zip(best, got, strict=True))
        assert close >= (0.9 if exact == 0 else 1.0) * len(got)


def test_what_is_added_or_removed_is_seen_by_the_same_filter(shelf: Library) -> None:
    held = {"journals": ["Cell"]}
    before = found(shelf, **held)
    shelf.add([paper(9, ("Abstract", "Apoptosis again."), journal="Cell")])
    assert found(shelf, **held) == sorted([*before, ("9", "Abstract")])
    shelf.remove(1)
    assert {p for p, _ in found(shelf, **held)} == {"3", "9"}


def test_a_year_that_is_filled_in_is_seen_by_the_same_filter(shelf: Library) -> None:
    assert found(shelf, first_year=1990, last_year=1999) == []
    shelf.add([paper(3, ("Abstract", "Apoptosis in rats and what Pax6 does."), title="Rats and apoptosis", year=1995)])
    assert found(shelf, first_year=1990, last_year=1999) == [("3", "Abstract")]


@pytest.mark.parametrize(
    ("heading", "kind", "part"),
    [
        ("Abstract", SectionKind.ABSTRACT, Part.ABSTRACT),
        ("Background", SectionKind.BODY, Part.INTRODUCTION),
        ("1. INTRODUCTION", SectionKind.BODY, Part.INTRODUCTION),
        ("Materials and Methods / Mice", SectionKind.BODY, Part.METHODS),
        ("Experimental procedures", SectionKind.BODY, Part.METHODS),
        ("Patients and methods", SectionKind.BODY, Part.METHODS),
        ("Statistical analysis", SectionKind.BODY, Part.METHODS),
        ("Results / Methods of escape", SectionKind.BODY, Part.RESULTS),
        ("Results and Discussion", SectionKind.BODY, Part.RESULTS),
        ("Concluding remarks", SectionKind.BODY, Part.DISCUSSION),
        ("Acknowledgements", SectionKind.BODY, Part.OTHER),
        ("", SectionKind.BODY, Part.OTHER),
        ("Figure 2. Results of the screen", SectionKind.FIGURE, Part.FIGURE),
        ("Table 1", SectionKind.TABLE, Part.TABLE),
    ],
)
def test_the_part_is_told_from_kind_and_heading(heading: str, kind: SectionKind, part: Part) -> None:
    assert part_of(heading, kind) is part
