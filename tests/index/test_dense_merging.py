"""The dense index as a library grows: its type, its delta, what it leaves out, and kills in the middle of a merge."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.dense import DenseOptions, DenseStatus, read_stamp
from index.library import Library
from tests.conftest import FakeEmbedder, make_paper

SMALL = DenseOptions(
    exact_limit=300,
    lists_limit=1000,
    huge_lists=32,
    delta_least=20,
    delta_most=60,
    sample_a_list=10,
    queries=128,
    rescored=40,
)
"""Sizes at which a few hundred passages are a large library."""
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small(tmp_path: Path, embedder: FakeEmbedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder, dense=SMALL) as opened:
        yield opened


def figures(library: Library) -> DenseStatus:
    vectors = library.status().vectors
    assert vectors is not None
    return vectors


def all_vectors(library: Library) -> dict[int, np.ndarray]:
    ids = [p.id for info in library.papers(limit=9999) for p in library.passages_of(info.id)]
    return {i: vector for i, (vector, _) in library.vectors(ids).items()}


def recall(library: Library, embedder: FakeEmbedder) -> float:
    """Share of the ten nearest passages found, over questions that aren't those it was tuned by."""
    held = all_vectors(library)
    ids, matrix = np.array(list(held)), np.stack(list(held.values()))
    right = 0.0
    for n in range(40):
        query = embedder.embed_query(
            f"Gene{5 * n} acts in tissue{n % 7} of the mouse during stage {5 * n}x{n % 9} as shown."
        )
        scores = matrix @ query
        least = np.sort(scores)[-10] - 1e-4  # equally near ones count alike
        found = [i for i, _ in library.dense(query, 10)]
        right += np.mean([scores[ids == i][0] >= least for i in found])
    return right / 40


def test_the_type_changes_as_the_library_grows_and_recall_stays(small: Library, embedder: FakeEmbedder) -> None:
    kinds = []
    for first, last in ((0, 100), (100, 250), (250, 700)):
        small.add(make_paper(n) for n in range(first, last))
        kinds.append(figures(small).kind)
        assert small.check() == []
        assert recall(small, embedder) >= SMALL.recall - 0.02  # as measured on other sentences
    assert kinds == ["IDMap2,SQfp16", "IVF64,SQ8", "IVF32_HNSW32,RaBitQ4"]
    assert read_stamp(small.folder / "dense.faiss") is not None


@pytest.mark.parametrize("papers", [100, 250, 700])
def test_every_type_forgets_what_is_removed_and_finds_what_is_added_in_its_place(
    small: Library, embedder: FakeEmbedder, papers: int
) -> None:
    small.add(make_paper(n) for n in range(papers))
    small.optimize()
    small.dense(embedder.embed_query("gene1"), 5)
    for n in (1, 5, 9):
        small.remove(n)
    small.add(make_paper(n) for n in range(1000, 1004))
    assert figures(small).added == 8
    assert figures(small).removed == 6
    for merged in (False, True):
        if merged:
            assert small.optimize()
            assert (figures(small).added, figures(small).removed) == (0, 0)
        held = all_vectors(small)
        found = {i for i, _ in small.dense(embedder.embed_query("gene1 gene5 gene9"), 10**6)}
        assert found == set(held) or (papers > 100 and found < set(held))
        # Each passage is found by its own vector: those after a removal above all.
        missed = [i for i, v in held.items() if i not in [hit for hit, _ in small.dense(v, 5)]]
        assert len(missed) <= 0.02 * len(held)
        assert not [i for i in missed if i > 2 * papers]
        assert small.check() == []
    assert not small.optimize()


def test_a_search_held_to_some_passages_leaves_out_what_was_removed(small: Library, embedder: FakeEmbedder) -> None:
    small.add(make_paper(n) for n in range(250))
    query = embedder.embed_query("gene7")
    only = np.array([p.id for n in (7, 8, 9) for p in small.passages_of(n)], np.int64)
    assert {i for i, _ in small.dense(query, 99, only=only)} == set(only.tolist())
    small.remove(8)
    gone = set(only[2:4].tolist())
    assert {i for i, _ in small.dense(query, 99, only=only)} == set(only.tolist()) - gone


def test_the_lists_visited_follow_the_recall_asked_for(small: Library, embedder: FakeEmbedder) -> None:
    small.add(make_paper(n) for n in range(250))
    lax, strict = (replace(SMALL, recall=r) for r in (0.5, 0.99))
    told = {}
    for options in (lax, strict):
        with Library.open(small.folder, embedder, dense=options) as library:
            told[options.recall] = figures(library)
            assert recall(library, embedder) >= options.recall - 0.03
    assert told[0.5].visited < told[0.99].visited <= told[0.99].lists
    assert 0.5 <= (told[0.5].recall or 0) <= (told[0.99].recall or 0) <= 1.0


