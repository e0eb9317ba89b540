"""What leaves of a VCF: every byte that a model server receives, every line logged, every export is searched.

The file's samples, positions, rsIDs and HGVS names are such as stand nowhere else. They do come on the page and where
an export asks for them, so that not finding them elsewhere means something.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant import cli_genome
from assistant.chain import Assistant
from assistant.genome.report import Report
from assistant.settings import Settings
from assistant.ui.chat import Chat
from assistant.ui.genome_tab import GenomeTab
from index.library import Library
from tests.assistant import openai_server as serve
from tests.assistant.genome.shelf import shelf_papers
from tests.assistant.genome.vcf_files import vcf
from tests.assistant.openai_server import OpenAIServer

SAMPLES = ("QXPROBAND7", "QXMOTHER8", "QXFATHER9")
SITES = ("31790723", "154958711", "56928457")
IDS = ("rs987650001", "rs987650002", "rs987650003")
CHANGES = ("ENSP00000777001.1:p.Gly314Trp", "ENSP00000777002.1:p.Arg271Ter", "ENSP00000777003.1:p.Ser998Pro")
SECRETS = (*SAMPLES, *SITES, *IDS, *CHANGES, *(c.partition(":")[2] for c in CHANGES), "Gly314Trp", "1|0", "0|1")
NAME = "QXSURNAME-exome.vcf"
GENES = ("PAX6", "PYGO2", "CTNNB1")


def family(folder: Path) -> Path:
    layout = "Allele|Consequence|IMPACT|SYMBOL|Gene|HGVSp"
    header = (
        "##reference=GRCh38",
        f'##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequences from Ensembl VEP. Format: {layout}">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    )
    terms = ("missense_variant|MODERATE", "stop_gained|HIGH", "missense_variant|MODERATE")
    records = [
        f"chr{n} {site} {rs} C G 60 PASS CSQ=G|{term}|{gene}||{change} GT 1|0 {mother} 0|0"
        for n, (site, rs, term, gene, change, mother) in enumerate(
            zip(SITES, IDS, terms, GENES, CHANGES, ("0|1", "0|0", "0|0"), strict=True), start=1
        )
    ]
    return vcf(folder, records, header=header, samples=SAMPLES, name=NAME)


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(serve.answer(serve.first_sentence)) as running:
        yield running


@pytest.fixture
def assistant(library: Library, server: OpenAIServer) -> Assistant:
    library.add(shelf_papers())
    settings = Settings(
        library=library.folder,
        generator="openai",
        openai_url=server.url,
        openai_key="sk-test",  # type: ignore[arg-type]
        openai_model="scripted",
    )
    made = Assistant(settings, library)
    # The server is on this machine, but is to stand for one elsewhere.
    monkey = pytest.MonkeyPatch()
    monkey.setattr(type(made.generator("openai")), "remote", property(lambda _: True))
    yield made  # type: ignore[misc]
    monkey.undo()


class Page:
    """The Genome and Chat tabs of one session, as the browser keeps what they give."""

    def __init__(self, assistant: Assistant) -> None:
        with gr.Blocks(analytics_enabled=False):
            self.tab, self.chat = GenomeTab(assistant), Chat(assistant)
        self.state: dict[Any, Any] = {}

    def run(self, updates: Iterator[Any]) -> None:
        for update in updates:
            self.state |= update

    def get(self, component: Any) -> Any:
        return self.state.get(component)

    @property
    def shown(self) -> str:
        return unescape(" ".join(str(v) for v in self.state.values() if isinstance(v, str)))


def load(page: Page, file: Path, **filters: Any) -> None:
    page.run(page.tab.dropped(str(file), None, 3, "openai", *values(page, **filters)))


def values(page: Page, **filters: Any) -> list[Any]:
    named = {w: filters[name] for name, w in vars(page.tab.filters).items() if name in filters}
    return [named.get(widget, widget.value) for widget in page.tab.filters.inputs]


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads" / "hash"
    folder.mkdir(parents=True)
    return family(folder)


TRIO = {"proband": SAMPLES[0], "mother": SAMPLES[1], "father": SAMPLES[2]}


def test_only_symbols_and_passages_reach_a_model_and_nothing_private_is_logged_or_exported(
    assistant: Assistant, server: OpenAIServer, upload: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    page = Page(assistant)
    load(page, upload, **TRIO)
    assert server.requests == [], "nothing is sent before the reader asks for it"
    session = page.get(page.tab.session)
    page.run(page.tab.explained(session, 3, "openai"))
    keys = page.get(page.tab.keys)
    answers: tuple[Any, ...] = ()
    for question in ("Which of these act in Wnt signalling?", "What do my genes share?", "Is my list linked to eyes?"):
        page.run(page.chat.ask(question, "openai", answers, genes=keys))
        answers = page.get(page.chat.answers)
    assert len(answers) == 3
    # What the chat keeps goes along with the next question, on any subject.
    page.run(page.chat.ask("And what does it do in the kidney?", "openai", answers, genes=keys))

    assert len(server.requests) > 5
    sent = b"".join(request.raw for request in server.requests).decode("utf-8", "replace")
    assert "PAX6" in sent
    leaks = [secret for secret in (*SECRETS, "QXSURNAME") if secret in sent]
    assert leaks == []
    assert [s for s in SECRETS if s in caplog.text] == []
    made = Report(page.get(page.tab.session).data, page.get(page.tab.session).explained)
    exported = unescape(page.get(page.tab.saved)) + page.tab.offered(page.get(page.tab.session), False)
    assert "required for the eye" in exported
    assert [s for s in (*SECRETS, "QXSURNAME") if s in unescape(exported)] == []
    for answer in answers:
        assert [s for s in SECRETS if s in repr(answer)] == []
    assert made.notes


def test_the_page_shows_what_is_private_and_marks_it(assistant: Assistant, upload: Path) -> None:
    page = Page(assistant)
    load(page, upload, **TRIO)
    for secret in (SAMPLES[0], CHANGES[0].partition(":")[2], IDS[0], SITES[0]):
        assert re.search(rf"{re.escape(secret)}(?!\d)", page.shown.replace(",", "")), f"{secret} is not on the page"
    assert 'class="stays"' in page.get(page.tab.ranking)


def test_exports_tell_it_where_it_is_asked_for(assistant: Assistant, upload: Path, tmp_path: Path) -> None:
    page = Page(assistant)
    load(page, upload, **TRIO)
    session = page.get(page.tab.session)
    told = unescape(page.tab.offered(session, True))
    assert SAMPLES[0] in told
    assert "Gly314Trp" in told
    for ending in ("md", "html", "csv", "json"):
        for private in (False, True):
            path = tmp_path / f"report.{ending}"
            cli_genome.write(Report(session.data, session.explained, private=private), path)
            text = path.read_text(encoding="utf-8")
            assert ("Gly314Trp" in text) is private
            assert private or [s for s in (*SECRETS, "QXSURNAME") if s in text] == []


def test_what_a_model_is_asked_is_the_same_for_a_file_of_the_bare_symbols(
    assistant: Assistant, server: OpenAIServer, upload: Path
) -> None:
    page = Page(assistant)
    load(page, upload, **TRIO)
    page.run(page.tab.explained(page.get(page.tab.session), 3, "openai"))
    from_vcf = sorted(request.task for request in server.requests)
    server.requests.clear()
    order = ", ".join(g.symbol for g in page.get(page.tab.session).data.genes)
    page.run(page.tab.listed(order, None, 3, "openai", *values(page)))
    page.run(page.tab.explained(page.get(page.tab.session), 3, "openai"))
    assert sorted(request.task for request in server.requests) == from_vcf
