"""The commands that fill, list, check and mend a library, as a user or a program meets them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant import cli
from index.library import Library
from tests.conftest import FakeEmbedder, make_paper

ROOT = Path(__file__).resolve().parents[2]

NOTE = """---
title: {title}
pmid: "{pmid}"
---
## Findings
{text}
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line on a library in ``tmp_path`` with the fake embedder."""
    monkeypatch.setenv("LOCUS_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("LOCUS_EMBEDDER", "fake")
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three papers, one of them broken."""
    folder = tmp_path / "papers"
    folder.mkdir()
    for pmid, title in ((11, "Pax6 in the eye"), (12, "Sox9 in bone")):
        (folder / f"{pmid}.md").write_text(NOTE.format(title=title, pmid=pmid, text=f"{title} is needed. " * 30))
    (folder / "broken.xml").write_text("<article><front>")
    return folder


def test_good_papers_are_kept_and_broken_ones_named_with_reasons(run: Run, folder: Path) -> None:
    outcome = run("add", folder)
    assert outcome.code == 1
    assert "3 papers: 2 added, 1 failed" in outcome.out
    assert "broken.xml" in outcome.err
    assert "Traceback" not in outcome.err
    assert "Pax6 in the eye" in run("list").out


def test_adding_again_changes_nothing_and_succeeds(run: Run, folder: Path) -> None:
    (folder / "broken.xml").unlink()
    assert run("add", folder).code == 0
    outcome = run("add", folder)
    assert outcome.code == 0
    assert "2 papers: 2 unchanged" in outcome.out


def test_a_program_gets_json_and_nothing_else(run: Run, folder: Path) -> None:
    added = json.loads(run("add", folder, "--json").out)
    assert added["counts"] == {"added": 2, "failed": 1}
    assert len(added["failures"]) == 1
    listed = json.loads(run("list", "--json").out)
    assert (listed["total"], [p["pmid"] for p in listed["papers"]]) == (2, ["12", "11"])
    assert json.loads(run("status", "--json").out)["papers"] == 2
    assert json.loads(run("check", "--json").out) == {"problems": [], "repaired": []}
    assert json.loads(run("remove", "1", "--json").out)["removed"] == [{"id": 1, "title": "Pax6 in the eye"}]
    assert json.loads(run("reindex", "--json").out)["embedder"] == "fake"


def test_the_list_is_filtered_and_paged(run: Run, folder: Path) -> None:
    run("add", folder)
    outcome = run("list", "sox9", "bone")
    assert "Sox9 in bone  PMID:12" in outcome.out
    assert "Pax6" not in outcome.out
    page = run("list", "--limit", "1").out
    assert "1-1 of 2; see more with --offset 1" in page
    assert "Pax6" in run("list", "--offset", "1").out
    assert run("list", "nothing").out == "No paper matches.\n"


def test_papers_are_removed_by_any_name_and_unknown_ones_told(run: Run, folder: Path) -> None:
    run("add", folder)
    outcome = run("remove", "PMID:11", "PMC99")
    assert outcome.code == 1
    assert "Removed 1: Pax6 in the eye" in outcome.out
    assert "Not in the library: PMC99" in outcome.err
    assert "Pax6" not in run("list").out
    assert run("remove").code == 1


def test_the_status_is_told_in_figures(run: Run, folder: Path) -> None:
    run("add", folder)
    out = run("status").out
    assert "Papers     2\n" in out
    assert "fake, 64 dimensions" in out


def test_check_finds_a_lost_vector_and_reindex_mends_it(run: Run, folder: Path, tmp_path: Path) -> None:
    run("add", folder)
    assert run("check").code == 0
    with Library.open(tmp_path / "library") as library, library._catalogue.writing() as session:
        session._db.execute("DELETE FROM vector WHERE id = 1")
    outcome = run("check")
    assert outcome.code == 1
    assert "have no vector" in outcome.err
    assert run("reindex").out == "Embedded 1 passages with fake.\n"
    assert run("check").code == 0


