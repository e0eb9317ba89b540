"""The half of a Milvus library that deals in papers: their rows, their text, lists of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from threading import Lock

from index.errors import LibraryError
from index.library import named
from index.milvus import expressions, rows
from index.milvus.client import Client, Row
from index.milvus.rows import StoredPaper
from index.milvus.schema import Made, Names
from index.paper_table import phrases
from index.papers import Paper, PaperInfo, Section

FRESH = 5.0
"""Seconds for which the row of a paper that another program may change is taken as it was read."""
SCANNED = 100_000
"""Papers that are looked through where a server can't search or count them by itself."""

_SORTED = 10_000
_TEXTS = 64
"""Papers whose text is kept at hand."""
_ASKED = 500
_LAST = (1 << 63) - 1


class Papers:
    """Reading papers. Safe to use from many threads."""

    def __init__(self, client: Client, names: Names, made: Made) -> None:
        self.client = client
        self.names = names
        self.made = made
        self._guard = Lock()
        self._texts: dict[tuple[int, int], tuple[Section, ...]] = {}
        self._known: dict[int, tuple[float, StoredPaper | None]] = {}

    def find(self, identifier: str) -> int | None:
        """Id of the paper that "12", "PMID:123", "PMC123", "10.1/x" or the address of one of these names."""
        text = identifier.strip()
        if text.isascii() and text.isdigit():
            if len(text) < 19 and self.stored([int(text)]):
                return int(text)
            return self._with([("pmid", text)])
        return self._with(named(text))

    def papers(self, query: str = "", offset: int = 0, limit: int = 50) -> list[PaperInfo]:
        """Papers whose title, authors, journal, year, identifiers or file hold every word, each from its beginning;
        newest first.
        """
        ids = self._newest(query, offset + limit)[offset : offset + limit]
        found = self.stored(ids)
        return [found[i].info for i in ids if i in found]

    def count(self, query: str = "") -> int:
        """Number of papers, or of those that `papers` would list."""
        if _sought(query) and not self.client.server.matches_within:
            return len(self._looked_through(query))
        return self.client.count(self.names.papers, _matching(query))

    def paper(self, paper_id: int) -> Paper:
        """A paper with its text; LibraryError where it isn't there (any more)."""
        stored = self.stored([paper_id]).get(paper_id)
        if stored is None:
            raise gone(paper_id)
        return self.whole(stored)

    def section(self, paper_id: int, number: int) -> Section:
        """A section of a paper; LibraryError where it isn't there (any more)."""
        stored = self.stored([paper_id]).get(paper_id)
        if stored is None:
            raise gone(paper_id)
        key = (paper_id, stored.version)  # of one version the text never changes
        sections = self._texts.get(key)
        if sections is None:
            sections = self.whole(stored).sections
            with self._guard:
                while len(self._texts) >= _TEXTS:
                    self._texts.pop(next(iter(self._texts)))
                self._texts[key] = sections
        if not 0 <= number < len(sections):
            raise gone(paper_id)
        return sections[number]

    def infos(self, ids: Iterable[int]) -> dict[int, PaperInfo]:
        """Id -> metadata of the papers that are there."""
        return {number: stored.info for number, stored in self.stored(ids).items()}

    def stored(self, ids: Iterable[int], *, strong: bool = False) -> dict[int, StoredPaper]:
        """Id -> row of the papers that are there; ``strong`` as all writers have left them by now."""
        now = time.monotonic()
        wanted = [i for i in dict.fromkeys(map(int, ids)) if 0 < i <= _LAST]
        with self._guard:
            known = {} if strong else {i: k[1] for i in wanted if (k := self._known.get(i)) and now - k[0] < FRESH}
        missing = [i for i in wanted if i not in known]
        for first in range(0, len(missing), _ASKED):
            some = missing[first : first + _ASKED]
            found = self.client.query(
                self.names.papers, f"id in {expressions.numbers(some)}", rows.PAPER_FIELDS, strong=strong
            )
            read: dict[int, StoredPaper | None] = dict.fromkeys(some)
            read |= {row["id"]: rows.stored_paper(row) for row in found}
            self._keep(read, now)
            known |= read
        return {i: stored for i in wanted if (stored := known.get(i)) is not None}

    def stored_like(
        self, ids: Sequence[int], identifiers: Sequence[str], hashes: Sequence[str], pmids: Sequence[str]
    ) -> tuple[list[StoredPaper], dict[str, str]]:
        """Papers that have one of these ids, identifiers or text hashes, as all writers have left them by now; and
        PMID -> file of PubMed's that has deleted it, for those of ``pmids``.
        """
        deletions = {rows.deletion_id(pmid): pmid for pmid in pmids}
        asked = [
            f"id in {expressions.numbers([*ids, *deletions])}",
            f"array_contains_any(identifiers, {expressions.among(identifiers)})" if identifiers else "",
            f"text_hash in {expressions.among(hashes)}",
        ]
        expression = " or ".join(one for one in asked if one)
        found = self.client.query(self.names.papers, expression, rows.PAPER_FIELDS, strong=True)
        deleted = {deletions[row["id"]]: str(rows.unpacked(row["record"])) for row in found if row["id"] in deletions}
        return [rows.stored_paper(row) for row in found if row["id"] > 0], deleted

    def whole(self, stored: StoredPaper) -> Paper:
        """A paper with its text; LibraryError where the text isn't whole."""
        found = self.client.query(self.names.sections, f"paper == {stored.info.id}", rows.SECTION_FIELDS)
        sections = rows.sections_of(found, stored.version)
        if sections is None or (stored.words and not sections):
            # Another program may have changed the paper between the two questions.
            again = self.stored([stored.info.id], strong=True).get(stored.info.id)
            if again is not None and again.version != stored.version:
                return self.whole(again)
            if again is None:
                raise gone(stored.info.id)
            raise LibraryError(
                f"The text of paper {stored.info.id} is not whole in Milvus.", hint="Add its file again, then run "
                "locus check."
            )  # fmt: skip
        return Paper(stored.info, sections, stored.types, stored.headings)

    def forget(self, ids: Iterable[int]) -> None:
        """Read the rows of these papers anew when they are next needed."""
        with self._guard:
            for number in ids:
                self._known.pop(number, None)

    def _keep(self, read: dict[int, StoredPaper | None], now: float) -> None:
        with self._guard:
            if len(self._known) > 20_000:
                self._known.clear()
            self._known |= {number: (now, stored) for number, stored in read.items()}

    def _with(self, identifiers: Sequence[tuple[str, str]]) -> int | None:
        if not identifiers:
            return None
        listed = expressions.among(rows.identifier_names(identifiers))
        found = self.client.query(self.names.papers, f"array_contains_any(identifiers, {listed})", ["id"], limit=10)
        return min((row["id"] for row in found), default=None)

    def _newest(self, query: str, most: int) -> list[int]:
        """Ids of the ``most`` newest papers that match, newest first."""
        if _sought(query) and not self.client.server.matches_within:
            return _by_age(self._looked_through(query))[:most]
        matching = _matching(query)
        since = self._since(matching, max(most, _SORTED))
        found = self.client.scan(
            self.names.papers, f"{matching} and added >= {since}", ["id", "added"], max(most, _SORTED) + _SORTED
        )
        return _by_age(found)[:most]

    def _since(self, matching: str, most: int) -> int:
        """A time since which no more than ``most`` papers that match were added; not far more than needed, though."""
        if self.client.count(self.names.papers, matching) <= most:
            return 0
        early, late = 0, time.time_ns() // 1000 + 1
        while late - early > 1:
            middle = (early + late) // 2
            if self.client.count(self.names.papers, f"{matching} and added >= {middle}") <= most:
                late = middle
            else:
                early = middle
        return late

    def _looked_through(self, query: str) -> list[Row]:
        asked = _sought(query)
        found = self.client.scan(self.names.papers, "id > 0", ["id", "added", "search"], SCANNED)
        return [row for row in found if all(words in row["search"] for words in asked)]


def gone(paper_id: int) -> LibraryError:
    """The error of a paper that isn't there."""
    return LibraryError(
        f"There is no paper {paper_id} in the library.", hint="See locus list; it may have been removed."
    )


def _by_age(found: Iterable[Row]) -> list[int]:
    return [row["id"] for row in sorted(found, key=lambda row: (-row["added"], -row["id"]))]


def _matching(query: str) -> str:
    return " and ".join(["id > 0", *(f"search like {expressions.holding(words)}" for words in _sought(query))])


def _sought(query: str) -> list[str]:
    """What a paper's words must hold, each from a word's beginning, as `index.paper_table.listed` has it."""
    return [f" {words}" if begun else f" {words} " for words, begun in phrases(query)]
