"""A genome report as Markdown and as one HTML file: plots inside, citations with their quotes, every text escaped."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from html import escape

from assistant import export
from assistant.answers import NOT_SAID, Answer, Citation, Sentence
from assistant.genome.explaining import Explanation
from assistant.genome.records import KeyGene, Plot
from assistant.genome.report import Report
from assistant.genome.wording import europe_pmc_address

SHOWN = 100
"""Genes in the table of a report; the CSV has all of them."""
SHOWN_SETS = 20

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.6 system-ui, sans-serif; color: #16211f; background: #fff; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-top: 1px solid #dfe6e3; padding-top: 1.2rem; }
h3 { font-size: 1.02rem; margin: 1.6rem 0 .2rem; } h4 { font-size: .85rem; margin: .9rem 0 0; color: #0f6b63; }
p, li, td { overflow-wrap: anywhere; } .quiet { color: #55645f; font-size: .9rem; } .note { border-left: 3px solid #7a5200; padding-left: .8rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .88rem; } th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #dfe6e3; }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap; } img { max-width: 100%; height: auto; } blockquote { margin: .2rem 0 .6rem 1rem; color: #55645f; font-size: .9rem; }
a { color: #0f6b63; } .quotes { font-size: .9rem; padding-left: 0; list-style: none; }
"""  # noqa: E501 - a line a rule


def figure(value: float | None) -> str:
    """A figure for a table: four significant digits; empty where there is none."""
    return "" if value is None or math.isnan(value) else f"{value:,.4g}"


def picture(plot: Plot) -> str:
    """A plot's address that holds the picture itself. As an image nothing in it can run."""
    return "data:image/svg+xml;base64," + base64.b64encode(plot.svg.encode()).decode("ascii")


# Markdown


def markdown(report: Report) -> str:
    """The report as Markdown; nothing that a file or a paper wrote comes alive in it."""
    data, lines = report.data, [f"# {export.escaped(report.title)}", ""]
    lines += [f"- {export.escaped(line)}" for line in (*report.seen, *data.warnings, *report.notes)]
    lines += ["", "## How they are ranked", ""]
    lines += [f"{n}. {export.escaped(rule)}" for n, rule in enumerate(data.rules, start=1)]
    lines += ["", "## Key genes", "", *_md_table(report), ""]
    for plot in report.plots:
        lines += [f"## {export.escaped(plot.title)}", "", f"![{export.escaped(plot.alt)}]({picture(plot)})", ""]
    lines += _md_sets(report)
    if report.explained.census.total:
        lines += _md_explained(report)
    return "\n".join(lines).rstrip() + "\n"


def _md_table(report: Report) -> list[str]:
    columns = report.columns
    lines = [_md_row(["rank", "gene", *columns, "why"]), _md_row(["---"] * (len(columns) + 3), raw=True)]
    for gene in report.data.genes[:SHOWN]:
        figures = [figure(gene.values.get(name)) for name in columns]
        lines.append(_md_row([str(gene.rank), called(gene), *figures, " ".join(report.said(gene))]))
    more = len(report.data.genes) - SHOWN
    return [*lines, *(["", f"{more:,} more genes are in the CSV."] if more > 0 else [])]


def _md_row(cells: Sequence[str], *, raw: bool = False) -> str:
    return f"| {' | '.join(c if raw else export.escaped(c) for c in cells)} |"


def _md_sets(report: Report) -> list[str]:
    if not report.sets.found:
        return []
    lines = ["## Gene sets found more often than by chance", "", export.escaped(report.sets.background), ""]
    lines += [_md_row(["set", "from", "adjusted p", "genes"]), _md_row(["---"] * 4, raw=True)]
    for found in report.sets.found[:SHOWN_SETS]:
        genes = f"{len(found.hits)} of {found.size}: {', '.join(found.hits)}"
        lines.append(_md_row([found.name, found.origin, f"{found.adjusted:.2g}", genes]))
    return [*lines, ""]


def _md_explained(report: Report) -> list[str]:
    explained = report.explained
    lines = ["## What the papers say", "", export.escaped(explained.census.text), ""]
    for gene in explained.census.unnamed:
        address = europe_pmc_address(explained.census.queries.get(gene.symbol, ""))
        sought = f" [Search Europe PMC]({address})" if address else ""
        lines.append(f"- {export.escaped(gene.symbol)} (rank {gene.rank}): no paper in the library names it.{sought}")
    if explained.overview is not None and not explained.overview.refused:
        lines += ["", "### What the key genes share", "", *export.markdown_body(explained.overview, level=4)]
    for one in explained.explanations:
        lines += ["", f"### {one.gene.rank}. {export.escaped(called(one.gene))}", ""]
        lines += (
            [f"In the file: {export.escaped(' '.join(report.said(one.gene)))}", ""] if report.said(one.gene) else []
        )
        lines += [silent(one), ""] if one.answer.refused else export.markdown_body(one.answer, level=4)
    return lines


def called(gene: KeyGene) -> str:
    """A gene's symbol, with the name that the file has where it is another."""
    return gene.symbol if gene.symbol == gene.named or not gene.named else f"{gene.symbol} ({gene.named})"


def silent(one: Explanation) -> str:
    """What is said of a gene that papers name without telling of it."""
    times = "1 passage names" if one.passages == 1 else f"{one.passages:,} passages name"
    return f"{times} it; no sentence tells what it does, its phenotype or a disease."


# HTML


