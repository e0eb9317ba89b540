"""The one configuration object of Locus."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from index.settings import LibrarySettings


class Settings(LibrarySettings):
    """All settings, read from LOCUS_* environment variables (LOCUS_LIBRARY, LOCUS_OPENAI_KEY, …)."""

    generator: str = Field(
        default="", description="Generator used where none is named; empty = the best without a key."
    )
    lstm: str = Field(
        default="", description="Folder or file of weights that `locus train-lstm` made; empty = the shipped ones."
    )
    openai_key: SecretStr | None = Field(default=None, description="Key of the OpenAI-compatible endpoint.")
    openai_url: str = Field(default="https://api.openai.com/v1", description="Base URL of the endpoint.")
    openai_model: str = Field(default="gpt-4o-mini", description="Model name at the endpoint.")
    openai_api: Literal["chat", "completions"] = Field(
        default="chat", description="Chat models, or legacy GPT-3-style completion models."
    )
    openai_temperature: float = Field(default=0.0, ge=0.0, le=2.0)
    openai_timeout: float = Field(default=60.0, gt=0, description="Seconds without a byte before giving up.")
    openai_retries: int = Field(default=2, ge=0, le=10)
    openai_max_tokens: int = Field(default=700, ge=16)
    openai_price_in: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Price of a million tokens read, for locus compare."
    )
    openai_price_out: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Price of a million tokens written, for locus compare."
    )
    unsupported: Literal["strike", "show", "drop"] = Field(
        default="strike", description="What becomes of a sentence that its quotes don't support."
    )
    passages: int = Field(default=12, ge=1, le=50, description="Passages retrieved for a question.")
    host: str = Field(default="127.0.0.1", description="Address the page binds to.")
    port: int = Field(default=7860, ge=1, le=65535)
