"""Whether a name in a text is a gene's: a logistic model of its shape, of the word's use, of what stands around it.

The weights were learnt from BioRED's training abstracts by tools/train_genes.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from index.genes.ranking import Meaning
from index.genes.storage import Usage

_VARIANT = re.compile(
    r"[ACDEFGHIKLMNPQRSTVWY]-?\d{2,}[ACDEFGHIKLMNPQRSTVWYX]?|(?:Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|"
    r"Ser|Thr|Trp|Tyr|Val)(?:[- ]?\d+.*)?",
)
_NEXT = re.compile(r"[\s(]*(-?)([A-Za-z]+)")
_LAST = re.compile(r"([A-Za-z]+)(-?)[\s)]*$")
# Abbreviations of methods, tissues, strains, units and stages that are also names of genes.
NOT_GENES = frozenset(
    """dna rna mrna cdna pcr rtpcr qpcr qtl qtls snp snps gfp egfp rfp yfp cfp es esc escs mef mefs wt ko kos pbs
    bsa facs em sem tem he mri ct cts ecg eeg elisa rflp bac bacs pac yac est ests orf orfs utr utrs lod cns pns
    bmi anova usa uk omim pmid doi ci cis sd se hr or rr atp adp gtp gdp nad nadh nadph tunel dapi dmso edta sds
    page fitc hrp ip iv im sc po icm aer zpa drg pgc pgcs go kegg blast ncbi mgi rnai sirna shrna crispr igg igm
    mhc cd ecm er uv pfa xy xx xo bmd fish chip ii iii vi vii viii ix xi xii ap dv pd lps tnbs b6 a1 a2 h1 h2 v1
    ros no ca2 mg2 na k cl hiv hbv hcv aids usd fig figs table al et nm mm cm kg mg ml hz kda bp kb mb cam
    imp""".split()
)


_BIOTYPES = frozenset(("protein_coding", "lncRNA", "miRNA", "pseudogene", "phenotype", "unknown"))


class Candidate(NamedTuple):
    """A name of the table in a text: its place, its key, how texts use it, and whether blanks stand inside."""

    start: int
    end: int
    written: str
    spelt: str
    usage: Usage
    spaced: bool
    prefixed: bool = False


def shape(written: str) -> str:
    """How a name is written: small letters, capitals, a first capital, mixed; with digits, Greek letters, blanks."""
    letters = "".join(c for c in written if c.isalpha())
    if any("Ͱ" <= c <= "Ͽ" for c in letters):
        form = "greek"
    elif letters.isupper():
        form = "upper" if len(letters) > 1 else "one"
    elif letters.islower():
        form = "lower"
    elif letters[:1].isupper() and letters[1:].islower():
        form = "title"
    else:
        form = "mixed"
    return form + ("9" if any(c.isdigit() for c in written) else "")


def of_name(found: Candidate, spelled: str, ranked: Sequence[Meaning], others: int, times: int) -> list[str]:
    """What speaks for and against a gene in the name itself and in the text as a whole.

    ``spelled``: "symbol", "alias" or "" as the table writes it so; ``ranked``: what it may mean; ``others``: other
    names of the likeliest in the text; ``times``: how often the text has the name.
    """
    _, _, written, spelt, usage, spaced, prefixed = found
    top = ranked[0].genes[0][0]
    form = shape(written)
    size = min(len(spelt), 6)
    kinds = usage.kinds
    result = [
        "bias",
        f"{form} lower {(usage.lower + 1) // 2}",
        f"{form} size {size}",
        f"upper {(usage.upper + 1) // 2}" + (" of capitals" if form == "upper" else ""),
        f"meanings {min(len(ranked), 5)}",
        f"popularity {min(top.popularity, 8)}",
        f"biotype {top.biotype if top.biotype in _BIOTYPES else 'other'}",
        f"as written {spelled} {form}",
        f"times {min(times, 3)}",
    ]
    result += [f"kind {bit}" for bit in range(8) if kinds >> bit & 1]
    if kinds & kinds - 1 == 0:
        result.append(f"only kind {kinds.bit_length() - 1} {form}")
    if usage.genes or usage.others:
        more = (usage.genes > usage.others) - (usage.genes < usage.others)
        result.append(f"explained in texts {more} {min(max(usage.genes, usage.others), 4)} {form}")
    if spaced:
        blanks = written.count(" ")
        result.append(f"blanks {min(blanks, 4)} " + ("name" if kinds & 0b111000 else "symbol"))
    if prefixed:
        result.append("prefixed")
    if others:
        result.append(f"other names {min(others, 3)}")
    if spelt in NOT_GENES:
        result.append("not a gene")
    if _VARIANT.fullmatch(written):
        result.append("variant")
    return result


def of_place(found: Candidate, text: str, explained: str) -> list[str]:
    """What speaks for and against a gene where the name stands.

    ``explained``: "gene", "like a gene", "other" or "" by the long form in the text.
    """
    start, end = found[:2]
    result = [f"explained as {explained}"] if explained else []
    before, after = text[start - 1 : start], text[end : end + 1]
    if before == "(" and after == ")":
        result.append("in parentheses")
    elif before:
        result.append(f"after {before}" if not before.isspace() else "after blank")
    result.append(f"before {after}" if after and not after.isspace() else "before blank")
    if text[end : end + 2].strip()[:1] in ("=", "<", ">", "±", "%"):
        result.append("figure follows")
    if match := _NEXT.match(text, end, end + 24):
        result.append(f"next {match[1]}{match[2].lower()}")
    if match := _LAST.search(text, max(0, start - 24), start):
        result.append(f"last {match[1].lower()}{match[2]}")
    return result


@lru_cache(maxsize=1)
def weights() -> dict[str, float]:
    """The learnt weights."""
    data = json.loads((files("index.genes") / "weights.json").read_text(encoding="utf-8"))
    return dict(data["gene"])


def logit(names: Sequence[str]) -> float:
    """The sum of the weights of features: log odds of a gene."""
    known = weights()
    return sum([known.get(name, 0.0) for name in names])
