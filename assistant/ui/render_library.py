"""The library as HTML: the list of papers, what became of each added file, the state of the folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from assistant import export
from assistant.ui.render import count, opener
from index.papers import PaperInfo
from index.results import AddResult, LibraryStatus, Status

STATUSES = {
    Status.FAILED: "Not added",
    Status.ADDED: "Added",
    Status.UPDATED: "Updated",
    Status.UNCHANGED: "Already there",
    Status.KEPT_FULLER: "Fuller text kept",
    Status.REMOVED: "Removed",
}
"""What became of a paper, in words; failures come first."""
MOST_ROWS = 200
"""Rows shown of failures, and of the rest: a file of 30,000 records must not become 30,000 rows."""


def status_card(status: LibraryStatus) -> str:
    """The state of the library as a list of facts."""
    facts = [
        ("Papers", f"{status.papers:,}"),
        ("Starter digests", f"{status.starter_papers:,}"),
        ("Passages", f"{status.passages:,}"),
        ("Words", f"{status.words:,}"),
        ("Embedding model", status.embedder),
        ("On disk", size(status.disk_bytes)),
    ]
    if (vectors := status.vectors) is not None and vectors.lists and vectors.recall is not None:
        facts.insert(5, ("Vector index", f"{vectors.kind}, finds {vectors.recall:.1%} of the nearest"))
    rows = "".join(f"<div><dt>{label}</dt><dd>{escape(value)}</dd></div>" for label, value in facts)
    return f'<dl class="facts">{rows}</dl>'


def size(count: int) -> str:
    """Bytes as people read them: "3.4 MB"."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def papers(rows: Sequence[PaperInfo], total: int, offset: int, query: str) -> str:
    """One page of the list; every title opens the paper, every removal asks first."""
    if not total:
        nothing = (
            f"No paper matches “{escape(query)}”." if query else "The library is empty: drop files above to fill it."
        )
        return f'<p class="note">{nothing}</p>'
    shown = f"{offset + 1:,}–{offset + len(rows):,} of {total:,}"
    found = f" matching “{escape(query)}”" if query else ""
    items = "".join(_row(paper) for paper in rows)
    return f'<p class="quiet count" role="status">{shown}{found}</p><ul class="papers">{items}</ul>'


def picks(rows: Sequence[PaperInfo], total: int, query: str) -> str:
    """Papers to pick one from, each a button."""
    if not total:
        return papers(rows, total, 0, query)
    items = "".join(
        f'<li><button type="button" class="pick" data-summarize="{paper.id}"><span class="title">'
        f'{escape(paper.title or paper.source or "Untitled")}</span><span class="quiet">{_facts(paper)}</span>'
        "</button></li>"
        for paper in rows
    )
    more = f'<p class="quiet count" role="status">{len(rows):,} of {total:,}: type to narrow down.</p>'
    return f'<ul class="papers">{items}</ul>{more if total > len(rows) else ""}'


def again(paper: int) -> str:
    """A button that asks for a paper's summary once more."""
    return f'<p><button type="button" class="tool" data-summarize="{paper}">Try again</button></p>'


def _facts(paper: PaperInfo) -> str:
    file = "" if paper.collection == "starter" else paper.source
    return " · ".join(escape(x) for x in (paper.who, paper.journal, file) if x)


def _row(paper: PaperInfo) -> str:
    title = paper.title or paper.source or "Untitled"
    badge = '<span class="badge">Starter digest</span> ' if paper.collection == "starter" else ""
    badge += '<span class="badge retracted">Retracted</span> ' if paper.retracted else ""
    links = "".join(
        f' <a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{label}</a>'
        for label, address in export.paper_links(paper)[:1]
    )
    return (
        f'<li data-paper="{paper.id}"><div class="about"><p>{opener(escape(title), paper.id, 0, css="title")}</p>'
        f'<p class="quiet">{badge}{_facts(paper)}{links}</p></div><div class="actions">'
        f'<button type="button" class="tool" data-summarize="{paper.id}" aria-label="Summarize {escape(title)}">'
        f'Summarize</button><details class="remove"><summary aria-label="Remove {escape(title)}">Remove</summary>'
        f'<div class="confirm"><p>Remove this paper and its passages? Your own file is not touched.</p>'
        f'<button type="button" class="danger" data-remove="{paper.id}">Remove it</button></div></details></div></li>'
    )


