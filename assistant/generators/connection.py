"""The line to an OpenAI-compatible endpoint, through langchain-openai: what goes out, and to whom.

Only the address in the settings is ever connected to. The OpenAI client and LangChain read many environment
variables (another base URL, organisation, extra headers, proxies, tracing, a gateway); all are overruled here, but
for the proxies of an endpoint on another machine, which may be the only way out.
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from assistant import stopping
from assistant.answers import Usage
from assistant.generators.errors import UnusableReplyError
from index.errors import GenerationError

if TYPE_CHECKING:
    from openai import OpenAI

T = TypeVar("T")

_HEADERS = frozenset(
    {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "user-agent",
        "authorization",
        "api-key",
    }
)
"""Headers that go out. The client would add others that describe this machine (X-Stainless-OS, -Arch, …)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an OpenAI-compatible service stands."""

    url: str

    @property
    def host(self) -> str:
        """Host name or address in lower case, empty where the URL has none."""
        try:
            return (urlsplit(self.url).hostname or "").rstrip(".")
        except ValueError:
            return ""

    @property
    def where(self) -> str:
        """Host and port as told to users; never user name, password or path."""
        try:
            port = urlsplit(self.url).port
        except ValueError:
            port = None
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{port}" if port else host

    @property
    def loopback(self) -> bool:
        """True where the endpoint is on this machine: localhost, 127.0.0.0/8, ::1, or the unspecified address."""
        if self.problem:
            return False
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return address.is_loopback or address.is_unspecified

    @property
    def of_openai(self) -> bool:
        """True for OpenAI's own service and Azure's, which want "max_completion_tokens" of newer models."""
        return self.host == "api.openai.com" or self.of_azure

    @property
    def of_azure(self) -> bool:
        """True for Azure, which takes the key in a header "api-key"."""
        return self.host.endswith(".azure.com")

    @property
    def problem(self) -> str:
        """What is wrong with the URL, empty where nothing is."""
        # Back-slashes and white space are read in different ways by different parsers: the host shown to the user
        # must be the host connected to.
        if re.search(r"[\s\\\x00-\x1f]", self.url):
            return "it holds white space or a back-slash"
        try:
            parts = urlsplit(self.url)
            _ = parts.port
        except ValueError:
            return "it is no web address"
        if parts.scheme not in ("http", "https"):
            return "it does not start with http:// or https://"
        return "" if parts.hostname else "it names no host"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: its standing orders (empty where none) and the task."""

    system: str
    user: str

    @property
    def flat(self) -> str:
        """Both as one text, for models that continue text."""
        return f"{self.system}\n\n{self.user}".strip()


@dataclass(frozen=True, slots=True)
class Options:
    """Request parameters that some servers don't take, and how many tokens, at what temperature.

    ``limit_name`` is the parameter that carries ``limit``, empty to send none; ``temperature`` None sends none;
    ``system`` False puts the standing orders before the task instead of in a message of their own.
    """

    limit: int
    temperature: float | None = 0.0
    limit_name: str = "max_tokens"
    usage: bool = True
    system: bool = True

    def without(self, parameter: str) -> Options | None:
        """The same without a parameter that the server refused; None where it was not sent."""
        if parameter == "stream_options" and self.usage:
            return replace(self, usage=False)
        if parameter == "temperature" and self.temperature is not None:
            return replace(self, temperature=None)
        if parameter == "system" and self.system:
            return replace(self, system=False)
        if parameter == self.limit_name and parameter:
            return replace(self, limit_name=_OTHER_LIMIT[parameter])
        return None


