"""How many were studied, where title or abstract say so: patients and controls, participants, animals of a cross."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.grading.reading import Reading, Stretch
from index.grading.records import Aspect, Grade

_UNITS = {
    word: n
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_TEN = "|".join(_TENS)
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_BELOW_HUNDRED = rf"(?:(?:{_TEN})(?:[- ](?:{_UNIT}))?|(?:{_UNIT}))"
_WORDS = rf"(?:(?:{_UNIT}) hundred(?:(?: and)? {_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
_NUM = rf"(?:\d{{1,3}}(?:[,\u2009\u202f\u00a0 ]\d{{3}})+(?!\d)|\d+(?![\d.,]*\d)|{_WORDS})"

_NOUN = (
    r"(?:patients?|participants|subjects|individuals|women|men|children|adolescents|infants|newborns|neonates|adults"
    r"|volunteers|people|persons|mothers|probands|carriers|cases|controls|students|twins|asthmatics|tumou?rs|births"
    r"|girls|boys|males|females|donors|families|athletes|veterans|siblings|smokers|samples)"
)
_HERD = r"(?:animals|mice|rats|sheep|goats|cattle|cows|pigs|dogs|horses|chickens|birds|fish|ruminants|bulls|progeny)"
_BETWEEN = (
    r"(?:(?!(?:were|was|from|of|in|with|and|had|has|have|for|to|by|among|that|who|than|or|at|on|as)\b)"
    r"[\w'’/+-]+ ){0,6}?"
)
_CONTROLS = (
    r"(?:controls?|control (?:subjects|individuals|women|group|children)|healthy (?:\w+ )?(?:\w+)|individuals|cases)"
)

_PAIR = re.compile(
    rf"(?P<a>{_NUM}) (?P<x>{_BETWEEN}{_NOUN}|[\w-]+)(?: [\w,'’/()+-]+){{0,9}}? (?:and|versus|vs\.?) "
    rf"(?P<b>{_NUM}) (?P<y>{_BETWEEN}{_CONTROLS})\b"
)
_TOTAL = re.compile(rf"(?:a total of|in total,?|overall,?|altogether,?) (?P<n>{_NUM}) {_BETWEEN}(?:{_NOUN}|{_HERD})\b")
_STATED = re.compile(
    r"\((?:total )?n ?= ?(?P<n>\d{1,3}(?:[, \u2009]\d{3})+|\d+)\)|(?<=[(;])[^()]{0,25}?\bn ?= ?"
    r"(?P<m>\d{1,3}(?:,\d{3})+|\d+)\)"
)
_NUMBER = re.compile(rf"(?<![\w.,=<-]){_NUM}(?= )")
_WHOLE = re.compile("total|overall|altogether")
_PEOPLE = re.compile(rf"(?P<n>{_NUM}) {_BETWEEN}{_NOUN}\b")
_ANIMALS = re.compile(
    rf"(?:consist\w*|compris\w+|total|sampl\w+|genotyp\w+|characteri[sz]\w+|phenotyp\w+|sequenc\w+|cnv)"
    rf"(?: [\w-]+){{0,4}} (?P<n>{_NUM}) {_BETWEEN}{_HERD}\b"
)
_NOT_STUDIED = re.compile(
    r"\b(?:years?|months|weeks|days|hours|genes?|loci|snps?|variants|trials?|studies|million|%|alleles?"
    r"|mutations?|clones?|isolates?|regions?|countries|centers|cells?)\b"
)
_SOME_PEOPLE = re.compile(rf"\b(?:{_NOUN}|controls?|cohorts?)\b")
_LEAST = 5
"""Fewer than these are a case or a handful of families rather than a sample."""
_NOT_PEOPLE = re.compile(r"\b(?:genes|loci|snps?|variants|alleles|mutations|factors|cells|isolates|clones|countries)\b")
_NEAR, _BESIDE = 80, 20
"""Characters before "(n = 84)" in which the people or animals that were counted are named."""
_GROUP = re.compile(rf"(?:{_NOUN}|{_HERD}|cohort|group|trials|biobank|articles)")


@dataclass(frozen=True, slots=True)
class _Said:
    number: int
    start: int
    end: int
    rank: int
    """0 says most surely how many there were in all."""
    paired: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """How many were studied: ``paired`` where cases and controls add up to it, ``people`` where they are people."""

    grade: Grade
    paired: bool
    people: bool


def size(reading: Reading) -> Size | None:
    """How many were studied, as title and abstract state it; None where they don't."""
    for stretch in reading.stretches:
        said = [one for one in _said(stretch) if one.number >= _LEAST]
        if not said:
            continue
        best = min(said, key=lambda one: (one.rank, one.start))
        basis = stretch.basis(best.start, best.end)
        people = bool(_SOME_PEOPLE.search(basis.quote.lower()))
        return Size(Grade(Aspect.SIZE, str(best.number), basis), best.paired, people)
    return None


