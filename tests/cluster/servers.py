"""Real servers for the tests: the Milvus of PyPI's package milvus, and Ray nodes; all on this machine's loopback.

Both listen on every interface and have no setting against it, so they are only started where there is none but
loopback: tests/cluster/run gives the tests a network of their own.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

READY_SECONDS = 180.0
_PORT = 19530


def why_not() -> str:
    """Why no server may be started here; empty where one may."""
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    if others:
        return f"servers would listen on {others[0]} too: run tests/cluster/run"
    return ""


def milvus_command() -> str | None:
    """The server's command: what MILVUS_SERVER names, or milvus-server on the path."""
    return os.environ.get("MILVUS_SERVER") or shutil.which("milvus-server")


class MilvusServer:
    """A Milvus server that can be killed and started again on what it has written."""

    def __init__(self, folder: Path, command: str) -> None:
        self.folder = folder
        self.port = _PORT
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._wait_for_port()
        log = (self.folder / "server.log").open("ab")
        command = [self._command, "--data", str(self.folder / "data"), "--proxy-port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True)
        self._wait()

    def kill(self) -> None:
        """kill -9 of the server and of the Python program that has started it."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        while _pids(str(self.folder / "data" / "bin" / "milvus")):
            time.sleep(0.1)

    stop = kill

    def _wait_for_port(self) -> None:
        """Until no connection to a server before it lingers: it would take another port, and not say so."""
        start = time.monotonic()
        while True:
            try:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", self.port))
                return
            except OSError:
                if time.monotonic() - start > READY_SECONDS:
                    raise
                time.sleep(0.5)

    def _wait(self) -> None:
        from pymilvus import MilvusClient

        start = time.monotonic()
        while True:
            assert self._process is not None and self._process.poll() is None, "the server ended"
            try:
                client = MilvusClient(f"http://127.0.0.1:{self.port}", timeout=5)
                client.list_collections(timeout=5)
                client.close()
                return
            except Exception:
                if time.monotonic() - start > READY_SECONDS:
                    raise
                time.sleep(0.5)


class RayNodes:
    """A Ray cluster of nodes on loopback, each a process group of its own that can be killed."""

    def __init__(self, folder: Path, *, path: str) -> None:
        """``folder`` keeps Ray's files; ``path`` is where its workers look for modules."""
        self.port = 6399
        self.address = f"127.0.0.1:{self.port}"
        self._folder = folder
        # Ray takes nodes on loopback for those of a Mac, and wants to be asked for them.
        self._environment = os.environ | {
            "PYTHONPATH": path, "RAY_DISABLE_IMPORT_WARNING": "1", "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "1", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        self._nodes: list[subprocess.Popen[bytes]] = []

    def start(self, *, cpus: int = 1, memory: int = 120_000_000) -> int:
        """Start a node, the head first; its number."""
        first = not self._nodes
        role = (
            ["--head", f"--port={self.port}", "--include-dashboard=false"] if first else [f"--address={self.address}"]
        )
        command = [
            str(Path(sys.executable).parent / "ray"), "start", "--block", *role, f"--num-cpus={cpus}",
            "--node-ip-address=127.0.0.1", f"--object-store-memory={memory}", "--disable-usage-stats",
            *([f"--temp-dir={self._folder}"] if first else []),
        ]  # fmt: skip
        log = self._folder / f"node{len(self._nodes)}.log"
        with log.open("wb") as file:
            node = subprocess.Popen(
                command, env=self._environment, stdout=file, stderr=file, start_new_session=True, cwd=self._folder
            )
        self._nodes.append(node)
        start = time.monotonic()
        while b"Ray runtime started" not in log.read_bytes():
            assert node.poll() is None, log.read_text()
            assert time.monotonic() - start < READY_SECONDS, log.read_text()
            time.sleep(0.2)
        return len(self._nodes) - 1

    def kill(self, number: int) -> None:
        """kill -9 of a node and all its workers."""
        node = self._nodes[number]
        if node.poll() is None:
            os.killpg(node.pid, signal.SIGKILL)
            node.wait(20)

    def stop(self) -> None:
        """Kill all nodes."""
        for number in reversed(range(len(self._nodes))):
            self.kill(number)
        # Workers are in sessions of their own.
        for pid in _pids(str(self._folder)):
            os.kill(pid, signal.SIGKILL)


def _pids(text: str) -> list[int]:
    """Processes that have ``text`` in their command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                line = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if text.encode() in line:
                found.append(int(folder.name))
    return found
