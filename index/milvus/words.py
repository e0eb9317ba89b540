"""Search by words: BM25 of the server where it has it, else over the passages that hold the rarest words."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock

from index.lexical import FIELD_BOOSTS, Terms, proving_stems, stem_weights, stems_of
from index.milvus import expressions
from index.milvus.client import Client
from index.milvus.rows import STEM, cut_bytes, stored_passage, word
from index.milvus.schema import Made, Names
from index.sentences import prose

POOL = 1_500
"""Passages that are fetched and ranked here where the server ranks none."""

_KEPT_SECONDS, _KEPT = 600.0, 50_000
_K1, _B = 1.2, 0.75
"""Constants of BM25 (Robertson and Zaragoza 2009)."""
_USUAL = {"text": 110.0, "title": 14.0, "heading": 4.0}
"""Words of each, about."""
_REPEATED = 5
"""How often a word of the question stands in what BM25 is asked; its synonyms stand there less often."""
_POOLED = ("id", "paper", "version", "number", "section", "start", "stop", "body", "sentences", "tags")

Found = list[tuple[int, int, int, float]]
"""(passage id, paper, version, score), best first."""


class Words:
    """Passages by their words. Safe to use from many threads."""

    def __init__(
        self, client: Client, names: Names, made: Made, titles: Callable[[Iterable[int]], dict[int, str]]
    ) -> None:
        """``titles`` gives those of papers by their ids."""
        self._titles = titles
        self._client = client
        self._names = names
        self._made = made
        self._guard = Lock()
        self._holding: dict[str, tuple[float, int]] = {}

    def search(self, terms: Terms | str, k: int, only: str) -> Found:
        """The ``k`` best passages for a text, or for texts with a weight each, of those that ``only`` lets through."""
        weights = stem_weights([(terms, 1.0)] if isinstance(terms, str) else terms)
        if not weights or k <= 0:
            return []
        return self._ranked(weights, k, only) if self._made.ranks_words else self._pooled(weights, k, only)

    def knows(self, name: str) -> bool:
        """True where any passage or title holds the name."""
        return any(self._count(stem) for stem in proving_stems(name))

    def rarities(self, stems: Iterable[str]) -> dict[str, float]:
        """Stem -> inverse document frequency among the passages."""
        total = self._count("")
        found = {}
        for stem in stems:
            holding = min(total, self._count(stem))
            found[stem] = math.log(1 + (total - holding + 0.5) / (holding + 0.5))
        return found

    def forget(self) -> None:
        """Count anew, since passages have changed."""
        with self._guard:
            self._holding.clear()

    def _count(self, stem: str) -> int:
        """Passages that hold a stem; all of them for an empty one. As it was in the last ten minutes."""
        now = time.monotonic()
        with self._guard:
            kept = self._holding.get(stem)
        if kept and now - kept[0] < _KEPT_SECONDS:
            return kept[1]
        count = self._client.count(self._names.passages, self._holds([stem]) if stem else "")
        with self._guard:
            if len(self._holding) > _KEPT:
                self._holding.clear()
            self._holding[stem] = (now, count)
        return count

    def _holds(self, stems: Iterable[str]) -> str:
        if self._made.ranks_words:
            return f"TEXT_MATCH(words, {expressions.quoted(' '.join(map(word, stems)))})"
        return f"array_contains_any(stems, {expressions.among(cut_bytes(stem, STEM) for stem in stems)})"

    def _ranked(self, weights: dict[str, float], k: int, only: str) -> Found:
        most = max(weights.values())
        asked = " ".join(
            word(stem) for stem, weight in weights.items() for _ in range(max(1, round(_REPEATED * weight / most)))
        )
        found = self._client.search(
            self._names.passages, "ranked", asked, k, only, {"metric_type": "BM25"}, ["paper", "version"]
        )
        # milvus-lite gives the scores with a minus sign.
        scale = most / _REPEATED
        return [(row["id"], row["paper"], row["version"], abs(score) * scale) for row, score in found]

    def _pooled(self, weights: dict[str, float], k: int, only: str) -> Found:
        """The best of the passages that hold the rarest of the words; of frequent words, of those that hold two."""
        counts = {stem: self._count(stem) for stem in weights}
        held = sorted((stem for stem in weights if counts[stem]), key=lambda stem: counts[stem])
        if not held:
            return []
        rare: list[str] = []
        total = 0
        for stem in held:
            if total + counts[stem] > POOL:
                break
            rare.append(stem)
            total += counts[stem]
        holds = self._holds(rare or held[:1])
        if not rare and len(held) > 1:
            holds = expressions.both(holds, self._holds(held[1:4]))
        expression = expressions.both(holds, only)
        pool = self._client.query(self._names.passages, expression, _POOLED, limit=POOL)
        rarity = self.rarities(weights)
        ranked = []
        titles = self._titles({row["paper"] for row in pool})
        for row in pool:
            passage = stored_passage(row | {"vector": []}).passage
            if passage is None:
                continue
            text = prose(passage.text, passage.references)
            texts = {"text": text, "title": titles.get(row["paper"], ""), "heading": passage.heading}
            score = _bm25({name: _stemmed(text) for name, text in texts.items()}, weights, rarity)
            if score > 0:
                ranked.append((row["id"], row["paper"], row["version"], score))
        return sorted(ranked, key=lambda found: (-found[3], found[0]))[:k]


@lru_cache(maxsize=20_000)
def _stemmed(text: str) -> tuple[Counter[str], int]:
    """Stems of a text with their counts, and how many there are; the same passages are pooled again and again."""
    stems = stems_of(text)
    return Counter(stems), len(stems)


def _bm25(texts: dict[str, tuple[Counter[str], int]], weights: dict[str, float], rarity: dict[str, float]) -> float:
    score = 0.0
    for name, (counts, length) in texts.items():
        norm = _K1 * (1 - _B + _B * length / _USUAL[name])
        for stem, weight in weights.items():
            if count := counts.get(stem):
                score += weight * FIELD_BOOSTS[name] * rarity[stem] * count * (_K1 + 1) / (count + norm)
    return score
