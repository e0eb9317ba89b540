"""Several programs on one library, and programs that are killed: nothing is lost, doubled or left broken."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import LibraryError
from index.library import Library
from tests.conftest import FakeEmbedder, make_paper

ROOT = Path(__file__).resolve().parents[2]
PRELUDE = """
import sys; sys.path[:0] = sys.argv[2:]
from pathlib import Path
from tests.conftest import FakeEmbedder, make_paper
import index.adding, index.dense
from index.library import Library
folder = Path(sys.argv[1])
def say(*words): print(*words, flush=True)
"""
ADD_MANY = """
index.adding.GROUP_PAPERS = 5
options = index.dense.DenseOptions(delta_least=20, delta_most=20)
with Library.open(folder, FakeEmbedder(seconds=0.001), dense=options) as library:
    library._followed = -1e9
    library.add((make_paper(n) for n in range({first}, {last})), progress=lambda r: say(r.status, r.paper_id))
"""


@contextmanager
def program(folder: Path, code: str) -> Iterator[subprocess.Popen[str]]:
    """Another Python process with a library's folder in ``folder``."""
    command = [sys.executable, "-c", PRELUDE + code, str(folder), str(ROOT), str(ROOT / "tests")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def test_a_search_sees_what_another_program_has_added_and_removed(library: Library, embedder: FakeEmbedder) -> None:
    library.add([make_paper(1)])
    assert library.dense(embedder.embed_query("gene1"), 9)
    code = "L = Library.open(folder, FakeEmbedder())\nL.add([make_paper(2)])\nL.remove(1)\nsay('done')\ninput()"
    with program(library.folder, code) as other:
        assert lines(other, 1) == ["done"]
        assert {p.paper_id for p in library.passages([i for i, _ in library.lexical("gene1 gene2", 9)])} == {2}
        found = library.dense(embedder.embed_query("gene1 gene2"), 9)
        assert {p.paper_id for p in library.passages([i for i, _ in found])} == {2}
        assert len(found) == 2


def test_two_programs_adding_at_once_lose_and_double_nothing(library: Library) -> None:
    # They share papers 20 to 39.
    with (
        program(library.folder, ADD_MANY.format(first=0, last=40)) as one,
        program(library.folder, ADD_MANY.format(first=20, last=60)) as other,
    ):
        while one.poll() is None or other.poll() is None:
            library.lexical("gene5 gene25", 3)
            library.dense(library.embedder.embed_query("gene25"), 3)
            time.sleep(0.02)
        outputs = one.communicate()[0] + other.communicate()[0]
    assert (one.returncode, other.returncode) == (0, 0)
    assert (outputs.count("added"), outputs.count("unchanged")) == (60, 20)
    assert library.count() == 60
    assert library.check() == []


def test_a_killed_add_keeps_its_finished_papers_and_is_continued(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    papers = [make_paper(n) for n in range(60)]
    chance = random.Random(4)
    for reported in (1, 22, 41):
        with program(folder, ADD_MANY.format(first=0, last=60)) as other:
            lines(other, reported)
            time.sleep(chance.random() * 0.03)
            other.send_signal(signal.SIGKILL)
        with Library.open(folder) as library:
            assert library.count() >= reported
            assert library.check() == []
    embedder = FakeEmbedder()
    with Library.open(folder, embedder) as library:
        finished = library.count()
        assert 41 <= finished < 60
        library.add(papers)
        assert embedder.texts == 2 * (60 - finished)
        assert library.count() == 60
        assert sorted(p.pmid for p in library.papers(limit=99)) == sorted(p.info.pmid for p in papers)
        assert library.check() == []


def test_a_kill_while_the_indexes_are_written_costs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with Library.open(folder, FakeEmbedder()) as library:
        library.add(make_paper(n) for n in range(300))
    code = "L = Library.open(folder)\nsay('ready')\nwhile True: L.rebuild(); say('built')"
    chance = random.Random(5)
    for _ in range(3):
        with program(folder, code) as other:
            lines(other, 2)
            time.sleep(chance.random() * 0.3)
            other.send_signal(signal.SIGKILL)
        with Library.open(folder) as library:
            assert library.check() == []
            assert not list(folder.glob("*.tmp"))
            assert len(list(folder.glob("lexical-*"))) == 1


@pytest.mark.parametrize("name", ["dense.faiss", "lexical.json"])
def test_a_kill_in_the_middle_of_a_file_leaves_the_old_one(
    library: Library, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    library.add(make_paper(n) for n in range(30))
    before = (library.folder / name).read_bytes()
    code = (
        "import os, signal, index.disk\nfsync = os.fsync\n"
        "def die(descriptor):\n"
        f"    if {name!r} in os.readlink(f'/proc/self/fd/{{descriptor}}'):\n"
        "        os.ftruncate(descriptor, 100); os.kill(os.getpid(), signal.SIGKILL)\n"
        "    fsync(descriptor)\n"
        "os.fsync = die\nLibrary.open(folder).rebuild()\nsay('survived')"
    )
    with program(library.folder, code) as other:
        assert lines(other, 1) == [""]
        assert other.wait() == -signal.SIGKILL
    assert (library.folder / name).read_bytes() == before
    with Library.open(library.folder) as again:
        assert again.check() == []
        assert not list(library.folder.glob("*.tmp"))
    if name == "dense.faiss":
        assert "anew" not in caplog.text


def test_a_new_library_opened_by_two_programs_at_once_is_one(tmp_path: Path) -> None:
    code = "with Library.open(folder, FakeEmbedder()) as L: L.add([make_paper({n})])\nsay('done')"
    with program(tmp_path / "x", code.format(n=1)) as one, program(tmp_path / "x", code.format(n=2)) as other:
        assert lines(one, 1) + lines(other, 1) == ["done", "done"]
    with Library.open(tmp_path / "x") as library:
        assert library.count() == 2
        assert library.check() == []


def test_a_writer_waits_for_another_and_says_so_when_it_takes_too_long(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "L = Library.open(folder, FakeEmbedder())\nL._lock.acquire(9)\nsay('held')\ninput()"
    with program(library.folder, code) as other:
        assert lines(other, 1) == ["held"]
        with pytest.raises(LibraryError, match="has been writing") as caught, library._lock.held(seconds=0.1):
            pass
        assert caught.value.retry
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert library.add([make_paper(1)]).total == 1


def test_a_search_goes_on_with_the_older_index_while_another_program_writes(library: Library) -> None:
    library.add([make_paper(1)])
    code = (
        "L = Library.open(folder, FakeEmbedder())\nL._lexical.refresh = lambda **_: None\nL.add([make_paper(2)])\n"
        "L._lock.acquire(9)\nsay('held')\ninput()\nL._lock.release()\nsay('free')\ninput()"
    )
    with program(library.folder, code) as other:
        assert other.stdin is not None
        assert lines(other, 1) == ["held"]
        began = time.monotonic()
        assert library.lexical("gene1", 5)
        assert library.lexical("gene2", 5) == []
        assert time.monotonic() - began < 1
        other.stdin.write("\n")
        other.stdin.flush()
        assert lines(other, 1) == ["free"]
        assert library.lexical("gene2", 5)


def test_threads_search_while_another_adds(library: Library, embedder: FakeEmbedder) -> None:
    library.add([make_paper(0)])
    errors: list[BaseException] = []
    stop = threading.Event()

    def search(number: int) -> None:
        try:
            while not stop.is_set():
                ids = [i for i, _ in library.lexical(f"gene{number}", 5)]
                ids += [i for i, _ in library.dense(embedder.embed_query(f"gene{number}"), 5)]
                library.infos({p.paper_id for p in library.passages(ids)})
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=search, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for n in range(1, 40, 4):
        library.add(make_paper(m) for m in range(n, n + 4))
        library.remove(n)
    stop.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert library.check() == []
