"""Which library settings name: a folder or an address."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from index.address import Address, parse
from index.errors import LibraryError
from index.opening import open_library
from index.settings import LibrarySettings, in_words
from tests.conftest import FakeEmbedder


@pytest.mark.parametrize(
    ("text", "address", "uri"),
    [
        ("milvus://host:19531/papers", Address("papers", "host", 19531), "http://host:19531"),
        ("milvus://host/papers_2", Address("papers_2", "host", 19530), "http://host:19530"),
        ("milvus://[::1]:1/p", Address("p", "::1", 1), "http://[::1]:1"),
        ("milvus-lite:///data/x.db/papers", Address("papers", file="/data/x.db"), "/data/x.db"),
    ],
)
def test_an_address_is_read_and_written_the_same(text: str, address: Address, uri: str) -> None:
    assert parse(text) == address
    assert parse(str(address)) == address
    assert address.uri(tls=False) == uri


@pytest.mark.parametrize(
    "text",
    [
        "milvus://", "milvus://host", "milvus://host/", "milvus://host/a/b", "milvus://host/1a", "milvus://host/a b",
        "milvus://host:x/a", "milvus://host:99999/a", "milvus://:1/a", "milvus:/host/a", "milvus:host",
        "milvus://host/a?x=1", "milvus-lite://host/x.db/a", 'milvus://host/a"b', "milvus://me:secret@host/a",
    ],
)  # fmt: skip
def test_what_is_no_address_is_told_with_the_variable(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUS_LIBRARY", text)
    with pytest.raises(ValidationError) as caught:
        LibrarySettings()
    assert in_words(caught.value).startswith("LOCUS_LIBRARY is wrong: ")
    assert "secret" not in in_words(caught.value)


def test_the_variable_may_name_a_folder_or_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUS_LIBRARY", "/data/library")
    assert LibrarySettings().library == Path("/data/library")
    monkeypatch.setenv("LOCUS_LIBRARY", "milvus://host:1/papers")
    assert LibrarySettings().library == Address("papers", "host", 1)


def test_a_folder_is_opened_as_ever(tmp_path: Path) -> None:
    with open_library(LibrarySettings(library=tmp_path / "new"), FakeEmbedder()) as library:
        assert library.count() == 0
    assert (tmp_path / "new" / "catalogue.sqlite").exists()


def test_without_its_client_the_hint_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "pymilvus":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", missing)
    settings = LibrarySettings(library=Address("papers", "127.0.0.1", 1))
    with pytest.raises(LibraryError) as caught:
        open_library(settings, FakeEmbedder())
    assert "pip install '.[cluster]'" in caught.value.hint


def test_a_server_that_is_not_there_is_told_in_words() -> None:
    pytest.importorskip("pymilvus")
    from index.milvus.client import Client
    from index.milvus.options import Options

    with pytest.raises(LibraryError) as caught:
        Client(Address("papers", "127.0.0.1", 9), Options(patience=0.2, timeout=1.0))
    assert "milvus://127.0.0.1:9/papers" in caught.value.message
    assert caught.value.retry
