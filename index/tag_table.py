"""SQL of the tags: what passages and papers are about, and which of them a filter lets through."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from index.filters import Filters, Ids
from index.grading.records import Aspect
from index.paper_table import json_ids, next_revision
from index.species import CELL_LINE

if TYPE_CHECKING:
    from index.tagging import PaperTags


class TagTable:
    """What can be read and written of tags within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # Writing

    def untagged(self, version: str, limit: int) -> list[int]:
        """Ids of papers that have no tags of ``version``, at most ``limit``."""
        rows = self._db.execute(
            "SELECT id FROM paper WHERE tagged < ?1 OR tagged > ?1 ORDER BY id LIMIT ?2", (version, limit)
        )
        return [row[0] for row in rows]

    def untagged_count(self, version: str) -> int:
        """Number of papers that have no tags of ``version``."""
        sql = "SELECT count(*) FROM paper WHERE tagged < ?1 OR tagged > ?1"
        return int(self._db.execute(sql, (version,)).fetchone()[0])

    def untag(self, paper_id: int) -> None:
        """Note that a paper's passages have changed."""
        self._db.execute("UPDATE paper SET tagged = '' WHERE id = ?", (paper_id,))

    def passage_ids_of(self, paper_id: int) -> list[int]:
        """Ids of a paper's passages in reading order."""
        return [r[0] for r in self._db.execute("SELECT id FROM passage WHERE paper_id = ? ORDER BY id", (paper_id,))]

    def write_tags(self, paper_id: int, tags: PaperTags, version: str) -> None:
        """Store the tags of a paper and of its passages, in place of those it had."""
        ids = self.passage_ids_of(paper_id)
        places = json_ids(ids)
        for table in ("passage_gene", "passage_variant", "passage_species"):
            self._db.execute(f"DELETE FROM {table} WHERE passage_id IN (SELECT value FROM json_each(?))", (places,))
        tagged = list(zip(ids, tags.passages, strict=True))
        write = self._db.executemany
        write("UPDATE passage SET part = ? WHERE id = ?", [(t.part.value, i) for i, t in tagged])
        write("INSERT INTO passage_gene VALUES (?, ?, ?)", [(g, i, n) for i, t in tagged for g, n in t.genes.items()])
        write(
            "INSERT OR IGNORE INTO passage_variant VALUES (?, ?, ?, ?)",
            [(term, i, key, n) for i, t in tagged for (term, key), n in t.variants.items()],
        )
        write(
            "INSERT INTO passage_species VALUES (?, ?, ?)", [(s, i, n) for i, t in tagged for s, n in t.species.items()]
        )
        self._db.execute("UPDATE paper SET species = ?, tagged = ? WHERE id = ?", (tags.species, version, paper_id))
        next_revision(self._db)

    # Filtering

    def revision(self) -> int:
        """Counts changes of what papers are filtered by, but for those that the generation counts."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()
        return int(row[0]) if row else 0

    def allowed(self, filters: Filters) -> Ids:
        """Ids (n,), rising, of the passages that ``filters`` lets through."""
        where, values, of_paper = _conditions(filters)
        join = "JOIN paper ON paper.id = p.paper_id " if of_paper else ""
        rows = self._db.execute(f"SELECT p.id FROM passage p {join}WHERE {' AND '.join(where) or '1'}", values)
        return np.sort(np.fromiter((row[0] for row in rows), np.int64))

    # What there is

    def journals(self) -> list[tuple[str, int]]:
        """(journal, papers), by name."""
        sql = "SELECT journal, count(*) FROM paper WHERE journal != '' GROUP BY 1 ORDER BY 1 COLLATE NOCASE"
        return list(self._db.execute(sql))

    def years(self) -> tuple[int, int] | None:
        """The first and the last year of papers; None where no paper has one."""
        first, last = self._db.execute(
            "SELECT (SELECT min(year) FROM paper), (SELECT max(year) FROM paper)"  # each alone is read off the index
        ).fetchone()
        return None if first is None else (first, last)

    def species(self) -> list[tuple[str, int]]:
        """(species, papers that are about it), the commonest first."""
        sql = "SELECT species, count(*) FROM paper WHERE species != '' GROUP BY 1 ORDER BY 2 DESC, 1"
        return list(self._db.execute(sql))

    def parts(self) -> list[tuple[str, int]]:
        """(part, passages)."""
        return list(self._db.execute("SELECT part, count(*) FROM passage WHERE part != '' GROUP BY 1"))

    # Genes

    def genes_by_paper(self) -> dict[int, dict[str, int]]:
        """Paper id -> concept -> passages of the paper that name it."""
        found: dict[int, dict[str, int]] = {}
        sql = (
            "SELECT p.paper_id, g.concept, count(*) FROM passage_gene g "
            "JOIN passage p ON p.id = g.passage_id GROUP BY 1, 2"
        )
        for paper_id, concept, count in self._db.execute(sql):
            found.setdefault(paper_id, {})[concept] = count
        return found

    def passages_with_genes(self, limit: int) -> list[int]:
        """Ids of passages that name a gene, the latest first."""
        sql = "SELECT DISTINCT passage_id FROM passage_gene ORDER BY 1 DESC LIMIT ?"
        return [row[0] for row in self._db.execute(sql, (limit,))]

    def gene_counts(self, concepts: Iterable[str]) -> dict[str, int]:
        """Concept -> number of passages that name it."""
        asked = list(concepts)
        sql = "SELECT concept, count(*) FROM passage_gene WHERE concept IN (SELECT value FROM json_each(?)) GROUP BY 1"
        return dict.fromkeys(asked, 0) | dict(self._db.execute(sql, (json.dumps(asked),)))

    def papers_of_gene(self, concept: str) -> list[tuple[int, int]]:
        """(paper id, times named) of the papers that name a gene, those that name it most first."""
        sql = (
            "SELECT p.paper_id, sum(g.count) FROM passage_gene g JOIN passage p ON p.id = g.passage_id "
            "WHERE g.concept = ? GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return list(self._db.execute(sql, (concept,)))

    def passages_of_gene(self, concept: str, limit: int) -> list[tuple[int, int]]:
        """(passage id, times named) of the passages that name a gene, those that name it most first."""
        sql = "SELECT passage_id, count FROM passage_gene WHERE concept = ? ORDER BY 2 DESC, 1 LIMIT ?"
        return list(self._db.execute(sql, (concept, limit)))

    def genes_of(self, ids: Iterable[int]) -> dict[int, dict[str, int]]:
        """Passage id -> concept -> times named, of the passages that name a gene."""
        found: dict[int, dict[str, int]] = {}
        sql = "SELECT passage_id, concept, count FROM passage_gene WHERE passage_id IN (SELECT value FROM json_each(?))"
        for passage_id, concept, count in self._db.execute(sql, (json_ids(ids),)):
            found.setdefault(passage_id, {})[concept] = count
        return found

    def genes_with(self, concept: str, limit: int) -> list[tuple[str, int]]:
        """(concept, passages) of the genes that are named in the same passages as one, the most often so first."""
        sql = (
            "SELECT b.concept, count(*) FROM passage_gene a JOIN passage_gene b ON b.passage_id = a.passage_id "
            "WHERE a.concept = ?1 AND b.concept != ?1 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?2"
        )
        return list(self._db.execute(sql, (concept, limit)))

    def variants_of(self, ids: Iterable[int]) -> dict[int, list[str]]:
        """Passage id -> canonical keys of the variants and bands that it names."""
        found: dict[int, list[str]] = {}
        sql = (
            "SELECT DISTINCT passage_id, key FROM passage_variant WHERE passage_id IN (SELECT value FROM json_each(?))"
        )
        for passage_id, key in self._db.execute(sql, (json_ids(ids),)):
            found.setdefault(passage_id, []).append(key)
        return found


def _conditions(filters: Filters) -> tuple[list[str], list[Any], bool]:
    """Conditions on "passage p" and their values, and whether they ask for "paper" too."""
    where: list[str] = []
    values: list[Any] = []

    def need(condition: str, *asked: Any) -> None:
        where.append(condition)
        values.extend(asked)

    if filters.first_year is not None:
        need("paper.year >= ?", filters.first_year)
    if filters.last_year is not None:
        need("paper.year <= ?", filters.last_year)
    if filters.journals:
        need("paper.journal IN (SELECT value FROM json_each(?))", _listed(filters.journals))
    if filters.species:
        listed = _listed(filters.species)
        need(
            "(p.id IN (SELECT passage_id FROM passage_species WHERE species IN (SELECT value FROM json_each(?))) OR "
            "(paper.species IN (SELECT value FROM json_each(?)) AND NOT EXISTS "
            "(SELECT 1 FROM passage_species s WHERE s.passage_id = p.id AND s.species != ?)))",
            listed, listed, CELL_LINE,
        )  # fmt: skip
    of_paper = bool(where)
    for aspect, wanted in ((Aspect.ORGANISM, filters.organisms), (Aspect.KIND, filters.kinds)):
        if wanted:
            need(
                "p.paper_id IN (SELECT paper_id FROM paper_grade WHERE aspect = ? AND value IN "
                "(SELECT value FROM json_each(?)))", aspect.value, _listed(wanted),
            )  # fmt: skip
    if filters.papers:
        need("p.paper_id IN (SELECT value FROM json_each(?))", json_ids(sorted(filters.papers)))
    if filters.parts:
        need("p.part IN (SELECT value FROM json_each(?))", _listed(filters.parts))
    for concept in sorted(filters.genes):
        need("p.id IN (SELECT passage_id FROM passage_gene WHERE concept = ?)", concept)
    for term in sorted(filters.variants):
        need("p.id IN (SELECT passage_id FROM passage_variant WHERE variant = ?)", term)
    return where, values, of_paper


def _listed(names: Iterable[str]) -> str:
    listed: Sequence[str] = sorted(names)
    return json.dumps(listed)
