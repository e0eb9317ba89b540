"""Settings that the library needs; the assistant's settings extend them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "LOCUS_"


class LibrarySettings(BaseSettings):
    """Settings of the library, read from LOCUS_* environment variables and validated once."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid")

    library: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("locus", appauthor=False)) / "library",
        description="Folder of the library.",
    )
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
