"""The Chat tab: a question, its answer as it is written, and the finished answers above it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant.answers import Answer, Draft, Event, Finished, Retrieved, Turn, Working
from assistant.genome import followups
from assistant.genome.followups import KeySet
from assistant.studies import held_to
from assistant.ui import render, welcome
from assistant.ui.only_from import kind_choice, organism_choice
from assistant.ui.parts import Update, bridged, in_words, interrupt, listen
from index.errors import LocusError
from index.filters import NO_FILTERS, Filters

log = logging.getLogger(__name__)

DRAFT_SECONDS = 0.06
"""Shortest time between two drafts sent to the browser: faster than the eye gains nothing."""
ASKERS = 4
"""Questions answered at the same time; the others wait their turn."""
MOST_CHARACTERS = 4000
"""Longest question; a longer one is told and kept, never cut."""
SHOWN_CHARACTERS = 160
"""How much of a question that is too long stands above the word on it."""


class Chat:
    """The widgets of the Chat tab and what happens in them; all conversation state lives in the browser's session."""

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
        self.answers = gr.State(())
        self.pending = gr.State("")
        # Apart from the conversation: a page that is slow to load must not put it in the place of an answer.
        self.start = bridged(self.welcome(), elem_id="start")
        self.log = bridged("", elem_id="log")
        self.live = bridged("", elem_id="live", elem_classes=["live"])
        with gr.Column(elem_id="composer"):
            self.question = gr.Textbox(
                label="Your question",
                show_label=False,
                container=False,
                placeholder="Ask about genes in your papers…",
                lines=1,
                max_lines=6,
                autofocus=True,
                elem_id="question",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send", spellcheck=True),
            )
            with gr.Row(elem_id="composer-row"):
                self.generator = gr.Dropdown(
                    **self.offered(),
                    label="Answers by",
                    show_label=False,
                    container=False,
                    filterable=False,
                    min_width=140,
                    elem_id="generator",
                )
                self.new = gr.Button("New conversation", variant="secondary", size="sm", elem_id="new", min_width=80)
                self.stop = gr.Button("Stop", variant="stop", size="sm", elem_id="stop", visible=False, min_width=80)
                self.send = gr.Button("Ask", variant="primary", size="sm", elem_id="send", min_width=80)
            with gr.Accordion("Only from…", open=False, elem_id="only-from"), gr.Row():
                self.organisms = organism_choice("only-organism")
                self.kinds = kind_choice("only-kind")
        self.note = gr.HTML(self.describe(self.offered()["value"]), elem_id="generator-note", apply_default_css=False)

    def connect(self, source: Any, opened: Any, genes: Any = None) -> None:
        """Wires the events; ``source`` is the source panel, ``opened`` the function that fills it.

        ``genes`` is the state that holds the key genes of an uploaded file (`KeySet`), or None.
        """
        self.source = source
        outputs = [self.answers, self.pending, self.start, self.log, self.live, self.question, self.send, self.stop]
        inputs = [self.question, self.generator, self.answers, self.organisms, self.kinds, genes or gr.State(None)]
        asked = listen(
            [self.question.submit, self.send.click],
            self.ask,
            inputs,
            outputs,
            concurrency_limit=ASKERS,
            concurrency_id="ask",
        )
        chosen = listen(
            [self.start.example_select, self.log.example_select, self.live.example_select],
            self.ask_chosen,
            inputs[1:],
            outputs,
            concurrency_limit=ASKERS,
            concurrency_id="ask",
        )
        interrupt(self.stop.click, [asked, chosen], self.stopped, [self.pending], outputs)
        interrupt(self.new.click, [asked, chosen], self.fresh, None, [*outputs, source])
        listen([self.log.select, self.live.select], opened, None, [source], queue=False)
        listen([self.generator.change], self.describe, [self.generator], [self.note], queue=False)

    def welcome(self, *, anew: bool = True) -> str:
        """What stands in an empty conversation; the page stays usable where the library can't be read.

        Without ``anew`` the example questions are those found last, at once.
        """
        try:
            return welcome.empty_conversation(self.assistant.library.status(), self.assistant.examples(anew=anew))
        except LocusError as error:
            return render.message(error)

    def choices(self) -> tuple[Any, str]:
        """The generators as (dropdown, note); read at every page load, since settings decide what is available."""
        offered = self.offered()
        return gr.Dropdown(**offered), self.describe(offered["value"])

    def offered(self) -> dict[str, Any]:
        """The generators as options of a dropdown, the default chosen."""
        found = self.assistant.generators()
        choices = [(generator_title(g.name), g.name) for g in found]
        return {"choices": choices, "value": found[0].name if found else None}

    def describe(self, name: str | None) -> str:
        """The plain line on what a generator is, and what it sends where."""
        return next(
            (welcome.generator_note(g.label, g.remote) for g in self.assistant.generators() if g.name == name), ""
        )

    def ask_chosen(
        self,
        generator: str,
        answers: tuple[Answer, ...],
        event: gr.EventData,
        organisms: list[str] | None = None,
        kinds: list[str] | None = None,
        genes: KeySet | None = None,
    ) -> Iterator[Update]:
        """An example question, or a question tried again."""
        yield from self.ask(str(event._data.get("ask", "")), generator, answers, organisms, kinds, genes)

    def ask(
        self,
        question: str,
        generator: str | None,
        answers: tuple[Answer, ...],
        organisms: list[str] | None = None,
        kinds: list[str] | None = None,
        genes: KeySet | None = None,
    ) -> Iterator[Update]:
        """One question to its answer; on an error the question goes back into the box.

        Where ``organisms`` or ``kinds`` of study are chosen, it is answered from papers of these alone.
        ``genes`` are the key genes of a file that was uploaded in this session.
        """
        question = (question or "").strip()
        if not question:
            return
        if len(question) > MOST_CHARACTERS:
            told = render.failure(f"{question[:SHOWN_CHARACTERS].rstrip()}…", too_long(question), again=False)
            yield {self.live: told, self.question: question, self.start: ""}
            return
        yield {
            self.pending: question,
            self.question: "",
            self.live: render.searching(question, self.papers()),
            self.start: "",
            **self.busy(True),
        }
        try:
            held = held_to(organisms or (), kinds or ())
            yield from self.answered(question, generator or "", answers, held, genes)
        except Exception as error:  # whatever breaks, the reader gets words and keeps the question
            yield {self.live: render.failure(question, in_words(error)), self.question: question, **self.busy(False)}

    def answered(
        self,
        question: str,
        generator: str,
        answers: tuple[Answer, ...],
        held: Filters = NO_FILTERS,
        genes: KeySet | None = None,
    ) -> Iterator[Update]:
        """The events of a question's stream as updates of the page."""
        history = tuple(Turn(a.question, a.standalone, a.text) for a in answers)
        shown = 0.0
        events = (
            followups.answer(self.assistant, question, genes, generator, held)
            if genes is not None and followups.on_the_set(question)
            else self.assistant.stream(question, history, generator, **({"filters": held} if held else {}))
        )
        for event in events:
            if isinstance(event, Draft):
                if time.monotonic() - shown < DRAFT_SECONDS:
                    continue
                shown = time.monotonic()
            yield self.update(question, event, answers)

    def update(self, question: str, event: Event, answers: tuple[Answer, ...]) -> Update:
        """What one event changes on the page."""
        match event:
            case Retrieved(standalone, hits):
                return {self.live: render.reading(question, hits, standalone)}
            case Working(text):
                return {self.live: render.working(question, f"{text}…")}
            case Draft(text):
                return {self.live: render.draft(question, text)}
            case Finished(answer):
                answers = (*answers, answer)
                return {self.answers: answers, self.log: self.conversation(answers), self.live: "", **self.busy(False)}

    def conversation(self, answers: tuple[Answer, ...]) -> str:
        """All finished turns."""
        return "".join(render.turn(answer, unsupported=self.assistant.settings.unsupported) for answer in answers)

    def stopped(self, pending: str) -> Update:
        """After Stop: the question is back in the box, the unchecked draft is gone."""
        return {self.live: render.stopped(pending), self.question: pending, **self.busy(False)}

    def fresh(self) -> Update:
        """A new conversation: nothing of the old one is carried over.

        At once, for what is typed before it comes would be cleared with the rest.
        """
        cleared: Update = {
            self.answers: (),
            self.pending: "",
            self.start: self.welcome(anew=False),
            self.log: "",
            self.live: "",
            self.question: "",
        }
        return {**cleared, self.source: "", **self.busy(False)}

    def busy(self, working: bool) -> Update:
        """Stop in Ask's place while an answer is being made."""
        return {self.send: gr.Button(visible=not working), self.stop: gr.Button(visible=working)}

    def papers(self) -> int:
        """Number of papers that are searched."""
        return int(self.assistant.library.count(""))


def too_long(question: str) -> LocusError:
    """What a reader is told whose question exceeds MOST_CHARACTERS."""
    return LocusError(
        f"The question has {len(question):,} characters; {MOST_CHARACTERS:,} can be asked at once.",
        hint="Shorten it. A paper is better added in the Library tab and then asked about.",
    )


def generator_title(name: str) -> str:
    """A generator's name as the dropdown shows it."""
    return {"extractive": "Quotes only (no model)", "openai": "OpenAI-compatible model", "lstm": "Local LSTM"}.get(
        name, name
    )
