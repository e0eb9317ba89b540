"""Users asking at once through the page's HTTP API while papers are added: times, and errors.

    python benchmarks/users.py --library FOLDER      # a copy of a library: papers are added to it

Starts the page on a free port, and for 1, 4 and 16 users asks questions by POST to /gradio_api/call/ask, each user the
next one as soon as an answer is there, while `locus add` adds abstracts of ../shared/data/papers/pubmed.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = (
    "What does Pygo2 do in the kidney?", "Which genes are expressed in the retina?", "What does loss of Pax6 do?",
    "Which chromosome has a QTL for body weight?", "How do mutant mice die?", "What regulates hair growth in mice?",
)  # fmt: skip


def ask(base: str, question: str) -> None:
    """One question to its end; an exception where it fails."""
    with httpx.Client(base_url=base, timeout=120) as client:
        posted = client.post("/gradio_api/call/ask", json={"data": [question, ""]})
        posted.raise_for_status()
        last = ""
        with client.stream("GET", f"/gradio_api/call/ask/{posted.json()['event_id']}") as stream:
            for line in stream.iter_lines():
                last = line.removeprefix("event: ") if line.startswith("event: ") else last
                if last == "error":
                    raise RuntimeError("the page answered with an error")
        if last != "complete":
            raise RuntimeError(f"the answer ended with {last!r}")


def users(base: str, count: int, each: int) -> tuple[list[float], list[str]]:
    """Seconds of every answer and the errors, of ``count`` users with ``each`` questions."""
    seconds: list[float] = []
    errors: list[str] = []

    def user(number: int) -> None:
        for turn in range(each):
            start = time.perf_counter()
            try:
                ask(base, QUESTIONS[(number + turn) % len(QUESTIONS)])
                seconds.append(time.perf_counter() - start)
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=user, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True)
    parser.add_argument("--each", type=int, default=4)
    parser.add_argument("--shared", type=Path, default=(ROOT / "../shared").resolve())
    options = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"LOCUS_LIBRARY": options.library, "LOCUS_PORT": str(port), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "assistant"]
    added = max((options.shared / "data/papers/pubmed").glob("*.xml*"), key=lambda path: path.stat().st_size)
    with tempfile.TemporaryFile() as log:
        page = subprocess.Popen([*command, "serve"], env=environment, stdout=log, stderr=log)
        adding = None
        try:
            base = f"http://127.0.0.1:{port}"
            for _ in range(240):
                try:
                    httpx.get(base, timeout=5).raise_for_status()
                    break
                except httpx.HTTPError:
                    time.sleep(0.5)
            ask(base, QUESTIONS[0])
            for busy in (False, True):
                if busy:
                    adding = subprocess.Popen([*command, "add", str(added)], env=environment, stdout=log, stderr=log)
                    time.sleep(10)
                for count in (1, 4, 16):
                    start = time.perf_counter()
                    seconds, errors = users(base, count, options.each)
                    whole = time.perf_counter() - start
                    ordered = sorted(seconds) or [float("nan")]
                    p50, p95 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95))
                    print(
                        f"{count:2} users, {'papers being added' if busy else 'nothing added     '}: "
                        f"p50 {p50:.2f} s, p95 {p95:.2f} s, "
                        f"{len(seconds) / whole:.1f} answers a second, errors {len(errors)} {json.dumps(errors[:2])}"
                    )
                if adding is not None and adding.poll() is not None:
                    print("(adding ended before the last answers)")
        finally:
            for process in (adding, page):
                if process is not None and process.poll() is None:
                    process.terminate()
                    process.wait(30)


if __name__ == "__main__":
    main()
