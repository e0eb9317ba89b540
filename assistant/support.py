"""Whether quotes support a sentence: strictly on numbers, gene symbols and negation, and on meaning.

Each check is a small pure function over text, so that it can be tested and measured alone
(benchmarks/grounding.py); `problem` puts them together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.genes import normal, symbols
from index.terms import stems

MIN_COVERAGE = 0.4
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
    r"\bonly\b|\bun(?:able|detect|affect|chang|alter)\w*|\bloss of|\blost\b|\bdispens|\babolish|\bprevent"
    r"|\bexclu|\bspared?\b",
    re.IGNORECASE,
)
"""Words of a quote that a sentence may fairly put as a negation."""
_GENOTYPE = re.compile(
    r"\b(?:without|lack(?:s|ed|ing)?|missing|(?:in the )?absence of)(?=\s+(?:(?:a|any|both|the|functional"
    r"|intact|of)\s+){0,2}[A-Z][\w-]*)"
)
"""Of "mice lacking Pygo2" the gene's loss is the subject, not a statement: quotes put it as "Pygo2 null"."""
_SCOPE = 3
"""Content words after a negation that count as denied."""
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

    What a negation denies is taken to be the few content words that follow it in its clause, else those before.
    """
    denied_here, stated_here = _denied(sentence)
    denied_there, stated_there = _denied(quotes)
    for scope in denied_here:
        if _matched(scope, denied_there):
            continue
        if _within(scope, stated_there) or not denied_there:
            return not _AS_GOOD_AS_NEGATION.search(quotes)
    return any(
        _within(scope, stated_here) and not _within(scope, stated_there) and not _matched(scope, denied_here)
        for scope in denied_there
    )


def _matched(scope: frozenset[str], others: Sequence[frozenset[str]]) -> bool:
    return any(_within(scope, other) or _within(other, scope) for other in others)


def denied(text: str) -> list[frozenset[str]]:
    """The stems that each negation of a text denies: the few content words after it in its clause, or before."""
    return _denied(text)[0]


def _denied(text: str) -> tuple[list[frozenset[str]], frozenset[str]]:
    """The stems that each negation of a text denies, and the stems that stand outside of any negation."""
    scopes: list[frozenset[str]] = []
    stated: set[str] = set()
    text = _GENOTYPE.sub(" ", text)
    for clause in _CLAUSE.split(text):
        cues = list(_NEGATION.finditer(clause))
        if not cues:
            stated.update(stems(clause))
            continue
        stated.update(stems(clause[: cues[0].start()]))
        for cue, after in zip(cues, [*cues[1:], None], strict=True):
            behind = stems(clause[cue.end() : after.start() if after else len(clause)])
            if behind:
                scopes.append(frozenset(behind[:_SCOPE]))
                stated.update(behind[_SCOPE:])
            else:
                scopes.append(frozenset(stems(clause[: cue.start()])[-_SCOPE:]))
    return [s for s in scopes if s], frozenset(stated)


def _within(scope: frozenset[str], held: frozenset[str]) -> bool:
    return len(scope & held) >= max(1, round(0.6 * len(scope)))


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
