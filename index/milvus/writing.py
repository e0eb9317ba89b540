"""Papers into Milvus: matched with what is there, cut, tagged, embedded, written so that the paper's row comes last."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.adding import GROUP_PAPERS, GROUP_PASSAGES, GROUP_SECONDS, Piece, embed, pieces_of
from index.deleting import deletion
from index.errors import LocusError, ReadError
from index.merging import clean, matches
from index.milvus import expressions, rows
from index.milvus.client import Row
from index.milvus.grouping import Change, Group
from index.milvus.papers import Papers
from index.milvus.rows import StoredPaper
from index.papers import DeletedRecords, Offered, Paper, PaperInfo
from index.results import AddResult, AddSummary, Progress, Status
from index.tagging import PaperTags, tags_of

if TYPE_CHECKING:
    from index.embedding import Embedder

logger = logging.getLogger(__name__)

_WORDS_A_PASSAGE = 120
_SWEPT = 100


def run(writer: Writer, papers: Iterable[Offered], progress: Progress | None = None) -> AddSummary:
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
        if isinstance(item, DeletedRecords):
            tell(writer.store(group))
            group, size = [], 0
            tell(writer.delete(item))
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
    ids = matches(group := Group(library, [offered]), offered)
    return group.stored(ids[0]) if ids else None


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
        group = Group(self._library, [clean(paper) for paper in papers])
        results = [group.decide(paper) for paper in group.papers]
        written: list[tuple[Change, list[Row]]] = []
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

    def delete(self, records: DeletedRecords) -> list[AddResult]:
        """Remove the papers of records that PubMed has deleted, and remember it; what became of those there are."""
        pmids = [pmid for pmid in records.pmids if rows.deletion_id(pmid)]
        group = Group(self._library, [Paper(PaperInfo("", pmid=pmid, source=records.source), ()) for pmid in pmids])
        results: list[AddResult] = []
        gone: list[int] = []
        for pmid in pmids:
            paper_id = group.papers_with([("pmid", pmid)]).get("pmid")
            paper = group.paper(paper_id) if paper_id is not None else None
            if paper_id is None or paper is None or paper.info.pmid != pmid:
                continue
            result = deletion(paper, records, group.sources(paper_id))
            if result is not None:
                results.append(result)
                gone += [paper_id] if result.status is Status.REMOVED else []
        notes = [rows.deletion_row(pmid, group.deletion(pmid, records.source)) for pmid in pmids]
        self._client.upsert(self._names.papers, notes, _bytes)
        self.remove(gone)
        return results

    def mark_retracted(self, ids: Iterable[int]) -> int:
        """Mark papers as retracted; how many were not marked before."""
        found = self._library.stored(ids, strong=True).values()
        fresh = [replace(s, info=replace(s.info, retracted=True)) for s in found if not s.info.retracted]
        self._client.upsert(self._names.papers, [rows.paper_row(stored) for stored in fresh], _bytes)
        self._library.forget([stored.info.id for stored in fresh])
        return len(fresh)

    def _write(self, written: Sequence[tuple[Change, list[Row]]]) -> None:
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
    def _told(result: AddResult, group: Group, failed: dict[int, str], pieces: dict[int, list[Piece]]) -> AddResult:
        number = group.final(result.paper_id)
        if number in failed:
            return replace(result, status=Status.FAILED, paper_id=0, passages=0, message=failed[number])
        embedded = len(pieces.get(number, ())) if result.status in (Status.ADDED, Status.UPDATED) else 0
        return replace(result, paper_id=number, passages=embedded)


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
