"""Sentences and their shorter forms as tensors, for training and for writing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.generators.lstm.model import Source, Target
from assistant.generators.lstm.words import FUNCTION_WORDS, Word, glue, stem, words
from index.embedding import Embedder
from index.passages import Searchable

END = "</s>"
FEATURES = (
    "before", "asked", "digit", "capital", "sign", "bracketed", "function_word", "first", "place", "last",
    "after_comma", "wish", "wish_known",
)  # fmt: skip
"""Columns that each word has beside its vector: ``before`` where it stands in the sentence before, ``asked`` where the
question has its stem, ``place`` from 0 to 1, ``wish`` the share of the sentence's words that the answer shall have."""

LONGEST = 110
"""Words of a sentence (with the one before) that are read."""
LONGEST_QUESTION = 60

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of a paper, the one before it (or ""), the question, and the shorter sentence to write."""

    question: str
    before: str
    sentence: str
    target: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Material:
    """What the network reads of one sentence: ``words`` are those of the sentence before and of the sentence itself,
    which begins at place ``begin``; ``states`` (N, d) and ``question`` (Q, d) are their vectors, float16.
    """

    words: tuple[Word, ...]
    begin: int
    states: NDArray[np.float16]
    question: NDArray[np.float16]
    asked: frozenset[str]


ENTRIES = (END, *sorted(FUNCTION_WORDS))
"""The words that may be written though they are not copied, in the order of their numbers."""
NUMBER = {word: number for number, word in enumerate(ENTRIES)}


def materials(examples: Sequence[Example], embedder: Embedder) -> list[Material]:
    """What the network reads of each example; one reading of the encoder for each text that differs."""
    spots: list[tuple[tuple[Word, ...], int]] = []
    texts: dict[str, int] = {}
    passages: list[Searchable] = []

    def place(text: str, found: Sequence[Word]) -> int:
        if text not in texts:
            texts[text] = len(passages)
            passages.append(Searchable(text, tuple((w.start, w.end) for w in found)))
        return texts[text]

    asked = [words(e.question)[:LONGEST_QUESTION] for e in examples]
    for example in examples:
        spots.append(joined(example.before, example.sentence))
    read = [(place(_text(s), s), place(e.question, a)) for (s, _), e, a in zip(spots, examples, asked, strict=True)]
    _, vectors = embedder.embed_passages(passages)
    small = [v.astype(np.float16) for v in vectors]
    return [
        Material(s, begin, small[i], small[j], frozenset(stem(w.low) for w in a if w.low not in FUNCTION_WORDS))
        for (s, begin), (i, j), a in zip(spots, read, asked, strict=True)
    ]


def joined(before: str, sentence: str) -> tuple[tuple[Word, ...], int]:
    """Words of both, as they stand in one text with a space between; and where the sentence begins."""
    own = words(sentence)[:LONGEST]
    first = words(before)
    room = LONGEST - len(own)
    if not before or len(first) > room:
        return tuple(own), 0
    shift = len(before) + 1
    return (*first, *(Word(w.text, w.start + shift, w.end + shift, w.glued) for w in own)), len(first)


def _text(found: Sequence[Word]) -> str:
    """Text that has the words at their places."""
    text = ""
    for word in found:
        text += " " * (word.start - len(text)) + word.text
    return text


def features(material: Material, wish: float | None) -> Floats:
    """(N, len(FEATURES)) float32."""
    rows = []
    depth = 0
    count = len(material.words) - material.begin
    for i, word in enumerate(material.words):
        depth = max(0, depth - (word.text in ")]}"))
        after = i > 0 and material.words[i - 1].text in ",;:"
        own = i - material.begin
        rows.append(
            [
                own < 0,
                stem(word.low) in material.asked,
                any(c.isdigit() for c in word.text),
                word.text != word.low,
                not any(c.isalnum() for c in word.text),
                depth > 0 or word.text in "([{",
                word.low in FUNCTION_WORDS,
                own == 0,
                max(0, own) / max(1, count),
                own == count - 1,
                after,
                wish or 0.0,
                wish is not None,
            ]
        )
        depth += word.text in "([{"
    return np.array(rows, np.float32)


@dataclass(frozen=True, slots=True)
class Aligned:
    """A target in terms of its sentence: for each word its number in the list (-1: none), the place it is copied from
    (-1: none), and all places that it may be copied from; END last.
    """

    listed: tuple[int, ...]
    place: tuple[int, ...]
    places: tuple[tuple[int, ...], ...]

    @property
    def kept(self) -> frozenset[int]:
        """Places that are copied."""
        return frozenset(i for i in self.place if i >= 0)


def align(material: Material, target: str) -> Aligned | None:
    """How ``target`` can be written from its sentence; None where a word is neither there nor in the list."""
    source = [w.low for w in material.words]
    begin = material.begin
    wanted = [w.low for w in words(target)]
    place = [-1] * len(wanted)
    for a, b, size in SequenceMatcher(None, source[begin:], wanted, autojunk=False).get_matching_blocks():
        for k in range(size):
            place[b + k] = begin + a + k
    listed, places = [], []
    for t, word in enumerate(wanted):
        number = NUMBER.get(word, -1)
        found: tuple[int, ...] = (place[t],) if place[t] >= 0 else ()
        if not found and word not in FUNCTION_WORDS:
            found = tuple(i for i, w in enumerate(source) if w == word)
            inside = tuple(i for i in found if i >= begin)
            found = inside or found
            if found:
                # The place nearest to where the words around it come from.
                near = place[t - 1] + 1 if t and place[t - 1] >= 0 else found[0]
                place[t] = min(found, key=lambda i: abs(i - near))
        if number < 0 and not found:
            return None
        listed.append(number)
        places.append(found)
    return Aligned((*listed, 0), (*place, -1), (*places, ()))


def batch(materials_: Sequence[Material], wishes: Sequence[float | None]) -> Source:
    """Padded tensors of what is read."""
    size = len(materials_)
    longest = max(len(m.words) for m in materials_)
    asked = max(1, *(len(m.question) for m in materials_))
    width = materials_[0].states.shape[1]
    question = torch.zeros(size, asked, width)
    question_mask = torch.zeros(size, asked, dtype=torch.bool)
    states = torch.zeros(size, longest, width)
    feats = torch.zeros(size, longest, len(FEATURES))
    mask = torch.zeros(size, longest, dtype=torch.bool)
    for b, (m, wish) in enumerate(zip(materials_, wishes, strict=True)):
        question[b, : len(m.question)] = torch.from_numpy(m.question.astype(np.float32))
        question_mask[b, : max(1, len(m.question))] = True
        states[b, : len(m.words)] = torch.from_numpy(m.states.astype(np.float32))
        feats[b, : len(m.words)] = torch.from_numpy(features(m, wish))
        mask[b, : len(m.words)] = True
    return Source(question, question_mask, states, feats, mask)


def targets(aligned: Sequence[Aligned], length: int) -> Target:
    """Padded tensors of what is to be written; ``length`` is that of the padded sentences."""
    size, longest = len(aligned), max(len(a.listed) for a in aligned)
    listed = torch.full((size, longest), -1)
    place = torch.full((size, longest), -1)
    copied = torch.zeros(size, longest, length, dtype=torch.bool)
    mask = torch.zeros(size, longest, dtype=torch.bool)
    kept = torch.zeros(size, length, dtype=torch.bool)
    for b, a in enumerate(aligned):
        steps = len(a.listed)
        listed[b, :steps] = torch.tensor(a.listed)
        place[b, :steps] = torch.tensor(a.place)
        mask[b, :steps] = True
        for t, places in enumerate(a.places):
            copied[b, t, list(places)] = True
        kept[b, list(a.kept)] = True
    return Target(listed, copied, place, mask, kept)


_NAME = re.compile(r".+[A-Z]|.*\d")


def written(material: Material, said: Sequence[tuple[int, int]]) -> str:
    """Text of (number in the list, place) pairs; a place of -1 means the list.

    The first word of the sentence loses its capital where it stands elsewhere now, and the new first word gets one,
    both only where it is an ordinary word.
    """
    parts: list[tuple[str, bool]] = []
    last = -2
    for number, place in said:
        if place < 0:
            parts.append((ENTRIES[number], False))
        else:
            word = material.words[place]
            text = word.text
            if parts and place in (0, material.begin) and text.lower() in FUNCTION_WORDS:
                text = text.lower()
            parts.append((text, word.glued and place == last + 1))
        last = place
    if parts and parts[0][0].isalpha() and not _NAME.match(parts[0][0]):
        parts[0] = (parts[0][0][:1].upper() + parts[0][0][1:], parts[0][1])
    return glue(parts)
