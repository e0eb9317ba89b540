"""Is a library whole? Every promise of the catalogue and of the indexes derived from it, tested one by one."""

from __future__ import annotations

import numpy as np

from index.catalogue import Catalogue, Session
from index.dense import DenseIndex
from index.lexical import LexicalIndex
from index.merging import embedded_hash
from index.passages import searchable

_SAMPLE = 64
_MISSED = 3
"""Of these, how many an index that doesn't visit all of its lists may not find by their own vectors."""
_SEED = 7


def problems(catalogue: Catalogue, dense: DenseIndex, lexical: LexicalIndex) -> list[str]:
    """What is wrong, a line each in a user's words; empty where all is well."""
    with catalogue.reading() as session:
        found = [f"Catalogue: {problem}." for problem in session.problems()]
        found += _wrong_passages(session)
        state = session.state()
        lost = session.without_vector(state.embedder) if state else []
        if lost:
            found.append(f"{len(lost)} passages have no vector, the first is {lost[0]}: run locus reindex.")
        expected = session.passage_ids()
    if not np.array_equal(dense.ids(), expected):
        found.append("The dense index holds other passages than the catalogue: run locus check --repair.")
    elif (missed := _self_misses(catalogue, dense, expected)) > (_MISSED if dense.status().lists else 0):
        found.append(
            f"The dense index doesn't find {missed} of {_SAMPLE} passages by their own vectors: "
            "run locus check --repair."
        )
    found += dense.problems()
    if lexical.count() != len(expected):
        found.append("The lexical index holds other passages than the catalogue: run locus check --repair.")
    return found


def _wrong_passages(session: Session) -> list[str]:
    outside, changed = 0, 0
    for paper_id in session.paper_ids():
        paper = session.paper(paper_id)
        if paper is None:
            continue
        places = session.passage_places(paper_id)
        for passage, (number, start, end, stored) in zip(session.passages_of(paper_id), places, strict=True):
            inside = number < len(paper.sections) and 0 <= start < end <= len(paper.sections[number].text)
            outside += not inside
            changed += inside and embedded_hash(searchable(paper.info, passage).text) != stored
    found = []
    if outside:
        found.append(f"{outside} passages don't lie within their sections: run locus reindex.")
    if changed:
        found.append(f"{changed} passages were embedded from another text than they have now: run locus reindex.")
    return found


def _self_misses(catalogue: Catalogue, dense: DenseIndex, ids: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """How many of a sample of passages are not found by their own vectors (or an equal one's)."""
    sample = np.random.default_rng(_SEED).choice(ids, min(_SAMPLE, len(ids)), replace=False).tolist()
    with catalogue.reading() as session:
        state = session.state()
        vectors = session.vectors(sample, state.embedder) if state else {}
    misses = 0
    for passage_id, (vector, _) in vectors.items():
        hits = dense.search(vector, 5)
        own = float(vector @ vector)
        # Passages of equal text have equal vectors, and 8-bit vectors are a little off.
        misses += passage_id not in [i for i, _ in hits] and not (hits and hits[0][1] >= own - 0.02)
    return misses
