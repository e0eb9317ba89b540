"""Fixtures of the cluster's tests: one empty library after another of each kind, and a Milvus server."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.address import Address
from index.library import Library
from index.store import Store
from tests.cluster import servers
from tests.conftest import FakeEmbedder

KINDS = ("folder", "milvus-lite", "milvus")
_numbers = itertools.count()


def need(*packages: str) -> None:
    for package in packages:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: pip install '.[test,cluster,cluster-test]'")


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.MilvusServer]:
    """A running Milvus server."""
    need("pymilvus")
    command = servers.milvus_command()
    if command is None:
        pytest.skip("no Milvus server: install milvus==2.3.5 and 'setuptools<75' apart, name it in MILVUS_SERVER")
    if reason := servers.why_not():
        pytest.skip(reason)
    server = servers.MilvusServer(tmp_path_factory.mktemp("milvus"), command)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def address_of(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest):
    """Kind -> a new address of that kind."""
    folder = tmp_path_factory.mktemp("lite")

    def address(kind: str) -> Address:
        name = f"papers{next(_numbers)}"
        if kind == "milvus-lite":
            need("pymilvus", "milvus_lite")
            return Address(name, file=str(folder / "milvus.db"))
        server = request.getfixturevalue("milvus")
        return Address(name, "127.0.0.1", server.port)

    return address


@pytest.fixture(scope="session")
def shared_stores(address_of) -> Iterator[dict[str, Store]]:
    """Kind -> the one library of that kind that tests fill in turn: making one takes the server seconds."""
    opened: dict[str, Store] = {}
    yield opened
    for store in opened.values():
        store.close()


@pytest.fixture(params=KINDS)
def store(
    request: pytest.FixtureRequest, tmp_path: Path, shared_stores: dict[str, Store], address_of
) -> Iterator[Store]:
    """An empty library of each kind, with the fake embedder."""
    if request.param == "folder":
        with Library.open(tmp_path / "library", FakeEmbedder()) as library:
            yield library
        return
    if request.param not in shared_stores:
        address = address_of(request.param)
        from index.milvus.library import MilvusLibrary
        from index.milvus.options import Options

        shared_stores[request.param] = MilvusLibrary.open(address, FakeEmbedder(), Options(index="FLAT"))
    found = shared_stores[request.param]
    yield found
    empty(found)


def empty(store: Store) -> None:
    """Remove all papers."""
    from index.milvus.library import MilvusLibrary
    from index.milvus.writing import Writer

    assert isinstance(store, MilvusLibrary)
    Writer(store, None).remove([info.id for info in store.papers("", 0, 10_000)])
    store._changed()
    store._rows.clear()
