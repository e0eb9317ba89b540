"""The source panel as HTML: a paper's section with the quoted words highlighted exactly where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from assistant import export
from assistant.ui.render import message, opener
from assistant.ui.render_evidence import because, chips
from index.errors import LocusError
from index.grading import NO_GRADES, Grade, Grades
from index.papers import Paper, PaperInfo, Section, Span

SHOWN_AUTHORS = 8
CLOSE = '<button type="button" class="close" data-close aria-label="Close the source">✕</button>'


def source(paper: Paper, section: int, span: Span | None, *, serial: int = 0, grades: Grades = NO_GRADES) -> str:
    """The source panel: who wrote what where, what evidence it is, and the whole section with ``span`` highlighted.

    ``span`` are offsets into the section's text, None to show the section from its start. ``serial`` differs from
    opening to opening, so that opening the same source again scrolls to it again.
    """
    info = paper.info
    part = paper.sections[section]
    page = part.page(span[0]) if span else None
    where = " · ".join(x for x in (escape(part.heading), f"page {page}" if page else "") if x) or "Text"
    digest = (
        '<p class="badge" title="Written for Locus from the open-access paper; not the paper\'s own words">'
        "Starter digest</p><p class='note'>A short digest written for Locus, not the paper’s own words: "
        "follow the link for the paper itself.</p>"
        if info.collection == "starter"
        else ""
    )
    retracted = (
        '<p class="badge retracted">Retracted</p><p class="note">This paper was retracted after it appeared: its '
        "findings may not hold. The links say why.</p>"
        if info.retracted
        else ""
    )
    return (
        f'<article class="source" data-opened="{serial}" tabindex="-1" aria-label="Source">'
        f"{CLOSE}{retracted}{digest}<h2>{escape(info.title) or 'Untitled'}</h2>{_byline(info)}{_links(info)}"
        f"{_evidence(paper, grades)}"
        f'<h3 class="heading">{where}</h3>'
        f'<div class="section-text">{highlight(part, span)}</div></article>'
    )


def closable(error: LocusError, *, serial: int = 0) -> str:
    """An error in the source panel's place."""
    return f'<article class="source" data-opened="{serial}" tabindex="-1">{CLOSE}{message(error)}</article>'


def highlight(section: Section, span: Span | None) -> str:
    """A section's text, escaped, ``span`` in one <mark>, bibliographic markers dimmed.

    Only tags are added: the element's text content equals the section's text, and the mark's equals the quote.
    """
    text = section.text
    start, end = (max(0, min(x, len(text))) for x in span) if span else (0, 0)
    if start >= end:
        return _dimmed(text, 0, len(text), section.references)
    return (
        _dimmed(text, 0, start, section.references)
        + f'<mark tabindex="0">{_dimmed(text, start, end, section.references)}</mark>'
        + _dimmed(text, end, len(text), section.references)
    )


def _evidence(paper: Paper, grades: Grades) -> str:
    """The grades as chips, and to unfold: what each rests on, with a link to the words where they are in the text."""
    if not grades:
        return ""
    rows = "".join(f"<li><strong>{escape(g.label)}</strong>: {_basis(paper, g)}</li>" for g in grades.all)
    return f'<div class="graded">{chips(grades)}<details><summary>Why</summary><ul>{rows}</ul></details></div>'


def _basis(paper: Paper, grade: Grade) -> str:
    basis = grade.basis
    if basis.section is None or basis.start is None or basis.end is None:
        return escape(because(grade))
    if not 0 <= basis.section < len(paper.sections):
        return f"“{escape(basis.quote)}”"
    span = (basis.start, basis.end)
    quote = escape(" ".join(basis.quote.split()))
    return opener(f"“{quote}”", paper.info.id, basis.section, span, text=basis.quote, css="title")


def _byline(info: PaperInfo) -> str:
    shown = ", ".join(info.authors[:SHOWN_AUTHORS])
    if len(info.authors) > SHOWN_AUTHORS:
        shown += f" and {len(info.authors) - SHOWN_AUTHORS} more"
    venue = ", ".join(part for part in (info.journal, str(info.year or "")) if part)
    lines = "".join(
        f'<p class="{css}">{escape(text)}</p>' for css, text in (("authors", shown), ("venue", venue)) if text
    )
    return lines


def _links(info: PaperInfo) -> str:
    links = " ".join(
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{label}'
        '<span class="sr"> (opens a new tab)</span></a>'
        for label, address in export.paper_links(info)
    )
    return f'<p class="links">{links}</p>' if links else ""


def _dimmed(text: str, start: int, end: int, references: Sequence[Span]) -> str:
    """Escaped ``text[start:end]`` with the parts that lie in ``references`` dimmed."""
    inside = [(max(s, start), min(e, end)) for s, e in sorted(references) if s < end and e > start]
    cuts = sorted({start, end, *(x for span in inside for x in span)})
    pieces = []
    for left, right in pairwise(cuts):
        piece = escape(text[left:right])
        dim = any(s <= left and right <= e for s, e in inside)
        pieces.append(f'<span class="bibref">{piece}</span>' if dim else piece)
    return "".join(pieces)
