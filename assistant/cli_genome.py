"""The command that turns genome data into ranked key genes, explains them from the library, and writes reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.asking import GeneratorOption, open_assistant
from assistant.cli import JsonOption, LibraryOption, app, print_json, stderr
from assistant.cli_search import tag_first
from index.errors import LocusError

if TYPE_CHECKING:
    from assistant.answers import Answer
    from assistant.chain import Assistant
    from assistant.genome.choices import Choices
    from assistant.genome.explaining import Explained
    from assistant.genome.records import GenomeData, Progress
    from assistant.genome.report import Report, Sets

_SHOWN = 20
_FORMS = (".md", ".html", ".csv", ".json")
_INTERRUPTED = 130


@app.command()
def genome(
    file: Annotated[
        Path | None, typer.Argument(help="A VCF, a table of expression or association results, or a list of genes.")
    ] = None,
    genes: Annotated[str, typer.Option(help="Gene symbols in the place of a file: 'Pygo2, Brca2, Pax6'.")] = "",
    species: Annotated[str, typer.Option(help="human or mouse; default: as the file tells.")] = "",
    build: Annotated[str, typer.Option(help="GRCh38, GRCh37 or GRCm38; default: as the file says.")] = "",
    impact: Annotated[str, typer.Option(help="VCF: least impact, of high, moderate, low, modifier.")] = "moderate",
    max_af: Annotated[float | None, typer.Option(help="VCF: greatest allele frequency, 0 to 1.")] = None,
    passed: Annotated[bool, typer.Option("--pass", help="VCF: only variants that passed the filters.")] = False,
    proband: Annotated[str, typer.Option(help="VCF: name of the proband's sample.")] = "",
    mother: Annotated[str, typer.Option(help="VCF: name of the mother's sample.")] = "",
    father: Annotated[str, typer.Option(help="VCF: name of the father's sample.")] = "",
    ped: Annotated[Path | None, typer.Option(help="VCF: a pedigree file that names proband and parents.")] = None,
    max_padj: Annotated[float, typer.Option(help="Expression: greatest adjusted p.")] = 0.05,
    min_lfc: Annotated[float, typer.Option(help="Expression: least log2 fold change, up or down.")] = 0.0,
    direction: Annotated[str, typer.Option(help="Expression: both, up or down.")] = "both",
    cluster: Annotated[str, typer.Option(help="Expression: the cluster or comparison to rank.")] = "",
    max_p: Annotated[float, typer.Option(help="Association: greatest p.")] = 5e-8,
    sheet: Annotated[str, typer.Option(help="Workbook: name of the sheet.")] = "",
    gmt: Annotated[Path | None, typer.Option(help="Your gene sets, to test for over-representation.")] = None,
    top: Annotated[int, typer.Option(min=0, help="Genes explained: the first that the library tells of.")] = 10,
    only_top: Annotated[
        bool, typer.Option("--only-top", help="Explain none but the first of the ranking, named by papers or not.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain/--no-explain", help="Explain genes from the library.")] = True,
    output: Annotated[
        list[Path] | None, typer.Option(help="Write a report: FILE.md, .html, .csv or .json; may be repeated.")
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Tell samples, genotypes and positions in what is printed and written.")
    ] = False,
    generator: GeneratorOption = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the key genes of a file by stated rules, and explain them from the papers.

    Of the file only gene symbols ever reach a generator. Samples, genotypes and positions are neither printed nor
    written unless --private asks for them.
    """
    from assistant.genome.choices import Choices  # noqa: PLC0415
    from assistant.genome.explaining import NOTHING_EXPLAINED  # noqa: PLC0415
    from assistant.genome.report import Report, as_data  # noqa: PLC0415
    from assistant.genome.sets import enriched  # noqa: PLC0415

    _check(file, genes, output or [])
    choices = Choices(
        build=build, species=species, impact=impact, max_af=max_af, passed=passed, proband=proband, mother=mother,
        father=father, ped=ped, max_padj=max_padj, min_lfc=min_lfc, direction=direction, cluster=cluster, max_p=max_p,
        sheet=sheet,
    )  # fmt: skip
    data = _read(file, genes, choices, quiet=as_json)
    made = Report(data, private=private)
    if not as_json:
        _tell(made)
    assistant = open_assistant(library) if explain and top and data.genes else None
    if assistant:
        tag_first(assistant.library, quiet=as_json)
    sets = enriched(data, assistant.library if assistant else None, gmt)
    explained = NOTHING_EXPLAINED
    if assistant:
        explained = _explained(assistant, data, top, only_top, generator, quiet=as_json)
    if not as_json:
        _tell_sets(sets)
    made = Report(data, explained, sets, private)
    if as_json:
        print_json(as_data(made))
    for path in output or []:
        write(made, path)
        stderr().print(f"Written: {path}", markup=False, highlight=False, soft_wrap=True)


