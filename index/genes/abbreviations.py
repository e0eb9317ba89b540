"""Short forms that a text explains, "hepatocyte nuclear factor (HNF)": Schwartz and Hearst (PSB 2003, 451-462)."""

from __future__ import annotations

import re
from typing import NamedTuple

_SHORT = re.compile(r"[(\[]([A-Za-zα-ωΑ-Ω][\w/+-]{1,11})(?=[)\],;])")
_WORD = re.compile(r"\S+")


class Abbreviation(NamedTuple):
    """A short form in parentheses and the long form before it, with the long form's place."""

    short: str
    long: str
    start: int
    end: int


def abbreviations(text: str) -> dict[str, Abbreviation]:
    """Short form -> its first explanation in ``text``."""
    found: dict[str, Abbreviation] = {}
    for match in _SHORT.finditer(text):
        short = match.group(1)
        if short in found:
            continue
        end = match.start()
        while end and text[end - 1] == " ":
            end -= 1
        most = min(len(short) + 5, 2 * len(short))
        begin = max(0, end - 30 * most)
        words = list(_WORD.finditer(text, begin, end))[-most:]
        if not words:
            continue
        start = _matched(short, text, words[0].start(), end)
        if start is not None and end - start > len(short):
            found[short] = Abbreviation(short, text[start:end], start, end)
    return found


def _matched(short: str, text: str, begin: int, end: int) -> int | None:
    """Where the long form begins: each letter of the short form is found backwards, its first at a word's start."""
    at = end
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].lower()
        if not letter.isalnum():
            continue
        at -= 1
        while at >= begin and (text[at].lower() != letter or (index == 0 and at > begin and text[at - 1].isalnum())):
            at -= 1
        if at < begin:
            return None
    return at
