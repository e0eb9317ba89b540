"""Facts of genes asked in words: GeneTuring's questions (dev: 20 a task), answered from the gene table.

    python benchmarks/geneturing.py [--errors]

A question's form is recognised, the gene in it resolved and the fact read; no answer stands in the code. Scored as
GeneGPT does: the official symbol or chromosome equal, protein coding or not. The table has no SNPs, sequences or
diseases: those tasks are named as out of its reach. A gene that is unknown is answered "NA", as the gold answers call
what is not protein coding; so of the unknown ones that task counts as right what is unknown.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path

from index.genes import facts

DEV = Path(__file__).resolve().parents[2] / "shared/data/questions/geneturing-dev.json"
TASKS = ("Gene alias", "Gene name conversion", "Gene location", "Protein-coding genes")


def answer(task: str, question: str) -> str:
    """The table's answer in the words of the task's gold answers."""
    found = facts.answer(question)
    if found is None:
        return "NA"
    if task == "Gene location":
        return f"chr{found.gene.chromosome}"
    if task == "Protein-coding genes":
        return "TRUE" if found.gene.protein_coding else "NA"
    return found.gene.symbol


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", action="store_true", help="show wrong answers")
    options = parser.parse_args()
    tasks = json.loads(DEV.read_text(encoding="utf-8"))
    for task in TASKS:
        begun = time.perf_counter()
        given = {question: answer(task, question) for question in tasks[task]}
        seconds = time.perf_counter() - begun
        right = sum(re.sub(r"\s", "", given[q]) == a for q, a in tasks[task].items())
        print(
            f"{task:22} {right / len(given):.2f}  ({len(given)} questions, {1000 * seconds / len(given):.1f} ms each)"
        )
        if options.errors:
            for question, gold in tasks[task].items():
                if given[question] != gold:
                    print(f"    {question} {given[question]}, not {gold}")
    print("Out of the table's reach:", ", ".join(name for name in tasks if name not in TASKS))


if __name__ == "__main__":
    main()
