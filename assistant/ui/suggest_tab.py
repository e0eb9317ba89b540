"""The Suggest tab: papers like one, papers for a question, open questions, and papers that the library lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant import stopping
from assistant.suggestions.open_questions import open_questions
from assistant.suggestions.outside import Outside, add, outside, query_for, without
from assistant.suggestions.similar import for_question, like
from assistant.ui import render, render_library, render_suggest
from assistant.ui.get_papers import SERVICES
from assistant.ui.parts import Update, bridged, in_words, listen
from index.errors import LocusError
from index.sources.fetching import SOURCES, Got, source_of
from index.store import Store

OFFERED = 5
"""Papers offered to pick from; typing searches the whole library."""
SHOWN = 10
QUESTIONS = 30

INTRODUCTION = (
    "<h2>What to read next</h2><p class='quiet'>Papers of the library like one of them or for a question, and the "
    "questions that the papers leave open.</p>"
)
BEYOND = (
    "<h2>Papers that the library lacks</h2><p class='quiet'>The query below goes to the service chosen when you press "
    "Send, and nothing else does. It holds names of genes and words of titles, or of what you wrote above.</p>"
)


class SuggestTab:
    """The widgets of the Suggest tab; what a service offered is the session's own."""

    def __init__(self, assistant: Any) -> None:
        self.library: Store = assistant.library
        self.settings = assistant.settings
        self.offers = gr.State([])
        self.total = gr.State(0)
        self.chosen = gr.State(0)
        gr.HTML(INTRODUCTION, elem_classes=["tab-head"], apply_default_css=False)
        self.seed = gr.Textbox(
            label="A question, a topic, or a paper's title",
            show_label=False,
            container=False,
            placeholder="A question or topic, or a title to pick its paper…",
            max_length=1000,
            elem_id="suggest-seed",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
        )
        with gr.Row(elem_id="suggest-row"):
            self.find = gr.Button(
                "Papers for this", variant="primary", size="sm", elem_id="suggest-find", min_width=120
            )
            self.open = gr.Button("Open questions", size="sm", elem_id="suggest-open", min_width=120)
        self.result = bridged(render_suggest.EMPTY, elem_id="suggest-result")
        self.picks = bridged("", elem_id="suggest-picks")
        gr.HTML(BEYOND, elem_classes=["tab-head"], apply_default_css=False)
        with gr.Row(elem_id="beyond-row"):
            self.source = gr.Dropdown(
                SERVICES, value="europepmc", label="Service", elem_id="beyond-source", min_width=180, filterable=False
            )
            self.make = gr.Button("Make a query", size="sm", elem_id="beyond-make", min_width=120, scale=0)
            self.send = gr.Button("Send", variant="primary", size="sm", elem_id="beyond-send", min_width=80, scale=0)
        self.query = gr.Textbox(
            label="Query", show_label=False, container=False, lines=2, max_lines=6, max_length=2000,
            placeholder="Make a query from the library, or write your own…", elem_id="beyond-query",
        )  # fmt: skip
        self.beyond = bridged(render_suggest.UNSENT, elem_id="beyond")

    def connect(self, source: Any, opened: Any, view: list[Any], shown: Any) -> None:
        """Wires the events; ``opened`` fills the ``source`` panel, ``shown`` the ``view`` of the Library tab."""
        self._shown = shown
        outputs = [self.picks, self.chosen, self.result]
        listen([self.seed.change], self.offer, [self.seed], [self.picks], trigger_mode="always_last")
        listen([self.find.click, self.seed.submit], self.papers, [self.seed], outputs, concurrency_limit=2)
        listen([self.open.click], self.questions, [self.seed, self.chosen], outputs, concurrency_limit=2)
        listen([self.picks.edit, self.result.edit], self.picked, None, outputs, concurrency_limit=2)
        listen([self.result.select], opened, None, [source], queue=False)
        listen([self.make.click], self.made, [self.source, self.seed, self.chosen], [self.query, self.beyond])
        listen([self.source.input], self.remade, [self.source, self.query, self.seed, self.chosen],
               [self.query, self.beyond])  # fmt: skip
        found = [self.offers, self.total, self.beyond]
        listen([self.send.click], self.sent, [self.source, self.query], found, concurrency_limit=2)
        listen([self.beyond.apply], self.added, [self.source, self.offers, self.total], [*view, *found],
               concurrency_limit=2)  # fmt: skip

    def offer(self, words: str | None = "") -> str:
        """The papers that match what was typed, to pick one from."""
        try:
            text = (words or "").strip()
            total = self.library.count(text)
            if not total:
                return ""
            return render_library.picks(self.library.papers(text, 0, OFFERED), total, text)
        except Exception as error:  # the page stays up, the reader gets words
            return render.message(in_words(error))

    def papers(self, words: str | None) -> Iterator[Update]:
        """Papers of the library for a question or topic."""
        text = (words or "").strip()
        if not text:
            yield {self.result: render_suggest.EMPTY, self.picks: self.offer(), self.chosen: 0}
            return
        yield {self.result: render_suggest.working("Reading the library…"), self.chosen: 0}
        yield {self.result: self._told(lambda: render_suggest.similar(for_question(self.library, text, SHOWN), "")),
               self.picks: ""}  # fmt: skip

    def picked(self, event: gr.EventData) -> Iterator[Update]:
        """Papers like the one that was clicked."""
        number = int(event._data["summarize"])
        yield {self.result: render_suggest.working("Comparing papers…"), self.picks: "", self.chosen: number}

        def made() -> str:
            title = self.library.paper(number).info.title
            return render_suggest.similar(like(self.library, number, SHOWN), f"Papers like “{title}”")

        yield {self.result: self._told(made)}

    def questions(self, words: str | None, chosen: int) -> Iterator[Update]:
        """Open questions: on the topic that stands in the box, else of the chosen paper, else of all."""
        text = (words or "").strip()
        yield {self.result: render_suggest.working("Reading for open questions…"), self.picks: ""}

        def made() -> str:
            papers = [chosen] if chosen and not text else []
            head = f"On “{self.library.paper(chosen).info.title}”" if papers else f"On “{text}”" if text else ""
            return render_suggest.questions(open_questions(self.library, text, QUESTIONS, papers=papers), head)

        yield {self.result: self._told(made)}

    def made(self, source: str, words: str | None, chosen: int) -> Update:
        """A query to send, from the box above, the chosen paper, or the whole library; nothing is sent."""
        try:
            query = query_for(self.library, source, paper=chosen, question=words or "")
        except Exception as error:  # the page stays up, the reader gets words
            return {self.beyond: render.message(in_words(error))}
        return {self.query: query, self.beyond: render_suggest.UNSENT}

    def remade(self, source: str, query: str | None, words: str | None, chosen: int) -> Update:
        """The same query in the words of another service, where there was one."""
        if not (query or "").strip():
            return {self.beyond: render_suggest.UNSENT}
        return self.made(source, words, chosen)

    def sent(self, source: str, query: str | None) -> Iterator[Update]:
        """Sends the query and shows what the library lacks."""
        name = SOURCES.get(source, source)
        yield {self.beyond: render_suggest.working(f"Asking {name}…"), self.offers: [], self.total: 0}
        stop = stopping.current()
        try:
            service = source_of(source, self.settings, stop=stop.is_set)
            try:
                found, total = outside(self.library, service, query or "", SHOWN)
            finally:
                service.close()
            yield {self.offers: found, self.total: total, self.beyond: render_suggest.beyond(found, total, name)}
        except Exception as error:  # the page stays up, the reader gets words
            yield {self.beyond: render.message(in_words(error))}

    def added(self, source: str, offers: list[Outside], total: int, event: gr.EventData) -> Iterator[Update]:
        """Adds the paper that was clicked: its full text where it is open, else its abstract."""
        name = SOURCES.get(source, source)
        place = int(event._data["add"])
        if not 0 <= place < len(offers):
            return
        one = offers[place]
        yield {self.beyond: render_suggest.working(f"Getting “{one.info.title}”…")}
        try:
            service = source_of(_service(one), self.settings, stop=stopping.current().is_set)
            try:
                done = add(self.library, service, [one.offer])
            finally:
                service.close()
            if done.error:
                raise done.error
            got = next(iter(done.counts), Got.NONE)
            if got is Got.NONE:
                raise LocusError("It has neither an open full text nor an abstract.", hint="Add its PDF instead.")
            left = without(offers, one.info)
            note = f"Added ({got.value}): {one.info.title}"
            told = render_suggest.beyond(left, total, name, note)
            yield {self.offers: left, self.beyond: told, **self._shown("")}
        except Exception as error:  # the page stays up, the reader gets words
            told = render.message(in_words(error)) + render_suggest.beyond(offers, total, name)
            yield {self.beyond: told}

    def _told(self, make: Any) -> str:
        try:
            return str(make())
        except Exception as error:  # the page stays up, the reader gets words
            return render.message(in_words(error))


def _service(one: Outside) -> str:
    """The service that offered a paper, whatever is chosen by now."""
    return next((key for key, name in SOURCES.items() if name == one.info.source), "europepmc")