def html(report: Report) -> str:
    """The report as one HTML file that needs nothing else and runs nothing: styles and plots are inside."""
    data = report.data
    seen = "".join(f"<li>{escape(line)}</li>" for line in (*report.seen, *data.warnings))
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in report.notes)
    rules = "".join(f"<li>{escape(rule)}</li>" for rule in data.rules)
    body = (
        f"<h1>{escape(report.title)}</h1><ul>{seen}</ul>{notes}<h2>How they are ranked</h2><ol>{rules}</ol>"
        f"<h2>Key genes</h2>{_html_table(report)}{_html_plots(report.plots)}{_html_sets(report)}"
        f"{_html_explained(report) if report.explained.census.total else ''}"
    )
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(report.title)}</title><style>{_STYLE}</style></head><body>{body}"
        '<p class="quiet">Made by Locus from the papers of one library; each sentence rests on the quotes under it.</p>'
        "</body></html>\n"
    )


def _html_table(report: Report) -> str:
    columns = report.columns
    head = "".join(f"<th>{escape(name)}</th>" for name in ("rank", "gene", *columns, "why"))
    rows = ""
    for gene in report.data.genes[:SHOWN]:
        figures = "".join(f'<td class="n">{figure(gene.values.get(name))}</td>' for name in columns)
        why = escape(" ".join(report.said(gene)))
        rows += f'<tr><td class="n">{gene.rank}</td><td>{escape(called(gene))}</td>{figures}<td>{why}</td></tr>'
    more = len(report.data.genes) - SHOWN
    rest = f'<p class="quiet">{more:,} more genes are in the CSV.</p>' if more > 0 else ""
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{rest}'


def _html_plots(plots: Iterable[Plot]) -> str:
    return "".join(
        f'<h2>{escape(plot.title)}</h2><p><img src="{picture(plot)}" alt="{escape(plot.alt)}"></p>' for plot in plots
    )


def _html_sets(report: Report) -> str:
    if not report.sets.found:
        return ""
    rows = "".join(
        f'<tr><td>{escape(s.name)}</td><td>{escape(s.origin)}</td><td class="n">{s.adjusted:.2g}</td>'
        f"<td>{len(s.hits)} of {s.size}: {escape(', '.join(s.hits))}</td></tr>"
        for s in report.sets.found[:SHOWN_SETS]
    )
    return (
        f"<h2>Gene sets found more often than by chance</h2><p class='quiet'>{escape(report.sets.background)}</p>"
        '<div class="wide"><table><thead><tr><th>set</th><th>from</th><th>adjusted p</th><th>genes</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _html_explained(report: Report) -> str:
    explained = report.explained
    unnamed = "".join(
        f"<li>{escape(gene.symbol)} (rank {gene.rank}): no paper in the library names it."
        f"{_html_search(explained.census.queries.get(gene.symbol, ''))}</li>"
        for gene in explained.census.unnamed
    )
    body = f"<h2>What the papers say</h2><p>{escape(explained.census.text)}</p><ul>{unnamed}</ul>"
    if explained.overview is not None and not explained.overview.refused:
        body += f"<h3>What the key genes share</h3>{_html_answer(explained.overview, 'shared')}"
    for one in explained.told:
        said = report.said(one.gene)
        body += f"<h3>{one.gene.rank}. {escape(called(one.gene))}</h3>"
        body += f"<p>In the file: {escape(' '.join(said))}</p>" if said else ""
        body += _html_answer(one.answer, f"gene{one.gene.rank}")
    rows = "".join(
        f"<li>{escape(one.gene.symbol)} (rank {one.gene.rank}): {silent(one)}</li>" for one in explained.silent
    )
    return body + (f"<h3>Key genes that papers name and tell nothing of</h3><ul>{rows}</ul>" if rows else "")


def _html_search(query: str) -> str:
    address = escape(europe_pmc_address(query))
    return f' <a href="{address}" rel="noopener noreferrer">Search Europe PMC</a>' if address else ""


def _html_answer(answer: Answer, anchor: str) -> str:
    known = {c.n for c in answer.citations}
    body = ""
    for part, said in answer.paragraphs:
        sentences = " ".join(_html_sentence(s, known, anchor) for s in said) or NOT_SAID
        body += (f"<h4>{escape(part)}</h4>" if part else "") + f"<p>{sentences}</p>"
    quotes = "".join(_html_citation(c, anchor) for c in answer.citations)
    return f'{body}<details><summary>Sources and quotes</summary><ol class="quotes">{quotes}</ol></details>'


def _html_sentence(sentence: Sentence, known: set[int], anchor: str) -> str:
    text = escape(sentence.text)
    if not sentence.supported:
        return f'<s>{text}</s> <span class="quiet">({escape(export.problem(sentence.problem))})</span>'
    marks = "".join(f'<a href="#{anchor}-{n}">[{n}]</a>' for n in sentence.markers if n in known)
    return f"{text} {marks}"


def _html_citation(citation: Citation, anchor: str) -> str:
    where = ", ".join(x for x in (citation.heading, f"p. {citation.page}" if citation.page else "") if x)
    links = export.paper_links(citation.paper)
    web = f' <a href="{escape(links[0][1])}" rel="noopener noreferrer">{links[0][0]}</a>' if links else ""
    digest = f" {export.DIGEST}" if citation.paper.collection == "starter" else ""
    return (
        f'<li id="{anchor}-{citation.n}">[{citation.n}] {escape(export.full_reference(citation.paper))} {escape(where)}'
        f"{web}{digest}<blockquote>{escape(citation.quote)}</blockquote></li>"
    )
