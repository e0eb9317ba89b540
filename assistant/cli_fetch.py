"""The command that gets papers from Europe PMC and PubMed into the library."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import (
    JsonOption,
    LibraryOption,
    app,
    load_settings,
    open_library,
    print_json,
    stderr,
    tell_error,
)
from index.errors import LocusError

if TYPE_CHECKING:
    from index.sources.fetching import Fetched
    from index.sources.records import Found, Wish

_SHOWN = 10
_INTERRUPTED = 130


class Service(StrEnum):
    """A public service of papers."""

    EUROPEPMC = "europepmc"
    PUBMED = "pubmed"


@app.command()
def fetch(
    query: Annotated[str, typer.Argument(help='What to look for, in the service\'s own words: "Pax6 AND retina".')],
    limit: Annotated[int, typer.Option(min=1, help="Papers taken at most, the first that the service lists.")] = 50,
    source: Annotated[Service, typer.Option(help="The service that is asked.")] = Service.EUROPEPMC,
    since: Annotated[int | None, typer.Option(min=1500, max=2100, help="Only papers of this year or later.")] = None,
    abstracts_only: Annotated[bool, typer.Option("--abstracts-only", help="Abstracts, no full texts.")] = False,
    full_text: Annotated[bool, typer.Option("--full-text", help="Only papers with open full text.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before fetching.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Get papers from Europe PMC or PubMed: open full text where there is one, else the abstract.

    The words of the query go to that service, nothing else does. Papers that are held already are passed over, so that
    a run which was stopped is continued by running it again.
    """
    from index.sources.fetching import added, source_of  # noqa: PLC0415
    from index.sources.fetching import fetch as run  # noqa: PLC0415
    from index.sources.records import Texts, Wish  # noqa: PLC0415

    if abstracts_only and full_text:
        raise LocusError("--abstracts-only and --full-text exclude each other.", hint="Give one of them.")
    texts = Texts.ABSTRACTS if abstracts_only else Texts.FULL if full_text else Texts.ANY
    wish = Wish(query, limit, since, texts).checked()
    settings = load_settings(library)
    service = source_of(source.value, settings)
    try:
        found = service.search(wish)
        if not as_json:
            typer.echo(_told(service.name, found, wish))
        if found.total and not yes and not as_json:
            _confirm()
        with open_library(settings) as opened, _Bar(min(found.total, limit), quiet=as_json) as bar:
            try:
                done = run(opened, service, found, wish, progress=bar.step)
            except KeyboardInterrupt:
                bar.close()
                stderr().print("Stopped. What is finished is kept; run the same command again to continue.")
                raise typer.Exit(_INTERRUPTED) from None
    finally:
        service.close()
    if as_json:
        print_json(_as_data(found, done))
    else:
        typer.echo(_summary(done))
        _tell_rest(done)
    if done.error:
        if not as_json:
            tell_error(done.error)
            stderr().print(f"{added(done):,} papers are kept; run the same command again to continue.")
        raise typer.Exit(1)


def _told(name: str, found: Found, wish: Wish) -> str:
    since = f" of {wish.since} or later" if wish.since else ""
    count = f"{found.total:,} paper{'' if found.total == 1 else 's'}"
    if not found.total:
        return f"{name} finds no paper for “{wish.query}”{since}."
    taken = f"; the first {wish.limit:,} are taken" if found.total > wish.limit else ""
    return f"{name} finds {count} for “{wish.query}”{since}{taken}."


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise LocusError("Nobody is there to say yes.", hint="Add --yes to fetch without being asked.")
    if not typer.confirm("Fetch them?"):
        raise typer.Exit(0)


class _Bar:
    """Progress on stderr: papers dealt with, and what is being got."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
        self._bar = Progress(*columns, TimeElapsedColumn(), console=stderr(), disable=quiet)
        self._task = self._bar.add_task("fetching", total=total)

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._bar.stop()

    def step(self, step: object) -> None:
        from index.sources.fetching import Step  # noqa: PLC0415

        if isinstance(step, Step):
            title = step.info.title if len(step.info.title) <= 50 else step.info.title[:49] + "…"
            self._bar.update(self._task, completed=step.number, description=f"{step.got.value}: {title}")


def _summary(done: Fetched) -> str:
    counts = ", ".join(f"{count:,} {got.value}" for got, count in done.counts.items()) or "no paper"
    licences = ", ".join(f"{name} {count:,}" for name, count in done.licences.most_common(6))
    return f"{counts}.{f' Licences: {licences}.' if licences else ''}"


def _tell_rest(done: Fetched) -> None:
    for info in done.retracted[:_SHOWN]:
        typer.echo(f"Retracted, and marked so: {info.citation}. {info.title} {info.url}".rstrip())
    if len(done.retracted) > _SHOWN:
        typer.echo(f"and {len(done.retracted) - _SHOWN:,} more retracted papers.")
    told = [(step.info.title, step.note) for step in done.faults]
    told += [(failure.title, f"{failure.message} {failure.hint}".strip()) for failure in done.added.failures]
    console = stderr()
    for title, why in told[:_SHOWN]:
        console.print(f"{title}: {why}", markup=False, highlight=False, soft_wrap=True)
    if len(told) > _SHOWN:
        console.print(f"and {len(told) - _SHOWN:,} more; --json lists them all.")
    if done.faults:
        console.print("Their full texts are asked for again when you run the same command.")


def _as_data(found: Found, done: Fetched) -> dict[str, object]:
    return {
        "total": found.total,
        "counts": {got.value: count for got, count in done.counts.items()},
        "library": {status.value: count for status, count in done.added.counts.items()},
        "licences": dict(done.licences),
        "retracted": [{"title": p.title, "pmid": p.pmid, "pmcid": p.pmcid, "doi": p.doi} for p in done.retracted],
        "faults": [{"title": s.info.title, "pmcid": s.info.pmcid, "message": s.note} for s in done.faults],
        "failures": [asdict(failure) for failure in done.added.failures],
        "error": str(done.error) if done.error else "",
    }
