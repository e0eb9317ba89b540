"""The page's wiring: what each event changes, the one public endpoint, the guarded server. No browser needed."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
import uvicorn
from gradio_client import Client

from assistant import ui
from assistant.answers import Answer, Citation, Draft, Event, Finished, Retrieved, Sentence, Turn
from assistant.settings import Settings
from assistant.ui import page, server
from assistant.ui.chat import Chat
from assistant.ui.library_tab import LibraryTab
from assistant.ui.summary_tab import SummaryTab
from index.errors import GenerationError, LibraryError, LocusError, ReadError
from index.grading import Grades, grades_of
from index.papers import Hit, Paper, PaperInfo, Passage, Section
from index.results import AddResult, LibraryStatus, Status

TEXT = "Aqr2 is needed for the invented lens. It acts late."
QUOTE = (0, 37)


NOTE = "# Aqr2 in the invented lens\n\nAqr2 is needed for the invented lens of the mouse. It acts late, after birth.\n"


class FakeLibrary:
    """Three invented papers in memory."""

    def __init__(self) -> None:
        self.stored = {n: invented(n) for n in (1, 2, 3)}

    def papers(self, query: str = "", offset: int = 0, limit: int = 50) -> list[PaperInfo]:
        found = [paper.info for paper in self.stored.values() if query.lower() in paper.info.title.lower()]
        return found[offset : offset + limit]

    def count(self, query: str = "") -> int:
        return len(self.papers(query, 0, 10**9))

    def paper(self, paper_id: int) -> Paper:
        if paper_id not in self.stored:
            raise LibraryError("Paper 9 is not in the library.", hint="It may have been removed.")
        return self.stored[paper_id]

    def grades(self, paper_ids: Iterable[int]) -> dict[int, Grades]:
        return {n: grades_of(self.stored[n]) for n in paper_ids}

    def remove(self, paper_id: int) -> PaperInfo:
        info = self.paper(paper_id).info
        del self.stored[paper_id]
        return info

    def remove_starter(self) -> int:
        starter = [n for n, paper in self.stored.items() if paper.info.collection == "starter"]
        for n in starter:
            del self.stored[n]
        return len(starter)

    def status(self) -> LibraryStatus:
        starter = sum(paper.info.collection == "starter" for paper in self.stored.values())
        return LibraryStatus(
            folder="",
            papers=len(self.stored),
            starter_papers=starter,
            passages=9,
            words=99,
            embedder="fake",
            dimension=4,
            disk_bytes=1000,
            dense="",
            lexical="",
            generation=1,
        )

    def add(self, items: Iterator[Paper | ReadError], *, progress: Any = None) -> None:
        for item in items:
            if isinstance(item, ReadError):
                progress(AddResult("", "", Status.FAILED, message=item.message))
            elif "locked" in item.info.source:
                raise LibraryError("Another Locus is writing.", hint="Wait.", retry=True)
            else:
                progress(AddResult(item.info.title, item.info.source, Status.ADDED))


class FakeAssistant:
    """Answers in three events; a question may ask for an error."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.library: Any = FakeLibrary()
        self.histories: list[tuple[Turn, ...]] = []

    def generators(self) -> list[Any]:
        return [
            SimpleNamespace(name="extractive", label="Nothing is sent.", remote=False),
            SimpleNamespace(name="openai", label="Sent to example.org.", remote=True),
        ]

    def examples(self, *, anew: bool = True) -> list[str]:
        return ["Is Aqr2 needed?"]

    def stream(self, question: str, history: tuple[Turn, ...] = (), generator: str = "") -> Iterator[Event]:
        self.histories.append(history)
        yield Retrieved(question, (hit(),))
        if "no key" in question:
            raise GenerationError("There is no key.", hint="Set LOCUS_OPENAI_KEY.")
        if "crash" in question:
            raise RuntimeError("secret internals")
        yield Draft("Aqr2 is")
        yield Finished(answer(question, generator))

    def summarize(self, paper_id: int, generator: str = "", **_: Any) -> Iterator[Event]:
        yield Draft("It asked")
        yield Finished(replace(answer("", generator), sentences=(Sentence("It asked.", (1,), part="Question"),)))


def invented(n: int) -> Paper:
    info = PaperInfo(f"Invented paper {n}", ("Okafor NI",), year=2019, collection="starter" if n == 3 else "", id=n)
    return Paper(info, (Section("Results", TEXT),))


