"""The dense index: right neighbours, the right type for its size, and a file that is trusted only when whole."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest

from index.dense import DenseIndex, DenseOptions, read_stamp
from index.errors import LibraryError
from index.library import Library
from tests.conftest import FakeEmbedder, make_paper


@pytest.fixture
def filled(library: Library) -> Library:
    library.add(make_paper(n) for n in range(30))
    return library


def reopened(library: Library) -> tuple[Library, FakeEmbedder]:
    embedder = FakeEmbedder()
    return Library.open(library.folder, embedder), embedder


def exact(library: Library, vector: np.ndarray, k: int) -> list[int]:
    ids = [p.id for info in library.papers(limit=999) for p in library.passages_of(info.id)]
    vectors = library.vectors(ids)
    return sorted(ids, key=lambda i: -float(vectors[i][0] @ vector))[:k]


@pytest.mark.parametrize(
    ("count", "kind"),
    [
        (0, "IDMap2,SQfp16"),
        (200_000, "IDMap2,SQfp16"),
        (200_001, "IVF2048,SQ8"),
        (1_000_000, "IVF4096,SQ8"),
        (10_000_000, "IVF16384,SQ8"),
        (10_000_001, "IVF65536_HNSW32,RaBitQ4"),
    ],
)
def test_the_type_follows_the_size(count: int, kind: str) -> None:
    assert DenseOptions().kind(count) == kind


def test_no_type_is_one_that_breaks_after_removing() -> None:
    assert not any("fs" in DenseOptions().kind(10**n) for n in range(9))


def test_the_nearest_passages_come_first(filled: Library, embedder: FakeEmbedder) -> None:
    query = embedder.embed_query("Gene7 acts in tissue0 7x3")
    hits = filled.dense(query, 10)
    assert [i for i, _ in hits] == exact(filled, query, 10)
    assert [s for _, s in hits] == sorted((s for _, s in hits), reverse=True)
    assert len(filled.dense(query, 10**6)) == 60
    assert filled.dense(query, 0) == []


def test_a_vector_of_another_length_is_told_in_words(filled: Library) -> None:
    with pytest.raises(LibraryError, match="A vector of 3 numbers"):
        filled.dense(np.ones(3, np.float32), 1)


def corrupt(path: Path, how: str) -> None:
    data = bytearray(path.read_bytes())
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "truncated":
        path.write_bytes(data[: len(data) // 2])
    elif how == "flipped":
        data[len(data) * 2 // 3] ^= 0x40
        path.write_bytes(data)
    elif how == "header":
        data[20] ^= 0x40
        path.write_bytes(data)
    elif how == "foreign":
        path.write_bytes(b"x" * len(data))


@pytest.mark.parametrize("how", ["missing", "empty", "truncated", "flipped", "header", "foreign"])
def test_a_damaged_file_is_built_anew_without_embedding(
    filled: Library, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = filled.folder / "dense.faiss"
    corrupt(path, how)
    library, embedder = reopened(filled)
    with library:
        query = embedder.embed_query("gene7")
        assert [i for i, _ in library.dense(query, 5)] == exact(library, query, 5)
        assert library.check() == []
        library.rebuild()
    assert embedder.texts == 0
    assert ("built anew" in caplog.text) == (how != "missing")
    stamp = read_stamp(path)
    assert stamp is not None
    assert stamp.count == 60


def test_a_file_of_another_library_is_not_trusted(filled: Library, tmp_path: Path) -> None:
    with Library.open(tmp_path / "other", FakeEmbedder()) as other:
        other.add(make_paper(n) for n in range(100, 130))
        (other.folder / "dense.faiss").replace(filled.folder / "dense.faiss")
    library, embedder = reopened(filled)
    with library:
        query = embedder.embed_query("gene7")
        assert [i for i, _ in library.dense(query, 5)] == exact(library, query, 5)


def test_an_older_catalogue_put_back_is_noticed(filled: Library, embedder: FakeEmbedder) -> None:
    catalogue = filled.folder / "catalogue.sqlite"
    filled.close()
    copy = catalogue.read_bytes()
    with Library.open(filled.folder, embedder) as library:
        library.add(make_paper(n) for n in range(50, 60))
        library.rebuild()
    for path in filled.folder.glob("catalogue.sqlite-*"):
        path.unlink()
    catalogue.write_bytes(copy)
    library, _ = reopened(filled)
    with library:
        assert library.check() == []
        assert len(library.dense(embedder.embed_query("gene7"), 999)) == 60


def test_a_file_that_is_a_little_behind_catches_up(
    filled: Library, embedder: FakeEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    saved = read_stamp(filled.folder / "dense.faiss")
    filled.add([make_paper(40)])
    filled.remove(1)
    assert read_stamp(filled.folder / "dense.faiss") == saved
    library, _ = reopened(filled)
    with library:
        assert library.check() == []
        assert len(library.dense(embedder.embed_query("gene40"), 999)) == 60
    assert "anew" not in caplog.text


def test_an_index_that_cant_be_written_loses_no_paper(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    (library.folder / "dense.faiss").mkdir()
    (library.folder / "dense.faiss" / "in the way").touch()
    assert library.add([make_paper(1)]).counts.total() == 1
    assert "could not be written" in caplog.text
    assert library.check() == []
    assert not list(library.folder.glob("*.tmp"))


@pytest.mark.slow
def test_speed_at_100_000_passages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count, dimension = 100_000, 384
    vectors = np.random.default_rng(0).standard_normal((count, dimension), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    figures: dict[str, float] = {}

    def timed(name: str, began: float) -> None:
        figures[name] = time.perf_counter() - began

    with Library.open(tmp_path / "library", FakeEmbedder(dimension=dimension)) as library:
        place = 0

        def embed(texts: list[str], *, progress: object = None) -> np.ndarray:
            nonlocal place
            place += len(texts)
            return vectors[place - len(texts) : place]

        library.embedder.embed_documents = embed  # type: ignore[method-assign, assignment]
        began = time.perf_counter()
        library.add(make_paper(n, sentences=25) for n in range(count // 2))
        timed("add 100,000 passages without embedding, s", began)
        assert library.status().passages == count
        began = time.perf_counter()
        library.rebuild()
        timed("rebuild both indexes, s", began)
    began = time.perf_counter()
    library = Library.open(tmp_path / "library")
    timed("open, s", began)
    began = time.perf_counter()
    library.dense(vectors[0], 50)
    timed("first dense search (loads the index), s", began)
    began = time.perf_counter()
    library.lexical("gene77", 50)
    timed("first lexical search (checks its files), s", began)
    for name, search in (
        ("dense", lambda n: library.dense(vectors[n], 50)),
        ("lexical", lambda n: library.lexical(f"does gene{n} act in tissue{n % 7} at stage {n}x3 shown", 50)),
    ):
        times = []
        for n in range(200):
            began = time.perf_counter()
            assert search(n)
            times.append(1000 * (time.perf_counter() - began))
        figures[f"{name} search p50, ms"], figures[f"{name} search p95, ms"] = np.percentile(times, [50, 95])
    began = time.perf_counter()
    library.remove(1)
    library.dense(vectors[0], 50)
    timed("remove a paper and search, s", began)
    library.close()
    assert isinstance(library._dense, DenseIndex)
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(f"{name:50} {value:10.3f}" for name, value in figures.items()))
