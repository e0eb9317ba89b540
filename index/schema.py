"""The catalogue's tables, as a list of migrations: a library of an earlier version is brought up to date."""

from __future__ import annotations

import sqlite3
from typing import Final

from index import tallies
from index.errors import LibraryError

APPLICATION_ID: Final = 0x4C6F6375
"""Marks a SQLite file as a Locus catalogue ("Locu")."""

MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE meta (
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;

    -- authors is JSON; search is what a filter of the list looks through; text_hash stands for title and sections.
    CREATE TABLE paper (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        title TEXT NOT NULL,
        authors TEXT NOT NULL,
        journal TEXT NOT NULL,
        year INTEGER,
        pmid TEXT NOT NULL,
        pmcid TEXT NOT NULL,
        doi TEXT NOT NULL,
        licence TEXT NOT NULL,
        source TEXT NOT NULL,
        collection TEXT NOT NULL,
        words INTEGER NOT NULL,
        text_hash BLOB NOT NULL,
        search TEXT NOT NULL
    );
    CREATE INDEX paper_text ON paper (text_hash);
    CREATE INDEX paper_collection ON paper (collection);

    -- Every identifier a paper was ever given, so that a PubMed record and a full text meet.
    CREATE TABLE identifier (
        kind TEXT NOT NULL,
        value TEXT NOT NULL,
        paper_id INTEGER NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        PRIMARY KEY (kind, value)
    ) WITHOUT ROWID;
    CREATE INDEX identifier_paper ON identifier (paper_id);

    -- What each source last offered of a paper: offered again, it is known without cutting or embedding.
    CREATE TABLE offer (
        paper_id INTEGER NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        source TEXT NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (paper_id, source)
    ) WITHOUT ROWID;

    -- refs and pages are JSON.
    CREATE TABLE section (
        id INTEGER PRIMARY KEY,
        paper_id INTEGER NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        heading TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        refs TEXT NOT NULL,
        pages TEXT NOT NULL,
        UNIQUE (paper_id, number)
    );

    -- AUTOINCREMENT: the id of a removed passage never comes back, so an index can't mistake one for another.
    CREATE TABLE passage (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        paper_id INTEGER NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        section INTEGER NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        page INTEGER,
        hash BLOB NOT NULL,
        generation INTEGER NOT NULL,
        FOREIGN KEY (paper_id, section) REFERENCES section (paper_id, number) ON DELETE CASCADE
    );
    CREATE INDEX passage_place ON passage (paper_id, section);
    CREATE INDEX passage_hash ON passage (hash);
    CREATE INDEX passage_generation ON passage (generation);

    CREATE TABLE removed (
        passage_id INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL
    );
    CREATE INDEX removed_generation ON removed (generation);

    -- Half-precision vectors, keyed by the text that was embedded: nothing is embedded twice.
    CREATE TABLE vector (
        id INTEGER PRIMARY KEY,
        hash BLOB NOT NULL,
        embedder TEXT NOT NULL,
        vector BLOB NOT NULL,
        UNIQUE (hash, embedder)
    );
    """,
    """
    -- Tags, made from the text by index.tagging; tagged is the version of the code that made a paper's, '' for none.
    ALTER TABLE paper ADD COLUMN species TEXT NOT NULL DEFAULT '';
    ALTER TABLE paper ADD COLUMN tagged TEXT NOT NULL DEFAULT '';
    CREATE INDEX paper_tagged ON paper (tagged);
    CREATE INDEX paper_year ON paper (year);
    CREATE INDEX paper_journal ON paper (journal);
    CREATE INDEX paper_species ON paper (species);
    ALTER TABLE passage ADD COLUMN part TEXT NOT NULL DEFAULT '';
    CREATE INDEX passage_part ON passage (part);

    CREATE TABLE passage_gene (
        concept TEXT NOT NULL,
        passage_id INTEGER NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
        count INTEGER NOT NULL,
        PRIMARY KEY (concept, passage_id)
    ) WITHOUT ROWID;
    CREATE INDEX passage_gene_passage ON passage_gene (passage_id);

    -- variant is what spellings share, key what is shown.
    CREATE TABLE passage_variant (
        variant TEXT NOT NULL,
        passage_id INTEGER NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (variant, passage_id)
    ) WITHOUT ROWID;
    CREATE INDEX passage_variant_passage ON passage_variant (passage_id);

    CREATE TABLE passage_species (
        species TEXT NOT NULL,
        passage_id INTEGER NOT NULL REFERENCES passage (id) ON DELETE CASCADE,
        count INTEGER NOT NULL,
        PRIMARY KEY (species, passage_id)
    ) WITHOUT ROWID;
    CREATE INDEX passage_species_passage ON passage_species (passage_id);
    """,
    """
    -- Vectors of the text's sentences (index.pooling.pack); empty where it was embedded before there were any.
    ALTER TABLE vector ADD COLUMN sentences BLOB NOT NULL DEFAULT X'';
    """,
    """
    -- 1 where the source said that the paper was retracted.
    ALTER TABLE paper ADD COLUMN retracted INTEGER NOT NULL DEFAULT 0;
    """,
    """
    -- What a source says of a paper beyond its text (JSON: types, headings), and the evidence that it is: grades, made
    -- by index.grading; graded is the version of the code that made a paper's, '' for none.
    ALTER TABLE paper ADD COLUMN subjects TEXT NOT NULL DEFAULT '';
    ALTER TABLE paper ADD COLUMN graded TEXT NOT NULL DEFAULT '';
    CREATE INDEX paper_graded ON paper (graded);

    -- number is the rank within the aspect, 0 the main one; section, start and end are NULL where quote is not text.
    CREATE TABLE paper_grade (
        paper_id INTEGER NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        aspect TEXT NOT NULL,
        number INTEGER NOT NULL,
        value TEXT NOT NULL,
        source TEXT NOT NULL,
        quote TEXT NOT NULL,
        section INTEGER,
        start INTEGER,
        "end" INTEGER,
        PRIMARY KEY (paper_id, aspect, number)
    ) WITHOUT ROWID;
    CREATE INDEX paper_grade_value ON paper_grade (aspect, value, paper_id);
    """,
    tallies.SCHEMA + tallies.REFILL,
    """
    -- Records that PubMed has deleted, and by which of its files: an older file doesn't bring them back.
    CREATE TABLE deleted (
        pmid TEXT PRIMARY KEY,
        source TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    -- The day (ISO, UTC) on which a paper was added; '' for those added before days were kept.
    ALTER TABLE paper ADD COLUMN added TEXT NOT NULL DEFAULT '';
    CREATE INDEX paper_added ON paper (added);
    """,
)

VERSION: Final = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the catalogue behind ``connection`` to VERSION, each step whole or not at all.

    Raises LibraryError where the file is no Locus catalogue, or was written by a newer Locus.
    """
    if _version(connection) == VERSION:
        _check_owner(connection)
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        _check_owner(connection)
        if version > VERSION:
            raise LibraryError(
                f"This library was made by a newer Locus (its format is {version}, this one knows {VERSION}).",
                hint="Update Locus, or name another folder with --library or LOCUS_LIBRARY.",
            )
        for step in MIGRATIONS[version:]:
            for statement in _statements(step):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _check_owner(connection: sqlite3.Connection) -> None:
    owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and tables:
        raise LibraryError(
            "catalogue.sqlite in this folder isn't a Locus catalogue.",
            hint="Name another folder with --library or LOCUS_LIBRARY.",
        )


def _statements(script: str) -> list[str]:
    """The statements of a script, one by one: sqlite3's executescript would commit in mid-migration."""
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