SHOWN_TITLES = 3
"""Titles named of papers that were not added for one reason."""


@dataclass
class Tally:
    """What became of the papers in ``files`` files so far: every count, and as many rows as a page bears.

    ``begun`` files were begun, the last of them is named ``reading``. Failures of one file for one reason share a
    row: their titles in ``failures`` under (file, message, hint).
    """

    files: int
    begun: int = 0
    reading: str = ""
    counts: Counter[Status] = field(default_factory=Counter)
    failures: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    others: list[AddResult] = field(default_factory=list)
    hidden: int = 0
    """Number of results that are counted but have no row."""

    def begin(self, name: str) -> None:
        """Note that the next file is being read."""
        self.begun += 1
        self.reading = name

    def note(self, result: AddResult) -> None:
        """Count one paper's result."""
        self.counts[result.status] += 1
        if result.status is Status.FAILED:
            reason = (result.source, result.message, result.hint)
            if reason in self.failures or len(self.failures) < MOST_ROWS:
                self.failures.setdefault(reason, []).append(result.title)
                return
        elif len(self.others) < MOST_ROWS:
            self.others.append(result)
            return
        self.hidden += 1


def results(tally: Tally, *, running: bool) -> str:
    """What became of each paper so far, failures first; nothing is silent."""
    parts = [f"{tally.counts[status]:,} {word.lower()}" for status, word in STATUSES.items() if tally.counts[status]]
    head = ", ".join(parts) or ("Reading the files…" if running else "No paper was found in these files.")
    if running:
        # A file counts as half done while it is read: with one large file the bar would else stand at nothing.
        done = max(tally.begun - 0.5, 0)
        where = f"Reading file {tally.begun:,} of {tally.files:,}: {tally.reading}" if tally.begun else head
        told = f"{where} · {head}" if parts else where
        bar = (
            f'<progress max="{max(tally.files, 1)}" value="{done:g}" aria-label="Files read"></progress>'
            f'<p class="working" role="status"><span class="dot"></span>{escape(told)}</p>'
        )
    else:
        bar = f'<p class="done" role="status">{escape(head[:1].upper() + head[1:])}</p>'
    failed = (_failed(*reason, titles) for reason, titles in tally.failures.items())
    rows = "".join((*failed, *(_result(result) for result in tally.others)))
    if not rows:
        return f'<div class="results">{bar}</div>'
    more = f'<p class="note">… and {tally.hidden:,} more.</p>' if tally.hidden else ""
    head_row = "<tr><th scope='col'>File</th><th scope='col'>Result</th><th scope='col'>Paper</th></tr>"
    return f'<div class="results">{bar}<table><thead>{head_row}</thead><tbody>{rows}</tbody></table>{more}</div>'


def _failed(source: str, message: str, hint: str, titles: Sequence[str]) -> str:
    """One row for all that a file's papers were not added for one reason, a few of them by title."""
    told = titles[0]
    if len(titles) > 1:
        shown = [title for title in titles if title][:SHOWN_TITLES]
        rest = f" and {len(titles) - len(shown):,} more" if shown and len(titles) > len(shown) else ""
        told = f"{len(titles):,} records" + (f": {'; '.join(shown)}{rest}" if shown else "")
    return _result(AddResult(told, source, Status.FAILED, message=message, hint=hint))


def _result(result: AddResult) -> str:
    passages = count(result.passages, "passage") if result.passages else ""
    told = " · ".join(escape(x) for x in (result.title, passages) if x)
    words = " ".join(x for x in (result.message, result.hint) if x)
    reason = f'<p class="reason">{escape(words)}</p>' if words else ""
    return (
        f'<tr class="{result.status}"><td>{escape(result.source)}</td>'
        f"<td><span class='pill'>{STATUSES[result.status]}</span></td>"
        f"<td>{told}{reason}</td></tr>"
    )


def told(text: str) -> str:
    """A short word on what was done."""
    return f'<p class="done" role="status">{escape(text)}</p>'
