"""A comparison of generators for people and programs: the rows of its table, plain text, Markdown, CSV, JSON."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant import export
from assistant.answers import Citation
from assistant.comparing import Row, Summary, by_question, summaries

WIDTH = 80
"""Columns of plain text."""
_LABEL = 26
_ACROSS = 3
"""Generators beside each other in a table of plain text; further ones get a table of their own below."""
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection)."""
NOTHING = "nothing"


def table(found: Sequence[Summary]) -> list[tuple[str, list[str]]]:
    """What is told of the generators, a line each: its label, and a short text for every generator."""
    lines: list[tuple[str, list[str]]] = [
        ("Answered", [f"{s.answers:,} of {s.rows:,}" for s in found]),
        ("Refused", [f"{s.refusals:,}" for s in found]),
        ("Errors", [f"{s.errors:,}" for s in found]),
        ("Seconds, mean", [seconds(s.mean_seconds) for s in found]),
        ("Seconds, median", [seconds(s.median_seconds) for s in found]),
        ("Words an answer", ["–" if s.words is None else f"{s.words:,.0f}" for s in found]),
        ("Citations an answer", ["–" if s.citations is None else f"{s.citations:,.1f}" for s in found]),
        ("Sentences that passed", [share(s.supported, s.drafted) for s in found]),
        ("Tokens in / out", [tokens(s.usage.prompt_tokens, s.usage.completion_tokens) for s in found]),
        ("Cost", [total_cost(s) for s in found]),
        ("Leaves this machine", [leaves(s) for s in found]),
    ]
    if any(s.expected for s in found):
        lines.append(("Have all expected terms", [share(s.with_terms, s.expected) for s in found]))
    if any(s.unanswerable for s in found):
        lines.append(("Rightly refused", [share(s.right_refusals, s.unanswerable) for s in found]))
    if any(s.answerable for s in found):
        lines.append(("Wrongly refused", [share(s.wrong_refusals, s.answerable) for s in found]))
    return lines


def notes(found: Sequence[Summary]) -> list[str]:
    """What the table's figures mean, and what each generator sends where, in sentences."""
    told = [
        "Seconds are those of writing and checking; the search is done once for all. A sentence passes where the "
        "quotes it is tied to support it; only those that pass count as said."
    ]
    if any(s.unpriced for s in found):
        told.append(
            "A cost is known where the model counted its tokens and the prices of a million are given: "
            "LOCUS_OPENAI_PRICE_IN and LOCUS_OPENAI_PRICE_OUT, or --price-in and --price-out."
        )
    return [*told, *(f"{s.contestant.name}: {s.contestant.label}" for s in found)]


def seconds(value: float | None) -> str:
    """Seconds as told: "0.04", "1.3"; a dash where there are none."""
    return "–" if value is None else f"{value:.2f}" if value < 1 else f"{value:,.1f}"


def share(part: int, whole: int) -> str:
    """How many of how many, "17 of 18 (94 %)"; a dash of nothing."""
    return f"{part:,} of {whole:,} ({100 * part / whole:.0f}\u00a0%)" if whole else "–"


def tokens(read: int, written: int) -> str:
    """Tokens in and out; "none counted" where no model ran or it didn't count."""
    return f"{read:,} / {written:,}" if read or written else "none counted"


def cost(row: Row) -> str:
    """What one answer cost."""
    if not row.sent:
        return "0, nothing sent"
    return "unknown" if row.cost is None else amount(row.cost)


def total_cost(found: Summary) -> str:
    """What all answers of a generator cost, as far as it is known."""
    if not found.questions_sent:
        return "0, nothing sent"
    if found.unpriced == found.questions_sent:
        return "unknown"
    return amount(found.cost) + (f", and {found.unpriced:,} unknown" if found.unpriced else "")


def amount(value: float) -> str:
    """A sum of money, its currency unsaid: cents and, where it is less, two figures that count."""
    if value == 0 or value >= 1:
        return f"{value:,.2f}"
    digits = next(n for n in range(2, 20) if value * 10**n >= 10 or n == 19)
    return f"{value:.{digits}f}"


