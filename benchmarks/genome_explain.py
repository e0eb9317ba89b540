"""Key genes explained: seconds a gene, cold and warm, the share of sentences that are cited, and false quotes.

    python benchmarks/genome_explain.py [--library FOLDER] [--generator extractive] [--top 10]

Without --library one is made of ../shared's 67 papers. The genes are those of ../shared's airway table (the first that
the library tells of) and a list of the genes that the library names most. A quote is false where it doesn't stand,
letter for letter, at its place in its section.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.chain import Assistant
from assistant.genome.choices import Choices, read_file, read_pasted
from assistant.genome.explaining import NOTHING_EXPLAINED, Explained, Explanation, explain
from assistant.genome.records import GenomeData
from assistant.settings import Settings
from index.embedding import load_embedder
from index.genes import table
from index.library import Library

SHARED = Path(__file__).resolve().parents[2] / "shared"


@contextmanager
def shelf(folder: Path | None) -> Iterator[Library]:
    """The library of ``folder``, or one made of the 67 papers."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        Library.open(folder or Path(temporary) / "library", load_embedder()) as library,
    ):
        if folder is None:
            library.add_paths([SHARED / "data/papers/craft"])
        library.tag()
        yield library


def most_named(library: Library, count: int) -> GenomeData:
    """The protein-coding genes that the library names most, as a pasted list."""
    found = [genes[0] for concept, _ in library.genes_named(400) if (genes := table().concept(concept))]
    return read_pasted(" ".join([gene.symbol for gene in found if gene.protein_coding][:count]), Choices())


def timed(assistant: Assistant, data: GenomeData, top: int, generator: str) -> tuple[Explained, list[float]]:
    """The genes explained, and the seconds that each told gene took."""
    found, seconds = NOTHING_EXPLAINED, []
    last = time.perf_counter()
    for step in explain(assistant, data, top=top, generator=generator):
        found = found.with_step(step)
        if isinstance(step, Explanation):
            if not step.answer.refused:
                seconds.append(time.perf_counter() - last)
            last = time.perf_counter()
    return found, seconds


def told(name: str, assistant: Assistant, found: Explained) -> str:
    """A line on the sentences and quotes of what was explained."""
    answers = [one.answer for one in found.told] + ([found.overview] if found.overview else [])
    sentences = [s for answer in answers for s in answer.sentences]
    cited = sum(bool(s.markers) and s.supported for s in sentences)
    papers = {c.paper.id: assistant.library.paper(c.paper.id) for a in answers for c in a.citations}
    quotes = [c for answer in answers for c in answer.citations]
    false = sum(papers[c.paper.id].sections[c.section].text[c.start : c.end] != c.quote for c in quotes)
    return (
        f"{name}: {found.census.text} Told {len(found.told)}, only named {len(found.silent)}; "
        f"{len(sentences)} sentences, cited {cited / max(1, len(sentences)):.3f}; {len(quotes)} quotes, false {false}"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--generator", default="extractive")
    parser.add_argument("--top", type=int, default=10)
    options = parser.parse_args()
    with shelf(options.library) as library:
        assistant = Assistant(Settings(library=library.folder), library)
        data = {
            "airway": read_file(SHARED / "data/genome/airway_deseq2.csv", Choices()),
            "most named": most_named(library, options.top),
        }
        for name, one in data.items():
            for state in ("cold", "warm"):
                started = time.perf_counter()
                found, seconds = timed(assistant, one, options.top, options.generator)
                whole = time.perf_counter() - started
                typical = statistics.median(seconds) if seconds else float("nan")
                print(f"{name}, {state}: {whole:.1f} s for all, {typical:.2f} s a gene told (median)")
            print(told(name, assistant, found))


if __name__ == "__main__":
    main()
