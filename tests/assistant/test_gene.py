"""A gene looked up: the name that is meant, the sentences of its digest, its companions, the command, the tab."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from html import unescape
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from typer.testing import CliRunner

from assistant import cli
from assistant.answers import NOT_SAID, REFUSAL, Answer, Draft, Finished, Sentence
from assistant.chain import Assistant
from assistant.export import markdown
from assistant.gene.digest import digest
from assistant.gene.naming import by_concept, meant
from assistant.gene.parts import GENE, OTHER, PARTS, points
from assistant.gene.reading import choose, read
from assistant.gene.report import report
from assistant.settings import Settings
from assistant.ui import render, render_gene
from assistant.ui.gene_tab import GeneTab
from index.errors import LocusError
from index.library import Library
from index.papers import Paper
from tests.assistant.test_chain import Scripted
from tests.index.test_filters import concept, paper

EVIL = "<img src=x onerror=alert(1)>"


def shelf_papers() -> list[Paper]:
    return [
        paper(
            1,
            (
                "Abstract",
                "Pygo2 is required for canonical Wnt signaling in the kidney. "
                "Pygo2 null mice died shortly after birth with small kidneys. "
                "To determine whether Pygo2 is required in the heart, mice were crossed.",
            ),
            (
                "Results",
                "Pygo2 mRNA was detected in the ureteric bud of the embryo. "
                "We found that Pygo2 binds Bcl9 and Ctnnb1 in nuclei of cells. "
                "Bcl9 null mice were viable and fertile, and had normal hearts.",
            ),
            ("Discussion", "Mutations of PYGO2 were found in patients with a congenital kidney disease."),
            ("Materials and Methods", "Pygo2 null mice were genotyped by PCR and showed reduced bands."),
            title="Pygo2 in the kidney",
            year=2007,
        ),
        paper(2, ("Abstract", f"Pygo2 {EVIL} and Bcl9 were named here."), title=f"Named {EVIL}"),
        *(paper(10 + n, ("Abstract", "Actb was measured in all samples of the study."), title="A") for n in range(20)),
    ]


@pytest.fixture
def assistant(library: Library) -> Assistant:
    library.add(shelf_papers())
    return Assistant(Settings(library=library.folder, generator="extractive"), library)


def answer_of(assistant: Assistant, name: str) -> Answer:
    last = list(digest(assistant, concept(name)))[-1]
    assert isinstance(last, Finished)
    return last.answer


def said(answer: Answer, part: str) -> str:
    return " ".join(s.text for s in answer.sentences if s.part == part)


# The digest


def test_each_part_is_told_by_sentences_of_this_gene_with_exact_quotes(assistant: Assistant) -> None:
    answer = answer_of(assistant, "Pygo2")
    assert "required for canonical Wnt signaling" in said(answer, "Function")
    assert "ureteric bud" in said(answer, "Expression")
    assert "died shortly after birth" in said(answer, "Phenotype")
    assert "congenital kidney disease" in said(answer, "Disease")
    assert "binds Bcl9" in said(answer, "Interactions")
    assert all(s.supported for s in answer.sentences)
    for citation in answer.citations:
        section = assistant.library.paper(citation.paper.id).sections[citation.section]
        assert section.text[citation.start : citation.end] == citation.quote


def test_purposes_methods_and_what_is_said_of_other_genes_are_not_quoted(assistant: Assistant) -> None:
    text = answer_of(assistant, "Pygo2").text
    for wrong in ("To determine", "genotyped", "Bcl9 null mice"):
        assert wrong not in text


def test_a_part_that_no_paper_tells_says_so_everywhere(assistant: Assistant) -> None:
    answer = answer_of(assistant, "Bcl9")
    assert "Bcl9 null mice were viable" in said(answer, "Phenotype")
    assert answer.parts == tuple(PARTS)
    assert f"## Disease\n\n{NOT_SAID}" in answer.text
    assert f"## Disease\n\n{NOT_SAID}" in markdown(answer)
    assert re.search(rf"<h3>Disease</h3><p><span[^>]*>{NOT_SAID}", render.turn(answer, title="x"))


def test_human_and_mouse_names_give_the_same_digest(assistant: Assistant) -> None:
    assert answer_of(assistant, "PYGO2").text == answer_of(assistant, "Pygo2").text


def test_a_gene_that_is_only_named_gets_a_refusal_and_no_sentence(assistant: Assistant) -> None:
    answer = answer_of(assistant, "Actb")
    assert answer.refused
    assert answer.citations == ()


def test_drafts_come_part_by_part(assistant: Assistant) -> None:
    drafts = [e.text for e in digest(assistant, concept("Pygo2")) if isinstance(e, Draft)]
    assert len(drafts) == len(PARTS)
    assert all(b.startswith(a) for a, b in itertools.pairwise(drafts))


def test_another_generator_is_asked_each_part_and_held_to_the_quotes(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Scripted("Pygo2 null mice died shortly after birth with small kidneys [1].\nPygo2 cures all cancers [1].")
    monkeypatch.setattr(assistant, "generator", lambda name="": script)
    answer = answer_of(assistant, "Pygo2")
    assert len(script.asked) == len(PARTS)
    assert all("PYGO2" in request.question and request.hits for request in script.asked)
    assert "cures" not in answer.text
    assert answer.usage.prompt_tokens == 11 * len(PARTS)
    refuses = Scripted(REFUSAL)
    monkeypatch.setattr(assistant, "generator", lambda name="": refuses)
    assert answer_of(assistant, "Pygo2").refused


def test_no_sentence_stands_in_two_parts(assistant: Assistant) -> None:
    chosen = choose(read(assistant.library, concept("Pygo2"), "PYGO2"))
    keys = [found.quote.key for part in chosen.values() for found in part]
    assert len(keys) == len(set(keys)) > 3


@pytest.mark.parametrize(
    ("part", "yes", "no"),
    [
        ("Function", "G is essential for normal heart development.", "The heart is essential for life, as is O."),
        ("Expression", "G transcripts were detected in the adult testis.", "O was detected in the testis of G mice."),
        ("Expression", "Cells of the retina express G.", "G was cloned into the vector pCS2."),
        ("Phenotype", "Mice lacking G are sterile.", "Mice lacking O are sterile, and so G was studied."),
        ("Phenotype", "G−/− embryos fail to turn.", "Wild-type embryos turn; G is there."),
        ("Disease", "Mutations in G cause deafness.", "Mutations in O cause deafness."),
        ("Interactions", "G phosphorylates O.", "G phosphorylates substrates."),
    ],
)
def test_a_part_takes_what_is_said_of_the_gene_itself(part: str, yes: str, no: str) -> None:
    def masked(text: str) -> str:
        return re.sub(r"\bO\b", OTHER, re.sub(r"\bG\b", GENE, text))

    assert points(PARTS[part], masked(yes)) > 1
    assert points(PARTS[part], masked(no)) < points(PARTS[part], masked(yes)) - 0.5


def test_very_long_sentences_are_read_in_no_time(library: Library) -> None:
    library.add([paper(1, ("Abstract", "Pygo2 " + "is required, Bcl9 binds, mice lacking " * 3000 + "Pygo2."))])
    assert read(library, concept("Pygo2"), "PYGO2").found["Function"] == ()


# The name


def test_names_of_every_kind_mean_one_gene(assistant: Assistant) -> None:
    library = assistant.library
    for name in ("TP53", "Trp53", "p53", "tumor protein p53", "HGNC:11998", "ENSG00000141510", " tp53 "):
        assert meant(library, name).concept == "7157", name


@pytest.mark.parametrize(("name", "symbol"), [("1-Mar", "MARCHF1"), ("Sep-09", "SEPTIN9"), ("SEPT2", "SEPTIN2")])
def test_dates_and_withdrawn_names_are_mended_and_told(assistant: Assistant, name: str, symbol: str) -> None:
    found = meant(assistant.library, name)
    assert report(assistant.library, found).symbol == symbol
    assert symbol in found.notes[0]


def test_a_name_of_several_genes_shows_them_and_takes_the_one_in_the_library(library: Library) -> None:
    assert meant(library, "p21").ambiguous
    library.add([paper(1, ("Abstract", "CDKN1A arrests the cell cycle."))])
    found = meant(library, "p21")
    assert found.ambiguous
    assert report(library, found).symbol == "CDKN1A"
    assert "NSG1" in {other.symbol for other in found.others}
    head = render_gene.head(report(library, found))
    assert "may mean several genes" in head
    assert all(f'data-gene="{other.concept}"' in head for other in found.others)


@pytest.mark.parametrize("name", ["CAT", "NAT1"])
def test_a_name_that_is_seldom_another_genes_says_so_quietly(library: Library, name: str) -> None:
    found = meant(library, name)
    assert not found.ambiguous
    assert found.others


def test_unknown_names_get_near_spellings_and_are_looked_for_in_the_papers(assistant: Assistant) -> None:
    with pytest.raises(LocusError) as told:
        meant(assistant.library, "Pyg2")
    assert "PYGO2" in told.value.hint
    assert "papers do have" not in told.value.hint
    assistant.library.add([paper(99, ("Abstract", "Qwopase7 was named by us."), title="Qwop")])
    with pytest.raises(LocusError) as told:
        meant(assistant.library, "Qwopase7")
    assert "The papers do have the word" in told.value.hint
    for name in ("", "   ", "x" * 5000, EVIL):
        with pytest.raises(LocusError):
            meant(assistant.library, name)
    with pytest.raises(LocusError):
        by_concept("no such concept")


# What stands beside


def test_papers_come_by_how_often_they_name_the_gene_and_companions_are_no_genes_of_all_papers(
    assistant: Assistant,
) -> None:
    found = report(assistant.library, meant(assistant.library, "Pygo2"))
    assert next(paper.info.title for paper in found.papers) == "Pygo2 in the kidney"
    assert found.papers[0].times > found.papers[1].times
    assert found.papers[0].passage is not None
    symbols = [companion.symbol for companion in found.companions]
    assert symbols[0] == "BCL9"
    assert "ACTB" not in symbols
    assert "PYGO2" not in symbols


def test_plot_has_a_spoken_number_for_every_bar(assistant: Assistant) -> None:
    found = report(assistant.library, meant(assistant.library, "Pygo2"))
    plot = render_gene.plot(found.symbol, found.companions)
    assert plot.count("data-gene=") == len(found.companions)
    assert re.search(r'aria-label="BCL9, [^"]*: \d passages together with PYGO2"', plot)
    assert render_gene.plot("X", ()) == ""


# The tab


@pytest.fixture
def tab(assistant: Assistant) -> Any:
    with gr.Blocks():
        return GeneTab(assistant)


def shown(updates: Iterator[Any]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for update in updates:
        found |= update
    return found


def asked(tab: Any, name: str, generator: str, data: Any) -> dict[Any, Any]:
    noted = tab.asked(name, None, SimpleNamespace(_data=data))
    return noted | shown(tab.shown(noted[tab.wanted], generator))


def typed(tab: Any, name: str, generator: str = "extractive") -> dict[Any, Any]:
    return asked(tab, name, generator, None)


def clicked(tab: Any, concept: str) -> dict[Any, Any]:
    return asked(tab, "what stood in the box", "extractive", {"gene": concept})


def test_the_same_gene_asked_for_again_is_another_asking(tab: Any) -> None:
    event = SimpleNamespace(_data=None)
    first = tab.asked("Pygo2", None, event)[tab.wanted]
    assert tab.asked("Pygo2", first, event)[tab.wanted] != first


def test_tab_shows_names_digest_plot_and_papers_with_links_to_exact_places(tab: Any) -> None:
    page = typed(tab, "pygo2")
    assert "PYGO2 / Pygo2" in page[tab.head]
    assert re.search(r"HGNC:\d+", page[tab.head])
    assert 'data-open="1"' in page[tab.digest]
    assert "data-check=" in page[tab.rest]
    assert not page[tab.stop].visible


def test_tab_follows_a_link_and_names_the_gene_in_the_box(tab: Any) -> None:
    page = clicked(tab, concept("Bcl9"))
    assert page[tab.name] == "BCL9"
    assert "viable and fertile" in page[tab.digest]
    assert 'role="alert"' in clicked(tab, EVIL)[tab.head]


def test_tab_escapes_what_papers_and_readers_write(tab: Any) -> None:
    page = typed(tab, "Pygo2")
    for html in (page[tab.rest], page[tab.digest], typed(tab, EVIL)[tab.head]):
        assert "<img" not in html
    assert EVIL in unescape(page[tab.rest])


def test_tab_tells_of_genes_that_no_paper_names_and_of_errors(tab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No passage of this library names TP53" in typed(tab, "p53")[tab.digest]
    assert "no sentence tells" in typed(tab, "Actb")[tab.digest]
    page = typed(tab, "Pygo2", "no such generator")
    assert 'role="alert"' in page[tab.digest]
    assert not page[tab.stop].visible
    assert "BCL9" in tab.offer()


# The command


def run(*arguments: str) -> Any:
    import assistant.cli_gene  # noqa: F401 - registers the command

    return CliRunner().invoke(cli.app, list(arguments))


@pytest.fixture
def opened(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    import assistant.cli_gene as module

    monkeypatch.setattr(module, "open_assistant", lambda _: assistant)
    return assistant


def test_command_prints_facts_digest_and_papers(opened: Assistant) -> None:
    result = run("gene", "pygo2")
    assert result.exit_code == 0
    for expected in ("PYGO2 (human)", "Pygo2 (mouse)", "## Function", "[1]", "BCL9", "Papers that name it (2)"):
        assert expected in result.stdout, expected


def test_command_gives_json_for_programs(opened: Assistant) -> None:
    result = run("gene", "Pygo2", "--json")
    found = json.loads(result.stdout)
    assert found["symbol"] == "PYGO2"
    assert {one["species"] for one in found["genes"]} == {"human", "mouse"}
    assert found["genes"][0]["links"]
    assert found["digest"]["parts"]["Phenotype"][0]["citations"]
    assert found["papers"][0]["times"] >= 1
    assert found["named_with"][0]["symbol"] == "BCL9"
    assert json.loads(run("gene", "p53", "--json").stdout)["digest"] is None


def test_command_tells_an_unknown_gene_without_traceback(opened: Assistant) -> None:
    result = run("gene", "xyzzy1")
    assert isinstance(result.exception, LocusError)


def test_parts_of_which_nothing_is_said_stand_under_one_heading() -> None:
    said = Sentence("Pax6 is needed.", (1,), part="Function")
    answer = Answer(
        "Pax6", "Pax6", (said,), (), (), "extractive", parts=("Expression", "Phenotype", "Function", "Disease")
    )
    assert [part for part, _ in answer.paragraphs] == ["Expression, phenotype", "Function", "Disease"]
    assert [part for part, _ in answer.in_parts] == ["Expression", "Phenotype", "Function", "Disease"]
    for text in (answer.text, markdown(answer)):
        assert f"## Expression, phenotype\n\n{NOT_SAID}" in text
        assert f"## Disease\n\n{NOT_SAID}" in text
    assert f'<h3>Expression, phenotype</h3><p><span class="quiet">{NOT_SAID}' in render.turn(answer, title="x")