_OTHER_LIMIT = {"max_completion_tokens": "max_tokens", "max_tokens": ""}


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of a reply: text, tokens counted by the server, the reason why the reply ends; any may be missing."""

    text: str = ""
    usage: Usage | None = None
    finish: str = ""


class Connection:
    """One endpoint, one model; safe to share between threads.

    ``key`` is empty for a server that needs none. Raises GenerationError where no client can be made of the
    settings (an unusable proxy in the environment, say).
    """

    def __init__(self, endpoint: Endpoint, model: str, key: SecretStr, *, completions: bool = False) -> None:
        self._endpoint = endpoint
        self._model = model
        self._key = key
        self._completions = completions
        self._client = self._connect()

    def stream(
        self, prompt: Prompt, options: Options, *, timeout: float, stop: list[str] | None = None
    ) -> Iterator[Piece]:
        """The model's reply piece by piece as it arrives.

        ``timeout`` is in seconds without a byte. Raises what the OpenAI client and LangChain raise
        (`assistant.generators.errors.classify` reads it).
        """
        import openai  # noqa: PLC0415 - takes a second; a session without this generator never pays it

        parameters: dict[str, Any] = {"timeout": openai.Timeout(timeout, connect=min(timeout, 10.0))}
        if options.usage:
            parameters["stream_options"] = {"include_usage": True}
        if options.temperature is not None:
            parameters["temperature"] = options.temperature
        if self._completions:
            return self._stream_completions(prompt, options, parameters, stop)
        return self._stream_chat(prompt, options, parameters, stop)

    def _stream_chat(
        self, prompt: Prompt, options: Options, parameters: dict[str, Any], stop: list[str] | None
    ) -> Iterator[Piece]:
        from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage  # noqa: PLC0415 - slow import
        from langchain_openai import ChatOpenAI  # noqa: PLC0415 - slow import

        if options.limit_name == "max_completion_tokens":
            parameters["max_completion_tokens"] = options.limit
        elif options.limit_name:
            # ChatOpenAI renames max_tokens to max_completion_tokens, which llama-cpp-python, KoboldCpp and others
            # ignore; the extra body goes out as it stands.
            parameters["extra_body"] = {options.limit_name: options.limit}
        model = ChatOpenAI(
            **self._shared(),
            root_client=self._client,
            client=self._client.chat.completions,
            use_responses_api=False,
            output_version="v0",
            stream_usage=options.usage,
        )
        messages: list[BaseMessage] = [HumanMessage(prompt.user)]
        if prompt.system and options.system:
            messages.insert(0, SystemMessage(prompt.system))
        elif prompt.system:
            messages = [HumanMessage(prompt.flat)]
        chunks = _untraced(lambda: model.stream(messages, config={"callbacks": []}, stop=stop, **parameters))
        for chunk in chunks:
            counted = chunk.usage_metadata
            usage = Usage(counted["input_tokens"], counted["output_tokens"]) if counted else None
            yield Piece(str(chunk.text), usage, str(chunk.response_metadata.get("finish_reason") or ""))

    def _stream_completions(
        self, prompt: Prompt, options: Options, parameters: dict[str, Any], stop: list[str] | None
    ) -> Iterator[Piece]:
        from langchain_openai import OpenAI as CompletionModel  # noqa: PLC0415 - slow import

        if options.limit_name:
            parameters["max_tokens"] = options.limit
        # The model class has values of its own for what is not given; a server may take neither.
        tap = _Tap(self._client.completions, drop={"max_tokens", "temperature"} - parameters.keys())
        model = CompletionModel(**self._shared(), client=tap)
        for text in _untraced(lambda: model.stream(prompt.flat, config={"callbacks": []}, stop=stop, **parameters)):
            yield Piece(text)
        yield Piece(usage=tap.usage, finish=tap.finish)

    def _shared(self) -> dict[str, Any]:
        """What both model classes are built with. The key stays in the HTTP client, out of LangChain's objects."""
        return {
            "model": self._model,
            "api_key": "held-by-the-http-client",
            "base_url": self._endpoint.url,
            "openai_proxy": "",
            # Never called; without one LangChain would build a second HTTP client that reads the environment.
            "async_client": self._client,
            "max_retries": 0,
            "cache": False,
            "verbose": False,
        }

    def _connect(self) -> OpenAI:
        import openai  # noqa: PLC0415 - slow import

        parts = urlsplit(self._endpoint.url)
        secure: dict[str, Any] = {}
        if self._endpoint.loopback and parts.scheme == "http":
            # No TLS without proxy and redirect, so the slow loading of all certificates is spared; should TLS come
            # up after all, a context without certificates trusts nobody.
            secure["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            http = openai.DefaultHttpxClient(
                **secure,
                # A proxy for the outer world can't reach this machine, and must not see what stays on it.
                trust_env=not self._endpoint.loopback,
                # A redirect would carry the text to a host that the user was not told of.
                follow_redirects=False,
                # A connection of its own for each request, so that the line to cut is known before a reply comes.
                limits=type(openai.DEFAULT_CONNECTION_LIMITS)(max_keepalive_connections=0),
                event_hooks={"request": [self._dress], "response": [_inspect]},
            )
        except (ValueError, ImportError, OSError) as error:
            raise GenerationError(
                f"No connection to {self._endpoint.where} can be set up ({type(error).__name__}).",
                hint="Check the proxy and certificate variables of the environment (HTTPS_PROXY, SSL_CERT_FILE).",
            ) from None
        # Empty strings, not None: None would be filled in from the environment.
        return openai.OpenAI(
            api_key="held-by-the-http-client",
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            base_url=parts._replace(query="", fragment="").geturl(),
            default_query=dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair),
            max_retries=0,
            http_client=http,
        )

    def _dress(self, request: Any) -> None:
        """Leave the headers that are needed, and put in the key; runs last, so that nothing can override it.

        It also makes the request one that the current `Stop` can hang up on.
        """
        line = _Line()
        request.extensions["trace"] = line.trace
        stopping.current().then(line.cut)
        for name in set(request.headers) - _HEADERS:
            del request.headers[name]
        if key := self._key.get_secret_value().strip():
            request.headers["Authorization"] = f"Bearer {key}"
            if self._endpoint.of_azure:
                request.headers["api-key"] = key
        elif not request.headers.get("Authorization", "").startswith("Basic "):
            request.headers.pop("Authorization", None)


