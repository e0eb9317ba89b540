"""The command that runs the same questions through several generators, to choose between them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.asking import open_assistant, read_lines, read_questions
from assistant.cli import JsonOption, LibraryOption, app, print_json, stderr
from index.errors import LocusError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.chain import Assistant
    from assistant.comparing import Prices, Question, Row
    from assistant.generators.base import Generator

_INTERRUPTED = 130
_FORMATS = (".json", ".md", ".csv")


@app.command()
def compare(
    questions: Annotated[list[str] | None, typer.Argument(help="The questions.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A file of questions: one a line, or JSON Lines with id and question (and GeneQA's gold)."),
    ] = None,
    generators: Annotated[
        str,
        typer.Option(
            "--generators", "-g", help="Names with commas between; default: all that send nothing to another machine."
        ),
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Where the comparison goes: FILE.json, .md or .csv.")] = None,
    price_in: Annotated[
        float | None, typer.Option(help="Price of a million tokens that a remote model reads.", min=0)
    ] = None,
    price_out: Annotated[
        float | None, typer.Option(help="Price of a million tokens that a remote model writes.", min=0)
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer the same questions with several generators, from the same passages, side by side."""
    asked = _asked(questions or [], file)
    _check(out)
    from assistant import comparing, comparing_export  # noqa: PLC0415

    assistant = open_assistant(library)
    chosen = comparing.chosen(assistant, [name.strip() for name in generators.split(",") if name.strip()])
    paid = comparing.prices(assistant.settings, price_in, price_out)
    _tell_who(assistant, chosen, named=bool(generators.strip(" ,")))
    rows: list[Row] = []
    stopped = False
    try:
        _run(assistant, asked, chosen, paid, rows)
    except KeyboardInterrupt:
        stopped = True
    finally:
        # Whatever broke it off: what is finished may have been paid for.
        if out is not None and rows:
            _write(out, rows)
    if as_json:
        print_json(comparing_export.as_data(rows))
    elif rows:
        typer.echo(comparing_export.text(rows), nl=False)
    if stopped:
        stderr().print(f"Stopped. {len(rows):,} of {len(asked) * len(chosen):,} answers are finished and kept.")
        raise typer.Exit(_INTERRUPTED)
    if failed := sum(row.answer is None for row in rows):
        stderr().print(f"{failed:,} of {len(rows):,} answers failed; their rows say why.", style="red", markup=False)
        raise typer.Exit(1)


def _asked(given: Sequence[str], file: Path | None) -> list[Question]:
    """Questions of the command line, then those of the file, which is JSON Lines where its first line is an object."""
    from assistant.comparing import questions  # noqa: PLC0415

    records: list[Any] = list(given)
    if file is not None:
        lines = read_lines(file)
        objects = next((line for line in lines if line.strip()), "").lstrip().startswith("{")
        records += read_questions(file) if objects else lines
    found = questions(records)
    if not found:
        raise LocusError(
            "No question is given.", hint='Type one or more: locus compare "What does Pygo2 do?", or name a --file.'
        )
    return found


def _check(out: Path | None) -> None:
    """Refuse at once what can't be written in the end."""
    if out is None:
        return
    if out.suffix.lower() not in _FORMATS:
        raise LocusError(f"{out} is of no known kind.", hint=f"End its name in {', '.join(_FORMATS)}.")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise LocusError(f"{out} can't be written: no such folder, or a folder itself.", hint="Name a file in one.")


def _tell_who(assistant: Assistant, chosen: Sequence[Generator], *, named: bool) -> None:
    """Who takes part, what each sends where, and who does not because it would send something and was not named."""
    console = stderr()
    for generator in chosen:
        console.print(f"{generator.name}: {generator.label}", markup=False, highlight=False, soft_wrap=True)
    for generator in [] if named else assistant.generators():
        if generator.remote and generator not in chosen:
            console.print(
                f"Left out, since it sends text to another machine: {generator.name}. Name it to compare it too: "
                f"--generators {','.join(g.name for g in [*chosen, generator])}",
                markup=False, highlight=False, soft_wrap=True,
            )  # fmt: skip


def _run(
    assistant: Assistant, asked: Sequence[Question], chosen: Sequence[Generator], paid: Prices, rows: list[Row]
) -> None:
    """Put every finished row into ``rows`` at once, and tell it on stderr."""
    from assistant.comparing import Begun, compare  # noqa: PLC0415
    from assistant.comparing_export import outcome, seconds  # noqa: PLC0415

    console = stderr()
    with console.status("") as status:
        for event in compare(assistant, asked, chosen, paid):
            if isinstance(event, Begun):
                doing = f"{event.contestant.name} writes" if event.contestant else "searching"
                status.update(f"Question {event.question.number} of {len(asked)}: {doing}")
                continue
            rows.append(event)
            told = event.error or outcome(event)
            console.print(
                f"{len(rows)} of {len(asked) * len(chosen)}: question {event.question.number}, "
                f"{event.contestant.name}, {seconds(event.seconds)} s, {told}",
                markup=False, highlight=False, soft_wrap=True,
            )  # fmt: skip


def _write(out: Path, rows: Sequence[Row]) -> None:
    from assistant import comparing_export  # noqa: PLC0415

    kind = out.suffix.lower()
    if kind == ".json":
        text = json.dumps(comparing_export.as_data(rows), ensure_ascii=False, indent=2) + "\n"
    else:
        text = comparing_export.markdown(rows) if kind == ".md" else comparing_export.as_csv(rows)
    try:
        # As it is: lines of CSV end in CR LF on every machine.
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise LocusError(f"{out} can't be written ({error.strerror}).", hint="Choose another --out.") from None
