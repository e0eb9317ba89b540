"""Words of a text as the lexical index holds them: compounds, Greek letters and variants in all their spellings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from index.variants import glued_terms
from index.variants import terms as variant_terms

_LONGEST_COMPOUND = 24

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_COMPOUND = re.compile(r"[^\W_]+(?:[-‐‑‒–−/.][^\W_]+)*")
_PARTS = re.compile(r"[α-ω]|[^\W_α-ω]+")
_PUNCTUATION = ".,;:()[]"
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_SPACED_RSID = re.compile(r"\brs[ #]{1,2}(?=\d{4,10}\b)")
_SPACED_CHANGE = re.compile(r"(?<=\d) ?([acgt]) ?(?:>|→|->) ?([acgt])\b")


def words(text: str) -> list[str]:
    """Words of ``text`` as they are indexed and sought, lower-cased, Greek letters spelt out, not yet stemmed.

    A compound gives its parts and itself in one: "Pax-6" pax 6 pax6, "knock-out" knock out knockout. With Greek
    letters it also gives the form with a Latin initial: "IL-1β" il 1 beta il1beta il1b. Variants and bands give
    the terms of `index.variants`, whole and in one spelling: "p.(Val600Glu)" v600e_, "17q21.3" 17q21 17q21.3.
    """
    found: list[str] = []
    for token in tokens(text):
        # Most are plain words, which need no regular expression.
        plain = token.strip(_PUNCTUATION)
        if plain.isascii() and plain.isalpha():
            found.append(plain)
        else:
            found += _unplain(plain)
    return found


def tokens(text: str) -> list[str]:
    """``text`` lower-cased and split at white space, but for that within a variant: "rs 334", "c.20 A > T"."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    if "rs " in text or "rs#" in text:
        text = _SPACED_RSID.sub("rs", text)
    if ">" in text or "→" in text:
        text = _SPACED_CHANGE.sub(r"\1>\2", text)
    return text.split()


@lru_cache(maxsize=65_536)
def _unplain(token: str) -> tuple[str, ...]:
    """Words of a token that isn't letters only."""
    if token.isascii() and token.isalnum():
        return _whole(token)
    found: list[str] = []
    for piece in token.split(":"):
        if variant := variant_terms(piece):
            found += variant
            continue
        for word in _COMPOUND.findall(_POSSESSIVE.sub("", piece) if "s" in piece else piece):
            found += (word,) if word.isalpha() and word.isascii() else _compound(word)
    return tuple(found)


def _whole(word: str) -> tuple[str, ...]:
    if word.isalpha() or word.isdigit():
        return (word,)
    return variant_terms(word) or (word, *glued_terms(word))


def _compound(word: str) -> list[str]:
    parts = _PARTS.findall(word)
    spelt = [_GREEK.get(part, part) for part in parts]
    # "0.05" and "2004/5" are no names; "Nkx2.5" is.
    found = [term for part in spelt for term in _whole(part)]
    if len(parts) == 1 or not any(c.isalpha() for c in word) or word.startswith("μ"):  # "μm" is a unit
        return found
    forms = {"".join(spelt), "".join(_GREEK[p][0] if p in _GREEK else p for p in parts)}
    return found + sorted(form for form in forms if len(form) <= _LONGEST_COMPOUND)
