"""How a Milvus server is spoken to, and how collections are made there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.settings import LibrarySettings


@dataclass(frozen=True, slots=True)
class Options:
    """``token`` is "user:password" or an API key; ``authority`` a file of certificates; times in seconds."""

    token: str = ""
    tls: bool = False
    authority: str = ""
    index: str = "HNSW"
    effort: int = 0
    """HNSW's ef, or nprobe: what a search looks at; 0 = `EFFORT` of the index."""
    shards: int = 1
    replicas: int = 1
    timeout: float = 30.0
    """Of one request."""
    patience: float = 10.0
    """How long a server that doesn't answer is asked again."""


def options(settings: LibrarySettings) -> Options:
    """The options that the settings state."""
    return Options(
        token=settings.milvus_token.get_secret_value() if settings.milvus_token else "",
        tls=settings.milvus_tls,
        authority=str(settings.milvus_authority or ""),
        index=settings.milvus_index,
        effort=settings.milvus_effort,
        shards=settings.milvus_shards,
        replicas=settings.milvus_replicas,
        timeout=settings.milvus_timeout,
    )
