"""What a library tells of itself and of the papers that were added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.dense import DenseStatus


class Status(StrEnum):
    """What became of a paper that was added."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT_FULLER = "kept-fuller"
    REMOVED = "removed"
    """Its source has withdrawn the record."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of one paper: ``paper_id`` is 0 and ``message`` says why where it failed."""

    title: str
    source: str
    status: Status
    paper_id: int = 0
    passages: int = 0
    message: str = ""
    hint: str = ""


@dataclass(slots=True)
class AddSummary:
    """What became of all papers of one run."""

    counts: Counter[Status] = field(default_factory=Counter)
    passages: int = 0
    failures: list[AddResult] = field(default_factory=list)

    def note(self, result: AddResult) -> None:
        """Count one result."""
        self.counts[result.status] += 1
        if result.status in (Status.ADDED, Status.UPDATED):
            self.passages += result.passages
        if result.status is Status.FAILED:
            self.failures.append(result)

    @property
    def total(self) -> int:
        """Number of papers, failed ones included."""
        return sum(self.counts.values())


Progress = Callable[[AddResult], None]
"""Told what became of each paper, once it is on disk."""


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What a library holds and how."""

    folder: str
    papers: int
    starter_papers: int
    passages: int
    words: int
    embedder: str
    dimension: int
    disk_bytes: int
    dense: str
    """Type of the dense index, in the words of its engine."""
    lexical: str
    generation: int
    engine: str = "FAISS"
    """What keeps the vectors."""
    vectors: DenseStatus | None = None
    """The dense index in figures."""
