"""Nearest passages: an immutable base that is mapped, a small delta in memory, and what was removed since left out.

The base stands in one file, up to a generation of the catalogue. What was added since is a flat index in memory; what
was removed is passed over. Both are read from the catalogue, so nothing but the base is written, and nothing is lost
with it. A merge makes the next base beside the searches and takes its place at once.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue, Session, State, reembedded
from index.dense import file
from index.dense.building import built, fits, merged
from index.dense.file import Stamp, read_stamp
from index.dense.options import EXACT, DenseOptions
from index.dense.tuning import lists_to_visit
from index.disk import WriteLock
from index.errors import LibraryError, LocusError

logger = logging.getLogger(__name__)

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]
Hits = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class DenseStatus:
    """The dense index in figures."""

    kind: str
    """Type in FAISS's words."""
    vectors: int
    """Vectors in the file, those removed since among them."""
    added: int
    """Passages added since it was written, searched beside it."""
    removed: int
    """Passages in it that are gone and left out."""
    lists: int
    """Inverted lists; 0 for exact search."""
    visited: int
    """Of these, visited for one question."""
    recall: float | None
    """Share of the ten truly nearest passages found, as measured; None where nothing was measured yet."""


@dataclass(frozen=True, slots=True)
class _View:
    """What one search goes through: never changed, so it needs no lock."""

    base: Any
    stamp: Stamp
    gone: Ids
    """Ids in the base that were removed since, rising."""
    hidden: Any
    """FAISS's selector that leaves them out; None where there are none."""


