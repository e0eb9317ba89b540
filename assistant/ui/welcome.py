"""The page's standing texts as HTML: header, state of the library, empty conversation, what each generator sends."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.ui.parts import asset
from index.results import LibraryStatus


def header() -> str:
    """Logo and name."""
    return (
        f'<div class="brand">{asset("logo.svg")}<span class="name">Locus</span>'
        '<span class="tagline">answers from your genetics papers, every sentence tied to a quote</span></div>'
    )


def library_line(status: LibraryStatus) -> str:
    """The state of the library in one line: papers, passages, starter digests."""
    if not status.papers:
        return '<p class="state">The library is empty</p>'
    starter = f'<span class="sep">·</span>{status.starter_papers:,} starter digests' if status.starter_papers else ""
    return (
        f'<p class="state"><strong>{status.papers:,}</strong> {"paper" if status.papers == 1 else "papers"}'
        f'<span class="sep">·</span><strong>{status.passages:,}</strong> passages{starter}</p>'
    )


def starter_note(status: LibraryStatus) -> str:
    """What the starter digests are and how they are removed; empty where there are none."""
    if not status.starter_papers:
        return ""
    return (
        f"<p>{status.starter_papers:,} of these are <strong>starter digests</strong>: short summaries of open-access "
        "mouse-genetics papers, written for Locus so that there is something to ask from the start. Add your own "
        "papers in the Library tab, where the digests can also be removed.</p>"
    )


def empty_conversation(status: LibraryStatus, examples: Sequence[str]) -> str:
    """What stands before the first question: what Locus is, in a sentence, and questions that fit the library."""
    if not status.papers:
        return (
            '<div class="welcome"><h1>Your library is empty.</h1><p>Add papers in the <strong>Library</strong> tab '
            "(PDF, PMC or PubMed XML, citation files with abstracts, Markdown, text), then ask here.</p></div>"
        )
    chips = "".join(
        f'<li><button type="button" class="example" data-ask="{escape(text)}">{escape(text)}</button></li>'
        for text in examples
    )
    tried = (
        f'<h2 class="quiet">Questions this library can answer</h2><ul class="examples">{chips}</ul>' if chips else ""
    )
    return (
        '<div class="welcome"><h1>Ask your papers.</h1><p>Locus searches the papers in your library and answers only '
        "from them: each sentence carries a marker that opens the exact quote it rests on. Where the papers don’t "
        f'answer, it says so.</p>{tried}<div class="starter">{starter_note(status)}</div></div>'
    )


def generator_note(label: str, remote: bool) -> str:
    """What a generator is, and whether text leaves this machine."""
    where = "Sends text to another machine" if remote else "Stays on this machine"
    return f'<p class="quiet"><span class="where {"remote" if remote else "local"}">{where}</span> {escape(label)}</p>'
