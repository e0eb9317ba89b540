"""Papers into Milvus: matched with what is there, cut, tagged, embedded, written so that the paper's row comes last."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from index.adding import GROUP_PAPERS, GROUP_PASSAGES, GROUP_SECONDS, Piece, embed, pieces_of
from index.errors import LocusError, ReadError
from index.grading import grades_of
from index.merging import clean, decide, identifiers, matches, offer_hash, text_hash
from index.milvus import expressions, rows
from index.milvus.client import Row
from index.milvus.papers import Papers
from index.milvus.rows import StoredPaper
from index.papers import Paper, PaperInfo, SectionKind
from index.results import AddResult, AddSummary, Progress, Status
from index.tagging import PaperTags, tags_of

if TYPE_CHECKING:
    from index.embedding import Embedder

logger = logging.getLogger(__name__)

_WORDS_A_PASSAGE = 120
_SWEPT = 100


def run(writer: Writer, papers: Iterable[Paper | ReadError], progress: Progress | None = None) -> AddSummary:
    """Add all papers, a group at a time; each result is told to ``progress`` once it is kept."""
    summary = AddSummary()
    group: list[Paper] = []
    size, since = 0, 0.0

    def tell(results: Iterable[AddResult]) -> None:
        for result in results:
            summary.note(result)
            if progress:
                progress(result)

    for item in papers:
        if isinstance(item, ReadError):
            tell([AddResult("", "", Status.FAILED, message=item.message, hint=item.hint)])
            continue
        since = since if group else time.monotonic()
        group.append(item)
        size += 1 + item.words // _WORDS_A_PASSAGE
        if size >= GROUP_PASSAGES or len(group) >= GROUP_PAPERS or time.monotonic() - since > GROUP_SECONDS:
            tell(writer.store(group))
            group, size = [], 0
    tell(writer.store(group))
    return summary


def holder(library: Papers, info: PaperInfo) -> StoredPaper | None:
    """The stored paper that ``info`` names by its identifiers; None where there is none."""
    offered = Paper(info, ())
    ids = matches(group := _Group(library, [offered]), offered)
    return group.stored(ids[0]) if ids else None


@dataclass(slots=True)
class _Change:
    """What is to be written of one paper."""

    paper: Paper
    stored: StoredPaper
    new_text: bool
    versions: set[int]
    """Versions of it that are there, and gone once this one is written."""


class Writer:
    """Writes papers; one at a time uses it."""

    def __init__(self, library: Papers, embedder: Embedder | None) -> None:
        self._library = library
        self._client = library.client
        self._names = library.names
        self._embedder = embedder

    def store(self, papers: Sequence[Paper]) -> list[AddResult]:
        """Write what is to be kept of papers; what became of each, in their order. All are kept when this ends."""
        if not papers:
            return []
        group = _Group(self._library, [clean(paper) for paper in papers])
        results = [group.decide(paper) for paper in group.papers]
        written: list[tuple[_Change, list[Row]]] = []
        failed: dict[int, str] = {}
        pieces: dict[int, list[Piece]] = {}
        tags: dict[int, PaperTags] = {}
        for number, change in group.changes.items():
            try:
                if change.new_text:
                    pieces[number] = pieces_of(change.paper)
                    tags[number] = tags_of(change.paper, [piece.new.passage for piece in pieces[number]])
                    rows.section_rows(number, change.stored.version, change.paper.sections)
                rows.paper_row(change.stored)
            except Exception as error:
                # One paper that can't be cut must not take the others down with it.
                logger.warning("Paper %r could not be prepared: %s", change.paper.info.title, error)
                failed[number] = error.message if isinstance(error, LocusError) else f"could not be cut ({error})"
        texts = {p.new.hash: p.text for number in pieces if number not in failed for p in pieces[number]}
        if texts and self._embedder is None:
            raise LocusError("The library was opened without an embedder.")
        vectors = embed(self._embedder, texts, self._library.made.dimension) if texts and self._embedder else {}
        for number, change in group.changes.items():
            if number in failed:
                continue
            passages: list[Row] = []
            if change.new_text:
                own = pieces[number]
                change.stored = replace(change.stored, passages=len(own), about=tags[number].species)
                passages = rows.passage_rows(
                    change.stored, [p.new.passage for p in own], [vectors[p.new.hash] for p in own], tags[number],
                    ranks_words=self._library.made.ranks_words,
                )  # fmt: skip
            written.append((change, passages))
        self._write(written)
        self.remove(sorted(other for other in group.joined if group.final(other) not in failed))
        return [self._told(result, group, failed, pieces) for result in results]

    def remove(self, ids: Sequence[int]) -> None:
        """Remove papers: their rows first, so that nobody sees them in part."""
        if not ids:
            return
        self._client.delete(self._names.papers, ids)
        self._library.forget(ids)
        for name in (self._names.passages, self._names.sections):
            for first in range(0, len(ids), _SWEPT):
                self._sweep(name, f"paper in {expressions.numbers(ids[first : first + _SWEPT])}")

    def mark_retracted(self, ids: Iterable[int]) -> int:
        """Mark papers as retracted; how many were not marked before."""
        found = self._library.stored(ids, strong=True).values()
        fresh = [replace(s, info=replace(s.info, retracted=True)) for s in found if not s.info.retracted]
        self._client.upsert(self._names.papers, [rows.paper_row(stored) for stored in fresh], _bytes)
        self._library.forget([stored.info.id for stored in fresh])
        return len(fresh)

    def _write(self, written: Sequence[tuple[_Change, list[Row]]]) -> None:
        names = self._names
        passages = [row for _, of_paper in written for row in of_paper]
        sections = [
            row
            for change, _ in written
            if change.new_text
            for row in rows.section_rows(change.stored.info.id, change.stored.version, change.paper.sections)
        ]
        for change, _ in written:
            if not change.new_text:
                passages += self._refiltered(change.stored)
        self._client.upsert(names.passages, passages, _bytes)
        self._client.upsert(names.sections, sections, _bytes)
        self._client.upsert(names.papers, [rows.paper_row(change.stored) for change, _ in written], _bytes)
        self._library.forget([change.stored.info.id for change, _ in written])
        for change, _ in written:
            for version in change.versions - {change.stored.version}:
                for name in (names.passages, names.sections):
                    self._sweep(name, f"paper == {change.stored.info.id} and version == {version}")

    def _refiltered(self, stored: StoredPaper) -> list[Row]:
        """A paper's passages with its new year and journal, where they have others; their vectors stay."""
        found = self._client.query(
            self._names.passages, f"paper == {stored.info.id} and version == {stored.version}",
            _all_fields(ranks_words=self._library.made.ranks_words), strong=True,
        )  # fmt: skip
        now = rows.filtered(stored)
        changed = [row for row in found if any(_plain(row[name]) != value for name, value in now.items())]
        return [{**row, **now, "vector": [float(x) for x in row["vector"]]} for row in changed]

    def _sweep(self, name: str, expression: str) -> None:
        ids = [row["id"] for row in self._client.query(name, expression, ["id"], strong=True)]
        self._client.delete(name, ids)

    @staticmethod
    def _told(result: AddResult, group: _Group, failed: dict[int, str], pieces: dict[int, list[Piece]]) -> AddResult:
        number = group.final(result.paper_id)
        if number in failed:
            return replace(result, status=Status.FAILED, paper_id=0, passages=0, message=failed[number])
        embedded = len(pieces.get(number, ())) if result.status in (Status.ADDED, Status.UPDATED) else 0
        return replace(result, paper_id=number, passages=embedded)


