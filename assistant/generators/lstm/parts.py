"""The two kinds of parts that a training has: learning to say sentences shorter, and learning to pick them.

A part holds its examples as tensors want them, gives the loss of a batch, and judges its network on what is held out.
"""

from __future__ import annotations

import copy
import math
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from assistant.generators.lstm.data import Aligned, Example, Material, align, batch, materials, targets
from assistant.generators.lstm.decode import write
from assistant.generators.lstm.model import Compressor, Source, Target
from assistant.generators.lstm.picking import FEATURES as PICKER_FEATURES
from assistant.generators.lstm.picking import Picker
from assistant.generators.lstm.picks import Pick
from assistant.generators.lstm.rouge import rouge_l
from index.embedding import Embedder

POOL = 20
"""Batches whose examples are sorted by length together, so that little is padding."""
UNTOLD = 0.3
"""Share of examples for which the network isn't told how short the answer shall be."""
SHARPNESS = 16.0
"""A sentence's weight among those of a question grows by e for each sixteenth of likeness to the answer."""
_CHUNK = 1000
_MOST_HELD = 1000

Check = Callable[[], None]
"""Called between small steps; raises where the user has asked to stop."""


class Schedule(Protocol):
    """How long and how fast a part is trained; see `training_config`."""

    @property
    def epochs(self) -> int:
        """Times that all examples are seen, at most."""
        ...

    @property
    def learning_rate(self) -> float:
        """The highest of the cycle."""
        ...

    @property
    def batch_size(self) -> int:
        """Examples a step."""
        ...

    @property
    def patience(self) -> int:
        """Epochs without a better score before it stops."""
        ...

    @property
    def best(self) -> str:
        """The figure of `Part.judge` by which the best network is kept."""
        ...


class Part(Protocol):
    """A part of a training."""

    name: str
    schedule: Schedule
    measure: str
    """Name of the figure of `judge` by which the best network is kept; more is better."""

    @property
    def network(self) -> nn.Module:
        """What is trained."""
        ...

    @property
    def count(self) -> int:
        """Examples trained on."""
        ...

    def lengths(self) -> list[int]:
        """Length of each example, by which batches are sorted."""
        ...

    def loss(self, chosen: Sequence[int], rng: random.Random) -> Tensor:
        """The mean loss of a batch."""
        ...

    def judge(self, check: Check) -> dict[str, float]:
        """Figures on what is held out, empty where nothing is."""
        ...


def batches(lengths: Sequence[int], size: int, rng: random.Random) -> list[list[int]]:
    """All examples once, in batches of about one length: ceil(n / size) of them."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    found: list[list[int]] = []
    for first in range(0, len(order), size * POOL):
        pool = sorted(order[first : first + size * POOL], key=lambda i: lengths[i])
        cut = [pool[i : i + size] for i in range(0, len(pool), size)]
        rng.shuffle(cut)
        found += cut
    return found


@dataclass(frozen=True, slots=True)
class Ready:
    """A pair as the network reads it."""

    example: Example
    material: Material
    aligned: Aligned


def ready(examples: Sequence[Example], embedder: Embedder, note: Callable[[int], None]) -> list[Ready]:
    """Pairs with their vectors, without those that can't be written from their sentence; word vectors are float16.

    Read in small chunks: vectors come in float32, and twice their size would be needed for all at once.
    """
    found: list[Ready] = []
    for first in range(0, len(examples), _CHUNK):
        chunk = examples[first : first + _CHUNK]
        for example, material in zip(chunk, materials(chunk, embedder), strict=True):
            aligned = align(material, example.target)
            if aligned is not None and len(aligned.listed) > 1:
                found.append(Ready(example, material, aligned))
        note(len(chunk))
    return found


class Writing:
    """Pairs of a sentence and a shorter one, and the network that says it."""

    def __init__(
        self, name: str, schedule: Schedule, network: Compressor, trained: list[Ready], held: list[Ready],
        *, decoded: int, beam: int, device: torch.device,
    ) -> None:  # fmt: skip
        self.name = name
        self.schedule = schedule
        self.measure = schedule.best
        self._network = network
        self._trained = trained
        self._held = held[:_MOST_HELD]
        self._decoded = held[:decoded]
        self._beam = beam
        self._device = device

    @property
    def network(self) -> Compressor:
        """What is trained."""
        return self._network

    @property
    def count(self) -> int:
        """Pairs trained on."""
        return len(self._trained)

    def lengths(self) -> list[int]:
        """Words of each."""
        return [len(one.material.words) for one in self._trained]

    def loss(self, chosen: Sequence[int], rng: random.Random) -> Tensor:
        """The mean loss of a batch."""
        losses: dict[str, Tensor] = self._network(*self._tensors([self._trained[i] for i in chosen], rng))
        return losses["loss"]

    @torch.no_grad()
    def judge(self, check: Check) -> dict[str, float]:
        """The mean loss of a written word, and ROUGE-L of what is written (`decode.write`) with what is wanted."""
        if not self._held:
            return {}
        rng, losses = random.Random(0), []  # noqa: S311 - no secret
        for first in range(0, len(self._held), 64):
            check()
            losses.append(self._network(*self._tensors(self._held[first : first + 64], rng))["word"].item())
        writer = copy.deepcopy(self._network).cpu() if self._device.type != "cpu" else self._network
        scores = []
        for one in self._decoded:
            check()
            said = write(writer, one.material, beam=self._beam)
            scores.append(rouge_l(one.example.target, said[0].text) if said else 0.0)
        loss = statistics.fmean(losses)
        return {"held_out_loss": loss, "probability": math.exp(-loss), "rouge_l": statistics.fmean(scores)}

    def _tensors(self, chosen: Sequence[Ready], rng: random.Random) -> tuple[Source, Target]:
        found = [one.material for one in chosen]
        source = batch(found, [_wish(one, rng) for one in chosen])
        target = targets([one.aligned for one in chosen], source.mask.shape[1])
        return Source(*(t.to(self._device) for t in source)), Target(*(t.to(self._device) for t in target))


def _wish(one: Ready, rng: random.Random) -> float | None:
    """About the share of the sentence's words that the answer has; None for some, so that both are learnt."""
    if rng.random() < UNTOLD:
        return None
    share = (len(one.aligned.listed) - 1) / (len(one.material.words) - one.material.begin)
    return min(1.2, max(0.05, share + rng.uniform(-0.07, 0.07)))