class DenseIndex:
    """Nearest passages by inner product; safe to use from many threads, up to date before each search."""

    def __init__(self, path: Path, catalogue: Catalogue, options: DenseOptions | None = None) -> None:
        self._path = path
        self._catalogue = catalogue
        self._options = options or DenseOptions()
        self._guard = threading.RLock()
        self._merging = WriteLock(path.with_suffix(".lock"))
        self._view: _View | None = None
        self._delta: Any = None
        self._generation = -1
        self._worker: threading.Thread | None = None
        self.repairs: list[str] = []

    # Searching

    def search(self, vector: Vectors, k: int, *, embedder: str = "", only: Ids | None = None) -> Hits:
        """(passage id, inner product) of the ``k`` nearest passages to ``vector`` (d,), best first.

        ``embedder`` names what made the vector, so that a library re-embedded meanwhile is noticed. ``only`` (n,)
        are the ids to search among, all where it is None.
        """
        query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        with self._guard, self._catalogue.reading() as session:
            state = self._refresh(session, embedder)
            view = self._view
            if view is None or query.shape[1] != state.dimension:
                raise LibraryError(
                    f"A vector of {query.shape[1]} numbers can't be compared with this library's, "
                    f"which have {state.dimension}.",
                    hint="Use the embedder that the library was made with; locus status names it.",
                )
            if only is not None:
                k = min(k, len(only))
            if k <= 0:
                return []
            recent = _hits(self._delta, query, k, only=only)
        # The base never changes, so others may search and add meanwhile.
        shortened = view.stamp.kind != EXACT
        depth = max(k, self._options.rescored) if shortened else k
        found = self._base_hits(view, query, depth, only)
        if shortened and found:
            found = self._rescored(found, query[0], state)
        return sorted(found + recent, key=lambda hit: -hit[1])[:k]

    def _base_hits(self, view: _View, query: Vectors, k: int, only: Ids | None) -> Hits:
        if only is None:
            return _hits(view.base, query, k, hidden=view.hidden, visited=self._visited(view.stamp))
        return _hits(view.base, query, k, only=only, hidden=view.hidden, visited=self._visited(view.stamp))

    def _rescored(self, found: Hits, query: Vectors, state: State) -> Hits:
        """Hits with the products of their full vectors; those that are gone meanwhile are left out."""
        with self._catalogue.reading() as session:
            ids, vectors = session.vectors_of([i for i, _ in found], state.embedder, state.dimension)
        return list(zip(ids.tolist(), (vectors @ query).tolist(), strict=True))

    def _visited(self, stamp: Stamp) -> int:
        return lists_to_visit(stamp.curve, self._options.recall)[0] if stamp.curve else 0

    # Following the catalogue

    def refresh(self, embedder: str = "") -> None:
        """Bring the index in memory up to the catalogue's generation."""
        with self._guard, self._catalogue.reading() as session:
            self._refresh(session, embedder)

    def _refresh(self, session: Session, embedder: str = "") -> State:
        state = _made(session.state())
        if embedder and embedder != state.embedder:
            raise reembedded()
        if self._view is None:
            self._open(state)
        if self._view is None or not fits(self._view.stamp, state):
            self._show(*built(session, state, self._options))
        elif self._generation != state.generation:
            self._adopt(state)
        if self._generation != state.generation:
            self._follow(session, state)
        return state

    def _show(self, base: Any, stamp: Stamp) -> None:
        """Search in ``base`` from now on, with nothing beside it yet."""
        self._view = _View(base, stamp, np.empty(0, np.int64), None)
        self._delta = faiss.index_factory(stamp.dimension, EXACT, faiss.METRIC_INNER_PRODUCT)
        self._generation = stamp.generation

    def _open(self, state: State) -> None:
        """Map the file, where it fits."""
        stamp = read_stamp(self._path)
        if stamp is None or not fits(stamp, state):
            if self._path.exists() and not file.earlier(self._path):
                self._damaged(f"{self._path.name} doesn't fit the catalogue or is damaged")
            return
        try:
            whole = stamp.size <= self._options.checked_bytes
            self._show(file.opened(self._path, stamp, whole=whole), stamp)
        except (OSError, RuntimeError, ValueError) as error:
            self._damaged(f"{self._path.name} is damaged ({error})")

    def _adopt(self, state: State) -> None:
        """Take over a newer file, where another program has merged since."""
        view, stamp = self._view, read_stamp(self._path)
        if view is None or stamp is None or not fits(stamp, state) or stamp.generation <= view.stamp.generation:
            return
        try:
            self._show(file.opened(self._path, stamp, whole=False), stamp)
        except (OSError, RuntimeError, ValueError) as error:
            logger.info("The newer %s can't be used (%s)", self._path.name, error)

    def _follow(self, session: Session, state: State) -> None:
        """Add to the delta, and leave out, what has changed in the catalogue."""
        view = self._view
        assert view is not None
        removed = np.array(session.removed_since(self._generation), np.int64)
        if removed.size:
            self._delta.remove_ids(removed[removed > view.stamp.last])
            gone = np.union1d(view.gone, removed[removed <= view.stamp.last])
            self._view = view = replace(view, gone=gone, hidden=_hiding(gone))
        for ids, vectors in session.vectors_since(self._generation, state.embedder, state.dimension):
            self._delta.add_with_ids(vectors, ids)
        self._generation = state.generation
        if view.stamp.count - view.gone.size + self._delta.ntotal != session.passage_count():
            self._damaged("The dense index disagrees with the catalogue")
            self._show(*built(session, state, self._options))

    def _damaged(self, what: str) -> None:
        """Note what is about to be built anew, for the log and for who asks what was repaired."""
        if (line := f"{what}: it was built anew.") not in self.repairs:
            self.repairs.append(line)
        logger.warning("%s: it is built anew", what)

    # Merging

    def settle(self, *, adding: bool = False) -> None:
        """Merge if much has changed since the file was written: at once where it is small, else in the background.

        With ``adding`` more is let pass, since more is coming.
        """
        with self._catalogue.reading() as session:
            state = _made(session.state())
            stamp, count = read_stamp(self._path), session.passage_count()
            if stamp and fits(stamp, state):
                removed = session.removed_count(stamp.generation, stamp.last)
                changes = session.added_since(stamp.generation) + removed
                if not self._options.due(changes, stamp.count, adding=adding):
                    return
            elif adding and count <= self._options.delta_most:
                return
        if count <= self._options.inline_limit:
            self.merge()
        elif self._worker is None or not self._worker.is_alive():
            self._worker = threading.Thread(target=self._merge_quietly, daemon=True, name="locus-merge")
            self._worker.start()

    def _merge_quietly(self) -> None:
        """The background's merge: what fails is logged and tried again after the next change."""
        try:
            self.merge(wait=False)
        except (OSError, RuntimeError, ValueError, LocusError) as error:
            logger.warning("The dense index could not be merged (%s); it is searched as it was", error)

    def merge(self, *, wait: bool = True, anew: bool = False) -> bool:
        """Write an index of all passages there are now, in the type that their number asks for; whether it was.

        Searching and adding go on meanwhile. Another program that merges is waited for, or, without ``wait``, let do
        it. With ``anew`` everything is built from the catalogue. A kill at any time leaves the older file.
        """
        if not self._merging.acquire(600.0 if wait else 0.0):
            return False
        try:
            with self._catalogue.reading() as session:
                state = _made(session.state())
                index, stamp = self._next(session, state, anew=anew)
            stamp = file.write(self._path, index, stamp)
            del index
            logger.info("Dense index saved: %d vectors, generation %d", stamp.count, stamp.generation)
        finally:
            self._merging.release()
        with self._guard:
            if self._view is not None:
                self._view = None if anew else self._view
                with self._catalogue.reading() as session:
                    self._refresh_to(session, stamp)
        return True

    def optimize(self) -> bool:
        """Merge, where anything has changed since the file was written or its size asks for another type."""
        with self._catalogue.reading() as session:
            state = _made(session.state())
            stamp, count = read_stamp(self._path), session.passage_count()
            if stamp and fits(stamp, state) and not self._options.outgrown(stamp.kind, stamp.built, count):
                changed = session.added_since(stamp.generation) or session.removed_count(stamp.generation, stamp.last)
                if not changed:
                    return False
        return self.merge()

    def _next(self, session: Session, state: State, *, anew: bool) -> tuple[Any, Stamp]:
        stamp, view = read_stamp(self._path), self._view
        count = session.passage_count()
        if view and not view.stamp.size and not anew and view.stamp.generation == state.generation:
            return view.base, view.stamp  # built when it was first searched, and not written yet
        if stamp and fits(stamp, state) and not anew and not self._options.outgrown(stamp.kind, stamp.built, count):
            try:
                index = file.loaded(self._path, stamp)
                newer = merged(index, stamp, session, state)
            except (OSError, RuntimeError, ValueError) as error:
                self._damaged(f"{self._path.name} is damaged ({error})")
            else:
                if newer:
                    return index, newer
                self._damaged("The dense index disagrees with the catalogue")
        return built(session, state, self._options)

    def _refresh_to(self, session: Session, stamp: Stamp) -> None:
        """Search in the file just written, unless something newer is in use already."""
        state = _made(session.state())
        view = self._view
        if fits(stamp, state) and (view is None or not view.stamp.size or view.stamp.generation < stamp.generation):
            try:
                self._show(file.opened(self._path, stamp, whole=False), stamp)
            except (OSError, RuntimeError, ValueError) as error:
                logger.info("The newer %s can't be used (%s)", self._path.name, error)
        self._refresh(session)

    def close(self) -> None:
        """Wait for a merge in the background; it would be lost otherwise, though nothing else would."""
        if self._worker is not None and self._worker is not threading.current_thread():
            self._worker.join()

    def tidy(self) -> None:
        """Delete what a killed merge left half-written, unless somebody is merging."""
        if self._merging.acquire():
            try:
                for leftover in self._path.parent.glob(f"{self._path.name}.*.tmp"):
                    leftover.unlink(missing_ok=True)
            finally:
                self._merging.release()

    # Telling

    def ids(self) -> Ids:
        """Ids of all vectors that can be found (n,), rising."""
        with self._guard:
            self.refresh()
            assert self._view is not None
            kept = np.setdiff1d(file.ids_of(self._view.base), self._view.gone, assume_unique=True)
            return np.sort(np.concatenate([kept, file.ids_of(self._delta)]))

    def problems(self) -> list[str]:
        """What is wrong with the file, which large ones are not read through for when they are opened."""
        stamp, view = read_stamp(self._path), self._view
        unsaved = view is not None and not view.stamp.size  # it takes the file's place
        if unsaved or stamp is None or file.intact(self._path, stamp) or read_stamp(self._path) != stamp:
            return []
        return [f"{self._path.name} has changed since it was written: run locus check --repair."]

    def status(self) -> DenseStatus:
        """The index in figures, from its file and the catalogue, without loading it."""
        with self._catalogue.reading() as session:
            state = session.state()
            stamp, count = read_stamp(self._path), session.passage_count()
            if stamp is None or state is None or not fits(stamp, state):
                return DenseStatus(self._options.kind(count), 0, count, 0, 0, 0, None)
            added = session.added_since(stamp.generation)
            removed = session.removed_count(stamp.generation, stamp.last)
        if not stamp.curve:
            return DenseStatus(stamp.kind, stamp.count, added, removed, 0, 0, 1.0)
        visited, recall = lists_to_visit(stamp.curve, self._options.recall)
        lists = int("".join(c for c in stamp.kind.partition(",")[0].partition("_")[0] if c.isdigit()))
        return DenseStatus(stamp.kind, stamp.count, added, removed, lists, visited, recall)


