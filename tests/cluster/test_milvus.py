"""What only a library in Milvus has to see to: what is left half-written, whose it is, what it can't do."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pytest

from index.address import Address
from index.errors import LibraryError
from index.filters import Filters
from index.milvus.expressions import expression
from tests.cluster.conftest import KINDS, empty
from tests.conftest import FakeEmbedder, make_paper


@pytest.fixture(params=KINDS[1:])
def address(request: pytest.FixtureRequest, shared_stores, address_of) -> Address:
    from index.milvus.library import MilvusLibrary
    from index.milvus.options import Options

    if request.param not in shared_stores:
        shared_stores[request.param] = MilvusLibrary.open(
            address_of(request.param), FakeEmbedder(), Options(index="FLAT")
        )
    found = shared_stores[request.param].client.address
    yield found
    empty(shared_stores[request.param])


def test_every_filter_is_known_or_refused() -> None:
    @dataclass(frozen=True, slots=True)
    class More(Filters):
        smell: str = ""

    assert expression(More(genes=frozenset({"1"}))) == 'array_contains(genes, "1")'
    with pytest.raises(LibraryError, match="smell"):
        expression(More(smell="sweet"))
    known = {"genes", "variants", "first_year", "last_year", "journals", "parts", "species", "papers"}
    assert known <= {field.name for field in fields(Filters)}


def test_what_a_killed_writer_has_left_is_not_seen_and_is_cleared_away(address: Address) -> None:
    from index.milvus.library import MilvusLibrary

    embedder = FakeEmbedder()
    with MilvusLibrary.open(address, embedder) as library:
        library.add([make_paper(1), make_paper(2)])
        gone = [p.id for p in library.passages_of(1002)]
        # As where a writer is killed before the row that commits, or a remover after it.
        library.client.delete(library.names.papers, [1002])
    with MilvusLibrary.open(address, embedder) as library:
        found = [i for i, _ in library.dense(embedder.embed_query("gene2 acts"), 10)]
        assert found
        assert not set(found) & set(gone)
        assert library.passages(gone) == []
        assert not set(gone) & {i for i, _ in library.lexical("gene2", 10)}
        (problem,) = library.check()
        assert problem.startswith("2 passages are left")
        library.add([make_paper(2)])
        assert [p.id for p in library.passages_of(1002)] == gone
        assert library.check() == []
        library.client.delete(library.names.papers, [1002])
        library.rebuild()
        assert library.check() == []
        assert library.client.count(library.names.passages, strong=True) == 2


def test_a_paper_that_lost_passages_is_found_out_and_written_anew_from_its_text(address: Address) -> None:
    from index.milvus.library import MilvusLibrary

    with MilvusLibrary.open(address, FakeEmbedder()) as library:
        library.add([make_paper(1), make_paper(2)])
        library.client.delete(library.names.passages, [library.passages_of(1001)[0].id])
        assert "1 papers lack passages" in library.check()[0]
        library.rebuild()
        assert library.check() == []
        assert len(library.passages_of(1001)) == 2


def test_another_embedder_is_refused(address: Address) -> None:
    from index.milvus.library import MilvusLibrary

    with pytest.raises(LibraryError, match="made with the embedder fake, not with other@1"):
        MilvusLibrary.open(address, FakeEmbedder("other@1"))


def test_nothing_is_made_where_only_reading_is_asked(address: Address) -> None:
    from index.milvus.library import MilvusLibrary

    absent = Address("absent", address.host, address.port, address.file)
    for embedder, create in ((FakeEmbedder(), False), (None, True)):
        with pytest.raises(LibraryError, match="There is no library at milvus"):
            MilvusLibrary.open(absent, embedder, create=create)


def test_reading_needs_no_embedder(address: Address) -> None:
    from index.milvus.library import MilvusLibrary

    with MilvusLibrary.open(address, FakeEmbedder()) as library:
        library.add([make_paper(1)])
    with MilvusLibrary.open(address) as library:
        assert library.paper(1001).info.pmid == "1001"
        assert library.lexical("gene1", 1)
        with pytest.raises(LibraryError, match="without an embedder"):
            library.add([make_paper(2)])
        assert library.remove(1001).pmid == "1001"


def test_status_says_what_the_server_can_do_with_words(address: Address) -> None:
    from index.milvus.library import MilvusLibrary

    with MilvusLibrary.open(address) as library:
        lexical = library.status().lexical
        assert ("no BM25" in lexical) == (not library.client.server.ranks_words)
        with pytest.raises(LibraryError, match="isn't embedded anew in place"):
            library.reindex(FakeEmbedder())
