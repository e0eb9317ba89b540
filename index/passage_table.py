"""SQL of the passages and their vectors, and their rows as records."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.paper_table import json_ids, section_record
from index.papers import Passage, Section
from index.pooling import unpack
from index.sentences import references_within

Vectors = NDArray[np.float32]

_STREAM = 4096
"""Rows held at a time where a whole library is walked through."""


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage to be stored, and the hash of the text that is embedded for it."""

    passage: Passage
    hash: bytes


@dataclass(frozen=True, slots=True)
class Embedded:
    """What is kept of a text: its vector (d,), and those of its sentences as `index.pooling.pack` has them."""

    vector: NDArray[np.float16]
    sentences: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored passage with its paper's title: what the lexical index holds of it."""

    title: str
    passage: Passage


class PassageTable:
    """What can be read and written of passages within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def passage_count(self) -> int:
        """Number of passages."""
        return int(self._db.execute("SELECT count(*) FROM passage").fetchone()[0])

    def insert_passages(self, paper_id: int, passages: Iterable[NewPassage], generation: int) -> None:
        """Store the passages of a paper."""
        self._db.executemany(
            'INSERT INTO passage (paper_id, section, start, "end", page, hash, generation) '
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (paper_id, p.passage.section, p.passage.start, p.passage.end, p.passage.page, p.hash, generation)
                for p in passages
            ],
        )

    def passage_places(self, paper_id: int) -> list[tuple[int, int, int, bytes]]:
        """(section, start, end, hash) of a paper's passages in reading order."""
        rows = self._db.execute(
            'SELECT section, start, "end", hash FROM passage WHERE paper_id = ? ORDER BY id', (paper_id,)
        )
        return list(rows)

    def delete_passages(self, paper_id: int, generation: int) -> set[bytes]:
        """Remove a paper's passages and log their ids; the hashes whose vectors may now be unused."""
        hashes = {row[0] for row in self._db.execute("SELECT hash FROM passage WHERE paper_id = ?", (paper_id,))}
        self._db.execute(
            "INSERT INTO removed (passage_id, generation) SELECT id, ? FROM passage WHERE paper_id = ?",
            (generation, paper_id),
        )
        self._db.execute("DELETE FROM passage WHERE paper_id = ?", (paper_id,))
        return hashes

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order asked; those that are gone are left out."""
        found = {
            entry.passage.id: entry.passage
            for entry in self._entries("p.id IN (SELECT value FROM json_each(?))", json_ids(ids))
        }
        return [found[i] for i in ids if i in found]

    def passages_of(self, paper_id: int) -> list[Passage]:
        """A paper's passages in reading order."""
        return [entry.passage for entry in self._entries("p.paper_id = ?", paper_id)]

    def entries_since(self, generation: int) -> Iterator[Entry]:
        """Passages added after ``generation``, with their papers' titles."""
        return self._entries("p.generation > ?", generation)

    def removed_since(self, generation: int) -> list[int]:
        """Ids of passages removed after ``generation``."""
        return [
            row[0] for row in self._db.execute("SELECT passage_id FROM removed WHERE generation > ?", (generation,))
        ]

    def added_since(self, generation: int) -> int:
        """Number of passages added after ``generation`` and still there."""
        return int(self._db.execute("SELECT count(*) FROM passage WHERE generation > ?", (generation,)).fetchone()[0])

    def _entries(self, where: str, value: Any) -> Iterator[Entry]:
        rows = self._db.execute(
            'SELECT p.id, p.paper_id, p.section, p.start, p."end", p.page, paper.title, p.paper_id, p.section '
            f"FROM passage p JOIN paper ON paper.id = p.paper_id WHERE {where} ORDER BY p.paper_id, p.id",
            (value,),
        )
        place: tuple[int, int] | None = None
        section = Section("", "")
        for row in rows:
            # Passages of a section stand together, so its text is read once.
            if place != (row[1], row[2]):
                place = (row[1], row[2])
                section = self._section(*place)
            yield Entry(row[6], _passage(row, section))

    def _section(self, paper_id: int, number: int) -> Section:
        row = self._db.execute(
            "SELECT heading, kind, text, refs, pages FROM section WHERE paper_id = ? AND number = ?", (paper_id, number)
        ).fetchone()
        return section_record(row)