class _Group:
    """Papers that are written together, and what is stored of them: `index.store.KnownPapers` for `decide`."""

    def __init__(self, library: Papers, papers: list[Paper]) -> None:
        self.papers = papers
        self.changes: dict[int, _Change] = {}
        self.joined: set[int] = set()
        self._into: dict[int, int] = {}
        self._library = library
        self._texts: dict[int, Paper] = {}
        names = {name for paper in papers for name in rows.identifier_names(identifiers(paper.info).items())}
        ids = {rows.paper_id(paper) for paper in papers}
        hashes = {text_hash(paper).hex() for paper in papers}
        found = library.stored_like(sorted(ids), sorted(names), sorted(hashes))
        self._stored = {stored.info.id: stored for stored in found}

    def decide(self, paper: Paper) -> AddResult:
        """What becomes of a paper; its change is noted."""
        offer, source = offer_hash(paper).hex(), paper.info.source
        ids = matches(self, paper)
        if len(ids) == 1 and self._stored[ids[0]].offers.get(source) == offer:
            return AddResult(paper.info.title, source, Status.UNCHANGED, ids[0])
        decision = decide(self, paper)
        if decision.status is Status.FAILED:
            return AddResult(paper.info.title, source, Status.FAILED, message=decision.message)
        number = decision.ids[0] if decision.ids else rows.paper_id(paper)
        if not decision.ids and number in self._stored:
            other = self._stored[number].info.title
            message = f"its number {number} is taken by another paper, “{other}”"
            return AddResult(paper.info.title, source, Status.FAILED, message=message)
        self._note(number, decision.paper, decision.ids, paper, decision.new_text)
        return AddResult(decision.paper.info.title, source, decision.status, number, 0, decision.message)

    def _note(self, number: int, keep: Paper, ids: Sequence[int], offered: Paper, new_text: bool) -> None:
        keep = replace(keep, info=replace(keep.info, id=number))
        before = [self._stored[i] for i in ids]
        offers: dict[str, str] = {}
        known = rows.known_identifiers(keep.info, offered.info)
        for stored in reversed(before):
            offers |= stored.offers
            known |= stored.identifiers
        earlier = self.changes.get(number)
        stored = StoredPaper(
            info=keep.info,
            version=rows.version_of(keep),
            text_hash=text_hash(keep),
            identifiers=known,
            offers=offers | {offered.info.source: offer_hash(offered).hex()},
            words=keep.words,
            passages=before[0].passages if before else 0,
            added=before[0].added if before else _now(),
            about=before[0].about if before else "",
            types=keep.types,
            headings=keep.headings,
            grades=grades_of(keep),
            full=any(section.kind is SectionKind.BODY for section in keep.sections),
        )
        versions = {self._stored[number].version} if number in self._stored else set()
        versions |= earlier.versions if earlier else set()
        new = new_text or bool(earlier and earlier.new_text)
        self.changes[number] = _Change(keep, stored, new, versions)
        self._stored[number], self._texts[number] = stored, keep
        for other in ids[1:]:
            self.joined.add(other)
            self._into[other] = number
            self.changes.pop(other, None)
            del self._stored[other]

    def stored(self, number: int) -> StoredPaper:
        """The row of a paper of the group."""
        return self._stored[number]

    def final(self, number: int) -> int:
        """The id of the paper that one has become."""
        while number in self._into:
            number = self._into[number]
        return number

    # What `decide` asks of the papers stored

    def papers_with(self, identifiers: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Kind of identifier -> id of the paper that carries it, for those that are known."""
        found: dict[str, int] = {}
        for kind, value in identifiers:
            carrying = [i for i, stored in self._stored.items() if (kind, value) in stored.identifiers]
            if carrying:
                # The paper that had it first keeps it.
                found[kind] = min(carrying, key=lambda i: (self._stored[i].added, i))
        return found

    def papers_with_text(self, text_hash: bytes) -> list[int]:
        """Ids of the papers whose title and sections have this hash."""
        return sorted(i for i, stored in self._stored.items() if stored.text_hash == text_hash)

    def identifiers(self, paper_id: int) -> list[tuple[str, str]]:
        """(kind, value) of every identifier of a paper."""
        return sorted(self._stored[paper_id].identifiers)

    def infos(self, ids: Iterable[int]) -> dict[int, PaperInfo]:
        """Id -> metadata of the papers that are there."""
        return {i: self._stored[i].info for i in ids if i in self._stored}

    def paper(self, paper_id: int) -> Paper | None:
        """A paper with its text."""
        if paper_id not in self._stored:
            return None
        if paper_id not in self._texts:
            self._texts[paper_id] = self._library.whole(self._stored[paper_id])
        return self._texts[paper_id]


_last_time = 0


def _now() -> int:
    """Microseconds since 1970, later than any given before."""
    global _last_time  # noqa: PLW0603 - papers added in one microsecond keep their order
    _last_time = max(_last_time + 1, time.time_ns() // 1000)
    return _last_time


def _all_fields(*, ranks_words: bool) -> list[str]:
    more = ("year", "journal", "about", "part", "genes", "variants", "species", "names_animal", "grades")
    return [*rows.PASSAGE_FIELDS, *more, "words" if ranks_words else "stems"]


def _plain(value: Any) -> Any:
    """A value of a row as it was written: lists come back as the client's own kind of list."""
    return value if isinstance(value, str | int) else list(value)


def _bytes(row: Row) -> int:
    """Bytes of a row, about."""
    return 200 + sum(
        len(value) if isinstance(value, str) else 12 * len(value) if isinstance(value, list) else 8
        for value in row.values()
    )
