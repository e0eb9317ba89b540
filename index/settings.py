"""Settings that the library needs; the assistant's settings extend them."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LibrarySettings(BaseSettings):
    """Settings of the library, read from LOCUS_* environment variables and validated once."""

    model_config = SettingsConfigDict(env_prefix="LOCUS_", extra="forbid")

    library: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("locus", appauthor=False)) / "library",
        description="Folder of the library.",
    )
    embedder: str = Field(
        default="all-MiniLM-L6-v2",
        description="The shipped all-MiniLM-L6-v2, or any sentence-transformers model by name or folder.",
    )
    threads: int = Field(default=0, ge=0, description="Processor threads for embedding; 0 = all.")
