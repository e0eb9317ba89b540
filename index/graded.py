"""What a library knows of its papers as evidence, and filters by it; older libraries are graded when first asked."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from index.catalogue import Catalogue
from index.disk import WriteLock, disk_errors_in_words
from index.errors import LibraryError
from index.filters import Filters, Ids
from index.grading import VERSION, Aspect, Grades, grades_of
from index.tagged import Tagged
from index.tagging import Progress

logger = logging.getLogger(__name__)

_BATCH_PAPERS = 64


class Graded(Tagged):
    """The half of `index.library.Library` that deals in grades. Safe to use from many threads."""

    def ungraded(self) -> int:
        """Number of papers that this version of Locus has not graded yet, as in a library of an older one."""
        with self._viewing() as session:
            return session.ungraded_count(VERSION)

    def grade(self, *, progress: Progress | None = None) -> int:
        """Grade the papers that are not graded yet; how many there were. Nothing is embedded again.

        May be stopped at any time; the next call goes on.
        """
        with disk_errors_in_words(self.folder):
            return grade_remaining(self._catalogue, self._lock, progress)

    def grades(self, paper_ids: Iterable[int]) -> dict[int, Grades]:
        """Paper id -> what evidence it is, for the papers that are there.

        Those not graded yet are graded here and now, without writing: a few papers of an answer take milliseconds.
        """
        ids = sorted(set(paper_ids))
        with self._viewing() as session:
            found = session.grades(ids, VERSION)
            for paper_id in ids:
                if paper_id not in found and (paper := session.paper(paper_id)) is not None:
                    found[paper_id] = grades_of(paper)
        return found

    def graded_as(self, aspect: Aspect) -> list[tuple[str, int]]:
        """(value, papers) of one aspect among the papers that are graded, the commonest first."""
        with self._viewing() as session:
            return session.graded_as(aspect)

    def allowed(self, filters: Filters) -> Ids | None:
        """Ids (n,), rising, of the passages that ``filters`` lets through; None where that is all of them."""
        if filters.needs_grades:
            try:
                self.grade()
            except LibraryError as error:
                logger.warning("Papers could not be graded (%s): filters may miss some", error)
        return super().allowed(filters)


def grade_remaining(catalogue: Catalogue, lock: WriteLock, progress: Progress | None = None) -> int:
    """Grade the papers that have no grades of this version, a few at a time; how many there were.

    May be stopped at any time: what is done is kept. Several processes may do it at once.
    """
    with catalogue.reading() as session:
        left = total = session.ungraded_count(VERSION)
    while left:
        with catalogue.reading() as session:
            batch = [(paper_id, session.paper(paper_id)) for paper_id in session.ungraded(VERSION, _BATCH_PAPERS)]
        made = [(paper, grades_of(paper)) for _, paper in batch if paper]
        with lock.held(), catalogue.writing() as session:
            for paper, grades in made:
                # A paper that was replaced meanwhile keeps the grades that it came with.
                if session.paper(paper.info.id) == paper:
                    session.write_grades(paper.info.id, grades, VERSION)
            left = session.ungraded_count(VERSION)
        if progress:
            progress(max(0, total - left), total)
    if total:
        logger.info("%d papers graded", total)
    return total
