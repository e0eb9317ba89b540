"""Suggestions measured: seconds of papers like one and for a question, and a sample of open questions to judge by eye.

python benchmarks/suggestions.py --library FOLDER [--sample 40] [--seed 1]

Prints p50 and p95 of `like` over papers and of `for_question`, seconds and number of open questions, and a random
sample of them: how many of these state an open question is for a reader to count.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.suggestions.open_questions import open_questions
from assistant.suggestions.similar import for_question, like
from index.embedding import load_embedder
from index.library import Library

QUESTIONS = (
    "What does Pygo2 do in the kidney?",
    "Which genes are needed for hearing?",
    "What happens in mice without PPARGC1A?",
    "How is bone mass regulated?",
    "Which genes act in meiosis?",
)
PAPERS = 60


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with Library.open(asked.library, load_embedder()) as library:
        infos = library.papers("", 0, PAPERS)
        like(library, infos[0].id)  # the gene table is loaded the first time
        seconds = [timed(lambda n=info.id: like(library, n)) for info in infos]  # type: ignore[misc]
        print(f"papers like one: p50 {np.median(seconds) * 1e3:.0f} ms, p95 {np.percentile(seconds, 95) * 1e3:.0f} ms")
        seconds = [timed(lambda q=q: for_question(library, q)) for q in QUESTIONS]  # type: ignore[misc]
        print(f"papers for a question: p50 {np.median(seconds) * 1e3:.0f} ms")
        begun = time.perf_counter()
        found = open_questions(library, "", 500)
        print(f"open questions: {len(found)} of {library.count()} papers in {time.perf_counter() - begun:.2f} s")
    wrong = sum(one.citation.quote == "" for one in found)
    print(f"empty quotes: {wrong}")
    for one in random.Random(asked.seed).sample(found, min(asked.sample, len(found))):
        print(f"- [{one.citation.heading}] {' '.join(one.citation.quote.split())}")


if __name__ == "__main__":
    main()
