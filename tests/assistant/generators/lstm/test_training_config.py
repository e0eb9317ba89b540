"""The config of a training: one TOML file, nothing in it passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.generators.lstm.training_config import (
    TrainingConfig,
    TrainingConfigError,
    as_toml,
    changed,
    read_config,
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("epochs = 3", "There is no key epochs; the keys there are start,"),
        ("[pairs]\nepoch = 3", "There is no key pairs.epoch; the keys there are epochs,"),
        ("[pairs]\nepochs = -1", "pairs.epochs is wrong"),
        ('seed = "one"', "seed is wrong"),
        ("seed = \n", "line 1"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(TrainingConfigError) as caught:
        read_config(path)
    assert named in str(caught.value)
    assert str(path) in caught.value.message


def test_the_written_defaults_are_read_as_defaults_and_so_is_an_empty_file(tmp_path: Path) -> None:
    assert read_config(written(tmp_path, as_toml(TrainingConfig()))) == TrainingConfig()
    assert read_config(written(tmp_path, "")) == TrainingConfig()


def test_uncommenting_a_written_key_sets_it(tmp_path: Path) -> None:
    text = as_toml(TrainingConfig()).replace("# hidden = 192", "hidden = 96").replace("# seed = 0", "seed = 7")
    config = read_config(written(tmp_path, text))
    assert (config.network.hidden, config.seed) == (96, 7)


def test_a_config_as_run_keeps_every_value(tmp_path: Path) -> None:
    config = changed(TrainingConfig(), questions=['/a "b"\\c.json'], save_minutes=2, pairs={"epochs": 9})
    text = as_toml(config, everything=True)
    assert "# epochs" not in text
    assert read_config(written(tmp_path, text)) == config
