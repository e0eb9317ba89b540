"""What evidence a paper is, as HTML: small chips, and under them why."""

from __future__ import annotations

from html import escape

from index.grading import Aspect, Grade, Grades, Kind

_SHOWN_QUOTE = 220


def chips(grades: Grades) -> str:
    """Organisms, kinds of study and sample size as chips, each telling its basis to who points at it; "" for none."""
    if not grades:
        return ""
    made = "".join(
        f'<span class="chip {grade.aspect.value}" title="{escape(_hint(grade))}">{escape(grade.label)}</span>'
        for grade in grades.all
    )
    return f'<span class="evidence" role="group" aria-label="Evidence: {escape(grades.in_short)}">{made}</span>'


def because(grade: Grade) -> str:
    """Where a grade comes from, in words: "the title", "the publication type “Review”"."""
    if grade.basis.source == "text":
        return "the text"
    if grade.basis.source == "title":
        return "the title"
    return f"the {grade.basis.source} “{grade.basis.quote}”"


def _hint(grade: Grade) -> str:
    meaning = f"{Kind(grade.value).meaning}; " if grade.aspect is Aspect.KIND else ""
    if grade.basis.source != "text":
        return f"{meaning}by {because(grade)}"
    quote = " ".join(grade.basis.quote.split())
    quote = quote if len(quote) <= _SHOWN_QUOTE else quote[: _SHOWN_QUOTE - 1].rsplit(" ", 1)[0] + "…"
    return f"{meaning}by “{quote}”"
