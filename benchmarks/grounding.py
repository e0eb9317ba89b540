"""How often the grounding check lets a true sentence pass, and how often a false one.

    python benchmarks/grounding.py

True sentences: GeneQA dev's own answers against their evidence. False ones: the same answers with a number changed, a
gene exchanged, a negation put in or taken out, a direction turned round, or held against evidence of another question
on the same paper. Answers that the perturbation leaves as they are don't count.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from assistant.support import problem
from index.embedding import load_embedder
from index.genes import symbols
from index.sentences import split

SHARED = Path(__file__).resolve().parents[2] / "shared"
_NOT = re.compile(r"\b(is|are|was|were|does|do|can|has|have)\b(?! not)")
_TURNS = (
    ("increased", "decreased"), ("higher", "lower"), ("more", "less"), ("larger", "smaller"), ("up", "down"),
    ("reduced", "raised"), ("gain", "loss"), ("earlier", "later"), ("recessive", "dominant"),
)  # fmt: skip


def other_number(text: str) -> str:
    """The first number that stands alone, doubled and one more."""
    return re.sub(r"(?<![\w.-])(\d+)(?![\w-])", lambda m: str(2 * int(m.group(1)) + 1), text, count=1)


def other_gene(text: str) -> str:
    """The first gene-like name exchanged for one that no paper names."""
    found = symbols(text)
    return text.replace(found[0], "Zfp9182") if found else text


def negated(text: str) -> str:
    """A "not" put in, or the first one taken out."""
    if re.search(r"\bnot\b", text):
        return re.sub(r"\bnot\s+", "", text, count=1)
    return _NOT.sub(r"\1 not", text, count=1)


def turned(text: str) -> str:
    """The first word of direction exchanged for its opposite."""
    for one, other in _TURNS:
        for this, that in ((one, other), (other, one)):
            if re.search(rf"\b{this}\b", text):
                return re.sub(rf"\b{this}\b", that, text, count=1)
    return text


def main() -> None:
    """Command line."""
    with (SHARED / "data/questions/geneqa-dev.jsonl").open(encoding="utf-8") as file:
        questions = [q for q in map(json.loads, file) if q["answerable"]]
    embed = load_embedder("all-MiniLM-L6-v2").embed_documents
    of_paper = defaultdict(list)
    for question in questions:
        of_paper[question["pmcid"]].append(question)
    changes: dict[str, Callable[[str], str]] = {
        "true": str,
        "number changed": other_number,
        "gene exchanged": other_gene,
        "negation turned": negated,
        "direction turned": turned,
        "other evidence": str,
    }
    passed: dict[str, list[bool]] = {name: [] for name in changes}
    for question in questions:
        answer = [question["answer"][s:e] for s, e in split(question["answer"])]
        others = [q for q in of_paper[question["pmcid"]] if q["id"] != question["id"]]
        for name, change in changes.items():
            evidence = question["evidence"]
            if name == "other evidence":
                if not others:
                    continue
                evidence = others[0]["evidence"]
            for sentence in answer:
                said = change(sentence)
                if name not in ("true", "other evidence") and said == sentence:
                    continue
                one, other = embed([said, " ".join(evidence)])
                passed[name].append(not problem(said, evidence, float(one @ other)))
    for name, results in passed.items():
        print(f"{name:18} {sum(results) / len(results):.3f} of {len(results)} pass")


if __name__ == "__main__":
    main()
