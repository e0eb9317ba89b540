"""Question to retrieved passages, to the first shown word, and to the full answer, at growing library sizes.

    python benchmarks/latency.py [--copies 1 25] [--questions 100]

A library of ../shared's 67 papers, and one of as many marked copies of them as ``--copies`` says (25 copies hold
about 100,000 passages). Copies keep the real text; their vectors are the real ones with a little noise, since
embedding a hundred thousand passages is not what is measured.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.answers import Draft, Finished, Retrieved
from assistant.chain import Assistant
from assistant.settings import Settings
from index.embedding import Embedder, load_embedder
from index.library import Library
from index.papers import Paper
from index.passages import Searchable
from index.readers import papers_in, read
from index.search import search

SHARED = Path(__file__).resolve().parents[2] / "shared"


def original(passage: Searchable) -> Searchable:
    """What a marked copy is a copy of."""
    if not passage.text.startswith("{copy"):
        return passage
    marked = passage.text.index("} ") + 2
    return Searchable(passage.text[marked:], tuple((a - marked, b - marked) for a, b in passage.spans))


class NoisyCopies:
    """The real embedder for texts it has not seen; for marked copies the vector of the original, with noise."""

    def __init__(self, real: Embedder) -> None:
        self.real, self.name, self.dimension = real, real.name, real.dimension
        self.known: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.random = np.random.default_rng(0)
        self.building = True

    def embed_documents(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> np.ndarray:
        return self.real.embed_documents(texts, progress=progress)

    def embed_passages(self, passages: Sequence[Searchable]) -> tuple[np.ndarray, list[np.ndarray]]:
        """The vectors of passages, each copy's a little off its original's."""
        originals = [original(p) for p in passages]
        new = list({p.text: p for p in originals if p.text not in self.known}.values())
        self.known.update(zip((p.text for p in new), zip(*self.real.embed_passages(new), strict=True), strict=True))
        found = [self.known[p.text] for p in originals]
        off = [0.02 * p.text.startswith("{copy") for p in passages]
        vectors = np.stack([self.noisy(v, share) for (v, _), share in zip(found, off, strict=True)])
        return vectors, [self.noisy(s, share) for (_, s), share in zip(found, off, strict=True)]

    def noisy(self, vectors: np.ndarray, share: float) -> np.ndarray:
        """Unit vectors near ``vectors``."""
        moved = vectors + self.random.normal(0, 1, vectors.shape).astype(np.float32) * share
        return (moved / np.linalg.norm(moved, axis=-1, keepdims=True)).astype(np.float32)

    def embed_query(self, text: str) -> np.ndarray:
        return self.real.embed_query(text)


def papers(copies: int) -> Iterator[Paper]:
    """The 67 papers, then marked copies of them."""
    originals = [p for path in papers_in([SHARED / "data/papers/craft"]) for p in read(path) if isinstance(p, Paper)]
    yield from originals
    for copy in range(1, copies):
        for paper in originals:
            info = replace(paper.info, title=f"{{copy {copy}}} {paper.info.title}", pmid="", pmcid="", doi="")
            yield Paper(info, paper.sections)


def percentiles(seconds: Sequence[float]) -> str:
    """p50 and p95 in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"p50 {statistics.median(ordered) * 1000:6.0f} ms, p95 {p95 * 1000:6.0f} ms"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 25])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--keep", type=Path, help="folder in which the libraries are kept for another run")
    options = parser.parse_args()
    with (SHARED / "data/questions/geneqa-dev.jsonl").open(encoding="utf-8") as file:
        questions = [json.loads(line)["question"] for line in file][: options.questions]
    embedder = NoisyCopies(load_embedder())
    with tempfile.TemporaryDirectory() as temporary:
        for copies in options.copies:
            folder = (options.keep or Path(temporary)) / f"copies-{copies}"
            with Library.open(folder, embedder) as library:
                embedder.building = True
                library.add(papers(copies))
                embedder.building = False
                assistant = Assistant(Settings(library=folder), library)
                assistant.answer(questions[0], generator="extractive")
                started = time.perf_counter()
                with Library.open(folder, embedder) as again:
                    search(again, questions[0])
                    opened = time.perf_counter() - started
                retrieved, first, whole = [], [], []
                for question in questions:
                    started = time.perf_counter()
                    shown = False
                    for event in assistant.stream(question, generator="extractive"):
                        elapsed = time.perf_counter() - started
                        if isinstance(event, Retrieved):
                            retrieved.append(elapsed)
                        elif isinstance(event, (Draft, Finished)) and not shown:
                            first.append(elapsed)
                            shown = True
                        if isinstance(event, Finished):
                            whole.append(elapsed)
                print(f"{library.status().passages:,} passages; opened and first search in {opened:.2f} s")
                print(f"  retrieval          {percentiles(retrieved)}")
                print(f"  first shown word   {percentiles(first)}")
                print(f"  full answer        {percentiles(whole)}", flush=True)


if __name__ == "__main__":
    main()
