"""Who is whose parent, and what a genotype says of a variant: homozygous, de novo, from which parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.genome.vcf.options import VcfOptions
from index.errors import LocusError

_MAX_PED_BYTES = 10 * 2**20


@dataclass(frozen=True, slots=True)
class Roles:
    """Numbers of the samples' columns, None where there is no such sample; ``male`` where the pedigree says so."""

    proband: int | None = None
    father: int | None = None
    mother: int | None = None
    male: bool = False

    @property
    def trio(self) -> bool:
        """Whether proband and both parents are known."""
        return None not in (self.proband, self.father, self.mother)


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a pedigree file."""

    name: str
    father: str
    mother: str
    sex: str
    affected: bool


def read_ped(path: Path) -> tuple[Person, ...]:
    """The people of a pedigree file: family, name, father, mother, sex (1 male), phenotype (2 affected).

    Format: https://www.cog-genomics.org/plink/1.9/formats#fam

    Raises:
        LocusError: it can't be read, or a line has too few columns
    """
    try:
        if path.stat().st_size > _MAX_PED_BYTES:
            raise LocusError(f"{path.name} is too large for a pedigree file.", hint="Give a PED file of six columns.")
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise LocusError(f"{path.name} can't be read: {error.strerror}.", hint="Check its name.") from None
    people = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = line.split("\t") if line.count("\t") >= 4 else line.split()
        cells = [cell.strip() for cell in cells]
        if not line.strip() or line.startswith("#"):
            continue
        if len(cells) < 5:
            raise LocusError(
                f"{path.name}, line {number}: {len(cells)} columns instead of six.",
                hint="A line has family, name, father, mother, sex (1 male, 2 female), phenotype (2 affected).",
            )
        family_name, father, mother, sex = cells[1:5]
        people.append(Person(family_name, father, mother, sex, len(cells) > 5 and cells[5] == "2"))
    return tuple(people)


def roles(samples: Sequence[str], options: VcfOptions, warnings: list[str]) -> Roles:
    """Proband and parents among a file's samples: named, else from the pedigree, else the only sample.

    Raises:
        LocusError: a sample that was named is not there, or twice, or the pedigree can't be read
    """
    people = {person.name: person for person in read_ped(options.ped)} if options.ped else {}
    name = options.proband or _proband(people, samples, warnings)
    if not name:
        if options.father or options.mother:
            raise LocusError("Parents are named, but no proband.", hint="Name the sample of the proband as well.")
        return Roles(0) if len(samples) == 1 else Roles()
    person = people.get(name, Person(name, "", "", "", True))
    father, mother = options.father or person.father, options.mother or person.mother
    if not options.father and father not in samples:
        father = ""
    if not options.mother and mother not in samples:
        mother = ""
    given = [one for one in (name, father, mother) if one]
    if len(set(given)) < len(given):
        raise LocusError("One sample is named for two roles.", hint="Name different samples.")
    return Roles(_number(name, samples), _number(father, samples), _number(mother, samples), person.sex == "1")


def _proband(people: dict[str, Person], samples: Sequence[str], warnings: list[str]) -> str:
    children = [p for p in people.values() if p.name in samples and {p.father, p.mother} & set(samples)]
    affected = [p.name for p in children if p.affected] or [p.name for p in people.values() if p.affected]
    affected = [name for name in affected if name in samples]
    if len(affected) == 1:
        return affected[0]
    if people:
        warnings.append(
            f"The pedigree has {len(affected)} affected people with a sample in the file: name the proband."
            if affected
            else "The pedigree has no affected person with a sample in the file: name the proband."
        )
    return ""


def _number(name: str, samples: Sequence[str]) -> int | None:
    if not name:
        return None
    if samples.count(name) != 1:
        fault = "is twice in this file" if name in samples else "is not in this file"
        shown = ", ".join(samples[:12]) + (" ..." if len(samples) > 12 else "")
        raise LocusError(f"The sample “{name[:60]}” {fault}.", hint=f"Its samples: {shown or 'none'}.")
    return samples.index(name)


Calls = Sequence[int]
"""Alleles of one sample: 0 the reference, -1 not called, -2 no such copy; the last is the phase and is left out."""

NOT_CALLED, ABSENT = "not called", "absent"


def state(calls: Calls, allele: int) -> str:
    """What one sample's alleles say of an allele (1 is the first alternate; 0 stands for any alternate)."""
    copies = [c for c in calls if c != -2]
    carried = [c for c in copies if (c == allele if allele else c > 0)]
    if carried:
        if len(copies) == 1:
            return "hemizygous"
        return "homozygous" if len(carried) == len(copies) else "heterozygous"
    return NOT_CALLED if not copies or -1 in copies else ABSENT


def origin(father: str, mother: str) -> str:
    """Where a carried allele came from, by both parents' states: "de novo", "father", "mother", "both", or empty."""
    if NOT_CALLED in (father, mother):
        return ""
    if father == ABSENT:
        return "de novo" if mother == ABSENT else "mother"
    return "father" if mother == ABSENT else "both"
