"""Commands of the command line that ask: ask, serve."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import JsonOption, LibraryOption, app, load_settings, print_json, stderr
from index.errors import LocusError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.answers import Answer, Citation, Event
    from assistant.chain import Assistant
    from index.filters import Filters
    from index.papers import Hit

GeneratorOption = Annotated[
    str,
    typer.Option("--generator", "-g", help="extractive or openai; default: LOCUS_GENERATOR, else the best at hand."),
]
_BATCH_PASSAGES = 10


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question.")] = "",
    generator: GeneratorOption = "",
    batch: Annotated[
        Path | None, typer.Option(help="A JSON Lines file of questions, each with id and question.")
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
    out: Annotated[Path | None, typer.Option(help="Where the answers of --batch go, one JSON object a line.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the papers, or a file of questions."""
    from assistant.studies import held_to  # noqa: PLC0415

    held = held_to(organism or (), kind or ())
    if batch is not None:
        if out is None:
            raise LocusError("--batch needs --out.", hint="Name the file for the answers: --out ANSWERS.jsonl")
        _ask_batch(open_assistant(library), batch, out, generator, held)
        return
    if not question.strip():
        raise LocusError("No question is given.", hint='Type one: locus ask "What does Pygo2 do in the kidney?"')
    assistant = open_assistant(library)
    if held:
        from assistant.cli_search import grade_first  # noqa: PLC0415

        grade_first(assistant.library, quiet=as_json)
    answer = last(assistant.stream(question, (), generator, filters=held))
    if as_json:
        print_json(record(answer))
    else:
        show(answer)


@app.command()
def serve(
    library: LibraryOption = None,
    host: Annotated[str, typer.Option(help="Address to bind to; default: LOCUS_HOST, else 127.0.0.1.")] = "",
    port: Annotated[int, typer.Option(help="Port; default: LOCUS_PORT, else 7860.")] = 0,
) -> None:
    """Serve the chat page."""
    from assistant.ui import serve as serve_page  # noqa: PLC0415

    changes = {key: value for key, value in (("host", host), ("port", port)) if value}
    raise typer.Exit(serve_page(load_settings(library).model_copy(update=changes)))


def record(answer: Answer) -> dict[str, Any]:
    """An answer as JSON: text with markers, citations with verbatim quotes, passages in rank order."""
    return {
        "question": answer.question,
        "standalone": answer.standalone,
        "answer": answer.text,
        "refused": answer.refused,
        "passages": [_passage(hit) for hit in answer.hits[:_BATCH_PASSAGES]],
        "citations": [_citation(citation) for citation in answer.citations],
        "unsupported": [{"text": s.text, "problem": s.problem} for s in answer.sentences if not s.stands],
        "generator": answer.generator,
        "notes": list(answer.notes),
        "usage": asdict(answer.usage),
        "seconds": round(answer.seconds, 4),
    }


def _passage(hit: Hit) -> dict[str, Any]:
    paper, passage = hit.paper, hit.passage
    return {
        "pmid": paper.pmid,
        "pmcid": paper.pmcid,
        "doi": paper.doi,
        "title": paper.title,
        "heading": passage.heading,
        "page": passage.page,
        "text": passage.text,
    }


def _citation(citation: Citation) -> dict[str, Any]:
    paper = citation.paper
    return {
        "n": citation.n,
        "pmid": paper.pmid,
        "pmcid": paper.pmcid,
        "doi": paper.doi,
        "title": paper.title,
        "retracted": paper.retracted,
        "section": citation.heading,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "evidence": citation.grades.as_data(),
    }


