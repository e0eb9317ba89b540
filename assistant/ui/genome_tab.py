"""The Genome tab: a file of genome data or pasted symbols to ranked key genes, each explained from the papers."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from queue import SimpleQueue
from threading import Thread
from typing import Any

import gradio as gr

from assistant import stopping
from assistant.genome.choices import Choices, read_file, read_pasted
from assistant.genome.explaining import (
    NOTHING_EXPLAINED,
    Begun,
    Census,
    Explanation,
    Overview,
    Step,
    Told,
    census,
    explain,
)
from assistant.genome.followups import key_set
from assistant.genome.records import GenomeData
from assistant.genome.report import NO_SETS, Report
from assistant.genome.sets import enriched
from assistant.ui import genome_filters, render, render_genome
from assistant.ui.chat import DRAFT_SECONDS
from assistant.ui.genome_files import Session, forget
from assistant.ui.genome_filters import Filters
from assistant.ui.parts import Update, bridged, in_words, interrupt, listen
from index.errors import LocusError

READERS = 2
"""Files read and explained at the same time."""
REPORT_SECONDS = 0.2
"""Shortest time between two reports of progress."""
MOST_PASTED = 200_000
"""Characters of a pasted list."""

INTRODUCTION = (
    "<h2>From genome data to key genes</h2><p class='quiet'>A VCF, a table of differential expression (DESeq2, edgeR, "
    "limma, Seurat, scanpy) or of an association study, a list of genes: Locus ranks the genes by rules it states, and "
    "explains them from your papers. Genotypes, samples and positions stay on this machine, whatever generator you "
    "choose.</p>"
)
ASK = (
    '<p class="note">The Chat knows these genes now: “Which of these act in Wnt signalling?”, “What do these '
    "share?”. It uses their symbols and nothing else.</p>"
)


class GenomeTab:
    """The widgets of the Genome tab; files, data and explanations are the session's own."""

    def __init__(self, assistant: Any) -> None:
        self.assistant = assistant
        self.session = gr.State(None, delete_callback=forget)
        self.keys = gr.State(None)
        gr.HTML(INTRODUCTION, elem_classes=["tab-head"], apply_default_css=False)
        self.drop = gr.File(
            label="Genome data",
            show_label=False,
            file_count="single",
            type="filepath",
            height=130,
            elem_id="genome-drop",
        )
        with gr.Row(elem_id="genome-row"):
            self.pasted = gr.Textbox(
                label="Gene symbols",
                show_label=False,
                container=False,
                placeholder="or paste symbols: Pygo2, Brca2, Pax6, Bmp4…",
                lines=1,
                max_lines=5,
                max_length=MOST_PASTED,
                elem_id="genome-pasted",
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", spellcheck=False),
            )
            self.go = gr.Button("Rank", variant="primary", size="sm", elem_id="genome-go", min_width=80)
        self.progress = gr.HTML("", elem_id="genome-progress", apply_default_css=False)
        self.stop = gr.Button("Stop", variant="stop", size="sm", elem_id="genome-stop", visible=False)
        self.head = gr.HTML("", elem_id="genome-head", apply_default_css=False)
        # Hidden by the style sheet while there is nothing in it: Gradio loses what comes while a column is unfolding.
        with gr.Column(elem_id="genome-found"):
            self.filters = Filters()
            self.ranking = gr.HTML("", elem_id="genome-ranking", apply_default_css=False)
            self.plots = gr.HTML("", elem_id="genome-plots", apply_default_css=False)
            self.sets = gr.HTML("", elem_id="genome-sets", apply_default_css=False)
            self.census = gr.HTML("", elem_id="genome-census", apply_default_css=False)
            with gr.Row(elem_id="genome-actions"):
                self.explain = gr.Button(
                    "Explain", variant="primary", size="sm", elem_id="genome-explain", min_width=90
                )
                self.clear = gr.Button("Forget this file", size="sm", elem_id="genome-clear", min_width=90)
            self.shared = bridged("", elem_id="genome-shared")
            # Apart from the gene in progress, so that what is being read is not drawn anew with every gene.
            self.done = bridged("", elem_id="genome-done")
            self.now = bridged("", elem_id="genome-now")
            with gr.Column(elem_id="genome-report"):
                self.private = gr.Checkbox(label="with samples, genotypes and positions", elem_id="genome-private")
                self.saved = bridged("", elem_id="genome-saved")

    def connect(self, generator: Any, source: Any, opened: Any) -> None:
        """Wires the events; ``source`` is the source panel, ``opened`` the function that fills it."""
        chosen = [self.filters.top, generator, *self.filters.inputs]
        outputs = self.outputs()
        shared: dict[str, Any] = {"concurrency_limit": READERS, "concurrency_id": "genome"}
        running = [
            listen([self.drop.upload], self.dropped, [self.drop, self.session, *chosen], outputs, **shared),
            listen([self.go.click], self.listed, [self.pasted, self.session, *chosen], outputs, **shared),
            listen([self.filters.apply.click], self.again, [self.session, *chosen], outputs, **shared),
            listen(
                [self.filters.ped.upload], self.with_ped, [self.filters.ped, self.session, *chosen], outputs, **shared
            ),
            listen(
                [self.filters.gmt.upload], self.with_gmt, [self.filters.gmt, self.session, *chosen], outputs, **shared
            ),
            listen([self.explain.click], self.explained, [self.session, *chosen[:2]], outputs, **shared),
        ]
        interrupt(self.stop.click, running, self.stopped, [self.session, self.private], outputs)
        interrupt(self.clear.click, running, self.cleared, [self.session], outputs)
        listen([self.private.change], self.offered, [self.session, self.private], [self.saved], queue=False)
        listen([self.shared.select, self.done.select, self.now.select], opened, None, [source], queue=False)

    def outputs(self) -> list[Any]:
        """What the events change."""
        return [
            self.session, self.keys, self.drop, self.progress, self.head, *self.filters.rows, self.ranking,
            self.plots, self.sets, self.census, self.explain, self.stop, self.shared, self.done, self.now,
            self.private, self.saved,
        ]  # fmt: skip

    def dropped(self, file: str | None, session: Session | None, *chosen: Any) -> Iterator[Update]:
        """An uploaded file: out of the upload folder, read, ranked, explained."""
        if file:
            yield from self.told(lambda: (session or Session()).with_file(file, "file"), chosen)

    def listed(self, text: str | None, session: Session | None, *chosen: Any) -> Iterator[Update]:
        """Pasted symbols in the place of a file."""
        yield from self.told(lambda: (session or Session()).with_list(_pasted(text)), chosen)

    def again(self, session: Session | None, *chosen: Any) -> Iterator[Update]:
        """The same file, with the filters as they are now."""
        yield from self.told(lambda: session or Session(), chosen)

    def with_ped(self, file: str | None, session: Session | None, *chosen: Any) -> Iterator[Update]:
        """The same file with a pedigree."""
        if file:
            yield from self.told(lambda: (session or Session()).with_file(file, "ped"), chosen)

    def with_gmt(self, file: str | None, session: Session | None, *chosen: Any) -> Iterator[Update]:
        """The same file with gene sets of the reader's own."""
        if file:
            yield from self.told(lambda: (session or Session()).with_file(file, "gmt"), chosen)

    def told(self, given: Callable[[], Session], chosen: tuple[Any, ...]) -> Iterator[Update]:
        """What was given, read and shown; then explained, unless that would send symbols to another machine unasked."""
        top, generator, *values = chosen
        try:
            session = given()
            yield {self.session: session, self.drop: None, **self.beginning(session)}
            choices = genome_filters.choices(tuple(values), session.ped)
            session = yield from self.read(session, choices)
            if self.assistant.generator(generator or "").remote or not (session.data and session.data.genes):
                yield self.asking(session, generator or "")
            else:
                session = yield from self.written(session, int(top or 1), generator or "")
            # Last, since a large library takes its time over them.
            yield from self.with_sets(session)
        except Exception as error:  # whatever breaks, the reader gets words
            yield {self.drop: None, self.progress: render_genome.failed(in_words(error)), **self.busy(False)}

    def read(self, session: Session, choices: Choices) -> Generator[Update, None, Session]:
        """The file, read with progress, and shown. Gives the session with its data."""
        shown = time.monotonic()
        data: GenomeData | None = None
        for report in reading(session, choices):
            if isinstance(report, GenomeData):
                data = report
            elif time.monotonic() - shown > REPORT_SECONDS:
                shown = time.monotonic()
                yield {self.progress: render_genome.reading(session.name, *report)}
        if data is None:
            raise LocusError("The file was not read.", hint="Drop it again.", retry=True)
        session = replace(session, data=data, explained=NOTHING_EXPLAINED, sets=NO_SETS)
        known = census(self.assistant.library, data)
        yield {
            self.session: session,
            self.keys: key_set(data),
            self.progress: "",
            self.head: render_genome.head(data),
            **self.filters.shown_for(data.kind),
            self.ranking: render_genome.ranking(data, known),
            self.plots: render_genome.plots(data.plots),
            self.census: render_genome.census(known) + ASK,
            self.private: gr.Checkbox(value=False),
            **self.saving(session),
        }
        return session

    def with_sets(self, session: Session) -> Iterator[Update]:
        """The gene sets that are over-represented, shown; a bad GMT file is told."""
        assert session.data is not None
        try:
            found = enriched(session.data, self.assistant.library, session.gmt)
        except LocusError as error:
            yield {self.sets: render_genome.failed(error)}
            return
        session = replace(session, sets=found)
        yield {self.session: session, self.sets: render_genome.sets(found), **self.saving(session)}

    def asking(self, session: Session, generator: str) -> Update:
        """Before symbols go to another machine."""
        label = self.assistant.generator(generator).label
        named = len(census(self.assistant.library, session.data).named) if session.data else 0
        if not named:
            return {self.now: "", **self.busy(False)}
        return {self.now: render_genome.waiting(label, named), **self.busy(False)}

    def explained(self, session: Session | None, top: float | None, generator: str | None) -> Iterator[Update]:
        """The key genes explained, on being asked to."""
        if session is None or session.data is None:
            return
        try:
            yield from self.written(replace(session, explained=NOTHING_EXPLAINED), int(top or 1), generator or "")
        except Exception as error:  # what is finished stays
            yield {self.now: render_genome.failed(in_words(error)), **self.busy(False)}

    def written(self, session: Session, top: int, generator: str) -> Generator[Update, None, Session]:
        """The steps of the explanation as updates of the page; the report is offered at the end. Gives the session."""
        assert session.data is not None
        top = max(1, min(top, genome_filters.MOST_EXPLAINED))
        yield {self.shared: "", self.done: "", self.now: "", **self.busy(True)}
        shown = 0.0
        for step in explain(self.assistant, session.data, top=top, generator=generator):
            stopping.current().check()
            session = replace(session, explained=session.explained.with_step(step))
            if isinstance(step, Told):
                if time.monotonic() - shown < DRAFT_SECONDS:
                    continue
                shown = time.monotonic()
            yield self.step(session, step)
        yield {self.session: session, self.now: "", **self.busy(False), **self.saving(session)}
        return session

    def step(self, session: Session, step: Step) -> Update:
        """What one step of the explanation changes."""
        unsupported = self.assistant.settings.unsupported
        match step:
            case Census():
                return {self.census: render_genome.census(step) + ASK}
            case Begun(gene):
                return {self.now: render_genome.writing(gene.symbol)}
            case Told(gene, text):
                return {self.now: render_genome.writing(gene.symbol, text)}
            case Explanation():
                told = session.explained.explanations
                shown = render_genome.explanations(told, unsupported=unsupported)
                return {self.session: session, self.done: shown, self.now: ""}
            case Overview(answer):
                return {self.shared: render_genome.overview(answer, unsupported=unsupported)}

    def beginning(self, session: Session) -> Update:
        """Nothing of what was read before stands beside what is read now; the chat still knows a file read again."""
        return {
            self.progress: render_genome.reading(session.name),
            self.head: "",
            self.keys: key_set(session.data) if session.data else None,
            **dict.fromkeys((self.ranking, self.plots, self.sets, self.census, self.shared, self.done, self.now), ""),
            self.saved: "",
            **self.busy(True),
        }

    def saving(self, session: Session) -> Update:
        """The report's buttons."""
        return {self.saved: self.offered(session, False)}

    def offered(self, session: Session | None, private: bool) -> str:
        """The report's buttons, with or without what is private in what they save."""
        if session is None or session.data is None:
            return ""
        try:
            return render_genome.downloads(Report(session.data, session.explained, session.sets, private))
        except Exception as error:
            return render.message(in_words(error))

    def stopped(self, session: Session | None, private: bool) -> Update:
        """After Stop: what is finished stays."""
        kept = session is not None and session.data is not None
        saved = {self.saved: self.offered(session, private)} if kept else {}
        return {self.progress: "" if kept else render_genome.stopped(), self.now: render_genome.stopped(),
                **saved, **self.busy(False)}  # fmt: skip

    def cleared(self, session: Session | None) -> Update:
        """The file deleted, and nothing of it left on the page or known to the chat."""
        forget(session)
        gone = render_genome.forgotten()
        return {**self.beginning(Session()), self.progress: gone, self.session: None, **self.busy(False)}

    def busy(self, working: bool) -> Update:
        """Stop in Explain's place while there is something to stop."""
        return {self.explain: gr.Button(visible=not working), self.stop: gr.Button(visible=working)}


def _pasted(text: str | None) -> str:
    if not (text or "").strip():
        raise LocusError("No symbol is given.", hint="Paste gene symbols, or drop a file.")
    return (text or "").strip()


def reading(session: Session, choices: Choices) -> Iterator[tuple[int, int] | GenomeData]:
    """(bytes read, bytes in all) as they are read, and the data last, though the readers call back. Raises LocusError.

    Stopping ends the reading at the next report.
    """
    if session.file is None:
        yield read_pasted(_pasted(session.pasted), choices)
        return
    reports: SimpleQueue[Any] = SimpleQueue()
    stop, path = stopping.current(), session.file

    def progress(done: int, total: int) -> None:
        stop.check()
        reports.put((done, total))

    def work() -> None:
        try:
            reports.put(read_file(path, choices, progress))
        except BaseException as error:  # handed to the reader's thread
            reports.put(error)

    run = contextvars.copy_context().run
    Thread(target=run, args=(work,), daemon=True, name="locus-genome").start()
    while True:
        report = reports.get()
        if isinstance(report, BaseException):
            raise report
        yield report
        if isinstance(report, GenomeData):
            return
