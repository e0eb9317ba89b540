"""The dense index: vectors of all passages in FAISS, kept in memory, derived from the catalogue.

One file holds a header (a line of JSON, padded) and FAISS's own bytes. The header says whose vectors these are,
up to which generation, and their checksum; a file that doesn't fit is built anew from the catalogue's vectors.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue, Session, State, reembedded
from index.disk import WriteLock, digest, replace_atomically
from index.errors import LibraryError

logger = logging.getLogger(__name__)

EXACT_LIMIT = 200_000
"""Above this many vectors exact search takes longer than a reader notices, and memory starts to matter."""

EXACT = "IDMap2,SQfp16"
"""Exact search: the catalogue keeps half-precision vectors, so this holds them as they are, in half of Flat's memory
and at nearly twice its speed."""

_MAGIC = "locus-dense-2"
_HEADER_BYTES = 1024
_BLOCK = 1 << 20
_SAMPLE_A_LIST = 64
_SAVE_SHARE = 0.05
_SAVE_LEAST = 2_000
_SEED = 20250131

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an index in memory or on disk holds."""

    library: str
    epoch: int
    generation: int
    dimension: int
    count: int
    kind: str
    checksum: str = ""


def wanted_kind(count: int) -> str:
    """FAISS factory string for ``count`` vectors: exact while small, then inverted lists of 8-bit vectors.

    Both can remove ids and add others afterwards; fast-scan types ("…fs") return wrong neighbours after that.
    """
    return f"IVF{lists_for(count)},SQ8" if count > EXACT_LIMIT else EXACT


def lists_for(count: int) -> int:
    """Inverted lists for ``count`` vectors: the power of two nearest to 4 sqrt(count)."""
    return int(2 ** round(math.log2(4 * math.sqrt(max(1, count)))))


