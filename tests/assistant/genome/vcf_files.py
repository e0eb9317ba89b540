"""Small VCFs that tests write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

CSQ = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
    'Allele|Consequence|IMPACT|SYMBOL|Gene|HGVSp|CLIN_SIG|gnomADe_AF|LoF">'
)
ANN = (
    "##INFO=<ID=ANN,Number=.,Type=String,Description=\"Functional annotations: 'Allele | Annotation | "
    "Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID | Transcript_BioType | Rank | HGVS.c | "
    "HGVS.p | cDNA.pos / cDNA.length | CDS.pos / CDS.length | AA.pos / AA.length | Distance | ERRORS'\">"
)


def vcf(
    folder: Path,
    records: Sequence[str],
    *,
    header: Sequence[str] = (),
    samples: Sequence[str] = (),
    name: str = "a.vcf",
) -> Path:
    """A VCF 4.2 file; spaces in ``records`` stand for tabs."""
    columns = [
        "#CHROM",
        "POS",
        "ID",
        "REF",
        "ALT",
        "QUAL",
        "FILTER",
        "INFO",
        *(["FORMAT", *samples] if samples else []),
    ]
    lines = ["##fileformat=VCFv4.2", *header, "\t".join(columns), *(record.replace(" ", "\t") for record in records)]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def csq(symbol: str, term: str, impact: str, *, allele: str = "G", gene: str = "", **more: str) -> str:
    """One CSQ item in the layout of `CSQ`; ``more`` has protein, clinvar, frequency, lof."""
    tail = [more.get(key, "") for key in ("protein", "clinvar", "frequency", "lof")]
    return "|".join([allele, term, impact, symbol, gene, *tail])