def _said(stretch: Stretch) -> Iterator[_Said]:
    low = stretch.low
    places = [match.start() for match in _NUMBER.finditer(low)]
    pairs: list[tuple[int, int]] = []
    for match in _at(_PAIR, low, places):
        one, other = number(match["a"]), number(match["b"])
        if (_fits(stretch, match) and "control" in match["y"] + match["x"]) or _matching(match):
            pairs.append(match.span())
            yield _Said(one + other, match.start(), match.end(), 0, paired="control" in match["y"] + match["x"])
    for match in _TOTAL.finditer(low) if _WHOLE.search(low) else ():
        # "A total of 508 patients and 494 controls" says of the patients alone that they are 508.
        if _fits(stretch, match) and not any(start < match.end() and match.start() < end for start, end in pairs):
            yield _Said(number(match["n"]), match.start(), match.end(), 0)
    yield from _in_brackets(stretch)
    for match in (*_at(_PEOPLE, low, places), *_ANIMALS.finditer(low)):
        if _fits(stretch, match):
            yield _Said(number(match["n"]), match.start(), match.end(), 2)


def _at(pattern: re.Pattern[str], text: str, places: Sequence[int]) -> Iterator[re.Match[str]]:
    """The matches of ``pattern`` that begin at one of ``places``, not overlapping: numbers are sought once for all."""
    end = 0
    for place in places:
        if place >= end and (match := pattern.match(text, place)):
            end = match.end()
            yield match


def _matching(match: re.Match[str]) -> bool:
    return match["x"].split()[-1] == match["y"].split()[-1] and match["x"].split()[-1] in ("cases", "individuals")


def _in_brackets(stretch: Stretch) -> Iterator[_Said]:
    """Groups of one sentence, each with its (n = ...): what they add up to, or the first where it is their total."""
    groups: dict[tuple[int, int], list[re.Match[str]]] = {}
    for match in _STATED.finditer(stretch.low):
        first, last = stretch.sentence(match.start())
        before = stretch.low[max(first, match.start() - _NEAR) : match.start()]
        named = _GROUP.search(before) and not _NOT_PEOPLE.search(before[-_BESIDE:])
        if named and not stretch.told_by_others(match.start()):
            groups.setdefault((first, last), []).append(match)
    for (first, _), matches in groups.items():
        numbers = [number(m["n"] or m["m"]) for m in matches]
        rest = sum(numbers[1:])
        whole = numbers[0] == rest or (len(numbers) > 2 and numbers[0] > rest)
        total = numbers[0] if whole else sum(numbers)
        yield _Said(total, first if len(numbers) > 1 else matches[0].start(), matches[-1].end(), 1)


def _fits(stretch: Stretch, match: re.Match[str]) -> bool:
    inside = stretch.low[match.start() : match.end()]
    return not (stretch.told_by_others(match.start()) or _NOT_STUDIED.search(inside))


def number(text: str) -> int:
    """The number that figures or words say: "1,234", "337 802", "ninety-five", "one hundred and sixty"."""
    digits = re.sub(r"[,\s]", "", text)
    if digits.isdigit():
        return int(digits)
    total = 0
    for word in re.split(r"[- ]", text):
        if word == "hundred":
            total *= 100
        else:
            total += _UNITS.get(word, _TENS.get(word, 0))
    return total
