"""What all tabs share: HTML that reports clicks, events that stay private, errors in words."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.ui.detached import detached
from index.errors import LocusError

log = logging.getLogger(__name__)

Update = dict[Any, Any]
"""What an event changes: component -> new value."""


def folder() -> Path:
    """Where style, script and logo lie."""
    return Path(__file__).parent


@cache
def asset(name: str) -> str:
    """A file beside this module as text."""
    return (folder() / name).read_text(encoding="utf-8")


def bridged(value: str = "", **options: Any) -> Any:
    """An HTML component whose links and buttons reach Python.

    Clicks on ``data-open`` come as `.select`, ``data-ask`` as `.example_select`, ``data-remove`` as `.delete`,
    ``data-summarize`` as `.edit`, ``data-gene`` as `.submit`, ``data-add`` as `.apply`, each with the element's data
    attributes; copy, save and close stay in the browser.
    """
    return gr.HTML(value, js_on_load=asset("page.js"), apply_default_css=False, **options)


def listen(triggers: Sequence[Any], fn: Callable[..., Any], inputs: Any, outputs: Any, **options: Any) -> Any:
    """An event of the page: without Gradio's spinner, and not an endpoint for others (`ask` is the one API).

    What gives its updates one by one works in a thread of its own and can be stopped at any moment.
    """
    fn = detached(fn, {outputs[-1]: gr.skip()}) if inspect.isgeneratorfunction(fn) else fn
    return gr.on(list(triggers), fn, inputs, outputs, show_progress="hidden", api_visibility="private", **options)


def interrupt(trigger: Any, events: Sequence[Any], fn: Callable[..., Any], inputs: Any, outputs: Any) -> None:
    """On ``trigger`` the running ``events`` are cancelled, and then ``fn`` says what the page shows instead.

    In this order: an update of a running event that is on its way would else overwrite what ``fn`` gave.
    """
    cancelled = gr.on([trigger], None, None, None, cancels=list(events), queue=False, api_visibility="private")
    cancelled.then(fn, inputs, outputs, queue=False, show_progress="hidden", api_visibility="private")


def in_words(error: Exception) -> LocusError:
    """Any error as one that a user can read; what nobody foresaw is logged with its traceback."""
    if isinstance(error, LocusError):
        return error
    log.exception("Unexpected error in the page", exc_info=error)
    return LocusError(
        "Something went wrong inside Locus.", hint="The log says what; trying again may help.", retry=True
    )
