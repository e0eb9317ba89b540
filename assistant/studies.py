"""Kinds of study and organisms as readers name them, as filters and in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from index.errors import LocusError
from index.filters import Filters
from index.grading import Grades, Kind, Organism

_OTHER_NAMES = {
    "mice": "mouse", "rats": "rat", "humans": "human", "people": "human", "patients": "human", "fly": "fruit fly",
    "drosophila": "fruit fly", "c. elegans": "worm", "nematode": "worm", "arabidopsis": "thale cress",
    "e. coli": "bacteria", "bacterium": "bacteria", "cells": "cell line", "plants": "plant", "cow": "cattle",
    "fungi": "fungus", "viruses": "virus", "xenopus": "frog", "ko": "knockout", "mutant": "knockout",
    "knock out": "knockout", "knockout or mutant": "knockout", "qtl": "cross", "linkage": "family",
    "family study": "family", "pedigree": "family", "clinical trial": "trial", "rct": "trial",
    "genome wide association": "gwas", "expression profiling": "omics", "transcriptomics": "omics", "rna seq": "omics",
    "population genetics": "population", "systematic review": "review", "bioinformatics": "computational",
}  # fmt: skip


def held_to(organisms: Iterable[str] = (), kinds: Iterable[str] = ()) -> Filters:
    """Filters for organisms and kinds of study as a reader names them. LocusError where one isn't told apart."""
    return Filters(
        organisms=frozenset(_one_of(name, [o.value for o in Organism], "organism") for name in organisms),
        kinds=frozenset(_one_of(name, [kind.value for kind in Kind], "kind of study") for name in kinds),
    )


def fits(grades: Grades, filters: Filters) -> bool:
    """Whether a paper of these grades is of an organism and of a kind that the filters ask for."""
    return (not filters.organisms or bool(filters.organisms & set(grades.organisms))) and (
        not filters.kinds or bool(filters.kinds & set(grades.kinds))
    )


def in_words(filters: Filters) -> list[str]:
    """What the filters hold organisms and kinds to: ["mouse studied", "GWAS or review"]; empty where to nothing."""
    organisms = " or ".join(sorted(filters.organisms))
    kinds = " or ".join(sorted(Kind(kind).label for kind in filters.kinds))
    return [part for part in (f"{organisms} studied" if organisms else "", kinds) if part]


def _one_of(name: str, known: Sequence[str], what: str) -> str:
    wanted = " ".join(name.casefold().replace("-", " ").replace("_", " ").split())
    plain = {one.replace("-", " "): one for one in known}
    wanted = _OTHER_NAMES.get(wanted, wanted).replace("-", " ")
    if wanted in plain:
        return plain[wanted]
    starting = [one for key, one in plain.items() if wanted and key.startswith(wanted)]
    if len(starting) == 1:
        return starting[0]
    near = get_close_matches(wanted, plain, 1)
    meant = f"Perhaps “{plain[near[0]]}”? " if near else ""
    raise LocusError(f"There is no {what} “{name}” to filter by.", hint=f"{meant}Choose of: {', '.join(known)}.")
