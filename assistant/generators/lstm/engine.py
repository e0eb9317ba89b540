"""What the generator does with its networks: pick sentences, and say each shorter where that is sure.

Apart from the generator, since it needs torch: that takes seconds to load and is loaded with the first question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from assistant.generators.extractive import about, same
from assistant.generators.lstm.checkpoint import load
from assistant.generators.lstm.data import Example, Material, materials
from assistant.generators.lstm.decode import Said, write
from assistant.generators.lstm.fidelity import cut_well, faithful, whole
from assistant.generators.lstm.picking import Choice, choice, picked
from assistant.grounding import Quote, plain
from assistant.support import problem
from index.embedding import Embedder
from index.papers import Hit

SURE = -0.15
"""Mean log-probability of its words under which a sentence is not trusted, and quoted instead."""
_END = re.compile(r"\s*[,;:]+\s*\.$")
"""What is left before the full stop where a reference stood in brackets."""
SHORT = 9
"""Sentences of fewer words are quoted as they are."""


class Engine:
    """Both networks and the embedder that they read with. Safe to share among threads: nothing is kept of a call."""

    def __init__(self, embedder: Embedder, weights: str = "") -> None:
        """``weights`` is a file or folder, "" for the shipped ones. Raises CheckpointError."""
        self._embedder = embedder
        self._networks = load(weights)

    def sentences(self, question: str, hits: Sequence[Hit], names: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
        """What is said to a question, and of which passage (from 1); ``names`` must stand beside every sentence.

        The likeliest first; none that says again what was said.
        """
        found, places = self._picked(question, hits, names)
        said: list[str] = []
        for i in places:
            text = self.shorter(question, found.before[i], found.quotes[i])
            if not any(same(text, other) for other in said):
                said.append(text)
                yield text, found.numbers[i]

    def picks(self, question: str, hits: Sequence[Hit], names: tuple[str, ...] = ()) -> list[Quote]:
        """The sentences of which `sentences` speaks, as they stand."""
        found, places = self._picked(question, hits, names)
        return [found.quotes[i] for i in places]

    def _picked(self, question: str, hits: Sequence[Hit], names: tuple[str, ...]) -> tuple[Choice, list[int]]:
        found = choice(question, hits, self._embedder)
        return found, picked(found, self._networks.picker.logits(found), _beside(found, names))

    def shorter(self, question: str, before: str, quote: Quote) -> str:
        """The sentence said shorter where that is sure and supported, else as it stands."""
        text = _END.sub(".", plain(quote.prose))
        count = len(text.split())
        if count < SHORT:
            return text
        material = materials([Example(question, before, text)], self._embedder)[0]
        for one in write(self._networks.compressor, material):
            if len(one.text.split()) >= count:
                return text
            if one.score > SURE and self._stands(one, material, before, quote):
                return _END.sub(".", one.text)
        return text

    def _stands(self, one: Said, material: Material, before: str, quote: Quote) -> bool:
        """Whether nothing that changes the sense was left out, and the check of every generator passes."""
        doubted = one.text.count(" may ") > quote.prose.count(" may ")
        if not whole(quote.prose, one.text) or not faithful(
            material.words, material.begin, one.places, doubted=doubted
        ):
            return False
        if not cut_well(material.words, material.begin, one.places, material.asked):
            return False
        held = [quote.prose] if min(one.places, default=0) >= material.begin else [before, quote.prose]
        vectors = self._embedder.embed_documents([one.text, " ".join(held)])
        return not problem(one.text, held, float(np.dot(*vectors)))


def _beside(found: Choice, names: tuple[str, ...]) -> Callable[[int, int], bool]:
    """Whether a sentence stands beside those of the question's names that the first one stands beside."""
    held = [about(quote, names) for quote in found.quotes]
    return lambda first, other: held[first] <= held[other]