def write(made: Report, path: Path) -> None:
    """Write a report in the form that the name's ending tells. Raises LocusError."""
    from assistant.genome import pages, report  # noqa: PLC0415

    match path.suffix.lower():
        case ".md":
            text = pages.markdown(made)
        case ".html":
            text = pages.html(made)
        case ".csv":
            text = report.as_csv(made)
        case _:
            text = json.dumps(report.as_data(made), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    try:
        # Line ends as they are: a CSV's are CR LF.
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise LocusError(f"{path} can't be written ({error.strerror}).", hint="Name another place.") from None


def _check(file: Path | None, genes: str, outputs: list[Path]) -> None:
    if (file is None) == (not genes.strip()):
        given = "Both a file and genes are given." if file else "No file is given."
        raise LocusError(given, hint="Give one: locus genome FILE, or locus genome --genes 'Pygo2, Pax6'")
    for path in outputs:
        if path.suffix.lower() not in _FORMS:
            raise LocusError(f"{path} has no ending that tells a form.", hint=f"One of: {', '.join(_FORMS)}.")
        if not path.parent.is_dir():
            raise LocusError(f"There is no folder {path.parent}.", hint="Make it first.")


def _read(file: Path | None, genes: str, choices: Choices, *, quiet: bool) -> GenomeData:
    from assistant.genome.choices import read_file, read_pasted  # noqa: PLC0415

    if file is None:
        return read_pasted(genes, choices)
    try:
        with _bar(quiet=quiet) as progress:
            return read_file(file, choices, progress)
    except KeyboardInterrupt:
        stderr().print("Stopped.")
        raise typer.Exit(_INTERRUPTED) from None


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Progress]:
    """A bar of the bytes read."""
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (TextColumn("Reading"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Bar(*columns, console=stderr(), disable=quiet, transient=True) as bar:
        task = bar.add_task("bytes", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


def _tell(made: Report) -> None:
    """What was recognised, and the first genes with the reasons of their ranks."""
    data = made.data
    typer.echo(made.title)
    for line in made.seen:
        typer.echo(f"  {line}")
    for line in (*data.warnings, *data.asks.values()):
        stderr().print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
    typer.echo("\nRanked by:")
    for number, rule in enumerate(data.rules, start=1):
        typer.echo(f"  {number}. {rule}")
    typer.echo(f"\nKey genes ({len(data.genes):,}):" if data.genes else "\nNo gene to rank: see above.")
    for gene in data.genes[:_SHOWN]:
        named = f" ({gene.named})" if gene.named not in ("", gene.symbol) else ""
        typer.echo(f"{gene.rank:>5}  {gene.symbol}{named}")
        for reason in made.said(gene)[:3]:
            typer.echo(f"       {reason}")
    if len(data.genes) > _SHOWN:
        typer.echo(f"       and {len(data.genes) - _SHOWN:,} more; --output genes.csv has them all.")
    for note in made.notes:
        typer.echo(f"\n{note.replace('this report', 'what is printed')} --private tells them.")


def _explained(
    assistant: Assistant, data: GenomeData, top: int, only_top: bool, generator: str, *, quiet: bool
) -> Explained:
    """The genes explained, each told as soon as it is finished; Ctrl-C keeps what there is."""
    from assistant.genome.explaining import (  # noqa: PLC0415
        NOTHING_EXPLAINED,
        Begun,
        Census,
        Explanation,
        Overview,
        explain,
    )

    found = NOTHING_EXPLAINED
    console = stderr()
    try:
        with console.status("Reading the papers…") as status:
            for step in explain(assistant, data, top=top, generator=generator, whole=only_top):
                found = found.with_step(step)
                if isinstance(step, Begun):
                    status.update(f"Reading on {step.gene.symbol}…")
                if quiet:
                    continue
                match step:
                    case Census():
                        _tell_census(step)
                    case Explanation(gene, answer) if not answer.refused:
                        _tell_answer(f"{gene.rank}. {gene.symbol}", answer)
                    case Overview(answer) if not answer.refused:
                        _tell_answer("What the key genes share", answer)
    except KeyboardInterrupt:
        console.print("Stopped; what is finished is kept.")
    if not quiet and found.silent:
        typer.echo(f"\nNamed by papers that tell nothing of them: {', '.join(o.gene.symbol for o in found.silent)}.")
    return found


def _tell_sets(sets: Sets) -> None:
    if not sets.tested:
        return
    typer.echo(f"\nGene sets found more often than by chance: {len(sets.found):,} of {sets.tested:,} tested.")
    typer.echo(f"  {sets.background}")
    for one in sets.found[:_SHOWN]:
        typer.echo(f"  {one.adjusted:8.2g}  {one.name} ({one.origin}): {len(one.hits)} of {one.size}")
        typer.echo(f"            {', '.join(one.hits)}")


def _tell_census(known: Any) -> None:
    from assistant.genome.wording import europe_pmc_address  # noqa: PLC0415

    typer.echo(f"\n{known.text}")
    for gene in known.unnamed:
        address = europe_pmc_address(known.queries.get(gene.symbol, ""))
        sought = f" Search: {address}" if address else ""
        typer.echo(f"{gene.rank:>5}  {gene.symbol}: no paper in the library names it.{sought}")


def _tell_answer(title: str, answer: Answer) -> None:
    from assistant.asking import show  # noqa: PLC0415

    typer.echo(f"\n# {title}\n")
    show(answer)
