"""The Genome tab without a browser: what its events change, on a real library and real files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.chain import Assistant
from assistant.genome.explaining import Explanation, census, explain
from assistant.genome.followups import key_set
from assistant.genome.records import FileKind
from assistant.settings import Settings
from assistant.stopping import Stop, Stopped, stoppable
from assistant.ui import genome_files, genome_filters, render_genome
from assistant.ui.chat import Chat
from assistant.ui.genome_files import Session, forget
from assistant.ui.genome_tab import GenomeTab, reading
from index.library import Library
from tests.assistant.genome.shelf import EVIL, pasted, shelf_papers, variants
from tests.assistant.test_chain import Scripted

TABLE = "gene,baseMean,log2FoldChange,lfcSE,stat,pvalue,padj\n" + "".join(
    f"{name},100,{lfc},0.2,5,{p},{p}\n"
    for name, lfc, p in (("PAX6", 3.5, 1e-20), ("PYGO2", -2.0, 1e-9), ("MAOA", 1.2, 1e-5), ("ACTB", 0.1, 0.9))
)


@pytest.fixture
def assistant(library: Library) -> Assistant:
    library.add(shelf_papers())
    return Assistant(Settings(library=library.folder, generator="extractive"), library)


@pytest.fixture
def tab(assistant: Assistant) -> Iterator[Any]:
    with gr.Blocks(analytics_enabled=False):
        made = GenomeTab(assistant)
        made.connect(gr.State("extractive"), gr.HTML(), lambda: "")
        yield made


def upload(tmp_path: Path, name: str, text: str) -> str:
    folder = tmp_path / "uploads" / name
    folder.mkdir(parents=True)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def settings(tab: Any, top: int = 3, generator: str = "extractive", **filters: Any) -> list[Any]:
    named = {w: filters[name] for name, w in vars(tab.filters).items() if name in filters}
    return [top, generator, *(named.get(widget, widget.value) for widget in tab.filters.inputs)]


def run(updates: Iterator[Any]) -> dict[Any, Any]:
    page: dict[Any, Any] = {}
    for update in updates:
        page |= update
    return page


def test_table_is_recognised_ranked_explained_and_offered_as_a_report(tab: Any, tmp_path: Path) -> None:
    file = upload(tmp_path, "result.csv", TABLE)
    page = run(tab.dropped(file, None, *settings(tab)))
    assert "DESeq2" in page[tab.head]
    assert re.search(r"PAX6.*\(line 2\)", page[tab.ranking], re.S)
    assert "The library names 2 of the 3 key genes." in page[tab.census]
    assert "europepmc.org/search?query=TITLE%3A%22MAOA%22" in page[tab.census]
    assert page[tab.done].count('<article class="turn">') == 2
    assert "data-check" in page[tab.done], "markers open their quotes"
    assert "act together in the lens" in page[tab.shared]
    assert page[tab.filters.expression].visible
    assert not page[tab.filters.variants].visible
    saved = set(re.findall(r'data-save="locus-genome\.(\w+)"', page[tab.saved]))
    assert saved == {"html", "md", "csv", "json"}
    assert page[tab.explain].visible


def test_upload_is_moved_out_at_once_and_deleted_when_it_is_forgotten(tab: Any, tmp_path: Path) -> None:
    file = upload(tmp_path, "result.csv", TABLE)
    session = run(tab.dropped(file, None, *settings(tab)))[tab.session]
    assert not Path(file).exists()
    assert session.file.exists()
    again = upload(tmp_path, "other.csv", TABLE)
    second = run(tab.dropped(again, session, *settings(tab)))[tab.session]
    assert not session.file.exists(), "only the newest file is kept"
    page = tab.cleared(second)
    assert not second.folder.exists()
    assert page[tab.session] is None
    assert page[tab.keys] is None
    assert page[tab.ranking] == page[tab.done] == ""


def test_closing_the_page_deletes_the_file(tab: Any, tmp_path: Path) -> None:
    session = run(tab.dropped(upload(tmp_path, "r.csv", TABLE), None, *settings(tab)))[tab.session]
    assert tab.session.delete_callback is forget
    tab.session.delete_callback(session)
    assert not session.folder.exists()


def test_filters_are_applied_to_the_same_file(tab: Any, tmp_path: Path) -> None:
    session = run(tab.dropped(upload(tmp_path, "r.csv", TABLE), None, *settings(tab)))[tab.session]
    page = run(tab.again(session, *settings(tab, min_lfc=3)))
    assert [g.symbol for g in page[tab.session].data.genes] == ["PAX6"]
    page = run(tab.again(session, *settings(tab, direction="down")))
    assert [g.symbol for g in page[tab.session].data.genes] == ["PYGO2"]
    page = run(tab.again(session, *settings(tab, max_padj=None)))
    assert "is empty" in page[tab.progress]


def test_pasted_symbols_are_explained_and_known_to_the_chat(tab: Any, assistant: Assistant) -> None:
    page = run(tab.listed("Pygo2, Pax6, Xqz99", None, *settings(tab)))
    assert "Xqz99" in page[tab.head]
    assert "kidney" in page[tab.done]
    with gr.Blocks(analytics_enabled=False):
        chat = Chat(assistant)
    told = run(chat.ask("Which of these act in Wnt signalling?", "extractive", (), genes=page[tab.keys]))
    assert "canonical Wnt signaling" in told[chat.log]
    assert "only gene symbols were used" in told[chat.log]
    without = run(chat.ask("Which of these act in Wnt signalling?", "extractive", (), genes=None))
    assert "only gene symbols" not in without[chat.log]


def test_chat_knows_a_file_while_it_is_read_again_and_a_new_one_when_it_is_read(tab: Any, tmp_path: Path) -> None:
    session = run(tab.dropped(upload(tmp_path, "r.csv", TABLE), None, *settings(tab)))[tab.session]
    begun = next(tab.again(session, *settings(tab)))
    assert begun[tab.keys] == key_set(session.data)
    begun = next(tab.dropped(upload(tmp_path, "other.csv", TABLE), session, *settings(tab)))
    assert begun[tab.keys] is None
    assert begun[tab.session].data is None


def test_symbols_go_to_another_machine_only_when_that_is_asked_for(tab: Any, assistant: Assistant) -> None:
    script = Scripted("Pax6 null mice lacked eyes and died at birth [1].")
    script.remote = True
    assistant._generators["far"] = script
    page = run(tab.listed("Pax6", None, *settings(tab, generator="far")))
    assert script.asked == []
    assert "only gene symbols would be sent" in page[tab.now]
    page = run(tab.explained(page[tab.session], 3, "far"))
    assert script.asked
    assert "lacked eyes" in page[tab.done]


def test_gene_sets_of_a_gmt_file_are_tested_with_the_background_stated(tab: Any, tmp_path: Path) -> None:
    session = run(tab.dropped(upload(tmp_path, "r.csv", TABLE), None, *settings(tab)))[tab.session]
    gmt = upload(tmp_path, "mine.gmt", "Eyes\tx\tPAX6\tPYGO2\tMAOA\nOther\tx\tTP53\tBRCA1\tACTB\n")
    page = run(tab.with_gmt(gmt, session, *settings(tab)))
    assert page[tab.session].sets.tested
    assert "drawn from" in page[tab.sets]
    page = run(tab.with_gmt(upload(tmp_path, "bad.gmt", "nothing"), session, *settings(tab)))
    assert 'role="alert"' in page[tab.sets]
    assert "PAX6" in page[tab.ranking]


def test_what_cannot_be_read_is_told_and_leaves_nothing_behind(
    tab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = run(tab.dropped(upload(tmp_path, "x.bin", "\x00\x01\x02"), None, *settings(tab)))
    assert 'role="alert"' in page[tab.progress]
    page = run(tab.listed("  ", None, *settings(tab)))
    assert "No symbol is given" in page[tab.progress]
    page = run(tab.dropped(str(tmp_path / "gone" / "gone.vcf"), None, *settings(tab)))
    assert "can&#x27;t be read" in page[tab.progress]
    monkeypatch.setattr(genome_files, "LARGEST", 10)
    big = upload(tmp_path, "big.csv", TABLE)
    page = run(tab.dropped(big, None, *settings(tab)))
    assert "the page takes" in page[tab.progress]
    assert "locus genome" in page[tab.progress]
    assert not Path(big).exists()
    assert page[tab.explain].visible


def test_a_failing_generator_is_told_and_the_ranking_stays(tab: Any, tmp_path: Path) -> None:
    page = run(tab.dropped(upload(tmp_path, "r.csv", TABLE), None, *settings(tab, generator="no such")))
    assert "There is no generator" in page[tab.progress]
    assert "PAX6" in page[tab.ranking]


def test_stopping_ends_the_reading(tmp_path: Path) -> None:
    session = Session().with_file(upload(tmp_path, "r.csv", TABLE * 2000), "file")
    stop = Stop()
    stop.set()
    with stoppable(stop), pytest.raises(Stopped):
        list(reading(session, tab_choices()))


def tab_choices() -> Any:
    from assistant.genome.choices import Choices

    return Choices()


def test_stop_keeps_what_is_finished(tab: Any) -> None:
    page = run(tab.listed("Pygo2, Pax6", None, *settings(tab)))
    update = tab.stopped(page[tab.session], False)
    assert "Stopped" in update[tab.now]
    assert tab.done not in update
    assert "data-save" in update[tab.saved]


def test_private_statements_are_saved_only_where_the_box_is_ticked(tab: Any) -> None:
    session = Session(data=variants())
    assert "SAMPLE-Q7X" not in unescape(tab.offered(session, False))
    assert "SAMPLE-Q7X" in unescape(tab.offered(session, True))


def test_filters_of_a_vcf_are_shown_for_a_vcf(tab: Any) -> None:
    shown = tab.filters.shown_for(FileKind.VCF)
    assert shown[tab.filters.variants].visible
    assert shown[tab.filters.family].visible
    assert not shown[tab.filters.association].visible


def test_filters_that_nobody_touched_leave_out_nothing_but_what_the_rules_say(tab: Any) -> None:
    made = genome_filters.choices(tuple(widget.value for widget in tab.filters.inputs), None)
    assert made == tab_choices()
    assert made.vcf().frequency is None


def test_everything_from_files_and_papers_is_escaped(assistant: Assistant) -> None:
    from dataclasses import replace

    from assistant.genome.records import Reason

    gene = replace(pasted("Ttn").genes[0], named=EVIL, reasons=(Reason(EVIL, (1,)),))
    data = replace(
        pasted(), source=EVIL, seen=(EVIL,), warnings=(EVIL,), rules=(EVIL,), genes=(gene,), asks={"b": EVIL}
    )
    known = census(assistant.library, data)
    told = [step for step in explain(assistant, data) if isinstance(step, Explanation)]
    for html in (
        render_genome.head(data),
        render_genome.ranking(data, known),
        render_genome.census(known),
        render_genome.explanations(told),
        render_genome.writing(EVIL, EVIL),
        render_genome.reading(EVIL, 1, 2),
    ):
        assert "<img src=x" not in html