def test_check_repairs_the_indexes(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", folder)
    found = iter([["The dense index is odd."], []])
    monkeypatch.setattr(Library, "check", lambda _: next(found))
    outcome = run("check", "--repair")
    assert outcome.code == 0
    assert outcome.out == "Repaired: The dense index is odd.\nThe library is whole now.\n"


@pytest.mark.parametrize("damaged", ["dense.faiss", "lexical*/meta.json"])
def test_check_tells_what_opening_repaired(run: Run, folder: Path, tmp_path: Path, damaged: str) -> None:
    run("add", folder)
    run("check")
    for file in (tmp_path / "library").glob(damaged):
        file.write_bytes(b"x" * 50)
    outcome = run("check")
    assert outcome.code == 0
    assert "built anew" in outcome.out
    assert outcome.out.endswith("The library is whole now.\n")
    assert run("check").out == "The library is whole.\n"


def test_a_paper_without_author_and_year_is_listed_by_its_title_once(run: Run, tmp_path: Path) -> None:
    note = tmp_path / "bare.md"
    note.write_text("# Foxq9 in the fin\n\nFoxq9 is needed for the fin of the fish, as was shown in many fish.\n")
    run("add", note)
    assert run("list").out.count("Foxq9 in the fin") == 1


def test_reindex_takes_over_another_embedder(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", folder)
    monkeypatch.setenv("LOCUS_EMBEDDER", "other")
    refused = run("add", folder)
    assert refused.code == 1
    assert "was made with the embedder fake, not with other" in refused.err
    assert "locus reindex" in refused.err
    assert run("reindex").code == 0
    assert "unchanged" in run("add", folder).out


@pytest.mark.parametrize("command", ["list", "status", "check", "reindex", "remove 1"])
def test_a_missing_library_is_told_and_not_made(run: Run, tmp_path: Path, command: str) -> None:
    outcome = run(*command.split())
    assert outcome.code == 1
    assert "There is no library in" in outcome.err
    assert "locus add" in outcome.err
    assert not (tmp_path / "library").exists()


def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUS_THREADS", "many")
    outcome = run("status")
    assert outcome.code == 1
    assert outcome.err.startswith("LOCUS_THREADS is wrong")


def test_an_interrupted_add_keeps_what_is_finished_and_says_how_to_go_on(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(60):
        text = make_paper(n).sections[1].text
        (folder / f"{n:02}.md").write_text(NOTE.format(title=f"Paper {n}", pmid=100 + n, text=text))
    code = (
        "import signal, sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs ignore it
        "import index.adding, index.embedding\nfrom tests.conftest import FakeEmbedder\nfrom assistant import cli\n"
        "index.adding.GROUP_PAPERS = 3\n"
        "index.embedding.load_embedder = lambda name, *, threads=0: FakeEmbedder(name, seconds=0.02)\n"
        "cli.main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT), "add", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        catalogue = tmp_path / "library" / "catalogue.sqlite"
        while not catalogue.exists():
            time.sleep(0.05)
        while _count(tmp_path / "library") < 6 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finished = _count(tmp_path / "library")
    assert process.returncode == 130
    assert f"{finished} papers are finished and kept; run the same command again" in err
    assert "Traceback" not in err
    assert 6 <= finished < 60
    assert f"{60 - finished} added, {finished} unchanged" in run("add", folder).out
    assert run("check").code == 0


def _count(folder: Path) -> int:
    with Library.open(folder, FakeEmbedder()) as library:
        return library.count()


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, assistant.cli; print([m for m in ('faiss', 'torch', 'numpy', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "command", [("ask", "Is Pax6 needed?"), ("search", "Pax6"), ("gene", "Pax6"), ("suggest", "--open")]
)
def test_a_mistyped_library_is_told_and_not_made(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    mistyped = tmp_path / "libary"
    outcome = run(*command, "--library", mistyped)
    assert outcome.code != 0
    assert "There is no library in" in outcome.err.replace("\n", " ")
    assert not mistyped.exists()
