"""locus suggest, as a user or a program meets it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import cli
from index.library import Library
from tests.assistant.suggestions.test_open_questions import paper as questioning
from tests.assistant.suggestions.test_similar import paper
from tests.assistant.test_cli_fetch import Outcome, Run
from tests.conftest import FakeEmbedder
from tests.index.sources.paper_server import Article, PaperServer, serving


@pytest.fixture
def server() -> Iterator[PaperServer]:
    with serving([Article(1), Article(2, open=False)]) as running:
        yield running


@pytest.fixture
def run(
    server: PaperServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    with Library.open(tmp_path / "library", FakeEmbedder("fake")) as library:
        library.add(
            [
                paper(1, "Pax6 in the lens", "Pax6 is needed for the lens placode of mice."),
                paper(2, "Pax6 and the lens placode", "The lens placode lacks Pax6 in mutant mice."),
                questioning(3),
            ]
        )
    monkeypatch.setenv("LOCUS_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("LOCUS_EMBEDDER", "fake")
    monkeypatch.setenv("LOCUS_EUROPEPMC_URL", server.europepmc)
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


def test_papers_like_one_come_with_reasons_and_nothing_is_sent(run: Run, server: PaperServer) -> None:
    outcome = run("suggest", "--paper", "PMID:1")
    assert "Pax6 and the lens placode" in outcome.out.splitlines()[0]
    assert "both name PAX6" in outcome.out
    told = json.loads(run("suggest", "--question", "What does Pax6 do in the lens?", "--json").out)
    assert {one["paper"]["pmid"] for one in told} >= {"1", "2"}
    assert server.asked == []


def test_open_questions_come_with_their_quotes(run: Run) -> None:
    outcome = run("suggest", "--open")
    assert "“How Zyx12 is regulated in the invented kidney [3] remains to be determined.”" in outcome.out
    assert "(Discussion)" in outcome.out
    [one] = json.loads(run("suggest", "--open", "-k", 1, "--json").out)
    assert one["end"] - one["start"] == len(one["quote"])


def test_the_query_is_shown_and_sent_only_when_somebody_says_yes(run: Run, server: PaperServer) -> None:
    outcome = run("suggest", "--outside")
    assert outcome.code == 1
    assert outcome.out.startswith("This goes to Europe PMC: (")
    assert server.asked == []
    outcome = run("suggest", "--outside", "--yes")
    assert outcome.code == 0
    assert "[open access]" in outcome.out
    assert "[abstract only]" in outcome.out
    assert "Add them with: locus fetch" in outcome.out


def test_what_cannot_be_done_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in ([], ["--paper", "999"], ["--outside", "--open"]):
        outcome = run("suggest", *arguments)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err
    monkeypatch.setenv("LOCUS_EUROPEPMC_URL", "http://127.0.0.1:9")
    assert "You seem to be offline" in run("suggest", "--outside", "--yes").err
