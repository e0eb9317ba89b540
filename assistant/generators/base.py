"""The one interface of all generators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.answers import Turn, Usage
from index.papers import Hit

NOTES = "Notes"
"""The part of a request for notes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a generator is asked: a stand-alone question and the passages, numbered from 1 in their order.

    ``part`` names the part of a structured summary being written ("Findings"), empty for a plain answer; `NOTES` asks
    for notes on a stretch of a paper, each line led by the part that it is for. ``most`` bounds a part's sentences.
    With ``whole`` no passage may be left out: a generator that can't take all of them raises ContextError.
    """

    question: str
    hits: tuple[Hit, ...]
    part: str = ""
    most: int = 5
    whole: bool = False


class Generator(Protocol):
    """Passages and a question to a draft: sentences that carry markers [n] of the passages they rest on.

    A draft is untrusted: grounding checks every sentence. A generator that finds no answer gives
    `assistant.answers.REFUSAL` and nothing else.
    """

    @property
    def name(self) -> str:
        """Short name used at the command line: "extractive", "openai", "lstm"."""
        ...

    @property
    def label(self) -> str:
        """A plain line for users: what it is, and what it sends where."""
        ...

    @property
    def remote(self) -> bool:
        """True where text leaves this machine."""
        ...

    def load(self) -> None:
        """Load what is loaded with the first question, where there is something. Raises LocusError."""
        ...

    def stream(self, request: Request) -> Iterator[str | Usage]:
        """Pieces of the draft in order; a `Usage` at the end where tokens were counted.

        Raises GenerationError, its message in the user's words, also in mid-stream.
        """
        ...

    def rewrite(self, question: str, history: tuple[Turn, ...]) -> str | None:
        """The follow-up as a stand-alone question, or None where this generator can't rewrite."""
        ...
