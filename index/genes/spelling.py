"""One spelling for the many ways to write a gene's name: IL-6, IL6 and "IL 6"; TGF-β1, TGFbeta1 and TGFB1; factor VIII.

A name is cut into atoms (runs of letters, runs of digits, single Greek letters); the atoms in their normal form, put
together without anything between, are the name's key. Text and table are cut by the same function.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ATOM = re.compile(r"[Ͱ-Ͽµ]|\d+|[^\W\d_Ͱ-Ͽµ]+")

_LETTERS = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "abgdezhqiklmnxoprsstufcyw", strict=True)) | {
    "µ": "m",
    "ϵ": "e",
    "ϕ": "f",
}
_WORDS = {
    "alpha": "a", "beta": "b", "gamma": "g", "delta": "d", "epsilon": "e", "zeta": "z", "eta": "h", "theta": "q",
    "iota": "i", "kappa": "k", "lambda": "l", "sigma": "s", "omega": "w",
    # British to American spelling, where names of genes have it
    "tumour": "tumor", "tumours": "tumor", "tumors": "tumor", "oestrogen": "estrogen", "haemoglobin": "hemoglobin",
    "leukaemia": "leukemia", "oestradiol": "estradiol", "haem": "heme", "sulphate": "sulfate", "foetal": "fetal",
    "haematopoietic": "hematopoietic", "fibre": "fiber", "haemochromatosis": "hemochromatosis",
    "anaemia": "anemia", "ischaemia": "ischemia", "aetiology": "etiology", "isoenzyme": "isozyme",
}  # fmt: skip
# A Greek letter's name inside a run of letters: TGFbeta, kappaB, IkappaBalpha. "eta" and "iota" end too many words.
_GREEK_INSIDE = re.compile(
    r"(?<=[A-Za-z])(alpha|beta|gamma|delta|epsilon|kappa|zeta|theta|omega|sigma)(?=[A-Z]|$)"
    r"|^(alpha|beta|gamma|delta|epsilon|kappa|zeta|theta|omega|sigma)(?=[A-Z])"
)
_ENDINGS = frozenset(
    word[-4:] for word in ("alpha", "beta", "gamma", "delta", "epsilon", "kappa", "theta", "omega", "sigma", "zeta")
)
_ROMANS = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII".split()
_ROMAN = {roman: str(number) for number, roman in enumerate(_ROMANS, 1)}


ALWAYS = 4  # names of so many atoms are looked for from every atom but words; longer ones where the table says so


def is_word(form: str) -> bool:
    """Whether an atom is long enough to be a word rather than a part of a symbol."""
    return len(form) > 3 and form.isalpha()


class Atoms(NamedTuple):
    """The pieces of a text in parallel lists: normal form, first character, character after the last."""

    forms: list[str]
    starts: list[int]
    ends: list[int]


def atoms(text: str) -> Atoms:
    """The atoms of ``text`` in order, with character offsets."""
    forms: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    held = ""
    before = -9
    for match in _ATOM.finditer(text):
        start, end = match.span()
        piece = text[start:end]
        form = piece.lower()
        size = end - start
        if size == 1:
            form = _LETTERS.get(form, form)
        elif form in _WORDS:
            form = _WORDS[form]
        elif (size > 5 and form != piece) or form[-4:] in _ENDINGS:
            form = _GREEK_INSIDE.sub(_letter, piece).lower()
        if start - before == 1 and piece in _ROMAN and held.isalpha() and text[end : end + 1] != ".":
            form = _ROMAN[piece]
        forms.append(form)
        starts.append(start)
        ends.append(end)
        before, held = end, piece
    return Atoms(forms, starts, ends)


def key(name: str) -> str:
    """The normal form of a name; empty where it has neither letter nor digit."""
    return "".join(atoms(name).forms)


def _letter(found: re.Match[str]) -> str:
    return _WORDS[found.group()]
