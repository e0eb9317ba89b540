"""The Summary tab: one paper's question, approach, findings and limits, each sentence cited."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant.answers import Draft, Finished
from assistant.ui import render
from assistant.ui.chat import ASKERS, DRAFT_SECONDS, Chat
from assistant.ui.parts import Update, bridged, in_words, listen
from index.errors import LocusError

CHOICES = 50
"""Papers offered at once; typing searches the whole library."""


class SummaryTab:
    """The widgets of the Summary tab."""

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
        gr.HTML(
            "<h2>Summarize a paper</h2><p class='quiet'>What it asked, how, what it found and where it stops; every "
            "sentence opens the quote it rests on.</p>",
            elem_classes=["tab-head"],
            apply_default_css=False,
        )
        with gr.Row(elem_id="summary-row"):
            self.paper = gr.Dropdown(
                label="Paper (type to search)", filterable=True, elem_id="summary-paper", scale=4, min_width=200
            )
            self.start = gr.Button(
                "Summarize", variant="primary", size="sm", elem_id="summarize", scale=0, min_width=120
            )
            self.stop = gr.Button(
                "Stop", variant="stop", size="sm", elem_id="summary-stop", visible=False, scale=0, min_width=120
            )
        self.result = bridged("", elem_id="summary", elem_classes=["live"])

    def connect(self, chat: Chat, source: Any, opened: Any) -> Any:
        """Wires the events; the generator is the one chosen in the Chat tab. Gives what starts a summary by id."""
        outputs = [self.result, self.start, self.stop]
        started = listen(
            [self.start.click, self.result.example_select],
            self.summarize,
            [self.paper, chat.generator],
            outputs,
            concurrency_limit=ASKERS,
            concurrency_id="ask",
        )
        listen([self.stop.click], self.stopped, None, outputs, cancels=[started], queue=False)
        listen([self.result.select], opened, None, [source], queue=False)
        listen([self.paper.key_up], self.search, None, [self.paper], queue=False)

    def choices(self, query: str = "", value: int | None = None) -> Any:
        """The dropdown with the papers that match."""
        found = self.assistant.library.papers(query, 0, CHOICES)
        if value is not None and all(paper.id != value for paper in found):
            found = [self.assistant.library.paper(value).info, *found]
        options = [(choice(paper.citation, paper.title), paper.id) for paper in found]
        return gr.Dropdown(choices=options, value=value) if value is not None else gr.Dropdown(choices=options)

    def refreshed(self, value: int | None) -> Any:
        """The dropdown as the library stands now, kept on the paper chosen before where it is still there."""
        try:
            return self.choices(value=value)
        except LocusError:  # the chosen paper is gone
            return gr.Dropdown(choices=self.choices().choices, value=None)

    def search(self, event: gr.KeyUpData) -> Any:
        """The papers that match what is typed, from the whole library and not only from those offered."""
        return self.choices(str(event.input_value or ""))

    def summarize(self, paper: int | None, generator: str | None) -> Iterator[Update]:
        """One paper's summary as it is written."""
        if paper is None:
            yield {self.result: '<p class="note">Choose a paper first.</p>'}
            return
        try:
            title = self.assistant.library.paper(paper).info.title
            yield {self.result: render.summarizing(title), **self.busy(True)}
            yield from self.written(paper, title, generator or "")
        except Exception as error:  # whatever breaks, the reader gets words
            yield {self.result: render.message(in_words(error)), **self.busy(False)}

    def written(self, paper: int, title: str, generator: str) -> Iterator[Update]:
        """The events of a summary as updates of the page."""
        shown = 0.0
        for event in self.assistant.summarize(paper, generator):
            if isinstance(event, Draft) and time.monotonic() - shown >= DRAFT_SECONDS:
                shown = time.monotonic()
                yield {self.result: render.draft(title, event.text, spoken="")}
            elif isinstance(event, Finished):
                turn = render.turn(event.answer, unsupported=self.assistant.settings.unsupported, title=title)
                yield {self.result: turn, **self.busy(False)}

    def stopped(self) -> Update:
        """After Stop."""
        return {self.result: '<p class="note">Stopped. What was written had not been checked.</p>', **self.busy(False)}

    def busy(self, working: bool) -> Update:
        """Stop in Summarize's place while a summary is being made."""
        return {self.start: gr.Button(visible=not working), self.stop: gr.Button(visible=working)}


def choice(citation: str, title: str) -> str:
    """A paper as one line of the dropdown."""
    return f"{citation} · {title}" if not title.startswith(citation[:20]) else title
