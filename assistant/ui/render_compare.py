"""A comparison of generators as HTML: the table of them all, and for each question their answers side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from assistant import comparing_export, export
from assistant.comparing import Begun, Row, summaries
from assistant.ui import render
from assistant.ui.chat import generator_title
from assistant.ui.render import Unsupported

FILE = "locus-comparison"


def progress(begun: Begun, questions: int) -> str:
    """What is worked on now."""
    doing = f"{generator_title(begun.contestant.name)} writes" if begun.contestant else "searching"
    return (
        f'<p class="working" role="status"><span class="dot"></span>Question {begun.question.number:,} of '
        f"{questions:,}: {escape(doing)}… ({begun.done:,} of {begun.total:,} answers done)</p>"
    )


def beginning() -> str:
    """What stands before anything is known."""
    return '<p class="working" role="status"><span class="dot"></span>Beginning…</p>'


def stopped(done: int, total: int) -> str:
    """After Stop: what is finished is kept."""
    kept = f"{done:,} of {total:,} answers are finished and kept." if done else "No answer was finished."
    return f'<p class="note" role="status">Stopped. {kept}</p>'


def table(rows: Sequence[Row], *, finished: bool) -> str:
    """The table of all generators; once ``finished`` with buttons that save the comparison."""
    if not rows:
        return ""
    found = summaries(rows)
    head = "".join(f'<th scope="col">{escape(generator_title(s.contestant.name))}</th>' for s in found)
    body = "".join(
        f'<tr><th scope="row">{escape(label)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
        for label, cells in comparing_export.table(found)
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in comparing_export.notes(found))
    return (
        f'<section class="compared"><table class="measures"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
        f'<details class="sources"><summary>What these figures mean, and what goes where</summary>'
        f'<ul class="meaning">{notes}</ul></details>{_tools(rows) if finished else ""}</section>'
    )


def question(rows: Sequence[Row], *, unsupported: Unsupported = "strike") -> str:
    """One question with the answers to it so far, side by side where there is room."""
    asked = rows[0].question
    made = next((row.answer for row in rows if row.answer), None)
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in made.notes) if made else ""
    read = render.passages(made.hits, "Passages that all of them read") if made else ""
    cards = "".join(_card(row, unsupported) for row in rows)
    return (
        f'<article class="turn side"><h2 class="question">{escape(asked.text)}</h2>{notes}'
        f'<div class="columns">{cards}</div>{read}</article>'
    )


def _card(row: Row, unsupported: Unsupported) -> str:
    where = ("remote", "Remote") if row.contestant.remote else ("local", "Local")
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in comparing_export.facts(row))
    return (
        f'<section class="card" aria-label="{escape(generator_title(row.contestant.name))}">'
        f'<h3>{escape(generator_title(row.contestant.name))} <span class="where {where[0]}">{where[1]}</span></h3>'
        f'{_answer(row, unsupported)}<ul class="facts-line">{facts}</ul></section>'
    )


def _answer(row: Row, unsupported: Unsupported) -> str:
    if row.answer is None:
        hint = f"<p>{escape(row.hint)}</p>" if row.hint else ""
        return f'<div class="problem"><p><strong>{escape(row.error)}</strong></p>{hint}</div>'
    return render.among_others(row.answer, unsupported=unsupported) + _failed(row, unsupported)


def _failed(row: Row, unsupported: Unsupported) -> str:
    """What a refused draft had said; the sentences of an answer that failed stand struck in it already."""
    if not row.refused or not row.failed or unsupported == "drop":
        return ""
    said = "".join(
        f'<li><s class="claim">{escape(s.text)}</s> <span class="why">{escape(export.problem(s.problem))}</span></li>'
        for s in row.failed
    )
    return (
        f'<details class="sources"><summary>{render.count(len(row.failed), "sentence")} failed the check</summary>'
        f'<ul class="meaning unsupported">{said}</ul></details>'
    )


def _tools(rows: Sequence[Row]) -> str:
    data = json.dumps(comparing_export.as_data(rows), ensure_ascii=False, indent=2)
    files = (
        ("Markdown", f"{FILE}.md", comparing_export.markdown(rows)),
        ("CSV", f"{FILE}.csv", comparing_export.as_csv(rows)),
        ("JSON", f"{FILE}.json", data),
    )
    buttons = "".join(render.saver(label, name, text) for label, name, text in files)
    return f'<div class="tools" role="group" aria-label="Download the comparison">{buttons}</div>'
