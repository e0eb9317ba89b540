"""SQL of the papers: metadata, identifiers, offers and sections, and their rows as records."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from index.papers import Paper, PaperInfo, Section, SectionKind

_INFO = "id, title, authors, journal, year, pmid, pmcid, doi, licence, source, collection, retracted"

_WORD = re.compile(r"[^\W_]+")


class PaperTable:
    """What can be read and written of papers within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def papers_with(self, identifiers: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Kind of identifier -> id of the paper that carries it, for those that are known."""
        found: dict[str, int] = {}
        for kind, value in identifiers:
            row = self._db.execute(
                "SELECT paper_id FROM identifier WHERE kind = ? AND value = ?", (kind, value)
            ).fetchone()
            if row:
                found[kind] = row[0]
        return found

    def papers_with_text(self, text_hash: bytes) -> list[int]:
        """Ids of the papers whose title and sections have this hash."""
        return [
            row[0] for row in self._db.execute("SELECT id FROM paper WHERE text_hash = ? ORDER BY id", (text_hash,))
        ]

    def identifiers(self, paper_id: int) -> list[tuple[str, str]]:
        """(kind, value) of every identifier of a paper."""
        return list(
            self._db.execute("SELECT kind, value FROM identifier WHERE paper_id = ? ORDER BY kind, value", (paper_id,))
        )

    def add_identifiers(self, paper_id: int, identifiers: Iterable[tuple[str, str]]) -> None:
        """Give identifiers to a paper; one that another paper already carries stays there."""
        self._db.executemany(
            "INSERT OR IGNORE INTO identifier (kind, value, paper_id) VALUES (?, ?, ?)",
            [(kind, value, paper_id) for kind, value in identifiers],
        )

    def offered(self, paper_id: int, source: str) -> bytes | None:
        """Hash of what ``source`` last offered of a paper."""
        row = self._db.execute(
            "SELECT hash FROM offer WHERE paper_id = ? AND source = ?", (paper_id, source)
        ).fetchone()
        return row[0] if row else None

    def sources(self, paper_id: int) -> list[str]:
        """Sources that have offered a paper."""
        return [row[0] for row in self._db.execute("SELECT source FROM offer WHERE paper_id = ?", (paper_id,))]

    def paper_offered(self, identifier: tuple[str, str], source: str, offer_hash: bytes) -> int | None:
        """Id of the paper with this identifier of which ``source`` last offered just that."""
        row = self._db.execute(
            "SELECT o.paper_id FROM identifier i JOIN offer o ON o.paper_id = i.paper_id AND o.source = ? "
            "WHERE i.kind = ? AND i.value = ? AND o.hash = ?",
            (source, *identifier, offer_hash),
        ).fetchone()
        return row[0] if row else None

    def note_deleted(self, pmid: str, source: str) -> None:
        """Remember that ``source`` has deleted a record."""
        self._db.execute("INSERT OR REPLACE INTO deleted (pmid, source) VALUES (?, ?)", (pmid, source))

    def deleted_by(self, pmid: str) -> str | None:
        """The source that has deleted a record."""
        row = self._db.execute("SELECT source FROM deleted WHERE pmid = ?", (pmid,)).fetchone()
        return row[0] if row else None

    def note_offer(self, paper_id: int, source: str, offer_hash: bytes) -> None:
        """Remember what ``source`` offered of a paper."""
        self._db.execute(
            "INSERT OR REPLACE INTO offer (paper_id, source, hash) VALUES (?, ?, ?)", (paper_id, source, offer_hash)
        )

    def infos(self, ids: Iterable[int]) -> dict[int, PaperInfo]:
        """Id -> who, where and when, for those papers that are there."""
        rows = self._db.execute(
            f"SELECT {_INFO} FROM paper WHERE id IN (SELECT value FROM json_each(?))", (json_ids(ids),)
        )
        return {row[0]: _info(row) for row in rows}

    def paper(self, paper_id: int) -> Paper | None:
        """A paper with its text."""
        info = self.infos([paper_id]).get(paper_id)
        if info is None:
            return None
        rows = self._db.execute(
            "SELECT heading, kind, text, refs, pages FROM section WHERE paper_id = ? ORDER BY number", (paper_id,)
        )
        sections = tuple(section_record(row) for row in rows)
        row = self._db.execute("SELECT subjects FROM paper WHERE id = ?", (paper_id,)).fetchone()
        types, headings = json.loads(row[0]) if row and row[0] else ((), ())
        return Paper(info, sections, tuple(types), tuple(headings))

    def has_body(self, paper_id: int) -> bool:
        """Whether more than an abstract is held of a paper."""
        sql = "SELECT 1 FROM section WHERE paper_id = ? AND kind = 'body' LIMIT 1"
        return self._db.execute(sql, (paper_id,)).fetchone() is not None

    def papers(self, query: str, offset: int, limit: int) -> list[PaperInfo]:
        """Papers whose metadata have every word of ``query``, each from its beginning, newest first; all where it is
        empty.
        """
        sought = listed(query)
        among = "paper_words WHERE paper_words MATCH ?1" if sought else "paper WHERE ?1 = ''"
        rows = self._db.execute(
            f"SELECT {_INFO} FROM paper WHERE id IN "
            f"(SELECT rowid FROM {among} ORDER BY rowid DESC LIMIT ?2 OFFSET ?3) ORDER BY id DESC",
            (sought, limit, offset),
        )
        return [_info(row) for row in rows]

    def count(self, query: str) -> int:
        """Number of papers that `papers` would list."""
        if sought := listed(query):
            sql = "SELECT count(*) FROM paper_words WHERE paper_words MATCH ?"
            return int(self._db.execute(sql, (sought,)).fetchone()[0])
        return int(self._db.execute("SELECT value FROM tally WHERE name = 'papers'").fetchone()[0])

    def paper_ids(self, collection: str | None = None) -> list[int]:
        """Ids of all papers, or of those of one collection, in rising order."""
        if collection is None:
            return [row[0] for row in self._db.execute("SELECT id FROM paper ORDER BY id")]
        return [
            row[0] for row in self._db.execute("SELECT id FROM paper WHERE collection = ? ORDER BY id", (collection,))
        ]

    def papers_since(self, year: int | None, day: str) -> list[tuple[int, str]]:
        """(id, day added) of the papers of ``year`` or later, or of those added on ``day`` or later; the newest first.

        The one that is not asked for is None or "".
        """
        where, value = ("year >= ?", year) if year is not None else ("added != '' AND added >= ?", day)
        rows = self._db.execute(f"SELECT id, added FROM paper WHERE {where} ORDER BY year DESC, id DESC", (value,))
        return [(row[0], row[1]) for row in rows]

    def insert_paper(self, paper: Paper, text_hash: bytes) -> int:
        """Store a new paper with its sections (not yet its passages); its id."""
        today = datetime.now(UTC).date().isoformat()
        columns = _columns(paper.info) | {"words": paper.words, "text_hash": text_hash, "added": today}
        names, places = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = self._db.execute(f"INSERT INTO paper ({names}) VALUES ({places})", list(columns.values()))
        paper_id = int(cursor.lastrowid or 0)
        self._insert_sections(paper_id, paper.sections)
        return paper_id

    def update_info(self, paper_id: int, info: PaperInfo) -> None:
        """Replace a paper's metadata; its text stays."""
        columns = _columns(info)
        names = ", ".join(f"{name} = ?" for name in columns)
        self._db.execute(f"UPDATE paper SET {names} WHERE id = ?", [*columns.values(), paper_id])
        next_revision(self._db)

    def write_subjects(self, paper: Paper, paper_id: int) -> None:
        """Store what the sources call a paper and its subject headings."""
        told = json.dumps([paper.types, paper.headings], ensure_ascii=False) if paper.types or paper.headings else ""
        self._db.execute("UPDATE paper SET subjects = ?1 WHERE id = ?2 AND subjects != ?1", (told, paper_id))

    def replace_text(self, paper_id: int, paper: Paper, text_hash: bytes) -> None:
        """Replace a paper's sections; its passages must be gone."""
        self._db.execute("DELETE FROM section WHERE paper_id = ?", (paper_id,))
        self._insert_sections(paper_id, paper.sections)
        self._db.execute("UPDATE paper SET words = ?, text_hash = ? WHERE id = ?", (paper.words, text_hash, paper_id))

    def join(self, paper_id: int, into: int) -> None:
        """Remove a paper whose passages are gone, its identifiers and offers going over to paper ``into``."""
        self._db.execute("UPDATE identifier SET paper_id = ? WHERE paper_id = ?", (into, paper_id))
        self._db.execute("UPDATE OR IGNORE offer SET paper_id = ? WHERE paper_id = ?", (into, paper_id))
        self.delete_paper(paper_id)

    def delete_paper(self, paper_id: int) -> None:
        """Remove a paper, its sections and identifiers; its passages must be gone."""
        self._db.execute("DELETE FROM paper WHERE id = ?", (paper_id,))

    def _insert_sections(self, paper_id: int, sections: Sequence[Section]) -> None:
        self._db.executemany(
            "INSERT INTO section (paper_id, number, heading, kind, text, refs, pages) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (paper_id, n, s.heading, s.kind.value, s.text, json.dumps(s.references), json.dumps(s.pages))
                for n, s in enumerate(sections)
            ],
        )


