"""How often the "Yes" or "No" put before a quoted sentence is right, and how often one is put.

    python benchmarks/direct.py [--show]

PubMedQA's questions with the first sentence of their conclusion; BioASQ's yes/no questions with every sentence of
their snippets; GeneQA dev's with their evidence.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from assistant.verdicts import YES_NO, yes_or_no
from index.sentences import split

QUESTIONS = Path(__file__).resolve().parents[2] / "shared/data/questions"
Item = tuple[str, str, str]
"""Question, sentence, and what is true: "yes", "no", or "" where the sentence answers nothing."""


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text."""
    yield from (text[start:end] for start, end in split(text))


def pubmedqa() -> Iterator[Item]:
    """Questions and the first sentence of the conclusion."""
    for item in json.loads((QUESTIONS / "pubmedqa-dev.json").read_text("utf-8")).values():
        yield item["QUESTION"], next(sentences(item["LONG_ANSWER"])), item["final_decision"]


def bioasq() -> Iterator[Item]:
    """Yes/no questions of the golden sets and of 11b, and the sentences of their snippets."""
    for name in ("11B2_golden", "12B1_golden", "12B2_golden"):
        for item in json.loads((QUESTIONS / f"{name}.json").read_text("utf-8"))["questions"]:
            if item["type"] == "yesno":
                for snippet in item["snippets"]:
                    yield from ((item["body"], s, item["exact_answer"]) for s in sentences(snippet["text"]))
    with (QUESTIONS / "bioasq-11b-ideal.jsonl").open(encoding="utf-8") as file:
        for item in map(json.loads, file):
            ideal = item["ideal_answer"]
            said = re.match(r"(yes|no)\b", ideal if isinstance(ideal, str) else ideal[0], re.IGNORECASE)
            if said and YES_NO.search(item["question"]):
                for snippet in item["snippets"]:
                    yield from ((item["question"], s, said.group(1).lower()) for s in sentences(snippet))


def geneqa() -> Iterator[Item]:
    """Yes/no questions whose answer opens with a verdict, and their evidence."""
    with (QUESTIONS / "geneqa-dev.jsonl").open(encoding="utf-8") as file:
        for item in map(json.loads, file):
            said = re.match(r"(yes|no)\b", item["answer"] or "", re.IGNORECASE)
            if said:
                yield from ((item["question"], s, said.group(1).lower()) for s in item["evidence"])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print every verdict given")
    show = parser.parse_args().show
    for name, items in (("PubMedQA", pubmedqa()), ("BioASQ", bioasq()), ("GeneQA", geneqa())):
        counts: Counter[tuple[str, str]] = Counter()
        for question, sentence, truth in items:
            said = yes_or_no(question, sentence).lower()
            counts[truth, said] += 1
            if show and said:
                print(f"  {'right' if said == truth else 'WRONG'} {said} | {question} | {sentence}")
        given = sum(n for (_, said), n in counts.items() if said)
        right = sum(n for (truth, said), n in counts.items() if said == truth)
        share = f"{right / given:.3f}" if given else "-"
        print(f"{name:9} {given} of {sum(counts.values())} sentences get a verdict, {right} of them rightly ({share})")


if __name__ == "__main__":
    main()
