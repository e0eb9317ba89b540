"""Whether quotes support a sentence: strictly on numbers, gene symbols and negation, and on meaning.

Each check is a small pure function over text, so that it can be tested and measured alone
(benchmarks/grounding.py); `problem` puts them together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.genes import normal, symbols
from index.terms import stems

MIN_COVERAGE = 0.5
"""Share of a sentence's content stems that its quotes must hold, where meaning is close."""
MIN_SIMILARITY = 0.55
"""Cosine of sentence and quotes under which the meaning counts as another one."""
ENOUGH_COVERAGE = 0.85
"""Share of content stems from which the cosine is no longer asked."""

_NUMBER_WORDS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "half": "0.5", "twice": "2",
    "double": "2", "doubled": "2", "twofold": "2", "threefold": "3", "fourfold": "4", "fivefold": "5",
    "tenfold": "10", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
    "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "hundred": "100",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.])(?:[-−]\s?)?\d+(?:[,\u2009 ]\d{3})*(?:\.\d+)?(?=$|[^\w]|[a-zµμ%°]|st\b|nd\b|rd\b|th\b)"
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|none|cannot|without|lack(?:s|ed|ing)?|absent|absence|fail(?:s|ed|ing|ure)?|unable"
    r"|undetect\w*|unaffected|unchanged|unaltered|nothing|hardly|rarely)\b|n['’]t\b",
    re.IGNORECASE,
)
_AS_GOOD_AS_NEGATION = re.compile(
    r"\bonly\b|\bun\w+|\bin(?:sensitiv|activ|depend)|\w-?null|knock-?out|deficien|\bloss|\blost|\bdispens|\bnormal\b"
    r"|\bintact\b|delet|ablat|\bexclu|\babolish|\bprevent|-/-|−/−",
    re.IGNORECASE,
)
"""Words of a quote that a sentence may fairly put as a negation."""
_VERDICT = re.compile(r"^(?:yes|no)\s*[,:;.–—-]\s*", re.IGNORECASE)
"""An opening "Yes:" or "No," answers the question; what follows is what the quotes must support."""
_CLAUSE = re.compile(r"[,;:()]|\b(?:but|however|whereas|while|although|though|yet|and|which|that)\b", re.IGNORECASE)
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{a})", re.IGNORECASE), re.compile(rf"\b(?:{b})", re.IGNORECASE))
    for a, b in (
        (r"increas|elevat|higher|rais|up-?regulat|enhanc|greater|more\b|gain|larger|enlarg|hyperplas",
         r"decreas|reduc|lower|down-?regulat|diminish|fewer|less\b|loss|lost|smaller|impair|attenuat|hypoplas"),
        (r"activat|induc|promot|stimulat", r"inhibit|repress|suppress|block|inactivat"),
        (r"dominant", r"recessive"),
        (r"homozygo", r"heterozygo"),
        (r"upstream", r"downstream"),
        (r"maternal", r"paternal"),
        (r"gain[- ]of[- ]function", r"loss[- ]of[- ]function"),
        (r"earlier|premature|accelerat", r"later\b|delay|retard|slow"),
        (r"resistan", r"sensitiv|susceptib"),
        (r"present\b|presence", r"absent|absence"),
        (r"male", r"female"),
        (r"benign", r"pathogenic"),
    )
)  # fmt: skip


def numbers(text: str) -> set[str]:
    """Numbers stated in ``text``, digits or words, in one spelling ("1,200" -> "1200", "twice" -> "2").

    Digits inside names ("Pygo2", "E14.5") are part of the name, not numbers.
    """
    found = set()
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"[^\d.]", "", match.group()).rstrip(".")
        found.add(_canonical(digits))
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _NUMBER_WORDS:
            found.add(_NUMBER_WORDS[word])
    return found


def _canonical(digits: str) -> str:
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def missing_numbers(sentence: str, quotes: str) -> set[str]:
    """Numbers that the sentence states and the quotes don't; the word "one" is too common to count."""
    held = numbers(quotes)
    return {n for n in numbers(sentence) if n not in held and not (n == "1" and "1" not in sentence)}


def missing_genes(sentence: str, quotes: str) -> set[str]:
    """Gene-like symbols of the sentence that stand nowhere in the quotes, whatever their spelling."""
    held = normal(quotes)
    return {s for s in symbols(sentence) if normal(s) not in held}


def negates(text: str) -> bool:
    """True where the text denies something."""
    return bool(_NEGATION.search(text))


def negation_differs(sentence: str, quotes: str) -> bool:
    """True where one side denies what the other states.

    A sentence that negates needs a quote that negates. A sentence that doesn't may not restate a clause
    that the quote negates: its words would be those of a negated clause and of no other.
    """
    if negates(sentence):
        return not negates(quotes) and not _AS_GOOD_AS_NEGATION.search(quotes)
    words = set(stems(sentence))
    best_plain, best_negated = 0.0, 0.0
    for clause in _CLAUSE.split(quotes):
        held = set(stems(_NEGATION.sub(" ", clause)))
        if not held:
            continue
        share = len(words & held) / len(words) if words else 0.0
        if _NEGATION.search(clause):
            best_negated = max(best_negated, share)
        else:
            best_plain = max(best_plain, share)
    return best_negated >= 0.5 and best_negated > best_plain


def direction_differs(sentence: str, quotes: str) -> bool:
    """True where the sentence states one of a pair of opposites and the quotes only the other one."""
    for one, other in _OPPOSITES:
        for said, denied in ((one, other), (other, one)):
            if (
                said.search(sentence)
                and not denied.search(sentence)
                and denied.search(quotes)
                and not said.search(quotes)
            ):
                return True
    return False


def coverage(sentence: str, quotes: str) -> float:
    """Share of the sentence's distinct content stems that the quotes hold, 0 to 1; 1 where it has none."""
    wanted = set(stems(sentence))
    return len(wanted & set(stems(quotes))) / len(wanted) if wanted else 1.0


def problem(sentence: str, quotes: Sequence[str], similarity: float) -> str:
    """What the quotes don't support of the sentence, in words; empty where they support it.

    ``similarity`` is the cosine of the sentence with the quotes taken together.
    """
    held = " ".join(quotes)
    sentence = _VERDICT.sub("", sentence)
    if not held:
        return "no source is cited"
    if lost := missing_numbers(sentence, held):
        return f"the quote does not state {', '.join(sorted(lost))}"
    if lost := missing_genes(sentence, held):
        return f"the quote does not name {', '.join(sorted(lost))}"
    if negation_differs(sentence, held):
        return "the quote and the sentence differ in a negation"
    if direction_differs(sentence, held):
        return "the quote states the opposite direction"
    share = coverage(sentence, held)
    if share < ENOUGH_COVERAGE and (share < MIN_COVERAGE or similarity < MIN_SIMILARITY):
        return "the quote says something else"
    return ""
