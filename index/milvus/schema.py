"""The three collections of a library, as they are made, and what an existing one was made with."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import Any

from index.errors import LibraryError
from index.milvus import rows
from index.milvus.client import Client, Row
from index.milvus.rows import FIELD, JOURNAL, LIBRARY_ID, MOST_STEMS, MOST_TERMS, STEM, TERM

logger = logging.getLogger(__name__)

FORMAT = 1
"""Counts changes of the collections: one of another format is not written to."""

BUILD: dict[str, Row] = {
    "FLAT": {},
    "HNSW": {"M": 16, "efConstruction": 200},
    "IVF_SQ8": {"nlist": 4096},
    "IVF_RABITQ": {"nlist": 4096, "refine": True, "refine_type": "SQ8"},
    "DISKANN": {},
}
"""Parameters with which an index of a type is built, of each of a collection's segments."""
EFFORT: dict[str, tuple[str, int]] = {
    "FLAT": ("", 0),
    "HNSW": ("ef", 256),
    "IVF_SQ8": ("nprobe", 64),
    "IVF_RABITQ": ("nprobe", 128),
    "DISKANN": ("search_list", 200),
}
"""What a search looks at where the settings don't say."""

_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the collections."""

    passages: str

    @property
    def papers(self) -> str:
        """The collection of papers, and of the row that says what the library is."""
        return f"{self.passages}_papers"

    @property
    def sections(self) -> str:
        """The collection of the papers' text."""
        return f"{self.passages}_sections"

    @property
    def all(self) -> tuple[str, str, str]:
        """All three; the papers, which commit, last."""
        return self.passages, self.sections, self.papers


@dataclass(frozen=True, slots=True)
class Made:
    """What a library was made as."""

    library: str
    """Random name given when it was made."""
    embedder: str
    dimension: int
    ranks_words: bool
    """Whether the server ranks passages by their words (BM25)."""
    index: str
    format: int = FORMAT


def made(client: Client, names: Names) -> Made | None:
    """What the library is; None where there is none. LibraryError where it is another program's or a newer Locus's."""
    there = [client.has(name) for name in names.all]
    if not any(there):
        return None
    if not there[2]:
        if _ours(client, names):
            return None  # its making was broken off
        raise LibraryError(
            f"The collection {names.passages} at {client.address} wasn't made by Locus.",
            hint="Name another collection in LOCUS_LIBRARY.",
        )
    load(client, names.papers)
    found = client.query(names.papers, f"id == {LIBRARY_ID}", ["record"], strong=True)
    if not found:
        return None
    record = rows.unpacked(found[0]["record"])
    if record["format"] != FORMAT:
        raise LibraryError(
            f"The library at {client.address} was made by another Locus (its format is {record['format']}, this one "
            f"knows {FORMAT}).",
            hint="Update Locus, or build the library anew under another name.",
        )
    return Made(**record)


def make(client: Client, names: Names, embedder: str, dimension: int) -> Made:
    """Make the collections; the row that says what they are comes last, so that a broken-off making is made good."""
    server, options = client.server, client.options
    index = "FLAT" if server.lite else options.index
    made = Made(secrets.token_hex(8), embedder, dimension, server.ranks_words, index)
    _passages(client, names.passages, made)
    _others(client, names)
    for name in names.all:
        load(client, name)
    record = {
        "library": made.library, "embedder": embedder, "dimension": dimension, "ranks_words": made.ranks_words,
        "index": index, "format": FORMAT,
    }  # fmt: skip
    row = _empty_paper() | {"id": LIBRARY_ID, "record": rows.packed(record)}
    client.upsert(names.papers, [row], lambda _: 1000)
    logger.info("Made the library %s on Milvus %s, index %s", client.address, server.version, index)
    return made


def load(client: Client, name: str) -> None:
    """Have a collection in the memory of the query nodes, with the replicas that the settings ask for."""
    state = client.call(lambda c: c.get_load_state(name), patience=_PATIENCE)
    if str(getattr(state.get("state"), "name", state.get("state"))) != "Loaded":
        more = {} if client.server.lite else {"replica_number": client.options.replicas}
        client.call(lambda c: c.load_collection(name, **more), patience=_PATIENCE)


def drop(client: Client, names: Names) -> None:
    """Remove the library from the server; the row that commits it first."""
    for name in reversed(names.all):
        client.drop(name)


def effort(index: str, asked: int, k: int) -> Row:
    """Parameters of a search of ``k`` by an index of a type."""
    name, usual = EFFORT[index]
    if not name:
        return {"metric_type": "IP", "params": {}}
    value = asked or usual
    return {"metric_type": "IP", "params": {name: max(value, k) if name != "nprobe" else value}}


def _ours(client: Client, names: Names) -> bool:
    fields = client.call(lambda c: c.describe_collection(names.passages))["fields"]
    return {"paper", "version", "number", "body"} <= {field["name"] for field in fields}


