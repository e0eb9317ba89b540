"""The Summary tab: one paper's question, approach, findings and limits, each sentence cited."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant.answers import Draft, Finished, Working
from assistant.ui import render, render_library
from assistant.ui.chat import ASKERS, DRAFT_SECONDS
from assistant.ui.parts import Update, bridged, in_words, interrupt, listen

OFFERED = 8
"""Papers offered at once; typing searches the whole library."""

INTRODUCTION = (
    "<h2>Summarize a paper</h2><p class='quiet'>What it asked, how, what it found and where it stops; every sentence "
    "opens the quote it rests on.</p>"
)


class SummaryTab:
    """The widgets of the Summary tab."""

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
        gr.HTML(INTRODUCTION, elem_classes=["tab-head"], apply_default_css=False)
        self.chosen = gr.State(False)
        self.query = gr.Textbox(
            show_label=False,
            label="Find a paper",
            container=False,
            placeholder="Find a paper by title, author, journal, year, DOI…",
            elem_id="find",
            max_length=300,
        )
        self.picks = bridged("", elem_id="picks")
        self.stop = gr.Button("Stop", variant="stop", size="sm", elem_id="summary-stop", visible=False)
        self.result = bridged("", elem_id="summary", elem_classes=["live"])

    def connect(self, generator: Any, tabs: Any, library_list: Any, source: Any, opened: Any) -> None:
        """Wires the events; summaries are asked for here (``picks``) or in the ``library_list`` of the Library tab."""
        self.tabs = tabs
        outputs = [self.picks, self.result, self.stop, self.chosen, tabs]
        started = listen(
            [self.picks.edit, library_list.edit, self.result.edit],
            self.picked,
            [generator],
            outputs,
            concurrency_limit=ASKERS,
            concurrency_id="ask",
        )
        interrupt(self.stop.click, [started], self.stopped, None, outputs[:4])
        listen([self.query.change], self.offer, [self.query], [self.picks], trigger_mode="always_last")
        listen([self.result.select], opened, None, [source], queue=False)

    def offer(self, query: str | None = "") -> str:
        """The papers that match ``query``, to pick from; None is what a box that was never shown sends."""
        try:
            library, words = self.assistant.library, (query or "").strip()
            return render_library.picks(library.papers(words, 0, OFFERED), library.count(words), words)
        except Exception as error:  # the page stays up, the reader gets words
            return render.message(in_words(error))

    def picked(self, generator: str | None, event: gr.EventData) -> Iterator[Update]:
        """The paper that was clicked, summarized in this tab."""
        yield {self.tabs: gr.Tabs(selected="summary"), self.chosen: True, self.picks: ""}
        yield from self.summarize(int(event._data["summarize"]), generator)

    def summarize(self, paper: int, generator: str | None) -> Iterator[Update]:
        """One paper's summary as it is written."""
        try:
            title = self.assistant.library.paper(paper).info.title
            yield {self.picks: "", self.result: render.summarizing(title), self.stop: gr.Button(visible=True)}
            yield from self.written(paper, title, generator or "")
        except Exception as error:  # whatever breaks, the reader gets words and can try again
            told = render.message(in_words(error)) + render_library.again(paper)
            yield {self.result: told, self.stop: gr.Button(visible=False)}

    def written(self, paper: int, title: str, generator: str) -> Iterator[Update]:
        """The events of a summary as updates of the page."""
        shown = 0.0
        for event in self.assistant.summarize(paper, generator):
            if isinstance(event, Working):
                yield {self.result: render.working(title, f"{event.text}…")}
            elif isinstance(event, Draft) and time.monotonic() - shown >= DRAFT_SECONDS:
                shown = time.monotonic()
                yield {self.result: render.draft(title, event.text, spoken="")}
            elif isinstance(event, Finished):
                turn = render.turn(event.answer, unsupported=self.assistant.settings.unsupported, title=title)
                yield {self.result: turn, self.stop: gr.Button(visible=False)}

    def stopped(self) -> Update:
        """After Stop: papers to pick from again."""
        told = '<p class="note">Stopped. What was written had not been checked, so it is not kept.</p>'
        return {self.picks: self.offer(), self.result: told, self.chosen: False, self.stop: gr.Button(visible=False)}
