"""Gene-like names in text, by their shape alone: symbols such as Pygo2, TP53, p53, Pax-6, c-Myc, NT-3."""

from __future__ import annotations

import re

_SHAPE = re.compile(
    r"""(?<![\w/-])(?:
        p\d{2}[A-Za-z]*                                       # p53, p16INK4a
      | [cv]-[A-Z][a-z]{2,}\d*                                # c-Myc, v-Src
      | [A-Z][A-Za-z]*-?[α-ωΑ-Ω](?:\d+)?                      # PGC-1α without its number, TGFβ
      | [A-Za-z]*[A-Z][A-Za-z]*-?\d+[A-Za-z]?(?:-?[α-ω0-9]+)? # Pygo2, Pax-6, TP53, PGC-1α, Bcl2l1
      | [A-Z]{2,}[a-z]?[A-Z]*                                 # NTE, BRCA, SOX
      | [A-Z][a-z]{2,}\d+[a-z]?\d*                            # Adam22, Slc26a4
      | [A-Z][a-z]{2,}[A-Z]\w*                                # RanBP, GluA
    )(?![\w])""",
    re.VERBOSE,
)

# Shapes like symbols that name methods, tissues, strains, units, stages or things of the lab.
_NOT_GENES = frozenset(
    """DNA RNA MRNA CDNA PCR RTPCR QPCR QTL QTLS SNP SNPS GFP EGFP RFP YFP CFP ECFP EYFP ES ESC MEF MEFS WT KO KOS PBS
    BSA
    FACS EM SEM TEM HE MRI CT ECG EEG ELISA RFLP BAC BACS PAC YAC EST ESTS ORF ORFS UTR UTRS LOD CNS PNS BMI ANOVA
    USA UK OMIM
    PMID DOI CI SD SE HR OR RR ATP ADP GTP GDP NAD NADH TUNEL DAPI DMSO EDTA SDS PAGE FITC HRP IP ICM AER ZPA DRG
    PGC PGCS GO KEGG BLAST NCBI MGI RNAI SIRNA SHRNA CRISPR IGG IGM MHC CD ECM ER UV PFA XY XX XO BMD FISH CHIP
    II III IV
    VI VII VIII IX XI AP DV PD LPS TNBS CA1 CA2 CA3 B6 C57BL C57BL6 BALB CBA DBA FVB A1 A2 H1 H2
    V1""".split()
)
_STAGE = re.compile(r"(?:[EP]\d{1,2}|[A-Z]\d{1,2}|HH\d+|mm\d+|H2O2|CO2|Ca2|H2O|O2|MgCl2|CaCl2)", re.IGNORECASE)


def symbols(text: str) -> tuple[str, ...]:
    """Gene-like names in ``text`` in order of first appearance, each once, as spelt."""
    found: dict[str, None] = {}
    for match in _SHAPE.finditer(text):
        name = match.group()
        if name.upper().replace("-", "") in _NOT_GENES or _STAGE.fullmatch(name):
            continue
        found.setdefault(name, None)
    return tuple(found)


def normal(name: str) -> str:
    """A symbol's spelling-independent form: "Pax-6", "PAX6" and "pax6" are one; Greek letters are spelt."""
    return "".join(_GREEK.get(c, c) for c in name.lower() if c.isalnum())


_GREEK = dict(zip("αβγδεζηθκλμµ", ("a", "b", "g", "d", "e", "z", "h", "q", "k", "l", "m", "m"), strict=True))
