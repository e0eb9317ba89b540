"""Stop, New conversation, a closed tab and Ctrl-C while a slow model writes: a real app, a real Chromium."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.assistant import openai_server as serve
from tests.assistant.openai_server import OpenAIServer
from tests.browser.conftest import CHROMIUM, running

pytestmark = pytest.mark.browser

QUESTION = "What does Pygo2 do in the kidney?"


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(serve.answer("Pygo2 is a gene. " * 200, pause=0.1)) as started:
        yield started


@pytest.fixture(scope="module")
def slow(
    tmp_path_factory: pytest.TempPathFactory, model: OpenAIServer
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    folder = tmp_path_factory.mktemp("slow")
    with running(folder, generator="openai", openai_url=model.url, openai_model="m") as started:
        yield started


@pytest.fixture(scope="module")
def address(slow: tuple[str, subprocess.Popen[bytes]]) -> str:
    return slow[0]


def writing(page: Any, model: OpenAIServer) -> None:
    """Asks, and waits until the model writes."""
    model.hung_up.clear()
    page.locator("#question textarea").fill(QUESTION)
    page.locator("#question textarea").press("Enter")
    page.wait_for_selector("#live .answer.draft")


def assert_served(address: str) -> None:
    for _ in range(10):
        assert httpx.get(address, trust_env=False, timeout=2).status_code == 200
        time.sleep(0.1)


def test_stop_gives_the_question_back_and_hangs_up(page: Any, address: str, model: OpenAIServer) -> None:
    writing(page, model)
    assert_served(address)
    page.locator("#stop").click()
    assert model.hung_up.wait(2)
    assert_served(address)
    page.wait_for_function("document.querySelector('#live').innerText.includes('Stopped')")
    assert page.locator("#question textarea").input_value() == QUESTION


def test_new_conversation_hangs_up_and_starts_empty(page: Any, address: str, model: OpenAIServer) -> None:
    writing(page, model)
    page.locator("#new").click()
    assert model.hung_up.wait(2)
    page.wait_for_selector(".welcome")
    assert_served(address)
    page.wait_for_timeout(500)
    assert page.locator("article.turn").count() == 0, "the stopped answer does not come back"


def test_a_stopped_summary_hangs_up(page: Any, address: str, model: OpenAIServer) -> None:
    page.get_by_role("tab", name="Summary", exact=True).click()
    model.hung_up.clear()
    model.requests.clear()
    page.locator("#picks .pick").first.click()
    page.wait_for_selector("#summary .working")
    until = time.monotonic() + 20
    while not model.requests and time.monotonic() < until:
        page.wait_for_timeout(50)
    page.locator("#summary-stop").click()
    assert model.hung_up.wait(2)
    page.wait_for_function("document.querySelector('#summary').innerText.includes('Stopped')")
    assert_served(address)


def test_a_closed_tab_hangs_up(page: Any, address: str, model: OpenAIServer) -> None:
    writing(page, model)
    page.close()
    assert model.hung_up.wait(3)
    assert_served(address)


def test_ctrl_c_ends_the_app_while_a_model_writes(
    page: Any, model: OpenAIServer, slow: tuple[str, subprocess.Popen[bytes]]
) -> None:
    writing(page, model)
    slow[1].send_signal(signal.SIGINT)
    assert model.hung_up.wait(3)
    assert slow[1].wait(timeout=15) in (0, -signal.SIGINT)