def hit() -> Hit:
    return Hit(Passage(1, 0, 0, len(TEXT), TEXT, "Results"), invented(1).info, 1.0)


def answer(question: str, generator: str = "") -> Answer:
    cited = Citation(1, invented(1).info, 0, "Results", *QUOTE, TEXT[slice(*QUOTE)])
    return Answer(question, question, (Sentence("It is needed.", (1,)),), (cited,), (hit(),), generator or "extractive")


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def chat(assistant: FakeAssistant) -> Iterator[Chat]:
    with gr.Blocks(analytics_enabled=False):
        made = Chat(assistant)
        source = gr.HTML()
        made.connect(source, lambda: "")
        yield made


@pytest.fixture
def tab(assistant: FakeAssistant) -> Iterator[LibraryTab]:
    with gr.Blocks(analytics_enabled=False):
        made = LibraryTab(assistant)
        made.connect(gr.HTML(), gr.HTML(), lambda: "")
        yield made


def clicked(**data: str) -> gr.EventData:
    return gr.EventData(None, data)


def test_question_is_searched_read_drafted_and_answered(chat: Chat) -> None:
    updates = list(chat.ask(" Is Aqr2 needed? ", "", ()))
    told = [update.get(chat.live, "") for update in updates]
    assert "Searching 3 papers" in told[0]
    assert "Reading 1 passage from 1 paper" in told[1]
    assert "Aqr2 is" in told[2]
    assert updates[0][chat.question] == ""
    last = updates[-1]
    assert last[chat.live] == ""
    assert "data-open" in last[chat.log]
    assert [a.question for a in last[chat.answers]] == ["Is Aqr2 needed?"]


def test_follow_up_gets_the_conversation_and_another_session_does_not(chat: Chat, assistant: FakeAssistant) -> None:
    first = list(chat.ask("One?", "", ()))[-1][chat.answers]
    second = list(chat.ask("Two?", "", first))[-1]
    list(chat.ask("Stranger?", "", ()))
    assert [[turn.question for turn in history] for history in assistant.histories] == [[], ["One?"], []]
    assert second[chat.log].count('<article class="turn">') == 2


def test_error_is_told_with_its_hint_and_the_question_goes_back_into_the_box(chat: Chat) -> None:
    last = list(chat.ask("no key?", "", ()))[-1]
    assert "There is no key." in last[chat.live]
    assert "Set LOCUS_OPENAI_KEY." in last[chat.live]
    assert last[chat.question] == "no key?"
    assert chat.answers not in last


