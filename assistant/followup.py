"""A follow-up question made to stand alone without a model: genes and topic carried over from the turn before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.answers import Turn
from index.genes import normal, symbols
from index.terms import content_words

_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|he|she|his|her|the (?:gene|protein|mutants?"
    r"|mutation|mice|mouse"
    r"|animals?|embryos?|paper|study|authors?|phenotype|latter|former|same|effect|knock-?outs?))\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:and|but|so|what about|how about|also|or|why|then|really|more|tell me more|go on|explain)\b[\s,:]*",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:(?:and|but|so|or)[\s,]+)?(?:(?:what|how) about|and|or|but)\s+(.+?)\s*\?*$", re.IGNORECASE)
_WHOLE = re.compile(
    r"^(?:what|which|who|where|when|how|why|is|are|was|were|do|does|did|can|could|has|have|had)\s+\w+", re.I
)
_ELLIPTIC_WORDS = 2
"""A question of so few words that is no whole sentence leans on the one before."""
_CARRIED = 6


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leaves out, taken from the last turn; unchanged where it leaves nothing out.

    "And Pygo1?" after a question on Pygo2 becomes that question on Pygo1. Otherwise the genes (else the topic words)
    of the turn before are put behind the question in brackets.
    """
    if not history:
        return question
    before = history[-1].standalone
    here = symbols(question)
    short = len(content_words(question)) <= _ELLIPTIC_WORDS and not _WHOLE.match(question)
    elliptic = bool(_OPENING.match(question)) or short
    swapped = _swap(question, before, here)
    if swapped:
        return swapped
    pointing = bool(_POINTING.search(question))
    names_its_own = bool(here) and len(content_words(question)) > len(here) + 1
    if (not pointing and not elliptic) or (names_its_own and not pointing):
        return question
    carried = _carried(question, history[-1], elliptic=elliptic or not here)
    return f"{question.rstrip()} ({', '.join(carried)})" if carried else question


def _swap(question: str, before: str, here: Sequence[str]) -> str:
    """The earlier question with its gene exchanged, where the question does just that; else nothing."""
    about = _ABOUT.match(question.strip())
    there = symbols(before)
    if not about or len(here) != 1 or len(there) != 1 or len(content_words(about.group(1))) != 1:
        return ""
    return before.replace(there[0], here[0])


def _carried(question: str, turn: Turn, *, elliptic: bool) -> list[str]:
    """Genes of the earlier question, else those its answer names most; and its topic words where asked for."""
    genes = list(symbols(turn.standalone))
    if not genes:
        counted = Counter(s for s in symbols(turn.answer))
        genes = [s for s, _ in counted.most_common(2)]
    held = normal(question)
    carried = [g for g in genes if normal(g) not in held]
    if elliptic:
        known = set(content_words(question)) | {w for g in genes for w in content_words(g)}
        carried += [w for w in dict.fromkeys(content_words(turn.standalone)) if w not in known]
    return list(dict.fromkeys(carried))[:_CARRIED]
