"""Papers into the catalogue: matched with what is there, cut, tagged, embedded once, kept group by group."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from index.ahead import ahead
from index.catalogue import Catalogue, Session, State, reembedded
from index.deleting import delete, deleted
from index.disk import WriteLock, disk_errors_in_words
from index.errors import LibraryError, ReadError
from index.grading import VERSION as GRADING
from index.grading import Grades, grades_of
from index.merging import clean, decide, embedded_hash, identifiers, matches, offer_hash, text_hash
from index.papers import DeletedRecords, Offered, Paper
from index.passage_table import Embedded, NewPassage
from index.passages import Searchable, cut, searchable
from index.pooling import pack
from index.results import AddResult, AddSummary, Progress, Status
from index.tagging import VERSION, PaperTags, tags_of

if TYPE_CHECKING:
    from index.embedding import Embedder

logger = logging.getLogger(__name__)

GROUP_PASSAGES = 384
"""Passages embedded and kept together: enough to fill the embedder's batches, little to lose in a kill."""
GROUP_PAPERS = 256
GROUP_SECONDS = 15.0
"""A group is also closed when its first paper has waited this long, for sources that trickle."""

AHEAD_PAPERS = 512
"""Papers read, cut and tagged before the embedder asks for them."""

_WORDS_A_PASSAGE = 120
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage as it will be stored, and the text to embed for it."""

    new: NewPassage
    text: Searchable


@dataclass(frozen=True, slots=True)
class Ready:
    """What a source gave, read ahead: of a paper also whether it is known, else its passages, tags and grades.

    ``key`` is its `offer_hash`; ``deletions`` how many deletions had been applied when ``known`` was asked for.
    """

    item: Offered
    deletions: int = 0
    known: AddResult | None = None
    key: bytes = b""
    pieces: list[Piece] = field(default_factory=list)
    tags: PaperTags | None = None
    grades: Grades | None = None


class UnembeddedError(Exception):
    """Texts turned out to need a vector only when the catalogue was locked: another process changed it."""

    def __init__(self, texts: dict[bytes, Searchable]) -> None:
        super().__init__(f"{len(texts)} texts without a vector")
        self.texts = texts


class Adder:
    """One run of adding papers. ``committed`` is called after each group, once the write lock is given back."""

    def __init__(
        self, catalogue: Catalogue, lock: WriteLock, embedder: Embedder, state: State, committed: Callable[[], None]
    ) -> None:
        self._catalogue = catalogue
        self._lock = lock
        self._embedder = embedder
        self._state = state
        self._committed = committed
        self._group: list[Paper] = []
        self._size = 0
        self._since = 0.0
        self._pieces: dict[bytes, list[Piece]] = {}
        self._tagged: dict[bytes, PaperTags] = {}
        self._graded: dict[bytes, Grades] = {}
        self._deletions = 0

    def run(self, papers: Iterable[Offered], progress: Progress | None = None) -> AddSummary:
        """Add all papers; each result is told to ``progress`` once it is on disk."""
        summary = AddSummary()

        def tell(result: AddResult) -> None:
            summary.note(result)
            if progress:
                progress(result)

        # Reading, cutting and tagging go on in another thread while this one embeds and writes.
        for ready in ahead(papers, self._prepared, AHEAD_PAPERS):
            if isinstance(ready.item, ReadError):
                tell(AddResult("", "", Status.FAILED, message=ready.item.message, hint=ready.item.hint))
                continue
            if isinstance(ready.item, DeletedRecords):
                for result in (*self._store_group(), *self._delete(ready.item)):
                    tell(result)
                continue
            known = ready.known if ready.deletions == self._deletions else self._known(ready.item)
            if known:
                tell(known)
                continue
            self._take(ready)
            if self._full():
                for result in self._store_group():
                    tell(result)
        for result in self._store_group():
            tell(result)
        return summary

    def _prepared(self, item: Offered) -> Ready:
        """``item`` with what can be made of it before it is stored; called in the reading thread."""
        if not isinstance(item, Paper):
            return Ready(item)
        paper = clean(item)
        ready = Ready(paper, deletions=self._deletions, known=self._known(paper))
        if ready.known:
            return ready
        try:
            pieces = pieces_of(paper)
            tags = tags_of(paper, [piece.new.passage for piece in pieces])
            return replace(ready, key=offer_hash(paper), pieces=pieces, tags=tags, grades=grades_of(paper))
        except Exception:  # it fails again when the group is stored, and is told then
            return ready

    def _delete(self, records: DeletedRecords) -> list[AddResult]:
        """Remove what PubMed has deleted."""
        with self._disk(), self._lock.held(), self._catalogue.writing() as session:
            results = delete(session, records)
        self._deletions += 1
        self._committed()
        return results

    def _take(self, ready: Ready) -> None:
        if not self._group:
            self._since = time.monotonic()
        paper = ready.item
        assert isinstance(paper, Paper)
        if ready.tags is not None and ready.grades is not None:
            self._pieces[ready.key], self._tagged[ready.key] = ready.pieces, ready.tags
            self._graded[ready.key] = ready.grades
        self._group.append(paper)
        self._size += 1 + paper.words // _WORDS_A_PASSAGE

    def _full(self) -> bool:
        return (
            self._size >= GROUP_PASSAGES
            or len(self._group) >= GROUP_PAPERS
            or time.monotonic() - self._since > GROUP_SECONDS
        )

    def _known(self, paper: Paper) -> AddResult | None:
        """The result for a paper that its source offered just so before."""
        with self._disk(), self._catalogue.reading() as session:
            if gone := deleted(session, paper):
                return gone
            own, offered = next(iter(identifiers(paper.info).items()), None), offer_hash(paper)
            known = session.paper_offered(own, paper.info.source, offered) if own else None
            if known is None:
                ids = matches(session, paper)
                if len(ids) != 1 or session.offered(ids[0], paper.info.source) != offered:
                    return None
                known = ids[0]
        return AddResult(paper.info.title, paper.info.source, Status.UNCHANGED, known)

    def _store_group(self) -> list[AddResult]:
        group, self._group, self._size = self._group, [], 0
        if not group:
            return []
        failed: list[AddResult] = []
        missing: dict[bytes, Searchable] = {}
        sound: list[Paper] = []
        with self._disk(), self._catalogue.reading() as session:
            for paper in group:
                decision = decide(session, paper)
                try:
                    texts = {p.new.hash: p.text for p in self._cut(decision.paper)} if decision.new_text else {}
                    if decision.new_text:
                        self._tags(decision.paper)
                    self._grades(decision.paper)
                except Exception as error:
                    # One paper that can't be cut must not take the others down with it.
                    logger.exception("Paper %r could not be prepared", paper.info.title)
                    failed.append(_failure(paper, f"could not be cut into passages ({error})"))
                    continue
                sound.append(paper)
                missing |= {h: texts[h] for h in session.unembedded(texts, self._state.embedder)}
        vectors: dict[bytes, Embedded] = {}
        for _ in range(_ATTEMPTS):
            vectors |= embed(self._embedder, missing, self._state.dimension)
            try:
                results = [*failed, *self._commit(sound, vectors)]
                self._pieces, self._tagged, self._graded = {}, {}, {}
                return results
            except UnembeddedError as error:
                missing = error.texts
        raise LibraryError("The library keeps changing while papers are added.", hint="Try again.", retry=True)

    def _commit(self, group: list[Paper], vectors: dict[bytes, Embedded]) -> list[AddResult]:
        with self._disk(), self._lock.held(), self._catalogue.writing() as session:
            check_embedder(session, self._state)
            writer = _GroupWriter(session, self._state.embedder, vectors, self._cut, self._tags, self._grades)
            results = [writer.store(paper) for paper in group]
            writer.finish()
        self._committed()
        return results

    def _disk(self) -> AbstractContextManager[None]:
        return disk_errors_in_words(self._catalogue.path.parent)

    def _cut(self, paper: Paper) -> list[Piece]:
        key = offer_hash(paper)
        if key not in self._pieces:
            self._pieces[key] = pieces_of(paper)
        return self._pieces[key]

    def _tags(self, paper: Paper) -> PaperTags:
        key = offer_hash(paper)
        if key not in self._tagged:
            self._tagged[key] = tags_of(paper, [piece.new.passage for piece in self._cut(paper)])
        return self._tagged[key]

    def _grades(self, paper: Paper) -> Grades:
        key = offer_hash(paper)
        if key not in self._graded:
            self._graded[key] = grades_of(paper)
        return self._graded[key]


class _GroupWriter:
    """The writes of one group of papers, within one transaction."""

    def __init__(
        self,
        session: Session,
        embedder: str,
        vectors: dict[bytes, Embedded],
        cutter: Callable[[Paper], list[Piece]],
        tagger: Callable[[Paper], PaperTags],
        grader: Callable[[Paper], Grades],
    ) -> None:
        self._session = session
        self._embedder = embedder
        self._vectors = vectors
        self._cut = cutter
        self._tags = tagger
        self._grades = grader
        self._generation = 0
        self._unused: set[bytes] = set()
        self._missing: dict[bytes, Searchable] = {}

    def store(self, paper: Paper) -> AddResult:
        """Write what is to be kept of ``paper``."""
        session = self._session
        decision = decide(session, paper)
        if decision.status is Status.FAILED:
            return _failure(paper, decision.message)
        keep, kept_hash = decision.paper, text_hash(decision.paper)
        if not decision.ids:
            paper_id = session.insert_paper(keep, kept_hash)
        else:
            paper_id = decision.ids[0]
            for other in decision.ids[1:]:
                self._remove_passages(other)
                session.join(other, paper_id)
            if decision.new_text:
                self._remove_passages(paper_id)
                session.replace_text(paper_id, keep, kept_hash)
            session.update_info(paper_id, keep.info)
        session.add_identifiers(paper_id, [*identifiers(keep.info).items(), *identifiers(paper.info).items()])
        session.write_subjects(keep, paper_id)
        session.write_grades(paper_id, self._grades(keep), GRADING)
        session.note_offer(paper_id, paper.info.source, offer_hash(paper))
        count = self._insert_passages(paper_id, keep) if decision.new_text else 0
        return AddResult(keep.info.title, paper.info.source, decision.status, paper_id, count, decision.message)

    def finish(self) -> None:
        """Write the vectors, drop those no longer used; UnembeddedError where some are still to be made."""
        if self._missing:
            raise UnembeddedError(self._missing)
        self._session.insert_vectors(self._vectors, self._embedder)
        # What was embedded for a paper that turned out to be known already is not kept either.
        self._session.drop_unused_vectors(self._unused | set(self._vectors))

    def _insert_passages(self, paper_id: int, paper: Paper) -> int:
        pieces = self._cut(paper)
        texts = {piece.new.hash: piece.text for piece in pieces if piece.new.hash not in self._vectors}
        self._missing |= {h: texts[h] for h in self._session.unembedded(texts, self._embedder)}
        self._session.insert_passages(paper_id, [piece.new for piece in pieces], self._now())
        self._session.write_tags(paper_id, self._tags(paper), VERSION)
        return len(pieces)

    def _remove_passages(self, paper_id: int) -> None:
        self._unused |= self._session.delete_passages(paper_id, self._now())

    def _now(self) -> int:
        if not self._generation:
            self._generation = self._session.next_generation()
        return self._generation


def pieces_of(paper: Paper) -> list[Piece]:
    """The passages of a paper in reading order, and what to embed for each."""
    texts = ((passage, searchable(paper.info, passage)) for passage in cut(paper))
    return [Piece(NewPassage(passage, embedded_hash(text.text)), text) for passage, text in texts]


def embed(embedder: Embedder, texts: dict[bytes, Searchable], dimension: int) -> dict[bytes, Embedded]:
    """Hash -> vectors of texts given by their hash."""
    if not texts:
        return {}
    asked = list(texts.values())
    vectors, sentences = embedder.embed_passages(asked)
    sound = vectors.shape == (len(texts), dimension) and np.isfinite(vectors).all()
    if not sound or [s.shape for s in sentences] != [(len(t.spans), dimension) for t in asked]:
        raise LibraryError(
            f"The embedder {embedder.name} gave vectors of shape {vectors.shape} (or not finite ones, or none for some "
            f"sentences) where {(len(texts), dimension)} was expected.",
            hint="Name another embedder with LOCUS_EMBEDDER and run locus reindex.",
        )
    halves = vectors.astype(np.float16)
    return {h: Embedded(v, pack(s)) for h, v, s in zip(texts, halves, sentences, strict=True)}


def check_embedder(session: Session, expected: State) -> None:
    """LibraryError where the library was re-embedded since it was opened."""
    state = session.state()
    if state is None or (state.embedder, state.epoch) != (expected.embedder, expected.epoch):
        raise reembedded()


def _failure(paper: Paper, message: str) -> AddResult:
    return AddResult(paper.info.title, paper.info.source, Status.FAILED, message=message)
