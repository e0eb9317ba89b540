"""Association results (GWAS) as genome data: the genes that the file, or their place, gives to variants that pass."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.genome.records import FileKind, GenomeData, KeyGene, Reason
from assistant.genome.tables import names, plots
from assistant.genome.tables.columns import Columns
from assistant.genome.tables.figures import said
from assistant.genome.tables.grid import Grid
from assistant.genome.tables.options import TableOptions
from assistant.genome.tables.roles import Role, norm
from index import genes as table_of_genes
from index.errors import LocusError
from index.genes import Gene

_DRAWN = 1e-3
_MOST_KEPT = 500_000
_SEPARATED = re.compile(r"\s*(?:[,;|/]|\bx\b)\s*")
_BETWEEN = re.compile(r"\s+[-–]\s+")
_NO_GENE = frozenset(
    ("", "nr", "na", "nan", "intergenic", "pending", "none", "no mapped genes", "not reported", "-", ".")
)
_POWER = re.compile(r"([\d.]+)\s*[eE]\s*[-−](\d+)")
_SAID_BUILDS = {
    "hg38": "GRCh38", "grch38": "GRCh38", "b38": "GRCh38", "hg19": "GRCh37", "grch37": "GRCh37", "b37": "GRCh37",
    "grcm38": "GRCm38", "mm10": "GRCm38",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variant:
    """A row that passes; ``log_p`` is -log10 p, ``genes`` pairs of a name and how the file gives it."""

    line: int
    name: str
    chromosome: str
    position: int
    log_p: float
    effect: str
    genes: tuple[tuple[str, str], ...]
    trait: str = ""

    @property
    def told(self) -> str:
        """Name and place, as far as the file gives them."""
        place = f"{self.chromosome}:{self.position:,}" if self.chromosome and self.position else ""
        return f"{self.name} ({place})" if self.name and place and place != self.name else self.name or place


def read_gwas(grid: Grid, columns: Columns, options: TableOptions, source: str) -> GenomeData:
    """The genes of associated variants, by their best p."""
    build, asked = _build(grid, columns, options)
    count, variants, drawn = _variants(grid, columns, options)
    notes: list[str] = []
    asks: dict[str, str] = {}
    given = columns.has(Role.MAPPED, Role.REPORTED) or bool(columns.genes)
    seen = [f"A table of association results: {count:,} rows, {len(variants):,} with p at most {options.max_p:g}."]
    if not variants:
        least = max((height for points in drawn.values() for _, height in points), default=None)
        smallest = f"; the smallest is {_p_said(least)}" if least is not None else ""
        notes.append(
            f"No variant has p at most {options.max_p:g}{smallest}. Raise the limit to see more (1e-5 is usual)."
        )
    if given:
        seen.append(f"Genes are those that the file gives: {_gene_columns(grid, columns)}.")
    elif Role.POSITION in columns.roles and Role.CHROMOSOME in columns.roles:
        variants = _placed(variants, build, asked, seen, notes, asks)
    else:
        notes.append("The table names no genes and gives no positions: rsIDs alone can't be given genes offline.")
    key, named = _ranked(variants, options)
    rules = [
        f"Variants with p at most {options.max_p:g}.",
        "A gene stands where its best variant does: the smallest p first, then the number of its variants.",
        "A gene near a variant need not be the one through which it acts.",
    ]
    if len(key) > options.key_genes:
        rules.append(f"The first {options.key_genes:,} of {len(key):,} genes are the key genes.")
    key = key[: options.key_genes]
    points = {c: p for c, p in drawn.items() if c}
    labels = _labels(variants, key)
    picture = plots.peaks(points, options.max_p, labels) if len(points) > 0 and build != "none" else None
    return GenomeData(
        source=source,
        kind=FileKind.GWAS,
        seen=(*seen, *grid.seen, *columns.seen),
        warnings=(*grid.notes, *columns.notes, *notes, *named.warnings),
        rules=tuple(rules),
        genes=tuple(key),
        species=named.species or ("mouse" if build == "GRCm38" else "human"),
        plots=(picture,) if picture else (),
        asks=asks,
    )


def _build(grid: Grid, columns: Columns, options: TableOptions) -> tuple[str, bool]:
    """The build of positions, and whether the user or the file states it; "" where it is unknown."""
    if options.build:
        build = _SAID_BUILDS.get(options.build.strip().lower(), options.build.strip())
        if build not in _SAID_BUILDS.values():
            raise LocusError(f"The genome build {options.build!r} is unknown.", hint="Say GRCh38, GRCh37 or GRCm38.")
        return build, True
    if Role.POSITION in columns.roles:
        name = norm(grid.header[columns.roles[Role.POSITION]])
        for mark, build in _SAID_BUILDS.items():
            if name.endswith(mark):
                return build, True
        if name == "hmpos":  # harmonised files of the GWAS Catalog
            return "GRCh38", True
    return "", False


def _variants(
    grid: Grid, columns: Columns, options: TableOptions
) -> tuple[int, list[Variant], dict[str, list[tuple[int, float]]]]:
    """Rows in all, the variants that pass, and chromosome -> (position, -log10 p) of those worth drawing."""
    roles = columns.roles
    p_at, log_at = roles.get(Role.P, -1), roles.get(Role.LOG_P, -1)
    least = -math.log10(options.max_p)
    worth = min(least, -math.log10(_DRAWN))
    count = 0
    kept: list[Variant] = []
    drawn: dict[str, list[tuple[int, float]]] = {}
    for line, cells in grid.rows():
        count += 1
        height = _height(cells[p_at] if p_at >= 0 else "", cells[log_at] if log_at >= 0 else "")
        if height is None or (height < worth and count > 2000):
            continue
        variant = _variant(line, cells, columns, height)
        drawn.setdefault(variant.chromosome, []).append((variant.position, height))
        if height >= least:
            kept.append(variant)
            if len(kept) > _MOST_KEPT:
                raise LocusError(
                    f"More than {_MOST_KEPT:,} variants have p at most {options.max_p:g}.", hint="Lower the limit on p."
                )
    return count, kept, drawn


def _height(p: str, logged: str) -> float | None:
    """-log10 p of a row; from the logarithm where it has one, for p too small to be held is written 0."""
    if logged:
        try:
            value = abs(float(logged))
            return value if math.isfinite(value) else None
        except ValueError:
            pass
    text = p.strip().lstrip("<").replace(",", ".").strip()
    try:
        value = float(text)
    except ValueError:
        return None
    if 0 < value <= 1:
        return -math.log10(value)
    if value == 0 and (match := _POWER.fullmatch(text)) and float(match.group(1)) > 0:
        return int(match.group(2)) - math.log10(float(match.group(1)))
    return 308.0 if value == 0 else None


def _variant(line: int, cells: list[str], columns: Columns, height: float) -> Variant:
    def held(role: Role) -> str:
        index = columns.roles.get(role, -1)
        return cells[index].strip() if index >= 0 else ""

    name = held(Role.SNP)
    chromosome = held(Role.CHROMOSOME).removeprefix("chr").removesuffix(".0")
    chromosome = {"23": "X", "24": "Y", "25": "X", "26": "MT", "M": "MT"}.get(chromosome, chromosome)
    position = held(Role.POSITION).replace(",", "").removesuffix(".0")
    effects = [f"{word} {held(role)}" for word, role in (("beta", Role.BETA), ("odds ratio", Role.ODDS)) if held(role)]
    if effects and effects[-1].lower().endswith((" nr", " na", " nan")):
        effects = []
    return Variant(
        line, name, chromosome, int(position) if position.isdigit() else 0, height, ", ".join(effects),
        tuple(_given(cells, columns)), held(Role.TRAIT)[:120],
    )  # fmt: skip


def _given(cells: list[str], columns: Columns) -> list[tuple[str, str]]:
    """Names of genes that a row gives, and in which way; mapped ones before those that authors report."""
    mapped, reported = columns.roles.get(Role.MAPPED, -1), columns.roles.get(Role.REPORTED, -1)
    found: list[tuple[str, str]] = []
    for index, way in (
        (mapped, "mapped to it"),
        *((i, "given for it") for i in columns.genes),
        (reported, "reported for it"),
    ):
        if index < 0 or found:
            continue
        text = cells[index].strip()
        near = _BETWEEN.search(text) is not None
        for part in _BETWEEN.split(text):
            for name in _SEPARATED.split(part):
                if name.strip().lower() not in _NO_GENE:
                    found.append((name.strip(), "one of two that it lies between" if near else way))
    return list(dict.fromkeys(found))


def _gene_columns(grid: Grid, columns: Columns) -> str:
    indices = [columns.roles[r] for r in (Role.MAPPED, Role.REPORTED) if r in columns.roles] or columns.genes
    return " and ".join(f'"{grid.header[index]}"' for index in indices)


def _placed(
    variants: Sequence[Variant], build: str, stated: bool, seen: list[str], notes: list[str], asks: dict[str, str]
) -> list[Variant]:
    """The variants with the genes in which they lie, where the build is stated and the gene table has it."""
    if not stated:
        notes.append("The table names no genes, and does not state the genome build of its positions.")
        asks["build"] = "On which genome build are the positions: GRCh38, GRCh37 or GRCm38?"
        return list(variants)
    if build not in ("GRCh38", "GRCm38"):
        notes.append(f"The table names no genes, and places of genes are known on GRCh38 and GRCm38, not on {build}.")
        return list(variants)
    table = table_of_genes.table()
    found, outside = [], 0
    for variant in variants:
        inside = table.at(variant.chromosome, variant.position, build=build) if variant.position else ()
        coding = [gene for gene in inside if gene.protein_coding] or list(inside)
        outside += not coding
        given = tuple((gene.symbol, "it lies in it") for gene in coding)
        found.append(
            Variant(
                variant.line, variant.name, variant.chromosome, variant.position, variant.log_p, variant.effect, given,
                variant.trait,
            )
        )  # fmt: skip
    seen.append(f"The table names no genes: those in which a variant lies on {build} are taken.")
    if outside:
        notes.append(f"{outside:,} variants lie in no gene and were given none.")
    return found


def _ranked(variants: Sequence[Variant], options: TableOptions) -> tuple[list[KeyGene], names.Named]:
    flat = [(name, way, variant) for variant in variants for name, way in variant.genes]
    flat.sort(key=lambda item: (-item[2].log_p, item[2].line))
    cells = [name for name, _, _ in flat]
    named = names.identify(cells, (), options.species, "symbols") if cells else names.Named([], None, "", [])
    held: dict[str, list[tuple[str, str, Variant, Gene | None]]] = {}
    for (name, way, variant), gene in zip(flat, named.genes, strict=True):
        held.setdefault(f"{gene.species} {gene.symbol}" if gene else name, []).append((name, way, variant, gene))
    order = sorted(held.values(), key=lambda rows: (-rows[0][2].log_p, -len({r[2].line for r in rows})))
    return [_key_gene(rank, rows) for rank, rows in enumerate(order, 1)], named


def _key_gene(rank: int, rows: Sequence[tuple[str, str, Variant, Gene | None]]) -> KeyGene:
    name, way, best, gene = rows[0]
    lines = tuple(dict.fromkeys(row[2].line for row in rows))
    p = _p_said(best.log_p)
    effect = f", {best.effect}" if best.effect else ""
    trait = f" with {best.trait}" if best.trait else ""
    public = f"A variant associated{trait} has p {p}{effect}; {_way(way)}."
    text = f"{best.told}: p {p}{effect}{trait}; {_way(way)}." if best.told else public
    reasons = [Reason(text, (best.line,), private=bool(best.told), public=public if best.told else "")]
    if len(lines) > 1:
        reasons.append(Reason(f"{len(lines):,} variants with p under the limit are given to it.", lines))
    traits = [t for t, _ in Counter(row[2].trait for row in rows if row[2].trait).most_common(5)]
    if len(traits) > 1:
        reasons.append(Reason(f"Traits: {'; '.join(traits)}.", lines))
    values = {"-log10 p": best.log_p, "variants": float(len(lines))}
    if best.log_p < 307:
        values["p"] = 10.0**-best.log_p
    return KeyGene(
        rank, gene.symbol if gene else name, name, gene.concept if gene else "", best.log_p, tuple(reasons), values
    )


def _way(way: str) -> str:
    return {
        "mapped to it": "the file maps the variant to the gene",
        "given for it": "the file gives the gene for the variant",
        "reported for it": "the authors report the gene for the variant",
        "it lies in it": "the variant lies in the gene",
    }.get(way, "the gene is one of the two between which the variant lies")


def _p_said(height: float) -> str:
    if height < 300:
        return said(10.0**-height)
    power = math.ceil(height)
    return f"{10 ** (power - height):.2g}e-{power}"


def _labels(variants: Sequence[Variant], key: Sequence[KeyGene]) -> dict[tuple[str, int], str]:
    symbols = {line: gene.symbol for gene in reversed(key[:18]) for line in gene.reasons[0].rows}
    return {(v.chromosome, v.position): symbols[v.line] for v in variants if v.line in symbols and v.position}
