"""How often the "Yes" or "No" put before a quoted sentence is right: PubMedQA's questions and conclusions.

python benchmarks/direct.py
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from assistant.generators.direct import yes_or_no
from index.sentences import split

QUESTIONS = Path(__file__).resolve().parents[2] / "shared/data/questions/pubmedqa-dev.json"


def main() -> None:
    """Command line."""
    items = json.loads(QUESTIONS.read_text(encoding="utf-8"))
    counts: Counter[tuple[str, str]] = Counter()
    for item in items.values() if isinstance(items, dict) else items:
        conclusion = item["LONG_ANSWER"]
        start, end = split(conclusion)[0]
        counts[item["final_decision"], yes_or_no(item["QUESTION"], conclusion[start:end]).lower()] += 1
    given = sum(n for (_, said), n in counts.items() if said)
    right = sum(n for (truth, said), n in counts.items() if said == truth)
    print(f"{given} of {sum(counts.values())} get a verdict, {right} of them rightly ({right / given:.3f})")
    for (truth, said), n in sorted(counts.items()):
        print(f"  truth {truth:5} said {said or '-':3} {n}")


if __name__ == "__main__":
    main()
