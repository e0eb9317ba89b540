"""Genome data as HTML: what was recognised, the ranked genes with their reasons, plots, gene sets, explanations.

What is private (samples, genotypes, positions) is shown here, marked: the page is served to this machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape

from assistant.answers import Answer
from assistant.genome import pages, report
from assistant.genome.explaining import Census, Explanation
from assistant.genome.records import GenomeData, KeyGene, Plot, Reason
from assistant.genome.report import Report, Sets
from assistant.genome.wording import europe_pmc_address, rows_in_words
from assistant.ui import render
from assistant.ui.render import Unsupported, count
from index import genes
from index.errors import LocusError

SHOWN = 15
"""Genes of the ranking shown at once; the others unfold."""
SHOWN_REASONS = 4
SHOWN_SETS = 12
FILE = "locus-genome"


def reading(name: str, done: int = 0, total: int = 0) -> str:
    """What stands while a file is read."""
    share = f" {done / total:.0%}" if total else ""
    bar = f'<progress max="{total}" value="{done}"></progress>' if total else ""
    return (
        f'<p class="working" role="status"><span class="dot"></span>Reading {escape(name)}…{share}</p>'
        f'<div class="results">{bar}</div>'
    )


def failed(error: LocusError) -> str:
    """Why a file can't be read, in its place."""
    return render.message(error)


def head(data: GenomeData) -> str:
    """What was recognised, what the reader must know or answer, and the rules of the ranking."""
    seen = "".join(f"<p>{escape(line)}</p>" for line in data.seen)
    notes = "".join(f"<p>{_reason(note)}</p>" for note in data.notes)
    warned = "".join(f"<li>{escape(line)}</li>" for line in data.warnings)
    asked = "".join(f"<li>{escape(question)}</li>" for question in data.asks.values())
    warnings = f'<ul class="warned">{warned}</ul>' if warned else ""
    asks = f'<div class="choice ambiguous"><p role="status">To go on, answer in the filters:</p><ul>{asked}</ul></div>'
    rules = "".join(f"<li>{escape(rule)}</li>" for rule in data.rules)
    return (
        f'<article class="genome"><h2 class="question" tabindex="-1">{escape(data.source)}</h2>'
        f'<div class="recognised">{seen}{notes}</div>{warnings}{asks if asked else ""}'
        f'<details class="sources"><summary>How the genes are ranked</summary><ol class="rules">{rules}</ol></details>'
        "</article>"
    )


def ranking(data: GenomeData, known: Census) -> str:
    """The key genes with the reasons of their ranks, the first ones open."""
    if not data.genes:
        return (
            '<article class="genome"><p class="note">No gene to rank: what was read and left out is told above; '
            "wider filters may show more.</p></article>"
        )
    first = "".join(_row(gene, known) for gene in data.genes[:SHOWN])
    rest = data.genes[SHOWN:]
    more = "".join(_row(gene, known) for gene in rest)
    others = (
        f'<details class="sources"><summary>{count(len(rest), "more gene")}</summary><ol class="key-genes">{more}</ol>'
        "</details>"
    )
    return (
        f'<article class="genome"><h3>{count(len(data.genes), "key gene")}</h3>'
        f'<ol class="key-genes">{first}</ol>{others if rest else ""}</article>'
    )


def _row(gene: KeyGene, known: Census) -> str:
    full = next((one.name for one in genes.table().concept(gene.concept)), "") if gene.concept else ""
    passages = known.passages.get(gene.concept, 0)
    where = f"in {count(passages, 'passage')}" if passages else "in no paper"
    named = f'<span class="quiet">as {escape(gene.named)}</span> ' if gene.named != gene.symbol else ""
    reasons = "".join(f"<li>{_reason(reason)}</li>" for reason in gene.reasons[:SHOWN_REASONS])
    more = gene.reasons[SHOWN_REASONS:]
    others = "".join(f"<li>{_reason(reason)}</li>" for reason in more)
    unfold = f"<details><summary>{count(len(more), 'more reason')}</summary><ul>{others}</ul></details>"
    return (
        f'<li><span class="rank">{gene.rank:,}</span><div class="about"><p><strong>{escape(gene.symbol)}</strong> '
        f'<span class="full">{escape(full)}</span> {named}<span class="quiet">· {where}</span></p>'
        f'<ul class="why-here">{reasons}</ul>'
        f"{unfold if more else ''}</div></li>"
    )


def _reason(reason: Reason) -> str:
    """A statement on the data with its rows; what is private is marked so."""
    where = rows_in_words(reason.rows)
    rows = f' <span class="quiet">({escape(where)})</span>' if where else ""
    promise = "Stays on this machine: never sent to a model, never in an export unasked"
    lock = f' <span class="stays" title="{promise}">private</span>'
    return f"{escape(reason.text)}{rows}{lock if reason.private else ''}"


def plots(found: Iterable[Plot]) -> str:
    """The pictures of the data. As images nothing in them can run."""
    shown = "".join(
        f'<figure class="plot"><figcaption><h3>{escape(plot.title)}</h3></figcaption>'
        f'<img src="{pages.picture(plot)}" alt="{escape(plot.alt)}"></figure>'
        for plot in found
    )
    return f'<article class="genome">{shown}</article>' if shown else ""


