"""Grades as plain frozen records, and the names of organisms and of kinds of study."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Aspect(StrEnum):
    """What a grade is about."""

    ORGANISM = "organism"
    KIND = "kind"
    SIZE = "size"


class Organism(StrEnum):
    """An organism that was studied; those that genetics works with have names of their own, others a group's."""

    HUMAN = "human"
    MOUSE = "mouse"
    RAT = "rat"
    ZEBRAFISH = "zebrafish"
    FLY = "fruit fly"
    WORM = "worm"
    YEAST = "yeast"
    CRESS = "thale cress"
    BACTERIA = "bacteria"
    CELLS = "cell line"
    FROG = "frog"
    CHICKEN = "chicken"
    PIG = "pig"
    CATTLE = "cattle"
    SHEEP = "sheep"
    GOAT = "goat"
    HORSE = "horse"
    DOG = "dog"
    CAT = "cat"
    RABBIT = "rabbit"
    HAMSTER = "hamster"
    MONKEY = "monkey"
    BIRD = "bird"
    FISH = "fish"
    INSECT = "insect"
    PLANT = "plant"
    FUNGUS = "fungus"
    PARASITE = "parasite"
    VIRUS = "virus"


class Kind(StrEnum):
    """A kind of study."""

    KNOCKOUT = "knockout"
    TRANSGENIC = "transgenic"
    CROSS = "cross"
    GWAS = "gwas"
    FAMILY = "family"
    CASE_REPORT = "case report"
    CASE_CONTROL = "case-control"
    COHORT = "cohort"
    TRIAL = "trial"
    META = "meta-analysis"
    REVIEW = "review"
    OMICS = "omics"
    POPULATION = "population"
    IN_VITRO = "in vitro"
    COMPUTATIONAL = "computational"

    @property
    def label(self) -> str:
        """The kind in a reader's words."""
        return _LABELS.get(self, self.value)

    @property
    def meaning(self) -> str:
        """What is counted as of this kind."""
        return _MEANINGS[self]


_LABELS = {
    Kind.KNOCKOUT: "knockout or mutant",
    Kind.CROSS: "cross (QTL)",
    Kind.GWAS: "GWAS",
    Kind.FAMILY: "family study",
    Kind.TRIAL: "clinical trial",
    Kind.OMICS: "omics",
    Kind.POPULATION: "population genetics",
}
_MEANINGS = {
    Kind.KNOCKOUT: "organisms whose gene was taken out or changed, by targeting, by a mutagen or by chance",
    Kind.TRANSGENIC: "organisms with a gene put in or over-expressed",
    Kind.CROSS: "crosses and strains compared to map traits",
    Kind.GWAS: "association over the whole genome",
    Kind.FAMILY: "families, pedigrees, linkage in them",
    Kind.CASE_REPORT: "one patient or a few",
    Kind.CASE_CONTROL: "affected people beside unaffected ones",
    Kind.COHORT: "a group of people described or followed",
    Kind.TRIAL: "a treatment tried in people",
    Kind.META: "the figures of several studies put together",
    Kind.REVIEW: "the work of others told",
    Kind.OMICS: "expression, genomes, proteins or metabolites measured all at once",
    Kind.POPULATION: "diversity and history of populations",
    Kind.IN_VITRO: "cells in culture, molecules in the test tube",
    Kind.COMPUTATIONAL: "computed from data, models and sequences that were there",
}


@dataclass(frozen=True, slots=True)
class Basis:
    """What a grade rests on, in the very words.

    ``source`` is "title", "text" (then ``section`` and the offsets say where ``quote`` stands in the paper),
    "publication type" or "subject heading".
    """

    source: str
    quote: str
    section: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """One thing said of a paper as evidence, and why. A size's ``value`` is its number."""

    aspect: Aspect
    value: str
    basis: Basis

    @property
    def label(self) -> str:
        """The grade in a reader's words: "mouse", "GWAS", "n = 1,234"."""
        if self.aspect is Aspect.SIZE:
            return f"n = {int(self.value):,}" if self.value.isdigit() else f"n = {self.value}"
        if self.aspect is Aspect.KIND:
            return Kind(self.value).label if self.value in set(Kind) else self.value
        return self.value


@dataclass(frozen=True, slots=True)
class Grades:
    """All that is said of a paper as evidence, the main organism and kind first."""

    all: tuple[Grade, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.all)

    def of(self, aspect: Aspect) -> tuple[Grade, ...]:
        """The grades of one aspect."""
        return tuple(grade for grade in self.all if grade.aspect is aspect)

    @property
    def organisms(self) -> tuple[str, ...]:
        """Organisms, the main one first."""
        return tuple(grade.value for grade in self.of(Aspect.ORGANISM))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of study, the clearest first."""
        return tuple(grade.value for grade in self.of(Aspect.KIND))

    @property
    def size(self) -> int | None:
        """How many were studied, None where the paper's title and abstract don't say."""
        return next((int(grade.value) for grade in self.of(Aspect.SIZE)), None)

    @property
    def in_short(self) -> str:
        """One line: "mouse · knockout or mutant · n = 334"; empty where nothing is said."""
        return " · ".join(grade.label for grade in self.all)

    def as_data(self) -> dict[str, Any]:
        """Plain data for programs (JSON): values, and what each rests on."""
        return {
            "organisms": list(self.organisms),
            "kinds": list(self.kinds),
            "size": self.size,
            "basis": [
                {"aspect": g.aspect.value, "value": g.value, "source": g.basis.source, "quote": g.basis.quote,
                 "section": g.basis.section, "start": g.basis.start, "end": g.basis.end}
                for g in self.all
            ],
        }  # fmt: skip


NO_GRADES = Grades()
