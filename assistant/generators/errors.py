"""What can go wrong at an OpenAI-compatible endpoint: recognised, and told to the user in words."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum

from index.errors import GenerationError


class Kind(StrEnum):
    """What went wrong."""

    KEY = "key"
    PERMISSION = "permission"
    MISSING = "missing"
    RATE = "rate"
    QUOTA = "quota"
    TIMEOUT = "timeout"
    CONTEXT = "context"
    REFUSED = "refused"
    NAME = "name"
    TLS = "tls"
    BROKEN = "broken"
    SERVER = "server"
    PARAMETER = "parameter"
    REQUEST = "request"
    REDIRECT = "redirect"
    WEB_PAGE = "web page"
    MALFORMED = "malformed"
    EMPTY = "empty"
    ALL_THOUGHT = "all thought"
    FILTERED = "filtered"
    CUT_OFF = "cut off"
    TRACING = "tracing"


TRANSIENT = frozenset({Kind.RATE, Kind.REFUSED, Kind.NAME, Kind.BROKEN, Kind.SERVER})
"""Kinds where the same request may succeed a moment later."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A recognised failure.

    ``said`` are the server's own words (one line, no key in them), ``wait`` the seconds that it asks to wait,
    ``parameter`` the request parameter that it does not take, ``status`` the HTTP status, 0 where none came.
    """

    kind: Kind
    status: int = 0
    said: str = ""
    wait: float | None = None
    parameter: str = ""

    @property
    def transient(self) -> bool:
        """True where the same request may succeed a moment later."""
        return self.kind in TRANSIENT


class UnusableReplyError(Exception):
    """A reply that is no stream of the OpenAI protocol; ``content_type`` and ``body`` as received."""

    def __init__(self, status: int, content_type: str, body: str) -> None:
        super().__init__(f"HTTP {status}, {content_type}")
        self.status = status
        self.content_type = content_type
        self.body = body


_CONTEXT = re.compile(
    r"context_length_exceeded|exceed_context_size|context_exceeded|string_above_max_length"
    r"|context (?:length|window|size)|maximum context|max_model_len|prompt is too long"
    r"|too many tokens|input (?:is )?too long|request too large"
    r"|tokens? exceed",
    re.IGNORECASE,
)
_QUOTA = re.compile(
    r"insufficient_quota|billing_|insufficient[ _](?:balance|credits?)|check your plan and billing", re.I
)
_PARAMETER = re.compile(r"\b(stream_options|include_usage|max_completion_tokens|max_tokens|temperature)\b", re.I)
_NO_SYSTEM = re.compile(
    r"system (?:role|message|prompt)s? (?:is |are )?not supported|only user(?:,? and|/)? assistant roles"
    r"|(?:unsupported|invalid|unknown) role:? ?['\"]?system|conversation roles must alternate",
    re.IGNORECASE,
)
_KEY_LIKE = re.compile(r"\b(?:sk|pk|key|api|gsk|xai)[-_][\w*.…-]{6,}|\bBearer\s+\S+", re.IGNORECASE)
_SAID_CHARACTERS = 200


def classify(error: BaseException, key: str = "") -> Problem:
    """What an exception of the OpenAI client or of LangChain means.

    ``key`` is taken out of the server's words, should it have sent it back.
    """
    import openai  # noqa: PLC0415 - slow to import; whoever raised such an error has imported it already

    if isinstance(error, UnusableReplyError):
        return _unusable(error, key)
    if isinstance(error, openai.APIStatusError):
        return _status(error.status_code, error.body, error.response.headers, key)
    if isinstance(error, openai.APIConnectionError):
        return _connection(error)
    if isinstance(error, openai.APIError):
        # An error object inside the stream, after HTTP 200; its code may be an HTTP status or a word.
        code = error.body.get("code") if isinstance(error.body, Mapping) else None
        return _status(_number(code), error.body or error.message, {}, key)
    if isinstance(error, RuntimeError) and "LANGCHAIN_TRACING" in str(error):
        return Problem(Kind.TRACING)
    if isinstance(error, ValueError) and "No generation chunks" in str(error):
        return Problem(Kind.EMPTY)
    return Problem(Kind.MALFORMED, said=type(error).__name__)


def redact(text: str, key: str) -> str:
    """``text`` on one line of at most 200 characters without the key and without anything that looks like one."""
    text = " ".join(text.split())
    if key:
        text = text.replace(key, "…")
    text = _KEY_LIKE.sub("…", text)
    return text if len(text) <= _SAID_CHARACTERS else text[: _SAID_CHARACTERS - 1].rstrip() + "…"


def _number(code: object) -> int:
    return code if isinstance(code, int) else int(code) if isinstance(code, str) and code.isdecimal() else 0


def _fields(body: object, *names: str) -> str:
    """These fields out of an error body of whatever shape, joined by spaces."""
    if isinstance(body, list) and body:
        body = body[0]
    if isinstance(body, Mapping):
        body = body.get("error", body)
    if isinstance(body, Mapping):
        return " ".join(str(body[name]) for name in names if body.get(name))
    return str(body or "")


def _looks_like_a_web_page(text: str) -> bool:
    return text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<head", "<?xml"))


def _status(status: int, body: object, headers: Mapping[str, str], key: str) -> Problem:
    """A failure with an HTTP status (0 where none is known) and an error body of whatever shape."""
    words = _fields(body, "message", "detail", "code", "type", "param")
    said = redact(_fields(body, "message", "detail"), key)
    if _looks_like_a_web_page(words):
        if status < 500:
            return Problem(Kind.WEB_PAGE, status)
        words = said = ""
    if 300 <= status < 400:
        return Problem(Kind.REDIRECT, status, redact(headers.get("location", ""), key))
    if status not in (401, 403, 404) and (found := _by_words(status, words, said)):
        return found
    kind = _BY_STATUS.get(status) or (Kind.REQUEST if 400 <= status < 500 else Kind.SERVER)
    # The server's words on a wrong key may repeat parts of it.
    return Problem(kind, status, "" if kind is Kind.KEY else said, wait=_wait(headers))


_BY_STATUS = {
    401: Kind.KEY,
    402: Kind.QUOTA,
    403: Kind.PERMISSION,
    404: Kind.MISSING,
    408: Kind.TIMEOUT,
    413: Kind.CONTEXT,
    429: Kind.RATE,
}


def _by_words(status: int, words: str, said: str) -> Problem | None:
    """What the words of an error tell more precisely than its status, which differs from server to server."""
    if _QUOTA.search(words):
        return Problem(Kind.QUOTA, status, said)
    if _CONTEXT.search(words):
        return Problem(Kind.CONTEXT, status, said)
    if status in (0, 400, 422, 500) and _NO_SYSTEM.search(words):
        return Problem(Kind.PARAMETER, status, said, parameter="system")
    if status in (400, 422) and (named := _PARAMETER.search(words)):
        name = named.group(1).lower()
        return Problem(Kind.PARAMETER, status, said, parameter="stream_options" if name == "include_usage" else name)
    return None


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds that "Retry-After" asks for: a number or a date (RFC 9110, 10.2.3), or "retry-after-ms"."""
    for name, divisor in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
            return float(value) / divisor
    try:
        return max(0.0, parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time())
    except ValueError:
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _connection(error: BaseException) -> Problem:
    causes = list(_causes(error))
    names = {type(cause).__name__ for cause in causes}
    words = " ".join(str(cause) for cause in causes)
    if "ReadTimeout" in names or "WriteTimeout" in names:
        return Problem(Kind.TIMEOUT)
    if "SSLError" in names or "SSLCertVerificationError" in names or "CERTIFICATE_VERIFY" in words:
        return Problem(Kind.TLS)
    if "gaierror" in names or "getaddrinfo" in words or "Name or service not known" in words:
        return Problem(Kind.NAME)
    if "ConnectError" in names or "ConnectTimeout" in names or "ConnectionRefusedError" in names:
        return Problem(Kind.REFUSED)
    return Problem(Kind.BROKEN)


