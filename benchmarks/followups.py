"""Whether a follow-up question finds what the question that it stands for would find, without a model.

    python benchmarks/followups.py [--library FOLDER] [--show]

Conversations over the 67 papers of ../shared (benchmarks/data/followups.tsv): each turn with the stand-alone question
that it means, the paper that answers and a pattern that each sentence with the evidence matches. Found: such a sentence
of that paper is among the first 5 or 10 that the search ranks. The follow-up as typed and the question that it means
are the floor and the ceiling.
"""

from __future__ import annotations

import argparse
import csv
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from assistant.answers import Turn
from assistant.followup import stand_alone
from index.embedding import load_embedder
from index.library import Library
from index.search import search

TURNS = Path(__file__).resolve().parent / "data/followups.tsv"
PAPERS = Path(__file__).resolve().parents[2] / "shared/data/papers/craft"
DEPTHS = (5, 10)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="a library of the 67 papers; made where none is named")
    parser.add_argument("--show", action="store_true", help="print every follow-up as it was understood")
    options = parser.parse_args()
    with TURNS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(options.library or Path(folder) / "library", load_embedder()) as library,
    ):
        if options.library is None:
            library.add_paths([PAPERS])
        report(library, rows, show=options.show)


def report(library: Library, rows: Iterable[dict[str, str]], *, show: bool) -> None:
    """Prints the shares of follow-ups whose evidence is found: as typed, as understood, as meant."""
    history: list[Turn] = []
    conversation, asked, same = "", 0, 0
    found = {(form, depth): 0 for form in ("typed", "understood", "meant") for depth in DEPTHS}
    for row in rows:
        if row["conversation"] != conversation:
            conversation, history = row["conversation"], []
        understood = stand_alone(row["question"], history)
        # The answer that a reader would have seen is the best sentence.
        history.append(Turn(row["question"], understood, next(iter(best(library, understood, 1)), ("", ""))[1]))
        if not row["intended"]:
            continue
        asked += 1
        marks, meant = "", next(iter(best(library, row["intended"], 1)), None)
        same += meant in best(library, understood, 1)
        for form, question in (("typed", row["question"]), ("understood", understood), ("meant", row["intended"])):
            sentences = best(library, question, max(DEPTHS))
            places = [n for n, (paper, text) in enumerate(sentences) if paper == row["pmcid"] and holds(text, row)]
            for depth in DEPTHS:
                found[form, depth] += bool(places) and places[0] < depth
            marks += f"{places[0] + 1 if places else '-':>4}"
        if show:
            print(f"{marks}  {row['question']} -> {understood}")
    for form in ("typed", "understood", "meant"):
        shares = ", ".join(f"@{depth} {found[form, depth] / asked:.3f}" for depth in DEPTHS)
        print(f"{form:10} {shares}  ({asked} follow-ups)")
    print(f"the same best sentence as the question meant: {same / asked:.3f}")


def best(library: Library, question: str, count: int) -> list[tuple[str, str]]:
    """(PMCID, text) of the ``count`` sentences that the search ranks first."""
    ranked = [
        (score, hit.paper.pmcid, hit.passage.text[start:end])
        for hit in search(library, question, count)
        for start, end, score in hit.sentences
    ]
    return [(pmcid, text) for _, pmcid, text in sorted(ranked, key=lambda item: -item[0])[:count]]


def holds(text: str, row: dict[str, str]) -> bool:
    """Whether a sentence matches all patterns of a row's evidence, which "&" separates."""
    return all(re.search(pattern, text) for pattern in row["evidence"].split("&"))


if __name__ == "__main__":
    main()
