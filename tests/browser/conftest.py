"""A real page for the browser tests: the app in a process of its own, and a Chromium that notes every request."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 180


@dataclass
class Watched:
    """What a browser did: every address it asked for, every error it logged."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def attach(self, context: Any) -> None:
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of ``python app.py`` on an empty library, which the starter digests fill at the first start."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with running(tmp_path_factory.mktemp("page")) as (address, _):
        yield address


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``python app.py`` with its library in ``folder``, and LOCUS_* ``settings``; Ctrl-C ends it, within seconds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LOCUS_")}
    environment |= {"LOCUS_LIBRARY": str(folder / "library"), "LOCUS_PORT": str(port), "TMPDIR": str(folder)}
    environment |= {f"LOCUS_{name.upper()}": value for name, value in settings.items()}
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")], cwd=folder, env=environment, stdout=output, stderr=output
        )
        try:
            _wait(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                pytest.fail("Ctrl-C did not end the page within 20 s.")
    told = log.read_text()
    assert "Traceback" not in told, told
    assert not list(folder.glob("locus-uploads-*")), "uploads were left behind"


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(address, timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail(f"The page did not answer within {START_SECONDS} s.\n{log.read_text()}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for all tests of a module; not of the session, since Playwright keeps an event loop running."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def watched() -> Watched:
    """What the browser did in all tests together."""
    return Watched()


@pytest.fixture
def width() -> int:
    """Width of the window; tests of narrow screens override it."""
    return 1280


@pytest.fixture
def page(browser: Any, address: str, watched: Watched, width: int) -> Iterator[Any]:
    """The page, freshly opened in a profile of its own, ready for a question."""
    context = browser.new_context(viewport={"width": width, "height": 860}, accept_downloads=True)
    context.set_default_timeout(20_000)
    watched.attach(context)
    opened = context.new_page()
    opened.goto(address)
    opened.wait_for_selector(".example")
    yield opened
    context.close()
