"""Tags: made as papers are added, made up for in old libraries without embedding, gone with their passages."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from index import adding, tagged, tagging
from index.filters import Filters
from index.library import Library
from index.papers import Passage
from index.schema import MIGRATIONS
from index.species import main, named
from tests.conftest import FakeEmbedder, make_paper
from tests.index.test_filters import PAPERS, concept, paper

P53 = Filters(genes=frozenset({concept("TP53")}))


def tables(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        names = ("passage_gene", "passage_variant", "passage_species")
        found = {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in names}
        found["part"] = sorted(connection.execute("SELECT id, part FROM passage"))
        found["paper"] = sorted(connection.execute("SELECT id, species, tagged FROM paper"))
    return found


def age(folder: Path) -> None:
    """Make the catalogue one of the first schema, from before there were tags."""
    later = "\n".join(MIGRATIONS[1:])
    with sqlite3.connect(folder / "catalogue.sqlite") as connection:
        for kind in ("TRIGGER", "INDEX", "TABLE"):
            for name in re.findall(rf"CREATE (?:VIRTUAL )?{kind} (\w+)", later):
                connection.execute(f"DROP {kind} {name}")
        for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", later):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("PRAGMA user_version = 1")


def test_an_old_library_is_tagged_without_embedding_and_as_a_new_one_is(tmp_path: Path) -> None:
    with Library.open(tmp_path, FakeEmbedder()) as library:
        library.add(PAPERS)
    fresh = tables(tmp_path)
    assert len(MIGRATIONS) > 1
    assert all(fresh.values())
    age(tmp_path)
    embedder = FakeEmbedder()
    with Library.open(tmp_path, embedder) as library:
        assert library.untagged() == 3
        told: list[tuple[int, int]] = []
        assert library.tag(progress=lambda done, total: told.append((done, total))) == 3
        assert told[-1] == (3, 3)
        assert library.untagged() == library.tag() == 0
        assert library.check() == []
    assert tables(tmp_path) == fresh
    assert embedder.texts == 0


def test_a_filter_that_needs_tags_makes_up_for_them_first(tmp_path: Path) -> None:
    with Library.open(tmp_path, FakeEmbedder()) as library:
        library.add(PAPERS)
        expected = library.allowed(P53)
    age(tmp_path)
    with Library.open(tmp_path) as library:
        got = library.allowed(P53)
    assert got is not None
    assert expected is not None
    assert got.tolist() == expected.tolist() != []


def test_stopped_tagging_goes_on_where_it_was(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "_BATCH_PAPERS", 4)
    library.add(make_paper(n) for n in range(12))
    fresh = tables(library.folder)
    age(library.folder)
    library.close()

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with Library.open(library.folder, FakeEmbedder()) as again:
        with pytest.raises(KeyboardInterrupt):
            again.tag(progress=stop)
        assert again.untagged() == 8
        assert again.tag() == 8
    assert tables(library.folder) == fresh


def test_a_better_finder_tags_anew(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.add(PAPERS)
    for module in (tagging, tagged, adding):
        monkeypatch.setattr(module, "VERSION", "later")
    monkeypatch.setattr(tagging.genes, "senses", lambda texts: [[] for _ in texts])
    assert library.untagged() == 3
    assert library.allowed(P53) is not None
    assert library.genes_named() == []
    assert library.untagged() == 0


def test_tags_go_with_their_passages_and_come_with_new_text(library: Library) -> None:
    library.add(PAPERS)
    library.remove(1)
    assert library.papers_of_gene(concept("TP53")) == [(2, 1)]
    library.add(
        [paper(2, ("Abstract", "Now Pax6 is in it, as were all of the other patients."), ("Results", "No more."))]
    )
    assert library.papers_of_gene(concept("TP53")) == []
    assert {p for p, _ in library.papers_of_gene(concept("PAX6"))} == {2, 3}
    assert library.check() == []


def test_tags_stay_with_another_embedder(library: Library) -> None:
    library.add(PAPERS)
    before = library.genes_named()
    library.reindex(FakeEmbedder("other", 32))
    assert library.genes_named() == before != []
    assert library.untagged() == 0


def test_a_library_tells_what_it_knows_of_a_gene(library: Library) -> None:
    library.add(PAPERS)
    p53, mdm2 = concept("TP53"), concept("MDM2")
    assert library.papers_of_gene(p53) == [(1, 3), (2, 1)]
    assert library.genes_with(p53) == [(mdm2, 1)]
    assert dict(library.genes_named())[p53] == 4
    (passage, times), *_ = library.passages_of_gene(p53)
    assert times == 1
    assert library.genes_of([passage, 10_000]) == {passage: {p53: 1}}
    assert sorted(key for keys in library.variants_of(range(1, 20)).values() for key in keys) == ["17p13.1", "p.R175H"]


def test_a_library_tells_what_it_can_be_filtered_by(library: Library) -> None:
    library.add(PAPERS)
    choices = library.choices()
    assert choices.journals == (("Cell", 2), ("Nature Genetics", 1))
    assert choices.years == (2004, 2015)
    assert dict(choices.species) == {"mouse": 1, "human": 1, "rat": 1}
    assert dict(choices.parts)["figure"] == 1


def test_spellings_of_a_journal_are_offered_as_one(library: Library) -> None:
    names = ("PLoS ONE", "PLoS ONE", "PloS one")
    library.add(make_paper(n, journal=name) for n, name in enumerate(names))
    assert library.choices().journals == (("PLoS ONE", 3),)
    assert sorted(library.journals()) == ["PLoS ONE", "PloS one"]


def test_an_empty_library_can_be_filtered_by_nothing(library: Library) -> None:
    choices = library.choices()
    assert (choices.journals, choices.species, choices.parts, choices.years) == ((), (), (), None)
    assert library.tag() == 0


@pytest.mark.parametrize(
    ("text", "species"),
    [
        ("Wild-type mice were stained with a rat anti-mouse antibody", {"mouse": 1}),
        ("goat anti-rabbit IgG in zebrafish", {"zebrafish": 1}),
        ("a yeast two-hybrid screen", {}),
        ("yeast mutants of S. cerevisiae", {"yeast": 2}),
        ("mouse monoclonal antibodies", {}),
        ("Drosophila and C. elegans", {"fruit fly": 1, "worm": 1}),
        ("guinea pigs", {}),
        ("HEK293T cells were cultured", {"cell line": 1}),
        ("Patients and healthy volunteers", {"human": 2}),
        ("rational moderate separate", {}),
    ],
)
def test_species_are_told_by_rules(text: str, species: dict[str, int]) -> None:
    assert dict(named(text)) == species


def test_the_main_species_stands_out_or_there_is_none() -> None:
    assert main([(named("mice and mice"), 1.0), (named("a patient"), 1.0)]) == "mouse"
    assert main([(named("mice"), 1.0), (named("rats"), 1.0), (named("yeast"), 1.0)]) == ""
    assert main([(named("mice, rats, zebrafish and yeast"), 3.0)]) == ""
    assert main([(named("HeLa and HeLa"), 1.0)]) == "cell line"


def test_tags_stand_in_the_order_of_the_passages() -> None:
    made = tagging.tags_of(
        paper(1, ("Results", "x")),
        [Passage(1, 0, 0, 5, "TP53.", "Results"), Passage(1, 0, 6, 12, "Nothing.", "Discussion")],
    )
    assert [set(p.genes) for p in made.passages] == [{concept("TP53")}, set()]
    assert [p.part.value for p in made.passages] == ["results", "discussion"]


LCA = (
    "Leber congenital amaurosis (LCA) is caused by mutations of CRX.",
    "Mutations of CRX cause LCA, cone-rod dystrophy and late-onset retinitis pigmentosa.",
)
BETA = (
    "APP is cut into peptides. APP mice were bred, and App was measured in the brain.",
    "Levels of Aβ were suppressed in animals that were raised on doxycycline, and Aβ was cleared.",
)


def concepts(texts: tuple[str, ...]) -> list[set[str]]:
    """Concepts that each of a paper's passages is tagged with."""
    passages = [Passage(1, 0, n, n + len(text), text, "Results") for n, text in enumerate(texts)]
    return [set(p.genes) for p in tagging.tags_of(paper(1, ("Results", "x")), passages).passages]


def test_an_acronym_that_the_paper_explains_as_a_disease_is_no_gene_anywhere_in_it() -> None:
    alone, explained = concepts(LCA[1:])[0], concepts(LCA)
    assert concept("PTPRC") in alone
    assert explained == [{concept("CRX")}, {concept("CRX")}]


def test_a_name_of_two_genes_is_that_of_the_one_which_the_paper_names_clearly() -> None:
    assert concept("SCD") in concepts(BETA[1:])[0]
    assert concepts(BETA) == [{concept("APP")}, {concept("APP")}]
