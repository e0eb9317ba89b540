"""What a library knows of its papers beyond their text: genes, variants, species, parts; and filters by them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.catalogue import Catalogue, Session
from index.disk import WriteLock, disk_errors_in_words
from index.errors import LibraryError
from index.filters import Filters, Ids, KeptIds
from index.tagging import VERSION, Progress, tag_remaining

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a library's papers can be filtered by, each with how many papers (of parts: passages) there are."""

    journals: tuple[tuple[str, int], ...]
    """By name; spellings that differ by capitals are one."""
    species: tuple[tuple[str, int], ...]
    parts: tuple[tuple[str, int], ...]
    years: tuple[int, int] | None
    """The first and the last."""


def merged_journals(journals: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Spellings that differ by capitals alone as one, the commonest: "PLoS ONE" and "PloS one"."""
    spellings: dict[str, list[tuple[int, str]]] = {}
    for name, papers in journals:
        spellings.setdefault(name.casefold(), []).append((papers, name))
    return tuple((max(found)[1], sum(papers for papers, _ in found)) for found in spellings.values())


class Tagged:
    """The half of `index.library.Library` that deals in tags. Safe to use from many threads."""

    def __init__(self, folder: Path, catalogue: Catalogue, lock: WriteLock) -> None:
        self.folder = folder
        self._catalogue = catalogue
        self._lock = lock
        self._kept = KeptIds()
        self._choices: tuple[object, Choices] | None = None

    def untagged(self) -> int:
        """Number of papers that this version of Locus has not tagged yet, as in a library of an older one."""
        with self._viewing() as session:
            return session.untagged_count(VERSION)

    def tag(self, *, progress: Progress | None = None) -> int:
        """Tag the papers that are not tagged yet; how many there were. Nothing is embedded again.

        May be stopped at any time; the next call goes on.
        """
        with disk_errors_in_words(self.folder):
            return tag_remaining(self._catalogue, self._lock, progress)

    def allowed(self, filters: Filters) -> Ids | None:
        """Ids (n,), rising, of the passages that ``filters`` lets through; None where that is all of them."""
        if not filters:
            return None
        if filters.needs_tags:
            self._complete()
        with self._viewing() as session:
            state = (session.state(), session.revision())
            return self._kept.get(filters, state, lambda: session.allowed(filters))

    def passage_count(self, filters: Filters) -> int:
        """Number of passages that ``filters`` let through."""
        allowed = self.allowed(filters)
        if allowed is not None:
            return len(allowed)
        with self._viewing() as session:
            return session.passage_count()

    def choices(self) -> Choices:
        """What the papers can be filtered by."""
        with self._viewing() as session:
            state = (session.state(), session.revision())
            if self._choices is None or self._choices[0] != state:
                choices = Choices(
                    journals=merged_journals(session.journals()),
                    species=tuple(session.species()),
                    parts=tuple(session.parts()),
                    years=session.years(),
                )
                self._choices = (state, choices)
            return self._choices[1]

    def journals(self) -> list[str]:
        """Names of all journals, in every spelling that papers have them."""
        with self._viewing() as session:
            return [name for name, _ in session.journals()]

    def papers_since(self, year: int | None = None, day: str = "") -> list[tuple[int, str]]:
        """(paper id, day added) of the papers of ``year`` or later, or else of those added on ``day`` (ISO) or later.

        The newest first; the day is "" for papers added before days were kept.
        """
        with self._viewing() as session:
            return session.papers_since(year, day)

    def genes_named(self, limit: int = 100) -> list[tuple[str, int]]:
        """(gene concept, passages that name it), the commonest first."""
        with self._viewing() as session:
            return session.genes_named(limit)

    def gene_counts(self, concepts: Iterable[str]) -> dict[str, int]:
        """Gene concept -> number of passages that name it, 0 included."""
        with self._viewing() as session:
            return session.gene_counts(concepts)

    def genes_by_paper(self) -> dict[int, dict[str, int]]:
        """Paper id -> gene concept -> passages of the paper that name it."""
        with self._viewing() as session:
            return session.genes_by_paper()

    def passages_with_genes(self, limit: int) -> list[int]:
        """Ids of passages that name a gene, the latest first."""
        with self._viewing() as session:
            return session.passages_with_genes(limit)

    def papers_of_gene(self, concept: str) -> list[tuple[int, int]]:
        """(paper id, times named) of the papers that name a gene, those that name it most first."""
        with self._viewing() as session:
            return session.papers_of_gene(concept)

    def passages_of_gene(self, concept: str, limit: int = 100) -> list[tuple[int, int]]:
        """(passage id, times named) of the passages that name a gene, those that name it most first."""
        with self._viewing() as session:
            return session.passages_of_gene(concept, limit)

    def genes_with(self, concept: str, limit: int = 50) -> list[tuple[str, int]]:
        """(concept, passages) of the genes named in the same passages as one, the most often so first."""
        with self._viewing() as session:
            return session.genes_with(concept, limit)

    def genes_of(self, passage_ids: Iterable[int]) -> dict[int, dict[str, int]]:
        """Passage id -> gene concept -> times named, of the passages that name a gene."""
        with self._viewing() as session:
            return session.genes_of(passage_ids)

    def variants_of(self, passage_ids: Iterable[int]) -> dict[int, list[str]]:
        """Passage id -> variants and bands that it names, as canonical keys."""
        with self._viewing() as session:
            return session.variants_of(passage_ids)

    def _complete(self) -> None:
        try:
            self.tag()
        except LibraryError as error:
            # Half of the tags are better than no answer, as where the folder can't be written to.
            logger.warning("Papers could not be tagged (%s): filters may miss some", error)

    @contextmanager
    def _viewing(self) -> Iterator[Session]:
        with disk_errors_in_words(self.folder), self._catalogue.reading() as session:
            yield session
