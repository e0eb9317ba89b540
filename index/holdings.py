"""What a library holds of papers that are offered from elsewhere: told by their identifiers, without their text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from index.disk import disk_errors_in_words
from index.merging import STARTER, matches
from index.papers import Paper, PaperInfo
from index.tagged import Tagged


@dataclass(frozen=True, slots=True)
class Holding:
    """A paper that is there: ``full`` where more than its abstract (or its shipped digest) is."""

    info: PaperInfo
    full: bool


class Holdings(Tagged):
    """The part of `index.library.Library` that compares papers of other sources with its own."""

    def held(self, info: PaperInfo) -> Holding | None:
        """The stored paper that ``info`` names by PMID, PMCID or DOI; None where there is none. Raises LibraryError."""
        with self._viewing() as session:
            ids = matches(session, Paper(info, ()))
            if not ids:
                return None
            stored = session.infos(ids[:1])[ids[0]]
            return Holding(stored, stored.collection != STARTER and session.has_body(ids[0]))

    def mark_retracted(self, ids: Iterable[int]) -> int:
        """Mark papers as retracted; how many were not marked before. Raises LibraryError."""
        with disk_errors_in_words(self.folder), self._lock.held(), self._catalogue.writing() as session:
            fresh = [info for info in session.infos(ids).values() if not info.retracted]
            for info in fresh:
                session.update_info(info.id, replace(info, retracted=True))
        return len(fresh)
