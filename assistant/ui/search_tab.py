"""The Search tab: passages to read, held to genes, years, journals, sections and species, each opening beside."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.searching import Asked, Results, find
from assistant.ui import only_from, render, render_search
from assistant.ui.only_from import kind_choice, organism_choice
from assistant.ui.parts import Update, bridged, in_words, listen
from index.parts import Part

PAGE = 10
"""Passages on one page."""

INTRODUCTION = (
    "<h2>Search the papers</h2><p class='quiet'>The passages themselves, to read rather than to chat; a title opens "
    "its place in the paper.</p>"
)
OFFERED_JOURNALS = 500
"""Journals offered, those with the most papers; others can be typed."""


class SearchTab:
    """The widgets of the Search tab; what was found is the session's own."""

    def __init__(self, assistant: Any) -> None:
        self.library = assistant.library
        self.found = gr.State(None)
        self.offset = gr.State(0)
        gr.HTML(INTRODUCTION, elem_classes=["tab-head"], apply_default_css=False)
        with gr.Row(elem_id="find-row"):
            self.query = gr.Textbox(
                label="Search for",
                show_label=False,
                container=False,
                placeholder="Words, genes, variants…",
                max_length=1000,
                elem_id="passage-query",
                scale=4,
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="search", spellcheck=False),
            )
            self.go = gr.Button("Search", variant="primary", size="sm", elem_id="passage-go", min_width=90, scale=0)
        with gr.Accordion("Filters", open=False, elem_id="filters"):
            with gr.Row():
                self.gene = gr.Textbox(
                    label="Gene",
                    placeholder="TP53, p53…",
                    max_length=200,
                    elem_id="filter-gene",
                    min_width=150,
                )
                self.years = gr.Textbox(
                    label="Years", placeholder="2005-2010", max_length=20, elem_id="filter-years", min_width=150
                )
            with gr.Row():
                self.species = gr.Dropdown(
                    [], label="Species named", multiselect=True, elem_id="filter-species", min_width=150
                )
                self.sections = gr.Dropdown(
                    [(part.value.capitalize(), part.value) for part in Part],
                    label="Section",
                    multiselect=True,
                    elem_id="filter-section",
                    min_width=150,
                )
            with gr.Row():
                self.kinds = kind_choice("filter-kind")
                self.organisms = organism_choice("filter-organism")
            self.evidence = (self.kinds, self.organisms)
            self.journals = gr.Dropdown(
                [], label="Journal", multiselect=True, allow_custom_value=True, elem_id="filter-journal"
            )
            self.clear = gr.Button("Clear filters", size="sm", elem_id="filter-clear", min_width=90)
        self.list = bridged(render_search.EMPTY, elem_id="found")
        with gr.Row(elem_id="found-paging", visible=False) as self.paging:
            self.previous = gr.Button("Previous", size="sm", min_width=80, elem_id="found-previous")
            self.next = gr.Button("Next", size="sm", min_width=80, elem_id="found-next")

    def connect(self, source: Any, opened: Any) -> None:
        """Wires the events; ``source`` is the source panel, ``opened`` the function that fills it."""
        filters = [self.gene, self.years, self.journals, self.sections, self.species, *self.evidence]
        asked = [self.query, *filters]
        shown = [self.found, self.offset, self.list, self.paging, self.previous, self.next]
        listen(
            [self.query.submit, self.go.click, self.gene.submit, self.years.submit],
            self.search,
            asked,
            shown,
            concurrency_limit=4,
        )
        # A chosen filter acts at once, but only on a search that was made.
        listen(
            [self.journals.input, self.sections.input, self.species.input, self.kinds.input, self.organisms.input],
            self.again,
            [self.found, *asked],
            shown,
            concurrency_limit=4,
            trigger_mode="always_last",
        )
        listen([self.clear.click], self.cleared, None, filters, queue=False).then(
            self.again, [self.found, *asked], shown, show_progress="hidden", api_visibility="private"
        )
        place = [self.found, self.offset]
        listen([self.previous.click], self.turn_back, place, shown[1:], queue=False)
        listen([self.next.click], self.turn_on, place, shown[1:], queue=False)
        listen([self.list.select], opened, None, [source], queue=False)

    def choices(self) -> Update:
        """The dropdowns, filled with what the library holds."""
        try:
            found = self.library.choices()
        except Exception as error:  # the page stays up; searching will tell
            return {self.list: render.message(in_words(error))}
        offered = set(sorted(found.journals, key=lambda journal: -journal[1])[:OFFERED_JOURNALS])
        journals = [(f"{name} ({papers:,})", name) for name, papers in found.journals if (name, papers) in offered]
        species = [(f"{name} ({papers:,})", name) for name, papers in found.species]
        return {
            self.journals: gr.Dropdown(choices=journals),
            self.species: gr.Dropdown(choices=species),
            self.kinds: gr.Dropdown(choices=only_from.kinds(self.library)),
            self.organisms: gr.Dropdown(choices=only_from.organisms(self.library)),
        }

    def search(
        self,
        query: str | None,
        gene: str | None,
        years: str | None,
        journals: list[str] | None,
        sections: list[str] | None,
        species: list[str] | None,
        kinds: list[str] | None = None,
        organisms: list[str] | None = None,
    ) -> Update:
        """The first page of what is found, or in words why nothing is."""
        asked = Asked(
            query=query or "",
            genes=tuple(name for name in (gene or "").split(",") if name.strip()),
            years=years or "",
            journals=tuple(journals or ()),
            sections=tuple(sections or ()),
            species=tuple(species or ()),
            kinds=tuple(kinds or ()),
            organisms=tuple(organisms or ()),
        )
        try:
            return {self.found: (found := find(self.library, asked)), **self.shown(found, 0)}
        except Exception as error:  # the page stays up, the reader gets words
            told = render.message(in_words(error))
            return {self.found: None, self.offset: 0, self.list: told, self.paging: gr.Row(visible=False)}

    def again(self, found: Results | None, query: str | None, gene: str | None, *rest: Any) -> Update:
        """The search with other filters, where one was made or words stand in the box."""
        if found is None and not (query or "").strip() and not (gene or "").strip():
            return {self.list: render_search.EMPTY}
        return self.search(query, gene, *rest)

    def cleared(self) -> Update:
        """All filters emptied."""
        lists = (self.journals, self.sections, self.species, *self.evidence)
        return {self.gene: "", self.years: "", **{chosen: [] for chosen in lists}}

    def shown(self, found: Results, offset: int) -> Update:
        """A page of what was found."""
        total = len(found.hits)
        offset = max(0, min(offset, (total - 1) // PAGE * PAGE))
        return {
            self.offset: offset,
            self.list: render_search.results(found, offset, PAGE),
            self.paging: gr.Row(visible=total > PAGE),
            self.previous: gr.Button(interactive=offset > 0),
            self.next: gr.Button(interactive=offset + PAGE < total),
        }

    def turn_back(self, found: Results | None, offset: int) -> Update:
        """The page before."""
        return self.shown(found, offset - PAGE) if found else {self.offset: 0}

    def turn_on(self, found: Results | None, offset: int) -> Update:
        """The page after."""
        return self.shown(found, offset + PAGE) if found else {self.offset: 0}
