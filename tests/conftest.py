"""Fixtures that several rooms share: a fast embedder, small papers, a library in a temporary folder."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.passages import Searchable
from index.pooling import Vectors


class FakeEmbedder:
    """Words hashed into a few dimensions: equal words lie near each other, the same on every machine.

    ``texts`` counts what was embedded; ``seconds`` is slept for each text.
    """

    def __init__(self, name: str = "fake", dimension: int = 64, seconds: float = 0.0) -> None:
        self.name = name
        self.dimension = dimension
        self.seconds = seconds
        self.texts = 0

    def embed_documents(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        self.texts += len(texts)
        time.sleep(self.seconds * len(texts))
        if progress:
            progress(len(texts))
        return np.stack([self._vector(text) for text in texts])

    def embed_passages(self, passages: Sequence[Searchable]) -> tuple[Vectors, list[Vectors]]:
        vectors = self.embed_documents([p.text for p in passages])
        return vectors, [np.stack([self._vector(p.text[a:b]) for a, b in p.spans]) for p in passages]

    def embed_query(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        return self._vector(text)

    def _vector(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        vector = np.zeros(self.dimension, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            place = zlib.crc32(f"{self.name} {word}".encode())
            vector[place % self.dimension] += 1.0 if place & 0x10000 else -1.0
        return vector / max(1e-6, float(np.linalg.norm(vector)))


def make_paper(number: int, *, sentences: int = 15, title: str = "", **info: object) -> Paper:
    """A paper whose every sentence names it; ``sentences`` of 12 words in two sections."""
    words = f"Gene{number} acts in tissue{number % 7} of the mouse during stage"
    lines = [f"{words} {number}x{i} as shown." for i in range(sentences)]
    half = max(1, sentences // 3)
    fields: dict[str, object] = {"title": title or f"Study of Gene{number}", "pmid": str(1000 + number), "year": 2001}
    sections = [Section("Abstract", " ".join(lines[:half]), SectionKind.ABSTRACT)]
    if lines[half:]:
        sections.append(Section("Results", " ".join(lines[half:])))
    return Paper(PaperInfo(**(fields | {"source": f"{number}.xml"} | info)), tuple(sections))  # type: ignore[arg-type]


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: FakeEmbedder) -> Iterator[Library]:
    """An empty library of the fake embedder."""
    with Library.open(tmp_path / "library", embedder) as opened:
        yield opened
