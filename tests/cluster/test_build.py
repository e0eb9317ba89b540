"""Builds on a real Ray cluster of three nodes, into a real Milvus server, either of which is killed in mid-build."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.address import Address
from index.cluster.claims import Claims
from index.results import AddResult
from tests.cluster import servers
from tests.cluster.conftest import need
from tests.conftest import FakeEmbedder

ROOT = Path(__file__).parents[2]
PAPERS, FILES = 300, 15


def slow_embedder(seconds: float = 0.0) -> FakeEmbedder:
    """One that takes a while, so that there is a mid-build."""
    return FakeEmbedder(seconds=seconds)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of nbib files with PAPERS records; each of the first ten stands in two files."""
    folder = tmp_path_factory.mktemp("papers")
    each = PAPERS // FILES
    for number in range(FILES):
        wanted = [*range(number * each, (number + 1) * each), *([number] if 5 <= number < 15 else [])]
        records = (
            f"PMID- {1000 + n}\nTI  - Study of Gene{n}\nDP  - 2001\nAB  - Gene{n} acts in tissue{n % 7} of the mouse. "
            f"It was lost in {n} mice. Nothing else was seen.\n"
            for n in wanted
        )
        (folder / f"{number}.nbib").write_text("\n".join(records))
    return folder


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.RayNodes]:
    """A Ray cluster of three nodes with a processor each."""
    need("ray", "pymilvus")
    if reason := servers.why_not():
        pytest.skip(reason)
    # Ray's sockets have paths of at most 107 bytes.
    folder = Path(f"/tmp/locus-ray-{time.time_ns() % 10**8}")
    folder.mkdir()
    cluster = servers.RayNodes(folder, path=str(ROOT))
    try:
        for _ in range(3):
            cluster.start()
        yield cluster
    finally:
        cluster.stop()
        import shutil

        shutil.rmtree(folder, ignore_errors=True)


def build(nodes: servers.RayNodes, papers: Path, address: Address, seconds: float, progress=None) -> list[AddResult]:
    from index.cluster.building import Plan
    from index.cluster.building import build as run
    from index.milvus.options import Options

    results: list[AddResult] = []

    def note(result: AddResult) -> None:
        results.append(result)
        if progress:
            progress(len(results))

    plan = Plan(nodes.address, address, Options(index="FLAT"))
    run([papers], plan, functools.partial(slow_embedder, seconds), progress=note)
    return results


def whole(address: Address) -> None:
    """Every paper is there once, with its passages once."""
    from index.milvus.library import MilvusLibrary
    from index.milvus.options import Options

    embedder = FakeEmbedder()
    with MilvusLibrary.open(address, embedder, Options(patience=120)) as library:
        found = [info.pmid for info in library.papers("", 0, 2 * PAPERS)]
        assert sorted(map(int, found)) == list(range(1000, 1000 + PAPERS))
        assert library.check() == []
        assert library.client.count(library.names.passages, strong=True) == PAPERS
        assert library.find("PMID:1007") == 1007
        hits = library.dense(embedder.embed_query("Study of Gene77. Gene77 acts in tissue0 of the mouse."), 5)
        assert 1077 in [p.paper_id for p in library.passages([i for i, _ in hits])]


def test_papers_in_hand_are_nobody_elses() -> None:
    claims = Claims()
    assert claims.claim("one", ["pmid:1", "doi:a"])
    assert not claims.claim("other", ["pmid:2", "doi:a"])
    assert claims.claim("third", ["pmid:2"])
    assert claims.claim("one", ["pmid:1", "doi:a"])  # tried again
    claims.release("one")
    assert claims.claim("other", ["doi:a"])
    claims.release("one")
    assert not claims.claim("one", ["doi:a"])


def test_three_nodes_build_what_one_machine_would_and_go_on_where_they_stopped(
    nodes: servers.RayNodes, milvus: servers.MilvusServer, papers: Path, address_of
) -> None:
    address = address_of("milvus")
    results = build(nodes, papers, address, 0.0)
    assert len(results) == PAPERS + 10
    assert sum(result.status.value == "added" for result in results) == PAPERS
    whole(address)
    again = build(nodes, papers, address, 0.0)
    assert {result.status.value for result in again} == {"unchanged"}
    whole(address)


def test_a_node_killed_in_mid_build_loses_and_doubles_nothing(
    nodes: servers.RayNodes, milvus: servers.MilvusServer, papers: Path, address_of
) -> None:
    address = address_of("milvus")
    killed = threading.Event()

    def kill(done: int) -> None:
        if done > PAPERS // 5 and not killed.is_set():
            killed.set()
            nodes.kill(2)

    build(nodes, papers, address, 0.05, kill)
    assert killed.is_set()
    whole(address)


def test_a_server_killed_in_mid_build_loses_and_doubles_nothing(
    nodes: servers.RayNodes, milvus: servers.MilvusServer, papers: Path, address_of
) -> None:
    address = address_of("milvus")
    restarted: list[threading.Thread] = []

    def restart() -> None:
        milvus.kill()
        milvus.start()

    def kill(done: int) -> None:
        if done > PAPERS // 5 and not restarted:
            restarted.append(threading.Thread(target=restart))
            restarted[0].start()

    build(nodes, papers, address, 0.05, kill)
    restarted[0].join()
    whole(address)
