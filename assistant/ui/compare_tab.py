"""The Compare tab: the same questions through several generators, their answers side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from assistant import comparing
from assistant.comparing import Begun, Row
from assistant.ui import render, render_compare
from assistant.ui.chat import MOST_CHARACTERS, generator_title, too_long
from assistant.ui.parts import Update, bridged, in_words, interrupt, listen
from index.errors import LocusError

MOST_QUESTIONS = 20
"""Questions of one comparison on the page; the command line takes any number."""
COMPARERS = 2
"""Comparisons made at the same time; the questions of the Chat tab have places of their own."""

INTRODUCTION = (
    "<h2>Compare generators</h2><p class='quiet'>The same questions, answered by each from the same passages: how well "
    "their sentences are supported, how long they take, what they cost, and what leaves this machine.</p>"
)


class CompareTab:
    """The widgets of the Compare tab; the rows of a comparison are the session's own."""

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
        self.rows = gr.State(())
        self.total = gr.State(0)
        gr.HTML(INTRODUCTION, elem_classes=["tab-head"], apply_default_css=False)
        self.questions = gr.Textbox(
            label="Questions",
            show_label=False,
            container=False,
            placeholder=f"Up to {MOST_QUESTIONS} questions, one a line",
            lines=3,
            max_lines=10,
            elem_id="compare-questions",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=True),
        )
        found = assistant.generators()
        self.generators = gr.CheckboxGroup(
            [(f"{generator_title(g.name)}. {g.label}", g.name) for g in found],
            # What would send text to another machine takes part only where the reader says so.
            value=[g.name for g in found if not g.remote],
            label="Generators",
            show_label=False,
            container=False,
            elem_id="compare-generators",
        )
        with gr.Row(elem_id="compare-row"):
            self.go = gr.Button("Compare", variant="primary", size="sm", elem_id="compare-go", min_width=90)
            self.stop = gr.Button(
                "Stop", variant="stop", size="sm", elem_id="compare-stop", visible=False, min_width=90
            )
        self.progress = gr.HTML("", elem_id="compare-progress", apply_default_css=False)
        self.table = bridged("", elem_id="compare-table")
        # Apart from the question in progress, so that what is being read is not drawn anew with every answer.
        self.done = bridged("", elem_id="compare-done")
        self.now = bridged("", elem_id="compare-now")

    def connect(self, source: Any, opened: Any) -> None:
        """Wires the events; ``source`` is the source panel, ``opened`` the function that fills it."""
        shown = [self.rows, self.total, self.progress, self.table, self.done, self.now, self.go, self.stop]
        started = listen(
            [self.go.click],
            self.compare,
            [self.questions, self.generators],
            shown,
            concurrency_limit=COMPARERS,
            concurrency_id="compare",
        )
        interrupt(self.stop.click, [started], self.stopped, [self.rows, self.total], shown)
        listen([self.done.select, self.now.select], opened, None, [source], queue=False)

    def compare(self, questions: str | None, names: Sequence[str] | None) -> Iterator[Update]:
        """The comparison as it grows; where it can't begin, why."""
        cleared: Update = {self.rows: (), self.total: 0, self.table: "", self.done: "", self.now: ""}
        try:
            asked = wanted(questions or "")
            if not names:
                raise LocusError("No generator is ticked.", hint="Tick one or more.")
            # In the order shown, not in that of the ticking.
            listed = [g.name for g in self.assistant.generators()]
            generators = comparing.chosen(self.assistant, [name for name in listed if name in names])
            total = len(asked) * len(generators)
            yield {**cleared, self.total: total, self.progress: render_compare.beginning(), **self.busy(True)}
            yield from self.answered(asked, generators)
        except Exception as error:  # whatever breaks, the reader gets words, and keeps what is finished
            yield {self.progress: render.message(in_words(error)), **self.busy(False)}

    def answered(self, asked: Sequence[comparing.Question], generators: Sequence[Any]) -> Iterator[Update]:
        """The events of a comparison as updates of the page."""
        rows: tuple[Row, ...] = ()
        paid = comparing.prices(self.assistant.settings)
        for event in comparing.compare(self.assistant, asked, generators, paid):
            if isinstance(event, Begun):
                yield {self.progress: render_compare.progress(event, len(asked))}
                continue
            rows = (*rows, event)
            if len(rows) % len(generators) == 0:  # only now, so that the table has all its columns from the start
                yield {self.rows: rows, self.table: render_compare.table(rows, finished=False), **self.shown(rows)}
            else:
                yield {self.rows: rows, self.now: self.question(comparing.by_question(rows)[-1])}
        yield {self.progress: "", self.table: render_compare.table(rows, finished=True), **self.busy(False)}

    def shown(self, rows: Sequence[Row]) -> Update:
        """All questions of these rows as finished."""
        return {self.done: "".join(map(self.question, comparing.by_question(rows))), self.now: ""}

    def question(self, rows: Sequence[Row]) -> str:
        """One question with the answers to it."""
        return render_compare.question(rows, unsupported=self.assistant.settings.unsupported)

    def stopped(self, rows: tuple[Row, ...], total: int) -> Update:
        """After Stop: the answers that are finished stay."""
        return {
            self.progress: render_compare.stopped(len(rows), total),
            self.table: render_compare.table(rows, finished=True),
            **self.shown(rows),
            **self.busy(False),
        }

    def busy(self, working: bool) -> Update:
        """Stop in Compare's place while answers are being made."""
        return {self.go: gr.Button(visible=not working), self.stop: gr.Button(visible=working)}


def wanted(text: str) -> list[comparing.Question]:
    """The questions of the box, one a line. LocusError where there are none, too many, or one is too long."""
    asked = comparing.questions(text.splitlines())
    if not asked:
        raise LocusError("No question is given.", hint="Type one or more, each on a line of its own.")
    if len(asked) > MOST_QUESTIONS:
        raise LocusError(
            f"These are {len(asked):,} questions; {MOST_QUESTIONS} can be compared here at once.",
            hint="Shorten the list, or use locus compare --file for any number.",
        )
    for question in asked:
        if len(question.text) > MOST_CHARACTERS:
            raise too_long(question.text)
    return asked
