"""The points by which variants, and with them genes, are ranked; the same in words."""

from __future__ import annotations

from assistant.genome.vcf import clinvar
from assistant.genome.vcf.consequences import ORDER, Consequence, Impact

RARE = 0.01
"""Allele frequency below which a variant counts as rare where two of them must work together."""

_IMPACT = {Impact.UNSTATED: 0.0, Impact.MODIFIER: 0.0, Impact.LOW: 1.0, Impact.MODERATE: 2.5, Impact.HIGH: 4.0}
_CLINVAR = {
    clinvar.PATHOGENIC: 4.0,
    clinvar.BOTH: 3.5,
    clinvar.LIKELY_PATHOGENIC: 3.0,
    clinvar.OTHER: 0.5,
    clinvar.CONFLICTING: 0.5,
    clinvar.LIKELY_BENIGN: -2.0,
    clinvar.BENIGN: -3.0,
}
_FREQUENCY = ((0.0001, 2.0), (0.001, 1.5), (RARE, 1.0), (0.05, -1.0))
_COMMON = -3.0
_UNLISTED = 1.5
_GENOTYPE = {"de novo": 2.0, "homozygous": 1.5, "hemizygous": 1.5, "heterozygous": 0.5}
_LOF, _NMD, _LOW_CONFIDENCE = 0.5, 0.25, -1.0
COMPOUND = 1.5
"""Points of a gene hit on both copies."""


def severity(what: Consequence, impact: Impact) -> float:
    """Points of a consequence, by impact and then by place in the order of severity."""
    return _IMPACT[impact] + (0.9 * (1 - what.rank / len(ORDER)) if what.terms else 0.0)


def known(significance: str) -> float:
    """Points of a ClinVar significance."""
    return _CLINVAR.get(significance, 0.0)


def rarity(frequency: float | None, listed: bool) -> float:
    """Points of an allele frequency (0 to 1); ``listed``: the file carries frequencies, so that lacking one tells."""
    if frequency is None:
        return _UNLISTED if listed else 0.0
    return next((points for limit, points in _FREQUENCY if frequency < limit), _COMMON)


def genotype(state: str) -> float:
    """Points of a genotype: "de novo", "homozygous", "hemizygous", "heterozygous"; others have none."""
    return _GENOTYPE.get(state, 0.0)


def loss(lof: str, nmd: bool) -> float:
    """Points of loss-of-function tags: ``lof`` is "yes", "low" (LOFTEE's low confidence) or empty."""
    return {"yes": _LOF, "low": _LOW_CONFIDENCE}.get(lof, 0.0) + (_NMD if nmd else 0.0)


def rules(annotated: bool, genotypes: bool, trio: bool) -> tuple[str, ...]:
    """The rules of the ranking in words, those that apply to a file."""
    told = ["A gene stands where its highest-scoring variant puts it; points are added up."]
    if annotated:
        told.append(
            "Consequence: high impact 4, moderate 2.5, low 1, modifier 0 points, and up to 0.9 more by the order of "
            "severity of Sequence Ontology terms that Ensembl VEP uses (exon loss and splice sites before stop "
            "gained, frameshift ... before missense). What the file does not say is not guessed."
        )
    else:
        told.append("No consequences: the file has none and none is guessed.")
    told += [
        "ClinVar: pathogenic 4, likely pathogenic 3, both 3.5, conflicting or other 0.5, uncertain 0, likely benign "
        "-2, benign -3 points; it counts for the gene that ClinVar names, else for the gene most severely hit.",
        "Allele frequency, the greatest that gnomAD (else ExAC, ESP, 1000 Genomes) gives in the file: below 0.0001 "
        "2, below 0.001 1.5, below 0.01 1, below 0.05 -1, above -3 points; 1.5 where the file carries frequencies "
        "but none for this variant. AF counted from a file's own samples is not used.",
    ]
    if genotypes:
        told.append("Genotype: homozygous or hemizygous 1.5, heterozygous 0.5 points.")
    if trio:
        told.append(
            "Parents: de novo (carried by neither parent, both called) 2 points; compound heterozygous (rare "
            f"variants, below {RARE}, one from the father alone and one from the mother alone) {COMPOUND} for the gene."
        )
    told.append(
        "Loss of function: SnpEff's LOF or LOFTEE's high confidence 0.5, NMD 0.25, LOFTEE's low confidence -1 points."
    )
    told.append("Equal genes stand by allele frequency (rare first), then by symbol.")
    return tuple(told)
