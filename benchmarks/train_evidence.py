"""Train the ranker of sentences and the judge of answerability, and say what they reach on papers not trained on.

    python benchmarks/train_evidence.py --library CRAFT_LIBRARY [--write]

Reads GeneQA dev and the papers of ../shared. Five-fold cross-validation, folds split by paper. Unanswerable
questions are the set's own, and each answerable one asked again with its paper taken out of what retrieval found.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant.generators import evidence as ev
from assistant.generators.evidence import Linear
from index.embedding import load_embedder
from index.lexical import words
from index.library import Library
from index.papers import Hit
from index.search import search

SHARED = Path(__file__).resolve().parents[2] / "shared"
sys.path.insert(0, str(SHARED / "tools"))
PENALTY = 0.02
FOLDS = 5
Matrix = NDArray[np.float32]


@dataclass
class Case:
    """One question with what retrieval found: features of its sentences, and which of them are gold evidence."""

    id: str
    group: int
    evidence: ev.Evidence
    rows: Matrix
    gold: NDArray[np.bool_]
    terms: list[str]
    answerable: bool
    real: bool
    known: frozenset[str]


class CachedEmbedder:
    """Embeds each text once: the same sentences come up for many questions."""

    def __init__(self, library: Library) -> None:
        self.library, self.known = library, {}

    def __call__(self, texts: Sequence[str]) -> Matrix:
        new = [t for t in dict.fromkeys(texts) if t not in self.known]
        self.known.update(zip(new, self.library.embedder.embed_documents(new), strict=True))
        return np.array([self.known[t] for t in texts], dtype=np.float32)


def cases(library: Library, questions: list[dict]) -> list[Case]:
    """All questions, and the answerable ones again without their paper."""
    from score_geneqa import contains, squash

    embed = CachedEmbedder(library)
    holders = name_holders(library)
    made = []
    for number, question in enumerate(questions):
        gold_paper = next(
            (i for i in map(library.find, (question["pmcid"], question["pmid"], question["doi"])) if i), 0
        )
        hits = search(library, question["question"], 40)
        for without in (False, True) if question["answerable"] else (False,):
            kept: list[Hit] = [h for h in hits if not (without and h.paper.id == gold_paper)][:10]
            if not kept:
                continue
            found = ev.gather(question["question"], kept, embed)
            marks = []
            for quote in found.quotes:
                text = squash(quote.text)
                right = question["answerable"] and not without and quote.hit.paper.id == gold_paper
                marks.append(
                    right
                    and any(
                        contains(text, g) or (len(text) > 40 and contains(g, text))
                        for g in map(squash, question["evidence"])
                    )
                )
            made.append(
                Case(
                    id=question["id"],
                    group=gold_paper or -1 - number,
                    evidence=found,
                    rows=ev.sentence_features(found),
                    gold=np.array(marks, dtype=bool),
                    terms=question["answer_terms"],
                    answerable=question["answerable"] and not without,
                    real=not without,
                    known=frozenset(
                        name
                        for group in ev.synonyms(question["question"])
                        for name in group
                        if holders(name) - ({gold_paper} if without else set())
                    ),
                )
            )
        print(f"\r{number + 1}/{len(questions)} questions", end="", file=sys.stderr)
    print(file=sys.stderr)
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
        total = (
            torch.stack(
                [
                    torch.logsumexp(x @ weights, 0) - torch.logsumexp((x @ weights)[y], 0)
                    for x, y in zip(xs, ys, strict=True)
                ]
            ).mean()
            + PENALTY * (weights**2).sum()
        )
        total.backward()
        return total

    optimiser.step(loss)
    return Linear(mean, deviation, weights.detach().numpy())


def train_answerable(train: Sequence[Case], sentences: Linear, share: float) -> Linear:
    """Logistic regression; ``share`` is the weight of the answerable among all."""
    rows = np.array([ev.answer_features(c.evidence, sentences.score(c.rows), c.known.__contains__) for c in train])
    labels = np.array([c.answerable for c in train])
    mean, deviation = rows.mean(0), rows.std(0) + 1e-6
    importance = np.where(labels, share / labels.sum(), (1 - share) / (~labels).sum())
    model = LogisticRegression(C=0.3, max_iter=1000)
    model.fit((rows - mean) / deviation, labels, sample_weight=importance * len(labels))
    return Linear(mean, deviation, model.coef_[0].astype(np.float32), float(model.intercept_[0]))


def report(all_cases: list[Case], share: float) -> None:
    """Print what five-fold cross-validation gives."""
    scores: dict[int, Matrix] = {}
    judged: dict[int, float] = {}
    groups = [c.group for c in all_cases]
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=7).split(all_cases, groups=groups):
        sentences = train_sentences([all_cases[i] for i in train])
        answer = train_answerable([all_cases[i] for i in train], sentences, share)
        for i in test:
            case = all_cases[i]
            scores[i] = sentences.score(case.rows)
            judged[i] = float(
                answer.score(ev.answer_features(case.evidence, scores[i], case.known.__contains__)[None])[0]
            )
    from score_geneqa import term_found

    answerable = [i for i, c in enumerate(all_cases) if c.answerable]
    for most in (1, 2, 3, 4, 5):
        cites = terms = 0
        for i in answerable:
            best = np.argsort(-scores[i])[:most]
            text = " ".join(all_cases[i].evidence.quotes[j].text for j in best).lower()
            cites += bool(all_cases[i].gold[best].any())
            terms += all(term_found(t, text) for t in all_cases[i].terms)
        print(f"best {most}: evidence {cites / len(answerable):.3f}, terms {terms / len(answerable):.3f}")
    real = [i for i, c in enumerate(all_cases) if c.real]
    for threshold in (-0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0):
        refused = [i for i in real if judged[i] < threshold]
        right = sum(not all_cases[i].answerable for i in refused)
        total = sum(not all_cases[i].answerable for i in real)
        out = [i for i, c in enumerate(all_cases) if not c.real]
        print(
            f"threshold {threshold:5.2f}: refusal precision {right / max(1, len(refused)):.3f}, "
            f"recall {right / total:.3f} "
            f"({len(refused)} refused), paper taken out: {np.mean([judged[i] < threshold for i in out]):.3f} refused"
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="write assistant/generators/evidence.json")
    parser.add_argument("--share", type=float, default=0.75)
    parser.add_argument("--shift", type=float, default=0.0, help="threshold of the log odds, from the report")
    options = parser.parse_args()
    with (SHARED / "data/questions/geneqa-dev.jsonl").open(encoding="utf-8") as file:
        questions = [json.loads(line) for line in file if line.strip()]
    with Library.open(options.library, load_embedder("all-MiniLM-L6-v2")) as library:
        made = cases(library, questions)
    report(made, options.share)
    if options.write:
        sentences = train_sentences(made)
        answer = train_answerable(made, sentences, options.share)
        stored = {
            "sentence": _stored(sentences, ev.SENTENCE_FEATURES, 0.0),
            "answer": _stored(answer, ev.ANSWER_FEATURES, answer.bias - options.shift),
        }
        path = Path(ev.__file__).with_name("evidence.json")
        path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _stored(model: Linear, names: Sequence[str], bias: float) -> dict:
    columns = zip(names, model.mean, model.deviation, model.weights, strict=True)
    return {
        "features": {n: [round(float(v), 5) for v in values] for n, *values in columns},
        "bias": round(float(bias), 5),
    }


if __name__ == "__main__":
    main()
