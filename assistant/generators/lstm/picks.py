"""Questions with the sentences found for them, and how good each is: what the network that picks is trained on.

Sentences are found as for an answer: by `index.search` in the user's library, or, for questions that bring their own
texts, in a library of those texts alone, held to the question's own documents.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.generators.lstm.picking import Choice, choice
from assistant.generators.lstm.rouge import rouge_mix
from assistant.generators.lstm.sources import Asked
from index.embedding import Embedder
from index.filters import NO_FILTERS, Filters
from index.library import Library
from index.papers import Hit, Paper, PaperInfo, Section, SectionKind
from index.search import search
from index.store import Store

Note = Callable[[int], None]
OWN = 40
"""Passages read of the texts that a question brings along."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A question and its numbered sentences: ``features`` (s, F), ``vectors`` (s, d) and ``asked`` (d,) in float16, and
    ``target`` (s,) from 0 to 1: 1 for sentences that answer, or likeness to the answer (`rouge.rouge_mix`).
    """

    question: str
    texts: tuple[str, ...]
    features: NDArray[np.float32]
    vectors: NDArray[np.float16]
    asked: NDArray[np.float16]
    target: NDArray[np.float32]
    group: str
    source: str
    answers: tuple[str, ...]
    """Texts that must not stand on both sides of the split: the sentences that answer."""


def picks(asked: Sequence[Asked], library: Store | None, embedder: Embedder, k: int, note: Note) -> list[Pick]:
    """The questions that can be learnt from; ``note`` is told each that is done.

    Left out are those for which fewer than two sentences are found, and those of which none or all answer.
    """
    own = [one for one in asked if one.documents]
    made: dict[int, Pick] = {}
    places = {id(one): place for place, one in enumerate(asked)}
    if own:
        with (
            tempfile.TemporaryDirectory(prefix="locus-train-") as folder,
            Library.open(Path(folder) / "library", embedder) as small,
        ):
            # Each text once: a library takes a paper with the same words for the same paper.
            numbers = {text: n for n, text in enumerate(dict.fromkeys(d for one in own for d in one.documents))}
            small.add(_paper(number, parts) for parts, number in numbers.items())
            ids = {int(info.source): info.id for info in small.papers("", 0, 10**9)}
            for one in own:
                order = {ids[n]: i for i, n in enumerate(numbers[d] for d in one.documents) if n in ids}
                found = search(small, one.question, OWN, filters=Filters(papers=frozenset(order))) if order else []
                # As they were given: where a text is read whole, its order tells something.
                hits = sorted(found, key=lambda h: (order[h.paper.id], h.passage.section, h.passage.start))
                _keep(made, places[id(one)], one, hits, embedder)
                note(1)
    for one in asked:
        if not one.documents:
            hits = search(library, one.question, k, filters=NO_FILTERS) if library is not None else []
            _keep(made, places[id(one)], one, hits, embedder)
            note(1)
    return [made[place] for place in sorted(made)]


def evidence_as_documents(asked: Sequence[Asked], known: Callable[[str], bool]) -> list[Asked]:
    """Questions to papers that the library doesn't hold get what evidence the files give of that paper as its text."""
    given: dict[str, dict[str, None]] = {}
    for one in asked:
        given.setdefault(one.group, {}).update(dict.fromkeys(one.evidence))
    kept = []
    for one in asked:
        if one.documents or not one.evidence or (one.paper and known(one.paper)):
            kept.append(one)
            continue
        documents = tuple((("", text),) for text in given[one.group])
        kept.append(Asked(one.question, documents, (), one.evidence, one.group, one.source, one.paper))
    return kept


def _paper(number: int, parts: tuple[tuple[str, str], ...]) -> Paper:
    sections = tuple(Section(heading, text, SectionKind.ABSTRACT) for heading, text in parts)
    return Paper(PaperInfo("", source=str(number)), sections)


def _keep(made: dict[int, Pick], place: int, asked: Asked, hits: Sequence[Hit], embedder: Embedder) -> None:
    if not hits:
        return
    found = choice(asked.question, hits, embedder)
    target = targets_of(asked, found)
    if len(target) < 2 or target.max() <= 0 or target.min() == target.max():
        return
    texts = tuple(quote.prose for quote in found.quotes)
    answers = asked.evidence or (texts[int(target.argmax())],)
    made[place] = Pick(
        asked.question, texts, found.features, found.vectors.astype(np.float16), found.question.astype(np.float16),
        target, asked.group, asked.source, answers,
    )  # fmt: skip


def targets_of(asked: Asked, found: Choice) -> NDArray[np.float32]:
    """How good each sentence is, (s,) from 0 to 1."""
    if asked.evidence:
        gold = [_squash(one) for one in asked.evidence]
        said = [_squash(quote.prose) for quote in found.quotes]
        verbatim = [_squash(quote.text) for quote in found.quotes]
        return np.array([_same(a, b, gold) for a, b in zip(said, verbatim, strict=True)], np.float32)
    scores = [max(rouge_mix(wanted, quote.prose) for wanted in asked.wanted) for quote in found.quotes]
    return np.array(scores, np.float32)


def _same(said: str, verbatim: str, gold: Sequence[str]) -> bool:
    """Whether a sentence, or its verbatim text, is one of the gold ones, or a part of one, or holds one."""
    return any(g in verbatim or g in said or (len(said) > 40 and said in g) for g in gold if g)


def _squash(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
