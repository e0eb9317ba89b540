"""Which way a statement points: opposites ("fertile", "sterile"), denials, and what is not stated at all.

Pure functions over text, used by `assistant.support`. "Not required" and "dispensable" are one, "not increased" and
"decreased" are not; what stands after "it is unlikely that", "rather than" or "whether" is no statement.
"""

from __future__ import annotations

import re
from functools import lru_cache

NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|none|cannot|without|lack(?:s|ed|ing)?|absent|absence|fail(?:s|ed|ing|ure)?|unable"
    r"|undetect\w*|unaffected|unchanged|unaltered|nothing|hardly|rarely|barely|scarcely|unlikely|improbabl[ey]"
    r"|implausibl[ey]|impossible|insufficient|devoid|incapable)\b|n['’]t\b",
    re.IGNORECASE,
)
GENOTYPE = re.compile(
    r"\b(?:without|lack(?:s|ed|ing)?|missing|(?:in the )?absence of|devoid of)(?=\s+(?:(?:a|any|both|the|functional"
    r"|intact|of)\s+){0,2}[A-Z][\w-]*)"
)
"""Of "mice lacking Pygo2" the gene's loss is the subject, not a statement: quotes put it as "Pygo2 null"."""

_AXES = (
    # (poles are complements, one pole, the other pole)
    (True, r"fertil(?!i[sz])\w*", r"(?:sterile|sterility|infertil\w*)"),
    (True, r"(?:viab\w*|surviv\w*|alive)",
     r"(?:lethal\w*|inviab\w*|died?|dies|dying|dead|deaths?|perish\w*|mortality)"),
    (True, r"(?:required?|requires|requirement|necessary|needed|needs?|essential|indispensable|crucial|critical|vital"
           r"|depend(?:s|ent|ed)?\s+(?:up)?on)",
     r"(?:dispensable|unnecessary|redundant|inessential|nonessential|non-essential|superfluous|independent(?:ly)? of)"),
    (True, r"(?:present|presence|detect(?:ed|able))", r"(?:absent|absence|undetect\w*)"),
    (True, r"sufficient", r"insufficient"),
    (True, r"symmetric\w*", r"asymmetric\w*"),
    (True, r"conserved", r"(?:unconserved|diverged)"),
    (True, r"(?:normal(?:ly)?|healthy|indistinguishable)", r"(?:abnormal\w*|defective\w*|aberrant\w*|malform\w*)"),
    (False, r"(?:increas\w*|elevat\w*|higher|rais(?:e[sd]?|ing)|rise[sn]?|rose|up-?\s?regulat\w*|greater|more"
            r"|gain(?:s|ed)?|larger|bigger|enlarg\w*|hyperplas\w*|enhanc(?:e[sd]?|ing)|longer|thicker|heavier)",
     r"(?:decreas\w*|reduc\w*|lower(?:s|ed|ing)?|down-?\s?regulat\w*|diminish\w*|fewer|less|loss|lost|smaller|drop\w*"
     r"|attenuat\w*|hypoplas\w*|shorter|thinner|lighter|declin\w*|fall[sn]?|fell)"),
    (False, r"(?:activat\w*|induc\w*|promot(?:e[sd]?|ing)|stimulat\w*)",
     r"(?:inhibit\w*|repress\w*|suppress\w*|block\w*|inactivat\w*|silenc\w*)"),
    (False, r"dominant\w*", r"recessive\w*"),
    (False, r"homozyg\w*", r"heterozyg\w*"),
    (False, r"upstream", r"downstream"),
    (False, r"maternal\w*", r"paternal\w*"),
    (False, r"gain[- ]of[- ]function", r"loss[- ]of[- ]function"),
    (False, r"(?:earlier|premature\w*|accelerat\w*|faster)", r"(?:later|delay\w*|retard\w*|slow\w*)"),
    (False, r"resistan\w*", r"(?:sensitiv\w*|susceptib\w*)"),
    (False, r"males?", r"females?"),
    (False, r"benign", r"pathogenic"),
    (False, r"(?:agonist\w*|coactivator\w*)", r"(?:antagonist\w*|corepressor\w*)"),
    (False, r"(?:same|similar(?:ly)?|identical\w*|alike)", r"(?:differ(?:s|ed|ent|ently)?|distinct\w*|dissimilar\w*)"),
    (False, r"(?:oncogene|oncogenic)", r"(?:tumou?r[- ]suppress\w*)"),
    (False, r"(?:proximal\w*|anterior\w*|dorsal\w*)", r"(?:distal\w*|posterior\w*|ventral\w*)"),
    (False, r"(?:hyper(?!plas)\w{4,})", r"(?:hypo(?!th|plas|camp)\w{4,})"),
)  # fmt: skip
AXES = tuple(
    (complements, re.compile(rf"\b{a}\b", re.IGNORECASE), re.compile(rf"\b{b}\b", re.IGNORECASE))
    for complements, a, b in _AXES
)
"""Pairs of opposites. Of complements one is what the other's denial says; other pairs have a middle."""
MUST_BE_STATED = frozenset((0, 1, 2, 8, 9))
"""Places in `AXES` that are findings by themselves: fertile, viable, required, more, activates."""