def _ask_batch(assistant: Assistant, batch: Path, out: Path, generator: str, held: Filters) -> None:
    """Answer a file of questions; what is in ``out`` already is kept, so that a stopped run is continued."""
    from rich.progress import track  # noqa: PLC0415

    questions = read_questions(batch)
    done = _answered(out)
    failed = 0
    with out.open("a", encoding="utf-8") as file:
        for question in track(questions, "Questions", console=stderr()):
            if question["id"] in done:
                continue
            started = time.perf_counter()
            try:
                answer = last(assistant.stream(question["question"], (), generator, filters=held))
            except LocusError as error:
                failed += 1
                stderr().print(f"{question['id']}: {error}", style="red", markup=False)
                continue
            line = {"id": question["id"], **record(answer), "seconds": round(time.perf_counter() - started, 4)}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
    if failed:
        raise LocusError(f"{failed} of {len(questions)} questions got no answer.", hint="Run the same command again.")


def read_questions(batch: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file, each with at least id and question (text). Raises LocusError."""
    questions = []
    for number, line in enumerate(read_lines(batch, "JSON Lines"), start=1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
            questions.append({**question, "id": question["id"], "question": str(question["question"])})
        except (ValueError, KeyError, TypeError):
            raise LocusError(
                f"{batch}, line {number}: not a JSON object with id and question.", hint="Correct that line."
            ) from None
    return questions


def read_lines(path: Path, kind: str = "text") -> list[str]:
    """The lines of a UTF-8 file. Raises LocusError, which tells that a file of this ``kind`` is wanted."""
    try:
        # Not at the other line ends (U+2028 and the like) that a text within a line may hold.
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LocusError(f"{path} can't be read ({type(error).__name__}).", hint=f"Give a UTF-8 {kind} file.") from None


def _answered(out: Path) -> set[Any]:
    """Ids answered in an earlier run; a line cut off by a kill is taken out of the file."""
    if not out.exists():
        return set()
    done, whole = set(), 0
    for line in out.read_bytes().splitlines(keepends=True):
        try:
            done.add(json.loads(line)["id"])
        except (ValueError, KeyError, TypeError):
            break
        whole += len(line)
    with out.open("r+b") as file:
        file.truncate(whole)
    return done


def show(answer: Answer) -> None:
    """Write an answer to stdout: its text, then its citations with their quotes; or the nearest passages."""
    from assistant.export import DIGEST  # noqa: PLC0415

    typer.echo(answer.text)
    if answer.sentences or answer.refused:
        for note in answer.notes:
            typer.echo(f"\n{note}")
    if answer.refused:
        if answer.hits:
            typer.echo("\nNearest passages:")
        for hit in answer.hits[:3]:
            place = f", {hit.passage.heading}" if hit.passage.heading else ""
            typer.echo(f"  {hit.paper.citation}, {hit.paper.title}{place}")
        return
    if answer.citations:
        typer.echo("")
    for citation in answer.citations:
        page = f", p. {citation.page}" if citation.page else ""
        place = f", {citation.heading}" if citation.heading else ""
        typer.echo(
            f"[{citation.n}] {citation.paper.citation}. {citation.paper.title}{place}{page}. {citation.paper.url}"
        )
        typer.echo(f"    “{' '.join(citation.quote.split())}”")
        if citation.paper.collection == "starter":
            typer.echo(f"    {DIGEST}")
        if citation.grades:
            typer.echo(f"    {citation.grades.in_short}")
    for sentence in answer.sentences:
        if not sentence.stands:
            typer.echo(f"\nStruck, {sentence.problem}: {sentence.text}")
    if answer.usage.prompt_tokens:
        typer.echo(f"\n{answer.usage.prompt_tokens} + {answer.usage.completion_tokens} tokens, {answer.generator}")


def open_assistant(library: str | None) -> Assistant:
    """The assistant on the library that the settings or the command line name; LocusError.

    A folder named on the command line must hold a library: where a name is mistyped, the starter digests would answer.
    """
    from assistant.chain import Assistant  # noqa: PLC0415
    from index.library import check_folder  # noqa: PLC0415

    settings = load_settings(library)
    if library is not None and isinstance(settings.library, Path):
        check_folder(settings.library, create=False)
    return Assistant.open(settings)


def last(events: Iterator[Event]) -> Answer:
    """The grounded answer at the end of a stream."""
    from assistant.answers import Finished  # noqa: PLC0415

    for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise LocusError("No answer came.", hint="Ask again.", retry=True)
