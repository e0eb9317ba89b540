"""The Compare tab without a browser: what its events change, on a real library with scripted generators."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.chain import Assistant
from assistant.settings import Settings
from assistant.ui import render_compare
from assistant.ui.compare_tab import MOST_QUESTIONS, CompareTab
from index.errors import GenerationError
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from tests.assistant.test_chain import Scripted, pygo
from tests.assistant.test_comparing import ASKED, FALSE, TRUE, Failing, enter, run

EVIL = "<img src=x onerror=alert(1)> <script>alert(2)</script> 'quotes\""


@pytest.fixture
def assistant(library: Library, tmp_path: Path) -> Assistant:
    library.add([pygo()])
    made = Assistant(Settings(library=tmp_path / "library"), library)
    enter(made, "one", Scripted(TRUE))
    enter(made, "far", Scripted(TRUE, " ", FALSE), remote=True).label = "Sent to example.org"
    return made


@pytest.fixture
def tab(assistant: Assistant) -> Iterator[Any]:
    with gr.Blocks(analytics_enabled=False):
        made = CompareTab(assistant)
        made.connect(gr.HTML(), lambda: "")
        yield made


def test_what_sends_text_elsewhere_is_not_ticked_and_says_so(tab: Any) -> None:
    assert tab.generators.value == ["extractive", "lstm", "one"]
    labels = {name: label for label, name in tab.generators.choices}
    assert "Sent to example.org" in labels["far"]
    assert "api.openai.com: question and passages are sent there" in labels["openai"]


def test_answers_come_one_by_one_and_the_end_offers_downloads(tab: Any) -> None:
    updates = list(tab.compare(f"{ASKED}\n\nWhere is the lens?", ["far", "one"]))
    assert updates[0][tab.stop].visible
    assert updates[0][tab.total] == 4
    assert [len(u[tab.rows]) for u in updates if tab.rows in u] == [0, 1, 2, 3, 4]
    working = [u[tab.progress] for u in updates if "writes" in u.get(tab.progress, "")]
    assert "Question 1 of 2" in working[0]
    assert "(3 of 4 answers done)" in working[-1]
    done = [u[tab.done] for u in updates if tab.done in u][-1]
    assert done.count('class="card"') == 4
    assert done.count('<article class="turn side">') == 2
    assert "data-check" in done, "markers open their quotes"
    assert "Not supported" in done
    last = updates[-1]
    assert last[tab.go].visible
    assert last[tab.progress] == ""
    saved = dict(re.findall(r'data-save="locus-comparison\.(\w+)"[^>]*data-text="([^"]*)"', last[tab.table]))
    assert saved.keys() == {"md", "csv", "json"}
    assert len(json.loads(unescape(saved["json"]))["questions"]) == 2
    assert [u for u in updates if "data-save" in u.get(tab.table, "")] == [last]


def test_generators_stand_in_the_order_shown_whatever_was_ticked_first(tab: Any, assistant: Assistant) -> None:
    shown = [g.name for g in assistant.generators()]
    names = [name for name in reversed(shown) if name != "openai"]
    rows = [u[tab.rows] for u in tab.compare(ASKED, names) if tab.rows in u][-1]
    assert [row.contestant.name for row in rows] == [name for name in shown if name != "openai"]


def test_stop_keeps_what_is_finished(tab: Any) -> None:
    rows = [u[tab.rows] for u in tab.compare(f"{ASKED}\nWhere?", ["one", "far"]) if tab.rows in u][3]
    update = tab.stopped(rows, 4)
    assert "3 of 4 answers are finished and kept" in update[tab.progress]
    assert update[tab.done].count('class="card"') == 3
    assert "data-save" in update[tab.table]
    assert update[tab.go].visible
    assert tab.stopped((), 4)[tab.table] == ""


def test_what_cannot_be_compared_is_told(tab: Any) -> None:
    for questions, names, told in (
        ("", ["one"], "No question"),
        ("A?\n" * (MOST_QUESTIONS + 1), ["one"], "21 questions"),
        ("A" * 5000, ["one"], "5,000 characters"),
        (ASKED, [], "No generator is ticked"),
        (ASKED, ["openai"], "No key is set"),
    ):
        (update,) = list(tab.compare(questions, names))
        assert told in update[tab.progress]
        assert update[tab.go].visible


def test_a_failing_generator_is_told_beside_the_others(tab: Any, assistant: Assistant) -> None:
    enter(assistant, "far", Failing(GenerationError("Too many requests.", hint="Wait.")), remote=True)
    done = [u[tab.done] for u in tab.compare(ASKED, ["far", "one"]) if tab.done in u][-1]
    assert "Too many requests." in done
    assert "lacked a lens" in done


def test_a_refused_draft_tells_what_failed_unless_it_is_to_be_dropped(assistant: Assistant) -> None:
    enter(assistant, "one", Scripted(FALSE))
    rows = run(assistant, "one")
    assert "was cloned in 1987" in render_compare.question(rows)
    assert "was cloned in 1987" not in render_compare.question(rows, unsupported="drop")


def test_everything_from_papers_models_and_readers_is_escaped(assistant: Assistant, library: Library) -> None:
    library.add([Paper(PaperInfo(EVIL, (EVIL,), source="e.xml"), (Section(EVIL, f"Qwop7 {EVIL} in the wing."),))])
    enter(assistant, EVIL, Scripted(f"{EVIL} Qwop7 in the wing [1]."))
    enter(assistant, "bad", Failing(GenerationError(EVIL, hint=EVIL)))
    rows = run(assistant, EVIL, "bad", asked=(f"Qwop7 {EVIL}",))
    for html in (render_compare.question(rows), render_compare.table(rows, finished=True)):
        assert "<img" not in html
        assert "<script" not in html
