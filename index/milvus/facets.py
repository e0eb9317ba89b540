"""What a Milvus library knows of its papers beyond their text: genes, variants, species, parts; and counts of them."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar

from index.filters import Filters
from index.grading import Aspect, Grades
from index.milvus import expressions
from index.milvus.expressions import Expression
from index.milvus.papers import SCANNED, Papers
from index.milvus.rows import TERM, cut_bytes, unpacked
from index.parts import Part
from index.tagged import Choices, merged_journals
from index.tagging import Progress

SAMPLED = 50_000
"""Passages whose genes are counted to tell which are named most: all of them in a library up to that size."""

_MOST_NAMING = 16_000
_KEPT_SECONDS = 120.0

_T = TypeVar("_T")


class Facets(Papers):
    """The half of `index.milvus.library.MilvusLibrary` that deals in tags. Safe to use from many threads."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._counted: dict[object, tuple[float, Any]] = {}
        self._counting = Lock()

    def untagged(self) -> int:
        """Always 0: passages are tagged as they are written, and a new version of Locus takes them as they are."""
        return 0

    def tag(self, *, progress: Progress | None = None) -> int:
        """Nothing: what an older Locus has tagged is tagged anew where its papers are added anew."""
        return 0

    def allowed(self, filters: Filters) -> Expression | None:
        """What ``filters`` let through; None where that is everything."""
        return Expression(expressions.expression(filters)) if filters else None

    def passage_count(self, filters: Filters) -> int:
        """Number of passages that ``filters`` let through."""
        return self.client.count(self.names.passages, expressions.expression(filters))

    def papers_since(self, year: int | None = None, day: str = "") -> list[tuple[int, str]]:
        """(paper id, day added) of the papers of ``year`` or later, or else of those added on ``day`` (ISO) or later;
        the newest first, SCANNED of them at most.
        """
        if year is not None:
            since = f"id > 0 and year >= {max(1, int(year))}"
        else:
            start = datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
            since = f"id > 0 and added >= {max(0, int(start * 1e6))}"
        found = self.client.scan(self.names.papers, since, ["id", "year", "added"], SCANNED)
        ordered = sorted(found, key=lambda row: (-row["year"], -row["added"], -row["id"]))
        return [(row["id"], datetime.fromtimestamp(row["added"] / 1e6, UTC).date().isoformat()) for row in ordered]

    def choices(self) -> Choices:
        """What the papers can be filtered by; of a large library, of SCANNED of its papers."""
        return self._kept("choices", self._choices)

    def journals(self) -> list[str]:
        """Names of the journals, in every spelling that papers have them; of a large library, of SCANNED papers."""
        return sorted(self._kept("papers", self._scanned)[0], key=str.casefold)

    def genes_named(self, limit: int = 100) -> list[tuple[str, int]]:
        """(gene concept, passages that name it), the commonest first; of SAMPLED passages, scaled up."""
        return self._kept("genes", self._genes)[:limit]

    def gene_counts(self, concepts: Iterable[str]) -> dict[str, int]:
        """Gene concept -> number of passages that name it, 0 included."""
        return {concept: self.client.count(self.names.passages, _naming(concept)) for concept in concepts}

    def papers_of_gene(self, concept: str) -> list[tuple[int, int]]:
        """(paper id, times named) of the papers that name a gene, those that name it most first."""
        times: Counter[int] = Counter()
        for _, paper, genes in self._of_gene(concept):
            times[paper] += genes[concept]
        return sorted(times.items(), key=lambda found: (-found[1], found[0]))

    def passages_of_gene(self, concept: str, limit: int = 100) -> list[tuple[int, int]]:
        """(passage id, times named) of the passages that name a gene, those that name it most first."""
        found = [(number, genes[concept]) for number, _, genes in self._of_gene(concept)]
        return sorted(found, key=lambda one: (-one[1], one[0]))[:limit]

    def genes_with(self, concept: str, limit: int = 50) -> list[tuple[str, int]]:
        """(concept, passages) of the genes named in the same passages as one, the most often so first."""
        together = Counter(other for *_, genes in self._of_gene(concept) for other in genes if other != concept)
        return sorted(together.items(), key=lambda found: (-found[1], found[0]))[:limit]

    def genes_by_paper(self) -> dict[int, dict[str, int]]:
        """Paper id -> gene concept -> passages of the paper that name it; of SAMPLED passages at most."""
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for _, paper, genes in self._kept("naming", lambda: self._naming("array_length(genes) != 0", SAMPLED)):
            found[paper].update(genes.keys())
        return {paper: dict(counts) for paper, counts in found.items()}

    def passages_with_genes(self, limit: int) -> list[int]:
        """Ids of passages that name a gene, ``limit`` of them."""
        return [number for number, *_ in self._naming("array_length(genes) != 0", limit)]

    def ungraded(self) -> int:
        """Always 0: papers are graded as they are written."""
        return 0

    def grade(self, *, progress: Progress | None = None) -> int:
        """Nothing, as `tag`."""
        return 0

    def grades(self, paper_ids: Iterable[int]) -> dict[int, Grades]:
        """Paper id -> what evidence it is, for the papers that are there."""
        return {number: stored.grades for number, stored in self.stored(paper_ids).items()}

    def graded_as(self, aspect: Aspect) -> list[tuple[str, int]]:
        """(value, papers) of one aspect, the commonest first; of SCANNED papers at most."""
        found = self._kept("grades", self._graded)
        sign = f"{aspect.value}:"
        listed = [(name.removeprefix(sign), count) for name, count in found.items() if name.startswith(sign)]
        return sorted(listed, key=lambda one: (-one[1], one[0]))

    def forget_counts(self) -> None:
        """Count anew, since papers have changed."""
        with self._counting:
            self._counted.clear()

    def _kept(self, what: object, count: Callable[[], _T]) -> _T:
        """What ``count`` gives, as it was up to two minutes ago: it takes the server some time."""
        now = time.monotonic()
        with self._counting:
            kept = self._counted.get(what)
        if kept and now - kept[0] < _KEPT_SECONDS:
            found: _T = kept[1]
            return found
        made = count()
        with self._counting:
            if len(self._counted) > 100:
                self._counted.clear()
            self._counted[what] = (now, made)
        return made

    def _graded(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for row in self.client.scan(self.names.papers, "id > 0", ["grades"], SCANNED):
            found.update(row["grades"])
        return found

    def _scanned(self) -> tuple[Counter[str], Counter[str], list[int]]:
        """Papers of each journal and each species, and years."""
        found = self.client.scan(self.names.papers, "id > 0", ["journal", "about", "year"], SCANNED)
        journals: Counter[str] = Counter()
        species: Counter[str] = Counter()
        years: set[int] = set()
        for row in found:
            journals[row["journal"]] += 1
            species[row["about"]] += 1
            years.add(row["year"])
        return journals, species, sorted(years)

    def _choices(self) -> Choices:
        journals, species, years = self._kept("papers", self._scanned)
        years = [year for year in years if year]
        parts = [(p.value, self.client.count(self.names.passages, f'part == "{p.value}"')) for p in Part]
        return Choices(
            journals=merged_journals([(j, journals[j]) for j in sorted(journals, key=str.casefold) if j]),
            species=tuple(sorted(((s, n) for s, n in species.items() if s), key=lambda one: (-one[1], one[0]))),
            parts=tuple((part, count) for part, count in sorted(parts) if count),
            years=(years[0], years[-1]) if years else None,
        )

    def _genes(self) -> list[tuple[str, int]]:
        named: Counter[str] = Counter()
        seen = 0
        for row in self.client.scan(self.names.passages, "id > 0", ["tags"], SAMPLED):
            seen += 1
            named.update(unpacked(row["tags"])["g"].keys())
        scale = 1.0
        if seen >= SAMPLED:
            scale = self.client.count(self.names.passages) / seen
        found = ((concept, round(count * scale)) for concept, count in named.items())
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def _of_gene(self, concept: str) -> list[tuple[int, int, dict[str, int]]]:
        """(passage, paper, genes with how often each is named) of passages that name a gene, 16,000 at most."""
        found = self._kept(("gene", concept), lambda: self._naming(_naming(concept), _MOST_NAMING))
        return [one for one in found if concept in one[2]]

    def _naming(self, expression: str, most: int) -> list[tuple[int, int, dict[str, int]]]:
        """(passage, paper, genes with how often each is named) of passages that satisfy ``expression``."""
        found = self.client.scan(self.names.passages, expression, ["id", "paper", "version", "tags"], most)
        of_paper: dict[tuple[int, int], list[tuple[int, dict[str, int]]]] = defaultdict(list)
        for row in found:
            of_paper[row["paper"], row["version"]].append((row["id"], unpacked(row["tags"])["g"]))
        stored = self.stored({paper for paper, _ in of_paper})
        return [
            (number, paper, genes)
            for (paper, version), passages in of_paper.items()
            if paper in stored and stored[paper].version == version
            for number, genes in passages
        ]


def _naming(concept: str) -> str:
    return f"array_contains(genes, {expressions.quoted(cut_bytes(concept, TERM))})"
