"""What a VCF is said to hold, what a user must know of it, and what must be asked."""

from __future__ import annotations

from assistant.genome.records import Reason
from assistant.genome.vcf import builds, clinvar, wording
from assistant.genome.vcf.header import Header
from assistant.genome.vcf.inheritance import Roles
from assistant.genome.vcf.options import VcfOptions
from assistant.genome.vcf.reading import Collected

_LISTED = 50


def annotation(header: Header) -> str:
    """What the variants are annotated with, in words; empty where with nothing."""
    parts = [
        {"CSQ": "VEP (CSQ)", "vep": "VEP (vep)", "ANN": "SnpEff (ANN)", "EFF": "SnpEff (EFF)", "BCSQ": "bcftools csq"}[
            key
        ]
        for key in header.layouts
    ]
    if {"GENEINFO", "CLNSIG"} & header.infos:
        parts.append("ClinVar")
    return ", ".join(parts)


def by_gene(header: Header) -> bool:
    """Whether the file names genes."""
    return bool(header.layouts) or "GENEINFO" in header.infos


def seen(found: Collected, build: str, build_from: str, key_genes: int) -> list[str]:
    """What was recognised, a sentence each; no sample, genotype or position."""
    header, counts = found.header, found.counts
    samples = len(header.samples)
    told = [
        f"{header.version or 'VCF'}, {_many(counts['variants'], 'variant record')}, "
        + (f"{_many(samples, 'sample')}." if samples else "no samples.")
    ]
    if found.damage.cut:
        told[0] = f"Incomplete file: {told[0]}"
    what = annotation(header)
    tools = f"; written by {', '.join(header.tools)}" if header.tools else ""
    told.append(f"Annotated with {what}{tools}." if what else "Not annotated: no genes or consequences in the file.")
    told.append(f"Genome build: {build} (from {build_from})." if build else "Genome build: not stated.")
    if counts["variants"] and by_gene(header):
        one = counts["kept"] == 1
        told.append(
            f"{_many(counts['kept'], 'record')} pass{'es' if one else ''} the filters, "
            f"naming {_many(key_genes, 'gene')}."
        )
    elif counts["kept"]:
        told.append(f"{_many(counts['kept'], 'record')} in {_many(key_genes, 'gene')}, by position.")
    lost = {
        "frequency above the limit": counts["filtered: frequency"],
        "another ClinVar significance": counts["filtered: ClinVar"],
        "not carried": counts["filtered: not carried"],
        "FILTER": counts["filtered: FILTER"],
        "QUAL": counts["filtered: QUAL"],
    }
    if any(lost.values()):
        told.append(f"Left out: {', '.join(f'{why} {count:,}' for why, count in lost.items() if count)}.")
    if not by_gene(header):
        told.append(f"{counts['rsids']:,} of {counts['variants']:,} variant records have an rsID.")
    if counts["without alternate"] > 0:
        told.append(f"Passed over for having no alternate allele: {_many(counts['without alternate'], 'record')}.")
    if found.significances:
        listed = ", ".join(f"{wording.significance(name)} {n:,}" for name, n in found.significances.most_common())
        told.append(f"ClinVar, of those kept: {listed}.")
    return told


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def filters(options: VcfOptions, annotated: bool) -> str:
    """The filters in words."""
    told = []
    if annotated:
        told.append(f"impact at least {options.impact.name.lower()} (or ClinVar (likely) pathogenic)")
    if options.frequency is not None:
        told.append(f"allele frequency at most {options.frequency:g}, or none listed")
    if options.clinvar:
        told.append(f"ClinVar {' or '.join(options.clinvar)}")
    if options.passed:
        told.append("FILTER is PASS or not set")
    if options.quality is not None:
        told.append(f"QUAL at least {options.quality:g}, or none")
    return f"Kept: {'; '.join(told)}." if told else "All variants are kept."


def warnings(found: Collected, build: str, options: VcfOptions) -> list[str]:
    """What a user must know."""
    return [*_damage(found), *_header(found.header, build, options), *_outcome(found, build)]


def _damage(found: Collected) -> list[str]:
    told = []
    if found.damage.cut:
        told.append(
            f"The file is not whole: {found.damage.cut} after line {found.lines:,}. What follows is missing; the "
            "ranking is of the lines before."
        )
    if found.damage.doubt:
        told.append(f"{found.damage.doubt[0].upper()}{found.damage.doubt[1:]}.")
    for why, count in found.faults.count.items():
        where = wording.listing(found.faults.lines.get(why, [])) if why in found.faults.lines else ""
        if why.startswith("(kept)"):
            told.append(f"{why.removeprefix('(kept) ')[0].upper()}{why.removeprefix('(kept) ')[1:]}: {where}.")
        else:
            told.append(f"{count:,} {'line was' if count == 1 else 'lines were'} left out: {why} ({where}).")
    return told


