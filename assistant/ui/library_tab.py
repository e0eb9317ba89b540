"""The Library tab: add files, see what became of each, browse, search and remove papers."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import gradio as gr

from assistant.ui import render, render_library, welcome
from assistant.ui.get_papers import GetPapers
from assistant.ui.parts import Update, bridged, in_words, listen
from index.papers import Offered
from index.readers import read
from index.results import AddResult
from index.store import Store

log = logging.getLogger(__name__)

PAGE = 20
"""Papers on one page of the list."""
REPORT_SECONDS = 0.2
"""Shortest time between two reports of progress."""

ADD = (
    "<h2>Add papers</h2><p class='quiet'>PDF, PMC or PubMed XML, nbib, RIS, BibTeX, Markdown or plain text, many at "
    "once. Adding a paper again updates it.</p>"
)


class LibraryTab:
    """The widgets of the Library tab; the library itself is shared, the place in the list is the session's own."""

    def __init__(self, assistant: Any) -> None:
        self.library = assistant.library
        self.offset = gr.State(0)
        gr.HTML(ADD, elem_classes=["tab-head"], apply_default_css=False)
        self.files = gr.File(
            label="Files to add",
            show_label=False,
            file_count="multiple",
            type="filepath",
            height=150,
            elem_id="drop",
        )
        self.results = gr.HTML("", elem_id="results", apply_default_css=False)
        self.getting = GetPapers(assistant)
        gr.HTML("<h2>In the library</h2>", elem_classes=["tab-head"], apply_default_css=False)
        with gr.Row(elem_id="search-row"):
            self.query = gr.Textbox(
                show_label=False,
                label="Search the library",
                container=False,
                placeholder="Search titles, authors, journals…",
                elem_id="search",
                scale=4,
                max_length=300,
            )
        self.list = bridged("", elem_id="papers")
        with gr.Row(elem_id="paging"):
            self.previous = gr.Button("Previous", size="sm", min_width=80, elem_id="previous")
            self.next = gr.Button("Next", size="sm", min_width=80, elem_id="next")
        gr.HTML("<h2>State</h2>", elem_classes=["tab-head"], apply_default_css=False)
        self.status = gr.HTML("", elem_id="status", apply_default_css=False)
        with gr.Column(visible=False, elem_id="starter") as self.starter:
            self.starter_note = gr.HTML("", apply_default_css=False)
            self.drop_starter = gr.Button("Remove the starter digests", size="sm", elem_id="remove-starter")
            with gr.Row(visible=False, elem_id="confirm-starter") as self.sure:
                self.yes = gr.Button("Yes, remove them", size="sm", variant="stop", elem_id="remove-starter-yes")
                self.no = gr.Button("Keep them", size="sm", elem_id="remove-starter-no")

    def connect(self, header: Any, source: Any, opened: Any) -> None:
        """Wires the events; ``header`` shows the library's line, ``opened`` fills the ``source`` panel."""
        self.header = header
        view = self.view()
        search = [self.query, self.offset]
        listen(
            [self.files.upload],
            self.add,
            [self.files, self.query],
            [self.files, self.results, *view],
            concurrency_limit=2,
        )
        self.getting.connect(self.query, view, self.shown)
        # Not `.input`: Gradio sends that for keys only, so that pasting by mouse would find nothing.
        listen([self.query.change], self.first_page, [self.query], view, trigger_mode="always_last")
        listen([self.previous.click], self.turn_back, search, view, queue=False)
        listen([self.next.click], self.turn_on, search, view, queue=False)
        listen([self.list.delete], self.remove, search, [self.results, *view])
        listen([self.list.select], opened, None, [source], queue=False)
        listen([self.drop_starter.click], lambda: gr.Row(visible=True), None, [self.sure], queue=False)
        listen([self.no.click], lambda: gr.Row(visible=False), None, [self.sure], queue=False)
        listen([self.yes.click], self.remove_starter, [self.query], [self.results, self.sure, *view])

    def view(self) -> list[Any]:
        """The components that `shown` fills."""
        return [
            self.offset,
            self.list,
            self.previous,
            self.next,
            self.status,
            self.starter,
            self.starter_note,
            self.header,
        ]

    def shown(self, query: str | None = "", offset: int = 0) -> Update:
        """The list at ``offset`` and the state of the library; an error takes the list's place."""
        try:
            query = (query or "").strip()
            total = self.library.count(query)
            offset = max(0, min(offset, (total - 1) // PAGE * PAGE))
            rows = self.library.papers(query, offset, PAGE)
            status = self.library.status()
        except Exception as error:  # the page stays up, the reader gets words
            return {self.list: render.message(in_words(error))}
        return {
            self.offset: offset,
            self.list: render_library.papers(rows, total, offset, query),
            self.previous: gr.Button(interactive=offset > 0, visible=total > PAGE),
            self.next: gr.Button(interactive=offset + PAGE < total, visible=total > PAGE),
            self.status: render_library.status_card(status),
            self.starter: gr.Column(visible=status.starter_papers > 0),
            self.starter_note: welcome.starter_note(status),
            self.header: welcome.library_line(status),
        }

    def first_page(self, query: str | None) -> Update:
        """The first page of what matches ``query``."""
        return self.shown(query)

    def turn_back(self, query: str | None, offset: int) -> Update:
        """The page before."""
        return self.shown(query, offset - PAGE)

    def turn_on(self, query: str | None, offset: int) -> Update:
        """The page after."""
        return self.shown(query, offset + PAGE)

    def add(self, files: list[str] | None, query: str | None) -> Iterator[Update]:
        """Adds uploaded files one after the other and tells of each; the uploaded copies are deleted afterwards."""
        paths = [Path(file) for file in files or []]
        if not paths:
            return
        tally = render_library.Tally(len(paths))
        shown = 0.0
        try:
            yield {self.results: render_library.results(tally, running=True)}
            for told in added(self.library, paths):
                if isinstance(told, Path):
                    tally.begin(told.name)
                else:
                    tally.note(told)
                if time.monotonic() - shown > REPORT_SECONDS:
                    shown = time.monotonic()
                    yield {self.results: render_library.results(tally, running=True)}
            outcome = render_library.results(tally, running=False)
        except Exception as error:  # what was added before stays, and is told
            outcome = render.message(in_words(error)) + render_library.results(tally, running=False)
        finally:
            for path in paths:
                with suppress(OSError):
                    path.unlink()
        yield {self.files: None, self.results: outcome, **self.shown(query)}

    def remove(self, query: str | None, offset: int, event: gr.EventData) -> Update:
        """Removes one paper, after the list has asked for confirmation."""
        try:
            paper = self.library.remove(int(event._data["remove"]))
        except Exception as error:
            return {self.results: render.message(in_words(error)), **self.shown(query, offset)}
        return {self.results: render_library.told(f"Removed: {paper.title}"), **self.shown(query, offset)}

    def remove_starter(self, query: str | None) -> Update:
        """Removes all starter digests."""
        try:
            removed = self.library.remove_starter()
        except Exception as error:
            return {self.results: render.message(in_words(error)), **self.shown(query)}
        told = render_library.told(f"Removed {removed:,} starter digest{'' if removed == 1 else 's'}.")
        return {self.results: told, self.sure: gr.Row(visible=False), **self.shown(query)}


def added(library: Store, paths: list[Path]) -> Iterator[Path | AddResult]:
    """Each file when it is begun, and the results as soon as they are there, though the library calls back.

    A reader who leaves does not stop it: the files are added to the end, and only then is this over.
    """
    reports: SimpleQueue[Any] = SimpleQueue()
    finished = object()

    def items() -> Iterator[Offered]:
        for path in paths:
            reports.put(path)
            yield from read(path)

    def work() -> None:
        try:
            library.add(items(), progress=reports.put)
            reports.put(finished)
        except BaseException as error:  # handed to the reader's thread
            reports.put(error)

    adding = Thread(target=work, daemon=True, name="locus-add")
    adding.start()
    try:
        while (report := reports.get()) is not finished:
            if isinstance(report, BaseException):
                raise report
            yield report if isinstance(report, Path) else named(report, paths)
    finally:
        adding.join()


def named(result: AddResult, paths: list[Path]) -> AddResult:
    """The result with its file's name; a file that couldn't be read may be named in the message only."""
    if result.source:
        return result
    return replace(result, source=next((path.name for path in paths if path.name in result.message), ""))
