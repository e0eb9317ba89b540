"""Errors that a user reads: what is wrong, where, and what to do next."""

from __future__ import annotations


class LocusError(Exception):
    """An error told to the user in words.

    ``message`` says what is wrong (and in which file and record), ``hint`` what to do next;
    ``retry`` is true where the same call may succeed later.
    """

    def __init__(self, message: str, *, hint: str = "", retry: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.retry = retry

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ReadError(LocusError):
    """A file, or one record of it, that can't be read as a paper."""


class LibraryError(LocusError):
    """A library folder that can't be opened, or an operation on it that can't be done."""


class EmbeddingError(LocusError):
    """An embedding model that can't be loaded or trusted."""


class GenerationError(LocusError):
    """A generator that gave no answer: no key, wrong key, rate limit, timeout, context too long, server gone."""


class ContextError(GenerationError):
    """More passages than the model can read at once: fewer of them may do."""


class SourceError(LocusError):
    """A public service that can't be reached, refuses, or has no such thing.

    ``offline`` is true where the service can't be reached at all, ``missing`` where it answered that it doesn't have
    what was asked for.
    """

    def __init__(
        self, message: str, *, hint: str = "", retry: bool = False, offline: bool = False, missing: bool = False
    ) -> None:
        super().__init__(message, hint=hint, retry=retry)
        self.offline = offline
        self.missing = missing
