"""Settings that the library needs; the assistant's settings extend them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.address import Address, is_address, parse

PREFIX = "LOCUS_"


class LibrarySettings(BaseSettings):
    """Settings of the library, read from LOCUS_* environment variables and validated once."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    library: Path | Address = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("locus", appauthor=False)) / "library",
        description="Folder of the library, or milvus://host:19530/collection.",
    )
    milvus_token: SecretStr | None = Field(default=None, description="user:password, or an API key, of Milvus.")
    milvus_tls: bool = Field(default=False, description="Speak TLS to Milvus.")
    milvus_authority: Path | None = Field(default=None, description="File of the certificates to trust for that.")
    milvus_index: Literal["FLAT", "HNSW", "IVF_SQ8", "IVF_RABITQ", "DISKANN"] = Field(
        default="HNSW", description="Type of the vector index of new collections."
    )
    milvus_effort: int = Field(
        default=0, ge=0, le=65536, description="HNSW's ef, nprobe or DISKANN's search list; 0 = chosen by the type."
    )
    milvus_shards: int = Field(default=1, ge=1, le=16, description="Shards of new collections.")
    milvus_replicas: int = Field(default=1, ge=1, le=64, description="Replicas in memory of what is loaded.")
    milvus_timeout: float = Field(default=30.0, gt=0, description="Seconds that Milvus may take for one request.")
    embedder: str = Field(
        default="locus-minilm",
        description="locus-minilm or all-MiniLM-L6-v2, or any sentence-transformers model by name or folder.",
    )
    recall: float = Field(
        default=0.97,
        ge=0.5,
        le=0.999,
        description="Share of the ten truly nearest passages that the dense search must find in a large library.",
    )
    threads: int = Field(default=0, ge=0, description="Processor threads for embedding; 0 = all.")

    genes_hgnc: str = Field(
        default="https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/hgnc_complete_set.txt",
        description="Address of HGNC's complete set, for locus genes update.",
    )
    genes_ncbi_human: str = Field(
        default="https://ftp.ncbi.nlm.nih.gov/gene/DATA/GENE_INFO/Mammalia/Homo_sapiens.gene_info.gz",
        description="Address of NCBI's human gene_info.",
    )
    genes_ncbi_mouse: str = Field(
        default="https://ftp.ncbi.nlm.nih.gov/gene/DATA/GENE_INFO/Mammalia/Mus_musculus.gene_info.gz",
        description="Address of NCBI's mouse gene_info.",
    )
    genes_homology: str = Field(
        default="https://www.informatics.jax.org/downloads/reports/HOM_MouseHumanSequence.rpt",
        description="Address of MGI's report of mouse-human homology.",
    )

    europepmc_url: str = Field(
        default="https://www.ebi.ac.uk/europepmc/webservices/rest",
        description="Base address of Europe PMC's REST service, for locus fetch.",
    )
    ncbi_url: str = Field(
        default="https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
        description="Base address of NCBI's E-utilities, for locus fetch --source pubmed.",
    )
    ncbi_key: SecretStr | None = Field(default=None, description="Key of NCBI: 10 requests a second instead of 3.")
    contact: str = Field(
        default="", max_length=200, description="E-mail address told to Europe PMC and NCBI; empty = none is told."
    )

    @field_validator("library", mode="before")
    @classmethod
    def _folder_or_address(cls, value: Any) -> Any:
        return parse(value) if isinstance(value, str) and is_address(value) else value

    @model_validator(mode="after")
    def _no_unknown_variable(self) -> Self:
        """A misspelt variable would otherwise be passed over in silence."""
        known = {PREFIX + name.upper() for name in type(self).model_fields}
        for variable in os.environ:
            if variable.upper().startswith(PREFIX) and variable.upper() not in known:
                raise ValueError(f"there is no setting {variable}; the settings are {', '.join(sorted(known))}")
        return self


def in_words(error: ValidationError) -> str:
    """The first fault of wrong settings as a sentence that names the variable."""
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return f"{message[0].upper()}{message[1:]}."
    return f"{PREFIX}{'_'.join(map(str, first['loc'])).upper()} is wrong: {message}."
