"""A comparison as text, Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from assistant import comparing_export as export
from assistant.answers import Answer, Citation, Sentence, Usage
from assistant.comparing import Contestant, Question, Row, summaries
from index.papers import PaperInfo

NEAR = Contestant("near", "Stays here.", remote=False)
FAR = Contestant("far", "Model m at example.org: question and passages are sent there", remote=True)
QUOTE = "Aqr2 is needed for the lens of the mouse."
EVIL = '=HYPERLINK("http://x") | <img src=x> [a](b)'


def row(question: Question, contestant: Contestant = NEAR, **changes: object) -> Row:
    paper = PaperInfo("The lens", ("Okafor NI",), year=2019, id=1)
    sentences = (Sentence("Aqr2 is needed for the lens.", (1,)), Sentence("It cures all.", (1,), "no such thing"))
    answer = Answer(
        question.text, question.text, sentences, (Citation(1, paper, 0, "Results", 0, len(QUOTE), QUOTE),), (),
        contestant.name, usage=Usage(1200, 30) if contestant.remote else Usage(),
    )  # fmt: skip
    made = Row(question, contestant, answer, sentences, 1.25, 12, 0.000198 if contestant.remote else 0.0)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def rows() -> list[Row]:
    one, two = Question(1, "q1", "Is Aqr2 needed?"), Question(2, "q2", EVIL)
    failed = row(two, FAR, answer=None, drafted=(), cost=None, error="Too many requests.", hint="Wait a minute.")
    return [row(one), row(one, FAR), row(two), failed]


def test_text_fits_80_columns_and_tells_answers_failures_errors_and_the_table(rows: list[Row]) -> None:
    told = export.text(rows)
    assert max(map(len, told.splitlines())) <= export.WIDTH
    assert "Aqr2 is needed for the lens [1]." in told
    assert "Failed, no such thing: It cures all." in told
    assert f"“{QUOTE}”" in told
    assert "Too many requests. Wait a minute." in told
    table = told.rpartition("=" * export.WIDTH)[2]
    assert re.search(r"^ +near +far$", table, re.MULTILINE)
    assert re.search(r"^Answered +2 of 2 +1 of 2$", table, re.MULTILINE)
    assert re.search(r"^Cost +0, nothing sent +0\.00020, and 1 unknown$", table, re.MULTILINE)
    assert re.search(r"^Leaves this machine +nothing +2 questions, up to 24", table, re.MULTILINE)
    assert "example.org" in table


def test_text_of_many_generators_still_fits(rows: list[Row]) -> None:
    many = [row(Question(1, "q1", "Is it?"), Contestant(f"generator-{n}", "Here.", False)) for n in range(7)]
    told = export.text(many)
    assert max(map(len, told.splitlines())) <= export.WIDTH
    assert all(f"generator-{n}" in told.rpartition("=" * 80)[2] for n in range(7))


def test_no_cell_of_csv_is_a_formula(rows: list[Row]) -> None:
    for start in ("=", "+", "-", "@", "\t", "\r", " =", "＝"):
        hostile = row(Question(1, f"{start}1", f"{start}cmd"), error=f"{start}x")
        (read,) = csv.DictReader(io.StringIO(export.as_csv([hostile]), newline=""))
        assert [read[name][0] for name in ("id", "question", "error")] == ["'"] * 3
    plain = list(csv.DictReader(io.StringIO(export.as_csv(rows), newline="")))
    assert [line["generator"] for line in plain] == ["near", "far", "near", "far"]
    assert (plain[1]["cost"], plain[3]["cost"]) == ("0.000198", "")
    assert plain[0]["answer"] == "Aqr2 is needed for the lens [1]."
    assert (plain[0]["sentences_drafted"], plain[0]["sentences_failed"]) == ("2", "1")


def test_markdown_has_the_table_and_nothing_in_it_comes_alive(rows: list[Row]) -> None:
    told = export.markdown(rows)
    assert "| Answered | 2 of 2 | 1 of 2 |" in told
    assert "~~It cures all [1].~~ (no such thing)" in told
    assert "<img" not in told.replace("\\<img", "")
    assert "[a](b)" not in told
    widths = {len(re.findall(r"(?<!\\)\|", line)) for line in told.splitlines() if line.startswith("|")}
    assert widths == {4}, "every line of the table has all its cells"


def test_data_is_json_with_unknown_costs_null(rows: list[Row]) -> None:
    data = json.loads(json.dumps(export.as_data(rows)))
    near, far = data["summary"]
    assert (near["name"], near["cost"], far["cost"], far["unpriced"]) == ("near", 0.0, None, 1)
    assert (far["prompt_tokens"], far["errors"]) == (1200, 1)
    assert [q["id"] for q in data["questions"]] == ["q1", "q2"]
    first, failed = data["questions"][0]["answers"][1], data["questions"][1]["answers"][1]
    assert first["answer"]["citations"][0]["quote"] == QUOTE
    assert first["failed"] == [{"text": "It cures all.", "problem": "no such thing"}]
    assert failed["answer"] is None
    assert failed["error"] == "Too many requests."


def test_sums_of_money_keep_figures_that_count() -> None:
    assert [export.amount(x) for x in (0, 0.000198, 0.0123, 0.5, 12.345)] == [
        "0.00",
        "0.00020",
        "0.012",
        "0.50",
        "12.35",
    ]


def test_gold_lines_stand_only_where_there_is_gold(rows: list[Row]) -> None:
    labels = [label for label, _ in export.table(summaries(rows))]
    assert "Have all expected terms" not in labels
    assert "Wrongly refused" not in labels
