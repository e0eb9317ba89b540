"""Suggestions as HTML: papers with the reasons for them, open questions with their quotes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant import export
from assistant.suggestions.open_questions import OpenQuestion
from assistant.suggestions.outside import Outside
from assistant.suggestions.similar import Similar
from assistant.ui.render import count, opener
from index.papers import PaperInfo

EXCERPT = 220
EMPTY = (
    '<p class="note">Pick a paper below to find others like it, or write a question or topic and press a button. This '
    "reads your library alone; nothing is sent.</p>"
)
UNSENT = (
    '<p class="note">Nothing has been sent. Make a query from your library, change it as you like, then send it.</p>'
)


def similar(found: Sequence[Similar], head: str) -> str:
    """Papers of the library and why they were chosen; the passage that brought each opens beside."""
    if not found:
        return (
            f"{_head(head)}<p class='note' role='status'>No other paper of the library is near enough to suggest.</p>"
        )
    rows = "".join(_similar(one) for one in found)
    told = f'<p class="quiet count" role="status">{count(len(found), "paper")}</p>'
    return f'{_head(head)}{told}<ul class="papers">{rows}</ul>'


def _similar(one: Similar) -> str:
    info, passage = one.info, one.passage
    title = escape(info.title or info.source or "Untitled")
    excerpt = ""
    link = opener(title, info.id, 0, css="title")
    if passage:
        span = (passage.start, passage.end)
        link = opener(title, info.id, passage.section, span, text=passage.text, css="title")
        excerpt = f'<p class="excerpt">{escape(_short(passage.text))}</p>'
    why = escape(one.why[:1].upper() + one.why[1:]) if one.why else "A passage near in meaning"
    return (
        f'<li><div class="about"><p>{link}</p><p class="quiet">{_facts(info)}</p>'
        f'<p class="why-this">{why}.</p>{excerpt}</div>'
        f'<div class="actions"><button type="button" class="tool" data-summarize="{info.id}" '
        f'aria-label="Papers like {title}">More like this</button></div></li>'
    )


def questions(found: Sequence[OpenQuestion], head: str) -> str:
    """Open questions, each an exact quote that opens where it stands."""
    if not found:
        return (
            f"{_head(head)}<p class='note' role='status'>The papers state no open question on it in so many words.</p>"
        )
    rows = "".join(_question(one) for one in found)
    told = f'<p class="quiet count" role="status">{count(len(found), "open question")}, in the papers’ own words</p>'
    return f'{_head(head)}{told}<ul class="papers questions">{rows}</ul>'


def _question(one: OpenQuestion) -> str:
    cited = one.citation
    quote = opener(
        f"“{escape(' '.join(cited.quote.split()))}”",
        cited.paper.id,
        cited.section,
        (cited.start, cited.end),
        text=cited.quote,
        css="title",
    )
    where = " · ".join(
        escape(x)
        for x in (cited.paper.who, cited.paper.title, cited.heading, f"p. {cited.page}" if cited.page else "")
        if x
    )
    return f'<li><div class="about"><p>{quote}</p><p class="quiet">{where}</p></div></li>'


def beyond(found: Sequence[Outside], total: int, service: str, note: str = "") -> str:
    """Papers that the library lacks, each with a button that adds it."""
    told = f'<p class="done" role="status">{escape(note)}</p>' if note else ""
    if not found:
        return f"{told}<p class='note' role='status'>{escape(service)} lists nothing more that the library lacks.</p>"
    rows = "".join(_outside(place, one) for place, one in enumerate(found))
    head = f"{count(len(found), 'paper')} that the library lacks, of {total:,} that {escape(service)} finds"
    return f'{told}<p class="quiet count" role="status">{head}</p><ul class="papers">{rows}</ul>'


def _outside(place: int, one: Outside) -> str:
    info = one.info
    title = escape(info.title)
    access = "Open access" if one.open_access else "Abstract only"
    badges = f'<span class="badge">{access}</span> '
    badges += '<span class="badge retracted">Retracted</span> ' if info.retracted else ""
    links = "".join(
        f' <a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{label}</a>'
        for label, address in export.paper_links(info)[:1]
    )
    why = f'<p class="why-this">{escape(one.why[:1].upper() + one.why[1:])}.</p>' if one.why else ""
    return (
        f'<li><div class="about"><p class="title">{title}</p><p class="quiet">{badges}{_facts(info)}{links}</p>'
        f'{why}</div><div class="actions"><button type="button" class="tool" data-add="{place}" '
        f'aria-label="Add {title}">Add</button></div></li>'
    )


def working(text: str) -> str:
    """While something is looked for."""
    return f'<p class="working" role="status"><span class="dot"></span>{escape(text)}</p>'


def _facts(info: PaperInfo) -> str:
    return " · ".join(escape(x) for x in (info.who, info.journal) if x)


def _head(text: str) -> str:
    return f"<h3>{escape(text)}</h3>" if text else ""


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT else flat[: EXCERPT - 1].rsplit(" ", 1)[0] + "…"
