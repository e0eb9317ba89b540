"""`locus genome`: what is printed, what is written, and what is told where it can't be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import cli, cli_genome
from assistant.chain import Assistant
from assistant.settings import Settings
from index.errors import LocusError
from index.library import Library
from tests.assistant.genome.shelf import shelf_papers
from tests.assistant.genome.test_genome_privacy import SECRETS, family
from tests.assistant.test_ui_genome import TABLE


@pytest.fixture
def opened(library: Library, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    library.add(shelf_papers())
    made = Assistant(Settings(library=library.folder, generator="extractive"), library)
    monkeypatch.setattr(cli_genome, "open_assistant", lambda _: made)
    return made


def run(*arguments: object) -> Any:
    return CliRunner().invoke(cli.app, ["genome", *map(str, arguments)])


def test_table_is_ranked_explained_and_written_in_every_form(opened: Assistant, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(TABLE)
    outputs = [tmp_path / f"out.{ending}" for ending in ("md", "html", "csv", "json")]
    result = run(tmp_path / "r.csv", *(x for path in outputs for x in ("--output", path)))
    assert result.exit_code == 0, result.output
    for wanted in ("DESeq2", "Ranked by:", "(line 2)", "The library names 2 of the 3", "# 1. PAX6", "aniridia", "[1]"):
        assert wanted in result.stdout, wanted
    assert all("PAX6" in path.read_text(encoding="utf-8") for path in outputs)
    assert json.loads(outputs[3].read_text())["explanations"]


def test_symbols_are_taken_in_the_place_of_a_file(opened: Assistant) -> None:
    found = json.loads(run("--genes", "Pygo2 Pax6", "--json").stdout)
    assert [g["named"] for g in found["genes"]] == ["Pygo2", "Pax6"]
    assert found["overview"]["citations"]
    assert json.loads(run("--genes", "Pygo2 Pax6", "--json", "--no-explain").stdout)["explanations"] == []


def test_filters_are_options(opened: Assistant, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(TABLE)
    result = run(tmp_path / "r.csv", "--min-lfc", "3", "--no-explain", "--json")
    assert [g["symbol"] for g in json.loads(result.stdout)["genes"]] == ["PAX6"]


def test_private_statements_are_printed_only_on_demand(opened: Assistant, tmp_path: Path) -> None:
    file = family(tmp_path)
    trio = ("--proband", "QXPROBAND7", "--mother", "QXMOTHER8", "--father", "QXFATHER9", "--no-explain")
    plain = run(file, *trio)
    assert plain.exit_code == 0, plain.output
    assert [secret for secret in SECRETS if secret in plain.output] == []
    assert "--private tells them" in plain.output
    assert "QXPROBAND7" in run(file, *trio, "--private").stdout


def test_mistakes_are_told_before_anything_is_read(opened: Assistant, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(TABLE)
    for arguments, told in (
        ((), "No file is given"),
        ((tmp_path / "r.csv", "--genes", "Pax6"), "Both"),
        ((tmp_path / "none.csv",), "no file"),
        ((tmp_path / "r.csv", "--output", tmp_path / "x.pdf"), "no ending"),
        ((tmp_path / "r.csv", "--output", tmp_path / "no" / "x.md"), "no folder"),
        ((tmp_path / "r.csv", "--impact", "huge"), "no impact"),
        ((tmp_path / "r.csv", "--species", "yeast"), "no gene table"),
        ((tmp_path / "r.csv", "--direction", "left"), "no direction"),
        ((tmp_path / "r.csv", "--max-af", "2"), "between 0 and 1"),
    ):
        result = run(*arguments)
        assert isinstance(result.exception, LocusError), (arguments, result.output)
        assert told in result.exception.message, result.exception.message