def next_revision(connection: sqlite3.Connection) -> None:
    """Count a change of what papers are filtered by that leaves the passages as they are."""
    connection.execute("INSERT INTO meta VALUES ('revision', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1")


def fold(text: str) -> str:
    """``text`` for comparing: lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def listed(query: str) -> str:
    """What FTS5 is asked for where papers must have every word of ``query``, each from its beginning; "" for all.

    A word of several parts ("10.1371/journal") is one phrase, one that ends in a sign ("100%") is taken as it is.
    Nothing in it is an operator.
    """
    return " AND ".join(f'"{word}" *' if begun else f'"{word}"' for word, begun in phrases(query))


def phrases(query: str) -> list[tuple[str, bool]]:
    """(words, whether the last may go on) of each word of ``query`` that papers must have."""
    asked = [(parts(word), word[-1].isalnum()) for word in fold(query).split()]
    return [(word, begun) for word, begun in asked if word]


def parts(text: str) -> str:
    """The letters and digits of ``text``, a space where others stand."""
    return " ".join(_WORD.findall(text))


def json_ids(ids: Iterable[int]) -> str:
    """Ids as the JSON list that json_each() takes."""
    return json.dumps([int(i) for i in ids])


def _columns(info: PaperInfo) -> dict[str, Any]:
    fields = (info.title, *info.authors, info.journal, info.year or "", info.pmid, info.pmcid, info.doi, info.source)
    return {
        "title": info.title,
        "authors": json.dumps(info.authors, ensure_ascii=False),
        "journal": info.journal,
        "year": info.year,
        "pmid": info.pmid,
        "pmcid": info.pmcid,
        "doi": info.doi,
        "licence": info.licence,
        "source": info.source,
        "collection": info.collection,
        "retracted": int(info.retracted),
        "search": fold("\n".join(map(str, fields))),
    }


def _info(row: Sequence[Any]) -> PaperInfo:
    number, title, authors, journal, year, pmid, pmcid, doi, licence, source, collection, retracted = row
    return PaperInfo(
        title=title,
        authors=tuple(json.loads(authors)),
        journal=journal,
        year=year,
        pmid=pmid,
        pmcid=pmcid,
        doi=doi,
        licence=licence,
        source=source,
        collection=collection,
        id=number,
        retracted=bool(retracted),
    )


def section_record(row: Sequence[Any]) -> Section:
    """A section from its (heading, kind, text, refs, pages)."""
    heading, kind, text, refs, pages = row
    return Section(
        heading=heading,
        text=text,
        kind=SectionKind(kind),
        references=tuple((start, end) for start, end in json.loads(refs)),
        pages=tuple((offset, page) for offset, page in json.loads(pages)),
    )
