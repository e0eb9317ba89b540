"""The command that suggests what to read next, and which questions are open."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import JsonOption, LibraryOption, app, load_settings, open_library, print_json
from assistant.cli_fetch import Service
from index.errors import LibraryError, LocusError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.suggestions.open_questions import OpenQuestion
    from assistant.suggestions.outside import Outside
    from assistant.suggestions.similar import Similar
    from index.papers import PaperInfo
    from index.store import Store

_EXCERPT = 160


@app.command()
def suggest(
    paper: Annotated[str, typer.Option(help="Papers like this one: its library number, PMID:1, PMCID or DOI.")] = "",
    question: Annotated[str, typer.Option(help="Papers for this question.")] = "",
    outside: Annotated[
        bool, typer.Option("--outside", help="Papers that the library lacks: asks Europe PMC or PubMed.")
    ] = False,
    open_: Annotated[
        bool, typer.Option("--open", help="Open questions that the papers state; on --question's topic, if given.")
    ] = False,
    source: Annotated[Service, typer.Option(help="The service that --outside asks.")] = Service.EUROPEPMC,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Suggestions shown.")] = 10,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send --outside's query without being asked.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest what to read next: papers like one, papers for a question, papers not held yet, open questions.

    Only --outside leaves this machine: one query, which is shown first.
    """
    if not (paper or question.strip() or outside or open_):
        raise LocusError("Nothing was asked for.", hint="Give --paper, --question, --outside or --open.")
    if outside and open_:
        raise LocusError("--outside and --open exclude each other.", hint="Give one of them.")
    settings = load_settings(library)
    with open_library(settings, create=library is None) as opened:
        number = _number(opened, paper) if paper else 0
        if outside:
            _outside(settings, opened, source.value, number, question, k, sure=yes or as_json, as_json=as_json)
        elif open_:
            _open(opened, question, number, k, as_json=as_json)
        else:
            _similar(opened, number, question, k, as_json=as_json)


def _number(library: Store, name: str) -> int:
    number = library.find(name)
    if number is None:
        raise LibraryError(f"{name} is not in the library.", hint="locus list shows what is.")
    return number


def _similar(library: Store, number: int, question: str, k: int, *, as_json: bool) -> None:
    from assistant.suggestions.similar import for_question, like  # noqa: PLC0415

    found = like(library, number, k) if number else for_question(library, question, k)
    if as_json:
        print_json([_similar_data(one) for one in found])
        return
    for n, one in enumerate(found, 1):
        typer.echo(f"{n:>3}. {_line(one.info)}\n     {one.why or 'a near passage'}")
        if one.passage:
            typer.echo(f"     “{_short(one.passage.text)}”")
    if not found:
        typer.echo("No other paper of the library is like it." if number else "No paper of the library fits.")


def _open(library: Store, topic: str, number: int, k: int, *, as_json: bool) -> None:
    from assistant.suggestions.open_questions import open_questions  # noqa: PLC0415

    found = open_questions(library, topic, k, papers=[number] if number else [])
    if as_json:
        print_json([_open_data(one) for one in found])
        return
    for one in found:
        cited = one.citation
        where = ", ".join(part for part in (cited.heading, f"p. {cited.page}" if cited.page else "") if part)
        quote, place = " ".join(cited.quote.split()), f" ({where})" if where else ""
        typer.echo(f"{cited.n:>3}. “{quote}”\n     {_line(cited.paper)}{place}")
    if not found:
        typer.echo("The papers state no open question in so many words.")


def _outside(
    settings: Settings, library: Store, source: str, number: int, question: str, k: int, *, sure: bool, as_json: bool
) -> None:
    from assistant.suggestions.outside import outside, query_for  # noqa: PLC0415
    from index.sources.fetching import source_of  # noqa: PLC0415

    query = query_for(library, source, paper=number, question=question)
    service = source_of(source, settings)
    if not as_json:
        typer.echo(f"This goes to {service.name}: {query}")
    if not sure:
        if not sys.stdin.isatty():
            raise LocusError("Nobody is there to say yes.", hint="Add --yes to send it without being asked.")
        if not typer.confirm("Send it?"):
            raise typer.Exit(0)
    try:
        found, total = outside(library, service, query, k)
    finally:
        service.close()
    if as_json:
        print_json({"query": query, "total": total, "papers": [_outside_data(one) for one in found]})
        return
    for n, one in enumerate(found, 1):
        access = "open access" if one.open_access else "abstract only"
        typer.echo(f"{n:>3}. {_line(one.info)} [{access}]\n     {one.why}".rstrip())
    if found:
        typer.echo(f"{total:,} found in all. Add them with: locus fetch '{query}' --source {source} --limit {k}")
    else:
        typer.echo("Nothing that the library lacks was found.")


def _line(info: PaperInfo) -> str:
    return ". ".join(part for part in (info.who, f"{info.title or info.source} {info.url}".rstrip()) if part)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else flat[: _EXCERPT - 1].rsplit(" ", 1)[0] + "…"


def _similar_data(one: Similar) -> dict[str, Any]:
    return {
        "paper": asdict(one.info),
        "why": one.why,
        "genes": one.genes,
        "terms": one.terms,
        "works": one.works,
        "cites": one.cites,
        "passage": one.passage.text if one.passage else "",
    }


def _open_data(one: OpenQuestion) -> dict[str, Any]:
    cited = one.citation
    return {
        "paper": asdict(cited.paper),
        "quote": cited.quote,
        "section": cited.section,
        "heading": cited.heading,
        "start": cited.start,
        "end": cited.end,
        "page": cited.page,
    }


def _outside_data(one: Outside) -> dict[str, Any]:
    return {"paper": asdict(one.info), "open_access": one.open_access, "genes": one.genes, "why": one.why}
