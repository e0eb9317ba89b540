"""What is said of a variant: in full for the user's eyes, and without positions, names and genotypes for others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.genome.records import Reason
from assistant.genome.vcf import clinvar, scoring
from assistant.genome.vcf.consequences import consequence, in_words
from assistant.genome.vcf.gathered import GeneHits, Variant
from assistant.genome.vcf.inheritance import NOT_CALLED

IMPACTS = {3: "high", 2: "moderate", 1: "low", 0: "modifier"}
_MEANINGS = {
    clinvar.CONFLICTING: "conflicting classifications",
    clinvar.UNCERTAIN: "uncertain significance",
    clinvar.OTHER: "another significance",
}
_BANDS = ((0.0001, "very rare (below 0.0001)"), (0.001, "rare (below 0.001)"), (0.01, "rare (below 0.01)"))
_STRUCTURAL = {
    "DEL": "deletion",
    "DUP": "duplication",
    "INS": "insertion",
    "INV": "inversion",
    "CNV": "copy number variant",
}


def significance(one: str) -> str:
    """ClinVar's significance in words."""
    return _MEANINGS.get(one, one)


def band(frequency: float | None, listed: bool) -> str:
    """An allele frequency so roughly that it tells no variant; empty where nothing is known."""
    if frequency is None:
        return "no frequency listed" if listed else ""
    for limit, words in _BANDS:
        if frequency < limit:
            return words
    return "uncommon (below 0.05)" if frequency < 0.05 else "common (0.05 or more)"


def place(variant: Variant) -> str:
    """Where it is and what changes: "1:12345 A>G"."""
    end = f"-{variant.end}" if variant.alt.startswith("<") and variant.end > variant.position else ""
    return f"{variant.chromosome}:{variant.position}{end} {_short(variant.ref)}>{_short(variant.alt)}"


def _short(allele: str) -> str:
    return allele if len(allele) <= 20 else f"{allele[:17]}..."


def reason(variant: Variant, line: int, listed: bool, sample: str, total: int) -> Reason:
    """One variant as a reason; ``sample`` is the proband's name, ``total`` the number of samples."""
    known = _known(variant)
    loss = _loss(variant)
    names = [n for n in (variant.identifier, _after(variant.coding), _after(variant.protein)) if n and n != "."]
    frequency = f"allele frequency {variant.frequency:.3g}" if variant.frequency is not None else band(None, listed)
    said = [
        f"{_what(variant)} at {place(variant)}" + (f" ({', '.join(names)})" if names else ""),
        known,
        frequency,
        _genotype(variant, sample, total),
        loss,
    ]
    told = [_what(variant), known, band(variant.frequency, listed), loss]
    return Reason(
        "; ".join(part for part in said if part), (line,), private=True, public="; ".join(part for part in told if part)
    )


def _what(variant: Variant) -> str:
    kind = _STRUCTURAL.get(variant.alt.strip("<>").partition(":")[0].upper(), "") if variant.alt[:1] == "<" else ""
    if "[" in variant.alt or "]" in variant.alt:
        kind = "breakend"
    if not variant.terms:
        return f"{kind or 'variant'}, consequence not stated"
    terms = ", ".join(in_words(term) for term in variant.terms[:3])
    impact = f"{IMPACTS.get(variant.impact, '')} impact"
    return f"{terms} ({f'{kind}, ' if kind else ''}{impact})"


def _known(variant: Variant) -> str:
    if not variant.clinvar:
        return ""
    return f"ClinVar: {significance(variant.clinvar)}{f' ({variant.disease})' if variant.disease else ''}"


def _loss(variant: Variant) -> str:
    told = {"yes": "loss of function predicted", "low": "loss of function with low confidence (LOFTEE)"}
    parts = [told.get(variant.lof, ""), "nonsense-mediated decay predicted" if variant.nmd else ""]
    return ", ".join(part for part in parts if part)


def _after(name: str) -> str:
    """An HGVS name without its transcript: "ENST0001.3:c.118del" -> "c.118del"."""
    return name.rpartition(":")[2]


def _genotype(variant: Variant, sample: str, total: int) -> str:
    carriers, homozygous, called = variant.carriers
    if carriers:
        return f"carried by {carriers} of {total} samples ({homozygous} homozygous, {called} called)"
    if not variant.genotype:
        return ""
    of = f" in {sample}" if sample else ""
    if variant.genotype == NOT_CALLED:
        return f"genotype not called{of}"
    origin = {
        "de novo": ", de novo (in neither parent)",
        "father": ", from the father",
        "mother": ", from the mother",
        "both": ", carried by both parents",
    }.get(variant.origin, "")
    return f"{variant.genotype}{of}{origin}"


def compound(gene: GeneHits, header: int) -> Reason | None:
    """That a gene is hit on both copies, or None."""
    father, mother = (gene.inherited.get(parent, []) for parent in ("father", "mother"))
    if not father or not mother:
        return None
    rows = [record + header for record in (*father[:3], *mother[:3])]
    return Reason(
        f"compound heterozygous: {_several(len(father))} from the father alone and {_several(len(mother))} from the "
        f"mother alone, each below {scoring.RARE} or without a frequency",
        tuple(rows),
        private=True,
    )


def _several(count: int) -> str:
    return "one variant" if count == 1 else f"{count} variants"


def summary(gene: GeneHits, header: int) -> Reason | None:
    """How many variants a gene has, of which consequences; None where its one variant is told in full already."""
    if gene.records < 2:
        return None
    terms = ", ".join(f"{in_words(term)} {count}" for term, count in gravest(gene.consequences, 5))
    return Reason(
        f"{gene.records} variants kept in this gene{f' (by consequence: {terms})' if terms else ''}",
        tuple(record + header for record in gene.lines),
    )


def gravest(counts: Counter[str], most: int) -> list[tuple[str, int]]:
    """Terms and their counts, the gravest first."""
    return sorted(counts.items(), key=lambda item: consequence(item[0]).rank)[:most]


def listing(lines: Sequence[int]) -> str:
    """Numbers of lines in words: "lines 3, 7 and 9", the first ones."""
    shown = [f"{line:,}" for line in lines[:6]]
    if len(shown) == 1:
        return f"line {shown[0]}"
    return f"lines {', '.join(shown[:-1])} and {shown[-1]}"
