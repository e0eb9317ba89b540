"""A real HTTP server on loopback that speaks the OpenAI protocol, for tests that need a model without a key.

    with OpenAIServer() as server:
        server.script(rate_limited(retry_after=1), answer("Velt3 is needed [1]."))
        ... Settings(openai_url=server.url) ...
        assert b"Velt3" in server.requests[-1].raw

Each request takes the next scripted behaviour; when none is left the server answers with ``server.default``, which
quotes the first sentence of passage 1. Every byte received is kept in ``server.requests``.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass
class Recorded:
    """One request as received: ``raw`` holds every byte of it, ``body`` the JSON of its body."""

    raw: bytes
    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    seconds: float = field(default_factory=time.monotonic)

    @property
    def prompt(self) -> str:
        """The text that the model would read: all messages, or the prompt of a completion."""
        if "messages" in self.body:
            return "\n\n".join(str(message["content"]) for message in self.body["messages"])
        return str(self.body.get("prompt", ""))

    @property
    def task(self) -> str:
        """The last message without the standing orders and their examples."""
        if "messages" in self.body:
            task = str(self.body["messages"][-1]["content"])
        else:
            task = str(self.body.get("prompt", ""))
        return task.rpartition("End of the examples.")[2]

    @property
    def passages(self) -> list[str]:
        """What stands between the fences of the task, in order."""
        return re.findall(r"<passage>\n(.*?)\n</passage>", self.task, flags=re.DOTALL)


class Exchange:
    """One request being answered; what behaviours write to."""

    def __init__(self, handler: BaseHTTPRequestHandler, request: Recorded) -> None:
        self._handler = handler
        self.request = request
        self.chat = "chat" in request.path
        self.model = str(request.body.get("model", ""))

    def send(self, status: int, body: bytes, content_type: str, headers: dict[str, str] | None = None) -> None:
        """A whole reply with a Content-Length."""
        handler = self._handler
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def send_json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        """A whole reply of JSON."""
        self.send(status, json.dumps(body).encode(), "application/json", headers)

    def begin(self, *, chunked: bool = True) -> None:
        """The head of a stream of events; without chunks the end of the connection ends it."""
        self._chunked = chunked
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self._handler.send_header("Transfer-Encoding", "chunked") if chunked else None
        if not chunked:
            self._handler.send_header("Connection", "close")
        self._handler.end_headers()
        self._handler.wfile.flush()

    def write(self, data: bytes) -> None:
        """Bytes of the stream."""
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if self._chunked else data)
        self._handler.wfile.flush()

    def event(self, data: object) -> None:
        """One event of the stream."""
        self.write(b"data: " + (data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n\n")

    def delta(self, delta: dict[str, Any], finish: str | None = None) -> None:
        """One chunk of a chat completion."""
        self.event(self._chunk([{"index": 0, "delta": delta, "finish_reason": finish}]))

    def text(self, text: str, finish: str | None = None) -> None:
        """One chunk of text in the protocol that was asked for."""
        if self.chat:
            self.delta({"content": text} if text else {}, finish)
        else:
            self.event(self._chunk([{"index": 0, "text": text, "finish_reason": finish, "logprobs": None}]))

    def usage(self, prompt_tokens: int, completion_tokens: int) -> None:
        """The chunk that counts tokens."""
        total = prompt_tokens + completion_tokens
        counts = {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens, "total_tokens": total}
        self.event({**self._chunk([]), "usage": counts})

    def end(self) -> None:
        """The end of the stream."""
        self.event(b"[DONE]")
        if self._chunked:
            self._handler.wfile.write(b"0\r\n\r\n")
        else:
            self._handler.close_connection = True

    def hang_up(self) -> None:
        """Drop the connection without an end, as a crashed server does (a reset, not an orderly close)."""
        self._handler.wfile.flush()
        time.sleep(0.05)  # lets the client read what was sent before the reset discards it
        linger = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.close_connection = True
        self._handler.connection.close()
        raise _HungUpError

    def wants_usage(self) -> bool:
        """True where the request asks for token counts."""
        return bool((self.request.body.get("stream_options") or {}).get("include_usage"))

    def _chunk(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        kind = "chat.completion.chunk" if self.chat else "text_completion"
        return {"id": "r1", "object": kind, "created": 1, "model": self.model, "choices": choices}


class _HungUpError(Exception):
    """The connection is gone; nothing more to send."""


Behaviour = Callable[[Exchange], None]
Answer = str | Callable[[Recorded], str]


def first_sentence(request: Recorded) -> str:
    """A grounded answer to any request: the first sentence of passage 1 with its marker.

    A rewrite (no passages) gets the user's last question back.
    """
    if not request.passages:
        asked = re.search(r"The user now asks: (.+)", request.task)
        return asked.group(1) if asked else "Nothing was asked."
    prose = request.passages[0].partition("\n")[2]
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z])", prose)[0].rstrip(".")
    return f"{sentence} [1]."


def answer(text: Answer, *, pause: float = 0.0, chunked: bool = True, finish: str | None = "stop") -> Behaviour:
    """Stream this text (or what it makes of the request) word by word, ``pause`` seconds between words."""

    def behave(exchange: Exchange) -> None:
        whole = text(exchange.request) if callable(text) else text
        exchange.begin(chunked=chunked)
        if exchange.chat:
            exchange.delta({"role": "assistant", "content": ""})
        words = re.findall(r"\S+\s*|\s+", whole)
        for word in words:
            time.sleep(pause)
            exchange.text(word)
        if finish:
            exchange.text("", finish)
        if exchange.wants_usage():
            exchange.usage(len(exchange.request.prompt.split()), len(words))
        exchange.end()

    return behave


def error(
    status: int, message: str = "", *, code: str | None = None, kind: str = "invalid_request_error", **headers: str
) -> Behaviour:
    """An error with an OpenAI-shaped body; header names take "_" for "-"."""

    def behave(exchange: Exchange) -> None:
        body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
        exchange.send_json(status, body, {name.replace("_", "-"): value for name, value in headers.items()})

    return behave


def wrong_key(exchange: Exchange) -> None:
    """HTTP 401 that repeats the whole key, as careless proxies do."""
    sent = exchange.request.headers.get("authorization", "")
    error(401, f"Incorrect API key provided: {sent}", code="invalid_api_key")(exchange)


def rate_limited(retry_after: str = "1") -> Behaviour:
    """HTTP 429 with Retry-After."""
    return error(429, "Rate limit reached for requests", code="rate_limit_exceeded", retry_after=retry_after)


def out_of_quota(exchange: Exchange) -> None:
    """HTTP 429 that no waiting helps against."""
    message = "You exceeded your current quota, please check your plan and billing details."
    error(429, message, code="insufficient_quota", kind="insufficient_quota")(exchange)


def context_of(passages: int, then: Answer = first_sentence) -> Behaviour:
    """HTTP 400 context_length_exceeded while more than so many passages are sent, else an answer."""

    def behave(exchange: Exchange) -> None:
        if len(exchange.request.passages) > passages:
            message = "This model's maximum context length is 512 tokens."
            error(400, message, code="context_length_exceeded")(exchange)
        else:
            answer(then)(exchange)

    return behave


def without(parameter: str, message: str, then: Answer = first_sentence, status: int = 400) -> Behaviour:
    """HTTP 400 with this message while the request has the parameter, else an answer."""

    def behave(exchange: Exchange) -> None:
        if parameter in exchange.request.body:
            error(status, message)(exchange)
        else:
            answer(then)(exchange)

    return behave


def silent(seconds: float) -> Behaviour:
    """Nothing for so many seconds (or until the client hangs up)."""

    def behave(exchange: Exchange) -> None:
        time.sleep(seconds)
        exchange.hang_up()

    return behave


def drops(text: str, *, chunked: bool = True, orderly: bool = False) -> Behaviour:
    """Some text, then the connection is gone: reset, or closed in good order but too early."""

    def behave(exchange: Exchange) -> None:
        exchange.begin(chunked=chunked)
        for word in re.findall(r"\S+\s*", text):
            exchange.text(word)
        if orderly:
            exchange._handler.close_connection = True
        else:
            exchange.hang_up()

    return behave


def web_page(status: int = 200) -> Behaviour:
    """A page of HTML, as a captive portal or a proxy sends."""

    def behave(exchange: Exchange) -> None:
        page = b"<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>"
        exchange.send(status, page, "text/html; charset=utf-8")

    return behave


def redirect(to: str) -> Behaviour:
    """HTTP 307 to another address."""

    def behave(exchange: Exchange) -> None:
        exchange.send(307, b"", "text/plain", {"Location": to})

    return behave


def events(*data: object, done: bool = True) -> Behaviour:
    """A stream of exactly these events; bytes go out as they stand, all else as JSON."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        for item in data:
            exchange.event(item)
        if done:
            exchange.end()

    return behave


