"""Train the ranker of sentences and the judge of answerability, and say what they reach on papers not trained on.

    python benchmarks/train_ranking.py --library CRAFT_LIBRARY [--write] [--without COLUMN ...]

Reads GeneQA dev and the papers of ../shared. Five-fold cross-validation, folds split by paper, twice. Unanswerable
questions are the set's own, and each answerable one asked again with its paper taken out of what retrieval found.
``--without`` leaves features out, for an ablation: names as in index.ranking.FEATURES.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant.generators import evidence as ev
from index import ranking
from index.asked import sought
from index.embedding import load_embedder
from index.library import Library
from index.papers import Hit, Section
from index.ranking import Candidate, Linear
from index.search import SENTENCES_A_HIT, candidates, join, scored
from index.words import words

SHARED = Path(__file__).resolve().parents[2] / "shared"
sys.path.insert(0, str(SHARED / "tools"))
PENALTY = 0.05
FOLDS, SEEDS = 5, (7, 8)
BUDGETS = (500, 1000, 2000)
HITS = 10
Matrix = NDArray[np.float32]


@dataclass
class Case:
    """One question with what retrieval found: features of its sentences, and which of them are gold evidence."""

    question: dict
    group: int
    found: list[Candidate]
    rows: Matrix
    gold: NDArray[np.bool_]
    answerable: bool
    real: bool
    known: frozenset[str]


def cases(library: Library, questions: list[dict]) -> list[Case]:
    """All questions, and the answerable ones again without their paper."""
    from score_geneqa import contains, squash

    squashed = lru_cache(maxsize=200_000)(squash)
    holders = name_holders(library)
    made = []
    for number, question in enumerate(questions):
        gold_paper = next(
            (i for i in map(library.find, (question["pmcid"], question["pmid"], question["doi"])) if i), 0
        )
        everything = candidates(library, question["question"], 80)
        evidence = [squashed(e) for e in question["evidence"]]
        for without in (False, True) if question["answerable"] else (False,):
            found = [c for c in everything if not (without and c.paper.id == gold_paper)][:50]
            marks = []
            for candidate in found:
                right = question["answerable"] and not without and candidate.paper.id == gold_paper
                for sentence in candidate.sentences:
                    text = squashed(sentence)
                    marks.append(
                        right and any(contains(text, g) or (len(text) > 40 and contains(g, text)) for g in evidence)
                    )
            asked = sought(library, question["question"])
            named = {name for group in ev.synonyms(question["question"]) for name in group}
            made.append(
                Case(
                    question=question,
                    group=gold_paper or -1 - number,
                    found=found,
                    rows=ranking.features(asked, found),
                    gold=np.array(marks, dtype=bool),
                    answerable=question["answerable"] and not without,
                    real=not without,
                    known=frozenset(n for n in named if holders(n) - ({gold_paper} if without else set())),
                )
            )
    return made


def name_holders(library: Library) -> Callable[[str], set[int]]:
    """Which papers hold a name, in the spellings that the lexical index knows."""
    held: dict[str, set[int]] = {}
    for info in library.papers("", 0, 10_000):
        paper = library.paper(info.id)
        for word in {w for text in (info.title, *(s.text for s in paper.sections)) for w in words(text)}:
            held.setdefault(word, set()).add(info.id)
    return lambda name: set().union(*(held.get(form, set()) for form in words(name)[-2:]))


def train_sentences(train: Sequence[Case]) -> Linear:
    """Listwise softmax: the gold sentences of a question against all its sentences; L2 penalty."""
    train = [c for c in train if c.gold.any()]
    rows = np.concatenate([c.rows for c in train])
    mean, deviation = rows.mean(0), rows.std(0) + 1e-6
    xs = [torch.tensor((c.rows - mean) / deviation) for c in train]
    ys = [torch.tensor(c.gold) for c in train]
    weights = torch.zeros(rows.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        pairs = zip(xs, ys, strict=True)
        each = [torch.logsumexp(x @ weights, 0) - torch.logsumexp((x @ weights)[y], 0) for x, y in pairs]
        total = torch.stack(each).mean() + PENALTY * (weights**2).sum()
        total.backward()
        return total

    optimiser.step(loss)
    return Linear(mean, deviation, weights.detach().numpy())


def hits_of(case: Case, sentences: Linear, section_of: Callable[[int, int], Section]) -> list[Hit]:
    """What search would give, with other weights."""
    return join(scored(case.found, sentences.score(case.rows).tolist()), SENTENCES_A_HIT * HITS, section_of)


def train_answerable(train: Sequence[Case], features: Sequence[Matrix], share: float) -> Linear:
    """Logistic regression; ``share`` is the weight of the answerable among all."""
    rows = np.array(features)
    labels = np.array([c.answerable for c in train])
    mean, deviation = rows.mean(0), rows.std(0) + 1e-6
    importance = np.where(labels, share / labels.sum(), (1 - share) / (~labels).sum())
    model = LogisticRegression(C=0.3, max_iter=1000)
    model.fit((rows - mean) / deviation, labels, sample_weight=importance * len(labels))
    return Linear(mean, deviation, model.coef_[0].astype(np.float32), float(model.intercept_[0]))


def found_within(case: Case, hits: Sequence[Hit]) -> list[bool]:
    """Whether gold evidence stands within each of BUDGETS words of the hits."""
    from score_geneqa import contains, squash

    evidence = [squash(e) for e in case.question["evidence"]]
    found = []
    for budget in BUDGETS:
        left, seen = budget, False
        for hit in hits:
            held = hit.passage.text.split()
            if hit.paper.id == case.group:
                text = squash(" ".join(held[:left]))
                seen = seen or any(contains(text, g) for g in evidence)
            left -= len(held)
            if left <= 0:
                break
        found.append(seen)
    return found


def report(all_cases: list[Case], share: float, section_of: Callable[[int, int], Section]) -> None:
    """Print what five-fold cross-validation gives."""
    from score_geneqa import term_found

    groups = [c.group for c in all_cases]
    within, cited, judged = [], [], []
    for seed in SEEDS:
        for train, test in GroupKFold(FOLDS, shuffle=True, random_state=seed).split(all_cases, groups=groups):
            sentences = train_sentences([all_cases[i] for i in train])
            known = [all_cases[i] for i in train]
            rows = [features_of(c, hits_of(c, sentences, section_of)) for c in known]
            answer = train_answerable(known, rows, share)
            for i in test:
                case = all_cases[i]
                hits = hits_of(case, sentences, section_of)
                if case.answerable:
                    within.append(found_within(case, hits))
                    best = np.argsort(-sentences.score(case.rows))
                    texts = [s for c in case.found for s in c.sentences]
                    cited.append(
                        [bool(case.gold[best[:n]].any()) for n in (1, 3, 5)]
                        + [
                            all(
                                term_found(t, " ".join(texts[j] for j in best[:5]).lower())
                                for t in case.question["answer_terms"]
                            )
                        ]
                    )
                judged.append((float(answer.score(features_of(case, hits)[None])[0]), case.answerable, case.real))
    names = [f"evidence@{b}w" for b in BUDGETS]
    print("  ".join(f"{n} {v:.3f}" for n, v in zip(names, np.mean(within, 0), strict=True)), end="  ")
    print(
        "  ".join(
            f"{n} {v:.3f}" for n, v in zip(("best 1", "best 3", "best 5", "terms"), np.mean(cited, 0), strict=True)
        )
    )
    for threshold in (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0):
        refused = [answerable for score, answerable, real in judged if real and score < threshold]
        right = len(refused) - sum(refused)
        total = sum(not answerable for _, answerable, real in judged if real)
        out = [score < threshold for score, _, real in judged if not real]
        print(
            f"threshold {threshold:5.2f}: refusal precision {right / max(1, len(refused)):.3f}, "
            f"recall {right / total:.3f} ({len(refused) / len(SEEDS):.0f} refused), "
            f"paper taken out: {np.mean(out):.3f} refused"
        )


def features_of(case: Case, hits: Sequence[Hit]) -> Matrix:
    """Features of answerability; what the library knows is what it would know without the papers taken out."""
    return ev.answer_features(case.question["question"], hits[:HITS], case.known.__contains__)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--embedder", default="locus-minilm")
    parser.add_argument("--write", action="store_true", help="write index/ranking.json and evidence.json")
    parser.add_argument("--without", nargs="*", default=[], choices=ranking.FEATURES, metavar="COLUMN")
    parser.add_argument("--share", type=float, default=0.75)
    parser.add_argument("--shift", type=float, default=0.0, help="threshold of the log odds, from the report")
    options = parser.parse_args()
    with (SHARED / "data/questions/geneqa-dev.jsonl").open(encoding="utf-8") as file:
        questions = [json.loads(line) for line in file if line.strip()]
    with Library.open(options.library, load_embedder(options.embedder)) as library:
        made = cases(library, questions)
        paper = lru_cache(maxsize=None)(library.paper)
        for column in options.without:
            for case in made:
                case.rows[:, ranking.FEATURES.index(column)] = 0.0

        def section_of(paper_id: int, section: int) -> Section:
            return paper(paper_id).sections[section]

        report(made, options.share, section_of)
        if options.write:
            sentences = train_sentences(made)
            rows = [features_of(c, hits_of(c, sentences, section_of)) for c in made]
            answer = train_answerable(made, rows, options.share)
            _store(Path(ranking.__file__).with_name("ranking.json"), sentences, ranking.FEATURES, 0.0)
            judge = Path(ev.__file__).with_name("evidence.json")
            _store(judge, answer, ev.ANSWER_FEATURES, answer.bias - options.shift)


def _store(path: Path, model: Linear, names: Sequence[str], bias: float) -> None:
    columns = zip(names, model.mean, model.deviation, model.weights, strict=True)
    stored = {
        "features": {n: [round(float(v), 5) for v in values] for n, *values in columns},
        "bias": round(float(bias), 5),
    }
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
