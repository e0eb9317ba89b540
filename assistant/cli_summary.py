"""Commands that summarise: one paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.asking import GeneratorOption, last, open_assistant, record, show
from assistant.cli import JsonOption, LibraryOption, app, print_json, stderr
from index.errors import LocusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.answers import Answer, Event

LengthOption = Annotated[
    str, typer.Option("--length", help="short, standard, long, or a number of sentences from 5 to 60.")
]


@app.command()
def summarize(
    paper: Annotated[str, typer.Argument(help="Library number, PMID (PMID:1), PMCID or DOI.")],
    length: LengthOption = "standard",
    generator: GeneratorOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Summarise one paper, read whole: question, approach, findings, genes, limits, each sentence cited."""
    from assistant.summary.lengths import length as length_of  # noqa: PLC0415

    wanted = length_of(length)
    assistant = open_assistant(library)
    tell(finished(assistant.summarize(found(assistant.library.find(paper), paper), generator, length=wanted)), as_json)


def found(paper_id: int | None, name: str) -> int:
    """The id of a paper that was looked up by ``name``. LocusError where it isn't there."""
    if paper_id is None:
        raise LocusError(f"Not in the library: {name}.", hint="locus list shows what is.")
    return paper_id


def tell(answer: Answer, as_json: bool) -> None:
    """Write a summary to stdout, as text or JSON."""
    if as_json:
        print_json(record(answer))
    else:
        show(answer)


def finished(events: Iterator[Event]) -> Answer:
    """The answer at the end of the events; what is being done is told on a terminal meanwhile."""
    console = stderr()
    if not console.is_terminal:
        return last(events)
    from assistant.answers import Working  # noqa: PLC0415

    with console.status("Starting…") as status:

        def shown() -> Iterator[Event]:
            for event in events:
                if isinstance(event, Working):
                    status.update(f"{event.text}…")
                yield event

        return last(shown())
