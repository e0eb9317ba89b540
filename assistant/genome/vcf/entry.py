"""The way of a VCF: header, samples and build, gathering, ranking, words."""

from __future__ import annotations

from pathlib import Path

from assistant.genome.records import FileKind, GenomeData, Progress
from assistant.genome.vcf import builds, clinvar, scoring, telling
from assistant.genome.vcf.gathered import Plan
from assistant.genome.vcf.header import Header
from assistant.genome.vcf.inheritance import Roles, roles
from assistant.genome.vcf.options import VcfOptions
from assistant.genome.vcf.plots import pictures
from assistant.genome.vcf.ranking import ranked
from assistant.genome.vcf.reading import Collected, VcfFile
from index.errors import LocusError
from index.genes import Species

_DEFAULT = VcfOptions()


def read_vcf(path: Path, options: VcfOptions = _DEFAULT, progress: Progress | None = None) -> GenomeData:
    """Read a VCF (4.x, plain, gzip or bgzip) and rank its genes.

    A file that is cut off, or some lines of which are broken, is read as far as it goes, and its warnings say so.

    Raises:
        LocusError: it is no VCF, too large, or brings the library down; an option names what is not there
    """
    _check(options)
    file = VcfFile(path, options)
    header, told = file.header, list[str]()
    build, build_from = (
        (builds.chosen(options.build), "your choice") if options.build else (header.build, header.build_from)
    )
    who = roles(header.samples, options, told)
    found = file.gather(plan(header, options, who, build), progress)
    species = options.species or builds.species_of(build) or _species(found)
    sample = header.samples[who.proband] if who.proband is not None else ""
    genes = ranked(found, species, sample)
    annotated = telling.by_gene(header)
    rules = (telling.filters(options, annotated), *scoring.rules(annotated, bool(header.samples), who.trio))
    return GenomeData(
        source=path.name,
        kind=FileKind.VCF,
        seen=tuple(telling.seen(found, build, build_from, len(genes))),
        warnings=(*telling.warnings(found, build, options), *told),
        rules=rules,
        genes=genes,
        species=species,
        plots=pictures(found.consequences, genes),
        asks=telling.asks(found, build, who),
        notes=telling.notes(found, who),
    )


def _check(options: VcfOptions) -> None:
    if unknown := telling.significances(options):
        raise LocusError(
            f"“{unknown[0][:40]}” is no significance of ClinVar's.",
            hint=f"Known are: {', '.join(clinvar.SIGNIFICANCES)}.",
        )
    if options.frequency is not None and not 0 <= options.frequency <= 1:
        raise LocusError("The allele frequency must lie between 0 and 1.", hint="For 1 percent give 0.01.")


def plan(header: Header, options: VcfOptions, who: Roles, build: str) -> Plan:
    """What the child is to do; only the samples that have a role are looked at, where there is a proband."""
    places = sorted(place for place in (who.proband, who.father, who.mother) if place is not None)
    renumbered = {place: number for number, place in enumerate(places)}

    def new(place: int | None) -> int | None:
        return None if place is None else renumbered[place]

    return Plan(
        layouts=[(key, list(names)) for key, names in header.layouts.items()],
        infos=sorted(header.infos),
        samples=len(places) or len(header.samples),
        keep=tuple(f"S{place}" for place in places),
        roles=Roles(new(who.proband), new(who.father), new(who.mother), who.male),
        impact=options.impact,
        frequency=options.frequency,
        clinvar=options.clinvar,
        passed=options.passed,
        quality=options.quality,
        build=build if build in builds.WITH_POSITIONS and not telling.by_gene(header) else "",
    )


def _species(found: Collected) -> Species | None:
    """By the first genes' identifiers: Ensembl's tell the species."""
    for gene in found.genes[:200]:
        for name in (gene.gene_id, gene.symbol):
            if name.startswith("ENSMUSG"):
                return "mouse"
            if name.startswith("ENSG0"):
                return "human"
    return None
