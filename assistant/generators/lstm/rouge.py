"""ROUGE, the measure by which training of the LSTM is judged (Lin 2004; the package rouge-score)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

MIXED = {"rouge1": 0.3, "rouge2": 0.3, "rougeL": 0.4}
"""What each has in `rouge_mix`."""


@lru_cache(maxsize=1)
def _scorer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415

    return RougeScorer(list(MIXED), use_stemmer=True)


def rouge_l(wanted: str, said: str) -> float:
    """F-measure, 0 to 1, of the longest common subsequence of both texts' stemmed words."""
    return float(_scorer().score(wanted, said)["rougeL"].fmeasure)


def rouge_mix(wanted: str, said: str) -> float:
    """ROUGE-1, -2 and -L mixed, 0 to 1: words in common, in pairs, and in the same order."""
    scores = _scorer().score(wanted, said)
    return sum(share * float(scores[name].fmeasure) for name, share in MIXED.items())
