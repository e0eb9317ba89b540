"""How many inverted lists must be visited to find the nearest passages: measured on the library's own vectors.

Questions are stood in for by sentences of the library, which have vectors of their own, single and mixed. Their ten
nearest passages are found exactly while the index is built, when every vector passes by anyway, and through the index
with ever more lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from index.catalogue import Session

AT = 10
"""Neighbours of each question by which recall is measured."""

_ENOUGH = 0.9995
_MIXED = 3
"""Sentences of which half of the stand-ins are means. Real questions lie between the lists as these do: where they
reach a recall, questions reach it or a little more. Single sentences lie in the midst of their own passages' lists, and
where they reached 0.97, questions reached 0.75 to 0.92."""
_SEED = 20250131

Ids = NDArray[np.int64]
Vectors = NDArray[np.float32]
Curve = tuple[tuple[int, float], ...]


def questions(session: Session, embedder: str, count: int) -> Vectors:
    """Unit vectors (n, d) of about ``count`` stand-ins for questions, taken from passages drawn at random.

    The first half are sentences, the second each the mean of three sentences.
    """
    random = np.random.default_rng(_SEED)
    drawn = session.random_passages(max(1, count // 2), _SEED)
    found = []
    for vector, sentences in session.vectors(drawn, embedder).values():
        found.append(sentences[random.integers(len(sentences))] if len(sentences) else vector)
    single = np.stack(found).astype(np.float32)
    mixed = sum((single[random.permutation(len(single))] for _ in range(_MIXED)), np.zeros_like(single))
    made: Vectors = np.concatenate([single, mixed])
    made /= np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)
    return made


class Truth:
    """The passages truly nearest to each question, kept while all vectors pass by."""

    def __init__(self, asked: Vectors) -> None:
        self.asked = asked
        self.ids: Ids = np.full((len(asked), AT), -1, np.int64)
        self._scores = np.full((len(asked), AT), -np.inf, np.float32)

    def see(self, ids: Ids, vectors: Vectors) -> None:
        """Take in passages (n,) and their vectors (n, d)."""
        scores = np.concatenate([self._scores, self.asked @ vectors.T], axis=1)
        known = np.concatenate([self.ids, np.broadcast_to(ids, (len(self.asked), len(ids)))], axis=1)
        best = np.argpartition(-scores, AT - 1, axis=1)[:, :AT]
        self._scores = np.take_along_axis(scores, best, axis=1)
        self.ids = np.take_along_axis(known, best, axis=1)

    def share(self, found: Ids, asked: slice = slice(None)) -> float:
        """Share of them that are among those ``found`` (n, any) for the same questions, or for those ``asked``."""
        true = self.ids[asked]
        pairs = zip(true.tolist(), found[asked].tolist(), strict=True)
        right = sum(len(set(near).intersection(met)) for near, met in pairs)
        return right / max(1, int((true >= 0).sum()))


def measured(index: Any, truth: Truth, depth: int) -> Curve:
    """(lists visited, recall) of ``index``, with ever more lists until more bring nothing.

    ``depth`` is how many passages a search takes from the index before their full vectors put them in order: a
    neighbour among them is found. Of single and of mixed sentences the lower recall counts.
    """
    half = len(truth.asked) // 2
    curve: list[tuple[int, float]] = []
    probes = 1
    while True:
        params: Any = getattr(faiss, "SearchParametersIVF")(nprobe=probes)  # noqa: B009 - typed as without keywords
        found = index.search(truth.asked, min(depth, index.ntotal), params=params)[1]
        recall = min(truth.share(found, slice(half)), truth.share(found, slice(half, None)))
        curve.append((probes, round(recall, 4)))
        if recall >= _ENOUGH or probes >= index.nlist:
            return tuple(curve)
        probes = min(index.nlist, max(probes + 1, int(probes * 1.5)))


def lists_to_visit(curve: Curve, wanted: float) -> tuple[int, float]:
    """(lists, recall): the fewest that reached ``wanted``, or the best there is."""
    return next(((n, recall) for n, recall in curve if recall >= wanted), max(curve, key=lambda p: (p[1], -p[0])))
