"""Kinds of study and organisms: named by readers, held to in search, chat and answers, shown with each citation."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from typer.testing import CliRunner

from assistant import asking, cli_search, export  # noqa: F401 - the commands register themselves
from assistant.chain import Assistant
from assistant.cli import app
from assistant.searching import Asked, find, in_short
from assistant.settings import Settings
from assistant.studies import fits, held_to, in_words
from assistant.ui import only_from, page, render, render_source
from assistant.ui.chat import Chat
from assistant.ui.render_evidence import chips
from assistant.ui.search_tab import SearchTab
from index.errors import LocusError
from index.filters import Filters
from index.grading import Aspect, Basis, Grade, Grades
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from tests.conftest import FakeEmbedder

MICE = Paper(
    PaperInfo("Aqr2 in the mouse lens", ("Song N",), "Lens", 2004, pmid="1", source="1.xml"),
    (
        Section(
            "Abstract", "We generated Aqr2 knockout mice. Aqr2 is needed for the lens of mice.", SectionKind.ABSTRACT
        ),
    ),
)
PEOPLE = Paper(
    PaperInfo("AQR2 and cataract: a case-control study", ("Berg A",), "Eye", 2010, pmid="2", source="2.xml"),
    (
        Section(
            "Abstract",
            "We compared 120 patients and 130 healthy controls. AQR2 is needed for the lens of patients.",
            SectionKind.ABSTRACT,
        ),
    ),
)
QUESTION = "What is Aqr2 needed for in the lens?"


@pytest.fixture
def assistant(library: Library, tmp_path: Path) -> Assistant:
    library.add([MICE, PEOPLE])
    return Assistant(Settings(library=tmp_path), library)


def test_names_are_taken_as_readers_write_them() -> None:
    held = held_to(["Mice", "arabidopsis", "fruit fly"], ["QTL", "case_report", "Meta analysis", "mutant"])
    assert held.organisms == {"mouse", "thale cress", "fruit fly"}
    assert held.kinds == {"cross", "case report", "meta-analysis", "knockout"}
    assert in_words(held_to(["mouse"], ["gwas", "knockout"])) == ["mouse studied", "GWAS or knockout or mutant"]
    assert in_words(Filters()) == [] and not held_to()
    with pytest.raises(LocusError) as refused:
        held_to([], ["revue"])
    assert "review" in refused.value.hint


def test_a_paper_fits_where_it_has_one_of_each() -> None:
    grades = Grades(
        (Grade(Aspect.ORGANISM, "mouse", Basis("title", "x")), Grade(Aspect.KIND, "gwas", Basis("title", "x")))
    )
    assert fits(grades, held_to(["mouse", "rat"], ["gwas"]))
    assert not fits(grades, held_to(["rat"], ["gwas"]))
    assert not fits(Grades(), held_to(["rat"]))
    assert fits(Grades(), Filters())


def test_a_search_is_held_to_what_was_studied_and_tells_it(assistant: Assistant) -> None:
    found = find(assistant.library, Asked("lens", kinds=("case control",), organisms=("human",)))
    assert {hit.paper.pmid for hit in found.hits} == {"2"}
    assert in_short(found.filters) == "human studied; case-control"
    assert found.grades[found.hits[0].paper.id].size == 250
    assert not find(assistant.library, Asked("lens", kinds=("trial",))).hits


def test_an_answer_is_held_to_what_was_studied_and_its_citations_are_graded(assistant: Assistant) -> None:
    human = assistant.answer(QUESTION, filters=held_to(["human"]))
    assert {citation.paper.pmid for citation in human.citations} == {"2"}
    held = assistant.answer(QUESTION, filters=held_to(["mouse"]))
    assert {citation.paper.pmid for citation in held.citations} == {"1"}
    assert all(citation.grades.kinds == ("knockout",) for citation in held.citations)
    assert any("mouse studied" in note for note in held.notes)
    none = assistant.answer(QUESTION, filters=held_to([], ["gwas"]))
    assert none.refused and any("GWAS" in note for note in none.notes)


def test_papers_told_from_the_records_are_held_and_graded_too(assistant: Assistant) -> None:
    answer = assistant.answer("Which papers are about Aqr2?", filters=held_to(["human"]))
    assert {citation.paper.pmid for citation in answer.citations} == {"2"}
    assert answer.citations[0].grades.kinds == ("case-control",)


def test_each_source_shows_its_evidence_and_says_why(assistant: Assistant) -> None:
    answer = assistant.answer(QUESTION, filters=held_to(["human"]))
    shown = render.answer(answer)
    named = shown[shown.index('class="named"') :]
    assert named.count('class="evidence"') == 1 + len(answer.citations)
    assert ">human</span>" in named and ">case-control</span>" in named and ">n = 250</span>" in named
    assert "We compared 120 patients and 130 healthy controls." in unescape(named)


def test_hostile_words_in_a_basis_stay_words() -> None:
    grades = Grades((Grade(Aspect.KIND, "review", Basis("publication type", '"><script>alert(1)</script>')),))
    paper = Paper(PaperInfo("x"), (Section("", "text"),))
    for made in (chips(grades), render_source.source(paper, 0, None, grades=grades)):
        assert "<script" not in made and 'type "' not in made
    assert chips(Grades()) == ""


def test_the_source_panel_links_each_grade_to_its_words(assistant: Assistant) -> None:
    library = assistant.library
    paper_id = library.find("PMID:2") or 0
    opened = page.opener(SimpleNamespace(library=library))
    made = opened(SimpleNamespace(_data={"open": paper_id, "section": 0}))
    link = re.search(
        r'<a class="title" href="#source" data-open="(\d+)" data-section="0" data-start="(\d+)" data-end="(\d+)" '
        r'data-check="(\w+)">“We compared',
        made,
    )
    assert link
    again = opened(
        SimpleNamespace(_data={"open": link[1], "section": 0, "start": link[2], "end": link[3], "check": link[4]})
    )
    assert '<mark tabindex="0">We compared 120 patients and 130 healthy controls.</mark>' in again


def test_exports_tell_the_evidence(assistant: Assistant) -> None:
    answer = assistant.answer(QUESTION, filters=held_to(["human"]))
    assert "Evidence: human · case-control · n = 250" in export.markdown(answer)
    for data in (export.as_data(answer), asking.record(answer)):
        evidence = data["citations"][0]["evidence"]
        assert (evidence["organisms"], evidence["kinds"], evidence["size"]) == (["human"], ["case-control"], 250)
        assert json.loads(json.dumps(data)) == data


def test_the_chat_answers_only_from_what_is_chosen(assistant: Assistant) -> None:
    with gr.Blocks():
        chat = Chat(assistant)
    for organisms, kinds, expected in ((["mouse"], [], {"1"}), ([], ["case-control"], {"2"})):
        updates = list(chat.ask(QUESTION, "extractive", (), organisms, kinds))
        answer = updates[-1][chat.answers][0]
        assert {citation.paper.pmid for citation in answer.citations} == expected
    assert not list(chat.ask(QUESTION, "extractive", (), None, None))[-1][chat.answers][0].notes


def test_the_search_tab_offers_and_holds_to_evidence(assistant: Assistant) -> None:
    with gr.Blocks():
        tab: Any = SearchTab(assistant)
    choices = tab.choices()
    assert ("Case-control (1)", "case-control") in choices[tab.kinds].choices[:2]
    assert ("Clinical trial", "trial") in choices[tab.kinds].choices
    assert ("mouse (1)", "mouse") in choices[tab.organisms].choices
    shown = tab.search("lens", "", "", [], [], [], ["case-control"], [])[tab.list]
    assert shown.count("<li>") == 1 and ">n = 250</span>" in shown and "within case-control" in shown
    assert {tab.kinds, tab.organisms} <= set(tab.cleared())
    assert len(only_from.kinds()) == 15


def test_the_command_line_lists_and_filters_by_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = FakeEmbedder()
    monkeypatch.setattr("assistant.cli.load_embedder", lambda settings: embedder)
    monkeypatch.setattr("assistant.chain.load_embedder", lambda *_, **__: embedder)
    with Library.open(tmp_path, embedder) as library:
        library.add([MICE, PEOPLE])

    def run(*arguments: str) -> Any:
        done = CliRunner().invoke(app, [*arguments, "--library", str(tmp_path)])
        assert done.exit_code == 0, done.output
        return done.stdout

    assert "mouse · knockout or mutant" in run("list")
    listed = {paper["pmid"]: paper["evidence"] for paper in json.loads(run("list", "--json"))["papers"]}
    assert listed["2"]["size"] == 250
    found = json.loads(run("search", "lens", "--kind", "case-control", "--json"))
    assert {hit["pmid"] for hit in found["results"]} == {"2"}
    assert found["results"][0]["evidence"]["organisms"] == ["human"]
    assert "human · case-control · n = 250" in run("ask", QUESTION, "--organism", "people")
    asked = json.loads(run("ask", QUESTION, "--organism", "mice", "--json"))
    assert {citation["pmid"] for citation in asked["citations"]} == {"1"}
