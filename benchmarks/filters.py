"""How long a search takes that is held to a few, some or most passages.

python benchmarks/filters.py --library FOLDER

Prints for each filter how many passages it lets through, how long it takes to find out which (asked for the first
time), and p50 and p95 of whole searches, on the library as it is.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from index.embedding import load_embedder
from index.filters import NO_FILTERS, Filters
from index.library import Library
from index.parts import Part
from index.search import search

QUESTIONS = (
    "kidney development in mutant mice",
    "apoptosis of tumour cells",
    "insulin resistance and obesity",
    "gene expression in the brain",
    "patients with a mutation",
    "what percentage of embryos die",
    "receptor antagonist blocks signalling",
    "T cells and infection",
)
ROUNDS = 3


def filters(library: Library) -> dict[str, Filters]:
    """A filter of every kind, by what the library holds most and least of."""
    choices, genes = library.choices(), library.genes_named(100_000)
    found = {"none": NO_FILTERS}
    if choices.years:
        first, last = choices.years
        found[f"from {last}"] = Filters(first_year=last)
        found[f"from {(first + last) // 2}"] = Filters(first_year=(first + last) // 2)
    for name, _ in (*choices.species[:2], *choices.species[-1:]):
        found[name] = Filters(species=frozenset({name}))
    for part in (Part.ABSTRACT, Part.RESULTS, Part.TABLE):
        found[part.value] = Filters(parts=frozenset({part}))
    for place in (0, len(genes) // 50, len(genes) // 4):
        if genes:
            found[f"gene {genes[place][0]}"] = Filters(genes=frozenset({genes[place][0]}))
    if choices.journals:
        name, _ = max(choices.journals, key=lambda journal: journal[1])
        found[name[:24]] = Filters(journals=frozenset({name}))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    arguments = parser.parse_args()
    with Library.open(arguments.library, load_embedder("all-MiniLM-L6-v2"), create=False) as library:
        library.tag()
        total = library.status().passages
        search(library, QUESTIONS[0])
        print(f"{total:,} passages")
        for name, held in filters(library).items():
            started = time.perf_counter()
            only = library.allowed(held)
            asked = time.perf_counter() - started
            seconds = []
            for question in QUESTIONS * ROUNDS:
                started = time.perf_counter()
                search(library, question, filters=held)
                seconds.append(time.perf_counter() - started)
            p50, p95 = (1000 * float(np.percentile(seconds, q)) for q in (50, 95))
            count = total if only is None else len(only)
            print(f"{name:26}{count:>9,} passages  first {1000 * asked:6.1f} ms  p50 {p50:6.1f}  p95 {p95:6.1f} ms")


if __name__ == "__main__":
    main()
