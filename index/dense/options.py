"""Which FAISS type a library's size asks for, and when the index is merged or built anew."""

from __future__ import annotations

import math
from dataclasses import dataclass

EXACT = "IDMap2,SQfp16"
"""Exact search: the catalogue keeps half-precision vectors, so this holds them as they are, in half of Flat's memory
and at nearly twice its speed."""


@dataclass(frozen=True, slots=True)
class DenseOptions:
    """Sizes at which the dense index changes, in passages; the defaults were measured (see benchmarks/README.md)."""

    recall: float = 0.97
    """Share of the ten truly nearest passages that a search must find, of those types that don't look at all."""
    exact_limit: int = 200_000
    """Above this many vectors exact search takes longer than a reader notices, and memory starts to matter."""
    lists_limit: int = 10_000_000
    """Above this many, 8 bits a number take too much room (4 GB at ten million), and 4 with a correction are kept."""
    huge_lists: int = 65_536
    """Inverted lists above ``lists_limit``; their centroids are found through a graph."""
    delta_least: int = 2_000
    delta_share: float = 0.05
    delta_most: int = 20_000
    """Changes since the file was written, above which it is written anew: ``delta_share`` of its vectors, between
    these two. What has changed is read from the catalogue on opening, 20,000 passages in about a third of a second."""
    adding_share: float = 0.25
    """The same while papers are being added by the thousand, when each merge is soon out of date."""
    inline_limit: int = 20_000
    """Up to this many vectors merging is a matter of milliseconds, and is done at once, not in the background."""
    checked_bytes: int = 256 << 20
    """Files up to this size are read through on opening to see that they are whole; larger ones by locus check."""
    sample_a_list: int = 40
    """Vectors for each inverted list that k-means is trained on; FAISS wants 39."""
    queries: int = 400
    """Sentences of the library by which recall is measured."""
    rescored: int = 100
    """Passages at least that a type with shortened vectors gives, before their full ones put them in order."""

    def kind(self, count: int) -> str:
        """FAISS factory string for ``count`` vectors.

        All types can remove ids and add others afterwards; fast-scan types ("…fs") return wrong neighbours after that.
        """
        if count <= self.exact_limit:
            return EXACT
        if count <= self.lists_limit:
            return f"IVF{lists_for(count)},SQ8"
        return f"IVF{self.huge_lists}_HNSW32,RaBitQ4"

    def outgrown(self, kind: str, built: int, count: int) -> bool:
        """Whether ``count`` vectors ask for an index built anew, where one of ``kind`` was trained on ``built``.

        With some play, so that a library that grows and shrinks a little isn't built anew again and again.
        """
        if kind == EXACT:
            return count > self.exact_limit
        if count < self.exact_limit // 2 or count > 2 * built:
            return True
        return count < self.lists_limit // 2 if "RaBitQ" in kind else count > self.lists_limit

    def due(self, changes: int, count: int, *, adding: bool = False) -> bool:
        """Whether so many changes should be merged into a file of ``count`` vectors."""
        if adding:
            return changes > max(self.delta_most, self.adding_share * count)
        return changes > min(max(self.delta_least, self.delta_share * count), self.delta_most)


def lists_for(count: int) -> int:
    """Inverted lists for ``count`` vectors: the power of two nearest to 4 sqrt(count)."""
    return int(2 ** round(math.log2(4 * math.sqrt(max(1, count)))))
