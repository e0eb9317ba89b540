"""How a paper is named in lists, and how authors' names are read."""

from __future__ import annotations

import pytest

from index.papers import PaperInfo, surname
from index.readers.cleaning import author_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Song N", "Song"), ("O. Holloszy J", "Holloszy"),
        ("van de Leemput J", "van de Leemput"), ("de la Cruz MA", "de la Cruz"),
        ("von Hippel PH", "von Hippel"), ("della Torre S", "della Torre"), ("al-Sayed M", "al-Sayed"),
        ("O'Brien K", "O'Brien"), ("Gwinn-Hardy K", "Gwinn-Hardy"), ("Smith JA Jr", "Smith"), ("King M 3rd", "King"),
        ("WU L", "WU"), ("Li X", "Li"), ("Müller AB", "Müller"), ("Ü Ö", "Ü"), ("J. A. Smith", "Smith"),
        ("JA Smith", "Smith"), ("Smith J. A.", "Smith"), ("Smith J-P", "Smith"),
        ("Joyce van de Leemput", "van de Leemput"),
        ("Ning Song", "Song"), ("Smith, John A.", "Smith"), ("van der Berg, K", "van der Berg"), ("Plato", "Plato"),
        ("Mouse Genome Sequencing Consortium", "Mouse Genome Sequencing Consortium"), ("Mouse Group", "Mouse Group"),
        ("D'Angelo G", "D'Angelo"), ("St. Johnston D", "St. Johnston"), ("García Márquez G", "García Márquez"),
    ],
)  # fmt: skip
def test_a_surname_is_whole_whatever_the_form_of_the_name(name: str, expected: str) -> None:
    assert surname(name) == expected


def test_a_citation_names_the_whole_surname_and_year() -> None:
    assert PaperInfo("T", ("van de Leemput J", "Singleton AB"), year=2007).citation == "van de Leemput et al. 2007"
    assert PaperInfo("T", ("O'Brien K",), year=2001).citation == "O'Brien 2001"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Smith JA Jr", "Smith JA Jr"), ("John A. Smith Jr.", "Smith JA Jr"), ("Smith J. A.", "Smith JA"),
        ("J. A. Smith", "Smith JA"), ("King M 3rd", "King M 3rd"), ("Ludwig von der Heide", "von der Heide L"),
        ("Maria della Torre", "della Torre M"), ("Joyce van de Leemput", "van de Leemput J"), ("Song N", "Song N"),
        ("Henry Louis Gates III", "Gates HL III"),
    ],
)  # fmt: skip
def test_names_in_one_string_keep_particles_and_suffixes(name: str, expected: str) -> None:
    assert author_of(name) == expected
