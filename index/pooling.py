"""Vectors of the sentences of a text from one reading of the whole, and their compact form on disk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.papers import Span

Vectors = NDArray[np.float32]


def pool(states: Vectors, offsets: Sequence[Span], spans: Sequence[Span], whole: Vectors) -> Vectors:
    """Unit vectors (s, d) of the sentences at ``spans``: the mean of the states (t, d) of their word pieces.

    ``offsets`` (t, 2) are the characters of each word piece, (0, 0) for the model's own. A sentence without any gets
    ``whole`` (d,). Averaging states that have seen the whole passage is known as late chunking (Günther et al. 2024).
    """
    pooled = np.repeat(whole[None, :], len(spans), axis=0)
    starts = np.array([start for start, _ in offsets], dtype=np.int64)
    ends = np.array([end for _, end in offsets], dtype=np.int64)
    for i, (start, end) in enumerate(spans):
        inside = np.flatnonzero((starts >= start) & (ends <= end) & (ends > starts))
        if inside.size:
            total = states[inside[0] : inside[-1] + 1].sum(axis=0)
            pooled[i] = total / max(float(np.linalg.norm(total)), 1e-12)
    return pooled


def pack(vectors: Vectors) -> bytes:
    """Unit vectors (s, d) in 8 bits a number: s scales (float16), then s x d whole numbers (int8)."""
    scales = (np.abs(vectors).max(axis=1, initial=1e-6) / 127).astype(np.float16)
    whole = np.rint(vectors / scales.astype(np.float32)[:, None]).clip(-127, 127).astype(np.int8)
    return bytes(scales.tobytes() + whole.tobytes())


def unpack(packed: bytes, dimension: int) -> Vectors:
    """The vectors (s, d) that `pack` was given; their cosines are right to about 0.002."""
    count = len(packed) // (dimension + 2)
    scales = np.frombuffer(packed, np.float16, count).astype(np.float32)
    whole = np.frombuffer(packed, np.int8, count * dimension, 2 * count).reshape(count, dimension)
    return whole.astype(np.float32) * scales[:, None]
