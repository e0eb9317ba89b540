"""The Gene tab: what the library says of one gene, its names and ids, the genes it is named with, its papers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant.answers import Draft, Finished
from assistant.gene.digest import digest
from assistant.gene.naming import Meaning, Meant, by_concept, meant
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


class GeneTab:
    """The widgets of the Gene tab."""

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
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
        shown = [self.name, self.offers, self.stop, self.head, self.digest, self.rest]
        # One event for all, so that of two genes asked for in haste the later one is shown, and alone.
        started = listen(
            [self.name.submit, self.go.click, self.offers.submit, self.head.submit, self.rest.submit],
            self.asked,
            [self.name, generator],
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

    def asked(self, name: str | None, generator: str | None, event: gr.EventData) -> Iterator[Update]:
        """The gene that was clicked, or else the one that was typed."""
        clicked = event._data.get("gene") if isinstance(event._data, dict) else None
        try:
            found = by_concept(str(clicked)[:100]) if clicked else meant(self.assistant.library, name or "")
        except Exception as error:  # the page stays up, the reader gets words
            yield self.failed(error)
            return
        if clicked:
            yield {self.name: found.asked}
        yield from self.shown(found, generator or "")

    def shown(self, found: Meant, generator: str) -> Iterator[Update]:
        """Names, plot and papers at once; the digest as it is written."""
        try:
            known = report(self.assistant.library, found)
            fixed = {self.offers: "", self.head: render_gene.head(known), self.rest: render_gene.rest(known)}
            if not known.passages:
                yield {**fixed, self.digest: render_gene.unnamed(known), self.stop: gr.Button(visible=False)}
                return
            working = render.working(title(known), f"Reading {render.count(known.passages, 'passage')}…")
            yield {**fixed, self.digest: working, self.stop: gr.Button(visible=True)}
            yield from self.written(known, generator)
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
