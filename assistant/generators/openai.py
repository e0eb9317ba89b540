"""Answers from any OpenAI-compatible endpoint: OpenAI, Azure, vLLM, llama.cpp, Ollama, …

Chat models and legacy GPT-3-style completion models alike. This module decides what is asked and what becomes of a
failure; `connection` speaks to the endpoint, `errors` puts failures into words, `fencing` lays out the passages.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from pydantic import SecretStr

import prompts
from assistant import stopping
from assistant.answers import REFUSAL, Turn, Usage
from assistant.generators.base import NOTES, Request
from assistant.generators.connection import Connection, Endpoint, Options, Prompt
from assistant.generators.errors import Kind, Problem, classify, redact, tell
from assistant.generators.fencing import PASSAGE_CHARACTERS, defuse, fitting, passages
from assistant.generators.thinking import Unthinking
from assistant.settings import Settings
from index.errors import ContextError, GenerationError

log = logging.getLogger(__name__)

FIRST_WAIT = 0.5
"""Seconds before the first retry; doubled for each further one, up to LONGEST_BACKOFF."""
LONGEST_BACKOFF = 8.0
LONGEST_WAIT = 60.0
"""A server that asks to wait longer than this is not waited for: the user is told instead."""
SHRINKS = 3
"""How often passages are halved for a model whose context they overflow."""

REWRITE_TIMEOUT = 15.0
"""Seconds in all: a rewrite only helps the search, and must not keep the user waiting."""
REWRITE_TOKENS = 400
REWRITE_CHARACTERS = 400
HISTORY_TURNS = 3
HISTORY_CHARACTERS = 600
"""The last turns that a rewrite sees, and how much of each answer."""

_STOP = ["\nQuestion:", "\nPassages:", "<passage>"]
"""A completion model would go on and invent the next question; a chat model ends by itself."""


class OpenAIGenerator:
    """A `Generator` that asks a language model behind an OpenAI-compatible endpoint.

    One object may serve many threads. Nothing is imported or connected before the first question.
    """

    name = "openai"

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], None] | None = None,
        characters: int = PASSAGE_CHARACTERS,
    ) -> None:
        """``sleep`` waits between retries, by default no longer than the answer is wanted; ``characters`` bounds the
        passages sent with a question.
        """
        self._settings = settings
        self._sleep = sleep
        self._characters = characters
        self._endpoint = Endpoint(settings.openai_url.strip())
        self._secret = settings.openai_key or SecretStr("")
        self._completions = settings.openai_api == "completions"
        self._options = Options(
            limit=settings.openai_max_tokens,
            temperature=settings.openai_temperature,
            limit_name="max_completion_tokens" if self._endpoint.of_openai and not self._completions else "max_tokens",
        )
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    @property
    def _key(self) -> str:
        # Kept as a secret, so that a dump of this object's attributes shows no key.
        return self._secret.get_secret_value().strip()

    @property
    def remote(self) -> bool:
        """False where the endpoint is on this machine."""
        return not self._endpoint.loopback

    @property
    def label(self) -> str:
        """Which model, and where question and passages go."""
        model = self._settings.openai_model
        if self._endpoint.problem:
            return f"Model {model}: LOCUS_OPENAI_URL can't be used, {self._endpoint.problem}"
        if self._endpoint.loopback:
            return f"Model {model} at {self._endpoint.where}, on this machine: question and passages stay here"
        unencrypted = " unencrypted" if self._endpoint.url.lower().startswith("http:") else ""
        return f"Model {model} at {self._endpoint.where}: question and passages are sent there{unencrypted}"

    def load(self) -> None:
        """See `Generator.load`: there is nothing to load."""

    def stream(self, request: Request) -> Iterator[str | Usage]:
        """See `Generator.stream`. Failures are retried before the first piece, never after it; Stopped where it was."""
        kept = len(request.hits) if request.whole else fitting(request.hits, self._characters)
        retries = shrinks = 0
        while True:
            stopping.current().check()
            problem: Problem | None = None
            begun = False
            try:
                for piece in self._attempt(self._compose(request, kept)):
                    begun = True
                    yield piece
            except _Failed as failed:
                problem = failed.problem
            if problem is None:
                return
            # The same passages again after a text has begun would show the user two answers in one.
            if begun:
                broken = problem.kind in (Kind.BROKEN, Kind.REFUSED, Kind.MALFORMED, Kind.CUT_OFF)
                raise self._told(replace(problem, kind=Kind.CUT_OFF) if broken else problem)
            if problem.kind is Kind.CONTEXT and request.whole:
                told = self._told(problem)
                raise ContextError(told.message, hint=told.hint)
            if problem.kind is Kind.CONTEXT and kept > 1 and shrinks < SHRINKS:
                shrinks += 1
                kept //= 2
                log.info("Passages overflow the context of the model; asking again with the first %d.", kept)
            elif not self._adapts(problem):
                if not problem.transient or retries >= self._settings.openai_retries:
                    raise self._told(problem)
                self._wait(problem, retries)
                retries += 1

    def rewrite(self, question: str, history: tuple[Turn, ...]) -> str | None:
        """See `Generator.rewrite`. None also where the model fails, dawdles, or sends no plausible question."""
        if not history:
            return None
        told = prompts.load("rewrite").fill(history=_conversation(history), question=defuse(question))
        for _ in range(3):
            try:
                return self._rewritten(Prompt("", told))
            except GenerationError as error:
                log.info("The follow-up question was not rewritten: %s", error.message)
                return None
            except _Failed as failed:
                problem = failed.problem
            if not self._adapts(problem):
                log.info("The follow-up question was not rewritten: %s.", problem.kind)
                return None
        return None

    def _rewritten(self, prompt: Prompt) -> str | None:
        options = replace(self._options, limit=min(REWRITE_TOKENS, self._options.limit))
        deadline = time.monotonic() + REWRITE_TIMEOUT
        text = ""
        timeout = min(REWRITE_TIMEOUT, self._settings.openai_timeout)
        with contextlib.closing(self._attempt(prompt, options, timeout=timeout)) as pieces:
            for piece in pieces:
                text += piece if isinstance(piece, str) else ""
                if len(text) > 2 * REWRITE_CHARACTERS or time.monotonic() > deadline:
                    return None
        # A completion model goes on after the question; a chat model that writes more has not done what was asked.
        return _plausible(text.strip().partition("\n")[0] if self._completions else text)

    def _compose(self, request: Request, kept: int) -> Prompt:
        shown, question = passages(request.hits[:kept], self._characters), defuse(request.question)
        most = str(request.most)
        if request.part == NOTES:
            user = prompts.load("notes").fill(passages=shown, question=question, most=most, refusal=REFUSAL)
        elif request.part:
            part = defuse(request.part)
            user = prompts.load("summary").fill(
                passages=shown, question=question, part=part, most=most, refusal=REFUSAL
            )
        else:
            user = prompts.load("answer").fill(passages=shown, question=question)
        return Prompt(prompts.load("system").fill(refusal=REFUSAL), user)

    def _attempt(
        self,
        prompt: Prompt,
        options: Options | None = None,
        *,
        timeout: float | None = None,
    ) -> Generator[str | Usage]:
        """One request; its text as it arrives, then the usage. Raises _Failed, or GenerationError before sending."""
        options = options or self._options
        timeout = timeout or self._settings.openai_timeout
        stop = _STOP if self._completions else None
        connection = self._connected()
        filtered = Unthinking()
        usage: Usage | None = None
        finish = seen = text = ""
        try:
            for piece in connection.stream(prompt, options, timeout=timeout, stop=stop):
                usage = piece.usage or usage
                finish = piece.finish or finish
                seen += filtered.feed(piece.text)
                if out := self._wanted(seen)[len(text) :]:
                    text += out
                    yield out
                if self._completions and "\n\n" in seen:
                    finish = "stop"
                    break
            seen += filtered.end()
            if out := self._wanted(seen)[len(text) :]:
                text += out
                yield out
        except Exception as error:
            # Whatever client, LangChain or server throw, the user reads one sentence about it.
            failure: Problem | None = classify(error, self._key)
            log.debug("A request to %s failed: %s", self._endpoint.where, type(error).__name__)
        else:
            failure = _verdict(text, finish, thought=filtered.thought)
        if failure:
            stopping.current().check()
            # Raised outside of the handler: the client's exceptions hold the request, and must not travel along.
            raise _Failed(failure)
        if usage and (usage.prompt_tokens or usage.completion_tokens):
            yield usage

    def _wanted(self, text: str) -> str:
        """What of a model's ``text`` is an answer."""
        if text.startswith(REFUSAL):
            # Small models put markers after the refusal, or excuses; it stands alone.
            return REFUSAL
        if self._completions:
            # A completion model does not know when to end, and fills up its tokens with repetitions. An empty line
            # can't be a stop sequence for the server, since some begin with one.
            return text.partition("\n\n")[0]
        return text

    def _connected(self) -> Connection:
        """The connection, made at the first call. Raises GenerationError where the settings allow none."""
        endpoint = self._endpoint
        if endpoint.problem:
            shown = redact(endpoint.url, self._key) if "@" not in endpoint.url else "the address"
            raise GenerationError(
                f"LOCUS_OPENAI_URL can't be used ({shown}): {endpoint.problem}.",
                hint="Give a base URL such as https://api.openai.com/v1 or http://localhost:11434/v1.",
            )
        if not self._key and not endpoint.loopback and "@" not in endpoint.url:
            raise GenerationError(
                f"No key is set for {endpoint.where}.",
                hint="Set LOCUS_OPENAI_KEY, or point LOCUS_OPENAI_URL at a model server on this machine.",
            )
        key = self._key
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise GenerationError(
                "LOCUS_OPENAI_KEY holds characters that no key has (a space, a line break, an accented letter).",
                hint="Copy the key again, without quotation marks or anything around it.",
            )
        with self._lock:
            if self._connection is None:
                self._connection = Connection(
                    endpoint, self._settings.openai_model, self._secret, completions=self._completions
                )
            return self._connection

    def _adapts(self, problem: Problem) -> bool:
        """True where the server refused a parameter that can be left out; kept in mind for later requests."""
        if problem.kind is not Kind.PARAMETER:
            return False
        options = self._options.without(problem.parameter)
        if options is None:
            return False
        log.info("%s does not take %s; asking without it.", self._endpoint.where, problem.parameter)
        self._options = options
        return True

    def _wait(self, problem: Problem, retries: int) -> None:
        wait = problem.wait if problem.wait is not None else min(FIRST_WAIT * 2**retries, LONGEST_BACKOFF)
        if wait > LONGEST_WAIT:
            raise self._told(problem)
        log.info("%s: %s; trying again in %.1f s.", self._endpoint.where, problem.kind, wait)
        (self._sleep or stopping.current().wait)(wait)

    def _told(self, problem: Problem) -> GenerationError:
        return tell(
            problem,
            where=self._endpoint.where,
            model=self._settings.openai_model,
            loopback=self._endpoint.loopback,
            timeout=self._settings.openai_timeout,
            limit=self._options.limit,
        )


