"""Stopping an answer: the server serves everybody else, and the model's server is hung up on, whatever it is doing."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from assistant.chain import Assistant
from assistant.settings import Settings
from assistant.ui import server
from index.library import Library
from tests.assistant import openai_server as serve
from tests.assistant.openai_server import OpenAIServer
from tests.conftest import make_paper

QUESTION = "What does Gene1 do in the mouse?"
SOON = 1.5
"""Seconds within which the model's server must see the hang-up, the time that it takes to notice included."""


class Silent:
    """A model that reads and says nothing, not even a status line, until the client goes away."""

    def __init__(self) -> None:
        self.asked, self.left = threading.Event(), threading.Event()

    def __call__(self, exchange: serve.Exchange) -> None:
        line = exchange._handler.connection
        line.settimeout(20)
        self.asked.set()
        with contextlib.suppress(OSError):
            if not line.recv(1):
                self.left.set()
        exchange._handler.close_connection = True
        raise serve._HungUpError


class Reader:
    """One reader's page: what a browser sends for a question, for Stop and for a new conversation."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, trust_env=False, timeout=5)
        self.session = f"reader{id(self)}"
        config = self.http.get("/config").json()
        named = {c["id"]: c["props"].get("elem_id") for c in config["components"]}
        self.events = {
            (named.get(target), event): dependency
            for dependency in config["dependencies"]
            for target, event in dependency["targets"]
        }

    def ask(self, question: str) -> None:
        data = [question, "openai", None, [], [], None]
        self.asked = self.events["send", "click"]["id"]
        body = {"data": data, "fn_index": self.asked, "session_hash": self.session, "event_data": None}
        self.event = self.http.post("/gradio_api/queue/join", json=body).raise_for_status().json()["event_id"]

    @contextlib.contextmanager
    def stream(self) -> Iterator[Iterator[str]]:
        """What the server tells the page, as it comes; the page is closed at the end of the block."""
        with self.http.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.session}) as told:
            yield (line[6:] for line in told.iter_lines() if line.startswith("data: "))

    def cancel(self) -> None:
        """What Gradio's page sends for an event that another one cancels."""
        body = {"session_hash": self.session, "fn_index": self.asked, "event_id": self.event}
        self.http.post("/gradio_api/cancel", json=body).raise_for_status()


def words(told: Iterator[str], wanted: str) -> None:
    """Reads until ``wanted`` was told; the page gets differences, so one word at a time."""
    for line in told:
        message = json.loads(line)
        if wanted in json.dumps(message):
            return
        assert message["msg"] != "process_completed", line
    raise AssertionError(f"{wanted} was never told")


@pytest.fixture
def model() -> Iterator[OpenAIServer]:
    """A model that writes a word every tenth of a second for a minute."""
    with OpenAIServer(serve.answer("Gene1 acts slowly. " * 200, pause=0.1)) as running:
        yield running


@pytest.fixture
def address(model: OpenAIServer, library: Library) -> Iterator[str]:
    library.add([make_paper(1), make_paper(2)])
    bound = server.bind("127.0.0.1", 0)
    port = bound.getsockname()[1]
    settings = Settings(port=port, generator="openai", openai_url=model.url, openai_model="m", openai_retries=2)
    app = server.application(Assistant(settings, library), settings)
    running = uvicorn.Server(
        uvicorn.Config(app, log_level="error", lifespan="on", ws="none", timeout_graceful_shutdown=2)
    )
    thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join(timeout=10)
    bound.close()


def assert_served(address: str, seconds: float = 2.0) -> None:
    """The page answers everybody, again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        started = time.monotonic()
        assert httpx.get(address, trust_env=False, timeout=2).status_code == 200
        assert time.monotonic() - started < 1
        time.sleep(0.1)


def test_stop_hangs_up_on_the_model_and_the_page_is_served_on(address: str, model: OpenAIServer) -> None:
    reader = Reader(address)
    reader.ask(QUESTION)
    with reader.stream() as told:
        words(told, "slowly")
        assert_served(address, 0.5)
        reader.cancel()
        assert model.hung_up.wait(SOON)
    assert_served(address)
    assert len(model.requests) == 1, "a stopped question is not tried again"


def test_closing_the_page_hangs_up_on_the_model(address: str, model: OpenAIServer) -> None:
    reader = Reader(address)
    reader.ask(QUESTION)
    with reader.stream() as told:
        words(told, "slowly")
    assert model.hung_up.wait(SOON)
    assert_served(address)


@pytest.mark.parametrize("closing", [False, True])
def test_a_model_that_has_not_said_a_word_is_hung_up_on(address: str, model: OpenAIServer, closing: bool) -> None:
    silent = Silent()
    model.script(silent)
    reader = Reader(address)
    reader.ask(QUESTION)
    with reader.stream() as told:
        words(told, "Reading")
        assert silent.asked.wait(5)
        if not closing:
            reader.cancel()
            assert silent.left.wait(SOON)
    assert silent.left.wait(SOON + 1)
    assert_served(address, 1)
    assert len(model.requests) == 1


def test_a_stopped_reader_can_ask_again_and_others_are_answered_meanwhile(address: str, model: OpenAIServer) -> None:
    first, second = Reader(address), Reader(address)
    first.ask(QUESTION)
    with first.stream() as told:
        words(told, "slowly")
        model.script(serve.answer(serve.first_sentence))
        second.ask(QUESTION)
        with second.stream() as heard:
            words(heard, "data-open")
        first.cancel()
    assert model.hung_up.wait(SOON)
    model.script(serve.answer(serve.first_sentence))
    first.ask(QUESTION)
    with first.stream() as told:
        words(told, "data-open")


def test_stopping_during_a_wait_between_tries_asks_no_more(address: str, model: OpenAIServer) -> None:
    model.script(serve.rate_limited(retry_after="20"))
    reader = Reader(address)
    reader.ask(QUESTION)
    with reader.stream() as told:
        words(told, "Reading")
        until = time.monotonic() + 5
        while not model.requests and time.monotonic() < until:
            time.sleep(0.02)
        threads = {t.name for t in threading.enumerate()}
        assert any(name.startswith("locus-answer") for name in threads)
        reader.cancel()
        until = time.monotonic() + SOON
        while any(t.name.startswith("locus-answer") for t in threading.enumerate()):
            assert time.monotonic() < until, "the wait outlives the stop"
            time.sleep(0.02)
    assert len(model.requests) == 1
