"""A gene as HTML: its names and ids, a plot of the genes it is named with, the papers that name it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.gene.naming import Meaning
from assistant.gene.report import Companion, NamingPaper, Report, links, orthologs, place
from assistant.ui.render import count, message, opener
from index.errors import LocusError
from index.genes import Gene

EMPTY = '<p class="note">Any name will do: a symbol of human or mouse, an alias, a full name, an id.</p>'
SHOWN_PAPERS = 25
SHOWN_ALIASES = 14
_ROW, _BAR = 30, 14
"""Pixels: height of a row of the plot, and of its bar."""
_LEFT, _WIDTH = 25, 66
"""Per cent of the plot's width: where bars begin, and how long the longest is."""


def offers(found: Sequence[Meaning]) -> str:
    """Genes to look up, each a button."""
    if not found:
        return EMPTY
    buttons = "".join(_button(one) for one in found)
    return f'{EMPTY}<p class="quiet count">Named most in this library</p><div class="genes">{buttons}</div>'


def head(found: Report) -> str:
    """The gene's name, how the asked name was read, what else it may mean, and the table's facts."""
    meant = found.meant
    names = " / ".join(dict.fromkeys(gene.symbol for gene in found.genes))
    full = next((gene.name for gene in found.genes if gene.name), "")
    notes = "".join(f'<p class="note" role="status">{escape(note)}</p>' for note in meant.notes)
    cards = "".join(_facts(gene) for gene in found.genes)
    both = escape(orthologs(found.genes))
    return (
        f'<article class="gene"><h2 class="question" tabindex="-1" data-concept="{escape(meant.concept)}">'
        f'{escape(names)}</h2><p class="full-name">{escape(full)}</p>{notes}{_others(found)}'
        f'<details class="sources facts-of"><summary>Names, ids and place in the genome</summary>{cards}'
        f'<p class="quiet">Orthologs: {both}.</p></details></article>'
    )


def _others(found: Report) -> str:
    meant = found.meant
    if not meant.others:
        return ""
    asked = escape(meant.asked)
    text = (
        f"“{asked}” may mean several genes; this is {escape(found.symbol)}. Or is it:"
        if meant.ambiguous
        else f"Other genes that go by “{asked}” at times:"
    )
    buttons = "".join(_button(other) for other in meant.others)
    css = "choice ambiguous" if meant.ambiguous else "choice"
    return f'<div class="{css}"><p role="status">{text}</p><div class="genes">{buttons}</div></div>'


def _button(meaning: Meaning) -> str:
    named = f"{meaning.name}; " if meaning.name else ""
    spoken = f"{meaning.symbol}: {named}in {count(meaning.passages, 'passage')}"
    return (
        f'<button type="button" class="tool" data-gene="{escape(meaning.concept)}" title="{escape(spoken)}" '
        f'aria-label="{escape(spoken)}">{escape(meaning.symbol)} '
        f'<span class="quiet">{meaning.passages:,}</span></button>'
    )


def _facts(gene: Gene) -> str:
    others = ", ".join(gene.aliases[:SHOWN_ALIASES])
    if len(gene.aliases) > SHOWN_ALIASES:
        others += f" and {len(gene.aliases) - SHOWN_ALIASES} more"
    ids = " ".join(
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(label)}'
        '<span class="sr"> (opens a new tab)</span></a>'
        for label, address in links(gene)
    )
    rows = (
        (f"Symbol ({gene.species})", escape(gene.symbol)),
        ("Name", escape(gene.name)),
        ("Also called", escape(others)),
        ("Formerly", escape(", ".join(gene.previous))),
        ("Place", escape(place(gene))),
        ("Kind", escape(gene.biotype.replace("_", " "))),
        ("Ids", ids),
    )
    body = "".join(f"<div><dt>{label}</dt><dd>{value}</dd></div>" for label, value in rows if value)
    return f'<dl class="gene-facts">{body}</dl>'


def unnamed(found: Report) -> str:
    """What stands in the digest's place where no paper names the gene."""
    return _told(
        f'<p class="note" role="status">No passage of this library names {escape(found.symbol)}, by whatever name: '
        "there is nothing to quote. Add papers in the Library tab.</p>"
    )


