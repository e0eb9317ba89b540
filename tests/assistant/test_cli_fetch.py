"""locus fetch, as a user or a program meets it, against a server that answers as Europe PMC and NCBI do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant import cli
from tests.conftest import FakeEmbedder
from tests.index.sources.paper_server import Article, Fault, PaperServer, serving


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def server() -> Iterator[PaperServer]:
    with serving([Article(1), Article(2, open=False), Article(3, retracted=True)]) as running:
        yield running


@pytest.fixture
def run(
    server: PaperServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv("LOCUS_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("LOCUS_EMBEDDER", "fake")
    monkeypatch.setenv("LOCUS_EUROPEPMC_URL", server.europepmc)
    monkeypatch.setenv("LOCUS_NCBI_URL", server.ncbi)
    monkeypatch.setattr("index.embedding.load_embedder", lambda name, *, threads: FakeEmbedder(name))  # noqa: PLW0108

    def running(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["locus", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
            raise SystemExit(0)
        captured = capsys.readouterr()
        code = caught.value.code
        return Outcome(code if isinstance(code, int) else 0, captured.out, captured.err)

    return running


def test_the_count_is_told_before_and_what_came_after(run: Run) -> None:
    outcome = run("fetch", "kidney", "--yes")
    assert outcome.code == 0
    assert outcome.out.startswith("Europe PMC finds 3 papers for “kidney”.")
    assert "2 full text, 1 abstract. Licences: CC BY 4.0 2, not stated 1." in outcome.out
    assert "Retracted, and marked so: Doe" in outcome.out
    listed = run("list").out
    assert listed.count("(retracted)") == 1
    assert "3 held already." in run("fetch", "kidney", "--yes").out


def test_nothing_is_fetched_unless_somebody_says_yes(run: Run, server: PaperServer) -> None:
    outcome = run("fetch", "kidney")
    assert outcome.code == 1
    assert "Add --yes" in outcome.err
    assert server.full_texts() == []


def test_a_program_gets_json(run: Run) -> None:
    told = json.loads(run("fetch", "kidney", "--source", "pubmed", "--limit", "2", "--json").out)
    assert (told["total"], told["counts"], told["error"]) == (3, {"full text": 1, "abstract": 1}, "")
    assert told["library"] == {"added": 2}


def test_only_abstracts_or_only_full_texts(run: Run, server: PaperServer) -> None:
    assert "3 abstract." in run("fetch", "kidney", "--abstracts-only", "--yes").out
    assert server.full_texts() == []
    assert "2 full text." in run("fetch", "kidney", "--full-text", "--yes").out
    assert run("fetch", "kidney", "--full-text", "--abstracts-only").code == 1


def test_a_service_that_fails_is_told_in_words(run: Run, server: PaperServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.faults["search"] = [Fault(400)]
    outcome = run("fetch", "kidney", "--yes")
    assert (outcome.code, outcome.out) == (1, "")
    assert "Europe PMC refused the request (HTTP 400)" in outcome.err
    assert "Traceback" not in outcome.err
    monkeypatch.setenv("LOCUS_EUROPEPMC_URL", "http://127.0.0.1:9")
    assert "You seem to be offline" in run("fetch", "kidney", "--yes").err
    monkeypatch.setenv("LOCUS_EUROPEPMC_URL", "nowhere")
    assert "address of Europe PMC is wrong" in run("fetch", "kidney", "--yes").err


def test_a_query_without_results_says_so(run: Run, server: PaperServer) -> None:
    server.articles.clear()
    assert "finds no paper for “zebra”" in run("fetch", "zebra", "--yes").out
