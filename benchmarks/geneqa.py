"""Answer GeneQA dev from the papers of ../shared through the command line, and score it with the yardstick.

    python benchmarks/geneqa.py [--generator extractive] [--library FOLDER] [--misses N]

The library is made in a temporary folder unless one is named. Figures: evidence@N words of the ranked passages,
answers that hold the terms, answers that cite gold evidence, false quotes, dangling markers, refusals, seconds.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
QUESTIONS = SHARED / "data/questions/geneqa-dev.jsonl"
PAPERS = SHARED / "data/papers/craft"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", default="extractive")
    parser.add_argument("--library", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--misses", default="0")
    options = parser.parse_args()
    locus = [sys.executable, "-m", "assistant"]
    with tempfile.TemporaryDirectory() as folder:
        library = options.library or Path(folder) / "library"
        generator = ["--generator", options.generator]
        answers = options.out or Path(folder) / "answers.jsonl"
        subprocess.run([*locus, "add", PAPERS, "--library", library], check=True)
        subprocess.run(
            [*locus, "ask", "--batch", QUESTIONS, "--out", answers, "--library", library, *generator], check=True
        )
        scorer = SHARED / "tools/score_geneqa.py"
        subprocess.run(
            [sys.executable, scorer, QUESTIONS, answers, "--papers", PAPERS, "--misses", options.misses], check=True
        )


if __name__ == "__main__":
    main()
