"""A genome report as Markdown, HTML, CSV and JSON: complete, escaped, and without what is private unless asked for."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from assistant.chain import Assistant
from assistant.genome.explaining import Explained, explain
from assistant.genome.pages import html, markdown
from assistant.genome.records import FileKind, GenomeData, KeyGene, Reason
from assistant.genome.report import GeneSet, Report, Sets, as_csv, as_data, cell
from assistant.genome.wording import PRIVATE_LEFT_OUT
from assistant.settings import Settings
from index.library import Library
from tests.assistant.genome.shelf import EVIL, PRIVATE, key_gene, shelf_papers, variants


@pytest.fixture
def explained(library: Library) -> Explained:
    library.add(shelf_papers())
    assistant = Assistant(Settings(library=library.folder, generator="extractive"), library)
    found: Explained | None = None
    for step in explain(assistant, variants()):
        found = Explained(step) if found is None else found.with_step(step)  # type: ignore[arg-type]
    assert found is not None
    return found


def forms(report: Report) -> dict[str, str]:
    return {
        "md": markdown(report),
        "html": html(report),
        "csv": as_csv(report),
        "json": json.dumps(as_data(report)),
    }


def test_private_statements_plots_and_names_are_left_out_and_the_report_says_so(explained: Explained) -> None:
    for form, text in forms(Report(variants(), explained)).items():
        for secret in PRIVATE:
            assert secret not in text, f"{secret} in {form}"
        assert "A missense variant" in text
        assert form == "csv" or PRIVATE_LEFT_OUT in text


def test_private_statements_come_where_they_are_asked_for(explained: Explained) -> None:
    for form, text in forms(Report(variants(), explained, private=True)).items():
        assert PRIVATE_LEFT_OUT not in text
        for secret in PRIVATE:
            assert secret in text.replace("&gt;", ">").replace("\\>", ">"), f"{secret} not in {form}"


def test_report_has_rules_genes_rows_explanations_and_quotes(explained: Explained) -> None:
    made = forms(Report(variants(), explained))
    for form in ("md", "html"):
        for wanted in ("Consequence, the most severe first", "(line 41)", "aniridia", "[1]", "no paper in the library"):
            assert wanted in made[form], f"{wanted} in {form}"
    found = json.loads(made["json"])
    assert found["explanations"][0]["parts"]["Disease"][0]["markers"]
    assert found["explanations"][0]["citations"][0]["quote"]
    assert found["library"]["named"] == 2
    assert [p["name"] for p in found["plots"]] == ["all"]


def test_cells_that_would_be_formulas_are_neutralised_and_numbers_stay_numbers(explained: Explained) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(Report(variants(), explained)))))
    assert rows[2]["symbol"] == "'=HYPERLINK(1)"
    assert float(rows[0]["allele frequency"]) == 0.0001
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"):
        assert cell(text) == f"'{text}"
    assert cell(-1.5) == -1.5
    assert cell("IL-6") == "IL-6"


def test_negative_infinite_and_missing_figures_stay_readable() -> None:
    values = {"log2 fold change": -3.25, "p": float("nan"), "odds": float("inf")}
    gene = KeyGene(1, "MAOA", "MAOA", "", float("-inf"), (Reason("x", (2,)),), values)
    report = Report(GenomeData("t.csv", FileKind.EXPRESSION, (), (), (), (gene,)))
    row = next(csv.DictReader(io.StringIO(as_csv(report))))
    assert (row["log2 fold change"], row["p"], row["odds"], row["score"]) == ("-3.25", "", "", "")
    json.loads(json.dumps(as_data(report), allow_nan=False))


def test_nothing_that_a_file_or_a_paper_wrote_comes_alive() -> None:
    gene = key_gene(1, EVIL, Reason(f"{EVIL} | x [y](http://z)", (2,)), **{EVIL: 1.0})
    data = GenomeData(f"{EVIL}.csv", FileKind.EXPRESSION, (EVIL,), (EVIL,), (EVIL,), (gene,))
    sets = Sets((GeneSet(EVIL, EVIL, (EVIL,), 3, 0.01, 0.02),), EVIL, 1)
    page = html(Report(data, sets=sets))
    assert "<img src=x" not in page
    assert "default-src 'none'" in page
    text = markdown(Report(data, sets=sets))
    assert not re.search(r"(?<!\\)<img", text)
    assert not re.search(r"(?<!\\)\[y", text)
    assert all(line.count(" | ") == 3 for line in text.splitlines() if line.startswith("| 1 |"))


def test_page_needs_nothing_from_elsewhere(explained: Explained) -> None:
    page = html(Report(variants(), explained))
    assert not re.search(r'(?:src|href)="(?!data:|#|https://)', page)
    assert not re.search(r'src="https?:', page)
    assert "<script" not in page


def test_gene_sets_stand_with_their_background() -> None:
    sets = Sets((GeneSet("Wnt", "your GMT", ("PYGO2", "CTNNB1"), 40, 0.001, 0.01),), "19,271 genes of the file", 50)
    for text in forms(Report(variants(), sets=sets)).values():
        assert ("Wnt" in text and "PYGO2" in text) or text.startswith("rank,")
    assert "19,271 genes" in markdown(Report(variants(), sets=sets))