class _Line:
    """The connection of one request, cut from another thread: closing it there would not wake up who reads from it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._cut = False

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """The "trace" extension of a request, as httpcore has it: notes each stream opened, that inside of TLS last."""
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        with self._lock:
            self._socket = info["return_value"].get_extra_info("socket")
            if self._cut:
                self._shut()

    def cut(self) -> None:
        """Hang up; does not wait."""
        with self._lock:
            self._cut = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Past SSLSocket's own shutdown, which pulls the TLS state from under the thread that reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Tap:
    """Stands before the client's completions and notes what langchain-openai drops: usage and finish reason."""

    def __init__(self, completions: Any, drop: set[str]) -> None:
        self._completions = completions
        self._drop = drop
        self.usage: Usage | None = None
        self.finish = ""

    def create(self, **parameters: Any) -> Iterator[dict[str, Any]]:
        """The chunks of a streamed completion as dicts. Parameters without a value are not sent."""
        kept = {k: v for k, v in parameters.items() if v is not None and k not in self._drop}
        with self._completions.create(**kept) as stream:
            for chunk in stream:
                read = chunk.model_dump()
                counted = read.get("usage")
                if counted:
                    self.usage = Usage(counted.get("prompt_tokens") or 0, counted.get("completion_tokens") or 0)
                if read.get("choices"):
                    self.finish = read["choices"][0].get("finish_reason") or self.finish
                yield {"choices": read.get("choices") or []}


def _inspect(response: Any) -> None:
    """Refuse a successful reply that is no stream of events, before its body is mistaken for an empty answer."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status_code == 200 and content_type in ("text/html", "application/xhtml+xml", "application/json"):
        response.read()
        raise UnusableReplyError(response.status_code, content_type, response.text[:20_000])


def _untraced(start: Callable[[], Iterator[T]]) -> Iterator[T]:
    """The items of an iterator of LangChain's, its first step taken with LangSmith's tracing forced off.

    LANGSMITH_TRACING or LANGCHAIN_TRACING_V2 in the user's shell would else send every question and passage to a
    third party. LangChain decides on tracing in the first step, so later ones need no guard, and the consumer's
    own context is not touched while it holds an item.
    """
    from langsmith import tracing_context  # noqa: PLC0415 - slow import

    with tracing_context(enabled=False):
        items = start()
        first = list(itertools.islice(items, 1))
    try:
        yield from first
        yield from items
    finally:
        # Closing hangs up on the server at once when the user stops the answer, so that it stops computing.
        close = getattr(items, "close", None)
        if close is not None:
            close()
