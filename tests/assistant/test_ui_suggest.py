"""The Suggest tab and the box that gets papers, without a browser, on a real library and a server on loopback."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from assistant.settings import Settings
from assistant.ui import render_suggest
from assistant.ui.get_papers import GetPapers
from assistant.ui.suggest_tab import SuggestTab
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from tests.assistant.suggestions.test_open_questions import paper as questioning
from tests.assistant.suggestions.test_similar import paper
from tests.index.sources.paper_server import Article, Fault, PaperServer, serving

READER = SimpleNamespace(session_hash="reader")


@pytest.fixture
def server() -> Iterator[PaperServer]:
    with serving([Article(1), Article(2, open=False), Article(3, retracted=True)]) as running:
        yield running


@pytest.fixture
def assistant(server: PaperServer, library: Library) -> Any:
    library.add(
        [
            paper(1, "Pax6 in the lens", "Pax6 is needed for the lens placode of mice."),
            paper(2, "Pax6 and the lens placode", "The lens placode lacks Pax6 in mutant mice."),
            questioning(3),
        ]
    )
    settings = Settings(library=library.folder, europepmc_url=server.europepmc, ncbi_url=server.ncbi)
    return SimpleNamespace(library=library, settings=settings)


@pytest.fixture
def tab(assistant: Any) -> Iterator[SuggestTab]:
    with gr.Blocks(analytics_enabled=False):
        made = SuggestTab(assistant)
        made.connect(gr.HTML(), lambda: "", [], lambda words: {})
        yield made


@pytest.fixture
def box(assistant: Any) -> Iterator[GetPapers]:
    with gr.Blocks(analytics_enabled=False):
        made = GetPapers(assistant)
        made.connect(gr.Textbox(), [], lambda words: {})
        yield made


def click(**data: object) -> Any:
    return SimpleNamespace(_data=data)


def get(box: GetPapers, query: str = "kidney", source: str = "europepmc", most: str = "50", since: str = "") -> Any:
    return box.get(query, source, "any", most, since, "", READER)  # type: ignore[arg-type]


def test_a_picked_paper_brings_papers_like_it_with_reasons(tab: SuggestTab, server: PaperServer) -> None:
    assert tab.offer("pax6").count("data-summarize") == 2
    updates = list(tab.picked(click(summarize="1")))
    told = updates[-1][tab.result]
    assert "Papers like “Pax6 in the lens”" in told
    assert "Both name PAX6" in told
    assert 'data-open="2"' in told
    assert "data-check" in told
    assert server.asked == []


def test_a_question_brings_papers_and_open_questions_bring_quotes(tab: SuggestTab, server: PaperServer) -> None:
    assert "Names PAX6" in list(tab.papers("What does Pax6 do in the lens?"))[-1][tab.result]
    told = list(tab.questions("", 0))[-1][tab.result]
    assert "“How Zyx12 is regulated in the invented kidney [3] remains to be determined.”" in told
    assert "state no open question" in list(tab.questions("zebra stripes", 0))[-1][tab.result]
    assert "state no open question" in list(tab.questions("", 1))[-1][tab.result]
    assert server.asked == []


def test_a_query_is_made_without_sending_and_sent_when_pressed(tab: SuggestTab, server: PaperServer) -> None:
    made = tab.made("europepmc", "", 1)
    assert '"PAX6"' in made[tab.query]
    assert "Nothing has been sent" in made[tab.beyond]
    assert "[tiab]" in tab.remade("pubmed", made[tab.query], "", 1)[tab.query]
    assert server.asked == []
    final = list(tab.sent("europepmc", made[tab.query]))[-1]
    assert len(final[tab.offers]) == 3
    assert final[tab.beyond].count("data-add") == 3
    assert "Open access" in final[tab.beyond]
    assert "Abstract only" in final[tab.beyond]
    assert "Retracted" in final[tab.beyond]
    sent = [asked for _, path, asked in server.asked if path.endswith("/search")]
    assert len(sent) == 1
    assert sent[0]["query"].startswith(f"({made[tab.query]})")


def test_a_paper_is_added_with_one_click_and_leaves_the_list(tab: SuggestTab, assistant: Any) -> None:
    final = list(tab.sent("europepmc", "kidney"))[-1]
    offers = final[tab.offers]
    place = next(n for n, one in enumerate(offers) if one.info.pmid == Article(1).pmid)
    updates = list(tab.added("europepmc", offers, 3, click(add=str(place))))
    assert "Added (full text): Gene1 &amp; the invented kidney" in updates[-1][tab.beyond]
    assert len(updates[-1][tab.offers]) == 2
    assert assistant.library.find(Article(1).pmcid)
    assert list(tab.added("europepmc", offers, 3, click(add="99"))) == []


def test_offline_is_told_in_the_tab_and_the_box(tab: SuggestTab, box: GetPapers, assistant: Any) -> None:
    gone = assistant.settings.model_copy(update={"europepmc_url": "http://127.0.0.1:9"})
    tab.settings = box.settings = gone
    assert "You seem to be offline" in list(tab.sent("europepmc", "kidney"))[-1][tab.beyond]
    final = list(get(box))[-1]
    assert "You seem to be offline" in final[box.told]
    assert not final[box.stop].visible


def test_papers_are_got_with_progress_and_told(box: GetPapers, assistant: Any) -> None:
    updates = list(get(box))
    assert "Asking Europe PMC" in updates[0][box.told]
    assert "Europe PMC finds 3 papers" in updates[1][box.told]
    assert "<progress" in updates[1][box.told]
    final = updates[-1][box.told]
    assert "2 full texts, 1 abstract." in unescape(final)
    assert "Licences: CC BY 4.0 (2), not stated (1)." in final
    assert "Retracted, and marked so" in final
    assert assistant.library.count() == 6
    assert "3 held already" in list(get(box, source="europepmc"))[-1][box.told]


def test_stop_ends_the_run_and_keeps_what_had_come(box: GetPapers, server: PaperServer, assistant: Any) -> None:
    server.articles[:] = [Article(n) for n in range(1, 40)]
    for n in range(4, 40):
        server.faults[Article(n).pmcid] = [Fault(drip=0.3)]
    updates = get(box)
    final: Any = next(updates)
    for update in updates:
        final = update
        if len(server.full_texts()) >= 5:
            box.stopped(READER)  # type: ignore[arg-type]
    assert "Stopped; what had come is kept" in final[box.told]
    assert 3 < assistant.library.count() < 39
    begun = time.monotonic()
    assert "Stopped" not in list(get(box, most="2"))[-1][box.told]
    assert time.monotonic() - begun < 10


def test_wrong_numbers_and_empty_queries_are_told_and_nothing_is_sent(box: GetPapers, server: PaperServer) -> None:
    for asked in ({"query": " "}, {"most": "many"}, {"most": "0"}, {"since": "soon"}):
        assert 'role="alert"' in list(get(box, **asked))[-1][box.told]
    assert server.asked == []


def test_an_unforeseen_error_is_told_without_its_inside(tab: SuggestTab, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    for name in ("like", "for_question", "open_questions", "outside", "query_for"):
        monkeypatch.setattr(f"assistant.ui.suggest_tab.{name}", broken)
    told = [
        list(tab.picked(click(summarize="1")))[-1][tab.result],
        list(tab.papers("x"))[-1][tab.result],
        list(tab.questions("x", 0))[-1][tab.result],
        list(tab.sent("europepmc", "x"))[-1][tab.beyond],
        tab.made("europepmc", "", 0)[tab.beyond],
    ]
    assert all("Something went wrong" in one and "secret" not in one for one in told)


EVIL = "<img src=x onerror=alert(1)> <script>alert(2)</script> & 'quotes\" remains to be determined in lens mice."


def test_everything_from_papers_and_services_is_escaped(library: Library) -> None:
    from assistant.suggestions.open_questions import open_questions
    from assistant.suggestions.outside import Outside
    from assistant.suggestions.similar import for_question
    from index.sources.europepmc import offer

    library.add([Paper(PaperInfo(EVIL, (EVIL,), journal=EVIL, source="1.xml"), (Section("Discussion", EVIL),))])
    offered = offer({"title": "A <img src=x onerror=alert(1)> &lt;script&gt;alert(2)&lt;/script&gt;", "pmid": "1"})
    html = (
        render_suggest.similar(for_question(library, "lens mice"), EVIL)
        + render_suggest.questions(open_questions(library), EVIL)
        + render_suggest.beyond([Outside(offered)], 1, EVIL, EVIL)
    )
    assert set(re.findall(r"<(\w+)", html)) <= {"h3", "p", "ul", "li", "div", "a", "span", "button"}