_UP_DOWN = 8
_UNCHANGED = re.compile(
    r"\b(?:unaffected|unchanged|unaltered|(?:not|n['’]t|without|no)\s+(?:\w+\s+){0,2}?(?:affect\w*|alter\w*|chang\w*|impair\w*"
    r"|compromis\w*|differ\w*|reduc\w*|decreas\w*|diminish\w*|influenc\w*|disrupt\w*)(?:\s+(?:in|of|on))?)\b",
    re.IGNORECASE,
)
"""Of "did not affect viability" the viability stays as it was: the word after it is not denied."""

_UNSTATED = re.compile(
    # What follows up to the end of the clause is thought of, denied or left open, not stated.
    r"\b(?P<rest>(?:it\s+(?:is|was|seems?|appears?)\s+(?:therefore\s+|thus\s+|highly\s+|very\s+|also\s+|most\s+)*"
    r"(?:improbable|unlikely|implausible|doubtful|impossible|unclear|unknown|not\s+\w+)(?:\s+that)?"
    r"|(?:improbable|unlikely|implausible|doubtful|unclear|unknown|possible|conceivable)\s+(?:that|if|whether)"
    r"|(?:no|little|insufficient|scant)\s+(?:\w+\s+)?(?:evidence|support|indication|sign|proof|reason|doubt)\b"
    r"(?:\s+(?:that|for|of|to))?"
    r"|rul(?:e[sd]?|ing)\s+out|exclud(?:e[sd]?|ing)|refut\w+|contradict\w*|disprov\w+|reject\w*|argu\w+\s+against"
    r"|speaks?\s+against|inconsistent\s+with|incompatible\s+with|contrary\s+to|in\s+contrast\s+(?:to|with)"
    r"|whether|if(?=\s)|hypothes[ie][sz]\w*|to\s+(?:test|determine|ask|investigate|examine|find\s+out|see|address)\b"
    r"|(?:we|was|were|been|is|are)\s+(?:first\s+|then\s+|also\s+)?(?:asked|tested|predicted|expected|assumed"
    r"|postulated|speculated|proposed)\b|unlike|failed?\s+to|fails\s+to|cannot|unable\s+to)"
    # After these only the next words are meant.
    r"|(?P<near>rather\s+than|instead\s+of|except(?:\s+for)?|other\s+than|apart\s+from|but\s+not|and\s+not|not\s+(?:in|by"
    r"|through|via|with|from)))(?!\w)",
    re.IGNORECASE,
)
_UNSTATED_BEFORE = re.compile(
    r"\b(?:is|are|was|were|be|been|seems?|appears?)\s+(?:therefore\s+|thus\s+|highly\s+|very\s+)*(?:improbable|unlikely"
    r"|implausible|doubtful|(?:ruled|refuted|disproved|rejected|excluded|contradicted)(?:\s+out)?)\b",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"\b(?:it\s+(?:is|was|seems?|appears?)\s+(?:\w+\s+){0,2}?(?:improbable|unlikely|implausible|doubtful|impossible"
    r"|unclear|unknown)(?:\s+that)?|(?:improbable|unlikely|implausible|doubtful|unclear|unknown)\s+(?:that|if|whether)"
    r"|(?:no|little|insufficient|scant)\s+(?:\w+\s+)?(?:evidence|support|indication|sign|proof)\s+(?:that|for|of)"
    r"|rul(?:e[sd]?|ing)\s+out|exclud(?:e[sd]?|ing)\s+(?:that|the\s+possibility)|refut\w+|contradict\w*|disprov\w+"
    r"|argu\w+\s+against|speaks?\s+against|inconsistent\s+with|incompatible\s+with|contrary\s+to|whether"
    r"|hypothes[ie][sz]\w*\s+that|(?:possible|conceivable|possibility)\s+that)(?!\w)",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[;]|,\s*(?:but|whereas|while|although|though|yet|however|we|they|it)\b|\bbut\b|$", re.IGNORECASE)
_NEAR_WORDS = 7


@lru_cache(maxsize=4096)
def stated(text: str, denials: bool = True) -> str:
    """``text`` without what it only denies, excepts, contrasts or asks.

    Without ``denials`` only what stands under such a frame as "it is unlikely that" or "whether" is left out.
    """
    kept, place = [], 0
    text = _without_ruled_out(text)
    unstated = _UNSTATED if denials else _FRAME
    while match := unstated.search(text, place):
        kept.append(text[place : match.start()])
        stop = _STOPS.search(text, match.end())
        place = stop.start() if stop else len(text)
        if denials and match.group("near"):
            words = re.compile(rf"(?:\s*\S+){{0,{_NEAR_WORDS}}}").match(text, match.end())
            comma = text.find(",", match.end())
            place = min(place, words.end() if words else place, comma if comma >= 0 else place)
    return " ".join([*kept, text[place:]])


def _without_ruled_out(text: str) -> str:
    """Of what "is unlikely" or "was ruled out" the clause before goes."""
    while match := _UNSTATED_BEFORE.search(text):
        start = _clause_start(text, match.start())
        stop = _STOPS.search(text, match.end())
        text = f"{text[:start]} {text[stop.start() if stop else len(text) :]}"
    return text


def _clause_start(text: str, place: int) -> int:
    return max((text.rfind(mark, 0, place) + len(mark) for mark in (";", ", ") if mark in text[:place]), default=0)


@lru_cache(maxsize=4096)
def poles(text: str) -> dict[int, set[tuple[int, bool]]]:
    """The opposites that a text states: place in `AXES` -> {(pole 1 or -1, denied)}.

    Denied complements are turned: "not sterile" is (1, False), "not required" is (-1, False).
    """
    text = GENOTYPE.sub("of", text)
    unchanged = [m.end() for m in _UNCHANGED.finditer(text)]
    bare = _UNCHANGED.sub(lambda m: " " * len(m.group()), text)
    denials = list(NEGATION.finditer(bare))
    found: dict[int, set[tuple[int, bool]]] = {}
    for place, (complements, one, other) in enumerate(AXES):
        other_spans = [m.span() for m in other.finditer(text)]
        for pole, pattern in ((1, one), (-1, other)):
            for match in pattern.finditer(bare if not complements else text):
                if pole == 1 and any(s < match.end() and match.start() < e for s, e in other_spans):
                    continue
                denied = _denied(text, match.start(), match.end(), denials)
                near = [e for e in unchanged if 0 <= match.start() - e < 25]
                state = (pole, denied and not near)
                if complements and state[1]:
                    state = (-pole, False)
                found.setdefault(place, set()).add(state)
    if unchanged:
        found.setdefault(_UP_DOWN, set()).add((0, False))
    return found


_BREAKS = re.compile(r"[,;:()]|\b(?:but|and|or|however|whereas|while|although|which|that|nor)\b", re.IGNORECASE)


def _denied(text: str, start: int, end: int, denials: list[re.Match[str]]) -> bool:
    """An odd number of denials stands shortly before a word in its clause."""
    count = 0
    for cue in denials:
        if cue.end() <= start and cue.start() < start:
            between = text[cue.end() : start]
            if len(between.split()) <= 4 and not _BREAKS.search(between):
                count += 1
    return count % 2 == 1


def opposed(said: str, held: str) -> bool:
    """True where one states a pole and the other addresses that pair, but never this pole."""
    theirs = poles(held)
    for place, states in poles(said).items():
        known = theirs.get(place)
        if known and not states & known:
            return True
    return False


def unaddressed(said: str, held: str) -> bool:
    """True where a finding such as "fertile" or "required" is stated and the other side says nothing about it."""
    theirs = poles(held)
    return any(place in MUST_BE_STATED and not theirs.get(place) for place in poles(said))
