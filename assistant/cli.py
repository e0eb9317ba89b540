"""The command line: a library filled, listed, checked and mended; other modules add their commands to `app`.

What takes time to load is imported inside the commands, so that ``locus --help`` answers at once.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import LibraryError, LocusError

if TYPE_CHECKING:
    from rich.console import Console

    from assistant.settings import Settings
    from index.dense import DenseStatus
    from index.grading import Grades
    from index.papers import Offered
    from index.results import AddResult, AddSummary
    from index.store import Store

app = typer.Typer(
    help="Chat with the genetics papers you trust: every sentence tied to an exact quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

LibraryOption = Annotated[
    str | None,
    typer.Option(
        "--library",
        metavar="FOLDER",
        help="Folder of the library, or milvus://host:19530/collection; default: LOCUS_LIBRARY, or your data folder.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

_LISTED_FAILURES = 20
_INTERRUPTED = 130


def main() -> None:
    """Run the command line; a LocusError becomes its message and hint on stderr and exit code 1."""
    from assistant import (  # noqa: F401, PLC0415 - they register
        asking,
        cli_cluster,
        cli_compare,
        cli_fetch,
        cli_gene,
        cli_genes,
        cli_genome,
        cli_search,
        cli_suggest,
        cli_summary,
        cli_train,
    )

    try:
        app()
    except LocusError as error:
        tell_error(error)
        sys.exit(1)


@app.callback()
def prepare(verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done.")] = False) -> None:
    """Chat with the genetics papers you trust: every sentence tied to an exact quote."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files of papers, and folders of them.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add papers: JATS and PubMed XML, PDF, BioC, nbib, RIS, BibTeX, Markdown, text.

    Papers that are there already are brought up to date, or skipped where nothing changed: an interrupted run is
    continued by running it again.
    """
    kept: list[AddResult] = []
    with open_library(load_settings(library)) as opened:
        try:
            summary = _add(opened, paths, kept, quiet=as_json)
        except KeyboardInterrupt:
            done = sum(result.status != "failed" for result in kept)
            stderr().print(f"Stopped. {done:,} papers are finished and kept; run the same command again to continue.")
            raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        print_json(
            {
                "counts": {status.value: count for status, count in summary.counts.items()},
                "passages": summary.passages,
                "failures": [asdict(failure) for failure in summary.failures],
            }
        )
    else:
        tell_summary(summary)
    if summary.failures:
        raise typer.Exit(1)


@app.command("list")
def list_papers(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words of the title, author, journal, year, identifier or file.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Papers shown.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="Papers skipped.")] = 0,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the papers of the library, the newest first."""
    query = " ".join(words or [])
    with open_library(load_settings(library), embed=False) as opened:
        infos, total = opened.papers(query, offset, limit), opened.count(query)
        grades = opened.grades(info.id for info in infos)
    if as_json:
        print_json({"total": total, "papers": [{**asdict(i), "evidence": _evidence(grades, i.id)} for i in infos]})
        return
    for info in infos:
        names = " ".join(name for name in (info.pmid and f"PMID:{info.pmid}", info.pmcid, info.doi) if name)
        told = ". ".join(part for part in (info.who, info.title or info.source) if part)
        typer.echo(f"{info.id:>6}  {told}  {names}".rstrip())
        if evidence := grades.get(info.id):
            typer.echo(f"        {evidence.in_short}")
    if not infos:
        typer.echo("No paper matches." if query else "The library is empty. Add papers: locus add PATH")
    elif total > len(infos):
        typer.echo(f"{offset + 1:,}-{offset + len(infos):,} of {total:,}; see more with --offset {offset + len(infos)}")


