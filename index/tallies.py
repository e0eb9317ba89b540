"""Figures that stay at hand however large a library grows: counted by SQLite as rows come and go, not by going through.

Sizes of the catalogue, passages by gene, and the words by which the list of papers is filtered. All of it can be made
anew from the other tables.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

SCHEMA = """
    CREATE TABLE tally (
        name TEXT PRIMARY KEY,
        value INTEGER NOT NULL
    ) WITHOUT ROWID;
    INSERT INTO tally VALUES ('papers', 0), ('starter', 0), ('words', 0), ('passages', 0);

    CREATE TRIGGER tally_paper_in AFTER INSERT ON paper BEGIN
        UPDATE tally SET value = value + 1 WHERE name = 'papers';
        UPDATE tally SET value = value + NEW.words WHERE name = 'words';
        UPDATE tally SET value = value + (NEW.collection = 'starter') WHERE name = 'starter';
    END;
    CREATE TRIGGER tally_paper_out AFTER DELETE ON paper BEGIN
        UPDATE tally SET value = value - 1 WHERE name = 'papers';
        UPDATE tally SET value = value - OLD.words WHERE name = 'words';
        UPDATE tally SET value = value - (OLD.collection = 'starter') WHERE name = 'starter';
    END;
    CREATE TRIGGER tally_paper_changed AFTER UPDATE OF words, collection ON paper BEGIN
        UPDATE tally SET value = value + NEW.words - OLD.words WHERE name = 'words';
        UPDATE tally SET value = value + (NEW.collection = 'starter') - (OLD.collection = 'starter')
        WHERE name = 'starter';
    END;
    CREATE TRIGGER tally_passage_in AFTER INSERT ON passage BEGIN
        UPDATE tally SET value = value + 1 WHERE name = 'passages';
    END;
    CREATE TRIGGER tally_passage_out AFTER DELETE ON passage BEGIN
        UPDATE tally SET value = value - 1 WHERE name = 'passages';
    END;

    CREATE TABLE gene_tally (
        concept TEXT PRIMARY KEY,
        passages INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TRIGGER tally_gene_in AFTER INSERT ON passage_gene BEGIN
        INSERT INTO gene_tally VALUES (NEW.concept, 1) ON CONFLICT DO UPDATE SET passages = passages + 1;
    END;
    CREATE TRIGGER tally_gene_out AFTER DELETE ON passage_gene BEGIN
        UPDATE gene_tally SET passages = passages - 1 WHERE concept = OLD.concept;
    END;

    -- The words of paper.search, found from their beginning.
    CREATE VIRTUAL TABLE paper_words USING fts5 (
        search, content = 'paper', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
    );
    CREATE TRIGGER words_paper_in AFTER INSERT ON paper BEGIN
        INSERT INTO paper_words (rowid, search) VALUES (NEW.id, NEW.search);
    END;
    CREATE TRIGGER words_paper_out AFTER DELETE ON paper BEGIN
        INSERT INTO paper_words (paper_words, rowid, search) VALUES ('delete', OLD.id, OLD.search);
    END;
    CREATE TRIGGER words_paper_changed AFTER UPDATE OF search ON paper WHEN NEW.search != OLD.search BEGIN
        INSERT INTO paper_words (paper_words, rowid, search) VALUES ('delete', OLD.id, OLD.search);
        INSERT INTO paper_words (rowid, search) VALUES (NEW.id, NEW.search);
    END;
"""
"""Tables and triggers; `REFILL` follows them where papers are there already."""

REFILL = """
    UPDATE tally SET value = (SELECT count(*) FROM paper) WHERE name = 'papers';
    UPDATE tally SET value = (SELECT count(*) FROM paper WHERE collection = 'starter') WHERE name = 'starter';
    UPDATE tally SET value = (SELECT coalesce(sum(words), 0) FROM paper) WHERE name = 'words';
    UPDATE tally SET value = (SELECT count(*) FROM passage) WHERE name = 'passages';
    DELETE FROM gene_tally;
    INSERT INTO gene_tally SELECT concept, count(*) FROM passage_gene GROUP BY concept;
    INSERT INTO paper_words (paper_words) VALUES ('rebuild');
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Sizes of the catalogue."""

    papers: int
    starter_papers: int
    passages: int
    words: int


class Tallies:
    """What can be read of the tallies within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def figures(self) -> Figures:
        """Sizes of the catalogue."""
        told = dict(self._db.execute("SELECT name, value FROM tally"))
        return Figures(told["papers"], told["starter"], told["passages"], told["words"])

    def passage_count(self) -> int:
        """Number of passages."""
        return int(self._db.execute("SELECT value FROM tally WHERE name = 'passages'").fetchone()[0])

    def genes_named(self, limit: int) -> list[tuple[str, int]]:
        """(concept, passages that name it), the commonest first."""
        sql = "SELECT concept, passages FROM gene_tally WHERE passages > 0 ORDER BY passages DESC, concept LIMIT ?"
        return list(self._db.execute(sql, (limit,)))

    def tally_problems(self) -> list[str]:
        """What the tallies say wrong, counted by going through all rows; empty where all is well."""
        counted = self._db.execute(
            "SELECT (SELECT count(*) FROM paper), (SELECT count(*) FROM paper WHERE collection = 'starter'), "
            "(SELECT count(*) FROM passage), (SELECT coalesce(sum(words), 0) FROM paper)"
        ).fetchone()
        genes = list(
            self._db.execute(
                "SELECT concept, count(*) FROM passage_gene GROUP BY 1 EXCEPT "
                "SELECT concept, passages FROM gene_tally WHERE passages > 0 LIMIT 1"
            )
        )
        return [] if Figures(*counted) == self.figures() and not genes else ["its tallies are wrong"]

    def retally(self) -> None:
        """Count everything anew."""
        for statement in REFILL.split(";"):
            if statement.strip():
                self._db.execute(statement)