def leaves(found: Summary) -> str:
    """What of all questions left this machine, in short."""
    if not found.questions_sent:
        return NOTHING
    noun = "question" if found.questions_sent == 1 else "questions"
    return f"{found.questions_sent:,} {noun}, up to {found.passages_sent:,} passages"


def outcome(row: Row) -> str:
    """What became of a draft, in short: "4 of 5 sentences passed", "refused", "no answer"."""
    if row.answer is None:
        return "no answer"
    if not row.drafted:
        return "refused"
    told = f"{row.supported} of {len(row.drafted)} {'sentence' if len(row.drafted) == 1 else 'sentences'} passed"
    return f"{told}, so refused" if row.refused else told


def facts(row: Row) -> list[str]:
    """What is told beside an answer: seconds, sentences, words, citations, tokens, cost."""
    found = [f"{seconds(row.seconds)} s", outcome(row)]
    if row.said:
        found += [f"{row.words} words", f"{row.citations} {'citation' if row.citations == 1 else 'citations'}"]
    if row.usage.prompt_tokens or row.usage.completion_tokens:
        found.append(f"{row.usage.prompt_tokens:,} + {row.usage.completion_tokens:,} tokens")
    found.append("nothing sent" if not row.sent else f"cost {cost(row)}")
    if row.has_terms is not None:
        found.append("all expected terms" if row.has_terms else "expected terms lacking")
    return found


def text(rows: Sequence[Row]) -> str:
    """The comparison as plain text of `WIDTH` columns: each question with its answers, then the table."""
    lines: list[str] = []
    for group in by_question(rows):
        lines += ["=" * WIDTH, *_wrapped(f"{group[0].question.number}. {group[0].question.text}"), ""]
        for note in _notes(group):
            lines += [*_wrapped(note), ""]
        for row in group:
            lines += [*_wrapped(f"[ {row.contestant.name} ] {' · '.join(facts(row))}"), ""]
            lines += [*_told(row), ""]
    return "\n".join([*lines, "=" * WIDTH, *_text_table(summaries(rows))]) + "\n"


def markdown(rows: Sequence[Row]) -> str:
    """The comparison as Markdown; text from papers and models is escaped, as in `export.markdown`."""
    found = summaries(rows)
    lines = ["# Generators compared", "", *_md_row("", [s.contestant.name for s in found])]
    lines += [f"|{'---|' * (len(found) + 1)}"]
    lines += [line for label, cells in table(found) for line in _md_row(label, cells)]
    lines += ["", *(f"- {export.escaped(note)}" for note in notes(found)), ""]
    for group in by_question(rows):
        lines += [f"## {group[0].question.number}. {export.escaped(group[0].question.text)}", ""]
        lines += [line for note in _notes(group) for line in (export.escaped(note), "")]
        for row in group:
            lines += [f"### {export.escaped(row.contestant.name)}", "", export.escaped(" · ".join(facts(row))), ""]
            if row.answer is None:
                lines += [f"**{export.escaped(row.error)}** {export.escaped(row.hint)}".rstrip(), ""]
            else:
                lines += export.markdown_body(row.answer, level=4)
    return "\n".join(lines)


def as_csv(rows: Sequence[Row]) -> str:
    """A line for each question and generator (RFC 4180); no text in it is a formula to a spreadsheet."""
    made = io.StringIO()
    writer = csv.writer(made)
    records = [_record(row) for row in rows]
    writer.writerow(list(records[0]) if records else [])
    for record in records:
        writer.writerow([_cell(value) for value in record.values()])
    return made.getvalue()


def as_data(rows: Sequence[Row]) -> dict[str, Any]:
    """The comparison as plain data for programs (JSON); costs that are not known are null."""
    return {
        "summary": [_summary(found) for found in summaries(rows)],
        "questions": [
            {
                "id": group[0].question.id,
                "question": group[0].question.text,
                "passages": group[0].passages,
                "answers": [
                    {
                        **{k: v for k, v in _record(row).items() if k not in ("id", "question", "answer")},
                        "failed": [{"text": s.text, "problem": export.problem(s.problem)} for s in row.failed],
                        "answer": export.as_data(row.answer) if row.answer else None,
                    }
                    for row in group
                ],
            }
            for group in by_question(rows)
        ],
    }


