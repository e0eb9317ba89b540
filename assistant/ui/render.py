"""Answers and sources as HTML: pure functions, every word from papers, models and users escaped.

Nothing here goes through a Markdown renderer: an image or a link that a model wrote stays plain text, so text
in a paper can't make the browser send anything anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal
from zlib import crc32

from assistant import export
from assistant.answers import NOT_SAID, OWN, REFUSAL, Answer, Citation, Sentence
from assistant.ui.render_evidence import chips
from index.errors import LocusError
from index.papers import Hit, PaperInfo, Span

Unsupported = Literal["strike", "show", "drop"]
EXCERPT_CHARACTERS = 260


def question(text: str, *, spoken: str = "You asked: ") -> str:
    """The user's question as the head of a turn; ``spoken`` goes before it for screen readers."""
    before = f'<span class="sr">{spoken}</span>' if spoken else ""
    return f'<h2 class="question">{before}{escape(text)}</h2>'


def answer(found: Answer, *, unsupported: Unsupported = "strike") -> str:
    """A finished answer: sentences with links to their quotes, the sources, export buttons.

    Only markers that have a citation become links, so no link dangles.
    """
    if found.refused:
        return _refusal(found)
    body = _sentences(found, unsupported)
    return (
        f'<div class="answer">{body}</div>{_notes(found, unsupported)}'
        f"{_named(found.citations)}{_sources(found.citations)}"
        f"{_hits(found.hits, 'Passages read for this answer')}{_footer(found)}"
    )


def among_others(found: Answer, *, unsupported: Unsupported = "strike") -> str:
    """A finished answer that stands beside others from the same passages: without those, notes and export buttons."""
    if found.refused:
        return f'<div class="refusal"><p><strong>{REFUSAL}</strong></p></div>'
    body = _sentences(found, unsupported)
    return f'<div class="answer">{body}</div>{_named(found.citations)}{_sources(found.citations)}'


def passages(hits: Sequence[Hit], label: str) -> str:
    """Passages to unfold under a ``label``, each a link to its place; nothing where there are none."""
    return _hits(hits, label)


def turn(found: Answer, *, unsupported: Unsupported = "strike", title: str = "") -> str:
    """A question with its finished answer; a summary has its paper's ``title`` for a head."""
    head = question(title, spoken="") if title else question(found.question)
    return f'<article class="turn">{head}{answer(found, unsupported=unsupported)}</article>'


def searching(asked: str, papers: int) -> str:
    """What stands while retrieval works."""
    where = f"{papers:,} papers" if papers != 1 else "the one paper"
    return _working(asked, f"Searching {where}…", "")


def reading(asked: str, hits: Sequence[Hit], standalone: str) -> str:
    """What stands between retrieval and the first word."""
    papers = len({hit.paper.id for hit in hits})
    follow_up = f' <span class="quiet">(understood as: {escape(standalone)})</span>' if standalone != asked else ""
    return _working(asked, f"Reading {count(len(hits), 'passage')} from {count(papers, 'paper')}…", follow_up)


def summarizing(title: str) -> str:
    """What stands before the first word of a summary."""
    return _working(title, "Reading the paper…", "", spoken="")


def draft(asked: str, text: str, *, spoken: str = "You asked: ") -> str:
    """The answer as far as it is written, marked as unchecked; its markers are plain text until they are checked."""
    return (
        f'<article class="turn" aria-busy="true">{question(asked, spoken=spoken)}'
        f'<div class="answer draft">{_draft_lines(text)}</div>'
        '<p class="working"><span class="dot"></span>Writing; every sentence is checked against its quotes next.</p>'
        "</article>"
    )


