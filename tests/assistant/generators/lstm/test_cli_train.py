"""``locus train-lstm`` as a user meets it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import cli
from assistant.generators.lstm import checkpoint
from assistant.generators.lstm.training_config import as_toml
from tests.assistant.generators.lstm.tiny import snippets_file, tiny_config
from tests.conftest import FakeEmbedder

ROOT = Path(__file__).resolve().parents[4]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line with the fake embedder; (exit code, stdout, stderr)."""
    monkeypatch.setenv("LOCUS_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setattr("index.embedding.load_embedder", lambda name, *, threads: FakeEmbedder())
    monkeypatch.chdir(tmp_path)

    def running(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["locus", "train-lstm", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        code = caught.value.code
        return (code if isinstance(code, int) else 0), captured.out, captured.err

    return running


def config_file(tmp_path: Path, **values: object) -> Path:
    path = tmp_path / "config.toml"
    config = tiny_config(snippets_file(tmp_path / "q.jsonl"), **values)
    path.write_text(as_toml(config))
    return path


def test_a_training_ends_with_weights_and_how_to_use_them(run: Run, tmp_path: Path) -> None:
    code, out, err = run("--config", config_file(tmp_path), "--out", "mine")
    assert code == 0, err
    assert f"export LOCUS_LSTM={tmp_path / 'mine'}" in out
    assert "pairs: questions with snippets: 10 to train on, 2 held out" in err
    assert "an epoch" in err
    assert checkpoint.load(tmp_path / "mine").about["embedder"] == "fake"
    assert sorted(p.name for p in (tmp_path / "mine").iterdir()) == [
        "config.toml", "curves.png", "locus-lstm.safetensors", "metrics.jsonl", "model_card.md", "report.md",
    ]  # fmt: skip
    assert "is finished" in run("--resume", "--out", "mine")[2]
    assert "isn't empty" in run("--config", tmp_path / "config.toml", "--out", "mine")[2]


def test_a_config_is_written_once_and_read_again(run: Run, tmp_path: Path) -> None:
    assert run("--write-config", "new.toml")[0] == 0
    code, _, err = run("--write-config", "new.toml")
    assert code == 1
    assert "is there already" in err
    (tmp_path / "new.toml").write_text((tmp_path / "new.toml").read_text().replace("# start =", "begin ="))
    code, _, err = run("--config", "new.toml")
    assert code == 1
    assert "There is no key begin" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--questions", "nothing.json"), "There is no file"),
        (("--config", "nothing.toml"), "can't be read"),
        (("--resume", "--out", "nowhere"), "There is no training in"),
        (("--resume", "--config", "config.toml"), "--resume takes config"),
        (("--minutes", "0"), "no time to train"),
        ((), "There is no library in"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(run: Run, arguments: tuple[str, ...], told: str) -> None:
    code, _, err = run(*arguments)
    assert code == 1
    assert told in err


@pytest.mark.skipif(checkpoint.SHIPPED.is_file(), reason="weights are shipped")
def test_without_shipped_weights_the_hint_is_to_start_from_scratch(run: Run, tmp_path: Path) -> None:
    code, _, err = run("--questions", snippets_file(tmp_path / "q.jsonl"))
    assert code == 1
    assert 'start = "scratch"' in err


def test_ctrl_c_saves_and_resume_finishes(run: Run, tmp_path: Path) -> None:
    config = config_file(tmp_path, pairs={"epochs": 3000, "batch_size": 4, "patience": 3000})
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "import index.embedding\nfrom tests.conftest import FakeEmbedder\nfrom assistant import cli\n"
        "index.embedding.load_embedder = lambda name, *, threads=0: FakeEmbedder()\n"
        "cli.main()\n"
    )
    out = tmp_path / "mine"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT), "train-lstm", "--config", str(config), "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
    ) as process:  # fmt: skip
        metrics = out / "metrics.jsonl"
        while process.poll() is None and not (metrics.exists() and '"pairs"' in metrics.read_text()):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert f"Stopped and saved. To go on: locus train-lstm --resume --out {out}" in err
    assert "Traceback" not in err
    assert (out / "state.safetensors").exists()
    ended, told, err = run("--resume", "--out", out, "--minutes", 0.001)
    assert ended == 0
    assert "Time is up" in err
    assert "export LOCUS_LSTM" in told
