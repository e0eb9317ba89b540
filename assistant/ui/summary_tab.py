"""The Summary tab: one paper read whole, several compared, what is new, drafts from notes; each sentence cited."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant.answers import Draft, Event, Finished, Working
from assistant.summary import lengths
from assistant.ui import render, render_library, summary_modes
from assistant.ui.chat import ASKERS, DRAFT_SECONDS
from assistant.ui.parts import Update, bridged, in_words, interrupt, listen

OFFERED = 8
"""Papers offered at once; typing searches the whole library."""

INTRODUCTION = (
    "<h2>Summarize</h2><p class='quiet'>One paper read whole, several side by side, what is new, or a draft from your "
    "notes; every sentence but yours opens the quote it rests on.</p>"
)


class SummaryTab:
    """The widgets of the Summary tab."""

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
        gr.HTML(INTRODUCTION, elem_classes=["tab-head"], apply_default_css=False)
        self.chosen = gr.State(False)
        with gr.Row(elem_id="summary-choices"):
            self.mode = gr.Radio(
                list(summary_modes.MODES),
                value=summary_modes.ONE,
                label="What to summarize",
                show_label=False,
                container=False,
                elem_id="summary-mode",
            )
            self.length = summary_modes.lengths()
        self.modes = summary_modes.Modes()
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
            [generator, self.length],
            outputs,
            concurrency_limit=ASKERS,
            concurrency_id="ask",
        )
        made = listen(
            self.modes.triggers,
            self.make,
            [self.mode, generator, self.length, *self.modes.inputs],
            [self.result, self.stop],
            concurrency_limit=ASKERS,
            concurrency_id="ask",
        )
        interrupt(self.stop.click, [started, made], self.stopped, [self.mode], outputs[:4])
        shown = [self.query, self.picks, self.result, self.chosen, *self.modes.columns.values()]
        listen([self.mode.change], self.turned, [self.mode, self.query], shown, queue=False)
        listen([self.query.change], self.offer, [self.query], [self.picks], trigger_mode="always_last")
        listen([self.result.select], opened, None, [source], queue=False)

    def offer(self, query: str | None = "") -> str:
        """The papers that match ``query``, to pick from; None is what a box that was never shown sends."""
        try:
            library, words = self.assistant.library, (query or "").strip()
            return render_library.picks(library.papers(words, 0, OFFERED), library.count(words), words)
        except Exception as error:  # the page stays up, the reader gets words
            return render.message(in_words(error))

    def turned(self, mode: str, query: str | None) -> Update:
        """The boxes of another mode; of the first, papers to pick from."""
        one = mode == summary_modes.ONE
        return {
            self.query: gr.Textbox(visible=one),
            self.picks: self.offer(query) if one else "",
            self.result: "",
            self.chosen: not one,
            **{column: gr.Column(visible=name == mode) for name, column in self.modes.columns.items()},
        }

    def make(self, mode: str, generator: str | None, length: str | None, *asked: str | None) -> Iterator[Update]:
        """What a mode other than the first makes, as it is written."""
        try:
            title, events = summary_modes.events(self.assistant, mode, generator or "", length or "", *asked)
            yield {self.result: render.working(title, "Reading…"), self.stop: gr.Button(visible=True)}
            yield from self.written(events, title)
        except Exception as error:  # whatever breaks, the reader gets words; what was typed is kept
            yield {self.result: render.message(in_words(error)), self.stop: gr.Button(visible=False)}

    def picked(self, generator: str | None, length: str | None, event: gr.EventData) -> Iterator[Update]:
        """The paper that was clicked, summarized in this tab."""
        yield {self.tabs: gr.Tabs(selected="summary"), self.chosen: True, self.picks: ""}
        yield from self.summarize(int(event._data["summarize"]), generator, length)

    def summarize(self, paper: int, generator: str | None, length: str | None = None) -> Iterator[Update]:
        """One paper's summary as it is written."""
        try:
            title = self.assistant.library.paper(paper).info.title
            yield {self.picks: "", self.result: render.summarizing(title), self.stop: gr.Button(visible=True)}
            wanted = lengths.length(length or "")
            yield from self.written(self.assistant.summarize(paper, generator or "", length=wanted), title)
        except Exception as error:  # whatever breaks, the reader gets words and can try again
            told = render.message(in_words(error)) + render_library.again(paper)
            yield {self.result: told, self.stop: gr.Button(visible=False)}

    def written(self, events: Iterator[Event], title: str) -> Iterator[Update]:
        """The events of a summary as updates of the page."""
        shown = 0.0
        for event in events:
            if isinstance(event, Working):
                yield {self.result: render.working(title, f"{event.text}…")}
            elif isinstance(event, Draft) and time.monotonic() - shown >= DRAFT_SECONDS:
                shown = time.monotonic()
                yield {self.result: render.draft(title, event.text, spoken="")}
            elif isinstance(event, Finished):
                turn = render.turn(event.answer, unsupported=self.assistant.settings.unsupported, title=title)
                yield {self.result: turn, self.stop: gr.Button(visible=False)}

    def stopped(self, mode: str = summary_modes.ONE) -> Update:
        """After Stop: papers to pick from again."""
        one = mode == summary_modes.ONE
        told = '<p class="note">Stopped. What was written had not been checked, so it is not kept.</p>'
        return {
            self.picks: self.offer() if one else "",
            self.result: told,
            self.chosen: not one,
            self.stop: gr.Button(visible=False),
        }
