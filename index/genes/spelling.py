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
# A Greek letter's name inside a run of letters: TGFbeta, kappaB, IkappaBalpha. "eta" and "iota" end too many plain words.
_GREEK_INSIDE = re.compile(
    r"(?<=[A-Za-z])(alpha|beta|gamma|delta|epsilon|kappa|zeta|theta|omega|sigma)(?=[A-Z]|$)"
    r"|^(alpha|beta|gamma|delta|epsilon|kappa|zeta|theta|omega|sigma)(?=[A-Z])"
)
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7", "VIII": "8", "IX": "9", "X": "10",
          "XI": "11", "XII": "12", "XIII": "13", "XIV": "14", "XV": "15", "XVI": "16", "XVII": "17", "XVIII": "18"}  # fmt: skip


class Atom(NamedTuple):
    """A piece of a name: its normal form, where it stands, and whether the piece before touches it."""

    form: str
    start: int
    end: int
    glued: bool


def atoms(text: str) -> list[Atom]:
    """The atoms of ``text`` in order, with character offsets."""
    found: list[Atom] = []
    append, before, held = found.append, -1, ""
    for match in _ATOM.finditer(text):
        start, end = match.span()
        piece = match.group()
        glued = start == before
        if (
            piece in _ROMAN
            and found
            and not glued
            and start - before == 1
            and held.isalpha()
            and text[end : end + 1] != "."
        ):
            form = _ROMAN[piece]
        else:
            form = piece.lower()
            if len(form) == 1:
                form = _LETTERS.get(form, form)
            elif form in _WORDS:
                form = _WORDS[form]
            elif len(form) > 5 and not piece.isupper() and ("a" in form[-1] or form != piece):
                form = _GREEK_INSIDE.sub(lambda found: _WORDS[found.group()], piece).lower()
        append(Atom(form, start, end, glued))
        before, held = end, piece
    return found


def key(name: str) -> str:
    """The normal form of a name; empty where it has neither letter nor digit."""
    return "".join(atom.form for atom in atoms(name))
