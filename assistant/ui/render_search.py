"""What a search found as HTML: passages with what was sought marked, each a link to its place in the paper."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.searching import Results, highlights, in_short
from assistant.ui.render import count, opener
from assistant.ui.render_evidence import chips
from index.grading import NO_GRADES
from index.papers import Hit, Span

EMPTY = (
    '<p class="note">Words, genes by any of their names, variants in any spelling: the passages nearest to them in '
    "words and meaning come first.</p>"
)


def results(found: Results, offset: int, size: int) -> str:
    """One page of what was found, from ``offset``, at most ``size`` passages."""
    notes = "".join(f'<p class="note" role="status">{escape(note)}</p>' for note in found.notes)
    if not found.hits:
        held = f" within {escape(in_short(found.filters))}. Widen or clear the filters" if found.filters else ". Try"
        return f'{notes}<p class="note" role="status">No passage fits “{escape(found.query)}”{held} or other words.</p>'
    page = found.hits[offset : offset + size]
    papers = len({hit.paper.id for hit in found.hits})
    held = f", within {escape(in_short(found.filters))}" if found.filters else ""
    head = (
        f'<p class="quiet count" role="status">{offset + 1:,}–{offset + len(page):,} of the {len(found.hits):,} '
        f"nearest passages, from {count(papers, 'paper')}{held}</p>"
    )
    rows = "".join(_row(hit, found) for hit in page)
    return f'{notes}{head}<ol class="found" start="{offset + 1}">{rows}</ol>'


def _row(hit: Hit, found: Results) -> str:
    passage, paper = hit.passage, hit.paper
    link = opener(
        escape(paper.title or "Untitled"),
        paper.id,
        passage.section,
        (passage.start, passage.end),
        text=passage.text,
        css="title",
    )
    digest = '<span class="badge">Starter digest</span> ' if paper.collection == "starter" else ""
    page = f"p. {passage.page}" if passage.page else ""
    facts = " · ".join(escape(x) for x in (paper.citation, paper.journal, passage.heading, page) if x)
    spans = highlights(passage.text, found.query, found.filters.genes)
    return (
        f'<li><h3>{link}</h3><p class="quiet">{digest}{facts}</p>{chips(found.grades.get(paper.id, NO_GRADES))}'
        f'<p class="passage">{marked(passage.text, spans)}</p></li>'
    )


def marked(text: str, spans: Sequence[Span]) -> str:
    """``text``, escaped, with ``spans`` (rising, not overlapping) marked; only tags are added."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts.append(f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>")
        at = end
    return "".join([*parts, escape(text[at:])])
