"""What each part of the search brings on GeneQA dev: evidence within 500, 1,000 and 2,000 words of what is retrieved.

    python benchmarks/ablation.py [--keep FOLDER]

The ranker of sentences is trained and judged by five-fold cross-validation, folds split by paper, twice; the embedder
was not trained on these questions at all. The libraries of the 67 papers are made in FOLDER, or in a temporary one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
from sklearn.model_selection import GroupKFold

sys.path.insert(0, str(Path(__file__).parent))

from train_ranking import BUDGETS, FOLDS, SEEDS, SHARED, Case, cases, found_within, hits_of, train_sentences

from index import asked
from index.embedding import BASE, DEFAULT, load_embedder
from index.library import Library
from index.papers import Hit, Section
from index.ranking import FEATURES, PASSAGE_FEATURES, Candidate

PARTS = {
    "without vectors of sentences": [f for f in FEATURES if "cosine" in f or f in ("best_sentence", "mean_sentence")],
    "without words of sentences": [
        "best_covered", "covered", "covered_nearby", "lexical_sentence", "covered_times_cosine", "best_lexical",
        "new_words",
    ],
    "without the kind of sentence": [
        "length", "short", "long", "purpose", "procedure", "finding", "question_mark", "number_wanted", "time_wanted",
        "place_wanted", "first", "last",
    ],
    "without the part of the paper": [
        "abstract", "figure", "table", "methods", "results", "discussion", "introduction",
    ],
    "without the other passages of the paper": ["paper_share", "best_paper", "paper_lead"],
    "without genes": ["genes_of_passage", "genes_of_title", "genes_of_sentence"],
    "without anything of the sentence": [f for f in FEATURES if f not in PASSAGE_FEATURES],
}  # fmt: skip
"""Features left out together."""


def show(label: str, found: Sequence[Sequence[bool]]) -> None:
    """One row of the table."""
    print(f"| {label} | " + " | ".join(f"{share:.3f}" for share in np.mean(np.array(found), 0)) + " |", flush=True)


def passages(case: Case, order: Callable[[Candidate], float]) -> list[Hit]:
    """The passages of a case in another order, whole."""
    kept = [c for c in case.found if order(c) > 0]
    return [Hit(c.passage, c.paper, order(c)) for c in sorted(kept, key=lambda c: -order(c))]


def ranked(made: Sequence[Case], section_of: Callable[[int, int], Section], without: Sequence[str] = ()) -> list:
    """Cross-validated figures of the ranker, on copies of the features without some columns."""
    columns = [FEATURES.index(name) for name in without]
    kept = [case.rows.copy() for case in made]
    for case in made:
        case.rows[:, columns] = 0.0
    found = []
    groups = [case.group for case in made]
    for seed in SEEDS:
        for train, test in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(made, groups=groups):
            sentences = train_sentences([made[i] for i in train])
            found += [found_within(made[i], hits_of(made[i], sentences, section_of)) for i in test]
    for case, rows in zip(made, kept, strict=True):
        case.rows = rows
    return found


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder in which the libraries are kept for another run")
    options = parser.parse_args()
    with (SHARED / "data/questions/geneqa-dev.jsonl").open(encoding="utf-8") as file:
        questions = [q for q in map(json.loads, file) if q["answerable"]]
    print("| retrieval | " + " | ".join(f"@{b}w" for b in BUDGETS) + " |\n|---|" + "---|" * len(BUDGETS))
    with tempfile.TemporaryDirectory() as temporary:
        for embedder in (BASE, DEFAULT):
            folder = (options.keep or Path(temporary)) / embedder
            with Library.open(folder, load_embedder(embedder)) as library:
                library.add_paths([SHARED / "data/papers/craft"])
                paper = lru_cache(maxsize=None)(library.paper)

                def section_of(paper_id: int, section: int, paper: Callable = paper) -> Section:
                    return paper(paper_id).sections[section]

                with patch.object(asked, "MOST_SYNONYMS", 0):
                    plain = [case for case in cases(library, questions) if case.real]
                made = [case for case in cases(library, questions) if case.real]
                if embedder == BASE:
                    show("BM25", [found_within(c, passages(c, lambda p: p.lexical)) for c in plain])
                show(f"{embedder}", [found_within(c, passages(c, lambda p: p.dense)) for c in plain])
                show(f"{embedder} and BM25, fused", [found_within(c, passages(c, lambda p: p.fused)) for c in plain])
                show("… with the genes' other names", [found_within(c, passages(c, lambda p: p.fused)) for c in made])
                show("… and sentences ranked", ranked(made, section_of))
                if embedder == DEFAULT:
                    show("the same without the genes' other names", ranked(plain, section_of))
                    for label, columns in PARTS.items():
                        show(label, ranked(made, section_of, columns))


if __name__ == "__main__":
    main()
