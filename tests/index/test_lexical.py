"""The lexical index: gene names in all their spellings, no operators, and files that are trusted only when whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from index.lexical import words
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from tests.conftest import FakeEmbedder, make_paper


def note(number: int, text: str, *, title: str = "A note", heading: str = "Results") -> Paper:
    return Paper(PaperInfo(title, pmid=str(number), source=f"{number}.txt"), (Section(heading, text),))


def found(library: Library, query: str | list[tuple[str, float]], k: int = 10) -> list[int]:
    """Ids of the papers found, best first."""
    return [p.paper_id for p in library.passages([i for i, _ in library.lexical(query, k)])]


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Pax-6", "Pax6"),
        ("Pax6", "PAX-6"),
        ("NT-3", "nt3"),
        ("IL-2R", "IL2R"),
        ("BRCA1", "brca1"),
        ("p53", "P53"),
        ("TNF-α", "TNF-alpha"),
        ("TNFα", "TNF alpha"),
        ("TNF-α", "TNFA"),
        ("IL-1β", "IL1B"),
        ("PGC-1α", "PGC1alpha"),
        ("PGC‑1α", "PGC-1α"),
        ("C/EBPα", "CEBPA"),
        ("NF-κB", "NFκB"),
        ("Nkx2.5", "Nkx2-5"),
        ("β-catenin", "beta-catenin"),
        ("β-catenin's", "β-catenin"),
        ("knock-out", "knockout"),
        ("mutations", "mutated"),
        ("naïve", "naive"),
        ("5′-UTR", "UTR"),
        ("Müller", "muller"),
        ("p.Val600Glu", "V600E"),
        ("V600E", "p.(Val600Glu)"),
        ("BRAF-V600E", "Val600Glu"),
        ("BRAFV600E", "p.Val600Glu"),
        ("BRAF V600E", "BRAFV600E"),
        ("NP_004324.2:p.Val600Glu", "BRAF:p.V600E"),
        ("p.Arg97ProfsTer23", "p.R97Pfs*23"),
        ("p.Arg97ProfsTer23", "R97fs"),
        ("p.Gln39Ter", "Q39X"),
        ("c.35delG", "NM_004004.6:c.35del"),
        ("c.677C>T", "C677T"),
        ("c.677 C → T", "677C>T"),
        ("rs 7903146", "rs7903146"),
        ("RS7903146", "rs 7903146"),
        ("17q21.31", "chr17q21.31"),
        ("17q21.31", "17q21"),
        ("17q21.31", "17q21.3"),
        ("4p16.3-p15.1", "4p15.1"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(library: Library, written: str, sought: str) -> None:
    library.add([note(1, f"We saw that {written}, in short, was there."), note(2, "Nothing of the sort was there.")])
    assert found(library, f"What of the {sought}?") == [1]


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("A53S", "A53E"),
        ("D816Y", "D816I"),
        ("17q21", "17q21.31"),
        ("17q22", "17q21"),
        ("c.35del", "c.36del"),
        ("p.Val600Lys", "V600E"),
    ],
)
def test_a_variant_is_not_found_by_another(library: Library, written: str, sought: str) -> None:
    library.add([note(1, f"We saw that {written}, in short, was there.")])
    assert not library.knows(sought)
    assert library.knows(written)


def test_numbers_and_units_are_no_compounds() -> None:
    assert words("p<0.05 in 2004/5 at 3 µm") == ["p", "0", "05", "in", "2004", "5", "at", "3", "mu", "m"]


@pytest.mark.parametrize("query", ["AND (", '"', "id:1 OR *", "text:^", "a\x00b", "((((", "-gene1 +", "/x", "\\"])
def test_nothing_in_a_question_is_an_operator(library: Library, query: str) -> None:
    library.add([note(1, "Gene1 acts in the kidney.")])
    library.lexical(query, 5)
    assert found(library, f"{query} kidney") == [1]


def test_stop_words_count_only_where_there_is_nothing_else(library: Library) -> None:
    library.add([note(1, "What is this about the"), note(2, "Kidney development.")])
    assert found(library, "what is the kidney") == [2]
    assert found(library, "what is the") == [1]
    assert found(library, "") == found(library, "?!") == []


def test_weights_decide(library: Library) -> None:
    library.add([note(1, "The kidney grows."), note(2, "The liver grows.")])
    assert found(library, [("kidney", 3.0), ("liver", 1.0)]) == [1, 2]
    assert found(library, [("kidney", 1.0), ("liver", 3.0)]) == [2, 1]


def test_a_compound_weighs_no_more_than_a_word(library: Library) -> None:
    library.add([note(1, "Wild-type at first."), note(2, "Kidney at first.")])
    scores = [score for _, score in library.lexical("wild-type kidney", 9)]
    assert scores[0] == pytest.approx(scores[1], rel=0.3)


def test_title_and_heading_are_searched_too(library: Library) -> None:
    library.add(
        [
            note(1, "It grows.", title="Axin2 in bone"),
            note(2, "It grows.", heading="Axin2 phenotype"),
            note(3, "It grows."),
        ]
    )
    assert sorted(found(library, "axin2")) == [1, 2]


def test_reference_marks_are_not_text(library: Library) -> None:
    text = "Axin2 acts in bone (Smith 2004)."
    paper = Paper(PaperInfo("A note", pmid="1"), (Section("", text, references=((18, 31),)),))
    library.add([paper])
    assert found(library, "axin2") == [1]
    assert found(library, "smith 2004") == []


def test_a_pasted_page_is_searched_by_its_first_words(library: Library) -> None:
    library.add([note(1, "Kidney development.")])
    assert found(library, "kidney " + " ".join(f"w{n}" for n in range(50_000))) == [1]


def damage(folder: Path, how: str) -> None:
    state = folder / "lexical.json"
    index = folder / json.loads(state.read_text())["folder"]
    segment = max(
        (p for p in index.iterdir() if p.suffix in (".term", ".idx", ".store", ".fast")), key=lambda p: p.stat().st_size
    )
    if how == "folder missing":
        shutil.rmtree(index)
    elif how == "state missing":
        state.unlink()
    elif how == "state broken":
        state.write_text('{"library": ')
    elif how == "meta broken":
        (index / "meta.json").write_text("{}")
    elif how == "segment missing":
        segment.unlink()
    elif how == "segment truncated":
        segment.write_bytes(segment.read_bytes()[:-9])
    elif how == "segment changed":
        data = bytearray(segment.read_bytes())
        data[len(data) // 2] ^= 0x20
        segment.write_bytes(data)
    elif how == "behind":
        state.write_text(json.dumps(json.loads(state.read_text()) | {"generation": 0, "files": {}}))
    elif how == "other format":
        state.write_text(json.dumps(json.loads(state.read_text()) | {"format": 0}))


@pytest.mark.parametrize(
    "how",
    [
        "folder missing",
        "state missing",
        "state broken",
        "meta broken",
        "segment missing",
        "segment truncated",
        "segment changed",
        "behind",
        "other format",
    ],
)
def test_a_damaged_index_is_built_anew_without_embedding(
    library: Library, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    library.add(make_paper(n) for n in range(20))
    library.close()
    damage(library.folder, how)
    embedder = FakeEmbedder()
    with Library.open(library.folder, embedder) as again:
        assert found(again, "gene7") == [8, 8]
        assert len(again.lexical("stage", 999)) == 40
        assert again.check() == []
        again.add([make_paper(99)])
        assert found(again, "gene99") == [21, 21]
    assert embedder.texts == 2
    assert ("damaged" in caplog.text) == (how.startswith("segment") or how in ("folder missing", "meta broken"))


def test_applying_the_same_changes_twice_doubles_nothing(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    library.add(make_paper(n) for n in range(5))
    library.remove(2)
    state = library.folder / "lexical.json"
    # As after a kill between tantivy's commit and the note of it.
    state.write_text(json.dumps(json.loads(state.read_text()) | {"generation": 0}))
    with Library.open(library.folder) as again:
        assert len(again.lexical("stage", 99)) == 8
        assert again.check() == []
    assert "damaged" not in caplog.text