def deltas(*parts: dict[str, Any], finish: str | None = "stop") -> Behaviour:
    """A chat stream of exactly these deltas."""

    def behave(exchange: Exchange) -> None:
        exchange.begin()
        for part in parts:
            exchange.delta(part)
        exchange.delta({}, finish)
        exchange.end()

    return behave


def reply(status: int, body: bytes, content_type: str) -> Behaviour:
    """Any reply at all."""
    return lambda exchange: exchange.send(status, body, content_type)


class OpenAIServer:
    """The server; a context manager. ``url`` is its base URL, ``requests`` what it received so far."""

    def __init__(self, default: Behaviour | None = None) -> None:
        self.default = default or answer(first_sentence)
        self.requests: list[Recorded] = []
        self.connections = 0
        self.hung_up = threading.Event()
        """Set when a client went away in the middle of a reply."""
        self._script: deque[Behaviour] = deque()
        self._lock = threading.Lock()
        outer = self

        class Handler(_Handler):
            server_of_tests = outer

        self._http = _QuietServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        """The base URL for Settings.openai_url."""
        return f"http://127.0.0.1:{self.port}/v1"

    def script(self, *behaviours: Behaviour) -> None:
        """Behaviours for the next requests, one each."""
        with self._lock:
            self._script.extend(behaviours)

    def __enter__(self) -> OpenAIServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)

    def _next(self, request: Recorded) -> Behaviour:
        with self._lock:
            self.requests.append(request)
            return self._script.popleft() if self._script else self.default


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are part of the tests; anything else is a fault of this file."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Tee(io.RawIOBase):
    """Reads through and keeps a copy."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.seen = bytearray()

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._source.read(size)
        self.seen += data
        return data

    def readline(self, size: int | None = -1) -> bytes:
        data: bytes = self._source.readline(size)
        self.seen += data
        return data

    def close(self) -> None:
        self._source.close()
        super().close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of_tests: OpenAIServer

    def setup(self) -> None:
        super().setup()
        self.server_of_tests.connections += 1
        self.rfile = _Tee(self.rfile)  # type: ignore[assignment]

    def do_GET(self) -> None:
        request = self._read()
        exchange = Exchange(self, request)
        self.server_of_tests.requests.append(request)
        if self.path.rstrip("/").endswith("/models"):
            exchange.send_json(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})
        else:
            error(404, f"No such path {self.path}")(exchange)

    def do_POST(self) -> None:
        request = self._read()
        exchange = Exchange(self, request)
        path = self.path.partition("?")[0]
        if not path.endswith(("/chat/completions", "/completions")):
            self.server_of_tests.requests.append(request)
            error(404, f"No such path {self.path}")(exchange)
            return
        try:
            self.server_of_tests._next(request)(exchange)
        except _HungUpError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            self.server_of_tests.hung_up.set()
            self.close_connection = True

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Tests stay quiet."""

    def _read(self) -> Recorded:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        tee: Any = self.rfile
        raw = bytes(tee.seen)
        tee.seen.clear()
        try:
            parsed = json.loads(body) if body else {}
        except ValueError:
            parsed = {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Recorded(raw, self.command, self.path, headers, parsed if isinstance(parsed, dict) else {})


@contextlib.contextmanager
def openai_server(default: Behaviour | None = None, script: Iterable[Behaviour] = ()) -> Iterator[OpenAIServer]:
    """A running server; the same as ``with OpenAIServer(default) as server`` plus a script."""
    with OpenAIServer(default) as server:
        server.script(*script)
        yield server
