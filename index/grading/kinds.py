"""Which kind of study a paper is: publication types first, then what title and abstract say of the work done."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from index.grading.reading import Reading, Stretch
from index.grading.records import Aspect, Basis, Grade, Kind, Organism
from index.grading.rules import ENOUGH, LIKELY, NEEDED, RULES, SURE
from index.grading.sizes import Size

_TYPES = {
    "review": Kind.REVIEW, "systematic review": Kind.REVIEW, "review-article": Kind.REVIEW, "reviews": Kind.REVIEW,
    "review article": Kind.REVIEW, "minireview": Kind.REVIEW, "mini review": Kind.REVIEW,
    "scientific review": Kind.REVIEW,
    "case reports": Kind.CASE_REPORT, "case-report": Kind.CASE_REPORT, "case report": Kind.CASE_REPORT,
    "meta-analysis": Kind.META, "network meta-analysis": Kind.META, "clinical trial": Kind.TRIAL,
    "randomized controlled trial": Kind.TRIAL, "controlled clinical trial": Kind.TRIAL,
    "pragmatic clinical trial": Kind.TRIAL, "clinical trial, phase i": Kind.TRIAL,
    "clinical trial, phase ii": Kind.TRIAL, "clinical trial, phase iii": Kind.TRIAL,
    "clinical trial, phase iv": Kind.TRIAL, "observational study": Kind.COHORT,
}  # fmt: skip
"""PubMed's publication types, JATS article types and the headings that journals print above articles."""

_OPINIONS = frozenset(("editorial", "comment", "news", "published erratum", "biography", "retraction of publication"))
"""Types whose text tells of the work of others without being a review."""

_HEADINGS = {
    "mice, knockout": Kind.KNOCKOUT, "gene knockout techniques": Kind.KNOCKOUT,
    "gene knock-in techniques": Kind.KNOCKOUT,
    "mice, transgenic": Kind.TRANSGENIC, "animals, genetically modified": Kind.TRANSGENIC,
    "plants, genetically modified": Kind.TRANSGENIC, "genome-wide association study": Kind.GWAS,
    "case-control studies": Kind.CASE_CONTROL, "cohort studies": Kind.COHORT, "prospective studies": Kind.COHORT,
    "retrospective studies": Kind.COHORT, "longitudinal studies": Kind.COHORT, "pedigree": Kind.FAMILY,
    "crosses, genetic": Kind.CROSS, "quantitative trait loci": Kind.CROSS, "computer simulation": Kind.COMPUTATIONAL,
    "oligonucleotide array sequence analysis": Kind.OMICS, "gene expression profiling": Kind.OMICS,
    "rna-seq": Kind.OMICS, "proteomics": Kind.OMICS, "metabolomics": Kind.OMICS,
}  # fmt: skip
_PEOPLE = frozenset((Kind.FAMILY, Kind.CASE_REPORT, Kind.CASE_CONTROL, Kind.COHORT, Kind.TRIAL))
OF_PEOPLE = frozenset(kind.value for kind in (*_PEOPLE, Kind.META))
"""Kinds of which people are the organism where no other is named."""
_NOT_OF_PEOPLE = frozenset((Kind.REVIEW, Kind.META, Kind.GWAS, Kind.POPULATION))
_CHANGED = frozenset((Kind.KNOCKOUT, Kind.TRANSGENIC))
_UNCHANGEABLE = frozenset((Organism.HUMAN, Organism.CELLS, Organism.VIRUS))
_TITLE_TIMES = 2.0
_HEADING_POINTS = 1.0
_TOLD_BY_OTHERS = 0.3
_TOLD_AS_OWN = 0.1
"""A sentence that says "we" is shown rather than one that doesn't."""
_MOST_TRIED = 4
_LEAST_SHARE = 0.25
"""Of the clearest kind's points: what is said once of a paper that says another kind all over is an aside."""
_LEAST_GROUP = 20
"""People from which on a number alone makes a group that is described."""
_MOST = 4


@dataclass(slots=True)
class _Found:
    points: float = 0.0
    best: float = 0.0
    basis: Basis | None = None


def kinds(reading: Reading, organisms: Sequence[Grade], size: Size | None) -> list[Grade]:
    """The kinds of study that a paper is, the clearest first, given the ``organisms`` and how many it studied."""
    found: dict[Kind, _Found] = defaultdict(_Found)
    stated = _stated(reading)
    if _OPINIONS & {name.lower() for name in reading.types}:
        return [Grade(Aspect.KIND, kind.value, basis) for kind, basis in stated.items()]
    _count((reading.title,), found)
    _count(reading.abstract, found)
    _headings(reading, found)
    if size is not None and size.paired:
        found[Kind.CASE_CONTROL].points += SURE
        found[Kind.CASE_CONTROL].basis = found[Kind.CASE_CONTROL].basis or size.grade.basis
    possible = {kind: one for kind, one in found.items() if one.points >= ENOUGH and one.basis}
    names = tuple(grade.value for grade in organisms)
    _settle(possible, stated, names)
    _fall_back(possible, stated, organisms, size)
    least = _LEAST_SHARE * max((one.points for one in possible.values()), default=0.0)
    ranked = sorted((k for k in possible if possible[k].points >= least), key=lambda kind: -possible[kind].points)
    grades = [Grade(Aspect.KIND, kind.value, basis) for kind, basis in stated.items()]
    grades += [Grade(Aspect.KIND, k.value, b) for k in ranked if k not in stated and (b := possible[k].basis)]
    return grades[:_MOST]


