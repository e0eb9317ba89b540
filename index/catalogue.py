"""The catalogue: papers, passages and vectors in one SQLite file, the truth from which every index can be rebuilt.

SQL stands here, in `index.schema` and the modules named after tables, and nowhere else.
What to keep of a paper, and when, is decided in `index.adding`.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.errors import LibraryError
from index.grade_table import GradeTable
from index.paper_table import PaperTable
from index.passage_table import PassageTable, VectorTable
from index.schema import migrate
from index.tag_table import TagTable
from index.tallies import Tallies


@dataclass(frozen=True, slots=True)
class State:
    """What an index must agree with: whose library, which vectors, and how far it has changed."""

    library: str
    """Random name given when the library was made."""
    embedder: str
    dimension: int
    epoch: int
    """Counts re-embeddings: vectors of different epochs can't be compared."""
    generation: int
    """Counts changes of the passages."""
    starter_removed: bool


class Catalogue:
    """Connections to the catalogue file; safe to use from many threads at once."""

    def __init__(self, path: Path) -> None:
        """Open (or make) the catalogue at ``path`` and bring its tables up to date."""
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False
        connection = self._connect()
        try:
            migrate(connection)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Close the connections that are not in use, and the others when they are given back."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One unchanging view of the catalogue, whatever is written meanwhile."""
        with self._borrowed() as connection:
            connection.execute("BEGIN")
            try:
                yield Session(connection)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction: kept whole when the block ends, dropped whole when it raises."""
        with self._borrowed() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Session(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._guard:
                keep = not self._closed
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=30.0, isolation_level=None, check_same_thread=False)
        # FULL, not NORMAL: an index on disk may never be ahead of the catalogue, not even after a power cut.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 30000"):
            connection.execute(f"PRAGMA {pragma}")
        return connection


class Session(PaperTable, PassageTable, VectorTable, TagTable, GradeTable, Tallies):
    """What can be read and written within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def state(self) -> State | None:
        """What the library is, None while it is not yet made."""
        meta: dict[str, str] = dict(self._db.execute("SELECT key, value FROM meta"))
        if "library" not in meta:
            return None
        return State(
            library=meta["library"],
            embedder=meta["embedder"],
            dimension=int(meta["dimension"]),
            epoch=int(meta["epoch"]),
            generation=int(meta["generation"]),
            starter_removed="starter_removed" in meta,
        )

    def make(self, embedder: str, dimension: int) -> None:
        """Write what a new library is."""
        self._set("library", secrets.token_hex(8))
        self._set("epoch", "0")
        self._set("generation", "0")
        self.set_embedder(embedder, dimension)

    def set_embedder(self, embedder: str, dimension: int) -> None:
        """Name the embedder whose vectors count from now on."""
        self._set("embedder", embedder)
        self._set("dimension", str(dimension))

    def next_epoch(self) -> None:
        """Note that all vectors have changed."""
        self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'epoch'")

    def next_generation(self) -> int:
        """Count a change of the passages; the number that goes with it."""
        self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
        return int(self._db.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])

    def note_starter_removed(self) -> None:
        """Remember that the user does not want the starter papers."""
        self._set("starter_removed", "1")

    def problems(self) -> list[str]:
        """What SQLite itself finds wrong with the file and its references; empty where all is well."""
        found = [row[0] for row in self._db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [
            f"row {row[1]} of {row[0]} points to a missing {row[2]}"
            for row in self._db.execute("PRAGMA foreign_key_check")
        ]
        found += self.tally_problems()
        return found

    def _set(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def reembedded() -> LibraryError:
    """The error of a program that goes on with the embedder the library had when it was opened."""
    return LibraryError(
        "The library was re-embedded by another program in the meantime.",
        hint="Run the command again, or restart the page.",
        retry=True,
    )
