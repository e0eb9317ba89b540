"""The box of the Library tab that gets papers from Europe PMC and PubMed; nothing is sent before it is pressed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import gradio as gr

from assistant import stopping
from assistant.ui import render, render_fetch
from assistant.ui.parts import Update, in_words, listen
from index.errors import SourceError
from index.sources.fetching import SOURCES, Fetched, Step, fetch, source_of
from index.sources.records import MOST, Found, Source, Texts, Wish
from index.store import Store

FIRST = 50
"""Papers taken at most, where the reader says nothing else."""
REPORT_SECONDS = 0.2

SERVICES = [("Europe PMC (ebi.ac.uk)", "europepmc"), ("PubMed (ncbi.nlm.nih.gov)", "pubmed")]
TEXTS = [
    ("Full text, else abstract", Texts.ANY.value),
    ("Only open full texts", Texts.FULL.value),
    ("Only abstracts", Texts.ABSTRACTS.value),
]
NOTE = (
    "<p class='quiet'>Get papers sends these words to the service chosen, and nothing else; nothing is sent before you "
    "press it. What the library holds already is passed over.</p>"
)


class GetPapers:
    """The widgets of the box; every reader can stop a run of their own."""

    def __init__(self, assistant: Any) -> None:
        self.library: Store = assistant.library
        self.settings = assistant.settings
        self._stops: dict[str, Event] = {}
        gr.HTML(
            f"<h2>Get papers from Europe PMC or PubMed</h2>{NOTE}", elem_classes=["tab-head"], apply_default_css=False
        )
        with gr.Row(elem_id="get-row"):
            self.query = gr.Textbox(
                label="What to look for",
                show_label=False,
                container=False,
                placeholder="Pax6 AND retina…",
                max_length=2000,
                elem_id="get-query",
                scale=4,
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="go", spellcheck=False),
            )
            self.go = gr.Button("Get papers", variant="primary", size="sm", elem_id="get-go", min_width=110, scale=0)
            self.stop = gr.Button(
                "Stop", variant="stop", size="sm", elem_id="get-stop", min_width=70, scale=0, visible=False
            )
        with gr.Row(elem_id="get-options"):
            self.source = gr.Dropdown(
                SERVICES, value="europepmc", label="Service", elem_id="get-source", min_width=230, filterable=False
            )
            self.texts = gr.Dropdown(
                TEXTS, value=Texts.ANY.value, label="Text", elem_id="get-texts", min_width=290, filterable=False
            )
            self.most = gr.Textbox(str(FIRST), label="At most", max_length=5, elem_id="get-most", min_width=90)
            self.since = gr.Textbox("", label="From year", max_length=4, elem_id="get-since", min_width=90)
        self.told = gr.HTML("", elem_id="get-told", apply_default_css=False)

    def connect(self, query: Any, view: list[Any], shown: Callable[[str | None], Update]) -> None:
        """Wires the events; after a run ``shown`` fills the ``view`` of the library for the list's ``query``."""
        self._shown = shown
        asked = [self.query, self.source, self.texts, self.most, self.since, query]
        listen([self.go.click, self.query.submit], self.get, asked, [self.told, self.stop, self.go, *view],
               concurrency_limit=2)  # fmt: skip
        listen([self.stop.click], self.stopped, None, [self.stop], queue=False)

    def get(
        self,
        query: str | None,
        source: str,
        texts: str,
        most: str | None,
        since: str | None,
        listed: str | None,
        request: gr.Request,
    ) -> Iterator[Update]:
        """Gets the papers, with progress; what goes wrong is told in words, what came before is kept."""
        stop = self._stops[request.session_hash or ""] = Event()
        hung_up = stopping.current()
        service: Source | None = None
        yield {self.told: render_fetch.asking(SOURCES.get(source, source)),
               self.stop: gr.Button(visible=True), self.go: gr.Button(interactive=False)}  # fmt: skip
        told = ""
        try:
            first, year = _number(most, "At most", FIRST), _number(since, "From year")
            wish = Wish(query or "", FIRST if first is None else first, year, Texts(texts))
            service = source_of(source, self.settings, stop=lambda: stop.is_set() or hung_up.is_set())
            found = service.search(wish.checked())
            run = fetched(self.library, service, found, wish)
            tally = render_fetch.Tally(service.name, found.total, min(found.total, wish.limit))
            yield {self.told: tally.running()}
            at = 0.0
            for step in run:
                if isinstance(step, Fetched):
                    told = tally.finished(step)
                    continue
                tally.note(step)
                if time.monotonic() - at > REPORT_SECONDS:
                    at = time.monotonic()
                    yield {self.told: tally.running()}
        except Exception as error:  # the page stays up, the reader gets words
            told = render.message(in_words(error))
        finally:
            if service is not None:
                service.close()
        yield {self.told: told, self.stop: gr.Button(visible=False), self.go: gr.Button(interactive=True),
               **self._shown(listed)}  # fmt: skip

    def stopped(self, request: gr.Request) -> Update:
        """Ends this reader's run after the request that is under way."""
        if stop := self._stops.get(request.session_hash or ""):
            stop.set()
        return {self.stop: gr.Button("Stopping…", interactive=False)} if stop else {self.stop: gr.Button()}


def fetched(library: Store, source: Source, found: Found, wish: Wish) -> Iterator[Step | Fetched]:
    """Each paper as it is dealt with and, last, what the whole run brought, though the library calls back."""
    reports: SimpleQueue[Any] = SimpleQueue()

    def work() -> None:
        try:
            reports.put(fetch(library, source, found, wish, progress=reports.put))
        except BaseException as error:  # handed to the reader's thread
            reports.put(error)

    thread = Thread(target=work, daemon=True, name="locus-fetch")
    thread.start()
    try:
        while True:
            report = reports.get()
            if isinstance(report, BaseException):
                raise report
            yield report
            if isinstance(report, Fetched):
                return
    finally:
        thread.join()


def _number(text: str | None, name: str, default: int | None = None) -> int | None:
    asked = (text or "").strip().replace(",", "")
    if not asked:
        return default
    if not re.fullmatch(r"[0-9]{1,5}", asked):
        raise SourceError(f"“{name}” is no number: {asked}.", hint=f"Give a number up to {MOST:,}, or a year as 2015.")
    return int(asked)
