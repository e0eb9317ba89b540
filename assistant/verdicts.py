"""Yes or no to a question, where one sentence alone makes it plain.

Used for the lead of a quoted answer, and to check a "Yes" or "No" that a model wrote. A wrong verdict costs more than
none: whatever is not sure gets none. benchmarks/direct.py says how often it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.polarity import AXES, GENOTYPE, NEGATION, poles, stated
from assistant.roles import swapped
from assistant.support import denied, names, numbers, relevant
from index.terms import stems

YES_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|might)\b", re.IGNORECASE
)
_MORE_ASKED = re.compile(
    r"\bor\b|\b(?:which|what|who|where|when|why|how)\b|\bversus\b|\bvs\b|compared (?:with|to)|, (?:and|but|is"
    r"|does)\b",
    re.IGNORECASE,
)
_NO_FINDING = re.compile(
    # Thought, asked, planned, told by others, measured, or true only of some.
    r"\b(?:may|might|could|would|should|possibl[ey]|possibility|potential\w*|perhaps|probabl[ey]|likely|suggest\w*|seem\w*"
    r"|appear\w*|whether|if|unclear|unknown|remains?|controvers\w*|debat\w*|however|although|though|despite|hypothes\w*"
    r"|propos\w*|predict\w*|expect\w*|speculat\w*|assum\w*|believ\w*|thought|suppos\w*|putative\w*|candidate\w*"
    r"|aim\w*|investigat\w*|examin\w*|assess\w*|test(?:ed|ing)?|evaluat\w*|determin(?:e|ing)|ask(?:ed)?|first|next|to"
    r"\s+(?:address|study|explore|understand|see)|contradict\w*|contrary|contrast|challeng\w*|refut\w*|rather\s+than"
    r"|instead|except|unless|unlike|only|some|certain|several|partial\w*|subset|few|most(?:ly)?|not\s+(?:only|all"
    r"|always|necessarily)|sometimes|occasionally|rare(?:ly)?|in\s+part|limited|further|more\s+(?:studies|research)|need\s+to"
    r"|needs\s+to|attempt\w*|tried|try|trials?|previous(?:ly)?|reported\s+(?:that|to)|review\w*|question|goal|purpose"
    r"|role\s+of|effects?\s+of|evidence\s+(?:for|on)|efficacy\s+of|safety\s+of|promising|support\w*|indicat\w*|conflict\w*"
    r"|inconsistent|inconclusive|unlikely|improbable|can|one|contraindicat\w*|avoid\w*|prohibit\w*|discourag\w*|withdraw\w*"
    r"|being|ongoing|underway|under\s+(?:development|study)|recent\s+reports?|while)\b|\?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?P<said>yes|no|indeed|correct|true|false|right|absolutely|certainly|definitely|of\s+course|not\s+(?:really|at\s+all)"
    r"|affirmative|negative)\b\s*[,:;.!–—-]+\s*",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:yes|no|indeed|correct|true|false|right|absolutely|certainly|definitely)"
    r"(?:\s*,?\s*(?:it|they|he|she|this|that|these|there)\s+(?:is|are|was|were|does|do|did|can|could|has|have|had|will)"
    r"(?:\s*n[o'’]t|\s+not)?)?\s*[.!]*",
    re.IGNORECASE,
)
_NO_WORDS = ("no", "false", "not", "negative")
_FIGURE_LEAD = re.compile(r"^(?P<figure>[^:]{1,40}\d[^:]{0,30}|\d[^:]{0,40}):\s+(?P<rest>.+)$", re.DOTALL)


def opening(text: str) -> tuple[str, str]:
    """What a sentence opens with ("Yes", "No" or nothing), and the sentence without it."""
    match = _LEAD.match(text)
    if not match or match.end() == len(text):
        return "", text
    return _word(match.group("said")), text[match.end() :]


def bare_verdict(text: str) -> str:
    """Yes or No where a sentence is nothing but that ("Yes.", "No, it does not."), else nothing."""
    return _word(text) if _BARE.fullmatch(text.strip()) else ""


def _word(said: str) -> str:
    return "No" if said.lower().startswith(_NO_WORDS) else "Yes"


def without_figure(text: str) -> str:
    """A sentence without a figure put before it ("68 kb: They lie 68 kb apart."), if the figure stands in it."""
    match = _FIGURE_LEAD.match(text)
    return match.group("rest") if match and match.group("figure").strip() in match.group("rest") else text


def yes_or_no(question: str, sentence: str) -> str:
    """Yes or No where the sentence states just what is asked, of just the same genes, or denies just that.

    Nothing where more than one thing is asked, where a word of the question has no counterpart in one clause of the
    sentence, or where the sentence hedges, asks, contrasts or limits.
    """
    if not YES_NO.search(question) or asks_more(question) or NEGATION.search(GENOTYPE.sub(" ", question)):
        return ""
    if names(question) - names(sentence) or numbers(question) - numbers(sentence):
        return ""
    clauses = relevant(names(question), sentence)
    if names(clauses) - names(question):  # of two genes together another thing may hold
        return ""
    if _NO_FINDING.search(clauses) or stated(clauses).strip() != clauses.strip() or swapped(question, clauses):
        return ""
    return _verdict(question, clauses)


def asks_more(question: str) -> bool:
    """True where a question asks more than yes or no."""
    return bool(_MORE_ASKED.search(re.sub(r"^\w+", "", question)))


def _verdict(question: str, clauses: str) -> str:
    asked, said = poles(question), poles(clauses)
    if asked.keys() - said.keys() or any(len(said[place]) > 1 or len(asked[place]) > 1 for place in asked):
        return ""
    # Opposites stand for each other: their sign is compared instead.
    poled = {place for place in asked if asked[place] != said[place]}
    sought = [s for s in dict.fromkeys(stems(question)) if not _of_pole(s, question, asked.keys())]
    held = stems(clauses)
    if len(sought) + len(asked) < LEAST or set(sought) - set(held) or not _together(sought, held):
        return ""
    denials = list(NEGATION.finditer(GENOTYPE.sub(" ", clauses)))
    complements = {place for place in asked if AXES[place][0]}
    if asked:
        # A denial must have been of the pole, as in "not viable": else what it denies is another thing.
        flips = len(denials) == 1 and _of_poles(clauses, complements)
        if (denials and not flips) or len(poled) > 1 or poled - complements - {_UP_DOWN}:
            return ""
        return "No" if poled else "Yes"
    if not denials:
        return "Yes"
    scopes = denied(clauses)
    return "No" if len(denials) == len(scopes) == 1 and scopes[0] & {sought[-1], *sought[1:2]} else ""


LEAST = 2
"""Words and opposites that a question must be made of."""
_UP_DOWN = 8


def _of_pole(stem: str, text: str, places: Iterable[int]) -> bool:
    """True where a word of ``text`` with this stem is one that states a pole of these pairs."""
    words = [word for word in re.findall(r"[\w-]+", text) if stem in stems(word)]
    return any(pattern.search(word) for word in words for place in places for pattern in AXES[place][1:])


def _of_poles(text: str, places: Iterable[int]) -> bool:
    """True where leaving out the denial turns a pole."""
    bare = NEGATION.sub(" ", text)
    return any(poles(text).get(place) != poles(bare).get(place) for place in places)


def _together(sought: Sequence[str], held: Sequence[str]) -> bool:
    """True where the words stand close to each other and mostly in the question's order."""
    firsts = [held.index(s) for s in sought]
    if max(firsts, default=0) - min(firsts, default=0) > 2 * len(sought) + 2:
        return False
    ordered = [a < b for i, a in enumerate(firsts) for b in firsts[i + 1 :]]
    return sum(ordered) >= ORDERED * len(ordered)


ORDERED = 0.8
"""Share of the pairs of words that must stand in the question's order."""