def _unusable(error: UnusableReplyError, key: str) -> Problem:
    if "html" in error.content_type or _looks_like_a_web_page(error.body):
        return Problem(Kind.WEB_PAGE, error.status)
    try:
        body = json.loads(error.body)
    except ValueError:
        return Problem(Kind.MALFORMED, error.status, error.content_type)
    if isinstance(body, dict) and body.get("error"):
        # Some servers send their errors with HTTP 200 and the true status in the body.
        inner = body["error"]
        return _status(_number(inner.get("code")) if isinstance(inner, dict) else 0, body, {}, key)
    return Problem(Kind.MALFORMED, error.status, "one JSON object instead of a stream")


def tell(problem: Problem, *, where: str, model: str, loopback: bool, timeout: float, limit: int) -> GenerationError:
    """The error that the user reads. ``where`` is host and port, ``limit`` the most tokens of an answer."""
    said = f" It said: “{problem.said}”" if problem.said else ""
    start = "Start the model server on this machine" if loopback else "Check the connection to the internet"
    wait = f"Wait {problem.wait:.0f} s and ask again." if problem.wait else "Wait a moment and ask again."
    table: dict[Kind, tuple[str, str, bool]] = {
        Kind.KEY: (f"{where} did not accept the key (HTTP 401).", "Set LOCUS_OPENAI_KEY to a valid key.", False),
        Kind.PERMISSION: (
            f"{where} does not allow this key to use the model “{model}” (HTTP 403).{said}",
            "Choose another LOCUS_OPENAI_MODEL, or a key that has the permission.",
            False,
        ),
        Kind.MISSING: (
            f"{where} knows no model “{model}”, or nothing answers at that path (HTTP 404).{said}",
            "Check LOCUS_OPENAI_MODEL, and LOCUS_OPENAI_URL (it usually ends in /v1).",
            False,
        ),
        Kind.RATE: (f"{where} has had too many requests (HTTP 429).{said}", wait, True),
        Kind.QUOTA: (
            f"The account behind this key at {where} has no credit left.{said}",
            "Add credit there, or choose a generator that needs no key.",
            False,
        ),
        Kind.TIMEOUT: (
            f"{where} sent nothing for {timeout:g} s.",
            "Ask again, or allow it longer with LOCUS_OPENAI_TIMEOUT.",
            True,
        ),
        Kind.CONTEXT: (
            f"The passages are too long for the model “{model}”, even the first alone.{said}",
            "Choose a model with a longer context, or start the server with one.",
            False,
        ),
        Kind.REFUSED: (f"No server answers at {where}.", f"{start}, or correct LOCUS_OPENAI_URL.", True),
        Kind.NAME: (
            f"The name of {where} is not known to the network.",
            "Check LOCUS_OPENAI_URL and the connection to the internet.",
            True,
        ),
        Kind.TLS: (
            f"No secure connection to {where} can be made.",
            "Check LOCUS_OPENAI_URL (http or https), the server's certificate, and any proxy in between.",
            False,
        ),
        Kind.BROKEN: (f"The connection to {where} broke off.", "Ask again.", True),
        Kind.SERVER: (
            f"{where} failed{f' (HTTP {problem.status})' if problem.status else ''}.{said}",
            wait,
            True,
        ),
        Kind.PARAMETER: (
            f"{where} does not take the parameter “{problem.parameter}” for “{model}”.{said}",
            "Choose another LOCUS_OPENAI_MODEL, or LOCUS_OPENAI_API=completions for a GPT-3-style model.",
            False,
        ),
        Kind.REQUEST: (
            f"{where} refused the request (HTTP {problem.status}).{said}",
            "Check LOCUS_OPENAI_MODEL, and LOCUS_OPENAI_API (chat or completions).",
            False,
        ),
        Kind.REDIRECT: (
            f"{where} points to another address{f' ({problem.said})' if problem.said else ''}; nothing was sent there.",
            "Set LOCUS_OPENAI_URL to the address meant.",
            False,
        ),
        Kind.WEB_PAGE: (
            f"{where} answered with a web page (HTTP {problem.status}), not with the OpenAI protocol.",
            "Check LOCUS_OPENAI_URL (it usually ends in /v1), and any proxy or log-in page in between.",
            False,
        ),
        Kind.MALFORMED: (
            f"{where} sent a reply that can't be read{f' ({problem.said})' if problem.said else ''}.",
            "Ask again; if it stays so, check that LOCUS_OPENAI_URL speaks the OpenAI protocol and streams.",
            True,
        ),
        Kind.EMPTY: (f"{where} sent an empty answer.", "Ask again, or choose another LOCUS_OPENAI_MODEL.", True),
        Kind.ALL_THOUGHT: (
            f"The model “{model}” used up all {limit} tokens before it came to an answer.",
            "Raise LOCUS_OPENAI_MAX_TOKENS, or choose a model that thinks less.",
            False,
        ),
        Kind.FILTERED: (f"{where} withheld the answer (content filter).", "Put the question in other words.", False),
        Kind.CUT_OFF: (
            f"The connection to {where} broke off in the middle of the answer.",
            "Ask again: what had come so far was not kept.",
            True,
        ),
        Kind.TRACING: (
            "LangChain will not run while the environment variable LANGCHAIN_TRACING is set.",
            "Unset LANGCHAIN_TRACING (and LANGCHAIN_HANDLER) and start Locus again.",
            False,
        ),
    }
    message, hint, retry = table[problem.kind]
    return GenerationError(message, hint=hint, retry=retry)
