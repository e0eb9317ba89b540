"""Commands that summarise: papers, what is new, and drafts from notes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.asking import GeneratorOption, last, open_assistant, read_lines, record, show
from assistant.cli import JsonOption, LibraryOption, app, print_json, stderr
from assistant.cli_search import tag_first
from index.errors import LocusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.answers import Answer, Event

LengthOption = Annotated[
    str, typer.Option("--length", help="short, standard, long, or a number of sentences from 5 to 60.")
]


def summary(
    papers: Annotated[
        list[str] | None, typer.Argument(help="One paper or more: library number, PMID (PMID:1), PMCID or DOI.")
    ] = None,
    topic: Annotated[str, typer.Option(help="Summarise the papers on a topic together.")] = "",
    gene: Annotated[str, typer.Option(help="Summarise the papers on a gene together, by any of its names.")] = "",
    question: Annotated[str, typer.Option(help="Summarise the papers that bear on a question together.")] = "",
    length: LengthOption = "standard",
    generator: GeneratorOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Summarise one paper, read whole; or several: themes, agreements, disagreements, open questions; all cited."""
    from assistant.summary import papers as choosing  # noqa: PLC0415
    from assistant.summary.lengths import length as length_of  # noqa: PLC0415
    from assistant.summary.many import compare  # noqa: PLC0415

    wanted_length = length_of(length)
    if sum(map(bool, (papers, topic, gene, question))) != 1:
        raise LocusError(
            "Name papers, or one of --topic, --gene and --question.", hint="locus list shows the numbers of papers."
        )
    assistant = open_assistant(library)
    opened = assistant.library
    if papers and len(papers) == 1:
        paper_id = found(opened.find(papers[0]), papers[0])
        tell(finished(assistant.summarize(paper_id, generator, length=wanted_length)), as_json)
        return
    if gene:
        tag_first(opened, quiet=as_json)
        wanted = choosing.on_gene(opened, gene)
    elif papers:
        wanted = choosing.named(opened, [found(opened.find(name), name) for name in papers])
    else:
        wanted = choosing.on_topic(opened, topic or question)
    tell(finished(compare(assistant, wanted, generator, wanted_length)), as_json)


# The first name stays, for those who know it.
for _name in ("summarize", "summary"):
    app.command(_name, hidden=_name == "summarize")(summary)


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


@app.command("new")
def new(
    since: Annotated[
        str, typer.Option(help="A year (papers published then or later), or a day such as 2026-03-01 (papers added).")
    ],
    topic: Annotated[str, typer.Option(help="What the papers are read for; else their main findings are told.")] = "",
    length: LengthOption = "standard",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what is new since a date: the main findings of each new paper, cited."""
    from assistant.summary.lengths import length as length_of  # noqa: PLC0415
    from assistant.summary.since import news  # noqa: PLC0415
    from assistant.summary.since import since as since_of  # noqa: PLC0415

    start, wanted = since_of(since), length_of(length)
    tell(finished(news(open_assistant(library), start, topic, wanted)), as_json)


@app.command("draft")
def draft_from_notes(
    notes: Annotated[
        Path, typer.Option(help="A text file with your notes: what you did and found, a statement a line.")
    ],
    kind: Annotated[str, typer.Option(help="abstract or related.")] = "abstract",
    length: LengthOption = "standard",
    generator: GeneratorOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draft an abstract or related work from your notes: yours stay marked as yours, all else is cited."""
    from assistant.summary.draft import KINDS, draft, statements  # noqa: PLC0415
    from assistant.summary.lengths import length as length_of  # noqa: PLC0415

    wanted = length_of(length)
    if kind not in KINDS:
        raise LocusError(f"There is no draft {kind!r}.", hint=f"Choose one of: {', '.join(KINDS)}.")
    text = "\n".join(read_lines(notes))
    statements(text)
    tell(finished(draft(open_assistant(library), text, kind, generator, wanted)), as_json)
