"""A paper to its grades."""

from __future__ import annotations

from typing import Final

from index.grading.kinds import OF_PEOPLE, kinds
from index.grading.organisms import organisms
from index.grading.reading import read
from index.grading.records import Aspect, Grade, Grades, Kind, Organism
from index.grading.sizes import size
from index.papers import Paper

VERSION: Final = "1"
"""Raise it where the same paper gets other grades than before: every library is then graded again by itself."""


def grades_of(paper: Paper) -> Grades:
    """What kind of evidence ``paper`` is, each grade with what it rests on."""
    reading = read(paper)
    animals = organisms(reading)
    stated = size(reading)
    studies = kinds(reading, animals, stated)
    if not animals and (of_people := next((grade for grade in studies if grade.value in OF_PEOPLE), None)):
        animals = [Grade(Aspect.ORGANISM, Organism.HUMAN.value, of_people.basis)]
    if stated and any(grade.value == Kind.REVIEW for grade in studies) and len(studies) == 1:
        stated = None  # others' patients
    return Grades((*animals, *studies, *((stated.grade,) if stated else ())))
