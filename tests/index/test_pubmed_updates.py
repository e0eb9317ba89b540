"""PubMed's files: deletions, revisions and versions honoured in whatever order they come; runs continued."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.ahead import ahead
from index.library import Library
from index.papers import DeletedRecords, Offered, Paper
from index.readers import read
from index.releases import older, versioned
from index.results import AddResult, Status
from tests.conftest import FakeEmbedder, make_paper


def record(pmid: int, text: str, version: int = 1) -> str:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="{version}">{pmid}</PMID><Article><ArticleTitle>Study {pmid}'
        f"</ArticleTitle><Abstract><AbstractText>{text}</AbstractText></Abstract></Article></MedlineCitation>"
        "</PubmedArticle>"
    )


def file(folder: Path, name: str, *records: str, deleted: tuple[int, ...] = ()) -> Path:
    gone = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted)
    end = f"<DeleteCitation>{gone}</DeleteCitation>" if deleted else ""
    path = folder / name
    data = f"<?xml version='1.0'?><PubmedArticleSet>{''.join(records)}{end}</PubmedArticleSet>"
    path.write_bytes(gzip.compress(data.encode()))
    return path


def added(library: Library, *paths: Path) -> list[tuple[str, str]]:
    results: list[AddResult] = []
    library.add_paths(paths, progress=results.append)
    return [(result.title, result.status.value) for result in results]


def text_of(library: Library, pmid: int) -> str:
    paper_id = library.find(f"PMID:{pmid}")
    return library.paper(paper_id).sections[0].text if paper_id else ""


LONG = "Gene7 acts in the kidney of the mouse and this was shown by its deletion in many animals. " * 4
SHORT = "Gene7 does not act in the kidney."


def test_deleted_records_are_removed_and_an_older_file_does_not_bring_them_back(
    library: Library, tmp_path: Path
) -> None:
    base = file(tmp_path, "pubmed26n0001.xml.gz", record(1, LONG), record(2, SHORT), record(3, SHORT))
    update = file(tmp_path, "pubmed26n1400.xml.gz", record(4, SHORT), deleted=(2, 3, 99))
    added(library, base)
    assert added(library, update) == [("Study 4", "added"), ("Study 2", "removed"), ("Study 3", "removed")]
    assert [library.find(f"PMID:{n}") is not None for n in (1, 2, 3, 4)] == [True, False, False, True]
    assert library.lexical("Gene7 not act", 9)
    assert len(library.dense(library.embedder.embed_query("gene7"), 9)) == 2
    assert library.check() == []
    texts = library.embedder.texts  # type: ignore[attr-defined]
    assert [status for _, status in added(library, base, update)] == ["unchanged"] * 4
    assert library.count() == 2
    assert library.embedder.texts == texts  # type: ignore[attr-defined]
    later = file(tmp_path, "pubmed26n1500.xml.gz", record(2, LONG))
    assert set(added(library, later, update)) == {("Study 2", "added"), ("Study 4", "unchanged")}
    assert text_of(library, 2)


def test_a_paper_with_its_full_text_outlives_its_record(library: Library, tmp_path: Path) -> None:
    library.add([make_paper(1)])
    update = file(tmp_path, "pubmed26n1400.xml.gz", record(9, SHORT), deleted=(1001,))
    assert added(library, update) == [("Study 9", "added"), ("Study of Gene1", "kept-fuller")]
    assert library.find("PMID:1001")


@pytest.mark.parametrize("newer_first", [False, True])
def test_a_newer_record_replaces_an_older_one_even_if_shorter(
    library: Library, tmp_path: Path, newer_first: bool
) -> None:
    old = file(tmp_path, "pubmed26n0001.xml.gz", record(1, LONG))
    new = file(tmp_path, "pubmed26n1400.xml.gz", record(1, SHORT))
    for path in (new, old) if newer_first else (old, new):
        added(library, path)
    assert text_of(library, 1) == SHORT
    assert added(library, old, new) == [("Study 1", "unchanged")] * 2
    assert text_of(library, 1) == SHORT


def test_a_record_without_abstract_takes_no_text_away(library: Library, tmp_path: Path) -> None:
    added(library, file(tmp_path, "pubmed26n0001.xml.gz", record(1, LONG)))
    bare = record(1, "").replace("<Abstract><AbstractText></AbstractText></Abstract>", "")
    added(library, file(tmp_path, "pubmed26n1400.xml.gz", bare))
    assert text_of(library, 1) == LONG.strip()


def test_of_the_versions_of_a_record_the_last_counts_and_a_second_run_changes_nothing(
    library: Library, tmp_path: Path
) -> None:
    path = file(
        tmp_path,
        "pubmed26n0001.xml.gz",
        record(1, LONG, 3),
        record(1, "First words on gene7 in the kidney.", 1),
        record(1, "Second words on gene7.", 2),
    )
    added(library, path)
    assert text_of(library, 1) == LONG.strip()
    assert library.count() == 1
    assert added(library, path) == [("Study 1", "unchanged")] * 3
    assert text_of(library, 1) == LONG.strip()


@pytest.mark.parametrize(
    ("one", "other", "is_older"),
    [
        ("pubmed26n0001.xml.gz", "pubmed26n0002.xml.gz", True),
        ("pubmed26n9999.xml.gz", "pubmed26n10000.xml", True),
        ("pubmed26n1400.xml.gz", "pubmed27n0001.xml.gz", True),
        ("pubmed26n0002.xml.gz", "pubmed26n0001.xml.gz", False),
        ("pubmed26n0001.xml.gz", "pubmed26n0001.xml.gz", False),
        (versioned("x.xml", "2"), versioned("x.xml", "10"), True),
        (versioned("x.xml", "1"), versioned("x.xml", "2"), True),
        ("x.xml", "pubmed26n0001.xml.gz", False),
        ("x.xml, version y", "x.xml", False),
    ],
)
def test_which_of_two_sources_is_older(one: str, other: str, is_older: bool) -> None:
    assert older(one, other) is is_older
    assert not (is_older and older(other, one))


def test_a_record_that_a_later_file_gives_again_survives_the_deletion_between(library: Library, tmp_path: Path) -> None:
    paper = record(1, LONG)
    files = [
        file(tmp_path, "pubmed26n0001.xml.gz", paper),
        file(tmp_path, "pubmed26n0002.xml.gz", record(2, SHORT), deleted=(1,)),
        file(tmp_path, "pubmed26n0003.xml.gz", paper),
    ]
    for _ in range(2):
        added(library, *files)
        assert library.count() == 2
        assert library.check() == []


def test_a_list_of_deletions_may_be_broken_or_empty(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(
        "<PubmedArticleSet>" + record(1, LONG) + "<DeleteCitation><PMID/><PMID>x'; --</PMID></DeleteCitation>"
        "<DeleteCitation></DeleteCitation></PubmedArticleSet>"
    )
    items = list(read(path))
    assert [type(item) for item in items] == [Paper, DeletedRecords, DeletedRecords]
    assert added(library, path) == [("Study 1", "added")]


def test_reading_goes_on_while_the_embedder_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.adding.GROUP_PAPERS", 5)
    further = threading.Event()

    class Waiting(FakeEmbedder):
        def embed_passages(self, passages):  # type: ignore[no-untyped-def]
            assert further.wait(20), "nothing was read while the first group was embedded"
            return super().embed_passages(passages)

    def papers() -> Iterator[Offered]:
        for n in range(20):
            if n == 15:
                further.set()
            yield make_paper(n)

    with Library.open(tmp_path / "x", Waiting()) as library:
        assert library.add(papers()).counts[Status.ADDED] == 20


def test_what_is_read_ahead_keeps_its_order_and_raises_where_it_failed() -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise RuntimeError("broken source")

    got = []
    with pytest.raises(RuntimeError, match="broken source"):
        for item in ahead(items(), lambda n: n * n, 2):
            got.append(item)
    assert got == [0, 1, 4, 9, 16]


def test_a_reader_that_is_left_early_stops() -> None:
    drawn = []

    def items() -> Iterator[int]:
        for n in range(10**9):
            drawn.append(n)
            yield n

    taken = ahead(items(), str, 3)
    assert next(taken) == "0"
    taken.close()  # type: ignore[attr-defined]
    assert len(drawn) < 10
    assert not [t for t in threading.enumerate() if t.name == "locus-read"]


def test_an_interrupted_run_is_continued_record_by_record(library: Library, tmp_path: Path) -> None:
    path = file(tmp_path, "pubmed26n0001.xml.gz", *(record(n, f"{LONG} {n}") for n in range(1, 301)))

    class Stopped(BaseException):
        pass

    seen = 0

    def stop(result: AddResult) -> None:
        nonlocal seen
        seen += 1
        if seen == 200:
            raise Stopped

    with pytest.raises(Stopped):
        library.add_paths([path], progress=stop)
    kept = library.count()
    assert 200 <= kept < 300
    embedded = library.embedder.texts  # type: ignore[attr-defined]
    counts = library.add_paths([path]).counts
    assert counts[Status.UNCHANGED] == kept
    assert counts[Status.ADDED] == 300 - kept
    assert library.embedder.texts - embedded < embedded  # type: ignore[attr-defined]
    assert library.check() == []