class VectorTable:
    """What can be read and written of vectors within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def unembedded(self, hashes: Iterable[bytes], embedder: str) -> set[bytes]:
        """Those hashes for which ``embedder`` has no vectors yet."""
        known = "SELECT 1 FROM vector WHERE hash = ? AND embedder = ? AND sentences != X''"
        return {h for h in set(hashes) if self._db.execute(known, (h, embedder)).fetchone() is None}

    def insert_vectors(self, vectors: dict[bytes, Embedded], embedder: str) -> None:
        """Store vectors by the hash of their text; those already there stay."""
        self._db.executemany(
            "INSERT INTO vector (hash, embedder, vector, sentences) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
            "SET vector = excluded.vector, sentences = excluded.sentences WHERE sentences = X''",
            [(h, embedder, text.vector.tobytes(), text.sentences) for h, text in vectors.items()],
        )

    def drop_unused_vectors(self, hashes: Iterable[bytes]) -> None:
        """Forget the vectors of those hashes that no passage has any more."""
        self._db.executemany(
            "DELETE FROM vector WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM passage WHERE hash = ?1)",
            [(h,) for h in hashes],
        )

    def drop_stray_vectors(self, embedder: str) -> None:
        """Forget all vectors of other embedders, and those that no passage has."""
        self._db.execute(
            "DELETE FROM vector WHERE embedder != ? OR hash NOT IN (SELECT hash FROM passage)", (embedder,)
        )

    def vectors(self, ids: Sequence[int], embedder: str) -> dict[int, tuple[Vectors, Vectors]]:
        """Passage id -> its vector (d,) and those of its sentences (s, d), for the passages that are there."""
        rows = self._db.execute(
            "SELECT p.id, v.vector, v.sentences FROM passage p JOIN vector v ON v.hash = p.hash AND v.embedder = ? "
            "WHERE p.id IN (SELECT value FROM json_each(?))",
            (embedder, json_ids(ids)),
        )
        found = {}
        for passage_id, packed, sentences in rows:
            vector = np.frombuffer(packed, np.float16).astype(np.float32)
            found[passage_id] = (vector, unpack(sentences, len(vector)))
        return found

    def vectors_since(
        self, generation: int, embedder: str, dimension: int
    ) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """Passages added after ``generation`` in blocks: ids (n,) and vectors (n, d)."""
        rows = self._db.execute(
            "SELECT p.id, v.vector FROM passage p JOIN vector v ON v.hash = p.hash AND v.embedder = ? "
            "WHERE p.generation > ? ORDER BY p.id",
            (embedder, generation),
        )
        while block := rows.fetchmany(_STREAM):
            ids = np.fromiter((row[0] for row in block), np.int64, len(block))
            packed = b"".join(row[1] for row in block)
            yield ids, np.frombuffer(packed, np.float16).reshape(len(block), dimension).astype(np.float32)

    def passage_ids(self) -> NDArray[np.int64]:
        """Ids of all passages (n,), rising."""
        return np.fromiter((row[0] for row in self._db.execute("SELECT id FROM passage ORDER BY id")), np.int64)

    def without_vector(self, embedder: str) -> list[int]:
        """Ids of passages that have no vector: none, unless the file was damaged."""
        rows = self._db.execute(
            "SELECT id FROM passage p WHERE NOT EXISTS (SELECT 1 FROM vector WHERE hash = p.hash AND embedder = ?)",
            (embedder,),
        )
        return [row[0] for row in rows]


def _passage(row: Sequence[Any], section: Section) -> Passage:
    number, paper_id, place, start, end, page = row[:6]
    return Passage(
        paper_id=paper_id,
        section=place,
        start=start,
        end=end,
        text=section.text[start:end],
        heading=section.heading,
        kind=section.kind,
        references=references_within(section.references, start, end),
        page=page,
        id=number,
    )
