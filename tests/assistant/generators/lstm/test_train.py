"""Training: it learns, it can be stopped and killed at any moment, and goes on as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from assistant.generators.lstm import checkpoint, report, train
from assistant.generators.lstm.checkpoint import CheckpointError
from assistant.generators.lstm.data import ENTRIES, FEATURES, Example
from assistant.generators.lstm.decode import write
from assistant.generators.lstm.model import Compressor, Config
from assistant.generators.lstm.parts import Writing, batches, ready
from assistant.generators.lstm.train import Interrupted, Stop, Trainer, Watcher
from assistant.generators.lstm.training import Result
from assistant.generators.lstm.training_config import Pairs, TrainingConfigError, changed, read_config
from index.errors import LocusError
from tests.assistant.generators.lstm.tiny import snippets_file, tiny_config, trained
from tests.conftest import FakeEmbedder

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class StopsAt(Watcher):
    """Asks to stop after so many steps of training."""

    def __init__(self, stop: Stop, steps: int) -> None:
        self.stop, self.left = stop, steps

    def step(self, done: int, text: str = "") -> None:
        self.left -= 1
        self.stop.interrupted = self.stop.interrupted or self.left == 0


def curve(folder: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / train.METRICS).read_text().splitlines()]
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines]


def same_weights(one: Result, other: Result) -> bool:
    pairs = ((one.networks.compressor, other.networks.compressor), (one.networks.picker, other.networks.picker))
    return all(torch.equal(t, b.state_dict()[name]) for a, b in pairs for name, t in a.state_dict().items())


def test_a_handful_of_pairs_is_learnt_to_the_letter() -> None:
    torch.manual_seed(0)
    examples = [
        Example(f"{gene} {organ}", "", f"We found that {gene} is needed in the {organ} of all mice (Fig 1).",
                f"{gene} is needed in the {organ}.")
        for gene, organ in (("Pax6", "eye"), ("Sox9", "bone"), ("Shh", "limb"), ("Bmp4", "tooth"))
    ]  # fmt: skip
    pairs = ready(examples, FakeEmbedder(), lambda done: None)
    network = Compressor(Config(64, len(FEATURES), 24, 1, 24, 16, len(ENTRIES), dropout=0.0))
    part = Writing(
        "pairs", Pairs(), network, pairs, pairs, decoded=4, beam=4, device=torch.device("cpu")
    )  # fmt: skip
    optimizer = torch.optim.AdamW(network.parameters(), 0.01)
    for _ in range(120):
        optimizer.zero_grad()
        part.loss(range(4), train.random.Random(0)).backward()
        optimizer.step()
    network.eval()
    assert [write(network, one.material)[0].text for one in pairs] == [e.target for e in examples]
    assert part.judge(lambda: None)["rouge_l"] == 1.0


def test_batches_hold_every_example_once() -> None:
    found = batches([n % 9 for n in range(101)], 4, train.random.Random(1))
    assert sorted(i for one in found for i in one) == list(range(101))
    assert len(found) == 26


def test_the_rate_rises_and_falls() -> None:
    rates = [train.rate(step, 100, 1.0) for step in range(100)]
    assert max(rates) == pytest.approx(1.0, abs=0.01)
    assert 8 <= rates.index(max(rates)) <= 12
    assert rates[0] < 0.1 > rates[-1]


def test_the_same_seed_gives_the_same_weights_and_another_does_not(tmp_path: Path) -> None:
    config = tiny_config(snippets_file(tmp_path / "q.jsonl"))
    one, two = trained(config, tmp_path / "a"), trained(config, tmp_path / "b")
    assert same_weights(one, two)
    assert curve(tmp_path / "a") == curve(tmp_path / "b")
    assert not same_weights(one, trained(changed(config, seed=1), tmp_path / "c"))


@pytest.mark.parametrize("steps", [1, 4, 7])
def test_what_is_resumed_goes_on_as_if_it_had_not_been_stopped(tmp_path: Path, steps: int) -> None:
    config = tiny_config(snippets_file(tmp_path / "q.jsonl"))
    whole = trained(config, tmp_path / "whole")
    for _ in range(2):  # stopped twice
        stop = Stop()
        with pytest.raises(Interrupted):
            trained(config, tmp_path / "cut", resume=(tmp_path / "cut").exists(), stop=stop,
                    watcher=StopsAt(stop, steps))  # fmt: skip
    # A kill after the state was saved leaves lines behind that come again.
    with (tmp_path / "cut" / train.METRICS).open("a") as file:
        file.write('{"part": "pairs", "torn')
    again = trained(read_config(tmp_path / "cut" / "config.toml"), tmp_path / "cut", resume=True)
    assert same_weights(whole, again)
    assert curve(tmp_path / "cut") == curve(tmp_path / "whole")
    assert [{**line, "seconds": 0} for line in again.lines] == [{**line, "seconds": 0} for line in whole.lines]


def test_other_texts_are_no_training_to_go_on_with(tmp_path: Path) -> None:
    stop = Stop()
    config = tiny_config(snippets_file(tmp_path / "q.jsonl"))
    with pytest.raises(Interrupted):
        trained(config, tmp_path / "a", stop=stop, watcher=StopsAt(stop, 2))
    snippets_file(tmp_path / "q.jsonl", 11)
    with pytest.raises(LocusError, match="texts, the embedder or the config are others"):
        trained(config, tmp_path / "a", resume=True)
    (tmp_path / "a" / train.STATE).write_bytes(b"x" * 99)
    with pytest.raises(LocusError, match="damaged"):
        trained(config, tmp_path / "a", resume=True)


def test_when_time_is_up_the_best_so_far_is_given_and_the_state_kept(tmp_path: Path) -> None:
    config = tiny_config(snippets_file(tmp_path / "q.jsonl"))
    result = trained(config, tmp_path / "a", stop=Stop(minutes=0.0))
    assert not result.finished
    assert (tmp_path / "a" / train.STATE).exists()
    assert same_weights(trained(config, tmp_path / "a", resume=True), trained(config, tmp_path / "b"))


def test_training_starts_from_other_weights_and_never_ends_worse(tmp_path: Path) -> None:
    config = tiny_config(snippets_file(tmp_path / "q.jsonl"))
    first = trained(config, tmp_path / "a")
    report.write_all(first, ["train-lstm"])
    onward = changed(config, start=str(tmp_path / "a"), network={}, pairs={"epochs": 1, "learning_rate": 0.5})
    second = trained(onward, tmp_path / "b")
    assert second.networks.compressor.config.hidden == 16
    judged = [line["rouge_l"] for line in second.lines if "rouge_l" in line]
    assert len(judged) == 2
    kept = Writing("x", Pairs(), second.networks.compressor, [], second.samples, decoded=3, beam=4,
                   device=torch.device("cpu")).judge(lambda: None)  # fmt: skip
    assert kept["rouge_l"] == pytest.approx(max(judged))
    with pytest.raises(TrainingConfigError, match="hidden is 32, but"):
        trained(changed(onward, network={"hidden": 32}), tmp_path / "c")
    with pytest.raises(CheckpointError, match="no weights"):
        trained(changed(config, start=str(tmp_path / "c")), tmp_path / "c")


def test_nothing_to_learn_from_is_told(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("{}\n")
    with pytest.raises(LocusError, match="nothing to learn from how to say sentences shorter"):
        trained(tiny_config(tmp_path / "q.jsonl"), tmp_path / "a")


def test_the_folder_holds_weights_card_report_and_curves(tmp_path: Path) -> None:
    config = tiny_config(snippets_file(tmp_path / "q.jsonl"))
    with (tmp_path / "q.jsonl").open("a") as file:
        file.write("broken\n")
    result = trained(config, tmp_path / "a")
    report.write_all(result, ["train-lstm", "--questions", "/home/someone/q.jsonl"])
    assert (tmp_path / "a" / report.CURVES).read_bytes().startswith(b"\x89PNG")
    card = (tmp_path / "a" / report.CARD).read_text()
    assert "locus train-lstm --questions q.jsonl" in card
    assert "someone" not in card
    assert "| pairs: questions with snippets | 10 | 2 |" in card
    assert "1 records couldn't be used" in card
    told = (tmp_path / "a" / report.REPORT).read_text()
    assert told.count("- Written: ") == 2
    assert "held out" in told
    assert "q.jsonl, line 13" in told
    loaded = checkpoint.load(tmp_path / "a")
    for name, tensor in result.networks.compressor.state_dict().items():
        assert torch.allclose(tensor, loaded.compressor.state_dict()[name], atol=2e-3)


def test_a_kill_while_the_state_is_written_leaves_the_old_one(tmp_path: Path) -> None:
    """A child saves over and over; it is killed in the midst of it, several times."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\nimport torch\n"
        "from assistant.generators.lstm.model import Compressor, Config\n"
        "from assistant.generators.lstm.parts import Writing\n"
        "from assistant.generators.lstm.train import Stop, Trainer, Watcher\n"
        "from assistant.generators.lstm.training_config import Pairs\n"
        "net = Compressor(Config(64, 13, 160, 1, 160, 16, 9))\n"
        "part = Writing('pairs', Pairs(), net, [], [], decoded=1, beam=1, device=torch.device('cpu'))\n"
        "made = Trainer([part], Path(sys.argv[2]), seed=0, save_minutes=1, mark='m', stop=Stop(), watcher=Watcher())\n"
        "while True:\n"
        "    made.save(); print('.', flush=True)\n"
    )
    network = Compressor(Config(64, 13, 160, 1, 160, 16, 9))
    part = Writing("pairs", Pairs(), network, [], [], decoded=1, beam=1, device=torch.device("cpu"))
    torn = 0
    with subprocess.Popen([sys.executable, "-c", code, ROOT, tmp_path], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        deadline = time.monotonic() + 30
        while not (torn := len(list(tmp_path.glob("*.tmp")))) and time.monotonic() < deadline:
            pass
        os.kill(child.pid, signal.SIGKILL)
    assert torn, "killed between two saves"
    trainer = Trainer([part], tmp_path, seed=0, save_minutes=1, mark="m", stop=Stop(), watcher=Watcher())
    assert trainer.resume()


def test_a_network_that_writes_nothing_is_worth_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else an untrained one would be kept: a sentence left as it is resembles its shorter form."""
    monkeypatch.setattr("assistant.generators.lstm.parts.write", lambda *given, **named: [])
    pairs = ready([Example("a", "", "Pax6 is needed here today.", "Pax6 is needed here.")], FakeEmbedder(), print)
    network = Compressor(Config(64, len(FEATURES), 4, 1, 4, 4, len(ENTRIES))).eval()
    part = Writing("x", Pairs(), network, pairs, pairs, decoded=1, beam=1, device=torch.device("cpu"))
    assert part.judge(lambda: None)["rouge_l"] == 0.0
