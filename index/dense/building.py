"""An index made from the catalogue's vectors, or an older one brought up to date."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import faiss
import numpy as np

from index.catalogue import Session, State
from index.dense.file import Stamp
from index.dense.options import DenseOptions
from index.dense.tuning import Truth, measured, questions

logger = logging.getLogger(__name__)

_SEED = 20250131


def built(session: Session, state: State, options: DenseOptions) -> tuple[Any, Stamp]:
    """An index of all passages in the type that their number asks for, trained on a sample and measured."""
    count = session.passage_count()
    kind = options.kind(count)
    index: Any = faiss.index_factory(state.dimension, kind, faiss.METRIC_INNER_PRODUCT)
    truth = None
    if isinstance(index, faiss.IndexIVF):
        drawn = session.random_passages(min(count, index.nlist * options.sample_a_list), _SEED)
        index.train(session.vectors_of(drawn, state.embedder, state.dimension)[1])
        truth = Truth(questions(session, state.embedder, options.queries))
    for ids, vectors in session.vectors_since(-1, state.embedder, state.dimension):
        index.add_with_ids(vectors, ids)
        if truth:
            truth.see(ids, vectors)
    curve = measured(index, truth, options.rescored) if truth else ()
    logger.info("Dense index built from the catalogue: %d vectors, %s", index.ntotal, kind)
    stamp = Stamp(
        library=state.library,
        epoch=state.epoch,
        generation=state.generation,
        dimension=state.dimension,
        count=int(index.ntotal),
        kind=kind,
        last=session.last_passage(),
        built=int(index.ntotal),
        curve=curve,
    )
    return index, stamp


def merged(index: Any, stamp: Stamp, session: Session, state: State) -> Stamp | None:
    """Bring ``index``, in memory, up to the catalogue; None where the two then disagree."""
    gone = np.array(session.removed_since(stamp.generation, stamp.last), np.int64)
    if gone.size:
        index.remove_ids(gone)
    for ids, vectors in session.vectors_since(stamp.generation, state.embedder, state.dimension):
        index.add_with_ids(vectors, ids)
    if index.ntotal != session.passage_count():
        return None
    return replace(
        stamp, generation=state.generation, count=int(index.ntotal), last=max(stamp.last, session.last_passage())
    )


def fits(stamp: Stamp, state: State) -> bool:
    """Whether an index can be brought up to date by applying what changed since."""
    return (stamp.library, stamp.epoch, stamp.dimension) == (state.library, state.epoch, state.dimension) and (
        stamp.generation <= state.generation
    )