class _Failed(Exception):  # noqa: N818 - never leaves this module
    """One request that failed, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind)
        self.problem = problem


def _verdict(text: str, finish: str, *, thought: bool) -> Problem | None:
    """What is wrong with a reply that ended without an error, None where nothing is."""
    if finish == "content_filter":
        return Problem(Kind.FILTERED)
    if not text.strip():
        return Problem(Kind.ALL_THOUGHT if finish == "length" or thought else Kind.EMPTY)
    # A server that closes the connection to end its reply looks the same when it dies in mid-sentence, but for the
    # reason to finish. Sloppy servers never send one, so a whole last sentence is taken as an end as well.
    if not finish and text.rstrip()[-1] not in '.!?]"”)':
        return Problem(Kind.CUT_OFF)
    return None


def _conversation(history: Sequence[Turn]) -> str:
    lines: list[str] = []
    for turn in history[-HISTORY_TURNS:]:
        answer = defuse(turn.answer)
        if len(answer) > HISTORY_CHARACTERS:
            answer = answer[:HISTORY_CHARACTERS].rsplit(" ", 1)[0] + " …"
        lines += [f"User: {defuse(turn.standalone or turn.question)}", f"Assistant: {answer}"]
    return "\n".join(lines)


def _plausible(text: str) -> str | None:
    """A model's rewritten question cleaned of label and quotation marks, None where it can't be one."""
    text = text.strip()
    for label in ("Question:", "Stand-alone question:", "Standalone question:", "Rewritten question:"):
        if text.lower().startswith(label.lower()):
            text = text[len(label) :].strip()
    if len(text) > 1 and text[0] in "\"“'" and text[-1] in "\"”'":
        text = text[1:-1].strip()
    if not text or "\n" in text or len(text) >= REWRITE_CHARACTERS or text == REFUSAL:
        return None
    return text
