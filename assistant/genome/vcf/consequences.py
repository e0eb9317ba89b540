"""Consequences of variants by Sequence Ontology term: their order of severity and their impact.

Order and impacts are Ensembl VEP's (https://www.ensembl.org/info/genome/variation/prediction/predicted_data.html), with
the terms that SnpEff adds (https://pcingola.github.io/SnpEff/snpeff/inputoutput/) put beside their like. The older
SnpEff's own names, ClinVar's MC and bcftools' short names are mapped to the same terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache


class Impact(IntEnum):
    """How grave a consequence is, as VEP and SnpEff grade it; UNSTATED where a file names no consequence."""

    UNSTATED = -1
    MODIFIER = 0
    LOW = 1
    MODERATE = 2
    HIGH = 3


_HIGH = """transcript_ablation feature_ablation chromosome_number_variation exon_loss_variant gene_fusion
    bidirectional_gene_fusion splice_acceptor_variant splice_donor_variant stop_gained frameshift_variant stop_lost
    start_lost rare_amino_acid_variant transcript_amplification duplication inversion translocation
    protein_protein_contact structural_interaction_variant"""
_MODERATE = """inframe_insertion disruptive_inframe_insertion conservative_inframe_insertion inframe_deletion
    disruptive_inframe_deletion conservative_inframe_deletion missense_variant protein_altering_variant
    3_prime_UTR_truncation 5_prime_UTR_truncation splice_branch_variant"""
_LOW = """splice_donor_5th_base_variant splice_region_variant splice_donor_region_variant
    splice_polypyrimidine_tract_variant 5_prime_UTR_premature_start_codon_gain_variant initiator_codon_variant
    incomplete_terminal_codon_variant start_retained_variant stop_retained_variant synonymous_variant"""
# feature_truncation and feature_elongation say of any small deletion or insertion that it lies in a transcript, also in
# an intron: where a file gives no impact they are graded as VEP did while it wrote such files, MODIFIER.
_MODIFIER = """coding_sequence_variant mature_miRNA_variant miRNA 5_prime_UTR_variant 3_prime_UTR_variant
    non_coding_transcript_exon_variant exon_variant conserved_intron_variant intron_variant NMD_transcript_variant
    non_coding_transcript_variant coding_transcript_variant intragenic_variant transcript_variant gene_variant
    upstream_gene_variant downstream_gene_variant TFBS_ablation TFBS_amplification TF_binding_site_variant
    regulatory_region_ablation regulatory_region_amplification regulatory_region_variant feature_elongation
    feature_truncation sequence_feature custom conserved_intergenic_variant intergenic_region intergenic_variant
    sequence_variant no_sequence_alteration"""
_IMPACTS = {
    term: impact
    for impact, terms in (
        (Impact.HIGH, _HIGH),
        (Impact.MODERATE, _MODERATE),
        (Impact.LOW, _LOW),
        (Impact.MODIFIER, _MODIFIER),
    )
    for term in terms.split()
}
ORDER: tuple[str, ...] = tuple(_IMPACTS)
"""Terms, the gravest first."""
_RANKS = {term: rank for rank, term in enumerate(ORDER)}

INTERGENIC = frozenset(("intergenic_region", "intergenic_variant", "conserved_intergenic_variant"))
"""Terms that belong to no gene, though SnpEff names the neighbours beside them."""

_OTHER_NAMES = {
    # SnpEff before 4.0, EFF
    "CODON_CHANGE": "coding_sequence_variant",
    "CODON_INSERTION": "inframe_insertion",
    "CODON_DELETION": "inframe_deletion",
    "CODON_CHANGE_PLUS_CODON_INSERTION": "disruptive_inframe_insertion",
    "CODON_CHANGE_PLUS_CODON_DELETION": "disruptive_inframe_deletion",
    "CHROMOSOME_LARGE_DELETION": "chromosome_number_variation",
    "DOWNSTREAM": "downstream_gene_variant",
    "EXON": "exon_variant",
    "EXON_DELETED": "exon_loss_variant",
    "FRAME_SHIFT": "frameshift_variant",
    "GENE": "gene_variant",
    "INTERGENIC": "intergenic_region",
    "INTERGENIC_CONSERVED": "conserved_intergenic_variant",
    "INTRAGENIC": "intragenic_variant",
    "INTRON": "intron_variant",
    "INTRON_CONSERVED": "conserved_intron_variant",
    "MICRO_RNA": "miRNA",
    "NON_SYNONYMOUS_CODING": "missense_variant",
    "NON_SYNONYMOUS_START": "initiator_codon_variant",
    "NON_SYNONYMOUS_STOP": "stop_retained_variant",
    "RARE_AMINO_ACID": "rare_amino_acid_variant",
    "REGULATION": "regulatory_region_variant",
    "SPLICE_SITE_ACCEPTOR": "splice_acceptor_variant",
    "SPLICE_SITE_BRANCH": "splice_branch_variant",
    "SPLICE_SITE_BRANCH_U12": "splice_branch_variant",
    "SPLICE_SITE_DONOR": "splice_donor_variant",
    "SPLICE_SITE_REGION": "splice_region_variant",
    "START_GAINED": "5_prime_UTR_premature_start_codon_gain_variant",
    "START_LOST": "start_lost",
    "STOP_GAINED": "stop_gained",
    "STOP_LOST": "stop_lost",
    "SYNONYMOUS_CODING": "synonymous_variant",
    "SYNONYMOUS_START": "start_retained_variant",
    "SYNONYMOUS_STOP": "stop_retained_variant",
    "TRANSCRIPT": "transcript_variant",
    "UPSTREAM": "upstream_gene_variant",
    "UTR_3_DELETED": "3_prime_UTR_truncation",
    "UTR_3_PRIME": "3_prime_UTR_variant",
    "UTR_5_DELETED": "5_prime_UTR_truncation",
    "UTR_5_PRIME": "5_prime_UTR_variant",
    # earlier names of Sequence Ontology terms, as older VEP and SnpEff write them
    "initiator_codon_change": "initiator_codon_variant",
    "non_coding_exon_variant": "non_coding_transcript_exon_variant",
    "nc_transcript_variant": "non_coding_transcript_variant",
    "non_synonymous_codon": "missense_variant",
    "synonymous_codon": "synonymous_variant",
    "stop_retained": "stop_retained_variant",
    # ClinVar's MC
    "nonsense": "stop_gained",
    "non-coding_transcript_variant": "non_coding_transcript_variant",
    "genic_upstream_transcript_variant": "upstream_gene_variant",
    "genic_downstream_transcript_variant": "downstream_gene_variant",
    "initiatior_codon_variant": "initiator_codon_variant",
    # bcftools csq
    "missense": "missense_variant",
    "synonymous": "synonymous_variant",
    "frameshift": "frameshift_variant",
    "splice_acceptor": "splice_acceptor_variant",
    "splice_donor": "splice_donor_variant",
    "splice_region": "splice_region_variant",
    "5_prime_utr": "5_prime_UTR_variant",
    "3_prime_utr": "3_prime_UTR_variant",
    "non_coding": "non_coding_transcript_variant",
    "intron": "intron_variant",
    "intergenic": "intergenic_variant",
    "inframe_altering": "protein_altering_variant",
    "coding_sequence": "coding_sequence_variant",
}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What one annotation says a variant does: ``terms`` gravest first, ``rank`` of the gravest (0 is the gravest)."""

    terms: tuple[str, ...]
    rank: int
    impact: Impact


UNSTATED = Consequence((), len(ORDER) + 1, Impact.UNSTATED)
"""No consequence is named: none is guessed."""


@lru_cache(maxsize=20_000)
def consequence(text: str) -> Consequence:
    """Terms joined by ``&`` or ``+``, in Sequence Ontology's names; an unknown term keeps its name and stands last."""
    found = dict.fromkeys(term_of(part) for part in text.replace("+", "&").split("&") if part.strip(" *.-"))
    if not found:
        return UNSTATED
    terms = tuple(sorted(found, key=lambda term: _RANKS.get(term, len(ORDER))))
    return Consequence(terms, _RANKS.get(terms[0], len(ORDER)), max(_IMPACTS.get(t, Impact.MODIFIER) for t in terms))


def term_of(name: str) -> str:
    """The Sequence Ontology term of a name in any of the files' spellings."""
    name = name.strip(" *")[:80]
    bare = name.split("[", 1)[0]
    return _OTHER_NAMES.get(bare) or bare


def in_words(term: str) -> str:
    """A term as prose has it: ``missense_variant`` -> "missense variant"."""
    return term.replace("_prime_", "'_").replace("_", " ")
