"""The Gene tab: what the library says of one gene, its names and ids, the genes it is named with, its papers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.answers import Draft, Finished
from assistant.gene.digest import digest
from assistant.gene.naming import Meaning, by_concept, meant, symbol
from assistant.gene.report import Report, report
from assistant.ui import render, render_gene
from assistant.ui.chat import ASKERS, DRAFT_SECONDS
from assistant.ui.parts import Update, bridged, in_words, listen
from index import genes

OFFERED = 16
"""Genes offered to begin with."""
_COUNTED = 60

INTRODUCTION = (
    "<h2>Look up a gene</h2><p class='quiet'>What the papers say of its function, expression, phenotype, disease and "
    "interactions, each sentence with its quote; its papers, and the genes it is named with.</p>"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The gene that a reader asks for: by a typed name, or a link's concept. ``serial`` counts the askings."""

    serial: int
    name: str
    concept: str = ""


class GeneTab:
    """The widgets of the Gene tab."""

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
        self.wanted = gr.State(None)
        gr.HTML(INTRODUCTION, elem_classes=["tab-head"], apply_default_css=False)
        with gr.Row(elem_id="gene-row"):
            self.name = gr.Textbox(
                label="Gene",
                show_label=False,
                container=False,
                placeholder="TP53, p53, tumor protein p53…",
                max_length=200,
                elem_id="gene-name",
                scale=4,
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="search", spellcheck=False),
            )
            self.go = gr.Button("Look up", variant="primary", size="sm", elem_id="gene-go", min_width=90, scale=0)
        self.offers = bridged(render_gene.EMPTY, elem_id="gene-offers")
        self.stop = gr.Button("Stop", variant="stop", size="sm", elem_id="gene-stop", visible=False)
        self.head = bridged("", elem_id="gene-head")
        self.digest = bridged("", elem_id="gene-digest")
        self.rest = bridged("", elem_id="gene-rest")

    def connect(self, generator: Any, source: Any, opened: Any) -> None:
        """Wires the events; ``source`` is the source panel, ``opened`` the function that fills it."""
        shown = [self.offers, self.stop, self.head, self.digest, self.rest]
        listen(
            [self.name.submit, self.go.click, self.offers.submit, self.head.submit, self.rest.submit],
            self.asked,
            [self.name, self.wanted],
            [self.wanted, self.name],
            trigger_mode="multiple",
        )
        # In two steps, since Gradio repeats an event that came while it was busy with the data of the one before: so
        # the later of two genes asked for in haste is shown, and alone. The first step goes through the queue too:
        # without it a change of state is not told.
        started = listen(
            [self.wanted.change],
            self.shown,
            [self.wanted, generator],
            shown,
            concurrency_limit=ASKERS,
            concurrency_id="ask",
            trigger_mode="always_last",
        )
        listen([self.stop.click], self.stopped, None, [self.digest, self.stop], cancels=[started], queue=False)
        listen([self.digest.select, self.rest.select], opened, None, [source], queue=False)

    def offer(self) -> str:
        """The genes that the library names most, to begin with."""
        try:
            library, table = self.assistant.library, genes.table()
            found: list[Meaning] = []
            for concept, passages in library.genes_named(_COUNTED):
                gene = next(iter(table.concept(concept)), None)
                if gene is not None and gene.protein_coding and len(found) < OFFERED:
                    found.append(Meaning(concept, gene.symbol, gene.name, passages))
            return render_gene.offers(found)
        except Exception as error:  # the page stays up; looking up will tell
            return render.message(in_words(error))

    def asked(self, name: str | None, before: Wanted | None, event: gr.EventData) -> Update:
        """Notes the gene that was clicked, or else the one that was typed."""
        clicked = event._data.get("gene") if isinstance(event._data, dict) else None
        serial = before.serial + 1 if before else 1
        if not clicked:
            return {self.wanted: Wanted(serial, name or "")}
        concept = str(clicked)[:100]
        return {self.wanted: Wanted(serial, "", concept), self.name: symbol(concept)}

    def shown(self, wanted: Wanted, generator: str | None) -> Iterator[Update]:
        """Names, plot and papers of the wanted gene at once; the digest as it is written."""
        try:
            found = by_concept(wanted.concept) if wanted.concept else meant(self.assistant.library, wanted.name)
            known = report(self.assistant.library, found)
        except Exception as error:  # the page stays up, the reader gets words
            yield self.failed(error)
            return
        fixed = {self.offers: "", self.head: render_gene.head(known), self.rest: render_gene.rest(known)}
        if not known.passages:
            yield {**fixed, self.digest: render_gene.unnamed(known), self.stop: gr.Button(visible=False)}
            return
        working = render.working(title(known), f"Reading {render.count(known.passages, 'passage')}…")
        yield {**fixed, self.digest: working, self.stop: gr.Button(visible=True)}
        try:
            yield from self.written(known, generator or "")
        except Exception as error:  # whatever breaks, the reader gets words
            yield {self.digest: render_gene.failed(in_words(error)), self.stop: gr.Button(visible=False)}

    def written(self, known: Report, generator: str) -> Iterator[Update]:
        """The events of a digest as updates of the page."""
        shown = time.monotonic()
        for event in digest(self.assistant, known.meant.concept, generator):
            if isinstance(event, Draft) and time.monotonic() - shown >= DRAFT_SECONDS:
                shown = time.monotonic()
                yield {self.digest: render.draft(title(known), event.text, spoken="")}
            elif isinstance(event, Finished):
                answer = event.answer
                told = (
                    render_gene.silent(known)
                    if answer.refused
                    else render.turn(answer, unsupported=self.assistant.settings.unsupported, title=title(known))
                )
                yield {self.digest: told, self.stop: gr.Button(visible=False)}

    def failed(self, error: Exception) -> Update:
        """Why there is no gene, in its place."""
        told = render_gene.failed(in_words(error))
        hidden = gr.Button(visible=False)
        return {self.head: told, self.digest: "", self.rest: "", self.offers: self.offer(), self.stop: hidden}

    def stopped(self) -> Update:
        """After Stop."""
        return {self.digest: render_gene.stopped(), self.stop: gr.Button(visible=False)}


def title(known: Report) -> str:
    """The head of a digest."""
    return f"What the papers say of {known.symbol}"
