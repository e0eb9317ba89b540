"""Where a library is kept that is no folder: milvus://host:19530/collection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SCHEME = "milvus"
LITE = "milvus-lite"
"""Scheme of a file that the package milvus-lite serves within this process: to try and to test, not to serve."""
PORT = 19530

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")


@dataclass(frozen=True, slots=True)
class Address:
    """A collection of a Milvus server; ``file`` instead of host and port where milvus-lite serves it."""

    collection: str
    host: str = ""
    port: int = PORT
    file: str = ""

    def __str__(self) -> str:
        if self.file:
            return f"{LITE}://{self.file}/{self.collection}"
        return f"{SCHEME}://{self._host}:{self.port}/{self.collection}"

    def uri(self, *, tls: bool) -> str:
        """The server's address as its client wants it."""
        return self.file or f"{'https' if tls else 'http'}://{self._host}:{self.port}"

    @property
    def _host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def is_address(text: str) -> bool:
    """Whether ``text`` is meant as an address rather than a folder."""
    return text.startswith((f"{SCHEME}:", f"{LITE}:"))


def parse(text: str) -> Address:
    """The address that ``text`` is; ValueError, in words, where it is none."""
    form = f"an address is {SCHEME}://host:{PORT}/collection"
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{form} ({error})") from None
    if parts.username or parts.password:
        raise ValueError(f"{form}; give user and password as LOCUS_MILVUS_TOKEN=user:password, not in the address")
    if parts.query or parts.fragment:
        raise ValueError(form)
    folder, _, name = parts.path.rpartition("/")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{form}; the collection's name is letters, digits and underscores, not {name!r}")
    if parts.scheme == LITE and not parts.netloc and folder.startswith("/"):
        return Address(name, file=str(Path(folder)))
    if parts.scheme != SCHEME or not parts.hostname or folder:
        raise ValueError(form)
    return Address(name, host=parts.hostname, port=port or PORT)
