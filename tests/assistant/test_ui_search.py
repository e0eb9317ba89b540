"""The Search tab without a browser: what its events change, on a real library."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from assistant.searching import Asked, Results, find
from assistant.ui import render_search
from assistant.ui.search_tab import PAGE, SearchTab
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from tests.conftest import make_paper
from tests.index.test_filters import PAPERS


@pytest.fixture
def tab(library: Library) -> Any:
    with gr.Blocks():
        return SearchTab(SimpleNamespace(library=library))


def ask(tab: Any, query: str = "", gene: str = "", years: str = "", **chosen: list[str]) -> Any:
    lists = (chosen.get("journals"), chosen.get("sections"), chosen.get("species"))
    return tab.search(query, gene, years, *lists)


def test_results_are_paged(tab: Any, library: Library) -> None:
    library.add(make_paper(n) for n in range(40))
    update = ask(tab, "gene7 tissue stage")
    found = update[tab.found]
    assert update[tab.list].count("<li>") == PAGE
    assert f"1–{PAGE} of the {len(found.hits)}" in update[tab.list]
    assert update[tab.paging].visible
    assert not update[tab.previous].interactive
    second = tab.turn_on(found, 0)
    assert f"{PAGE + 1}–{2 * PAGE} of" in second[tab.list]
    assert tab.turn_back(found, PAGE)[tab.list] == update[tab.list]
    last = tab.turn_on(found, 10**6)
    assert not last[tab.next].interactive
    assert f"–{len(found.hits)} of" in last[tab.list]


def test_dropdowns_hold_what_the_library_holds(tab: Any, library: Library) -> None:
    library.add(PAPERS)
    update = tab.choices()
    assert update[tab.journals].choices == [("Cell (2)", "Cell"), ("Nature Genetics (1)", "Nature Genetics")]
    assert ("mouse (1)", "mouse") in update[tab.species].choices


def test_filters_hold_the_search_and_are_told(tab: Any, library: Library) -> None:
    library.add(PAPERS)
    update = ask(tab, "apoptosis", gene="p53, Mdm2", sections=["results"], species=["mouse"])
    assert "within MDM2 and TP53; mouse; results" in update[tab.list]
    assert update[tab.list].count("<li>") == 1
    assert "No passage fits “apoptosis” within zebrafish; table" in ask(
        tab, "apoptosis", sections=["table"], species=["zebrafish"]
    )[tab.list]  # fmt: skip


def test_a_filter_chosen_before_anything_is_asked_does_nothing(tab: Any, library: Library) -> None:
    library.add(PAPERS)
    assert tab.again(None, "", "", "", None, ["results"], None) == {tab.list: render_search.EMPTY}
    assert tab.found in tab.again(None, "apoptosis", "", "", None, ["results"], None)


def test_errors_stand_where_the_results_would(tab: Any, library: Library) -> None:
    library.add(PAPERS)
    for update in (ask(tab, ""), ask(tab, "x", gene="xyzzy1"), ask(tab, "x", years="soon")):
        assert 'role="alert"' in update[tab.list]
        assert not update[tab.paging].visible
        assert update[tab.found] is None


def test_an_unforeseen_error_is_told_without_its_inside(tab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("assistant.ui.search_tab.find", broken)
    told = ask(tab, "x")[tab.list]
    assert "Something went wrong" in told
    assert "secret" not in told


EVIL = "<img src=x onerror=alert(1)> <script>alert(2)</script> kidney & 'quotes\""


def test_everything_from_papers_and_readers_is_escaped(library: Library) -> None:
    info = PaperInfo(EVIL, (EVIL,), journal=EVIL, pmid="1", source="1.xml")
    library.add([Paper(info, (Section(EVIL, EVIL),))])
    found = find(library, Asked(f"kidney img {EVIL}"))
    html = render_search.results(found, 0, PAGE)
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "ol", "li", "h3", "a", "mark", "span"}
    assert "onerror=alert" in unescape(html)
    passage = re.search(r'<p class="passage">(.*?)</p>', html, re.DOTALL)
    assert passage is not None
    assert unescape(re.sub(r"</?mark>", "", passage[1])) == EVIL
    assert "<mark>kidney</mark>" in passage[1]
    nothing = render_search.results(Results(EVIL, found.filters), 0, PAGE)
    assert "<img" not in nothing