class Picking:
    """Questions with their sentences, and the network that picks."""

    name = "picking"

    def __init__(
        self, schedule: Schedule, network: Picker, trained: list[Pick], held: list[Pick], *, device: torch.device
    ) -> None:
        self.schedule = schedule
        self.measure = schedule.best
        self._network = network
        self._trained = trained
        self._held = held
        self._device = device

    @property
    def network(self) -> Picker:
        """What is trained."""
        return self._network

    @property
    def count(self) -> int:
        """Questions trained on."""
        return len(self._trained)

    def lengths(self) -> list[int]:
        """Sentences of each."""
        return [len(one.target) for one in self._trained]

    def loss(self, chosen: Sequence[int], rng: random.Random) -> Tensor:
        """Which sentences answer best; t are the targets, z the logits of a question:

        -Σ_i q_i log softmax(z)_i, with q = softmax(SHARPNESS · t).
        """
        return self._loss([self._trained[i] for i in chosen])

    def _loss(self, chosen: Sequence[Pick]) -> Tensor:
        features, vectors, asked, target, mask = self._tensors(chosen)
        logits = self._network(features, vectors, asked, mask)
        best = (SHARPNESS * target).masked_fill(~mask, -1e4).softmax(-1)
        return -(best * log_softmax(logits, -1)).sum(-1).mean()

    @torch.no_grad()
    def judge(self, check: Check) -> dict[str, float]:
        """The mean loss, e to its negative, and how good the sentence picked first is (1 = always the best)."""
        if not self._held:
            return {}
        losses, scores = [], []
        for one in self._held:
            check()
            features, vectors, asked, _, mask = self._tensors([one])
            first = int(self._network(features, vectors, asked, mask)[0].argmax())
            scores.append(float(one.target[first] / one.target.max()))
            losses.append(self._loss([one]).item())
        loss = statistics.fmean(losses)
        return {"held_out_loss": loss, "probability": math.exp(-loss), "picked": statistics.fmean(scores)}

    def _tensors(self, chosen: Sequence[Pick]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Features (B, S, F), vectors (B, S, d), questions (B, d), targets (B, S), mask (B, S)."""
        longest, width = max(len(one.target) for one in chosen), chosen[0].vectors.shape[1]
        features = torch.zeros(len(chosen), longest, len(PICKER_FEATURES))
        vectors = torch.zeros(len(chosen), longest, width)
        target = torch.zeros(len(chosen), longest)
        mask = torch.zeros(len(chosen), longest, dtype=torch.bool)
        asked = torch.from_numpy(np.stack([one.asked for one in chosen]).astype(np.float32))
        for b, one in enumerate(chosen):
            size = len(one.target)
            features[b, :size] = torch.from_numpy(one.features)
            vectors[b, :size] = torch.from_numpy(one.vectors.astype(np.float32))
            target[b, :size] = torch.from_numpy(one.target)
            mask[b, :size] = True
        moved = (t.to(self._device) for t in (features, vectors, asked, target, mask))
        return next(moved), next(moved), next(moved), next(moved), next(moved)


def steps_of(part: Part) -> int:
    """Steps of an epoch."""
    return math.ceil(part.count / part.schedule.batch_size)
