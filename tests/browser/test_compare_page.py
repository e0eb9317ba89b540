"""The Compare tab as a reader uses it: a real app process, a slow model server on this machine, a real Chromium."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.assistant import openai_server as serve
from tests.assistant.openai_server import OpenAIServer, first_sentence
from tests.browser.conftest import CHROMIUM, running
from tests.browser.test_page import fits, tab

pytestmark = pytest.mark.browser

QUESTIONS = ("What does Pygo2 do in the kidney?", "How did Ppargc1a null mice respond to cold?")


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(serve.answer(first_sentence, pause=0.05)) as started:
        yield started


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, model: OpenAIServer) -> Iterator[str]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with running(tmp_path_factory.mktemp("compare"), openai_url=model.url, openai_model="m") as (address, _):
        yield address


def begin(page: Any) -> None:
    page.set_default_timeout(60_000)
    tab(page, "Compare")
    page.locator("#compare-questions textarea").fill("\n".join(QUESTIONS))
    page.locator("#compare-go").click()


def lefts(page: Any) -> list[float]:
    return page.locator("#compare-done .card").evaluate_all("cards => cards.map(c => c.getBoundingClientRect().left)")


@pytest.mark.parametrize("width", [1400])
def test_answers_stand_side_by_side_open_their_quotes_and_are_saved(
    page: Any, width: int, watched: Any, tmp_path: Path
) -> None:
    begin(page)
    page.wait_for_selector("#compare-table .tools")
    assert page.locator("#compare-done article.turn").count() == len(QUESTIONS)
    assert len(set(lefts(page))) == 3, "three columns"
    assert page.locator(".measures thead th").all_inner_texts() == [
        "Quotes only (no model)",
        "Local LSTM",
        "OpenAI-compatible model",
    ]
    table, first = page.locator(".measures").bounding_box(), page.locator("#compare-done article").first.bounding_box()
    assert table["y"] < first["y"]
    page.locator("#compare-done .answer a.cite").last.click()
    page.wait_for_selector("#source mark")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    download.value.save_as(tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(newline="", encoding="utf-8") as file:
        assert [line["question"] for line in csv.DictReader(file)] == [q for q in QUESTIONS for _ in range(3)]
    assert watched.errors == []


@pytest.mark.parametrize("width", [420])
def test_answers_are_stacked_on_a_narrow_screen_which_never_scrolls_sideways(
    page: Any, width: int, watched: Any
) -> None:
    begin(page)
    page.wait_for_selector("#compare-table .tools")
    assert len(set(lefts(page))) == 1
    for details in page.locator("#compare-table summary, #compare-done summary").all():
        details.click()
    assert fits(page)
    assert watched.errors == []


def test_stop_hangs_up_keeps_what_is_finished_and_the_chat_answers_meanwhile(page: Any, model: OpenAIServer) -> None:
    model.hung_up.clear()
    model.script(serve.answer("Pygo2 is a gene. " * 500, pause=0.1))
    begin(page)
    page.wait_for_function("document.querySelector('#compare-progress').innerText.includes('2 of 6 answers')")
    tab(page, "Chat")
    page.locator("#question textarea").fill(QUESTIONS[1])
    page.locator("#question textarea").press("Enter")
    page.wait_for_selector("#log .answer")
    tab(page, "Compare")
    page.locator("#compare-stop").click()
    assert model.hung_up.wait(3)
    page.wait_for_function("document.querySelector('#compare-progress').innerText.includes('2 of 6 answers')")
    assert page.locator("#compare-done .card").count() == 2
    assert page.locator("#compare-table .tools").is_visible()
