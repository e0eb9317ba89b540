"""Drafts from notes: hers stay hers, what is borrowed is cited."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import asking, cli_summary, export
from assistant.answers import OWN, Answer, Finished
from assistant.chain import Assistant
from assistant.settings import Settings
from assistant.summary.draft import AGAINST, MOST_CHARACTERS, draft, statements
from assistant.ui import render
from index.errors import LocusError
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from tests.assistant import openai_server as serve

KNOWN = "We found that loss of Sox9 increased the expression of Wnt4 in the gonads of XX mutant mice."
NOTE = "In our mice the loss of Sox9 increased the expression of Wnt4 in gonads, see [7]."
AGAINST_IT = "In our mice the loss of Sox9 decreased the expression of Wnt4 in the gonads of mutant mice."


@pytest.fixture
def assistant(library: Library, tmp_path: Path) -> Assistant:
    library.add([Paper(PaperInfo("Gonads", ("Kim A",), year=2006, pmid="6"), (Section("Results", KNOWN),))])
    return Assistant(Settings(library=tmp_path / "library"), library)


def made(assistant: Assistant, notes: str, kind: str = "abstract", generator: str = "extractive") -> Answer:
    *_, last = draft(assistant, notes, kind, generator)
    assert isinstance(last, Finished)
    return last.answer


@pytest.mark.parametrize("kind", ["abstract", "related"])
def test_her_statements_are_marked_as_hers_and_all_others_are_cited(assistant: Assistant, kind: str) -> None:
    answer = made(assistant, f"- {NOTE}\n- Our cohort had 41 <b>animals</b>.", kind)
    own = [s for s in answer.sentences if s.own]
    assert [s.text for s in own] == [NOTE.replace("[7]", "(7)"), "Our cohort had 41 <b>animals</b>."]
    assert all(not s.markers for s in own)
    borrowed = [s for s in answer.sentences if not s.own]
    assert [s.text for s in borrowed] == [KNOWN]
    assert all(s.supported for s in borrowed)
    assert answer.text.count(OWN) == 2
    for shown in (render.turn(answer).partition('class="tools"')[0], export.markdown(answer)):
        assert shown.count(OWN) == 2
        assert "<b>" not in shown
        assert "Not supported" not in shown
    assert [s["own"] for s in export.as_data(answer)["sentences"] if "own" in s] == [True, True]


@pytest.mark.parametrize("unsupported", ["strike", "show", "drop"])
def test_her_statements_stay_where_unsupported_ones_are_dropped(assistant: Assistant, unsupported: str) -> None:
    assistant.settings = assistant.settings.model_copy(update={"unsupported": unsupported})
    answer = made(assistant, "Nobody knows the quokka of the moon.")
    assert not answer.refused
    assert "quokka" in answer.text
    assert any("nothing near 1" in note for note in answer.notes)


def test_a_paper_that_points_the_other_way_is_told(assistant: Assistant) -> None:
    answer = made(assistant, AGAINST_IT)
    assert [s.text for s in answer.sentences if s.part == AGAINST] == [KNOWN]


def test_another_finding_on_the_gene_does_not_point_the_other_way(assistant: Assistant) -> None:
    note = "The loss of Sox9 in the gonads decreased the number and the size of Sertoli cells, and testosterone."
    answer = made(assistant, note)
    assert [s.text for s in answer.sentences if s.part == AGAINST] == []


def test_nothing_is_sent_where_no_model_was_chosen_and_inventions_are_struck(assistant: Assistant) -> None:
    with serve.OpenAIServer(serve.answer("Loss of Sox9 cures baldness in 9 men [1].")) as server:
        assistant.settings = assistant.settings.model_copy(update={"openai_url": server.url})
        made(assistant, NOTE)
        assert server.requests == []
        answer = made(assistant, NOTE, "related", "openai")
        assert len(server.requests) == 1
    assert "baldness" not in answer.text
    assert "Sox9" in answer.text


def test_notes_that_cannot_be_used_are_told() -> None:
    for notes in ("", " \n - \n", "a" * (MOST_CHARACTERS + 1), "\n".join(f"Note {n} is here." for n in range(99))):
        with pytest.raises(LocusError):
            statements(notes)


def test_the_command_drafts_from_a_file_and_tells_of_bad_ones(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_summary, "open_assistant", lambda library: assistant)
    notes = tmp_path / "notes.txt"
    notes.write_text(NOTE, encoding="utf-8")
    run = CliRunner()
    said = run.invoke(asking.app, ["draft", "--notes", str(notes), "--kind", "related"])
    assert said.exit_code == 0
    assert OWN in said.output
    assert "[1]" in said.output
    notes.write_bytes(b"\xff\xfe\x00")
    for more in (["--notes", str(notes)], ["--notes", str(tmp_path / "none")], ["--notes", str(notes), "--kind", "x"]):
        failed = run.invoke(asking.app, ["draft", *more])
        assert isinstance(failed.exception, LocusError)