def _draft_lines(text: str) -> str:
    """Escaped text; the heading lines of a structured draft ("## Findings") as headings."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "".join(f"<h3>{escape(x[3:])}</h3>" if x.startswith("## ") else f"<p>{escape(x)}</p>" for x in lines)


def failure(asked: str, error: LocusError, *, again: bool = True) -> str:
    """A question that got no answer: what went wrong, what to do, and (``again``) a way to try again."""
    hint = f"<p>{escape(error.hint)}</p>" if error.hint else ""
    button = f'<button type="button" class="tool" data-ask="{escape(asked)}">Try again</button>'
    return (
        f'<article class="turn">{question(asked)}<div class="problem" role="alert">'
        f"<p><strong>{escape(error.message)}</strong></p>{hint}"
        f'<p class="quiet">Your question is kept in the box below.</p>'
        f"{button if again else ''}</div></article>"
    )


def stopped(asked: str) -> str:
    """A question whose answer the user stopped."""
    return (
        f'<article class="turn">{question(asked)}<p class="note">Stopped. What was written had not been checked, '
        "so it is not kept; your question is back in the box.</p></article>"
    )


def message(error: LocusError) -> str:
    """An error outside of a conversation, in words."""
    hint = f"<p>{escape(error.hint)}</p>" if error.hint else ""
    return f'<div class="problem" role="alert"><p><strong>{escape(error.message)}</strong></p>{hint}</div>'


def opener(label: str, paper: int, section: int, span: Span | None = None, *, text: str = "", **more: str) -> str:
    """A link that opens the source panel.

    ``label`` is trusted HTML. ``text`` is what stands at ``span``: its checksum travels with the link, so that a
    paper that was replaced meanwhile is never highlighted at the wrong place. ``more``: css class, title, name
    (spoken), all escaped.
    """
    css, title, name = more.get("css", "cite"), more.get("title", ""), more.get("name", "")
    offsets = f' data-start="{span[0]}" data-end="{span[1]}" data-check="{checksum(text)}"' if span else ""
    spoken = f' aria-label="{escape(name)}"' if name else ""
    hint = f' title="{escape(title)}"' if title else ""
    where = f'data-open="{paper}" data-section="{section}"{offsets}'
    return f'<a class="{css}" href="#source" {where}{hint}{spoken}>{label}</a>'


def checksum(text: str) -> str:
    """A short fingerprint of a quote; guards against mistakes, not against malice."""
    return f"{crc32(text.encode()):08x}"


def exports(found: Answer) -> str:
    """Copy and download buttons; what they hand over lies beside them, so that no server round trip is needed."""
    papers = export.references(found)
    buttons = (
        ("copy", "Copy", "", export.markdown(found)),
        ("save", "Markdown", "locus-answer.md", export.markdown(found)),
        ("save", "BibTeX", "locus-references.bib", export.bibtex(papers)),
        ("save", "RIS", "locus-references.ris", export.ris(papers)),
    )
    made = "".join(
        f'<button type="button" class="tool" data-{verb}="{name}" aria-label="{_export_label(verb, label)}" '
        f'data-text="{_attribute(text)}">{label}</button>'
        for verb, label, name, text in buttons
    )
    return f'<div class="tools" role="group" aria-label="Copy and export">{made}</div>'


def saver(label: str, name: str, text: str) -> str:
    """A button that saves ``text`` as the file ``name``, without a server round trip."""
    return (
        f'<button type="button" class="tool" data-save="{escape(name)}" aria-label="{_export_label("save", label)}" '
        f'data-text="{_attribute(text)}">{escape(label)}</button>'
    )


def _export_label(verb: str, label: str) -> str:
    return "Copy the answer with its references" if verb == "copy" else f"Download as {label}"


def _attribute(text: str) -> str:
    # A bare carriage return would be normalised away by the HTML parser, and RIS lines end in CR LF.
    return escape(text).replace("\r", "&#13;").replace("\n", "&#10;")


def count(n: int, noun: str) -> str:
    """A number with its noun: "1 paper", "2,000 papers"."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def working(title: str, status: str) -> str:
    """What stands before the first word of something that has a ``title`` rather than a question."""
    return _working(title, escape(status), "", spoken="")


def _working(asked: str, status: str, extra: str, *, spoken: str = "You asked: ") -> str:
    return (
        f'<article class="turn" aria-busy="true">{question(asked, spoken=spoken)}'
        f'<p class="working"><span class="dot"></span>{status}{extra}</p></article>'
    )


def _sentences(found: Answer, unsupported: Unsupported) -> str:
    by_number = {citation.n: citation for citation in found.citations}
    parts: list[str] = []
    for heading, said in found.paragraphs:
        kept = [s for s in said if s.stands or unsupported != "drop"]
        if said and not kept and heading not in found.parts:
            continue
        lines = [_sentence(s, by_number, unsupported) for s in kept] or [f'<span class="quiet">{NOT_SAID}</span>']
        parts.append((f"<h3>{escape(heading)}</h3>" if heading else "") + f"<p>{' '.join(lines)}</p>")
    return "".join(parts)


def _sentence(sentence: Sentence, citations: dict[int, Citation], unsupported: Unsupported) -> str:
    if sentence.own:
        return f'<span class="sentence own">{escape(sentence.text)} <span class="quiet">{OWN}</span></span>'
    marks = "".join(_marker(citations[n]) for n in sentence.markers if n in citations)
    body = sentence.text.rstrip()
    end = body[-1] if marks and body and body[-1] in ".!?" else ""
    text, end = escape(body[: len(body) - len(end)]), escape(end)
    if sentence.supported and marks:
        return f'<span class="sentence">{text}<span class="marks">{marks}{end}</span></span>'
    reason = escape(export.problem(sentence.problem))
    tag = "s" if unsupported == "strike" else "span"
    return (
        f'<span class="sentence unsupported"><{tag} class="claim">{text}</{tag}>'
        f'<span class="marks">{marks}{end}</span> <span class="why">Not supported: {reason}</span></span>'
    )