def lists_to_probe(lists: int) -> int:
    """Inverted lists visited for one question: enough for a recall@10 above 0.98 (see benchmarks)."""
    return max(16, lists // 64)


class DenseIndex:
    """Nearest passages by inner product; safe to use from many threads, up to date before each search."""

    def __init__(self, path: Path, catalogue: Catalogue, lock: WriteLock) -> None:
        self._path = path
        self._catalogue = catalogue
        self._lock = lock
        self._guard = threading.RLock()
        self._index: Any = None
        self._stamp: Stamp | None = None
        self.repairs: list[str] = []

    def search(
        self, vector: Vectors, k: int, *, embedder: str = "", only: Ids | None = None
    ) -> list[tuple[int, float]]:
        """(passage id, inner product) of the ``k`` nearest passages to ``vector`` (d,), best first.

        ``embedder`` names what made the vector, so that a library re-embedded meanwhile is noticed. ``only`` (n,)
        are the ids to search among, all where it is None.
        """
        query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        with self._guard:
            stamp = self.refresh(embedder)
            if query.shape[1] != stamp.dimension:
                raise LibraryError(
                    f"A vector of {query.shape[1]} numbers can't be compared with this library's, "
                    f"which have {stamp.dimension}.",
                    hint="Use the embedder that the library was made with; locus status names it.",
                )
            k = min(k, stamp.count if only is None else len(only))
            if k <= 0:
                return []
            if only is None:
                scores, ids = self._index.search(query, k)
            else:
                scores, ids = self._index.search(query, k, params=_held_to(only, self._index))
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def refresh(self, embedder: str = "") -> Stamp:
        """Bring the index in memory up to the catalogue's generation; what it then holds."""
        with self._guard, self._catalogue.reading() as session:
            state = _made(session.state())
            if embedder and embedder != state.embedder:
                raise reembedded()
            if self._stamp is None:
                self._load(state)
            stamp = self._stamp
            if stamp is None or not _fits(stamp, state):
                return self._build(session, state)
            if stamp.generation == state.generation:
                return stamp
            return self._catch_up(session, state, stamp)

    def settle(self) -> None:
        """Write the index to disk if much has changed since it was last written, in the type its size asks for.

        Where little has changed, opening catches up from the catalogue faster than this could write.
        """
        with self._catalogue.reading() as session:
            state = _made(session.state())
            saved = read_stamp(self._path)
            count = session.passage_count()
            if saved and _fits(saved, state):
                changes = session.added_since(saved.generation) + len(session.removed_since(saved.generation))
                if changes <= max(_SAVE_LEAST, _SAVE_SHARE * count):
                    return
        with self._lock.held(), self._guard:
            self.refresh()
            if self._outgrown():
                with self._catalogue.reading() as session:
                    self._build(session, _made(session.state()))
            self.save()

    def save(self) -> None:
        """Write the index to disk, whole or not at all."""
        with self._lock.held(), self._guard:
            stamp = self.refresh()
            replace_atomically(self._path, lambda file: _write(file, self._index, stamp))
            logger.info("Dense index saved: %d vectors, generation %d", stamp.count, stamp.generation)

    def rebuild(self) -> None:
        """Build the index anew from the catalogue's vectors and write it to disk."""
        with self._lock.held(), self._guard:
            with self._catalogue.reading() as session:
                self._build(session, _made(session.state()))
            self.save()

    def ids(self) -> Ids:
        """Ids of all vectors (n,), rising."""
        with self._guard:
            self.refresh()
            if isinstance(self._index, faiss.IndexIVF):
                lists: Any = self._index.invlists
                sizes = {n: lists.list_size(n) for n in range(lists.nlist)}
                parts = [faiss.rev_swig_ptr(lists.get_ids(n), size).copy() for n, size in sizes.items() if size]
                return np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)
            return np.sort(faiss.vector_to_array(self._index.id_map))

    @property
    def kind(self) -> str:
        """The index's type in FAISS's own words, without loading it."""
        stamp = self._stamp or read_stamp(self._path)
        if stamp:
            return stamp.kind
        with self._catalogue.reading() as session:
            return wanted_kind(session.passage_count())

    def _load(self, state: State) -> None:
        stamp = read_stamp(self._path)
        if stamp is None or not _fits(stamp, state):
            if self._path.exists():
                self._damaged(f"{self._path.name} doesn't fit the catalogue or is damaged")
            return
        try:
            self._index = _read(self._path, stamp)
        except (OSError, RuntimeError, ValueError) as error:
            self._damaged(f"{self._path.name} is damaged ({error})")
            return
        if isinstance(self._index, faiss.IndexIVF):
            self._index.nprobe = lists_to_probe(self._index.nlist)
        self._stamp = stamp

    def _catch_up(self, session: Session, state: State, stamp: Stamp) -> Stamp:
        removed = np.array(session.removed_since(stamp.generation), np.int64)
        if removed.size:
            self._index.remove_ids(removed)
        for ids, vectors in session.vectors_since(stamp.generation, state.embedder, state.dimension):
            self._index.add_with_ids(vectors, ids)
        if self._index.ntotal != session.passage_count():
            self._damaged("The dense index disagrees with the catalogue")
            return self._build(session, state)
        return self._stamped(state)

    def _damaged(self, what: str) -> None:
        """Note what is about to be built anew, for the log and for who asks what was repaired."""
        self.repairs.append(f"{what}: it was built anew.")
        logger.warning("%s: it is built anew", what)

    def _build(self, session: Session, state: State) -> Stamp:
        count = session.passage_count()
        kind = wanted_kind(count)
        index = faiss.index_factory(state.dimension, kind, faiss.METRIC_INNER_PRODUCT)
        if isinstance(index, faiss.IndexIVF):
            index.train(_sample(session, state, index.nlist * _SAMPLE_A_LIST))
            index.nprobe = lists_to_probe(index.nlist)
        for ids, vectors in session.vectors_since(-1, state.embedder, state.dimension):
            index.add_with_ids(vectors, ids)
        self._index = index
        logger.info("Dense index built from the catalogue: %d vectors, %s", index.ntotal, kind)
        return self._stamped(state)

    def _stamped(self, state: State) -> Stamp:
        lists = self._index.nlist if isinstance(self._index, faiss.IndexIVF) else 0
        self._stamp = Stamp(
            library=state.library,
            epoch=state.epoch,
            generation=state.generation,
            dimension=state.dimension,
            count=int(self._index.ntotal),
            kind=f"IVF{lists},SQ8" if lists else EXACT,
        )
        return self._stamp

    def _outgrown(self) -> bool:
        """Whether the size asks for another type, with some play so that it isn't built anew again and again."""
        count = int(self._index.ntotal)
        if not isinstance(self._index, faiss.IndexIVF):
            return count > EXACT_LIMIT
        return count < EXACT_LIMIT // 2 or lists_for(count) >= 4 * self._index.nlist


