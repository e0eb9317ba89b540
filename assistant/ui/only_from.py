"""The choice of evidence: organisms and kinds of study, as two dropdowns that tabs put where they need them."""

from __future__ import annotations

from typing import Any

import gradio as gr

from index.grading import Aspect, Kind, Organism


def organism_choice(elem_id: str) -> Any:
    """A dropdown of the organisms that are told apart; several may be chosen."""
    return gr.Dropdown(
        organisms(),
        label="Organism studied",
        multiselect=True,
        elem_id=elem_id,
        min_width=150,
    )


def kind_choice(elem_id: str) -> Any:
    """A dropdown of the kinds of study; several may be chosen."""
    return gr.Dropdown(kinds(), label="Kind of study", multiselect=True, elem_id=elem_id, min_width=150)


def organisms(library: Any = None) -> list[tuple[str, str]]:
    """(label, value) of all organisms; those that the ``library`` has papers on come first, with how many."""
    return _counted([(organism.value, organism.value) for organism in Organism], Aspect.ORGANISM, library)


def kinds(library: Any = None) -> list[tuple[str, str]]:
    """(label, value) of all kinds of study; those that the ``library`` has papers of come first, with how many."""
    return _counted([(_capital(kind.label), kind.value) for kind in Kind], Aspect.KIND, library)


def _counted(offered: list[tuple[str, str]], aspect: Aspect, library: Any) -> list[tuple[str, str]]:
    papers = dict(library.graded_as(aspect)) if library is not None else {}
    order = sorted(offered, key=lambda choice: -papers.get(choice[1], 0))
    return [(f"{label} ({n:,})" if (n := papers.get(value, 0)) else label, value) for label, value in order]


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
