"""What a sentence is worth in any part of a digest: a finding that stands alone, of this gene more than of others."""

from __future__ import annotations

import re

from assistant.gene.parts import GENE
from index.papers import Passage
from index.parts import Part as PaperPart
from index.parts import part_of

_PURPOSE = re.compile(
    r"\b(?:to (?:determine|test|investigate|examine|assess|ask|address|explore|identify|study|"
    r"evaluate|confirm|verify|understand"
    r"|further|see|establish|elucidate)|we (?:asked|tested|wished|sought|hypothesi[sz]ed|set out|"
    r"wanted|next)|whether|hypothes\w+"
    r"|it (?:is|was) of interest|in order to|remains? (?:unclear|unknown|to be)|future|"
    r"further (?:studies|work)|we speculate)\b",
    re.IGNORECASE,
)
_PROCEDURE = re.compile(
    r"\bwe (?:\w+ )?(?:performed|used|generated|crossed|carried out|measured|analy[sz]ed|examined|"
    r"employed|compared|bred"
    r"|injected|stained|cloned|sequenced|screened|constructed|created|designed|isolated|focused|"
    r"investigated|studied|characteri[sz]ed|explored|assessed)\b"
    r"|\b(?:was|were) (?:\w+ )?(?:performed|carried out|measured|stained|fixed|amplified|analy[sz]ed|"
    r"cloned|sequenced|purchased"
    r"|incubated|prepared|isolated|used|injected|collected|examined|sectioned|digested|washed|"
    r"calculated|generated|subcloned|addressed|investigated|studied|tested|evaluated|assessed"
    r"|genotyped|inserted|subjected|obtained|probed|generously|kindly|maintained|housed|crossed|"
    r"mated)\b|\bprimers?\b|\bF1\b",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"\b(?:we (?:\w+ )?(?:found|find|show|showed|demonstrate\w*|observed|detected|conclude|identified|"
    r"report)|(?:results?|data|findings"
    r"|these|stud(?:y|ies)|analys[ie]s|experiments?) (?:\w+ )?(?:show|suggest|indicate|demonstrate|"
    r"reveal|establish|confirm)\w*|revealed"
    r"|thus|therefore|in conclusion|taken together|has been shown|have been shown|is known to)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^\W*(?:this|these|it|they|its|their|such|here|both|neither|either|another|the (?:latter|former|"
    r"same)|one of these|as"
    r"|similar\w*|also|in this|first|second|third|finally|next|for example)\b",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"\b(?:predicts?|should|would|could|if|possib\w+|speculat\w+|candidate|might|perhaps|presumably|"
    r"argue|unlikely|likely)\b",
    re.I,
)
_ASIDE = re.compile(
    r"\b(?:abbreviation|supporting|supplement|acknowledg|author|contribution|competing|accession|"
    r"funding|reference)",
    re.I,
)
"""Headings under which no findings stand."""
_CLAUSE = re.compile(
    r"^\W*(?:however|in contrast|moreover|furthermore|in addition|additionally|nevertheless|" r"consistent)\b", re.I
)
_REFERENCE = re.compile(r"\bet al\b|\bdoi\b|https?:|\bFig(?:ure|\.)|\bTable\b|\(A\)|\([A-H]\)", re.IGNORECASE)


def quality(masked: str, passage: Passage, others: int, *, about: bool) -> float:
    """What a sentence is worth in any part: a finding that stands alone, of this gene more than of others.

    ``others`` is the number of other genes that it names; ``about`` whether the paper's title names the gene.
    """
    words = len(masked.split())
    if not 5 <= words <= 80 or masked.rstrip().endswith("?"):
        return -9.0
    where = part_of(passage.heading, passage.kind)
    return (
        0.5 * (where is PaperPart.ABSTRACT)
        + 0.2 * (where in (PaperPart.RESULTS, PaperPart.DISCUSSION))
        - 2.5 * (where is PaperPart.METHODS)
        + 0.4 * about
        + 0.4 * bool(_FINDING.search(masked))
        - 1.6 * bool(_PURPOSE.search(masked))
        - 1.6 * bool(_PROCEDURE.search(masked))
        - 0.6 * bool(_LEANS.search(masked))
        - 0.6 * bool(_MAYBE.search(masked))
        - 3.0 * bool(_ASIDE.search(passage.heading))
        - 0.2 * bool(_CLAUSE.search(masked))
        - 0.3 * bool(_REFERENCE.search(masked))
        - 0.02 * max(0, words - 35)
        - 0.5 * (words < 9)
        - 0.15 * min(6, max(0, others - 1))
        + 0.4 * (masked.find(GENE) < len(masked) * 0.4)
    )
