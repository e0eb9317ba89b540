"""Learn the weights of index/genes/weights.json from BioRED's training abstracts, and say what they reach there.

    python tools/train_genes.py [--write]

Two linear models: whether a name of the table is a gene's where it stands (logistic regression), and which gene it
means (softmax over its candidates). Five-fold cross-validation by document; BioRED dev is not read. With --write the
weights of all training documents are written, those near zero dropped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tools")]
ABSTRACTS = ROOT.parent / "shared/data/papers/pubmed/pubmed21n1298.xml.gz"
from biored import Document, concepts_of, figures, load
from build_genes import abstracts

from index.genes import evidence, ranking, table
from index.genes.abbreviations import abbreviations
from index.genes.evidence import Candidate
from index.genes.finding import judge, pick
from index.genes.spelling import key

FOLDS = 5
SEEN = 4  # a feature that fewer candidates have is not learnt
PENALTY = 0.3
DECAY = 0.3


def meaning_cases(documents: list[Document]) -> list[list[tuple[list[list[str]], bool]]]:
    """A case a document: candidates by gold mention as (features of each of a concept's genes, whether it is right)."""
    cases = []
    for document in documents:
        judged, around = judge(document.text)
        gold = {(start, end): concepts_of(ids) for start, end, ids in document.genes}
        found = []
        seen = set()
        for item in judged:
            right = gold.get((item.found.start, item.found.end))
            by_concept: dict[str, list[list[str]]] = {}
            both = Counter(ref.gene.concept for ref in item.refs)
            for ref in item.refs:
                concept = ref.gene.concept
                names = ranking.features(
                    ref, item.found.written, item.found.spelt, around, item.explained, both[concept]
                )
                by_concept.setdefault(concept, []).append(names)
            if right and len(by_concept) > 1 and right & set(by_concept) and item.found.written not in seen:
                seen.add(item.found.written)  # a name counts once a document
                found.append([(features, concept in right) for concept, features in by_concept.items()])
        cases.append(found)
    return cases


def explained_cases() -> list[list[tuple[list[list[str]], bool]]]:
    """Cases without a text: short forms that PubMed abstracts explain by the name of one of the genes they may mean."""
    seen = Counter()
    cases = []
    for text in abstracts([ABSTRACTS]):
        for short, (_, long, _, _) in abbreviations(text).items():
            refs = table().refs(key(short))
            meant = {ref.gene.concept for ref in table().refs(key(long))} & {ref.gene.concept for ref in refs}
            if len(meant) != 1 or len({ref.gene.concept for ref in refs}) < 2 or seen[short] >= 2:
                continue
            seen[short] += 1
            both = Counter(ref.gene.concept for ref in refs)
            by_concept: dict[str, list[list[str]]] = {}
            for ref in refs:
                # what these same abstracts taught the table must not count
                names = ranking.features(
                    ref._replace(usual=False), short, key(short), ranking.NOWHERE, (), both[ref.gene.concept]
                )
                by_concept.setdefault(ref.gene.concept, []).append(names)
            cases.append([(features, concept in meant) for concept, features in by_concept.items()])
    return cases


def train_meaning(cases: list) -> dict[str, float]:
    """Weights by maximum likelihood of the right concept, a concept scoring as its best gene."""
    counts = Counter(name for case in cases for features, _ in case for names in features for name in names)
    index = {name: i for i, name in enumerate(name for name, n in counts.items() if n >= SEEN)}
    genes = [names for case in cases for features, _ in case for names in features]
    matrix = sparse(genes, index)
    concept = np.repeat(np.arange(sum(map(len, cases))), [len(f) for case in cases for f, _ in case])
    mention = np.repeat(np.arange(len(cases)), list(map(len, cases)))
    right = np.array([ok for case in cases for _, ok in case])
    begins = np.flatnonzero(np.diff(concept, prepend=-1))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        top = np.maximum.reduceat(scores, begins)
        best = np.flatnonzero(scores == top[concept])
        best = best[np.unique(concept[best], return_index=True)[1]]  # the first of equals
        odds = np.exp(top - top.max())
        total = np.bincount(mention, odds)
        good = np.bincount(mention, odds * right)
        gradient = matrix[best].T @ (odds / total[mention] - odds * right / good[mention])
        return float(np.log(total / good).sum() + DECAY * weights @ weights), gradient + 2 * DECAY * weights

    weights = minimize(loss, np.zeros(len(index)), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return {name: round(float(weights[i]), 3) for name, i in index.items() if abs(weights[i]) > 0.004}


def sparse(rows: list[list[str]], index: dict[str, int]) -> csr_matrix:
    """Binary features as a matrix."""
    columns = [[index[name] for name in row if name in index] for row in rows]
    offsets = np.cumsum([0, *map(len, columns)])
    flat = np.array([i for row in columns for i in row], np.int32)
    return csr_matrix((np.ones(len(flat)), flat, offsets), shape=(len(rows), len(index)))


def right_meanings(cases: list, weights: dict[str, float]) -> int:
    """How many mentions get the right concept."""
    hits = 0
    for case in cases:
        scores = [
            (max(sum(weights.get(name, 0.0) for name in names) for names in features), ok) for features, ok in case
        ]
        hits += max(scores, key=lambda pair: pair[0])[1]
    return hits


def gene_cases(documents: list[Document]) -> list[list[tuple[list[str], int, Candidate]]]:
    """Candidates of each document: features, 1 = a gold span, 0 = apart from any, -1 = overlaps one; and the place."""
    cases = []
    for document in documents:
        judged, _ = judge(document.text)
        gold = {(start, end) for start, end, _ in document.genes}
        found = []
        for item in judged:
            span = (item.found.start, item.found.end)
            over = any(span[0] < end and start < span[1] for start, end in gold)
            found.append((item.features, 1 if span in gold else -1 if over else 0, item.found))
        cases.append(found)
    return cases


def train_gene(cases: list) -> dict[str, float]:
    """Weights of the logistic regression."""
    used = [(features, label) for case in cases for features, label, _ in case if label >= 0]
    counts = Counter(name for features, _ in used for name in features)
    index = {name: i for i, name in enumerate(name for name, n in counts.items() if n >= SEEN)}
    matrix = sparse([features for features, _ in used], index)
    model = LogisticRegression(C=PENALTY, max_iter=2000, fit_intercept=False)
    model.fit(matrix, [label for _, label in used])
    weights = model.coef_[0]
    return {name: round(float(weights[i]), 3) for name, i in index.items() if abs(weights[i]) > 0.02}


def picked(case: list, weights: dict[str, float], least: float) -> set[tuple[int, int]]:
    """Spans that would be found with ``weights``."""
    evidence.weights().clear()
    evidence.weights().update(weights)
    return {case[i][2][:2] for i, _ in pick([(found, features) for features, _, found in case], least)}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    documents = load("train")
    cases = meaning_cases(documents)
    more = explained_cases()
    hits = total = 0
    for fold in range(FOLDS):
        learnt = train_meaning([c for i, case in enumerate(cases) if i % FOLDS != fold for c in case] + more)
        test = [c for i, case in enumerate(cases) if i % FOLDS == fold for c in case]
        hits += right_meanings(test, learnt)
        total += len(test)
    meaning = train_meaning([c for case in cases for c in case] + more)
    print(f"{len(more)} cases of explained short forms, right for {right_meanings(more, meaning)}")
    print(
        f"meaning: right for {hits} of {total} names with several candidates ({hits / total:.3f}), "
        f"{len(meaning)} weights"
    )
    ranking.weights().clear()
    ranking.weights().update(meaning)
    found = gene_cases(documents)
    for least in (0.3, 0.4, 0.5, 0.6):
        exact = guessed = 0
        for fold in range(FOLDS):
            if least == 0.3:
                FOLD_WEIGHTS.append(train_gene([c for i, c in enumerate(found) if i % FOLDS != fold]))
            for i in range(fold, len(found), FOLDS):
                spans = picked(found[i], FOLD_WEIGHTS[fold], least)
                exact += len(spans & {(s, e) for s, e, _ in documents[i].genes})
                guessed += len(spans)
        gold = sum(len({(s, e) for s, e, _ in d.genes}) for d in documents)
        print(f"gene, at least {least}: mentions exact", figures(exact, guessed, gold))
    reachable = sum(label == 1 for case in found for _, label, _ in case)
    print(f"gold spans that are candidates: {reachable} of {gold}")
    gene = train_gene(found)
    print(f"{len(gene)} weights")
    if options.write:
        data = {"gene": dict(sorted(gene.items())), "meaning": dict(sorted(meaning.items()))}
        path = ROOT / "index/genes/weights.json"
        path.write_text(json.dumps(data, ensure_ascii=False, indent=0, sort_keys=False) + "\n", encoding="utf-8")


FOLD_WEIGHTS: list[dict[str, float]] = []

if __name__ == "__main__":
    main()
