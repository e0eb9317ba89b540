"""How a library behaves at 10,000, 100,000 and 1,000,000 passages: opening, adding, searching, recall, memory, disk.

    python benchmarks/scale.py --library FOLDER [--sizes 10000 100000 1000000] [--keep FOLDER]

FOLDER is a library of real papers (`locus add ../shared/data/papers/craft`). It is grown by copies: every tenth word of
a copy is another word of the same length, and its vectors lie between those of two real passages, with noise, since
embedding a million passages is not what is measured. Each size is measured in a process of its own, with GeneQA's
questions and everything on that `locus search` has on. On a machine that does other work too, the processor's time
tells more than the clock. Recall is against exact search over all vectors.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from index.dense.tuning import Truth
from index.disk import size_of
from index.embedding import Embedder, load_embedder
from index.library import Library
from index.merging import embedded_hash, text_hash
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.passage_table import Embedded, NewPassage
from index.passages import Searchable
from index.pooling import pack
from index.search import search
from index.tagging import VERSION, PaperTags, tags_of

SHARED = Path(__file__).resolve().parents[2] / "shared"
_WORD = re.compile(r"[A-Za-z]+")
_NOISE = 0.01
"""Standard deviation in each dimension of what is added to a copy's unit vector."""


@dataclass(frozen=True, slots=True)
class Original:
    """A real paper with what is stored for it."""

    paper: Paper
    places: list[tuple[int, int, int]]
    tags: PaperTags
    vectors: np.ndarray
    sentences: list[bytes]


class Copies:
    """Marked copies of real papers, as many as are asked for."""

    def __init__(self, library: Library) -> None:
        self.random = np.random.default_rng(0)
        self.originals = [_original(library, info.id) for info in library.papers(limit=10_000) if not info.collection]
        self.all = np.concatenate([o.vectors for o in self.originals])
        self.words: dict[int, list[str]] = defaultdict(list)
        for original in self.originals:
            for section in original.paper.sections:
                for word in set(_WORD.findall(section.text)):
                    self.words[len(word)].append(word)
        self.made = 0

    def grow(self, library: Library, passages: int) -> None:
        """Add copies until ``library`` has ``passages``."""
        while (have := library.status().passages) < passages:
            left = passages - have
            with library._lock.held(), library._catalogue.writing() as session:
                generation = session.next_generation()
                for original in self.originals:
                    if left > 0:
                        left -= self._store(session, library.embedder.name, original, generation)
            self.made += 1

    def _store(self, write: Any, embedder: str, original: Original, generation: int) -> int:
        number = f"{self.made}"
        info = replace(original.paper.info, id=0, title=f"{{copy {number}}} {original.paper.info.title}")
        info = replace(info, pmid=str(10**8 + self.made * 1000 + original.paper.info.id), pmcid="", doi="")
        paper = Paper(info, tuple(self._perturbed(s) for s in original.paper.sections))
        paper_id = write.insert_paper(paper, text_hash(paper))
        write.add_identifiers(paper_id, [("pmid", info.pmid)])
        new = []
        for section, start, end in original.places:
            text = f"{number} {original.paper.info.id} {section} {start}"
            new.append(NewPassage(_Place(section, start, end), embedded_hash(text)))
        write.insert_passages(paper_id, new, generation)
        vectors = self._between(original.vectors).astype(np.float16)
        rows = zip(new, vectors, original.sentences, strict=True)
        write.insert_vectors({n.hash: Embedded(v, s) for n, v, s in rows}, embedder)
        write.write_tags(paper_id, original.tags, VERSION)
        return len(new)

    def _between(self, vectors: np.ndarray) -> np.ndarray:
        others = self.all[self.random.integers(len(self.all), size=len(vectors))]
        share = self.random.uniform(0, 0.5, (len(vectors), 1))
        mixed = (1 - share) * vectors + share * others + self.random.normal(0, _NOISE, vectors.shape)
        return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)

    def _perturbed(self, section: Section) -> Section:
        words = list(_WORD.finditer(section.text))[int(self.random.integers(10)) :: 10]
        draws = self.random.random(len(words))
        parts, at = [], 0
        for match, draw in zip(words, draws, strict=True):
            alike = self.words[match.end() - match.start()]
            parts += [section.text[at : match.start()], alike[int(draw * len(alike))]]
            at = match.end()
        return replace(section, text="".join(parts) + section.text[at:])


@dataclass(frozen=True, slots=True)
class _Place:
    section: int
    start: int
    end: int
    page: int | None = None


def _original(library: Library, paper_id: int) -> Original:
    paper, passages = library.paper(paper_id), library.passages_of(paper_id)
    held = library.vectors([p.id for p in passages])
    return Original(
        paper=paper,
        places=[(p.section, p.start, p.end) for p in passages],
        tags=tags_of(paper, passages),
        vectors=np.stack([held[p.id][0] for p in passages]),
        sentences=[pack(held[p.id][1]) for p in passages],
    )


