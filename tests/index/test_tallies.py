"""Figures and the filter of the list, kept by triggers: right after every change, also in libraries made before."""

from __future__ import annotations

import sqlite3

import pytest

from index.catalogue import Catalogue
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from index.search import search
from tests.conftest import FakeEmbedder, make_paper
from tests.index.test_tagging import age

GENES = Paper(
    PaperInfo("Pax6 and Sox2", pmid="7", collection="starter"),
    (Section("Abstract", "Pax6 is needed for the eye of the mouse. Sox2 is bound by Pax6 there, as Trp53 is not."),),
)


def counted(library: Library) -> tuple[int, ...]:
    """Sizes as they are when all rows are gone through."""
    with library._catalogue.reading() as session:
        row = session._db.execute(
            "SELECT (SELECT count(*) FROM paper), (SELECT count(*) FROM paper WHERE collection = 'starter'), "
            "(SELECT count(*) FROM passage), (SELECT sum(words) FROM paper)"
        ).fetchone()
    return tuple(value or 0 for value in row)


def told(library: Library) -> tuple[int, ...]:
    status = library.status()
    return status.papers, status.starter_papers, status.passages, status.words


def test_figures_follow_every_change(library: Library) -> None:
    library.add([GENES, *(make_paper(n) for n in range(5))])
    assert told(library) == counted(library)
    assert told(library)[:2] == (6, 1)
    library.add([make_paper(2, sentences=30), make_paper(3, title="Another title")])
    assert told(library) == counted(library)
    library.add([make_paper(9, pmid="", doi="10.1/x"), make_paper(10, pmid="1001", doi="10.1/x")])
    assert told(library) == counted(library)
    library.remove(3)
    library.remove_starter()
    assert told(library) == counted(library)
    assert library.check() == []


def test_genes_are_counted_as_passages_come_and_go(library: Library) -> None:
    library.add([GENES, make_paper(1)])
    named = dict(library.genes_named())
    assert len(named) >= 3
    assert set(named.values()) == {1}
    library.remove(library.find("PMID:7") or 0)
    assert not set(named) & set(dict(library.genes_named()))
    assert library.check() == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kidn", [2]),
        ("KIDNEY gene2", [2]),
        ("10.1371/journal.pgen", [3]),
        ("journal.pgen.0030067", [3]),
        ("muller", [1]),
        ("Müller", [1]),
        ("smith-jones", [2]),
        ('"kidney" OR eye', []),
        ("NEAR(kidney", []),
        ("title:kidney", []),
        ("kidney -", [2]),
        ("idney", []),
        ("kidney muller", []),
    ],
)
def test_the_list_is_filtered_by_the_beginnings_of_words(library: Library, query: str, found: list[int]) -> None:
    library.add(
        [
            make_paper(1, authors=("Müller K",)),
            make_paper(2, title="Gene2 in the kidney", authors=("Smith-Jones A",)),
            make_paper(3, doi="10.1371/journal.pgen.0030067"),
        ]
    )
    assert [info.id for info in library.papers(query)] == found
    assert library.count(query) == len(found)


def test_the_filter_follows_what_is_changed_and_removed(library: Library) -> None:
    library.add([make_paper(1, title="On the kidney"), make_paper(2, title="On the heart")])
    library.add([make_paper(1, title="On the liver")])
    assert (library.count("kidney"), library.count("liver")) == (0, 1)
    library.remove(2)
    assert (library.count("heart"), library.papers("heart")) == (0, [])


def test_a_library_made_before_is_counted_once(library: Library, embedder: FakeEmbedder) -> None:
    library.add([GENES, *(make_paper(n) for n in range(5))])
    before = told(library)
    genes = library.genes_named()
    library.close()
    age(library.folder)
    with Library.open(library.folder, embedder) as again:
        assert told(again) == before == counted(again)
        again.tag()
        assert again.genes_named() == genes
        assert again.count("gene3") == 1
        assert again.check() == []


def test_wrong_tallies_are_told_and_mended(library: Library) -> None:
    library.add([GENES])
    with library._catalogue.writing() as session:
        session._db.execute("UPDATE tally SET value = 99 WHERE name = 'words'")
    assert library.check() == ["Catalogue: its tallies are wrong."]
    library.rebuild()
    assert library.check() == []


def test_what_the_page_and_a_search_ask_goes_through_no_table(
    library: Library, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add([GENES, *(make_paper(n) for n in range(20))])
    asked: list[str] = []
    connect = Catalogue._connect

    def traced(self: Catalogue) -> sqlite3.Connection:
        connection = connect(self)
        connection.set_trace_callback(asked.append)
        return connection

    monkeypatch.setattr(Catalogue, "_connect", traced)
    with Library.open(library.folder, embedder) as again:
        again.status()
        again.papers()
        again.papers("gene3", 0, 5)
        again.count("gene3")
        again.genes_named()
        again.find("PMID:1003")
        assert search(again, "What does Gene3 do in the mouse?")
        again.add([make_paper(3, sentences=40), make_paper(99)])
        assert search(again, "What does Gene99 do in the mouse?")
        again.remove(again.find("PMID:1099") or 0)
        assert search(again, "What does Gene3 do in the mouse?")
    scanned = set()
    with library._catalogue.reading() as session:
        for statement in asked:
            if not statement.startswith(("SELECT", "DELETE", "UPDATE")) or " LIMIT " in statement:
                continue
            for *_, step in session._db.execute(f"EXPLAIN QUERY PLAN {statement}"):
                if any(step.startswith(f"SCAN {table}") for table in ("paper", "passage", "p ", "section", "vector")):
                    scanned.add((statement, step))
    assert not {s for s in scanned if "paper_words" not in s[1]}
