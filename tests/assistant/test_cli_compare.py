"""`locus compare` at the command line, on a real library with scripted generators."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from assistant import cli_compare
from assistant.answers import Usage
from assistant.chain import Assistant
from assistant.generators.base import Request
from assistant.settings import Settings
from index.errors import GenerationError, LocusError
from index.library import Library
from tests.assistant.test_chain import Scripted, pygo
from tests.assistant.test_comparing import ASKED, TRUE, Failing, enter


@pytest.fixture
def assistant(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    library.add([pygo()])
    made = Assistant(Settings(library=tmp_path / "library"), library)
    monkeypatch.setattr(cli_compare, "open_assistant", lambda library: made)
    enter(made, "one", Scripted(TRUE))
    enter(made, "far", Scripted(TRUE), remote=True)
    return made


def locus(*words: str | Path) -> Result:
    return CliRunner().invoke(cli_compare.app, ["compare", *map(str, words)])


def test_questions_are_answered_side_by_side_and_progress_stays_off_stdout(assistant: Assistant) -> None:
    result = locus(ASKED, "Where is the lens?", "-g", "one, far", "--price-in", "1", "--price-out", "2")
    assert result.exit_code == 0
    assert "2 of 4: question 1, far" in result.stderr
    assert "question 1, far" not in result.stdout
    assert result.stdout.count("[ one ]") == result.stdout.count("[ far ]") == 2
    assert "Cost                      0, nothing sent" in result.stdout
    assert "0.000050" in result.stdout


def test_what_sends_text_elsewhere_takes_part_only_where_it_is_named(assistant: Assistant) -> None:
    result = locus(ASKED, "--json")
    assert [s["name"] for s in json.loads(result.stdout)["summary"]] == ["extractive", "lstm", "one"]
    assert assistant._generators["far"].asked == []  # type: ignore[attr-defined]
    assert "Left out, since it sends text to another machine: far." in result.stderr
    assert "Left out" not in locus(ASKED, "-g", "one").stderr


def test_a_file_of_lines_or_of_objects_is_read(assistant: Assistant, tmp_path: Path) -> None:
    lines, objects = tmp_path / "q.txt", tmp_path / "q.jsonl"
    lines.write_text(f"\ufeff{ASKED}\n\nWhere is it?\n", encoding="utf-8")
    objects.write_text(json.dumps({"id": "x7", "question": ASKED, "answerable": True, "answer_terms": ["lens"]}) + "\n")
    read = json.loads(locus("First?", "--file", lines, "-g", "one", "--json").stdout)
    assert [q["question"] for q in read["questions"]] == ["First?", ASKED, "Where is it?"]
    read = json.loads(locus("--file", objects, "-g", "one", "--json").stdout)
    assert read["questions"][0]["id"] == "x7"
    assert (read["summary"][0]["with_terms"], read["summary"][0]["expected"]) == (1, 1)


@pytest.mark.parametrize("kind", ["json", "md", "csv"])
def test_the_comparison_is_written_in_the_format_of_its_name(assistant: Assistant, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"c.{kind}"
    assert locus(ASKED, "-g", "one,far", "--out", out).exit_code == 0
    if kind == "json":
        assert len(json.loads(out.read_text())["questions"][0]["answers"]) == 2
    elif kind == "csv":
        with out.open(newline="", encoding="utf-8") as file:
            assert [line["generator"] for line in csv.DictReader(file)] == ["one", "far"]
        assert b"\r\r\n" not in out.read_bytes()
    else:
        assert out.read_text().startswith("# Generators compared")


def test_ctrl_c_keeps_what_is_finished(assistant: Assistant, tmp_path: Path) -> None:
    class Interrupted(Scripted):
        def stream(self, request: Request) -> Iterator[str | Usage]:
            if "second" in request.question:
                raise KeyboardInterrupt
            yield from super().stream(request)

    enter(assistant, "one", Interrupted(TRUE))
    out = tmp_path / "c.json"
    result = locus(ASKED, "A second?", "-g", "one", "--out", out)
    assert result.exit_code == 130
    assert "1 of 2 answers are finished and kept" in result.stderr
    assert TRUE in result.stdout
    assert len(json.loads(out.read_text())["questions"]) == 1


def test_an_error_stands_in_its_row_and_in_the_exit_code(assistant: Assistant) -> None:
    enter(assistant, "far", Failing(GenerationError("Too many requests.", hint="Wait.")), remote=True)
    result = locus(ASKED, "-g", "far,one")
    assert result.exit_code == 1
    assert "Too many requests. Wait." in result.stdout
    assert TRUE in result.stdout
    assert "1 of 2 answers failed" in result.stderr


def test_wrong_use_is_told_before_anything_is_asked(assistant: Assistant, tmp_path: Path) -> None:
    wrong: list[tuple[list[Any], str]] = [
        ([], "No question is given"),
        ([" "], "No question is given"),
        ([ASKED, "--out", "c.xlsx"], "no known kind"),
        ([ASKED, "--out", tmp_path / "none" / "c.md"], "can't be written"),
        ([ASKED, "-g", "openai"], "No key is set"),
        ([ASKED, "-g", "gpt9"], "no generator 'gpt9'"),
        (["--file", tmp_path / "none.txt"], "can't be read"),
    ]
    for words, told in wrong:
        error = locus(*words).exception
        assert isinstance(error, LocusError), words
        assert told in str(error)
    assert assistant._generators["one"].asked == []  # type: ignore[attr-defined]
