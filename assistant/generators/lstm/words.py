"""Words of a sentence as the LSTM reads, copies and writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.papers import Span
from index.terms import stems

_OPEN = frozenset('([{"“‘')
_CLOSE = frozenset(')]}"”.,;:?!')
_PAIRS = {")": "(", "]": "[", "}": "{"}
_RUN = re.compile(r"\S+")

FUNCTION_WORDS = frozenset(
    """a an the this that these those its their his her it they them which who whose whom where when while whereas
    and or but as than then so both either also too such each all some other another same of in on at by for from to
    into with within between among after before during over under through across against about upon toward towards via
    per around near beyond beside besides along despite is are was were be been being am has have had having do does
    did done doing may might can could would will should there here how if because since although though thereby
    therefore thus hence however instead rather more most less least very only itself themselves respectively namely
    including like unlike due owing , . ; : ( ) – —""".split()
)
"""Words that carry no fact of genetics: no negation, no number, no name, no direction of an effect."""
CAREFUL_WORDS = frozenset(
    """only more less least most very all each some both either same another such may might can could would will should
    if because since although thus hence therefore despite due owing here there""".split()
)
"""Those of them that limit, count, compare, doubt or reason: written only where the sentence itself has them."""
DOUBTS = re.compile(
    r"(?:suggest\w*|likely|possib\w+|probabl\w+|propos\w+|hypothes\w+|presum\w+|might|could|may)", re.IGNORECASE
)
"""Words whose doubt can be said as "may"."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign: its text, its characters in the sentence, and whether no space stands before it."""

    text: str
    start: int
    end: int
    glued: bool

    @property
    def low(self) -> str:
        """In small letters, as words are compared."""
        return self.text.lower()


def words(text: str) -> list[Word]:
    """Words of ``text`` in order: split at white space, with the signs around each word as words of their own.

    What stands inside a word stays ("Pygo2-/-", "1,200", "CD4(+)"), so that names and figures are copied whole.
    """
    found: list[Word] = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        ends: list[Span] = []
        while end - start > 1 and text[start] in _OPEN:
            found.append(Word(text[start], start, start + 1, bool(found) and found[-1].end == start))
            start += 1
        while end - start > 1 and text[end - 1] in _CLOSE:
            sign, inner = text[end - 1], text[start:end]
            if sign in _PAIRS and inner.count(_PAIRS[sign]) >= inner.count(sign):
                break
            ends.append((end - 1, end))
            end -= 1
        found.append(Word(text[start:end], start, end, bool(found) and found[-1].end == start))
        found += [Word(text[a:b], a, b, True) for a, b in reversed(ends)]
    return found


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem by which two forms of a word are one; the word itself where it has none."""
    return next(iter(stems(word)), word.lower())


def glue(parts: Sequence[tuple[str, bool]]) -> str:
    """Text of words in order; a part is a word and whether it follows the one before without a space."""
    text = ""
    for word, glued in parts:
        tight = glued or word in _CLOSE - {'"'} or text.endswith(tuple(_OPEN - {'"'}))
        text += word if tight or not text else f" {word}"
    return text
