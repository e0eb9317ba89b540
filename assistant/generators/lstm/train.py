"""The training loop of the LSTM: parts one after the other, saved as it goes, stopped and continued at any step.

What decides a step is a pure function of the seed and of where the training stands (part, epoch, step), but for
dropout, whose generator is saved: a training that was interrupted goes on exactly as if it hadn't been. The state is
one file, written beside the old one and put in its place at once, so that a kill at any moment leaves a whole one.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from assistant.generators.lstm.parts import Part, batches, steps_of
from index.disk import replace_atomically
from index.errors import LocusError

STATE = "state.safetensors"
METRICS = "metrics.jsonl"
FORMAT = "locus-lstm-training 1"
LOG_STEPS = 10
"""Steps whose mean loss is one line of the metrics; after so many the time of an epoch is foretold."""
WARM_UP = 0.1
"""Share of the steps in which the learning rate rises; then it falls to nothing, both along a cosine."""
CLIP = 1.0
WEIGHT_DECAY = 0.01


class Interrupted(Exception):  # noqa: N818 - no error
    """The user asked to stop; the state is saved."""


class TimeUp(Exception):  # noqa: N818 - no error
    """The minutes given are over; the state is saved."""


@dataclass(slots=True)
class Stop:
    """Asked between two steps. ``running`` is true while a state can be saved."""

    minutes: float = math.inf
    interrupted: bool = False
    running: bool = False
    deadline: float = math.inf

    def begin(self) -> None:
        """The steps begin, and with them the minutes."""
        self.running, self.deadline = True, time.monotonic() + 60 * self.minutes

    def check(self) -> None:
        """Raise where it is time to stop."""
        if self.interrupted:
            raise Interrupted
        if time.monotonic() > self.deadline:
            raise TimeUp


class Watcher:
    """Is told how a training goes; this one tells nobody."""

    def tell(self, text: str) -> None:
        """A line for the user."""

    def begin(self, name: str, done: int, total: int) -> None:
        """Some work begins, ``done`` of ``total`` of it done already; ends the work before."""

    def step(self, done: int, text: str = "") -> None:
        """So much of it is done in all."""

    def step_on(self, done: int) -> None:
        """So much more of it is done."""

    def end(self) -> None:
        """The work is done."""


@dataclass(slots=True)
class At:
    """Where a training stands: ``part`` by number, finished ``epochs`` of it, ``step`` within the next, the ``best``
    held-out score so far, the epochs ``since`` without a better one, and the losses since the last line of metrics.
    """

    part: int = 0
    epochs: int = -1
    step: int = 0
    best: float | None = None
    since: int = 0
    losses: list[float] = field(default_factory=list)
    lines: int = 0
    seconds: float = 0.0


def rate(step: int, total: int, highest: float) -> float:
    """The learning rate of a step (from 0) of a cycle (Smith and Topin 2017): up from 1/25 of it, down to nothing."""
    rising = max(1.0, WARM_UP * total)
    if step < rising:
        low, high, share = highest / 25, highest, 1 - step / rising
    else:
        low, high, share = highest / 1e4, highest, (step - rising) / max(1.0, total - rising)
    return low + (high - low) * (1 + math.cos(math.pi * share)) / 2


class Trainer:
    """Trains the networks of ``parts`` in turn, in ``folder``; ``mark`` tells whether a state is of the same texts."""

    def __init__(
        self, parts: Sequence[Part], folder: Path, *, seed: int, save_minutes: float, mark: str, stop: Stop,
        watcher: Watcher, begun: Sequence[bool] = (), device: torch.device | None = None,
    ) -> None:  # fmt: skip
        """``begun`` says of each part whether its network was trained before: then it may stay as it was."""
        self.parts, self.folder, self.stop, self.watcher = parts, folder, stop, watcher
        self.at = At()
        self.lines: list[dict[str, Any]] = []
        self._seed, self._save_seconds, self._mark = seed, 60 * save_minutes, mark
        self._begun = begun or [False] * len(parts)
        self._device = device or torch.device("cpu")
        self._optimizer: torch.optim.Optimizer | None = None
        self._pending: tuple[dict[int, dict[str, Tensor]], list[dict[str, Any]]] | None = None
        self._best: dict[str, Tensor] = {}
        self._clock = self._saved = time.monotonic()
        torch.manual_seed(seed)

    def run(self) -> None:
        """Train all parts that aren't finished; afterwards every network is the best that was found.

        Raises Interrupted or TimeUp, with the state saved, and LocusError where the loss is no number any more.
        """
        self.stop.begin()
        try:
            while self.at.part < len(self.parts):
                self._train(self.parts[self.at.part])
                self.at = At(self.at.part + 1, lines=self.at.lines, seconds=self._elapsed())
                self._optimizer, self._pending, self._best = None, None, {}
                self._clock = time.monotonic()
                self.save()
        except (Interrupted, TimeUp):
            self.save()
            raise
        finally:
            self.stop.running = False
            self.watcher.end()

    def settle(self) -> None:
        """After TimeUp: let the network of the part that was cut off be the better of its best and what it is now."""
        if self.at.part >= len(self.parts):
            return
        part, at = self.parts[self.at.part], self.at
        part.network.eval()
        figures = part.judge(lambda: None)
        self.watcher.tell(f"{part.name}: time is up in epoch {max(0, at.epochs) + 1}{_told(figures)}")
        if self._best and (not figures or at.best is None or figures[part.measure] <= at.best):
            part.network.load_state_dict(self._best)

    def _train(self, part: Part) -> None:
        schedule, at, network = part.schedule, self.at, part.network
        self._optimizer = torch.optim.AdamW(network.parameters(), schedule.learning_rate, weight_decay=WEIGHT_DECAY)
        if self._pending is not None:
            self._restore_optimizer(*self._pending)
        each = steps_of(part)
        self.watcher.begin(part.name, max(0, at.epochs) * each + at.step, schedule.epochs * each)
        if at.epochs < 0:
            if self._begun[at.part]:
                self._judge(part)  # what it was may stay the best
            at.epochs = 0
        while at.epochs < schedule.epochs and at.since < schedule.patience:
            self._epoch(part, each)
            better = self._judge(part)
            at.since = 0 if better else at.since + 1
            at.epochs, at.step = at.epochs + 1, 0
            self.save()
        if self._best:
            network.load_state_dict(self._best)

    def _epoch(self, part: Part, each: int) -> None:
        at, schedule, network, optimizer = self.at, part.schedule, part.network, self._optimizer
        assert optimizer is not None
        network.train()
        place = f"{self._seed} {part.name} {at.epochs}"
        chosen = batches(part.lengths(), schedule.batch_size, random.Random(place))  # noqa: S311 - no secret
        began, first = time.monotonic(), at.step
        while at.step < each:
            self.stop.check()
            lr = rate(at.epochs * each + at.step, schedule.epochs * each, schedule.learning_rate)
            for group in optimizer.param_groups:
                group["lr"] = lr
            loss = part.loss(chosen[at.step], random.Random(f"{place} {at.step}"))  # noqa: S311
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
            at.losses.append(loss.item())
            if not math.isfinite(at.losses[-1]):
                raise LocusError(
                    f"The training went astray: the loss of {part.name} is no number any more.",
                    hint=f"Lower [{part.name}] learning_rate; the last good state is in {self.folder / STATE}.",
                )
            at.step += 1
            self.watcher.step(at.epochs * each + at.step, f"loss {at.losses[-1]:.3f}")
            if at.epochs == 0 and at.step - first == min(LOG_STEPS, each):
                epoch = (time.monotonic() - began) / (at.step - first) * each
                most = duration(epoch * schedule.epochs)
                self.watcher.tell(f"{part.name}: about {duration(epoch)} an epoch, {most} for all {schedule.epochs}.")
            if at.step % LOG_STEPS == 0 or at.step == each:
                self._log(part, loss=sum(at.losses) / len(at.losses), learning_rate=lr)
                at.losses.clear()
            if time.monotonic() - self._saved > self._save_seconds:
                self.save()

    def _judge(self, part: Part) -> bool:
        """Judge the network as it is; whether it is the best so far (always, where nothing is held out)."""
        part.network.eval()
        figures = part.judge(self.stop.check)
        at = self.at
        when = f"after epoch {at.epochs + 1} of {part.schedule.epochs}" if at.epochs >= 0 else "before training"
        self.watcher.tell(f"{part.name}, {when}{_told(figures)}")
        if figures:
            self._log(part, **figures)
        score = figures.get(part.measure)
        better = score is None or at.best is None or score > at.best
        if better:
            at.best = score
            self._best = {name: tensor.detach().clone() for name, tensor in part.network.state_dict().items()}
        return better

    def _log(self, part: Part, **figures: float) -> None:
        at = self.at
        line = {"part": part.name, "epoch": at.epochs + 1, "step": at.step, **figures, "seconds": self._elapsed()}
        self.lines.append(line)
        at.lines += 1
        with (self.folder / METRICS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _elapsed(self) -> float:
        """Seconds trained, in all runs together."""
        return self.at.seconds + time.monotonic() - self._clock

    # The state on disk

    def _networks(self) -> list[nn.Module]:
        """Those of the parts, each once: two parts train the same."""
        return list({id(part.network): part.network for part in self.parts}.values())

    def save(self) -> None:
        """Write the state: all of it, or the old one stays."""
        tensors = {"random": torch.get_rng_state()}
        if self._device.type == "cuda":
            tensors["random_cuda"] = torch.cuda.get_rng_state(self._device)
        for number, network in enumerate(self._networks()):
            tensors |= {f"network.{number}.{k}": v for k, v in network.state_dict().items()}
        tensors |= {f"best.{k}": v for k, v in self._best.items()}
        groups: list[dict[str, Any]] = []
        if self._optimizer is not None:
            stored = self._optimizer.state_dict()
            groups = stored["param_groups"]
            tensors |= {f"optimizer.{i}.{k}": v for i, one in stored["state"].items() for k, v in one.items()}
        elif self._pending is not None:
            groups = self._pending[1]
            tensors |= {f"optimizer.{i}.{k}": v for i, one in self._pending[0].items() for k, v in one.items()}
        at = asdict(self.at) | {"seconds": self._elapsed()}
        header = {"format": FORMAT, "mark": self._mark, "at": json.dumps(at), "groups": json.dumps(groups)}
        # Copies, since safetensors refuses tensors that share memory.
        apart = {k: v.detach().to("cpu", copy=True).contiguous() for k, v in tensors.items()}
        try:
            replace_atomically(self.folder / STATE, lambda file: file.write(to_bytes(apart, header)))
        except OSError as error:
            raise LocusError(f"{self.folder / STATE} can't be written: {error.strerror or error}.") from None
        self._saved = time.monotonic()

    def resume(self) -> bool:
        """Go on from the saved state; False where there is none yet.

        Raises LocusError where it is damaged, or was trained on other texts or with another config.
        """
        path = self.folder / STATE
        if not path.is_file():
            return False
        try:
            with safe_open(path, framework="pt") as opened:
                header = dict(opened.metadata() or {})
                tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
            if header.get("format") != FORMAT:
                raise ValueError("it is no state of a training")
            if header["mark"] != self._mark:
                raise LocusError(
                    "The texts, the embedder or the config are others than when this training was begun.",
                    hint="Train anew in another folder: --out FOLDER.",
                )
            self.at = At(**json.loads(header["at"]))
            for number, network in enumerate(self._networks()):
                network.load_state_dict(_under(tensors, f"network.{number}."))
            self._best = _under(tensors, "best.")
            held: dict[int, dict[str, Tensor]] = {}
            for name, tensor in _under(tensors, "optimizer.").items():
                number_, _, key = name.partition(".")
                held.setdefault(int(number_), {})[key] = tensor
            groups = json.loads(header["groups"])
            self._pending = (held, groups) if groups else None
            torch.set_rng_state(tensors["random"])
            if self._device.type == "cuda" and "random_cuda" in tensors:
                torch.cuda.set_rng_state(tensors["random_cuda"], self._device)
        except (SafetensorError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise LocusError(
                f"{path} is damaged ({' '.join(str(error).split())[:160]}).", hint="Train anew: --out FOLDER."
            ) from None
        self._rewind_metrics()
        self._clock = self._saved = time.monotonic()
        return True

    def _restore_optimizer(self, held: dict[int, dict[str, Tensor]], groups: list[dict[str, Any]]) -> None:
        assert self._optimizer is not None
        groups = [group | {"betas": tuple(group["betas"])} for group in groups]
        self._optimizer.load_state_dict({"state": held, "param_groups": groups})
        self._pending = None

    def _rewind_metrics(self) -> None:
        """Leave out lines of steps after the state was saved: they come again."""
        path = self.folder / METRICS
        lines = path.read_text(encoding="utf-8").splitlines()[: self.at.lines] if path.is_file() else []
        self.lines = [json.loads(line) for line in lines]
        replace_atomically(path, lambda file: file.write("".join(f"{line}\n" for line in lines).encode()))


def _under(tensors: dict[str, Tensor], lead: str) -> dict[str, Tensor]:
    return {name.removeprefix(lead): tensor for name, tensor in tensors.items() if name.startswith(lead)}


def _told(figures: dict[str, float]) -> str:
    names = {
        "held_out_loss": "held-out loss",
        "rouge_l": "ROUGE-L",
        "probability": "of what is right",
        "picked": "picked",
    }
    return "".join(f", {names[k]} {v:.3f}" for k, v in figures.items()) or ": nothing is held out to judge it by"


def duration(seconds: float) -> str:
    """In words."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
