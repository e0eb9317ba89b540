"""The command that searches: passages to read, not an answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import JsonOption, LibraryOption, app, print_json, stderr

if TYPE_CHECKING:
    from assistant.searching import Results
    from index.papers import Hit
    from index.store import Store

_WIDEST = 100


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words, genes or variants to look for.")] = "",
    gene: Annotated[
        list[str] | None, typer.Option(help="Only passages that name this gene, by whatever name; may be repeated.")
    ] = None,
    variant: Annotated[
        list[str] | None,
        typer.Option(help="Only passages that name this variant or band, in any spelling; may be repeated."),
    ] = None,
    year: Annotated[str, typer.Option(help="2005, 2005-2010, 2005- or -2010.")] = "",
    journal: Annotated[
        list[str] | None, typer.Option(help="A journal's name or a part of it; may be repeated.")
    ] = None,
    section: Annotated[
        list[str] | None,
        typer.Option(help="abstract, introduction, methods, results, discussion, figure, table; may be repeated."),
    ] = None,
    species: Annotated[
        list[str] | None, typer.Option(help="mouse, human, rat, zebrafish, fruit fly, yeast...; may be repeated.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="Only papers of this kind of study: knockout, gwas, case report, review...; may be repeated."
        ),
    ] = None,
    organism: Annotated[
        list[str] | None, typer.Option(help="Only papers that studied this organism: mouse, human...; may be repeated.")
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Passages shown.")] = 10,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages, the best first, by words and meaning; what was sought is marked."""
    from assistant.asking import open_assistant  # noqa: PLC0415
    from assistant.searching import Asked, find  # noqa: PLC0415

    asked = Asked(
        query=query,
        genes=tuple(gene or ()),
        variants=tuple(variant or ()),
        years=year,
        journals=tuple(journal or ()),
        sections=tuple(section or ()),
        species=tuple(species or ()),
        organisms=tuple(organism or ()),
        kinds=tuple(kind or ()),
    )
    opened = open_assistant(library).library
    if gene or variant or section or species:
        tag_first(opened, quiet=as_json)
    if kind or organism:
        grade_first(opened, quiet=as_json)
    results = find(opened, asked, k)
    if as_json:
        print_json(record(results))
    else:
        _show(results)


def record(results: Results) -> dict[str, Any]:
    """Results as JSON: what was searched, and the passages in their order with offsets of what is marked."""
    filters = {name: value for name, value in asdict(results.filters).items() if value}
    return {
        "query": results.query,
        "filters": {n: sorted(v, key=str) if isinstance(v, frozenset) else v for n, v in filters.items()},
        "notes": list(results.notes),
        "results": [_record(results, hit) for hit in results.hits],
    }


def _record(results: Results, hit: Hit) -> dict[str, Any]:
    from assistant.searching import highlights  # noqa: PLC0415
    from index import variants  # noqa: PLC0415
    from index.parts import part_of  # noqa: PLC0415

    paper, passage = hit.paper, hit.passage
    return {
        "paper": paper.id,
        "title": paper.title,
        "authors": list(paper.authors),
        "year": paper.year,
        "journal": paper.journal,
        "pmid": paper.pmid,
        "pmcid": paper.pmcid,
        "doi": paper.doi,
        "section": passage.heading,
        "part": part_of(passage.heading, passage.kind).value,
        "page": passage.page,
        "text": passage.text,
        "highlights": [list(span) for span in highlights(passage.text, results.query, results.filters.genes)],
        "variants": list(variants.keys(passage.text)),
        "score": hit.score,
        "similarity": hit.similarity,
        "evidence": evidence.as_data() if (evidence := results.grades.get(paper.id)) else None,
    }


def tag_first(library: Store, *, quiet: bool) -> None:
    """Tag what an older Locus has left untagged, with a bar, since a large library takes minutes."""
    if not library.untagged():
        return
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=stderr(), disable=quiet) as bar:
        task = bar.add_task("Tagging papers once", total=None)
        library.tag(progress=lambda done, total: bar.update(task, completed=done, total=total))


def grade_first(library: Store, *, quiet: bool) -> None:
    """Grade what an older Locus has left ungraded, with a bar, since a large library takes a minute."""
    if not library.ungraded():
        return
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=stderr(), disable=quiet) as bar:
        task = bar.add_task("Grading papers once", total=None)
        library.grade(progress=lambda done, total: bar.update(task, completed=done, total=total))


def _show(results: Results) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from assistant.searching import highlights, in_short  # noqa: PLC0415

    console = Console(highlight=False, markup=False)
    console.width = min(console.width, _WIDEST)
    # Another program gets a line a paragraph.
    console.soft_wrap = not console.is_terminal
    for note in results.notes:
        stderr().print(note, markup=False, highlight=False)
    for number, hit in enumerate(results.hits, start=1):
        paper, passage = hit.paper, hit.passage
        page = f"p. {passage.page}" if passage.page else ""
        where = " · ".join(part for part in (paper.citation, paper.journal, passage.heading, page) if part)
        body = Text(" ".join(passage.text.split()))
        for start, end in highlights(body.plain, results.query, results.filters.genes):
            body.stylize("bold yellow" if console.is_terminal else "", start, end)
        console.print(Text(f"{number}. {paper.title or 'Untitled'}", style="bold"))
        console.print(Text(f"   {where}", style="dim"))
        if evidence := results.grades.get(paper.id):
            console.print(Text(f"   {evidence.in_short}", style="dim"))
        console.print(body)
        console.print(Text(f"   {paper.url}\n" if paper.url else "", style="dim"))
    if not results.hits:
        held = f" within {in_short(results.filters)}" if results.filters else ""
        console.print(f"No passage fits “{results.query}”{held}.")