def _marker(citation: Citation) -> str:
    return opener(
        f"[{citation.n}]",
        citation.paper.id,
        citation.section,
        (citation.start, citation.end),
        text=citation.quote,
        title=f"{citation.paper.citation}: “{citation.quote}”",
        name=f"Source {citation.n}: {citation.paper.citation}",
    )


def _cited_title(citation: Citation) -> str:
    span = (citation.start, citation.end)
    return opener(_title(citation.paper), citation.paper.id, citation.section, span, text=citation.quote, css="title")


def _found_title(hit: Hit) -> str:
    found = hit.passage
    return opener(
        _title(hit.paper), hit.paper.id, found.section, (found.start, found.end), text=found.text, css="title"
    )


def _title(paper: PaperInfo) -> str:
    return escape(paper.title or "Untitled")


def _notes(found: Answer, unsupported: Unsupported) -> str:
    notes = [escape(note) for note in found.notes]
    dropped = sum(not sentence.stands for sentence in found.sentences)
    if unsupported == "drop" and dropped:
        notes.append(f"{count(dropped, 'sentence')} left out: not supported by the quotes.")
    return "".join(f'<p class="note">{note}</p>' for note in notes)


def _sources(citations: Iterable[Citation]) -> str:
    rows = "".join(
        f"<li>{_marker(citation)}<div><p>{_cited_title(citation)}</p>"
        f'<p class="quiet">{_short(citation.paper, citation.heading, citation.page)}</p>'
        f"<blockquote>{escape(citation.quote)}</blockquote>{chips(citation.grades)}</div></li>"
        for citation in citations
    )
    if not rows:
        return ""
    return f'<details class="sources"><summary>Sources and quotes</summary><ol>{rows}</ol></details>'


def _named(citations: Iterable[Citation]) -> str:
    """The papers an answer rests on, a line each with its markers: named without a click, the quotes one click away."""
    papers: dict[int, list[Citation]] = {}
    for citation in citations:
        papers.setdefault(citation.paper.id, []).append(citation)
    rows = "".join(
        f'<li><span class="marks">{"".join(map(_marker, cited))}</span> '
        f'<span class="who">{escape(_who(cited[0].paper))}</span>{_title(cited[0].paper)}'
        f"{chips(cited[0].grades)}</li>"
        for cited in papers.values()
    )
    return f'<ul class="named" aria-label="Papers">{rows}</ul>' if rows else ""


def _who(paper: PaperInfo) -> str:
    """Author and year before a title; nothing of it where they are unknown, since the title stands beside."""
    return f"{paper.who}: " if paper.who else ""


def _hits(hits: Sequence[Hit], label: str, *, opened: bool = False) -> str:
    if not hits:
        return ""
    rows = "".join(
        f"<li><div><p>{_found_title(hit)}</p>"
        f'<p class="quiet">{_short(hit.paper, hit.passage.heading, hit.passage.page)}</p>'
        f"<p class='excerpt'>{escape(_excerpt(hit.passage.text))}</p></div></li>"
        for hit in hits
    )
    return (
        f'<details class="sources passages"{" open" if opened else ""}><summary>{escape(label)} ({len(hits)})</summary>'
        f"<ol>{rows}</ol></details>"
    )


def _refusal(found: Answer) -> str:
    nearest = "The nearest passages are below; they may still help." if found.hits else "Nothing near it was found."
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in found.notes)
    return (
        f'<div class="refusal"><p><strong>{REFUSAL}</strong></p><p>Locus answers only from the papers in the library, '
        f"never from a model’s memory. {nearest}</p></div>{notes}"
        f"{_hits(found.hits, 'Nearest passages', opened=True)}{_footer(found, tools=False)}"
    )


def _footer(found: Answer, *, tools: bool = True) -> str:
    tokens = found.usage.prompt_tokens + found.usage.completion_tokens
    facts = [escape(found.generator), f"{found.seconds:.1f} s"]
    if tokens:
        facts.append(f"{tokens:,} tokens")
    buttons = exports(found) if tools else ""
    return f'<footer class="turn-foot">{buttons}<span class="quiet">{" · ".join(facts)}</span></footer>'


def _short(info: PaperInfo, heading: str, page: int | None) -> str:
    digest = "starter digest" if info.collection == "starter" else ""
    where = (info.citation, info.journal, heading, f"p. {page}" if page else "", digest)
    return " · ".join(escape(part) for part in where if part)


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT_CHARACTERS else flat[: EXCERPT_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"