def read_stamp(path: Path) -> Stamp | None:
    """The header of a saved index, None where there is none that can be read."""
    try:
        with path.open("rb") as file:
            header = json.loads(file.read(_HEADER_BYTES))
        if header.pop("magic") != _MAGIC:
            return None
        return Stamp(**header)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _held_to(only: Ids, index: Any) -> Any:
    """FAISS's search parameters for a search among the ids ``only``."""
    bits = np.zeros(int(only.max()) // 8 + 1, np.uint8)
    np.bitwise_or.at(bits, only >> 3, np.left_shift(1, only & 7).astype(np.uint8))
    # FAISS's Python layer gives these their keywords, which type stubs don't see.
    api: Any = faiss
    chosen = api.IDSelectorBitmap(bits)
    if not isinstance(index, faiss.IndexIVF):
        return api.SearchParameters(sel=chosen)
    # The fewer are let through, the more lists must be visited to meet as many of them.
    share = len(only) / max(1, index.ntotal)
    return api.SearchParametersIVF(sel=chosen, nprobe=min(index.nlist, math.ceil(index.nprobe / share)))


def _made(state: State | None) -> State:
    if state is None:
        raise LibraryError("The library's catalogue is empty.", hint="Add papers with locus add.")
    return state


def _fits(stamp: Stamp, state: State) -> bool:
    """Whether an index can be brought up to date by applying what changed since."""
    return (stamp.library, stamp.epoch, stamp.dimension) == (state.library, state.epoch, state.dimension) and (
        stamp.generation <= state.generation
    )


def _sample(session: Session, state: State, size: int) -> Vectors:
    """Vectors (n, d) of passages drawn at random, to train on."""
    ids = session.passage_ids()
    drawn = np.random.default_rng(_SEED).choice(ids, min(size, len(ids)), replace=False)
    return np.stack([vector for vector, _ in session.vectors(drawn.tolist(), state.embedder).values()])


def _write(file: IO[bytes], index: Any, stamp: Stamp) -> None:
    checksum = hashlib.sha256()

    def take(data: bytes) -> int:
        checksum.update(data)
        return file.write(data)

    file.write(bytes(_HEADER_BYTES))
    # The two adapters are made in Python, where type stubs don't see them.
    faiss.write_index(index, getattr(faiss, "PyCallbackIOWriter")(take, _BLOCK))  # noqa: B009
    header = {"magic": _MAGIC} | asdict(stamp) | {"checksum": checksum.hexdigest()}
    file.seek(0)
    file.write(json.dumps(header).encode().ljust(_HEADER_BYTES))


def _read(path: Path, stamp: Stamp) -> Any:
    """The index in a file. The checksum comes first: FAISS trusts the sizes that it reads."""
    with path.open("rb") as file:
        file.seek(_HEADER_BYTES)
        if digest(file) != stamp.checksum:
            raise ValueError("its checksum is wrong")
        file.seek(_HEADER_BYTES)
        index: Any = faiss.read_index(getattr(faiss, "PyCallbackIOReader")(file.read, _BLOCK))  # noqa: B009
    if index.ntotal != stamp.count or index.d != stamp.dimension:
        raise ValueError("its size is wrong")
    return index
