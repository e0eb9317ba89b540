"""The dense index: an immutable file of vectors mapped into memory, and beside it what has changed since.

`options` says which FAISS type a size asks for, `file` how an index stands on disk, `building` makes one from the
catalogue, `tuning` measures how many inverted lists must be visited, and `index` searches.
"""

from __future__ import annotations

from index.dense.file import Stamp, read_stamp
from index.dense.index import DenseIndex, DenseStatus
from index.dense.options import DenseOptions

__all__ = ["DenseIndex", "DenseOptions", "DenseStatus", "Stamp", "read_stamp"]
