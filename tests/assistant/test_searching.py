"""Searches as readers ask for them: filters in their words, highlights in every spelling, errors that help."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from assistant import cli
from assistant.searching import Asked, find, highlights, in_short, years
from index.errors import LocusError
from index.filters import Filters
from index.genes import table
from index.library import Library
from index.parts import Part
from tests.conftest import FakeEmbedder, make_paper
from tests.index.test_filters import PAPERS, concept
from tests.index.test_tagging import age


@pytest.fixture
def shelf(library: Library) -> Library:
    library.add(PAPERS)
    return library


def marked(text: str, query: str, *concepts: str) -> list[str]:
    return [text[start:end] for start, end in highlights(text, query, concepts)]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("kidney mutations", "Kidneys of mutated mice, kidney-specific.", ["Kidneys", "mutated", "kidney"]),
        ("what is the kidney", "What is the kidney?", ["kidney"]),
        (
            "p53 in mice",
            "Trp53 and TP53 in mice; p53-dependent tumour protein p53",
            ["Trp53", "TP53", "mice", "p53", "tumour protein p53"],
        ),
        ("Pax-6", "Pax6 and PAX-6 in 6 eyes", ["Pax6", "PAX-6"]),
        ("V600E", "BRAF p.Val600Glu, V600K", ["p.Val600Glu"]),
        ("rs 7903146", "rs7903146 and rs79031", ["rs7903146"]),
        ("17q21.31", "at 17q21.31 and 17q21.33", ["17q21.31"]),
        ("17q21", "at 17q21.31 and 17q22", ["17q21.31"]),
        ("knock-out", "a knockout, a knock-out, knocked over", ["knockout", "knock-out", "knocked"]),
        ("TNF-α", "TNFα, TNF-alpha and TNFA", ["TNFα", "TNF-alpha", "TNFA"]),
        ("5 mice", "5 of 15 mice", ["mice"]),
        ("", "nothing", []),
    ],
)
def test_what_was_sought_is_marked_in_every_spelling(query: str, text: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


def test_a_filters_gene_is_marked_by_any_of_its_names() -> None:
    assert marked("PGC-1α acts with Pparg", "acts", concept("PPARGC1A")) == ["PGC-1α", "acts"]


def test_highlights_rise_and_never_overlap() -> None:
    text = "Trp53-null p53 TP53/MDM2 p.Arg175His R175H and p53-null tumour protein p53 at 17p13.1"
    spans = highlights(text, "p53 null R175H tumour 17p13.1 TP53 MDM2")
    assert all(a < b for a, b in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (None, None)),
        ("2005", (2005, 2005)),
        ("2005-2010", (2005, 2010)),
        (" 2005 – 2010 ", (2005, 2010)),
        ("2005-", (2005, None)),
        ("-2010", (None, 2010)),
    ],
)
def test_years_are_read_as_written(text: str, expected: tuple[int | None, int | None]) -> None:
    assert years(text) == expected


@pytest.mark.parametrize("text", ["05", "2005 2010", "last year", "-", "20055"])
def test_other_years_are_refused_with_a_hint(text: str) -> None:
    with pytest.raises(LocusError, match="no range of years") as caught:
        years(text)
    assert "2005-2010" in caught.value.hint


def test_years_that_run_backwards_are_told_the_right_way_round() -> None:
    with pytest.raises(LocusError, match="backwards") as caught:
        years("2010-2005")
    assert "2005-2010" in caught.value.hint


def test_filters_are_named_as_readers_name_them(shelf: Library) -> None:
    found = find(
        shelf, Asked("apoptosis", genes=("p53",), journals=("cell",), sections=("Result",), species=("Mouse",))
    )
    assert {h.passage.heading for h in found.hits} == {"Results / Apoptosis"}
    assert in_short(found.filters) == "TP53; mouse; results; Cell"
    both = Filters(first_year=2000, last_year=2004, parts=frozenset([Part.TABLE, Part.FIGURE]))
    assert in_short(both) == "2000–2004; figure or table"


def test_a_journal_is_meant_in_all_its_spellings_or_by_a_part_of_its_name(library: Library) -> None:
    names = ("PLoS ONE", "PloS one", "PLoS Genetics", "Cell")
    library.add(make_paper(n, journal=name) for n, name in enumerate(names))
    assert {h.paper.journal for h in find(library, Asked("tissue", journals=("plos one",))).hits} == set(names[:2])
    assert {h.paper.journal for h in find(library, Asked("tissue", journals=("plos",))).hits} == set(names[:3])


def test_a_gene_alone_is_searched_for_by_its_symbol(shelf: Library) -> None:
    found = find(shelf, Asked(genes=("Trp53",)))
    assert found.query == "TP53"
    assert len(found.hits) >= 3


def test_a_variant_holds_a_search_and_is_searched_for_where_nothing_else_is(shelf: Library) -> None:
    found = find(shelf, Asked(variants=("R175H",)))
    assert [h.passage.heading for h in found.hits] == ["Abstract"]
    assert in_short(found.filters) == "R175H"


def test_an_ambiguous_name_and_a_spreadsheets_date_are_told(shelf: Library) -> None:
    ambiguous = next(name for name in ("NAT1", "p21", "PAP", "CAP", "p40") if table().resolve(name).ambiguous)
    (note,) = find(shelf, Asked("x", genes=(ambiguous,))).notes
    assert "may mean" in note
    (note,) = find(shelf, Asked("x", genes=("1-Mar",))).notes
    assert "MARCHF1" in note


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        (Asked(" "), "Nothing is asked", "Type words"),
        (Asked("x", genes=("xyzzy1",)), "No human or mouse gene", "HGNC:11998"),
        (Asked("x", variants=("kidney",)), "names no variant", "V600E"),
        (Asked("x", journals=("Celll",)), "No paper of the library", "Cell"),
        (Asked("x", sections=("preface",)), "no section “preface”", "abstract, introduction"),
        (Asked("x", species=("unicorn",)), "no species “unicorn”", "mouse, human"),
    ],
)
def test_what_isnt_there_is_told_with_what_is(shelf: Library, asked: Asked, message: str, hint: str) -> None:
    with pytest.raises(LocusError, match=message) as caught:
        find(shelf, asked)
    assert hint in caught.value.hint


# The command

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``locus search`` on a library of three papers."""
    with Library.open(tmp_path / "library", FakeEmbedder()) as library:
        library.add(PAPERS)
    monkeypatch.setenv("LOCUS_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setattr("assistant.chain.load_embedder", lambda name, *, threads: FakeEmbedder())

    def running(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["locus", "search", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        return int(caught.value.code or 0), captured.out, captured.err

    return running


def test_the_command_shows_passages_with_their_papers(run: Run) -> None:
    code, out, _ = run("apoptosis", "--gene", "p53", "--section", "results")
    assert code == 0
    assert out.startswith("1. Trp53 in mice\n")
    assert "Cell · Results / Apoptosis" in out
    assert "Apoptosis fell by half where Trp53 and Mdm2 were gone." in out


def test_the_command_gives_json_with_offsets_and_variants(run: Run) -> None:
    code, out, _ = run("apoptosis", "--species", "human", "--year", "2010-", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["filters"] == {"first_year": 2010, "species": ["human"]}
    first = next(r for r in found["results"] if r["section"] == "Abstract")
    assert (first["pmid"], first["year"], first["part"]) == ("2", 2015, "abstract")
    assert first["variants"] == ["p.R175H"]
    assert [first["text"][a:b] for a, b in first["highlights"]] == ["Apoptosis"]


def test_the_command_tells_what_isnt_found_or_isnt_there(run: Run) -> None:
    code, out, _ = run("apoptosis", "--species", "yeast")
    assert (code, out) == (0, "No passage fits “apoptosis” within yeast.\n")
    code, _, err = run("apoptosis", "--gene", "xyzzy1")
    assert code == 1
    assert "No human or mouse gene" in err
    assert "Traceback" not in err


def test_the_command_tags_an_old_library_first(run: Run, tmp_path: Path) -> None:
    age(tmp_path / "library")
    code, out, err = run("apoptosis", "--gene", "Mdm2")
    assert code == 0
    assert out.startswith("1. Trp53 in mice\n")
    assert "Tagging" in err
