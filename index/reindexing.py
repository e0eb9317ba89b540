"""A whole library cut and embedded again, for another embedder or after a change of how papers are cut.

The old passages and vectors serve until one last transaction swaps them for the new; what was embedded before an
interruption is kept and used by the next run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from index.adding import GROUP_PASSAGES, UnembeddedError, embed, pieces_of
from index.catalogue import Catalogue, Session
from index.disk import WriteLock
from index.errors import LibraryError
from index.papers import Paper
from index.passages import Searchable

if TYPE_CHECKING:
    from index.embedding import Embedder

_ATTEMPTS = 5

Progress = Callable[[int, int], None]
"""Told how many papers of how many are done."""


def reindex(catalogue: Catalogue, lock: WriteLock, embedder: Embedder, progress: Progress | None = None) -> int:
    """Cut and embed every paper again with ``embedder``; the number of texts that had to be embedded."""
    embedded = _embed_papers(catalogue, lock, embedder, progress)
    for _ in range(_ATTEMPTS):
        try:
            _swap(catalogue, lock, embedder)
            return embedded
        except UnembeddedError as error:
            embedded += _embed_texts(catalogue, lock, embedder, error.texts)
    raise LibraryError("The library keeps changing while it is re-embedded.", hint="Try again.", retry=True)


def _embed_papers(catalogue: Catalogue, lock: WriteLock, embedder: Embedder, progress: Progress | None) -> int:
    with catalogue.reading() as session:
        ids = session.paper_ids()
    embedded = 0
    texts: dict[bytes, Searchable] = {}
    for done, paper_id in enumerate(ids, start=1):
        with catalogue.reading() as session:
            texts |= _missing(session, session.paper(paper_id), embedder.name)
        if len(texts) >= GROUP_PASSAGES or done == len(ids):
            embedded += _embed_texts(catalogue, lock, embedder, texts)
            texts = {}
        if progress:
            progress(done, len(ids))
    return embedded


def _embed_texts(catalogue: Catalogue, lock: WriteLock, embedder: Embedder, texts: dict[bytes, Searchable]) -> int:
    vectors = embed(embedder, texts, embedder.dimension)
    with lock.held(), catalogue.writing() as session:
        session.insert_vectors(vectors, embedder.name)
    return len(vectors)


def _swap(catalogue: Catalogue, lock: WriteLock, embedder: Embedder) -> None:
    with lock.held(), catalogue.writing() as session:
        generation = session.next_generation()
        missing: dict[bytes, Searchable] = {}
        for paper_id in session.paper_ids():
            paper = session.paper(paper_id)
            missing |= _missing(session, paper, embedder.name)
            if paper and not missing:
                _recut(session, paper, generation)
        if missing:
            raise UnembeddedError(missing)
        session.set_embedder(embedder.name, embedder.dimension)
        session.next_epoch()
        session.drop_stray_vectors(embedder.name)


def _recut(session: Session, paper: Paper, generation: int) -> None:
    new = [piece.new for piece in pieces_of(paper)]
    places = [(n.passage.section, n.passage.start, n.passage.end, n.hash) for n in new]
    if places != session.passage_places(paper.info.id):
        session.delete_passages(paper.info.id, generation)
        session.insert_passages(paper.info.id, new, generation)
        session.untag(paper.info.id)


def _missing(session: Session, paper: Paper | None, embedder: str) -> dict[bytes, Searchable]:
    texts = {piece.new.hash: piece.text for piece in pieces_of(paper)} if paper else {}
    return {h: texts[h] for h in session.unembedded(texts, embedder)}
