"""The command that looks a gene up: what the library says of it, its papers, the genes it is named with, its facts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.asking import GeneratorOption, last, open_assistant, record, show
from assistant.cli import JsonOption, LibraryOption, app, print_json, stderr
from assistant.cli_search import tag_first

if TYPE_CHECKING:
    from assistant.answers import Answer
    from assistant.gene.report import Report
    from index.genes import Gene

_PAPERS = 10
_ALIASES = 12


@app.command()
def gene(
    name: Annotated[str, typer.Argument(metavar="SYMBOL", help="Symbol, alias, full name or id, of human or mouse.")],
    generator: GeneratorOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what the library says of a gene, each sentence with its quote; its papers, companions, names and ids."""
    from assistant.gene.digest import digest  # noqa: PLC0415
    from assistant.gene.naming import meant  # noqa: PLC0415
    from assistant.gene.report import report  # noqa: PLC0415

    assistant = open_assistant(library)
    tag_first(assistant.library, quiet=as_json)
    found = report(assistant.library, meant(assistant.library, name))
    answer = last(digest(assistant, found.meant.concept, generator)) if found.passages else None
    if as_json:
        print_json(as_data(found, answer))
        return
    _tell(found)
    if answer is None:
        typer.echo(f"\nNo passage of this library names {found.symbol}, by whatever name.")
    elif answer.refused:
        typer.echo(
            f"\nThe papers name {found.symbol}, but no sentence tells what it does, where, or what it is linked to."
        )
    else:
        typer.echo("")
        show(answer)
    _tell_papers(found)


def as_data(found: Report, answer: Answer | None) -> dict[str, Any]:
    """A gene's report as JSON; ``digest`` is None where no passage names the gene."""
    return {
        "asked": found.meant.asked,
        "symbol": found.symbol,
        "concept": found.meant.concept,
        "ambiguous": found.meant.ambiguous,
        "other_meanings": [asdict(other) for other in found.meant.others],
        "notes": list(found.meant.notes),
        "genes": [_facts(one) for one in found.genes],
        "passages": found.passages,
        "papers": [
            {
                "paper": paper.info.id,
                "title": paper.info.title,
                "year": paper.info.year,
                "pmid": paper.info.pmid,
                "pmcid": paper.info.pmcid,
                "doi": paper.info.doi,
                "times": paper.times,
            }
            for paper in found.papers
        ],
        "named_with": [asdict(companion) for companion in found.companions],
        "digest": None if answer is None else {**record(answer), "parts": _parts(answer)},
    }


def _parts(answer: Answer) -> dict[str, list[dict[str, Any]]]:
    return {
        part: [{"text": s.text, "citations": list(s.markers)} for s in said if s.supported]
        for part, said in answer.in_parts
    }


def _facts(one: Gene) -> dict[str, Any]:
    from assistant.gene.report import links  # noqa: PLC0415

    kept = {key: value for key, value in asdict(one).items() if key not in ("concept", "popularity", "rat")}
    return {**kept, "build": one.build, "links": dict(links(one))}


def _tell(found: Report) -> None:
    from assistant.gene.report import links, place  # noqa: PLC0415

    for note in found.meant.notes:
        stderr().print(note, markup=False, highlight=False, soft_wrap=True)
    if found.meant.others:
        others = "; ".join(
            f"{o.symbol} ({o.name or 'no name'}, in {o.passages:,} passages)" for o in found.meant.others
        )
        how = "may also mean" if found.meant.ambiguous else "is at times used for"
        told = f"“{found.meant.asked}” {how}: {others}. This is {found.symbol}; give another’s symbol for it."
        stderr().print(told, markup=False, highlight=False, soft_wrap=True)
    for one in found.genes:
        typer.echo(f"{one.symbol} ({one.species}){': ' + one.name if one.name else ''}")
        facts = (
            ("formerly", ", ".join(one.previous)),
            ("also called", ", ".join(one.aliases[:_ALIASES])),
            ("", "; ".join(x for x in (place(one), one.biotype.replace("_", " ")) if x)),
            ("", ", ".join(label for label, _ in links(one))),
        )
        for label, value in facts:
            if value:
                typer.echo(f"    {label + ': ' if label else ''}{value}")


def _tell_papers(found: Report) -> None:
    if found.companions:
        named = ", ".join(f"{c.symbol} ({c.passages:,})" for c in found.companions)
        typer.echo(f"\nNamed together with it, by passages: {named}")
    if found.papers:
        typer.echo(f"\nPapers that name it ({len(found.papers):,}):")
    for paper in found.papers[:_PAPERS]:
        typer.echo(f"{paper.times:>6}x  {paper.info.citation}. {paper.info.title}  {paper.info.url}".rstrip())
    if len(found.papers) > _PAPERS:
        typer.echo(f"        and {len(found.papers) - _PAPERS:,} more; --json lists them all.")