def test_unforeseen_error_shows_no_internals_but_is_logged(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        last = list(chat.ask("crash?", "", ()))[-1]
    assert "secret internals" not in last[chat.live]
    assert last[chat.question] == "crash?"
    assert "secret internals" in caplog.text


def test_empty_question_does_nothing(chat: Chat) -> None:
    assert list(chat.ask("   ", "", ())) == []


def test_question_that_is_too_long_is_told_and_kept_whole(chat: Chat, assistant: FakeAssistant) -> None:
    question = "Is Aqr2 needed? " * 400
    last = list(chat.ask(question, "", ()))[-1]
    assert "6,399 characters; 4,000 can be asked" in last[chat.live]
    assert last[chat.question] == question.strip()
    assert assistant.histories == []


def test_stop_puts_the_question_back(chat: Chat) -> None:
    update = chat.stopped("Why?")
    assert update[chat.question] == "Why?"
    assert "Stopped" in update[chat.live]


def test_new_conversation_starts_empty(chat: Chat) -> None:
    update = chat.fresh()
    assert update[chat.answers] == ()
    assert "data-ask" in update[chat.start]
    assert update[chat.log] == ""


def test_new_conversation_does_not_wait_for_example_questions(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def examples(*, anew: bool = True) -> list[str]:
        asked.append(anew)
        return []

    monkeypatch.setattr(chat.assistant, "examples", examples)
    chat.fresh()
    assert asked == [False]


def test_example_question_is_asked(chat: Chat) -> None:
    last = list(chat.ask_chosen("", (), clicked(ask="Is Aqr2 needed?")))[-1]
    assert last[chat.answers][0].question == "Is Aqr2 needed?"


def test_each_generator_says_what_it_sends_where(chat: Chat) -> None:
    assert "Stays on this machine" in chat.describe("extractive")
    assert "Sends text to another machine" in chat.describe("openai")


def test_added_files_are_told_one_by_one_and_the_uploads_deleted(tab: LibraryTab, tmp_path: Path) -> None:
    files = [tmp_path / "good.md", tmp_path / "broken.xml"]
    for file in files:
        file.write_text(NOTE if file.suffix == ".md" else "<article><front>")
    updates = list(tab.add([str(file) for file in files], ""))
    told = updates[-1][tab.results]
    assert "good.md" in told
    assert "<td>broken.xml</td>" in told
    assert "Not added" in told
    assert "<progress" in updates[0][tab.results]
    assert any("Reading file 1 of 2: good.md" in update[tab.results] for update in updates)
    assert "<progress" not in told
    assert not any(file.exists() for file in files)


def test_reader_who_leaves_while_files_are_added_loses_none(
    tab: LibraryTab, assistant: FakeAssistant, tmp_path: Path
) -> None:
    files = [tmp_path / f"{n}.md" for n in range(20)]
    for file in files:
        file.write_text(NOTE)
    kept: list[str] = []

    def slow(items: Iterator[Paper | ReadError], *, progress: Any = None) -> None:
        for item in items:
            assert isinstance(item, Paper)
            time.sleep(0.05)
            kept.append(item.info.source)

    tab.library.add = slow  # type: ignore[method-assign]
    adding = tab.add([str(file) for file in files], "")
    while not kept:
        next(adding)
    assert len(kept) < len(files)
    adding.close()  # type: ignore[attr-defined]
    assert kept == [file.name for file in files]
    assert not any(file.exists() for file in files)


def test_files_added_before_an_error_are_still_told(tab: LibraryTab, tmp_path: Path) -> None:
    files = [tmp_path / "good.md", tmp_path / "locked.md"]
    for file in files:
        file.write_text(NOTE)
    told = list(tab.add([str(file) for file in files], ""))[-1][tab.results]
    assert "Another Locus is writing." in told
    assert "good.md" in told
    assert not any(file.exists() for file in files)


def test_removed_paper_leaves_the_list(tab: LibraryTab, assistant: FakeAssistant) -> None:
    update = tab.remove("", 0, clicked(remove="2"))
    assert "Removed: Invented paper 2" in update[tab.results]
    assert "Invented paper 2" not in update[tab.list]
    again = tab.remove("", 0, clicked(remove="2"))
    assert "not in the library" in again[tab.results]


def test_starter_digests_can_be_removed(tab: LibraryTab) -> None:
    update = tab.remove_starter("")
    assert "Removed 1 starter digest." in update[tab.results]
    assert "starter digests" not in update[tab.header]


def test_list_pages_never_run_past_the_ends(tab: LibraryTab, assistant: FakeAssistant) -> None:
    assistant.library.stored = {n: invented(n) for n in range(1, 46)}
    assert tab.turn_back("", 0)[tab.offset] == 0
    assert tab.shown(None)[tab.list] == tab.shown("")[tab.list]
    assert tab.turn_on("", 40)[tab.offset] == 40
    assert "41–45 of 45" in tab.turn_on("", 20)[tab.list]


def test_broken_library_is_told_in_the_list(tab: LibraryTab) -> None:
    def locked(query: str = "") -> int:
        raise LibraryError("The library is locked.", hint="Wait.")

    tab.library.count = locked  # type: ignore[method-assign]
    assert "The library is locked." in tab.shown()[tab.list]


def test_summary_streams_into_its_parts(assistant: FakeAssistant) -> None:
    with gr.Blocks(analytics_enabled=False):
        tab = SummaryTab(assistant)
        tab.connect(gr.HTML(), gr.Tabs(), gr.HTML(), gr.HTML(), lambda: "")
    updates = list(tab.picked("", "short", clicked(summarize="1")))[1:]
    assert "Reading the paper" in updates[0][tab.result]
    assert "<h3>Question</h3>" in updates[-1][tab.result]
    assert "Invented paper 1" in updates[-1][tab.result]
    failed = list(tab.summarize(9, ""))[-1][tab.result]
    assert "not in the library" in failed
    assert 'data-summarize="9"' in failed
    assert tab.offer("paper 2").count("data-summarize") == 1
    assert "No paper matches" in tab.offer("nothing")
    assert tab.offer(None) == tab.offer("")


def test_clicked_marker_opens_exactly_its_quote(assistant: FakeAssistant) -> None:
    opened = page.opener(assistant)
    check = page.render.checksum(TEXT[slice(*QUOTE)])
    html = opened(clicked(open="1", section="0", start="0", end="37", check=check))
    assert f'<mark tabindex="0">{TEXT[slice(*QUOTE)]}</mark>' in html


@pytest.mark.parametrize(
    "data",
    [
        {"open": "1", "section": "0", "start": "0", "end": "37", "check": "00000000"},
        {"open": "1", "section": "5", "start": "0", "end": "37", "check": ""},
        {"open": "1", "section": "-1"},
        {"open": "9", "section": "0"},
        {"open": "x", "section": "0"},
        {},
    ],
)
def test_stale_or_forged_marker_is_told_and_highlights_nothing(assistant: FakeAssistant, data: dict[str, str]) -> None:
    html = page.opener(assistant)(clicked(**data))
    assert 'role="alert"' in html
    assert "<mark" not in html


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    bound = server.bind("127.0.0.1", 0)
    port = bound.getsockname()[1]
    app = server.application(FakeAssistant(), Settings(port=port))
    running = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on", ws="none"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = running.force_exit = True
    thread.join(timeout=10)
    bound.close()


def test_ask_is_the_only_endpoint_and_answers(address: str) -> None:
    client = Client(address, verbose=False, analytics_enabled=False)
    api: dict[str, Any] = client.view_api(return_format="dict")  # type: ignore[assignment]
    assert list(api["named_endpoints"]) == ["/ask"]
    assert api["unnamed_endpoints"] == {}
    found = client.predict("Is Aqr2 needed?", "openai", api_name="/ask")
    assert found["answer"] == "It is needed [1]."
    assert found["citations"][0]["quote"] == TEXT[slice(*QUOTE)]
    assert found["generator"] == "openai"
    with pytest.raises(Exception, match="There is no key"):
        client.predict("no key", "", api_name="/ask")


def test_page_forbids_every_other_machine(address: str) -> None:
    response = httpx.get(address, trust_env=False)
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert response.headers["referrer-policy"] == "no-referrer"


def test_request_under_a_foreign_name_is_refused(address: str) -> None:
    assert httpx.get(address, headers={"Host": "evil.example:7860"}, trust_env=False).status_code == 421
    assert httpx.get(address, headers={"Host": "localhost"}, trust_env=False).status_code == 200


def test_files_of_this_machine_are_not_served(address: str) -> None:
    for path in ("/etc/hostname", str(Path(__file__).resolve()), str(Settings().library / "x")):
        assert httpx.get(f"{address}/gradio_api/file={path}", trust_env=False).status_code in (403, 404)


@pytest.mark.parametrize(
    ("host", "name"),
    [("127.0.0.1:7860", "127.0.0.1"), ("localhost", "localhost"), ("[::1]:7860", "::1"), ("", ""), ("a:b:c", "a")],
)
def test_host_header_without_port(host: str, name: str) -> None:
    assert server.hostname(host) == name


def test_guard_leaves_other_hosts_alone_when_served_to_the_network() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])

    guard = server.Guard(app, loopback_only=False)
    with pytest.raises(StopIteration):  # it waits for nothing, so that no event loop is needed
        guard({"type": "http", "path": "/x", "headers": [(b"host", b"lab.example")]}, None, None).send(None)
    assert seen == ["/x"]


def test_busy_port_is_told_in_words_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with caplog.at_level(logging.ERROR):
            assert ui.serve(Settings(port=port)) == 1
    assert f"Port {port} is in use" in caplog.text
    assert "LOCUS_PORT" in caplog.text
    assert "Traceback" not in caplog.text


def test_foreign_address_is_told_in_words() -> None:
    with pytest.raises(LocusError, match="not one of this machine"):
        server.bind("192.0.2.1", 7860)
    with pytest.raises(LocusError, match="not one of this machine"):
        server.bind("no such host", 7860)


def test_misspelt_setting_is_told_in_words(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("LOCUS_PORT", "many")
    with caplog.at_level(logging.ERROR):
        assert ui.serve() == 1
    assert "LOCUS_PORT" in caplog.text
