"""What helps to find the sentence that answers: passage lengths, dense and lexical search, fusion, merging.

    python benchmarks/retrieval.py [--words 80 110 150 200] [--keep FOLDER]

GeneQA dev on the 67 papers, figures of the yardstick for the first ten hits. A library is built for each length.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import index.adding
from index import search as searching
from index.embedding import load_embedder
from index.library import Library
from index.papers import Hit
from index.passages import TARGET_WORDS, cut

SHARED = Path(__file__).resolve().parents[2] / "shared"
sys.path.insert(0, str(SHARED / "tools"))
SHOWN = ("evidence@1", "evidence@5", "evidence@10", "evidence@500w", "evidence@1000w", "evidence@2000w", "paper@5")


def measure(label: str, questions: list[dict], find: Callable[[str], list[Hit]]) -> None:
    """Print the figures of one way to search."""
    from score_geneqa import mean, score

    answers = {}
    for question in questions:
        passages = [
            {"pmid": h.paper.pmid, "pmcid": h.paper.pmcid, "doi": h.paper.doi, "text": h.passage.text}
            for h in find(question["question"])
        ]
        answers[question["id"]] = {"passages": passages, "answer": "", "refused": True}
    rows, _ = score(questions, answers, None)
    found = [row for row in rows if row["answerable"]]
    print(f"{label:34} " + "  ".join(f"{name} {mean(found, name):.3f}" for name in SHOWN), flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, nargs="+", default=[80, 110, 150, 200])
    parser.add_argument("--keep", type=Path, help="folder in which the libraries are kept for another run")
    options = parser.parse_args()
    with (SHARED / "data/questions/geneqa-dev.jsonl").open(encoding="utf-8") as file:
        questions = [json.loads(line) for line in file]
    embedder = load_embedder("all-MiniLM-L6-v2")
    with tempfile.TemporaryDirectory() as temporary:
        for words in options.words:
            folder = (options.keep or Path(temporary)) / f"words-{words}"
            with (
                patch.object(index.adding, "cut", lambda paper, words=words: cut(paper, words=words)),
                Library.open(folder, embedder) as library,
            ):
                library.add_paths([SHARED / "data/papers/craft"])

                def search(question: str, library: Library = library) -> list[Hit]:
                    return searching.search(library, question)

                measure(f"{words} words, everything on", questions, search)
                if words != TARGET_WORDS:
                    continue
                with patch.object(searching, "LONGEST_HIT", 0):
                    measure(f"{words} words, not joined", questions, search)
                with patch.object(Library, "lexical", lambda *_, **__: []):
                    measure(f"{words} words, dense alone", questions, search)
                with patch.object(Library, "dense", lambda *_, **__: []):
                    measure(f"{words} words, BM25 alone", questions, search)


if __name__ == "__main__":
    main()