@app.command()
def remove(
    papers: Annotated[list[str] | None, typer.Argument(help="Library numbers, PMIDs (PMID:1), PMCIDs or DOIs.")] = None,
    starter: Annotated[bool, typer.Option("--starter", help="Remove the shipped digests, for good.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove papers from the library."""
    if not papers and not starter:
        raise LibraryError("No paper is named.", hint="Give numbers as locus list shows them, or --starter.")
    removed: list[dict[str, Any]] = []
    unknown: list[str] = []
    with open_library(load_settings(library), embed=False) as opened:
        count = opened.remove_starter() if starter else 0
        for name in papers or []:
            paper_id = opened.find(name)
            if paper_id is None:
                unknown.append(name)
                continue
            info = opened.remove(paper_id)
            removed.append({"id": paper_id, "title": info.title})
    if as_json:
        print_json({"removed": removed, "starter": count, "unknown": unknown})
    else:
        for paper in removed:
            typer.echo(f"Removed {paper['id']}: {paper['title']}")
        if starter:
            typer.echo(f"Removed {count} starter papers.")
    if unknown:
        raise LibraryError(f"Not in the library: {', '.join(unknown)}.", hint="locus list shows what is.")


@app.command()
def status(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Show what the library holds."""
    with open_library(load_settings(library), embed=False) as opened:
        figures = opened.status()
    if as_json:
        print_json(asdict(figures))
        return
    starter = f" ({figures.starter_papers:,} of them starter digests)" if figures.starter_papers else ""
    typer.echo(
        f"Library    {figures.folder}\n"
        f"Papers     {figures.papers:,}{starter}\n"
        f"Passages   {figures.passages:,}\n"
        f"Words      {figures.words:,}\n"
        f"Embedder   {figures.embedder}, {figures.dimension} dimensions\n"
        f"Indexes    {figures.engine} {_dense(figures.vectors) or figures.dense}; {figures.lexical}\n"
        f"On disk    {f'{figures.disk_bytes / 1e6:,.1f} MB' if figures.disk_bytes else 'on the server'}"
    )


@app.command()
def optimize(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Merge what was added and removed into the indexes' files, in the type that the library's size asks for.

    The page does it by itself, in the background, where much has changed.
    """
    with open_library(load_settings(library), embed=False) as opened:
        written = opened.optimize()
        figures = opened.status()
    if as_json:
        print_json({"written": written, "vectors": figures.vectors and asdict(figures.vectors)})
        return
    told = f"{figures.engine} {_dense(figures.vectors) or figures.dense}"
    typer.echo(f"Merged: {told}." if written else f"Nothing to merge: {told}.")


@app.command()
def check(
    repair: Annotated[
        bool, typer.Option("--repair", help="Build the search indexes anew where something is wrong.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that the library is whole; exit code 1 where it is not."""
    with open_library(load_settings(library), embed=False) as opened:
        problems = opened.check()
        if problems and repair:
            opened.rebuild()
            repaired = [*problems, *opened.repairs]
            problems = opened.check()
        else:
            repaired = opened.repairs
    if as_json:
        print_json({"problems": problems, "repaired": repaired})
        if problems:
            raise typer.Exit(1)
        return
    for repair_made in repaired:
        typer.echo(f"Repaired: {repair_made}")
    if problems:
        for problem in problems:
            stderr().print(problem, style="red", markup=False, soft_wrap=True)
    else:
        typer.echo("The library is whole now." if repaired else "The library is whole.")
    if problems:
        raise typer.Exit(1)


@app.command()
def reindex(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Cut and embed all papers again, with the embedder that LOCUS_EMBEDDER names."""
    from rich.progress import Progress  # noqa: PLC0415

    settings = load_settings(library)
    with open_library(settings, embed=False) as opened, Progress(console=stderr(), disable=as_json) as bar:
        embedder = load_embedder(settings)
        task = bar.add_task("Papers", total=None)
        try:
            embedded = opened.reindex(
                embedder, progress=lambda done, total: bar.update(task, completed=done, total=total)
            )
        except KeyboardInterrupt:
            bar.stop()
            stderr().print("Stopped. The library is as it was; run the same command again to continue.")
            raise typer.Exit(_INTERRUPTED) from None
    if as_json:
        print_json({"embedder": embedder.name, "embedded": embedded})
    else:
        typer.echo(f"Embedded {embedded:,} passages with {embedder.name}.")


def _dense(vectors: DenseStatus | None) -> str:
    """The dense index in words."""
    if vectors is None:
        return ""
    if not vectors.vectors:
        return f"{vectors.kind}, not written yet"
    told = f"{vectors.kind}, {vectors.vectors:,} vectors"
    if beside := [f"{n:,} {what}" for n, what in ((vectors.added, "added"), (vectors.removed, "removed")) if n]:
        told += f" ({' and '.join(beside)} since)"
    if not vectors.lists or vectors.recall is None:
        return f"{told}, exact"
    return f"{told}, {vectors.visited:,} of {vectors.lists:,} lists visited: recall {vectors.recall:.3f} as measured"


def _evidence(grades: dict[int, Grades], paper_id: int) -> dict[str, Any] | None:
    found = grades.get(paper_id)
    return found.as_data() if found is not None else None


def load_settings(library: str | Path | None = None) -> Settings:
    """The settings from LOCUS_* variables, the library from the command line where it is given."""
    from pydantic import ValidationError  # noqa: PLC0415

    from assistant.settings import Settings  # noqa: PLC0415
    from index.settings import in_words  # noqa: PLC0415

    try:
        return Settings() if library is None else Settings.model_validate({"library": library})
    except ValidationError as error:
        raise LocusError(in_words(error), hint="Correct or unset it.") from None


def load_embedder(settings: Settings) -> Any:
    """The embedder that the settings name."""
    from index import embedding  # noqa: PLC0415

    return embedding.load_embedder(settings.embedder, threads=settings.threads)


def open_library(settings: Settings, *, embed: bool = True, create: bool = True) -> Store:
    """The library that the settings name; with ``embed`` it can be added to, and with ``create`` is made if need be."""
    from index import opening  # noqa: PLC0415

    return opening.open_library(settings, load_embedder(settings) if embed else None, create=embed and create)


def stderr() -> Console:
    """A console on stderr, where progress and errors go so that stdout stays clean for other programs."""
    from rich.console import Console  # noqa: PLC0415

    return Console(stderr=True)


def tell_error(error: LocusError) -> None:
    """Write an error's message and hint to stderr."""
    console = stderr()
    console.print(error.message, style="red", markup=False, highlight=False, soft_wrap=True)
    if error.hint:
        console.print(error.hint, markup=False, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Write ``value`` to stdout as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _add(library: Store, paths: list[Path], results: list[AddResult], *, quiet: bool) -> AddSummary:
    """Add with a progress bar; each result is put into ``results`` as soon as it is on disk."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from index.readers import papers_in, read  # noqa: PLC0415

    files = list(papers_in(paths))
    columns = (
        TextColumn("Files"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=stderr(), disable=quiet) as bar:
        task = bar.add_task("reading", total=len(files))

        def items() -> Iterator[Offered]:
            for file in files:
                yield from read(file)
                bar.advance(task)

        passages = 0

        def note(result: AddResult) -> None:
            nonlocal passages
            results.append(result)
            passages += result.passages
            bar.update(task, description=f"{len(results):,} papers, {passages:,} passages")

        return library.add(items(), progress=note)


def tell_summary(summary: AddSummary) -> None:
    """Tell what became of the papers that were added, and which of them failed."""
    counts = ", ".join(f"{count:,} {status.value}" for status, count in sorted(summary.counts.items()))
    typer.echo(f"{summary.total:,} papers: {counts or 'none'} ({summary.passages:,} passages embedded).")
    if not summary.failures:
        return
    console = stderr()
    console.print("Not added:", style="red")
    for failure in summary.failures[:_LISTED_FAILURES]:
        name = " ".join(part for part in (failure.source, failure.title and f"({failure.title})") if part)
        line = f"  {name}: {failure.message} {failure.hint}" if name else f"  {failure.message} {failure.hint}"
        console.print(line.rstrip(), markup=False, highlight=False, soft_wrap=True)
    if len(summary.failures) > _LISTED_FAILURES:
        console.print(f"  and {len(summary.failures) - _LISTED_FAILURES:,} more; --json lists them all.")


if __name__ == "__main__":
    main()
