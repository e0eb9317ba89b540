"""The Summary tab's other modes: several papers, what is new, drafts; wrong input is told, Stop clears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.chain import Assistant
from assistant.settings import Settings
from assistant.ui.summary_modes import DRAFT, GENE, NEW, ONE, PAPERS, SEVERAL, TOPIC
from assistant.ui.summary_tab import SummaryTab
from index.library import Library
from index.papers import Paper, PaperInfo, Section

UP = "We found that loss of Sox9 increased the expression of Wnt4 in the gonads of XX mutant mice."
DOWN = "We found that loss of Sox9 decreased the expression of Wnt4 in the gonads of XX mutant mice."


@pytest.fixture
def tab(library: Library, tmp_path: Path) -> Iterator[SummaryTab]:
    library.add(
        Paper(PaperInfo(f"Gonads {n}", (f"Kim{n} A",), year=2004 + n, pmid=str(n)), (Section("Results", text),))
        for n, text in enumerate((UP, DOWN), start=1)
    )
    with gr.Blocks(analytics_enabled=False):
        made = SummaryTab(Assistant(Settings(library=tmp_path / "library"), library))
        made.connect(gr.HTML(), gr.Tabs(), gr.HTML(), gr.HTML(), lambda: "")
    yield made


def made(tab: SummaryTab, mode: str, *asked: str | None) -> tuple[str, list[dict[Any, Any]]]:
    """The last result that a mode shows, and all updates; ``asked``: by, what, date, topic, kind, notes."""
    updates = list(tab.make(mode, "", "standard", *asked))
    assert updates[-1][tab.stop].visible is False
    return updates[-1][tab.result], updates


@pytest.mark.parametrize(("by", "what"), [(GENE, "Sox9"), (PAPERS, "1, PMID:2"), (PAPERS, "PMID:1;PMID:2")])
def test_several_papers_stand_side_by_side_and_progress_is_told(tab: SummaryTab, by: str, what: str) -> None:
    shown, updates = made(tab, SEVERAL, by, what, "", "", "abstract", "")
    assert "Possible disagreements" in shown
    assert 'class="cite"' in shown
    assert any("Reading Kim" in u[tab.result] and "of 2" in u[tab.result] for u in updates)


def test_what_is_new_and_a_draft_are_shown_with_their_exports(tab: SummaryTab) -> None:
    shown, _ = made(tab, NEW, TOPIC, "", "2006", "", "abstract", "")
    assert "Gonads 2" in shown
    assert "Gonads 1" not in shown
    drafted, _ = made(tab, DRAFT, TOPIC, "", "", "", "related", "Sox9 loss increased Wnt4 expression in gonads <i>.")
    assert "from your notes" in drafted
    assert "<i>" not in drafted
    for text in (shown, drafted):
        assert "locus-answer.md" in text


@pytest.mark.parametrize(
    ("mode", "asked", "told"),
    [
        (SEVERAL, (PAPERS, "1, 99", "", "", "", ""), "Not in the library: 99"),
        (SEVERAL, (PAPERS, "1", "", "", "", ""), "two or more"),
        (SEVERAL, (GENE, "", "", "", "", ""), "No gene is named"),
        (SEVERAL, (None, None, None, None, None, None), "No topic is named"),
        (NEW, (TOPIC, "", "<script>", "", "", ""), "is no date"),
        (DRAFT, (TOPIC, "", "", "", "abstract", " "), "notes are empty"),
        (DRAFT, (TOPIC, "", "", "", "poem", "Some note here."), "no draft"),
        (ONE, (TOPIC, "", "", "", "", ""), "No paper is chosen"),
    ],
)
def test_wrong_input_is_told_in_words(tab: SummaryTab, mode: str, asked: tuple[str | None, ...], told: str) -> None:
    shown, _ = made(tab, mode, *asked)
    assert told in shown
    assert "<script>" not in shown


def test_each_mode_shows_its_own_boxes(tab: SummaryTab) -> None:
    turned = tab.turned(NEW, "")
    assert [turned[tab.modes.columns[mode]].visible for mode in (SEVERAL, NEW, DRAFT)] == [False, True, False]
    assert turned[tab.picks] == ""
    assert "Gonads 1" in tab.turned(ONE, "")[tab.picks]
    assert tab.stopped(DRAFT)[tab.picks] == ""
    assert "Gonads" in tab.stopped()[tab.picks]
