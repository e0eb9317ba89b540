"""The header of a VCF: samples, build, and where its annotations stand.

Format: https://samtools.github.io/hts-specs/VCFv4.3.pdf. Annotations describe their layout in the header: VEP's CSQ and
bcftools' BCSQ as "Format: A|B|C", SnpEff's ANN and EFF as "'A | B | C'".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.genome.vcf import builds
from assistant.genome.vcf.options import MAX_HEADER_BYTES
from assistant.genome.vcf.text import TOO_LONG
from index.errors import LocusError

_PAIRS = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^,>]*)')
_LAYOUT = re.compile(r"Format:?\s*'?\[?\*?\]?(.*)", re.IGNORECASE | re.DOTALL)
_COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")

# http://pcingola.github.io/SnpEff/adds/VCFannotationformat_v1.0.pdf
_ANN = (
    "Allele|Annotation|Annotation_Impact|Gene_Name|Gene_ID|Feature_Type|Feature_ID|Transcript_BioType|Rank|HGVS.c|"
    "HGVS.p|cDNA.pos|CDS.pos|AA.pos|Distance|ERRORS"
)
_EFF = (
    "Effect|Effect_Impact|Functional_Class|Codon_Change|Amino_Acid_change|Amino_Acid_length|Gene_Name|Gene_BioType|"
    "Coding|Transcript|Exon|GenotypeNum|ERRORS"
)
_BCSQ = "Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change"
_STANDARD = {"ANN": _ANN, "EFF": _EFF, "BCSQ": _BCSQ}
ANNOTATIONS = ("CSQ", "vep", "ANN", "EFF", "BCSQ")
"""INFO keys of per-gene annotations, the one that is read first where a file has several."""


@dataclass(slots=True)
class Header:
    """What a header says.

    Attributes:
        version: as in ``##fileformat``; empty where it lacks.
        lines: how many lines it has, the column line included.
        samples: names in their columns' order.
        columns: how many columns a record has.
        build, build_from: genome build and what says so; empty where nothing does.
        builds: every build that is named or meant, where they differ.
        layouts: names of an annotation's parts, by INFO key.
        unreadable: annotations that the header declares without their layout.
        infos: INFO keys declared.
        contigs: names of the sequences.
        tools: programs that annotated, with version, as the header says.
    """

    version: str = ""
    lines: int = 0
    samples: tuple[str, ...] = ()
    columns: int = 8
    build: str = ""
    build_from: str = ""
    builds: tuple[str, ...] = ()
    layouts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    infos: frozenset[str] = frozenset()
    contigs: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


def read_header(lines: Iterator[list[bytes]], name: str) -> tuple[Header, list[bytes]]:
    """The header, and the lines of the last block that follow it.

    Raises:
        LocusError: this is not a VCF, or its header has no column line
    """
    told: list[str] = []
    size = 0
    for block in lines:
        for number, line in enumerate(block):
            size += len(line)
            if size > MAX_HEADER_BYTES or line is TOO_LONG:
                raise LocusError(f"{name}: its header is too long to be one.", hint="Check that it is a VCF.")
            if line.startswith(b"##"):
                told.append(line.decode("utf-8", "replace"))
            elif line[:6].upper() == b"#CHROM":
                header = _parsed(told, line.decode("utf-8", "replace"), name)
                return header, block[number + 1 :]
            elif line.strip() and (not told or line.count(b"\t") >= 7):
                _refuse(told, line, name)
            else:  # empty, or the rest of a header line that was broken in two
                told.append("")
    raise LocusError(
        f"{name} is not a VCF: no line begins with #CHROM.", hint="Give a VCF 4 file with its header, plain or gzipped."
    )


def _refuse(told: list[str], line: bytes, name: str) -> None:
    if told and told[0].startswith("##"):
        raise LocusError(
            f"{name}, line {len(told) + 1}: the header has no line that begins with #CHROM.",
            hint="Add the line of column names (#CHROM POS ID REF ALT QUAL FILTER INFO ...), separated by tabs.",
        )
    what = "BCF" if line.startswith(b"BCF") else "BAM" if line.startswith(b"BAM") else ""
    raise LocusError(
        f"{name} is {what or 'no VCF'}: its first line does not begin with ##fileformat=VCF.",
        hint="Convert it with bcftools view." if what == "BCF" else "Give a VCF 4 file, plain or gzipped.",
    )


def _parsed(told: list[str], columns: str, name: str) -> Header:
    names = columns.split("\t")
    if len(names) < 8 or tuple(n.strip().upper() for n in names[:8]) != _COLUMNS:
        spaces = " They are separated by spaces here." if "\t" not in columns else ""
        raise LocusError(
            f"{name}, line {len(told) + 1}: the column names are not {' '.join(_COLUMNS)}, separated by tabs.{spaces}",
            hint="Mend this line; records must be separated by tabs as well.",
        )
    header = Header(lines=len(told) + 1, samples=tuple(n.strip() for n in names[9:]), columns=len(names))
    fields = [(key, value) for key, _, value in (line[2:].partition("=") for line in told) if value]
    header.version = next((value.strip()[:20] for key, value in fields if key == "fileformat"), "")
    described = {key: [_pairs(value) for other, value in fields if other == key] for key in ("INFO", "contig")}
    header.infos = frozenset(pairs.get("ID", "") for pairs in described["INFO"])
    header.contigs = tuple(pairs["ID"] for pairs in described["contig"] if pairs.get("ID"))
    header.tools = tuple(dict.fromkeys(tool for key, value in fields if (tool := _tool(key, value))))
    _build(header, fields, described["contig"])
    unreadable = []
    for pairs in described["INFO"]:
        if (key := pairs.get("ID", "")) in ANNOTATIONS:
            layout = _layout(pairs.get("Description", "")) or _names(_STANDARD.get(key, ""))
            if layout:
                header.layouts[key] = layout
            else:
                unreadable.append(key)
    header.unreadable = tuple(unreadable)
    return header


def standard_layout(key: str) -> tuple[str, ...]:
    """Parts of an annotation whose layout is fixed by its specification; empty for others (CSQ)."""
    return _names(_STANDARD.get(key, ""))


def _pairs(value: str) -> dict[str, str]:
    return {key: text.strip('"') for key, text in _PAIRS.findall(value[:20_000])}


def _layout(description: str) -> tuple[str, ...]:
    match = _LAYOUT.search(description)
    text = match.group(1) if match else description.partition(":")[2] if "|" in description else ""
    return _names(text) if "|" in text else ()


def _names(text: str) -> tuple[str, ...]:
    text = text.replace("[ |", "|").replace("[|", "|").replace("(", "|", 1)
    return tuple(part.strip(" '\"[]().") for part in text.split("|")) if text else ()


def _tool(key: str, value: str) -> str:
    words = value.replace('"', " ").split()
    if key == "VEP" and words:
        return f"VEP {words[0][:20]}"
    if key == "SnpEffVersion" and words:
        return f"SnpEff {words[words[0] == 'SnpEff' and len(words) > 1][:20]}"
    if key == "source" and "clinvar" in value.lower():
        return "ClinVar"
    return ""


def _build(header: Header, fields: list[tuple[str, str]], contigs: list[dict[str, str]]) -> None:
    found: dict[str, str] = {}
    for key, value in fields:
        if key in ("reference", "assembly", "VEP", "SnpEffCmd", "genome_build", "ref_genome", "Reference"):
            found.setdefault(builds.named(value.replace("|", " ")), f"##{key}")
    for pairs in contigs:
        found.setdefault(builds.named(pairs.get("assembly", "")), "the contigs' assembly")
    lengths = [(p.get("ID", ""), int(p["length"])) for p in contigs if p.get("length", "").isdecimal()]
    found.setdefault(builds.by_lengths(lengths), "the chromosomes' lengths")
    found.pop("", None)
    header.builds = tuple(found)
    if len(found) == 1:
        ((header.build, header.build_from),) = found.items()
