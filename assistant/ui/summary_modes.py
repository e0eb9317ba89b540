"""The other modes of the Summary tab: several papers, what is new, drafts; what each asks for and what it starts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant.answers import Event
from assistant.summary import papers as choosing
from assistant.summary.draft import KINDS, MOST_CHARACTERS, draft
from assistant.summary.lengths import LENGTHS, length
from assistant.summary.many import compare
from assistant.summary.since import news, since
from index.errors import LocusError

ONE, SEVERAL, NEW, DRAFT = "One paper", "Several papers", "What is new", "Draft"
MODES = (ONE, SEVERAL, NEW, DRAFT)
TOPIC, GENE, PAPERS = "Topic or question", "Gene", "Papers"
_APART = re.compile(r"[,;\s]+")


class Modes:
    """The boxes of the modes but the first, each in a column of its own that is shown when the mode is chosen."""

    def __init__(self) -> None:
        self.columns: dict[str, Any] = {}
        with gr.Column(visible=False, elem_id="summary-several") as self.columns[SEVERAL]:
            self.by = gr.Radio(
                [TOPIC, GENE, PAPERS], value=TOPIC, show_label=False, container=False, elem_id="summary-by"
            )
            with gr.Row(elem_classes=["summary-row"]):
                self.what = _box(
                    "Papers on", "a topic, a question, a gene; or numbers, PMIDs, DOIs of papers", "summary-what"
                )
                self.go_several = _go("summary-several-go", "Summarize")
        with gr.Column(visible=False, elem_id="summary-new") as self.columns[NEW]:
            with gr.Row(elem_classes=["summary-row"]):
                self.date = _box("Since", "a year (2006), or the day papers were added (2026-03-01)", "summary-since")
                self.go_new = _go("summary-new-go", "Tell")
            self.topic = _box("Read for", "read for a topic (optional)", "summary-topic")
        with gr.Column(visible=False, elem_id="summary-draft") as self.columns[DRAFT]:
            self.kind = gr.Radio(
                [("Abstract", "abstract"), ("Related work", "related")],
                value="abstract",
                show_label=False,
                container=False,
                elem_id="summary-kind",
            )
            self.notes = gr.Textbox(
                label="Your notes",
                show_label=False,
                container=False,
                lines=6,
                max_lines=20,
                max_length=MOST_CHARACTERS,
                placeholder="Your notes: what you did and found, a statement a line. They stay marked as yours.",
                elem_id="summary-notes",
            )
            self.go_draft = _go("summary-draft-go", "Draft")

    @property
    def inputs(self) -> list[Any]:
        """What `events` is given, after mode, generator and length."""
        return [self.by, self.what, self.date, self.topic, self.kind, self.notes]

    @property
    def triggers(self) -> list[Any]:
        """What starts a mode."""
        return [
            self.go_several.click,
            self.what.submit,
            self.go_new.click,
            self.date.submit,
            self.topic.submit,
            self.go_draft.click,
        ]


def lengths() -> Any:
    """The choice of how long a summary is."""
    return gr.Radio(
        [(name.capitalize(), name) for name in LENGTHS],
        value="standard",
        label="Length",
        show_label=False,
        container=False,
        elem_id="summary-length",
    )


def events(assistant: Any, mode: str, generator: str, how_long: str, *asked: str | None) -> tuple[str, Iterator[Event]]:
    """The title of what a mode makes, and its events; ``asked`` are the values of `Modes.inputs`. Raises LocusError."""
    by, what, day, topic, kind, notes = (text or "" for text in asked)
    wanted_length = length(how_long or "standard")
    if mode == SEVERAL:
        wanted = _wanted(assistant.library, by, what)
        return wanted.title, compare(assistant, wanted, generator, wanted_length)
    if mode == NEW:
        start = since(day)
        return f"What is new: papers {start.words}", news(assistant, start, topic, wanted_length)
    if mode == DRAFT:
        return KINDS.get(kind, "Draft"), draft(assistant, notes, kind, generator, wanted_length)
    raise LocusError("No paper is chosen.", hint="Choose one from the list.")


def _wanted(library: Any, by: str, what: str) -> choosing.Wanted:
    if by == GENE:
        return choosing.on_gene(library, what)
    if by != PAPERS:
        return choosing.on_topic(library, what)
    ids: list[int] = []
    for name in filter(None, _APART.split(what)):
        paper_id = library.find(name)
        if paper_id is None:
            raise LocusError(
                f"Not in the library: {name}.", hint="Give library numbers, PMIDs (PMID:1), PMCIDs or DOIs."
            )
        ids.append(paper_id)
    return choosing.named(library, ids)


def _box(label: str, placeholder: str, elem_id: str) -> Any:
    return gr.Textbox(
        label=label,
        show_label=False,
        container=False,
        placeholder=placeholder[0].upper() + placeholder[1:],
        max_length=1000,
        elem_id=elem_id,
        elem_classes=["summary-box"],
        scale=4,
    )


def _go(elem_id: str, label: str) -> Any:
    return gr.Button(label, variant="primary", size="sm", elem_id=elem_id, min_width=90, scale=0)
