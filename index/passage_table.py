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
_LAST = (1 << 63) - 1
"""SQLite's highest id."""
_DRAWS = 10_000


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
        return self._entries("p.generation > ?", generation, _by_generation(generation))

    def removed_since(self, generation: int, last: int = _LAST) -> list[int]:
        """Ids, up to ``last``, of passages removed after ``generation``."""
        sql = "SELECT passage_id FROM removed WHERE generation > ? AND passage_id <= ?"
        return [row[0] for row in self._db.execute(sql, (generation, last))]

    def removed_count(self, generation: int, last: int) -> int:
        """Number of passages with ids up to ``last`` removed after ``generation``."""
        sql = "SELECT count(*) FROM removed WHERE generation > ? AND passage_id <= ?"
        return int(self._db.execute(sql, (generation, last)).fetchone()[0])

    def last_passage(self) -> int:
        """The highest id that a passage was ever given; 0 where there was none."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passage'").fetchone()
        return int(row[0]) if row else 0

    def added_since(self, generation: int) -> int:
        """Number of passages added after ``generation`` and still there."""
        return int(self._db.execute("SELECT count(*) FROM passage WHERE generation > ?", (generation,)).fetchone()[0])

    def _entries(self, where: str, value: Any, index: str = "") -> Iterator[Entry]:
        rows = self._db.execute(
            'SELECT p.id, p.paper_id, p.section, p.start, p."end", p.page, paper.title, p.paper_id, p.section '
            f"FROM passage p {index} JOIN paper ON paper.id = p.paper_id WHERE {where} ORDER BY p.paper_id, p.id",
            (value,),
        )
        place: tuple[int, int] | None = None
        section = Section("", "")
        for row in rows:
            # Passages of a section stand together, so its text is read once.
            if place != (row[1], row[2]):
                place = (row[1], row[2])
                section = self.section(*place)
            yield Entry(row[6], _passage(row, section))

    def section(self, paper_id: int, number: int) -> Section:
        """A section of a paper; LookupError where it isn't there."""
        row = self._db.execute(
            "SELECT heading, kind, text, refs, pages FROM section WHERE paper_id = ? AND number = ?", (paper_id, number)
        ).fetchone()
        if row is None:
            raise LookupError(f"no section {number} of paper {paper_id}")
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
            f"SELECT p.id, v.vector FROM passage p {_by_generation(generation)} "
            "JOIN vector v ON v.hash = p.hash AND v.embedder = ? WHERE p.generation > ? ORDER BY p.id",
            (embedder, generation),
        )
        while block := rows.fetchmany(_STREAM):
            yield _block(block, dimension)

    def vectors_of(self, ids: Sequence[int], embedder: str, dimension: int) -> tuple[NDArray[np.int64], Vectors]:
        """Ids (n,) and vectors (n, d), in no order, of those of the passages ``ids`` that are there."""
        found: list[tuple[NDArray[np.int64], Vectors]] = []
        for first in range(0, len(ids), _STREAM):
            rows = self._db.execute(
                "SELECT p.id, v.vector FROM json_each(?) asked JOIN passage p ON p.id = asked.value "
                "JOIN vector v ON v.hash = p.hash AND v.embedder = ?",
                (json_ids(ids[first : first + _STREAM]), embedder),
            )
            found.append(_block(rows.fetchall(), dimension))
        if not found:
            return np.empty(0, np.int64), np.empty((0, dimension), np.float32)
        return np.concatenate([i for i, _ in found]), np.concatenate([v for _, v in found])

    def random_passages(self, count: int, seed: int) -> list[int]:
        """Ids, rising, of about ``count`` passages drawn at random, or of all where there are hardly more."""
        first, last = self._db.execute("SELECT min(id), max(id) FROM passage").fetchone()
        if first is None:
            return []
        if last - first < 2 * count:
            ids = self.passage_ids()
            return sorted(np.random.default_rng(seed).choice(ids, min(count, len(ids)), replace=False).tolist())
        random = np.random.default_rng(seed)
        found: set[int] = set()
        # Ids are drawn and not places among them, so that no list of all passages is needed; many may be gone.
        for _ in range(_DRAWS):
            if len(found) >= count:
                break
            drawn = np.unique(random.integers(first, last + 1, min(2 * count, _STREAM)))
            there = "SELECT p.id FROM json_each(?) asked JOIN passage p ON p.id = asked.value"
            found |= {row[0] for row in self._db.execute(there, (json_ids(drawn),))}
        kept = random.choice(np.array(sorted(found), np.int64), min(count, len(found)), replace=False)
        return sorted(kept.tolist())

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


def _by_generation(generation: int) -> str:
    """What makes SQLite look up what is new, where it would go through all passages to have them in order."""
    return "INDEXED BY passage_generation" if generation >= 0 else ""


def _block(rows: Sequence[tuple[int, bytes]], dimension: int) -> tuple[NDArray[np.int64], Vectors]:
    """Ids (n,) and vectors (n, d) of rows of (id, half-precision vector)."""
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    packed = np.frombuffer(b"".join(row[1] for row in rows), np.float16)
    return ids, packed.reshape(len(rows), dimension).astype(np.float32)


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
