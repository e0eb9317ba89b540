"""SQL of the grades: what evidence papers are, and how many there are of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from index.grading.records import Aspect, Basis, Grade, Grades
from index.paper_table import json_ids, next_revision


class GradeTable:
    """What can be read and written of grades within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def ungraded(self, version: str, limit: int) -> list[int]:
        """Ids of papers that have no grades of ``version``, at most ``limit``."""
        rows = self._db.execute(
            "SELECT id FROM paper WHERE graded < ?1 OR graded > ?1 ORDER BY id LIMIT ?2", (version, limit)
        )
        return [row[0] for row in rows]

    def ungraded_count(self, version: str) -> int:
        """Number of papers that have no grades of ``version``."""
        sql = "SELECT count(*) FROM paper WHERE graded < ?1 OR graded > ?1"
        return int(self._db.execute(sql, (version,)).fetchone()[0])

    def write_grades(self, paper_id: int, grades: Grades, version: str) -> None:
        """Store the grades of a paper in place of those it had."""
        self._db.execute("DELETE FROM paper_grade WHERE paper_id = ?", (paper_id,))
        self._db.executemany(
            "INSERT INTO paper_grade VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (paper_id, aspect.value, number, g.value, g.basis.source, g.basis.quote, g.basis.section, g.basis.start,
                 g.basis.end)
                for aspect in Aspect
                for number, g in enumerate(grades.of(aspect))
            ],
        )  # fmt: skip
        self._db.execute("UPDATE paper SET graded = ? WHERE id = ?", (version, paper_id))
        next_revision(self._db)

    def grades(self, ids: Iterable[int], version: str) -> dict[int, Grades]:
        """Paper id -> grades, of the papers that are graded with this ``version``."""
        asked = json_ids(ids)
        graded = "SELECT id FROM paper WHERE id IN (SELECT value FROM json_each(?)) AND graded = ?"
        found: dict[int, list[Grade]] = {row[0]: [] for row in self._db.execute(graded, (asked, version))}
        sql = (
            'SELECT paper_id, aspect, value, source, quote, section, start, "end" FROM paper_grade '
            "WHERE paper_id IN (SELECT value FROM json_each(?)) "
            "ORDER BY paper_id, CASE aspect WHEN 'organism' THEN 0 WHEN 'kind' THEN 1 ELSE 2 END, number"
        )
        for paper_id, aspect, value, source, quote, section, start, end in self._db.execute(sql, (asked,)):
            if paper_id in found:
                found[paper_id].append(Grade(Aspect(aspect), value, Basis(source, quote, section, start, end)))
        return {paper_id: Grades(tuple(grades)) for paper_id, grades in found.items()}

    def graded_as(self, aspect: Aspect) -> list[tuple[str, int]]:
        """(value, papers) of one aspect, the commonest first."""
        sql = "SELECT value, count(*) FROM paper_grade WHERE aspect = ? GROUP BY 1 ORDER BY 2 DESC, 1"
        return list(self._db.execute(sql, (aspect.value,)))
