"""The direct answer put before a quoted sentence: yes or no, or the figure that was asked for."""

from __future__ import annotations

import re

from assistant.generators.evidence import NUMBER_QUESTION
from assistant.support import coverage, direction_differs, negates

_YES_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|might)\b|, (?:is|are|do|does"
    r"|did|can|was|were) ",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r"\bor\b|\b(?:which|what|who|where|when|why|how)\b", re.IGNORECASE)
_QUANTITY = re.compile(
    r"(?<![\w.–-])(?:[~≈<>≤≥]\s?)?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?(?:±|–|-|to)\s?\d+(?:\.\d+)?)?"
    r"(?:[\s-]?(?:%|percent|per cent|-?fold|times|°\s?C|mmHg|mg/kg|[kM]?bp?\b|cM\b|[mµμn]?[gMLl]\b|[µμnm]m\b"
    r"|days?|weeks?|months?|years?|hours?|h\b|min\b|amino acids|residues|exons|genes|mice|animals|cells|kDa|Da\b))?"
    r"(?![\w])"
)
_SURE = 0.6


def lead(question: str, sentence: str) -> str:
    """What to put first ("Yes: ", "68 kb: "); nothing where the sentence alone does not make it plain."""
    if _YES_NO.search(question) and not _ALTERNATIVE.search(question):
        verdict = yes_or_no(question, sentence)
        return f"{verdict}: " if verdict else ""
    if NUMBER_QUESTION.search(question):
        found = quantities(question, sentence)
        if len(found) == 1:
            return f"{found[0]}: "
    return ""


def yes_or_no(question: str, sentence: str) -> str:
    """Yes or No where the sentence restates the question or its denial, else nothing."""
    if coverage(question, sentence) < _SURE or direction_differs(question, sentence):
        return ""
    if negates(sentence) == negates(question):
        return "Yes"
    return "No"


def quantities(question: str, sentence: str) -> list[str]:
    """Quantities that the sentence states and the question doesn't, with their units, each once."""
    bare = re.sub(r"\((?:[^()]*(?:Fig|Table|see|19\d\d|20\d\d|[np]\s?[=<>])[^()]*)\)", " ", sentence)
    bare = re.sub(r"\b(?:Fig(?:ure)?s?|Tables?|lanes?|panel)\.?\s*S?\d+\w*", " ", bare)
    found = (m.group().strip() for m in _QUANTITY.finditer(bare))
    return [q for q in dict.fromkeys(found) if q not in question]