class Timed:
    """An embedder that tells how long it has embedded."""

    def __init__(self, real: Embedder) -> None:
        self.real, self.name, self.dimension, self.seconds = real, real.name, real.dimension, 0.0

    def embed_query(self, text: str) -> np.ndarray:
        return self.real.embed_query(text)

    def embed_documents(self, texts: Sequence[str], **options: object) -> np.ndarray:
        return self.real.embed_documents(texts, **options)

    def embed_passages(self, passages: Sequence[Searchable]) -> tuple[np.ndarray, list[np.ndarray]]:
        started = time.perf_counter()
        made = self.real.embed_passages(passages)
        self.seconds += time.perf_counter() - started
        return made


def questions(count: int) -> list[str]:
    """GeneQA's questions."""
    with (SHARED / "data/questions/geneqa-dev.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line)["question"] for line in file][:count]


def measure(folder: Path, asked: list[str]) -> dict[str, float]:
    """Figures of the library in ``folder``, in this process."""
    process = psutil.Process()
    embedder = Timed(load_embedder())
    search_warm = embedder.embed_query(asked[0])
    before = process.memory_info().rss
    figures: dict[str, float] = {}
    started = time.perf_counter()
    library = Library.open(folder, embedder)
    figures["open, s"] = time.perf_counter() - started
    library.dense(search_warm, 10)
    library.lexical(asked[0], 10)
    figures["open and first search by vector and word, s"] = time.perf_counter() - started
    for question in asked[:20]:
        search(library, question)
    times, worked, dense = [], [], []
    for question in asked:
        started, used = time.perf_counter(), time.process_time()
        search(library, question)
        times.append(time.perf_counter() - started)
        worked.append(time.process_time() - used)
    vectors = [embedder.embed_query(question) for question in asked]
    for vector in vectors:
        started = time.perf_counter()
        library.dense(vector, 100)
        dense.append(time.perf_counter() - started)
    figures |= _spread("retrieval", times) | _spread("processor time of it", worked) | _spread("of it dense", dense)
    figures["memory beside the embedder, MB, mapped files included"] = (process.memory_info().rss - before) / 1e6
    adding = []
    for paper in _strangers():
        embedder.seconds, started = 0.0, time.perf_counter()
        library.add([paper])
        adding.append(time.perf_counter() - started - embedder.seconds)
        assert library.find(f"PMID:{paper.info.pmid}")
    figures["add a paper beside embedding, s, median"] = statistics.median(adding)
    figures["add a paper beside embedding, s, worst of 10"] = max(adding)
    for name, call in (
        ("status, s", library.status),
        ("first page of the list, s", lambda: (library.papers(), library.count())),
        ("list filtered by a word, s", lambda: (library.papers("kidney"), library.count("kidney"))),
        ("genes named most, s", library.genes_named),
        ("choices of the filters, s", library.choices),
    ):
        started = time.perf_counter()
        call()
        figures[name] = time.perf_counter() - started
    figures |= _recall(library, np.stack(vectors))
    figures["disk, MB"] = size_of(folder) / 1e6
    return figures


def _strangers() -> Iterator[Paper]:
    """Ten short papers that the library doesn't have."""
    random = np.random.default_rng(time.time_ns())
    for _ in range(10):
        mark = "".join(chr(97 + int(c)) for c in random.integers(26, size=8))
        text = f"The gene {mark} acts in the kidney of the mouse, as was shown by its deletion. " * 12
        info = PaperInfo(f"Study of {mark}", pmid=str(int(random.integers(2 * 10**8, 9 * 10**8))), source=mark)
        yield Paper(info, (Section("Abstract", text, SectionKind.ABSTRACT),))


def _spread(name: str, seconds: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {f"{name} p50, ms": float(p50), f"{name} p95, ms": float(p95)}


def _recall(library: Library, vectors: np.ndarray) -> dict[str, float]:
    truth = Truth(vectors)
    with library._catalogue.reading() as session:
        state = session.state()
        for ids, block in session.vectors_since(-1, state.embedder, state.dimension):
            truth.see(ids, block)
    found = np.array([[i for i, _ in library.dense(vector, 10)] for vector in vectors])
    return {"recall of the ten nearest": truth.share(found)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--keep", type=Path, help="folder in which the grown library is kept")
    parser.add_argument("--measure", type=Path, help="measure this library as it is, and print JSON")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure, questions(options.questions))))
        return
    if options.library is None:
        parser.error("--library is needed: a library of real papers to copy from")
    embedder = load_embedder()
    table: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as temporary, Library.open(options.library, embedder, create=False) as real:
        folder = (options.keep or Path(temporary)) / "grown"
        copies = Copies(real)
        for size in options.sizes:
            with Library.open(folder, embedder) as library:
                copies.made = library.status().papers // max(1, len(copies.originals)) + 1
                started = time.perf_counter()
                copies.grow(library, size)
                stored = time.perf_counter()
                library.optimize()
                print(f"{size:,}: stored in {stored - started:.0f} s, indexed in {time.perf_counter() - stored:.0f} s")
                print(f"  {library.status().vectors}", flush=True)
            command = [sys.executable, __file__, "--measure", str(folder), "--questions", str(options.questions)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            table[size] = json.loads(told.splitlines()[-1])
            for name, value in table[size].items():
                smaller = list(table)[-2:-1]
                growth = f"{value / max(1e-9, table[smaller[0]][name]):8.2f} x" if smaller else ""
                print(f"  {name:55} {value:12.3f} {growth}", flush=True)


if __name__ == "__main__":
    main()