def sets(found: Sets) -> str:
    """Gene sets that stand among the key genes more often than by chance; what was tested where there is none."""
    if not found.tested:
        return ""
    rows = "".join(
        f'<li><div class="about"><p><strong>{escape(s.name)}</strong> <span class="quiet">{escape(s.origin)}</span> '
        f'<span class="quiet">· adjusted p {s.adjusted:.2g}</span></p>'
        f'<p class="quiet">{len(s.hits)} of {count(s.size, "gene")}: {escape(", ".join(s.hits))}</p></div></li>'
        for s in found.found[:SHOWN_SETS]
    )
    none = '<p class="quiet">None of them stands among the key genes more often than by chance.</p>'
    return (
        '<article class="genome"><details class="sources"><summary>Gene sets found more often than by chance '
        f'({len(found.found):,} of {found.tested:,})</summary><p class="quiet">{escape(found.background)}</p>'
        f"{f'<ol class=key-genes>{rows}</ol>' if rows else none}</details></article>"
    )


def census(known: Census) -> str:
    """How many of the key genes the library names, and searches that would find papers on the first of the others."""
    rows = "".join(
        f"<li><strong>{escape(gene.symbol)}</strong> (rank {gene.rank:,}): no paper in the library names it."
        f"{_search(known.queries.get(gene.symbol, ''))}</li>"
        for gene in known.unnamed
    )
    listed = (
        f'<details class="sources"><summary>{count(len(known.unnamed), "gene")} at the top without a paper</summary>'
    )
    return (
        f'<article class="genome"><h2 class="question">What the papers say</h2><p>{escape(known.text)}</p>'
        f"{f'{listed}<ul class=unnamed>{rows}</ul></details>' if rows else ''}</article>"
    )


def _search(query: str) -> str:
    if not query:
        return ""
    return (
        f' <a href="{escape(europe_pmc_address(query))}" target="_blank" rel="noopener noreferrer">Search Europe PMC'
        '<span class="sr"> (opens a new tab)</span></a>'
    )


def explanations(found: Sequence[Explanation], *, unsupported: Unsupported = "strike") -> str:
    """The genes that are explained, each where it stands in the file; then those that papers but name."""
    told = "".join(_explanation(one, unsupported) for one in found if not one.answer.refused)
    silent = [one for one in found if one.answer.refused]
    rows = "".join(
        f'<li><div class="about"><p><strong>{escape(one.gene.symbol)}</strong> <span class="quiet">rank '
        f"{one.gene.rank:,} · {escape(pages.silent(one))}</span></p>"
        f"{render.passages(one.answer.hits, 'Passages that name it')}</div></li>"
        for one in silent
    )
    listed = f"<details class='sources'><summary>{count(len(silent), 'key gene')} that papers name and tell nothing of"
    more = f"<article class='genome'>{listed}</summary><ol class='key-genes'>{rows}</ol></details></article>"
    return told + (more if silent else "")


def _explanation(one: Explanation, unsupported: Unsupported) -> str:
    here = "".join(f"<li>{_reason(reason)}</li>" for reason in one.gene.reasons[:SHOWN_REASONS])
    return (
        f'<article class="turn"><h2 class="question">{one.gene.rank:,}. {escape(pages.called(one.gene))}</h2>'
        f'<p class="quiet">In your data</p><ul class="why-here">{here}</ul>'
        f"{render.among_others(one.answer, unsupported=unsupported)}</article>"
    )


def overview(answer: Answer | None, *, unsupported: Unsupported = "strike") -> str:
    """What the key genes share."""
    if answer is None:
        return ""
    told = (
        '<p class="note">No sentence of the library names two of the key genes together.</p>'
        if answer.refused
        else render.among_others(answer, unsupported=unsupported)
    )
    return f'<article class="turn"><h2 class="question">What the key genes share</h2>{told}</article>'


def waiting(generator: str, genes_named: int) -> str:
    """Before anything is sent to another machine: what would be, and that it is asked for."""
    return (
        f'<article class="genome"><p class="note"><span class="where remote">Sends text</span> {escape(generator)} '
        f"Of your file only gene symbols would be sent, with passages of the papers. Choose Explain to go on "
        f"({count(genes_named, 'gene')} can be explained).</p></article>"
    )


def writing(symbol: str, text: str = "") -> str:
    """A gene that is being read on, with what is written so far."""
    return render.draft(symbol, text, spoken="") if text else render.working(symbol, "Reading its passages…")


def stopped() -> str:
    """After Stop."""
    return '<article class="genome"><p class="note" role="status">Stopped. What is finished stays.</p></article>'


def downloads(made: Report) -> str:
    """Buttons that save the report, without a server round trip."""
    forms: Sequence[tuple[str, str, str]] = (
        ("Report (HTML)", "html", pages.html(made)),
        ("Markdown", "md", pages.markdown(made)),
        ("Genes (CSV)", "csv", report.as_csv(made)),
        ("JSON", "json", json.dumps(report.as_data(made), ensure_ascii=False, indent=2, allow_nan=False)),
    )
    buttons = "".join(render.saver(label, f"{FILE}.{end}", text) for label, end, text in forms)
    note = "".join(f'<p class="note">{escape(line)}</p>' for line in made.notes)
    return f'<div class="tools" role="group" aria-label="Save the report">{buttons}</div>{note}'


def forgotten() -> str:
    """After a file is cleared."""
    return '<p class="note" role="status">The file is deleted; nothing of it is kept.</p>'