def _summary(found: Summary) -> dict[str, Any]:
    record = {**asdict(found), **asdict(found.contestant), **asdict(found.usage)}
    record["cost"] = None if found.unpriced else found.cost
    return {name: value for name, value in record.items() if name not in ("contestant", "usage")}


def _record(row: Row) -> dict[str, Any]:
    gold = row.question.gold
    return {
        "id": row.question.id,
        "question": row.question.text,
        "generator": row.contestant.name,
        "label": row.contestant.label,
        "remote": row.contestant.remote,
        "sent_to_another_machine": row.sent,
        "answer": row.answer.text if row.answer else "",
        "refused": row.refused,
        "error": row.error,
        "hint": row.hint,
        "seconds": round(row.seconds, 4),
        "words": row.words,
        "citations": row.citations,
        "sentences_drafted": len(row.drafted),
        "sentences_supported": row.supported,
        "sentences_failed": len(row.failed),
        "prompt_tokens": row.usage.prompt_tokens,
        "completion_tokens": row.usage.completion_tokens,
        "cost": row.cost,
        "answerable": gold.answerable if gold else None,
        "has_terms": row.has_terms,
    }


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return "" if value is None else value
    return f"'{value}" if value.lstrip().startswith(_FORMULA) or value[:1] in ("\t", "\r", "\n") else value


def _notes(group: Sequence[Row]) -> tuple[str, ...]:
    """What is to be said of the question, the same for all generators ("p21 may mean …")."""
    return next((row.answer.notes for row in group if row.answer), ())


def _told(row: Row) -> list[str]:
    if row.answer is None:
        return _wrapped(f"{row.error} {row.hint}", 2)
    lines = [line for part in row.answer.text.split("\n") for line in (_wrapped(part, 2) or [""])]
    for sentence in row.failed:
        lines += ["", *_wrapped(f"Failed, {export.problem(sentence.problem)}: {sentence.text}", 2)]
    said = {n for sentence in row.said for n in sentence.markers}
    cited = [citation for citation in row.answer.citations if citation.n in said]
    return lines + ([""] if cited else []) + [line for citation in cited for line in _quote(citation)]


def _quote(citation: Citation) -> list[str]:
    where = ", ".join(x for x in (citation.heading, f"p. {citation.page}" if citation.page else "") if x)
    told = ". ".join(x.rstrip(".") for x in (citation.paper.citation, citation.paper.title, where) if x)
    return [*_wrapped(f"[{citation.n}] {told}.", 2, 6), *_wrapped(f"“{' '.join(citation.quote.split())}”", 6)]


def _text_table(found: Sequence[Summary]) -> list[str]:
    lines: list[str] = []
    for start in range(0, len(found), _ACROSS):
        some = found[start : start + _ACROSS]
        width = (WIDTH - _LABEL) // max(2, len(some))
        for label, cells in [("", [s.contestant.name for s in some]), *table(some)]:
            columns = [textwrap.wrap(cell, width - 2) or [""] for cell in cells]
            for i in range(max(len(column) for column in columns)):
                parts = ((column[i] if i < len(column) else "").ljust(width) for column in columns)
                lines.append(f"{label if i == 0 else '':{_LABEL}}{''.join(parts)}".rstrip())
        lines.append("")
    return [*lines, *(line for note in notes(found) for line in _wrapped(note))]


def _wrapped(line: str, indent: int = 0, hanging: int | None = None) -> list[str]:
    first, rest = " " * indent, " " * (indent if hanging is None else hanging)
    return textwrap.wrap(line, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _md_row(label: str, cells: Sequence[str]) -> list[str]:
    return [f"| {' | '.join(export.escaped(cell) for cell in (label, *cells))} |"]
