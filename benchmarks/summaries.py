"""Summaries of full-text papers, measured against their abstracts, which the summaries are not made from.

    python benchmarks/summaries.py [--papers FOLDER] [--library FOLDER] [--generator lstm] [--length short]

Each paper is summarised from its body alone. Its abstract, the authors' own summary, is the reference: ROUGE-L and
ROUGE-Lsum (F, stemmed, a line a sentence), the share of the abstract's genes (by concept) and of its numbers that the
summary names. Beside it, from the same sentences: TextRank (summa) and the paper's first sentences, both as long in
words as the summary, and lead-3. Every quote is compared with the text that it was taken from.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rouge_score import rouge_scorer
from summa import summarizer

from assistant.answers import Finished
from assistant.chain import Assistant
from assistant.grounding import still_stands
from assistant.settings import Settings
from assistant.summary.lengths import PARTS, length
from assistant.summary.paper import summarize
from assistant.summary.reading import read
from assistant.support import numbers
from index import genes
from index.embedding import load_embedder
from index.library import Library
from index.papers import SectionKind
from index.sentences import split

PAPERS = Path(__file__).parents[2] / "shared" / "data" / "papers" / "craft"
_SCORER = rouge_scorer.RougeScorer(["rougeL", "rougeLsum"], use_stemmer=True)


def main() -> None:
    """Measures and writes a table to stdout."""
    options = _options()
    figures: dict[str, list[tuple[float, ...]]] = {}
    seconds: list[float] = []
    sentences = cited = false = 0
    with opened(options) as library:
        assistant = Assistant(Settings(library=options.library or Path()), library)
        papers = sorted(library.papers("", 0, options.most), key=lambda info: info.id)
        for info in papers:
            paper = library.paper(info.id)
            reference = lines("\n".join(s.text for s in paper.sections if s.kind is SectionKind.ABSTRACT))
            if not reference:
                continue
            started = time.perf_counter()
            events = summarize(assistant, info.id, options.generator, PARTS, length(options.length), abstract=False)
            *_, last = events
            seconds.append(time.perf_counter() - started)
            if not isinstance(last, Finished):
                continue
            answer = last.answer
            said = [s.text for s in answer.sentences if s.supported]
            sentences += len(answer.sentences)
            cited += len(said)
            false += sum(not still_stands(c, paper.sections[c.section]) for c in answer.citations)
            body = [line.quote.prose for line in read(library, info.id, abstract=False).lines]
            for name, texts in rivals(said, body).items():
                figures.setdefault(name, []).append(measured(reference, texts))
    print(f"{len(seconds)} papers, {sentences} sentences, {cited} cited and supported, {false} false quotes")
    print(f"seconds a paper: p50 {statistics.median(seconds):.2f}, most {max(seconds):.2f}")
    print(f"{'':18}ROUGE-L  Lsum   genes  numbers  words")
    for name, rows in figures.items():
        row = np.nanmean(np.array(rows), axis=0)
        print(f"{name:18}{row[0]:.3f}    {row[1]:.3f}  {row[2]:.3f}  {row[3]:.3f}    {row[4]:.0f}")


def rivals(said: Sequence[str], body: Sequence[str]) -> dict[str, list[str]]:
    """The summary and what others make of the same sentences, as long."""
    words = len(" ".join(said).split())
    lead: list[str] = []
    for sentence in body:
        if len(" ".join(lead).split()) >= words:
            break
        lead.append(sentence)
    ranked = summarizer.summarize("\n".join(body), words=words, split=True)
    return {"Locus": list(said), "TextRank": ranked, "lead, as long": lead, "lead-3": list(body[:3])}


def measured(reference: Sequence[str], said: Sequence[str]) -> tuple[float, ...]:
    """ROUGE-L, ROUGE-Lsum, share of genes, share of numbers (nan where the reference has none), words."""
    scores = _SCORER.score("\n".join(reference), "\n".join(said))
    wanted, text = " ".join(reference), " ".join(said)
    return (
        scores["rougeL"].fmeasure,
        scores["rougeLsum"].fmeasure,
        share(concepts(wanted), concepts(text)),
        share(numbers(wanted), numbers(text)),
        len(text.split()),
    )


def concepts(text: str) -> frozenset[str]:
    """Genes that a text names, each as its likeliest concept."""
    return frozenset(m.concepts[0] for m in genes.find(text) if m.concepts)


def share(wanted: frozenset[str], held: frozenset[str]) -> float:
    """How much of ``wanted`` is held, 0 to 1; nan where nothing is wanted."""
    return len(wanted & held) / len(wanted) if wanted else float("nan")


def lines(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[start:end] for start, end in split(text)]


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Library]:
    """The library that was named, or one made of the papers for the occasion."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(options.library or Path(folder) / "library", load_embedder()) as library,
    ):
        if options.library is None:
            library.add_paths([options.papers])
        yield library


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=Path, default=PAPERS, help="folder of full-text papers")
    parser.add_argument("--library", type=Path, help="a library of such papers, made before")
    parser.add_argument("--generator", default="extractive")
    parser.add_argument("--length", default="standard")
    parser.add_argument("--most", type=int, default=10_000, help="papers measured at most")
    return parser.parse_args()


if __name__ == "__main__":
    main()
