"""The direct answer put before a quoted sentence: yes or no, or the figure that was asked for.

Given only where the sentence alone makes it plain: a wrong "yes" costs more than none. benchmarks/direct.py says how
often it is right.
"""

from __future__ import annotations

import re

from assistant.verdicts import YES_NO, asks_more, yes_or_no

_FIGURE = r"(?:[~≈<>≤≥]\s?)?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?(?:±|–|-|to)\s?\d+(?:\.\d+)?)?"
_UNITS = tuple(
    (re.compile(rf"\b(?:{asked})", re.IGNORECASE), re.compile(rf"(?<![\w.–-]){_FIGURE}{unit}"))
    for asked, unit in (
        (r"percent|what (?:fraction|proportion|share)", r"(?:\s?%|\spercent|\sper\scent)"),
        (r"how many[- ]fold|by how many fold|fold (?:change|difference|increase)", r"(?:\s|-)?fold"),
        (r"(?:at )?what age|how (?:old|soon|early|long do|long does|long after)|lifespan|median survival",
         r"[\s-](?:days?|weeks?|months?|years?|hours?|h|wk|mo|min)\b"),
        (r"how (?:large|long) is|what size|size of", r"[\s-]?(?:[kM]?bp?|[kM]b|nt|kDa|amino acids|residues)\b"),
        (r"how far (?:apart|away|from)|distance", r"[\s-]?(?:cM|[kM]?bp|[kM]b)\b"),
        (r"pressure|mmHg", r"\s?mmHg\b"),
    )
)  # fmt: skip
"""What a question asks for, and the figures with a unit that answer it."""
_COUNT = re.compile(r"\bhow many ([a-z]+)", re.IGNORECASE)
_NOT_A_FINDING = re.compile(r"\((?:[^()]*(?:Fig|Table|see|19\d\d|20\d\d|[np]\s?[=<>])[^()]*)\)")


def lead(question: str, sentence: str) -> str:
    """What to put first ("Yes: ", "68 kb: "); nothing where the sentence alone does not make it plain."""
    if asks_more(question):
        return ""
    if YES_NO.search(question):
        verdict = yes_or_no(question, sentence)
        return f"{verdict}: " if verdict else ""
    found = figures(question, sentence)
    return f"{found[0]}: " if len(found) == 1 else ""


def figures(question: str, sentence: str) -> list[str]:
    """Figures in the sentence of the kind that the question asks for, each once, those of the question left out."""
    bare = _NOT_A_FINDING.sub(" ", sentence)
    kinds = [unit for asked, unit in _UNITS if asked.search(question)]
    counted = _COUNT.search(question)
    if not kinds and counted:
        kinds = [re.compile(rf"(?<![\w.–-])\d+(?:,\d{{3}})*\s(?:\w+\s){{0,1}}{re.escape(counted.group(1))}\b")]
    found = (match.group().strip() for kind in kinds for match in kind.finditer(bare))
    return [figure for figure in dict.fromkeys(found) if figure not in question]