def _stated(reading: Reading) -> dict[Kind, Basis]:
    """What the source itself calls the paper."""
    found: dict[Kind, Basis] = {}
    for name in reading.types:
        kind = _TYPES.get(name.lower())
        if kind and kind not in found:
            found[kind] = Basis("publication type", name)
    return found


def _count(stretches: Sequence[Stretch], found: dict[Kind, _Found]) -> None:
    """Count each rule once, however often its words stand in the ``stretches``: an abstract in parts is one."""
    text = "\n".join(stretch.low for stretch in stretches)
    present = {word for word in NEEDED if word in text}
    for rule in RULES:
        if rule.needs.isdisjoint(present):
            continue
        best: tuple[float, Stretch, re.Match[str]] | None = None
        for stretch in stretches:
            for match in islice(rule.pattern.finditer(stretch.low), _MOST_TRIED):
                told = rule.points
                if not stretch.title:
                    told *= _TOLD_BY_OTHERS if stretch.told_by_others(match.start()) else 1.0
                    told += _TOLD_AS_OWN * stretch.told_as_own(match.start())
                if best is None or told > best[0]:
                    best = told, stretch, match
                if told >= rule.points:
                    break
        if best is None:
            continue
        told, stretch, match = best
        kind = found[rule.kind]
        kind.points += min(told, rule.points) * (_TITLE_TIMES if stretch.title else 1.0)
        told *= _TITLE_TIMES if stretch.title else 1.0
        if told > kind.best:
            kind.best, kind.basis = told, stretch.basis(*match.span())


def _headings(reading: Reading, found: dict[Kind, _Found]) -> None:
    for heading in reading.headings:
        kind = _HEADINGS.get(heading.lower())
        if kind:
            found[kind].points += _HEADING_POINTS
            found[kind].basis = found[kind].basis or Basis("subject heading", heading)


def _fall_back(
    possible: dict[Kind, _Found], stated: dict[Kind, Basis], organisms: Sequence[Grade], size: Size | None
) -> None:
    """A number of people and nothing else said makes a cohort, cells in culture alone a study in vitro."""
    names = [grade.value for grade in organisms]
    told = {*possible, *stated}
    people = size is not None and size.people and int(size.grade.value) >= _LEAST_GROUP
    if size and people and names[:1] in ([], [Organism.HUMAN]) and not told & (_PEOPLE | _NOT_OF_PEOPLE):
        possible[Kind.COHORT] = _Found(LIKELY, basis=size.grade.basis)
    if not told and names[:1] == [Organism.CELLS]:
        possible[Kind.IN_VITRO] = _Found(LIKELY, basis=organisms[0].basis)


def _settle(possible: dict[Kind, _Found], stated: dict[Kind, Basis], organisms: tuple[str, ...]) -> None:
    """Take out what another kind excludes."""

    def drop(*kinds: Kind) -> None:
        for kind in kinds:
            possible.pop(kind, None)

    if Kind.META in stated or Kind.META in possible:
        drop(*(kind for kind in Kind if kind is not Kind.META))
        return
    if Kind.REVIEW in stated:
        drop(*Kind)
        return
    if Kind.REVIEW in possible:
        own = max((one.points for kind, one in possible.items() if kind is not Kind.REVIEW), default=0.0)
        if possible[Kind.REVIEW].points >= own or possible[Kind.REVIEW].best >= SURE:
            drop(*(kind for kind in Kind if kind is not Kind.REVIEW))
            return
        drop(Kind.REVIEW)
    if organisms and Organism.HUMAN.value not in organisms:
        drop(*_PEOPLE - {Kind.FAMILY})
        drop(Kind.FAMILY)
    if organisms and all(name in _UNCHANGEABLE for name in organisms):
        drop(*_CHANGED, Kind.CROSS)
    if Kind.CASE_REPORT in possible or Kind.CASE_REPORT in stated:
        drop(Kind.COHORT)
    if Kind.CASE_REPORT in possible:
        drop(Kind.CASE_CONTROL)
    if organisms[:1] == (Organism.CELLS,):
        drop(Kind.CASE_REPORT, Kind.COHORT, Kind.CASE_CONTROL, Kind.FAMILY)
    if Kind.CASE_CONTROL in possible or Kind.GWAS in possible or Kind.TRIAL in possible:
        drop(Kind.COHORT)
    if Kind.GWAS in possible:
        drop(Kind.CASE_CONTROL)
