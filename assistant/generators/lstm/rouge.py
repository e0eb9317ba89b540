"""ROUGE-L, the measure by which training of the LSTM is judged (Lin 2004; the package rouge-score)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _scorer() -> Any:
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415

    return RougeScorer(["rougeL"], use_stemmer=True)


def rouge_l(wanted: str, said: str) -> float:
    """F-measure, 0 to 1, of the longest common subsequence of both texts' stemmed words."""
    return float(_scorer().score(wanted, said)["rougeL"].fmeasure)
