"""The page: header, tabs, and one source panel beside them all."""

from __future__ import annotations

from itertools import count
from typing import Any

import gradio as gr
from gradio.events import api

from assistant import export
from assistant.answers import Finished, Turn
from assistant.stopping import Stop, stoppable
from assistant.ui import render, render_source, welcome
from assistant.ui.chat import Chat
from assistant.ui.compare_tab import CompareTab
from assistant.ui.gene_tab import GeneTab
from assistant.ui.genome_tab import GenomeTab
from assistant.ui.library_tab import LibraryTab
from assistant.ui.parts import Update, bridged, in_words, listen
from assistant.ui.search_tab import SearchTab
from assistant.ui.suggest_tab import SuggestTab
from assistant.ui.summary_tab import SummaryTab
from index.errors import LocusError
from index.grading import NO_GRADES, Grades
from index.papers import Paper, Span

KEPT_SECONDS = 3600
"""Age at which uploaded files that were left over are deleted."""


def build(assistant: Any) -> Any:
    """The page as Gradio blocks, not yet served; ``assistant`` answers, its ``library`` holds the papers."""
    page = gr.Blocks(title="Locus", analytics_enabled=False, fill_width=True, delete_cache=(KEPT_SECONDS, KEPT_SECONDS))
    with page:
        # First, so that no event of the page takes its name.
        api(asker(assistant), api_name="ask", concurrency_limit=2)
        with gr.Row(elem_id="header"):
            gr.HTML(welcome.header(), apply_default_css=False, elem_id="brand")
            line = gr.HTML("", apply_default_css=False, elem_id="library-line")
        with gr.Row(elem_id="body", equal_height=False):
            with gr.Column(elem_id="main", min_width=0), gr.Tabs(elem_id="tabs") as tabs:
                with gr.Tab("Chat", id="chat"):
                    chat = Chat(assistant)
                with gr.Tab("Search", id="search"):
                    search = SearchTab(assistant)
                with gr.Tab("Gene", id="gene"):
                    gene = GeneTab(assistant)
                with gr.Tab("Genome", id="genome"):
                    genome = GenomeTab(assistant)
                with gr.Tab("Library", id="library"):
                    library = LibraryTab(assistant)
                with gr.Tab("Summary", id="summary"):
                    summary = SummaryTab(assistant)
                with gr.Tab("Suggest", id="suggest"):
                    suggest = SuggestTab(assistant)
                with gr.Tab("Compare", id="compare"):
                    compare = CompareTab(assistant)
            with gr.Column(elem_id="source", min_width=0):
                source = bridged("", elem_id="source-content")
        opened = opener(assistant)
        chat.connect(source, opened, genome.keys)
        search.connect(source, opened)
        gene.connect(chat.generator, source, opened)
        genome.connect(chat.generator, source, opened)
        library.connect(line, source, opened)
        summary.connect(chat.generator, tabs, library.list, source, opened)
        suggest.connect(source, opened, library.view(), library.shown)
        compare.connect(source, opened)
        _arrive(page, tabs, chat, search, gene, library, summary, suggest)
        # What stands beside belongs to the tab that it was opened from.
        listen([tabs.select], lambda: "", None, [source], queue=False)
    return page


def _arrive(
    page: Any,
    tabs: Any,
    chat: Chat,
    search: SearchTab,
    gene: GeneTab,
    library: LibraryTab,
    summary: SummaryTab,
    suggest: SuggestTab,
) -> None:
    """What is read from the library at every page load, and the papers to pick from whenever the tab is opened."""

    def arrive() -> Update:
        generator, note = chat.choices()
        fresh = {chat.generator: generator, chat.note: note, chat.start: chat.welcome(), summary.picks: summary.offer()}
        return {**fresh, **search.choices(), **library.shown()}

    def offer(chosen: bool, query: str) -> Update:
        # Not while a summary stands below: there they would be in the way.
        return {summary.picks: "" if chosen else summary.offer(query), **search.choices()}

    lists = [summary.picks, search.journals, search.species, search.list, *search.evidence]
    listen([page.load], arrive, None, [chat.generator, chat.note, chat.start, *lists, *library.view()])
    listen([tabs.select], offer, [summary.chosen, summary.query], lists, queue=False)
    listen([tabs.select], lambda words, chosen: gr.skip() if chosen else suggest.offer(words),
           [suggest.seed, suggest.chosen], [suggest.picks], queue=False)  # fmt: skip
    # On its own: the first time it takes a second to load the gene table, and nothing else must wait for it.
    listen([tabs.select], lambda head: "" if head else gene.offer(), [gene.head], [gene.offers])


def opener(assistant: Any) -> Any:
    """The function that fills the source panel from a clicked link: paper, section and offsets."""
    serial = count(1)

    def opened(event: gr.EventData) -> str:
        data = event._data
        try:
            span: Span | None = (int(data["start"]), int(data["end"])) if "start" in data else None
            paper = assistant.library.paper(int(data["open"]))
            grades = assistant.library.grades([paper.info.id]).get(paper.info.id, NO_GRADES)
            return source(paper, int(data["section"]), span, str(data.get("check", "")), next(serial), grades)
        except Exception as error:  # a paper removed meanwhile, or a library that can't be read
            return render_source.closable(in_words(error), serial=next(serial))

    return opened


def source(paper: Paper, section: int, span: Span | None, check: str, serial: int, grades: Grades = NO_GRADES) -> str:
    """The source panel's HTML; a paper whose text has changed at ``span`` is told, never highlighted anyhow."""
    if not paper.sections:
        raise LocusError("This paper has no text in the library.", hint="Add the full paper to read it here.")
    text = paper.sections[section].text if 0 <= section < len(paper.sections) else None
    if text is None or (span and render.checksum(text[slice(*span)]) != check):
        raise LocusError(
            "This paper has changed since the answer was written.", hint="Ask again for an up-to-date quote."
        )
    return render_source.source(paper, section, span, serial=serial, grades=grades)


def asker(assistant: Any) -> Any:
    """The one public endpoint: a question to a grounded answer, for programs (gradio_client, curl)."""

    def ask(question: str, generator: str = "") -> dict[str, Any]:
        """Answer a question from the library, without a conversation.

        Gives {answer, refused, generator, sentences: [{text, markers, supported, problem}],
        citations: [{n, title, year, doi, pmid, pmcid, heading, page, start, end, quote}]}.
        """
        try:
            history: tuple[Turn, ...] = ()
            with stoppable(Stop()):
                for event in assistant.stream(question.strip(), history, generator):
                    if isinstance(event, Finished):
                        return export.as_data(event.answer)
        except Exception as error:
            raise gr.Error(str(in_words(error)), print_exception=False) from None
        raise gr.Error("No answer came.", print_exception=False)

    return ask
