"""Gene names of human and mouse: found in text, normalised, expanded by their synonyms, repaired.

    find("Loss of p53 raises Il-6")      mentions with the concepts that they mean
    table().resolve("NAT1")              candidates, the likeliest first, and whether the name is ambiguous
    table().by_id("ENSG00000141510")     one gene
    expand("7157")                       names worth searching: TP53, Trp53, p53 ...
    repair("1-Mar")                      MARCHF1, and why

A human gene and its mouse orthologs are one concept (`Gene.concept`). `symbols` and `normal` go by shape alone.
"""

from __future__ import annotations

from index.genes.expansion import expand
from index.genes.finding import Mention, find, in_species, mentioned
from index.genes.records import Gene, Species
from index.genes.repairing import Repair, repair
from index.genes.senses import senses
from index.genes.shapes import normal, symbols
from index.genes.storage import Kind
from index.genes.table import Candidate, GeneTable, Resolution, table

__all__ = [
    "Candidate",
    "Gene",
    "GeneTable",
    "Kind",
    "Mention",
    "Repair",
    "Resolution",
    "Species",
    "expand",
    "find",
    "in_species",
    "mentioned",
    "normal",
    "repair",
    "senses",
    "symbols",
    "table",
]