def test_a_damaged_large_file_is_told_by_check_and_mended(
    tmp_path: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.dense.file._HEAD", 1000)
    options = replace(SMALL, checked_bytes=0)
    with Library.open(tmp_path / "library", embedder, dense=options) as library:
        library.add(make_paper(n) for n in range(250))
        path = library.folder / "dense.faiss"
        data = bytearray(path.read_bytes())
        data[-9000] ^= 0x55
        path.write_bytes(data)
    with Library.open(tmp_path / "library", embedder, dense=options) as library:
        assert any("dense.faiss has changed" in problem for problem in library.check())
        library.rebuild()
        assert library.check() == []


def test_a_file_of_an_earlier_locus_is_replaced_without_a_word(
    library: Library, embedder: FakeEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    library.add(make_paper(n) for n in range(10))
    path = library.folder / "dense.faiss"
    path.write_bytes(b'{"magic": "locus-dense-2", "library": "x"}'.ljust(1024) + b"IxM2")
    with Library.open(library.folder, embedder) as again:
        assert len(again.dense(embedder.embed_query("gene1"), 99)) == 20
        assert again.optimize()
        assert again.check() == []
        assert again.repairs == []
    assert read_stamp(path) is not None
    assert "anew" not in caplog.text


def test_another_program_takes_over_the_merged_file(small: Library, embedder: FakeEmbedder) -> None:
    small.add(make_paper(n) for n in range(250))
    with Library.open(small.folder, embedder, dense=SMALL) as other:
        query = embedder.embed_query("gene300")
        other.dense(query, 5)
        small.add(make_paper(n) for n in range(300, 320))
        small.optimize()
        small.remove(1)
        assert {i for i, _ in other.dense(query, 10**6)} <= set(all_vectors(small))
        view = other._dense._view
        assert view is not None
        assert view.stamp == read_stamp(small.folder / "dense.faiss")
        assert other.check() == []


def test_searching_and_adding_go_on_while_a_merge_runs(
    small: Library, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.dense import file

    small.add(make_paper(n) for n in range(250))
    small.dense(embedder.embed_query("gene1"), 5)
    background = replace(SMALL, inline_limit=0)
    small._dense._options = background
    began, go = threading.Event(), threading.Event()
    write = file.write

    def slow(*args: object) -> object:
        began.set()
        assert go.wait(20)
        return write(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(file, "write", slow)
    small.add(make_paper(n) for n in range(300, 340))
    assert began.wait(20)
    small.add([make_paper(400)])
    small.remove(2)
    own = small.passages_of(small.find("PMID:1400") or 0)[0].id
    assert own in [i for i, _ in small.dense(small.vectors([own])[own][0], 3)]
    assert figures(small).added == 82
    go.set()
    small._dense.close()
    assert figures(small).added == 2
    assert figures(small).removed == 2
    assert own in [i for i, _ in small.dense(small.vectors([own])[own][0], 3)]
    assert small.check() == []
    assert small.repairs == []


KILLED = """
import os, signal, sys; sys.path[:0] = [sys.argv[2]]
from pathlib import Path
from tests.conftest import FakeEmbedder, make_paper
from tests.index.test_dense_merging import SMALL
from index.library import Library
point, left = sys.argv[3], int(sys.argv[4])
def dying(real):
    def call(*args, **kwargs):
        global left
        names = [str(a) for a in args]
        if point == "fsync": names = [os.readlink(f"/proc/self/fd/{args[0]}")]
        if any("dense.faiss" in n or n.endswith("/library") for n in names):
            left -= 1
            if left < 0: os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return call
library = Library.open(Path(sys.argv[1]), FakeEmbedder(), dense=SMALL)
if point == "fsync": os.fsync = dying(os.fsync)
elif point == "replace": Path.replace = dying(Path.replace)
library.add(make_paper(n) for n in range(300, 340))
library.remove(3)
library.optimize()
print("survived", flush=True)
"""


@pytest.mark.parametrize(("point", "left"), [("fsync", 0), ("fsync", 1), ("replace", 0)])
def test_a_kill_at_any_point_of_a_merge_loses_nothing(
    small: Library, embedder: FakeEmbedder, point: str, left: int, caplog: pytest.LogCaptureFixture
) -> None:
    small.add(make_paper(n) for n in range(250))
    small.close()
    command = [sys.executable, "-c", KILLED, str(small.folder), str(ROOT), point, str(left)]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with Library.open(small.folder, embedder, dense=SMALL) as again:
        assert again.count() == 290
        assert again.check() == []
        assert again.repairs == []
        assert not list(again.folder.glob("*.tmp"))
        again.optimize()
        assert figures(again).vectors == 580
    assert "anew" not in caplog.text


def test_kills_at_random_moments_lose_nothing(small: Library, embedder: FakeEmbedder) -> None:
    small.add(make_paper(n) for n in range(250))
    small.close()
    code = (
        "import sys; sys.path[:0] = [sys.argv[2]]\nfrom pathlib import Path\nfrom tests.conftest import *\n"
        "from tests.index.test_dense_merging import SMALL\n"
        "library = Library.open(Path(sys.argv[1]), FakeEmbedder(), dense=SMALL)\nprint('ready', flush=True)\n"
        "n = int(sys.argv[3])\n"
        "while True: library.add([make_paper(n)]); library.optimize(); n += 1"
    )
    chance = np.random.default_rng(3)
    for start in range(1000, 4000, 1000):
        command = [sys.executable, "-c", code, str(small.folder), str(ROOT), str(start)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
            time.sleep(0.1 + chance.random() * 0.3)
            os.kill(other.pid, signal.SIGKILL)
        with Library.open(small.folder, embedder, dense=SMALL) as again:
            assert again.check() == []
            assert again.repairs == []
            assert {i for i, _ in again.dense(embedder.embed_query("gene1"), 10**6)} <= set(all_vectors(again))
