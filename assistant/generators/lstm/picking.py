"""Which sentences an answer is made of: a bidirectional LSTM weighs each numbered sentence beside the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from assistant.grounding import Quote
from assistant.planted import planted
from index.embedding import Embedder
from index.papers import Hit, SectionKind
from index.passages import Searchable
from index.ranking import NUMBER_QUESTION
from index.sentences import prose, references_within
from index.terms import stems

FEATURES = (
    "score",
    "score_under_best",
    "rank",
    "hit",
    "first_hits",
    "hit_under_best",
    "place",
    "first",
    "last",
    "words",
    "short",
    "long",
    "cosine",
    "cosine_under_best",
    "covered",
    "central",
    "nearest_hit",
    "new_to_hit",
    "number_wanted",
    "concluding",
    "finding",
    "procedure",
    "purpose",
    "background",
    "bracketed",
    "abstract",
    "figure",
    "table",
    "methods",
    "results",
    "discussion",
    "introduction",
    "count",
    "yes_no",
)
MOST = 60
"""Sentences looked at: those that the search ranks first."""

_CONCLUDING = re.compile(
    r"\b(?:suggest|conclu|indicat|impl(?:y|ies)|support|demonstrat|therefore|thus|taken together|overall|in summary"
    r"|our (?:results|data|findings)|these (?:results|data|findings))",
    re.I,
)
_FINDING = re.compile(
    r"\b(?:signific|increas|decreas|reduc|higher|lower|associat|compared|showed|found|observed|detected|resulted"
    r"|required|essential|no (?:difference|effect|change)|mutant|expressed|lack)",
    re.I,
)
_PROCEDURE = re.compile(
    r"\b(?:was|were|we) (?:\w+ )?(?:performed|used|measured|analy[sz]ed|collected|carried|assessed|enrolled"
    r"|included|randomi[sz]ed|obtained|isolated|evaluated|recruited|compared)\b",
    re.I,
)
_PURPOSE = re.compile(
    r"\b(?:aim|objective|purpose|to (?:determine|investigate|examine|assess|evaluate|test|explore|identify)"
    r"|whether|hypothes|we (?:asked|sought))",
    re.I,
)
_BACKGROUND = re.compile(
    r"\b(?:is (?:a|an|the|one|known)|are (?:a|the|known)|has been|have been|remains?|unknown|unclear|little)\b", re.I
)
_YES_NO = re.compile(r"^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|should|may|might)\b", re.I)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Choice:
    """The sentences that may be picked, in the order of their numbers: quotes, the numbers (from 1) of their passages,
    the sentence before each (""), features (s, F), and vectors of sentences (s, d) and question (d,).
    """

    quotes: tuple[Quote, ...]
    numbers: tuple[int, ...]
    before: tuple[str, ...]
    features: Floats
    vectors: Floats
    question: Floats


def choice(question: str, hits: Sequence[Hit], embedder: Embedder) -> Choice:
    """What can be picked of ``hits``, at most MOST sentences; hits without sentences give none."""
    scores = sorted((score for hit in hits for *_, score in hit.sentences), reverse=True)
    least = scores[MOST - 1] if len(scores) > MOST else float("-inf")
    passages = [Searchable(h.passage.text, tuple((a, b) for a, b, _ in h.sentences)) for h in hits]
    _, read = embedder.embed_passages(passages)
    asked = embedder.embed_query(question)
    sought = frozenset(stems(question))
    quotes, numbers, before, rows, vectors = [], [], [], [], []
    best = scores[0] if scores else 0.0
    ranks = {score: rank for rank, score in reversed(list(enumerate(scores)))}
    for number, hit in enumerate(hits, start=1):
        passage = hit.passage
        barred = set(planted(passage.text))
        texts = [prose(passage.text[a:b], references_within(passage.references, a, b)) for a, b, _ in hit.sentences]
        held: set[str] = set()
        for i, (start, end, score) in enumerate(hit.sentences):
            own = frozenset(stems(texts[i]))
            fresh = len(own - held) / max(1, len(own))
            held |= own
            if score < least or (start, end) in barred or len(texts[i].split()) < 3:
                continue
            quotes.append(Quote(hit, passage.start + start, passage.start + end, passage.text[start:end], texts[i]))
            numbers.append(number)
            follows = i > 0 and start - hit.sentences[i - 1][1] <= 3
            before.append(texts[i - 1] if follows else "")
            vectors.append(read[number - 1][i])
            rows.append(
                _row(question, sought, hit, number, len(hits), i, texts[i], score, best, ranks[score], own, fresh)
            )
    if not quotes:
        empty = np.empty((0, len(asked)), np.float32)
        return Choice((), (), (), np.empty((0, len(FEATURES)), np.float32), empty, asked)
    matrix, table = np.stack(vectors), np.array(rows, np.float32)
    cosines = matrix @ asked
    table[:, FEATURES.index("cosine")] = cosines
    table[:, FEATURES.index("cosine_under_best")] = cosines - cosines.max()
    near = matrix @ matrix.T
    table[:, FEATURES.index("central")] = near.mean(1)
    first = np.array(numbers) == numbers[0]
    table[:, FEATURES.index("nearest_hit")] = near[:, first].max(1)
    return Choice(tuple(quotes), tuple(numbers), tuple(before), table, matrix, asked)


def _row(
    question: str,
    sought: frozenset[str],
    hit: Hit,
    number: int,
    hits: int,
    i: int,
    text: str,
    score: float,
    best: float,
    rank: int,
    own: frozenset[str],
    fresh: float,
) -> list[float]:
    """One row of FEATURES; those that need all sentences are left 0."""
    head, kind, count = hit.passage.heading.lower(), hit.passage.kind, len(hit.sentences)
    words = len(text.split())
    return [
        score / 5,
        (score - best) / 5,
        1 / (1 + rank),
        1 / number,
        number <= 3,
        (hit.score - best) / 5,
        i / count,
        i == 0,
        i == count - 1,
        min(words, 60) / 30,
        words < 8,
        words > 45,
        0,
        0,
        len(own & sought) / max(1, len(sought)),
        0,
        0,
        fresh,
        bool(NUMBER_QUESTION.search(question)) and any(c.isdigit() for c in text),
        bool(_CONCLUDING.search(text)),
        bool(_FINDING.search(text)),
        bool(_PROCEDURE.search(text)),
        bool(_PURPOSE.search(text)),
        bool(_BACKGROUND.search(text)),
        "(" in text,
        kind == SectionKind.ABSTRACT,
        kind == SectionKind.FIGURE,
        kind == SectionKind.TABLE,
        any(w in head for w in ("method", "material", "patients")),
        "result" in head or "finding" in head,
        "discussion" in head or "conclusion" in head,
        any(w in head for w in ("introduction", "background", "objective", "purpose")),
        min(hits, 20) / 20,
        bool(_YES_NO.search(question)),
    ]


class Picker(nn.Module):
    """Features and vectors of all sentences, in order, to a logit for each."""

    def __init__(self, states: int = 384, size: int = 32, dropout: float = 0.5) -> None:
        super().__init__()
        self.sentence = nn.Linear(states, size)
        self.question = nn.Linear(states, size)
        self.meet = nn.Linear(states, size, bias=False)
        self.norm = nn.BatchNorm1d(len(FEATURES))
        self.drop = nn.Dropout(dropout)
        self.lstm = nn.LSTM(3 * size + len(FEATURES), size, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * size, 1)
        self.straight = nn.Linear(len(FEATURES), 1)
        self.lean = nn.Parameter(torch.tensor(5.0))
        for layer in (self.out, self.straight):
            nn.init.zeros_(layer.weight)

    def forward(self, features: Tensor, vectors: Tensor, question: Tensor, mask: Tensor) -> Tensor:
        """(B, S, F), (B, S, d), (B, d), mask (B, S) to logits (B, S), -1e4 where no sentence stands."""
        flat = torch.zeros_like(features)
        flat[mask] = self.norm(features[mask])
        met = self.meet(vectors * question[:, None] * 20)
        asked = torch.tanh(self.question(question))[:, None].expand(-1, vectors.shape[1], -1)
        read = torch.cat([self.drop(torch.cat([torch.tanh(self.sentence(vectors)), asked, met], -1)), flat], -1)
        packed = pack_padded_sequence(read, mask.sum(1).cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=read.shape[1])
        logits: Tensor = (self.out(self.drop(states)) + self.straight(flat)).squeeze(-1) + self.lean * features[..., 0]
        return logits.masked_fill(~mask, -1e4)

    @torch.inference_mode()
    def logits(self, found: Choice) -> Floats:
        """(s,) logits of the sentences of one question; empty where there are none."""
        if not found.quotes:
            return np.empty(0, np.float32)
        parts = (torch.from_numpy(part)[None] for part in (found.features, found.vectors, found.question))
        mask = torch.ones(1, len(found.quotes), dtype=torch.bool)
        return np.asarray(self(*parts, mask)[0].numpy(), np.float32)


@dataclass(frozen=True, slots=True)
class Policy:
    """When an answer is long enough.

    Sentences are picked, likeliest first, until those picked and those ``near`` them hold the answer with a
    probability of ``enough``; a sentence counts as far as its cosine with a picked one is above ``near``. Never more
    than ``most``, nor one less likely than ``far`` of the first.
    """

    enough: float
    near: float
    far: float
    most: int


BRIEF = Policy(enough=0.5, near=0.3, far=0.1, most=3)
"""For abstracts, where one sentence says what a full text says in several."""
FULL = Policy(enough=0.9, near=0.99, far=0.04, most=5)
"""For full text."""
ABSTRACT = 0.9
"""Share of the probability that must stand in abstracts for BRIEF."""
ALIKE = 0.9
"""Sentences whose vectors have a higher cosine say the same; only the likelier one is picked."""


def picked(found: Choice, logits: Floats, fits: Callable[[int, int], bool] = lambda first, other: True) -> list[int]:
    """Places of the sentences to answer with, likeliest first; ``fits`` says whether one may stand beside the first."""
    if not len(logits):
        return []
    shares = np.exp(logits - logits.max())
    shares /= shares.sum()
    abstracts = np.array([quote.hit.passage.kind == SectionKind.ABSTRACT for quote in found.quotes])
    policy = BRIEF if float(shares[abstracts].sum()) > ABSTRACT else FULL
    chosen: list[int] = []
    held = np.zeros_like(shares)
    for i in np.argsort(-shares, kind="stable").tolist():
        first = chosen[0] if chosen else i
        if (
            len(chosen) == policy.most
            or float(held @ shares) >= policy.enough
            or shares[i] < policy.far * shares[first]
        ):
            break
        cosines = found.vectors @ found.vectors[i]
        if not fits(first, i) or any(cosines[j] > ALIKE for j in chosen):
            continue
        chosen.append(i)
        held = np.maximum(held, np.clip((cosines - policy.near) / (1 - policy.near), 0, 1))
    return chosen
