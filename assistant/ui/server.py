"""The web server: opens the library, binds to this machine, and lets nothing of the page talk to any other."""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
import tempfile
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings
from assistant.stopping import Stopped, stop_all
from index.errors import LocusError

if TYPE_CHECKING:
    from assistant.generators.base import Generator
    from index.store import Store

log = logging.getLogger(__name__)

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio starts from an inline script and compiles its HTML templates.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""Content-Security-Policy: the browser itself refuses every request to another machine, whatever a text contains."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LARGEST_FILE = "500mb"


def serve_page(settings: Settings) -> None:
    """Serves the page until interrupted; LocusError where the port, the folder or the library can't be had."""
    bound = bind(settings.host, settings.port)
    try:
        with tempfile.TemporaryDirectory(prefix="locus-uploads-") as uploads:
            # Gradio reads these from the environment only: uploads go to a folder of our own that dies with
            # the process, and nothing is reported to anyone.
            os.environ["GRADIO_TEMP_DIR"] = uploads
            os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
            os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
            log.info("Preparing the library in %s …", settings.library)
            app = application(open_assistant(settings), settings)
            sys.unraisablehook = _unraisable
            _run(app, bound, settings)
    finally:
        bound.close()


def _unraisable(fault: sys.UnraisableHookArgs) -> None:
    """Passes over an answer stopped by Ctrl-C whose chain is only collected then: there is nobody left to tell."""
    if not isinstance(fault.exc_value, Stopped):
        sys.__unraisablehook__(fault)


def open_assistant(settings: Settings) -> Any:
    """The assistant on its library; an empty library gets the starter digests."""
    from assistant.chain import Assistant  # noqa: PLC0415 - loads torch; only needed where a page is served

    assistant = Assistant.open(settings)
    # A library of an older Locus is tagged beside the page; a filter that needs the tags waits for the rest of them.
    Thread(target=_tag, args=(assistant.library,), daemon=True, name="locus-tag").start()
    Thread(target=_load, args=(assistant.generator(),), daemon=True, name="locus-load").start()
    return assistant


def _load(generator: Generator) -> None:
    """Load what the default generator needs beside the page, so that the first question needn't wait for it."""
    try:
        generator.load()
    except LocusError as error:
        log.warning("%s %s", error.message, error.hint)


def _tag(library: Store) -> None:
    try:
        library.settle()
        if count := library.tag():
            log.info("Tagged %d papers with their genes, variants and species.", count)
    except LocusError as error:
        log.warning("%s Filters will try again. %s", error.message, error.hint)


def application(assistant: Any, settings: Settings) -> Any:
    """The page as an ASGI application, guarded by `Guard`."""
    import gradio as gr  # noqa: PLC0415 - slow to load, and only after its environment is set
    from fastapi import FastAPI  # noqa: PLC0415

    from assistant.ui.page import build  # noqa: PLC0415
    from assistant.ui.parts import asset, folder  # noqa: PLC0415
    from assistant.ui.theme import HEAD, theme  # noqa: PLC0415

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        app,
        build(assistant).queue(default_concurrency_limit=8, max_size=200),
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        blocked_paths=[str(settings.library)] if isinstance(settings.library, Path) else [],
        favicon_path=str(folder() / "logo.svg"),
        show_error=True,
        max_file_size=LARGEST_FILE,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=theme(),
        css=asset("style.css"),
        head=HEAD,
    )
    return Guard(app, loopback_only=settings.host in LOOPBACK)


class Guard:
    """ASGI middleware: security headers on every response, and on loopback only requests meant for this machine.

    A page elsewhere can point a name of its own at 127.0.0.1 (DNS rebinding) and would then read the library through
    the reader's browser; its Host header gives it away.
    """

    def __init__(self, app: Any, *, loopback_only: bool) -> None:
        self.app = app
        self.loopback_only = loopback_only

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.loopback_only and hostname(dict(scope["headers"]).get(b"host", b"").decode("latin-1")) not in LOOPBACK:
            await _refuse(send)
            return

        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self.app(scope, receive, guarded)


HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


def hostname(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


async def _refuse(send: Any) -> None:
    await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain"), *HEADERS]})
    await send({"type": "http.response.body", "body": b"Locus answers only as 127.0.0.1 or localhost."})


def bind(host: str, port: int) -> socket.socket:
    """A socket bound before anything slow starts, so that a busy port is told at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise LocusError(
            f"The address {host!r} is not one of this machine.",
            hint="Set LOCUS_HOST=127.0.0.1 to serve this machine only.",
        ) from None
    bound = socket.socket(family, kind, protocol)
    if os.name == "posix":  # elsewhere this option would let two servers share a port
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise _cannot_bind(host, port, error) from None
    return bound


def _cannot_bind(host: str, port: int, error: OSError) -> LocusError:
    if error.errno == errno.EADDRINUSE:
        return LocusError(
            f"Port {port} is in use: another program, maybe another Locus, answers there.",
            hint=f"Open http://{host}:{port} to see, or choose another port: LOCUS_PORT={port % 65535 + 1}.",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return LocusError(
            f"Port {port} may not be used by this account.", hint="Choose a port above 1023 with LOCUS_PORT."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return LocusError(f"The address {host} is not one of this machine.", hint="Set LOCUS_HOST=127.0.0.1.")
    return LocusError(f"Can't listen at {host}:{port}: {error.strerror}.", hint="Choose another port with LOCUS_PORT.")


def _run(app: Any, bound: socket.socket, settings: Settings) -> None:
    import uvicorn  # noqa: PLC0415

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Ctrl-C: answers that wait for a model are stopped, else the process would wait for them."""
            # In a thread, since a signal may come while this one holds a lock that stopping needs.
            Thread(target=stop_all, daemon=True, name="locus-stop").start()
            # Open pages are cut off in a moment; that they are is no error to show.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            super().handle_exit(sig, frame)

    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    server = Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="on", ws="none"
        )
    )
    log.info("Locus is ready: http://%s:%d (Ctrl-C stops it)", shown, settings.port)
    if settings.host not in LOOPBACK:
        log.warning("Served at %s: everyone who can reach this machine can read and change the library.", shown)
    server.run(sockets=[bound])
