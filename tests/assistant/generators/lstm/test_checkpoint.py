"""One file of weights, whole or refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from assistant.generators.lstm import checkpoint
from assistant.generators.lstm.checkpoint import CheckpointError
from assistant.generators.lstm.data import ENTRIES, FEATURES
from assistant.generators.lstm.model import Compressor, Config
from assistant.generators.lstm.picking import Picker


@pytest.fixture
def networks() -> tuple[Compressor, Picker]:
    torch.manual_seed(1)
    config = Config(8, len(FEATURES), 4, 1, 4, 4, len(ENTRIES))
    return Compressor(config), Picker(8, 4)


def test_what_is_saved_is_loaded_in_half_precision(tmp_path: Path, networks: tuple[Compressor, Picker]) -> None:
    checkpoint.save(tmp_path / checkpoint.FILE, *networks, about={"embedder": "fake"})
    loaded = checkpoint.load(tmp_path)
    assert loaded.about == {"embedder": "fake"}
    assert loaded.compressor.config == networks[0].config
    for network, other in zip(networks, (loaded.compressor, loaded.picker), strict=True):
        assert not other.training
        for name, tensor in network.state_dict().items():
            assert torch.equal(
                tensor.half().float() if tensor.is_floating_point() else tensor, other.state_dict()[name]
            )
    with safe_open(tmp_path / checkpoint.FILE, "pt") as opened:
        assert {name.partition(".")[0] for name in opened.keys()} == {"compressor", "picker"}  # noqa: SIM118
        assert json.loads(opened.metadata()["words"]) == list(ENTRIES)


def test_a_cut_a_foreign_and_a_missing_file_are_refused(tmp_path: Path, networks: tuple[Compressor, Picker]) -> None:
    good = tmp_path / checkpoint.FILE
    checkpoint.save(good, *networks)
    content = good.read_bytes()
    for n, size in enumerate((0, 7, 300, len(content) - 5)):
        (cut := tmp_path / f"cut{n}").write_bytes(content[:size])
        with pytest.raises(CheckpointError, match="damaged"):
            checkpoint.load(cut)
    save_file({"a": torch.ones(1)}, foreign := tmp_path / "foreign.safetensors")
    with pytest.raises(CheckpointError, match="holds no LSTM"):
        checkpoint.load(foreign)
    with pytest.raises(CheckpointError, match="There are no weights"):
        checkpoint.load(tmp_path / "nowhere")


def test_weights_of_other_words_or_shapes_are_refused(
    tmp_path: Path, networks: tuple[Compressor, Picker], monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint.save(tmp_path / "a", *networks)
    monkeypatch.setattr(checkpoint, "ENTRIES", (*ENTRIES, "new"))
    with pytest.raises(CheckpointError, match="another version"):
        checkpoint.load(tmp_path / "a")
    monkeypatch.undo()
    networks[0].encoder.ask = torch.nn.Linear(8, 5)
    checkpoint.save(tmp_path / "b", *networks)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoint.load(tmp_path / "b")


def test_weights_that_are_no_numbers_are_not_saved(tmp_path: Path, networks: tuple[Compressor, Picker]) -> None:
    checkpoint.save(tmp_path / "a", *networks)
    before = (tmp_path / "a").read_bytes()
    with torch.no_grad():
        networks[1].out.bias.fill_(float("nan"))
    with pytest.raises(CheckpointError, match="not numbers"):
        checkpoint.save(tmp_path / "a", *networks)
    assert (tmp_path / "a").read_bytes() == before