def _header(header: Header, build: str, options: VcfOptions) -> list[str]:
    told = []
    if not header.version.startswith("VCFv4"):
        told.append(f"The file calls itself {header.version or 'no version of VCF'}; it was read as VCF 4.")
    for key in header.unreadable:
        told.append(
            f"The annotation {key} was not read: the header does not say how it is laid out "
            '(##INFO=<ID=CSQ,...,Description="... Format: Allele|Consequence|...">).'
        )
    if "Gene.refGene" in header.infos and not by_gene(header):
        told.append("ANNOVAR's fields are not read; annotate with VEP, SnpEff or bcftools csq.")
    if len(set(header.samples)) < len(header.samples):
        told.append("Several samples have the same name; each counts as its own.")
    if len(header.builds) > 1 and not options.build:
        told.append(f"The header names several genome builds ({', '.join(header.builds)}): name the right one.")
    elif options.build and header.build and header.build != build:
        told.append(f"The header says {header.build}; {build} was chosen.")
    return told


def _outcome(found: Collected, build: str) -> list[str]:
    header, told = found.header, []
    if not found.counts["variants"]:
        told.append("The file has no variants.")
    elif by_gene(header) and not found.genes:
        told.append("No variant passes the filters, or none names a gene: lower the least impact to see more.")
    if found.counts["genes over the limit"]:
        told.append("The file names more genes than a genome has: those after the first 200,000 were left out.")
    if found.counts["genes beyond one variant's"]:
        told.append("Some structural variants hold more than 300 genes: the first 300 of each were taken.")
    if not by_gene(header):
        told.append(_unannotated(build))
    return told


def _unannotated(build: str) -> str:
    advice = "Annotate it with VEP, SnpEff or bcftools csq to have consequences; none is guessed here."
    if not build:
        return f"The variants are not annotated. {advice}"
    if build not in builds.WITH_POSITIONS:
        return (
            f"The variants are not annotated, and nothing was looked up by position: the gene table has positions on "
            f"{' and '.join(builds.WITH_POSITIONS)} only, not on {build}. {advice}"
        )
    return (
        f"The variants are not annotated: genes are those whose span holds a variant, by position on {build}. {advice}"
    )


def asks(found: Collected, build: str, roles: Roles) -> dict[str, str]:
    """What the user must answer before more can be done."""
    told = {}
    if not by_gene(found.header) and not build and found.counts["variants"]:
        told["build"] = "Which genome build are the positions on: GRCh38 (hg38), GRCh37 (hg19) or GRCm38 (mm10)?"
    if len(found.header.samples) > 1 and roles.proband is None:
        told["proband"] = (
            "Which sample is the proband? With father and mother named, or a PED file, de novo and compound "
            "heterozygous variants are found as well."
        )
    return told


def notes(found: Collected, roles: Roles) -> tuple[Reason, ...]:
    """Private statements on the file: names of samples, and places of variants that no gene could be told for."""
    told = []
    samples, header = found.header.samples, found.header.lines
    if samples:
        more = f" and {len(samples) - _LISTED} more" if len(samples) > _LISTED else ""
        told.append(Reason(f"Samples: {', '.join(samples[:_LISTED])}{more}.", (header,), private=True))
    for role, number in (("proband", roles.proband), ("father", roles.father), ("mother", roles.mother)):
        if number is not None and len(samples) > 1:
            told.append(Reason(f"The {role} is {samples[number]}.", (header,), private=True))
    if found.sites:
        named = [site for site in found.sites if site[3].startswith("rs")]
        shown = named[:_LISTED] or found.sites[:_LISTED]
        text = ", ".join(site[3] if named else f"{site[1]}:{site[2]}" for site in shown)
        rows = tuple(site[0] + header for site in shown)
        what = "rsIDs" if named else "Positions"
        told.append(Reason(f"{what}, the first {len(shown)}: {text}.", rows, private=True))
    return tuple(told)


def significances(options: VcfOptions) -> tuple[str, ...]:
    """The names of ClinVar significances that a user asks for which are none."""
    return tuple(name for name in options.clinvar if name not in clinvar.SIGNIFICANCES)