def silent(found: Report) -> str:
    """What stands in the digest's place where papers name the gene and no more."""
    return _told(
        f'<p class="note" role="status">The papers name {escape(found.symbol)} in {count(found.passages, "passage")}, '
        "but no sentence tells its function, expression, phenotype, disease or interactions. The papers below open "
        "where they name it most.</p>"
    )


def failed(error: LocusError) -> str:
    """An error in the place of a gene or its digest."""
    return _told(message(error))


def stopped() -> str:
    """What stands in the digest's place after Stop."""
    return _told('<p class="note">Stopped. What was written had not been checked, so it is not kept.</p>')


def _told(body: str) -> str:
    return f'<article class="gene">{body}</article>'


def rest(found: Report) -> str:
    """The plot of the genes that it is named with, and its papers."""
    body = plot(found.symbol, found.companions) + papers(found.symbol, found.papers)
    return f'<article class="gene">{body}</article>' if body else ""


def plot(symbol: str, companions: Sequence[Companion]) -> str:
    """Bars of how many passages name each gene together with ``symbol``; each bar is a link to its gene.

    Widths are shares of the figure's width, so that it fits every screen; colours come from the page's style.
    """
    if not companions:
        return ""
    most = max(c.passages for c in companions)
    rows = "".join(_bar(n, c, symbol, c.passages / most) for n, c in enumerate(companions))
    return (
        f'<figure class="companions"><figcaption><h3>Named together with {escape(symbol)}</h3>'
        '<p class="quiet">Passages that name both; choose a gene to read on.</p></figcaption>'
        f'<svg width="100%" height="{len(companions) * _ROW}" role="group" '
        f'aria-label="Bar chart: genes named in the same passages as {escape(symbol)}">{rows}</svg></figure>'
    )


def _bar(row: int, companion: Companion, symbol: str, share: float) -> str:
    top = row * _ROW
    middle = top + _ROW / 2
    spoken = f"{companion.symbol}, {companion.name}: {count(companion.passages, 'passage')} together with {symbol}"
    return (
        f'<a href="#gene-head" data-gene="{escape(companion.concept)}" aria-label="{escape(spoken)}">'
        f"<title>{escape(spoken)}</title>"
        f'<rect class="row" x="0" y="{top}" width="100%" height="{_ROW}" rx="6"/>'
        f'<text class="name" x="{_LEFT - 2}%" y="{middle}">{escape(companion.symbol)}</text>'
        f'<rect class="bar" x="{_LEFT}%" y="{middle - _BAR / 2}" width="{_WIDTH * share:.1f}%" height="{_BAR}" rx="3"/>'
        f'<text class="number" x="99%" y="{middle}">{companion.passages:,}</text></a>'
    )


def papers(symbol: str, found: Sequence[NamingPaper]) -> str:
    """The papers that name a gene, those that name it most first; a title opens where it is named most."""
    if not found:
        return ""
    rows = "".join(_paper(paper) for paper in found[:SHOWN_PAPERS])
    more = len(found) - SHOWN_PAPERS
    rest = f'<p class="quiet count">and {count(more, "paper")} more: Search, with {escape(symbol)} as its gene.</p>'
    return (
        f'<section class="gene-papers"><h3>{count(len(found), "paper")} that name{"s" if len(found) == 1 else ""} '
        f'{escape(symbol)}</h3><ul class="papers">{rows}</ul>{rest if more > 0 else ""}</section>'
    )


def _paper(paper: NamingPaper) -> str:
    info, passage = paper.info, paper.passage
    title = escape(info.title or "Untitled")
    link = (
        opener(title, info.id, passage.section, (passage.start, passage.end), text=passage.text, css="title")
        if passage
        else opener(title, info.id, 0, css="title")
    )
    facts = " · ".join(escape(x) for x in (info.citation, info.journal) if x)
    digest = '<span class="badge">Starter digest</span> ' if info.collection == "starter" else ""
    return (
        f'<li><div class="about"><p>{link}</p><p class="quiet">{digest}{facts}</p></div>'
        f'<p class="quiet times">named {count(paper.times, "time")}</p></li>'
    )