def _hits(index: Any, query: Vectors, k: int, *, only: Ids | None = None, hidden: Any = None, visited: int = 0) -> Hits:
    """(id, product) of the ``k`` nearest of ``index``, among ``only`` without the ``hidden``, best first."""
    if not index.ntotal or (only is not None and not only.size):
        return []
    # FAISS's Python layer gives these their keywords, which type stubs don't see.
    api: Any = faiss
    chosen = hidden
    if only is not None:
        among = _among(only)
        chosen = api.IDSelectorAnd(among, hidden) if hidden is not None else among
    if isinstance(index, faiss.IndexIVF):
        # The fewer are let through, the more lists must be visited to meet as many of them.
        share = 1.0 if only is None else min(1.0, len(only) / index.ntotal)
        params = api.SearchParametersIVF(sel=chosen, nprobe=min(index.nlist, math.ceil(visited / share)))
    else:
        params = api.SearchParameters(sel=chosen)
    with _one_thread():
        scores, ids = index.search(query, min(k, index.ntotal), params=params)
    return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]


@contextmanager
def _one_thread() -> Iterator[None]:
    """One question is soon answered by one thread; others would wait for each other where many are asked at once.

    OpenMP keeps this number for each calling thread: a merge in another goes on with all.
    """
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def _among(only: Ids) -> Any:
    """A selector that lets the ids ``only`` through."""
    let = np.zeros(int(only.max()) + 1, np.bool_)
    let[only] = True
    return getattr(faiss, "IDSelectorBitmap")(np.packbits(let, bitorder="little"))  # noqa: B009


def _hiding(gone: Sequence[int] | Ids) -> Any:
    """A selector that lets all ids through but those ``gone``."""
    api: Any = faiss
    return api.IDSelectorNot(api.IDSelectorBatch(np.asarray(gone, np.int64))) if len(gone) else None


def _made(state: State | None) -> State:
    if state is None:
        raise LibraryError("The library's catalogue is empty.", hint="Add papers with locus add.")
    return state