def _passages(client: Client, name: str, made: Made) -> None:
    if client.has(name):
        return
    kinds = _kinds()
    schema = client.call(lambda c: c.create_schema(auto_id=False, enable_dynamic_field=False))
    # What is only read once a passage is found needn't be in memory where the server can leave it on disk.
    aside = {"mmap_enabled": True} if made.ranks_words and not client.server.lite else {}
    schema.add_field("id", kinds.INT64, is_primary=True)
    schema.add_field("vector", kinds.FLOAT_VECTOR, dim=made.dimension)
    for field in ("paper", "version", "start", "stop"):
        schema.add_field(field, kinds.INT64)
    for field in ("number", "section", "year"):
        schema.add_field(field, kinds.INT32)
    for field in ("body", "sentences", "tags"):
        schema.add_field(field, kinds.VARCHAR, max_length=65_535, **aside)
    for field, length in (("journal", JOURNAL), ("about", TERM), ("part", TERM)):
        schema.add_field(field, kinds.VARCHAR, max_length=length)
    schema.add_field("names_animal", kinds.BOOL)
    lists = {"genes": TERM, "variants": TERM, "species": TERM, "grades": TERM}
    if not made.ranks_words:
        lists["stems"] = STEM
    for field, length in lists.items():
        most = MOST_STEMS if field == "stems" else MOST_TERMS
        schema.add_field(field, kinds.ARRAY, element_type=kinds.VARCHAR, max_capacity=most, max_length=length)
    indexes = client.call(lambda c: c.prepare_index_params())
    indexes.add_index("vector", index_type=made.index, metric_type="IP", params=BUILD[made.index])
    if made.ranks_words:
        _ranking(schema, indexes, kinds)
    if client.server.indexes_arrays:
        for field in ("paper", "year", "journal", "part", "about", *lists):
            indexes.add_index(field, index_type="INVERTED")
    _create(client, name, schema, indexes, client.options.shards)


def _ranking(schema: Any, indexes: Any, kinds: Any) -> None:
    """Let the server rank by words: BM25 over stems that this program has made, so that both analyse alike."""
    import pymilvus  # noqa: PLC0415

    schema.add_field(
        "words", kinds.VARCHAR, max_length=65_535, enable_analyzer=True, enable_match=True,
        analyzer_params={"tokenizer": "standard"},
    )  # fmt: skip
    schema.add_field("ranked", kinds.SPARSE_FLOAT_VECTOR)
    schema.add_function(
        pymilvus.Function(
            name="bm25", function_type=pymilvus.FunctionType.BM25, input_field_names=["words"],
            output_field_names=["ranked"],
        )
    )  # fmt: skip
    indexes.add_index(
        "ranked", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params={"bm25_k1": 1.2, "bm25_b": 0.75}
    )


def _others(client: Client, names: Names) -> None:
    kinds = _kinds()
    for name, fields in (
        (names.sections, {"paper": 64, "version": 64, "number": 32, "chunk": 32, "chunks": 32, "data": 65_535}),
        (
            names.papers,
            {
                "version": 64, "year": 32, "words": 64, "passages": 32, "added": 64, "text_hash": 64,
                "journal": JOURNAL, "collection": TERM, "about": TERM, "tagged": TERM, "search": FIELD,
                "record": 65_535,
            },
        ),
    ):  # fmt: skip
        if client.has(name):
            continue
        schema = client.call(lambda c: c.create_schema(auto_id=False, enable_dynamic_field=False))
        schema.add_field("id", kinds.INT64, is_primary=True)
        schema.add_field("vector", kinds.FLOAT_VECTOR, dim=2)
        for field, size in fields.items():
            if field in ("text_hash", "journal", "collection", "about", "tagged", "search", "record", "data"):
                schema.add_field(field, kinds.VARCHAR, max_length=size)
            else:
                schema.add_field(field, kinds.INT32 if size == 32 else kinds.INT64)
        if name == names.papers:
            for field, length in (("identifiers", 260), ("grades", TERM)):
                schema.add_field(field, kinds.ARRAY, element_type=kinds.VARCHAR, max_capacity=200, max_length=length)
        indexes = client.call(lambda c: c.prepare_index_params())
        indexes.add_index("vector", index_type="FLAT", metric_type="IP")
        if client.server.indexes_arrays:
            indexed = ("paper",) if name == names.sections else ("identifiers", "text_hash", "added", "year", "journal")
            for field in indexed:
                indexes.add_index(field, index_type="INVERTED")
        _create(client, name, schema, indexes, client.options.shards)


def _create(client: Client, name: str, schema: Any, indexes: Any, shards: int) -> None:
    more = {} if client.server.lite else {"num_shards": shards, "consistency_level": "Session"}

    def create(c: Any) -> None:
        if not c.has_collection(name):
            # Made with its indexes, pymilvus would load it at once, with one replica.
            c.create_collection(name, schema=schema, **more)
        c.create_index(name, indexes)

    client.call(create)


def _kinds() -> Any:
    import pymilvus  # noqa: PLC0415

    return pymilvus.DataType


def _empty_paper() -> Row:
    from index.papers import PaperInfo  # noqa: PLC0415

    return rows.paper_row(rows.StoredPaper(PaperInfo("", id=0), 0, b"", frozenset(), {}, 0, 0, 0))
