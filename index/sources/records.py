"""What is asked of a service, and what it offers: the same records for every service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from index.errors import SourceError
from index.papers import Paper

MOST = 9_999
"""Papers of one query at most: PubMed lists no more by E-utilities."""
LONGEST_QUERY = 2_000


class Texts(StrEnum):
    """What is wanted of each paper."""

    ANY = "any"
    """The full text where it is open, else the abstract."""
    FULL = "full"
    """Only papers with open full text."""
    ABSTRACTS = "abstracts"


@dataclass(frozen=True, slots=True)
class Wish:
    """The first ``limit`` papers that a query finds, published in the year ``since`` or later."""

    query: str
    limit: int = 50
    since: int | None = None
    texts: Texts = Texts.ANY

    def checked(self) -> Wish:
        """The wish itself; SourceError where it can't be asked."""
        if not self.query.strip():
            raise SourceError("There is no query.", hint='Say what to look for, as "Pax6 AND retina".')
        if len(self.query) > LONGEST_QUERY:
            raise SourceError(f"The query is longer than {LONGEST_QUERY:,} characters.", hint="Shorten it.")
        if not 1 <= self.limit <= MOST:
            raise SourceError(f"Between 1 and {MOST:,} papers can be asked for.", hint="Split the query by years.")
        return self


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that a service lists: who, where and when, and its abstract, none where it has none.

    ``full_text`` is true where its full text is worth asking for, ``open_access`` where the service says it is open.
    """

    paper: Paper
    full_text: bool = False
    open_access: bool = False


class Found(Protocol):
    """What a query found: how many in all, and the first of them, page by page as they are read."""

    @property
    def total(self) -> int:
        """Papers that the query finds, all years and texts that were not asked for left out."""
        ...

    def offers(self) -> Iterator[Offer]:
        """The first papers, at most the wish's limit, each once. Raises SourceError."""
        ...


class Source(Protocol):
    """A public service of papers."""

    @property
    def name(self) -> str:
        """What users call it, which is also the source that its papers carry."""
        ...

    def search(self, wish: Wish) -> Found:
        """Ask for the first page. Raises SourceError."""
        ...

    def full_text(self, offer: Offer) -> Paper | None:
        """The open full text of a paper, None where the service has none. Raises SourceError."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...
