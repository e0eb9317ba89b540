"""The library that the settings name: a folder's, or a Milvus server's. The one place that tells them apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.embedding import Embedder
    from index.settings import LibrarySettings
    from index.store import Store


def open_library(settings: LibrarySettings, embedder: Embedder | None = None, *, create: bool = True) -> Store:
    """The library at ``settings.library``, made there if ``create`` and there is none.

    Without an embedder papers can be listed, read, searched by word and removed, but not added. Raises LibraryError
    where it can't be opened, or was made with another embedder.
    """
    if isinstance(settings.library, Path):
        from index.dense import DenseOptions  # noqa: PLC0415
        from index.library import Library  # noqa: PLC0415 - brings FAISS and tantivy

        return Library.open(settings.library, embedder, create=create, dense=DenseOptions(recall=settings.recall))
    from index.milvus.library import MilvusLibrary  # noqa: PLC0415 - brings the client, of the extra [cluster]
    from index.milvus.options import options  # noqa: PLC0415

    return MilvusLibrary.open(settings.library, embedder, options(settings), create=create)
