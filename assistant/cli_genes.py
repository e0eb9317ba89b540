"""The commands on gene names: ``locus genes find``, ``resolve``, ``ask``, ``update``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import JsonOption, app, load_settings, print_json, stderr
from index.errors import LocusError

if TYPE_CHECKING:
    from index.genes import Gene

genes = typer.Typer(
    help="Gene names: found in text, resolved, and the table behind them refreshed.", no_args_is_help=True
)
app.add_typer(genes, name="genes")


@genes.command()
def find(text: Annotated[str, typer.Argument(help="Any text.")], as_json: JsonOption = False) -> None:
    """Find the genes that a text names."""
    from index.genes import find as find_genes  # noqa: PLC0415
    from index.genes import in_species, table  # noqa: PLC0415

    rows: list[dict[str, Any]] = []
    for mention in find_genes(text):
        gene = in_species(mention, text)
        others = [table().concept(concept)[0].symbol for concept in mention.concepts[1:4]] if mention.ambiguous else []
        rows.append(
            {
                "start": mention.start,
                "end": mention.end,
                "text": mention.text,
                "gene": gene and _brief(gene),
                "or": others,
            }
        )
    if as_json:
        print_json(rows)
        return
    for row in rows:
        other = f" (or {', '.join(row['or'])})" if row["or"] else ""
        typer.echo(f"{row['text']}: {row['gene']['symbol']}, NCBI Gene {row['gene']['ncbi'] or 'none'}{other}")
    if not rows:
        typer.echo("No gene is named.")


@genes.command()
def resolve(
    name: Annotated[str, typer.Argument(help="A symbol, alias, full name or id.")], as_json: JsonOption = False
) -> None:
    """Show the genes that a name may mean, the likeliest first; a withdrawn or damaged name is mended."""
    from index.genes import repair, table  # noqa: PLC0415

    mended = repair(name)
    found = table().resolve(mended.gene.symbol if mended else name)
    if as_json:
        print_json(
            {
                "name": name,
                "repair": mended and mended.reason,
                "ambiguous": found.ambiguous,
                "candidates": [
                    {**asdict(c.gene), "kind": c.kind.name.lower(), "probability": c.probability}
                    for c in found.candidates
                ],
            }
        )
        return
    if mended:
        typer.echo(mended.reason)
    for candidate in found.candidates[:10]:
        gene = candidate.gene
        typer.echo(
            f"{gene.symbol} ({gene.species}) {gene.name}: {candidate.kind.name.lower().replace('_', ' ')}, "
            f"{gene.band or gene.chromosome}"
        )
    if found.ambiguous:
        typer.echo("The name is ambiguous: several genes are about as likely.")
    if not found.candidates:
        raise LocusError(f"No human or mouse gene is called {name}.", hint="locus genes update refreshes the table.")


@genes.command()
def ask(question: Annotated[str, typer.Argument(help='For instance "Which chromosome is TP53 on?"')]) -> None:
    """Answer a plain question on one gene from the table: symbol, chromosome, kind, aliases, ids, ortholog."""
    from index.genes.facts import answer  # noqa: PLC0415

    found = answer(question)
    if found is None:
        raise LocusError("The gene table cannot answer this.", hint="Ask the papers: locus ask.")
    typer.echo(found.text)


@genes.command()
def update(as_json: JsonOption = False) -> None:
    """Refresh the gene table from HGNC, NCBI Gene and MGI; it is kept in your data folder."""
    from rich.progress import Progress  # noqa: PLC0415

    from index.genes.table import user_table  # noqa: PLC0415
    from index.genes.updating import Addresses  # noqa: PLC0415
    from index.genes.updating import update as renew  # noqa: PLC0415

    settings = load_settings()
    addresses = Addresses(
        settings.genes_hgnc, settings.genes_ncbi_human, settings.genes_ncbi_mouse, settings.genes_homology
    )
    with Progress(console=stderr(), disable=as_json) as bar:
        tasks = {name: bar.add_task(name.replace("_", " "), total=None, visible=False) for name in Addresses.__slots__}
        header = renew(
            addresses, user_table(), note=lambda name, size: bar.update(tasks[name], completed=size, visible=True)
        )
    if as_json:
        print_json(header)
        return
    counts = header["counts"]
    typer.echo(
        f"{counts['human']:,} human and {counts['mouse']:,} mouse genes, {counts['keys']:,} names, in {user_table()}"
    )
    for source in header["sources"]:
        typer.echo(f"  {source['name']}, {source['date']}")


def _brief(gene: Gene) -> dict[str, Any]:
    return {"symbol": gene.symbol, "species": gene.species, "ncbi": gene.ncbi, "concept": gene.concept}
