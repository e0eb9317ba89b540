"""The command that builds a library in Milvus on a Ray cluster."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli import JsonOption, app, load_settings, print_json, stderr, tell_summary
from index.address import Address
from index.errors import LocusError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.results import AddResult, AddSummary

_INTERRUPTED = 130


@app.command()
def build(
    sources: Annotated[
        list[Path], typer.Argument(help="Files of papers, and folders of them, as every node has them.")
    ],
    ray: Annotated[str, typer.Option(help="Address of a Ray cluster (host:6379), or local: this machine alone.")],
    to: Annotated[
        str, typer.Option(metavar="ADDRESS", help="milvus://host:19530/collection; default: LOCUS_LIBRARY.")
    ] = "",
    workers: Annotated[int, typer.Option(min=0, help="Workers that embed; 0 = one a processor.")] = 0,
    gpus: Annotated[float, typer.Option(min=0, help="Graphics processors for each worker.")] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Build a library in Milvus with all machines of a Ray cluster.

    Stopped, or broken off by a machine's failure, it is continued by running it again.
    """
    settings = load_settings(to or None)
    if not isinstance(settings.library, Address):
        raise LocusError(
            f"{settings.library} is a folder.", hint="Give --to milvus://host:19530/collection, or use locus add."
        )
    start = time.monotonic()
    try:
        summary = _build(settings, settings.library, sources, ray, workers, gpus, quiet=as_json)
    except KeyboardInterrupt:
        stderr().print("Stopped. What is written is kept; run the same command again to continue.")
        raise typer.Exit(_INTERRUPTED) from None
    seconds = time.monotonic() - start
    if as_json:
        counts = {status.value: count for status, count in summary.counts.items()}
        print_json({"counts": counts, "passages": summary.passages, "seconds": round(seconds, 1)})
    else:
        tell_summary(summary)
        typer.echo(f"{seconds:,.0f} s, {summary.passages / max(seconds, 1e-9):,.0f} passages a second.")
    if summary.failures:
        raise typer.Exit(1)


def _build(
    settings: Settings, address: Address, sources: list[Path], ray: str, workers: int, gpus: float, *, quiet: bool
) -> AddSummary:
    from rich.progress import Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from index.cluster import building  # noqa: PLC0415
    from index.milvus.options import options  # noqa: PLC0415

    plan = building.Plan(ray, address, options(settings), workers, gpus)
    load = building.embedder_of(settings.embedder, settings.threads or 1)
    start, papers, passages = time.monotonic(), 0, 0
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=stderr(), disable=quiet) as bar:
        task = bar.add_task("Starting the workers", total=None)

        def note(result: AddResult) -> None:
            nonlocal papers, passages
            papers += 1
            passages += result.passages
            rate = passages / max(1e-9, time.monotonic() - start)
            bar.update(task, description=f"{papers:,} papers, {passages:,} passages embedded, {rate:,.0f} a second")

        return building.build(sources, plan, load, progress=note)
