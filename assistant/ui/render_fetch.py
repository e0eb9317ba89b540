"""The getting of papers as HTML: how far it is, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html import escape

from assistant import export
from assistant.ui.render import count, message
from index.papers import PaperInfo
from index.sources.fetching import Fetched, Got, Step

SHOWN = 10
"""Rows of retracted papers, and of faults."""


def asking(name: str) -> str:
    """While the first page of results is waited for."""
    told = f'<p class="working" role="status"><span class="dot"></span>Asking {escape(name)}…</p>'
    return f'<div class="results">{told}</div>'


@dataclass
class Tally:
    """How far a run is: ``total`` papers were found at the service ``name``, ``taken`` of them are dealt with."""

    name: str
    total: int
    taken: int
    done: int = 0
    title: str = ""
    counts: Counter[Got] = field(default_factory=Counter)

    def note(self, step: Step) -> None:
        """Count one paper."""
        self.done = step.number
        self.title = step.info.title
        self.counts[step.got] += 1

    @property
    def _found(self) -> str:
        first = f"; the first {self.taken:,} are taken" if self.taken < self.total else ""
        return f"{self.name} finds {count(self.total, 'paper')}{first}"

    def running(self) -> str:
        """The state of a run."""
        told = " · ".join(x for x in (self._found, _counted(self.counts), self.title) if x)
        return (
            f'<div class="results"><progress max="{max(1, self.taken)}" value="{self.done}" '
            f'aria-label="Papers dealt with"></progress>'
            f'<p class="working" role="status"><span class="dot"></span>{escape(told)}</p></div>'
        )

    def finished(self, done: Fetched) -> str:
        """What a run brought, and why it ended early if it did."""
        counted = _counted(done.counts) or "nothing to get"
        licences = ", ".join(f"{name} ({n:,})" for name, n in done.licences.most_common(6))
        stopped = "Stopped; what had come is kept, and Get papers goes on. " if done.stopped else ""
        lines = [f'<p class="done" role="status">{escape(f"{stopped}{self._found}: {counted}.")}</p>']
        lines += [f'<p class="quiet">Licences: {escape(licences)}.</p>'] if licences else []
        lines += [_retracted(done.retracted)] if done.retracted else []
        faults = [(step.info.title, step.note) for step in done.faults]
        faults += [(f.title, f"{f.message} {f.hint}".strip()) for f in done.added.failures]
        if faults:
            rows = "".join(f"<li>{escape(title)}: {escape(why)}</li>" for title, why in faults[:SHOWN])
            more = f"<li>and {len(faults) - SHOWN:,} more</li>" if len(faults) > SHOWN else ""
            lines.append(f'<p class="note">Not got whole; Get papers asks again:</p><ul class="note">{rows}{more}</ul>')
        told = "".join(lines)
        return f'<div class="results">{message(done.error) if done.error else ""}{told}</div>'


def _counted(counts: Counter[Got]) -> str:
    words = {Got.FULL: "full text", Got.ABSTRACT: "abstract", Got.HELD: "held already", Got.NONE: "without open text"}
    parts = []
    for got, word in words.items():
        if n := counts[got]:
            parts.append(count(n, word) if got in (Got.FULL, Got.ABSTRACT) else f"{n:,} {word}")
    return ", ".join(parts)


def _retracted(papers: list[PaperInfo]) -> str:
    rows = "".join(f"<li>{escape(p.citation)}. {escape(p.title)}{_link(p)}</li>" for p in papers[:SHOWN])
    more = f"<li>and {len(papers) - SHOWN:,} more</li>" if len(papers) > SHOWN else ""
    return f'<p class="note">Retracted, and marked so wherever they are cited:</p><ul class="note">{rows}{more}</ul>'


def _link(paper: PaperInfo) -> str:
    return "".join(
        f' <a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{label}</a>'
        for label, address in export.paper_links(paper)[:1]
    )
