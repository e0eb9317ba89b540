"""Who does what to whom, and which figure belongs to which gene.

Pure functions over text, used by `assistant.support`: a sentence that swaps agent and patient of its verb, or the
figures of a "respectively", shares every word with its quote and yet says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.polarity import AXES, NEGATION
from index.genes import normal, symbols
from index.terms import stems

_VERBS = (
    # One relation a line: verbs from agent to patient; the first group's passive or reverse forms are found by shape.
    r"repress|suppress|inhibit|block|antagoni[sz]|silenc|inactivat|downregulat|down-regulat|attenuat|prevent|abolish",
    r"activat|induc|promot|stimulat|upregulat|up-regulat|enhanc|increas|driv|trigger|elicit|potentiat",
    r"regulat|control|modulat|govern|affect|influenc|direct",
    r"caus|produc|result(?:s|ed|ing)?\s+in|lead(?:s|ing)?\s+to|led\s+to|give(?:s|n)?\s+rise\s+to|underl(?:ie[sd]?|ying|ay)",
    r"requir(?!ed\s+(?:for|to|in|by\s+the)\b)|need(?!ed\s+(?:for|to|in)\b)|depend(?:s|ed|ing|ent)?\s+(?:up)?on|rel(?:y|ies|ied)\s+on",
    r"phosphorylat|acetylat|methylat|ubiquitinat|ubiquitylat|cleav|degrad|hydroly[sz]|glycosylat|splic",
    r"encod",
    r"recruit|target|transport|deliver|stabili[sz]|destabili[sz]|secret|releas|sequester",
    r"rescu|compensat(?:e[sd]?|ing)?\s+for|replac|substitut(?:e[sd]?|ing)?\s+for",
    r"preced|follow",
    r"contain|compris|includ",
    r"outnumber|exceed",
)
_RELATIONS = tuple(re.compile(rf"\b(?:(?:{v})(?:e|es|ed|s|ing|ies|ied|t)?)\b", re.IGNORECASE) for v in _VERBS)
_REVERSED = (
    (3, re.compile(r"\b(?:results?|resulted|resulting|stems?|arises?|arose)\s+from\b|\b(?:due|owing)\s+to\b"
                   r"|\bbecause\s+of\b|\bconsequence\s+of\b", re.IGNORECASE)),
    (4, re.compile(r"\b(?:(?:is|are|was|were)\s+)?(?:required|needed|necessary|essential|indispensable|crucial)\s+"
                   r"(?:for|to|in)\b", re.IGNORECASE)),
)  # fmt: skip
"""Wordings in which the second one acts: "A results from B"; "A is required for B" is "B requires A"."""
_NOUNS = (
    (0, r"repression|suppression|inhibition|inactivation|silencing|antagonism|down-?regulation"),
    (1, r"activation|induction|stimulation|promotion|up-?regulation"),
    (2, r"regulation|control|modulation"),
    (5, r"phosphorylation|acetylation|methylation|ubiquiti?n\w*ation|cleavage|degradation"),
)
_OF_BY = tuple((place, re.compile(rf"\b(?:{nouns})\s+of\b", re.IGNORECASE)) for place, nouns in _NOUNS)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?|got)\s+(?:\w+ly\s+|not\s+|also\s+)*$", re.IGNORECASE)
_BY = re.compile(r"^\s*(?:\w+\s+){0,4}?by\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[;:()]|,\s*(?:and|but|while|whereas|although|so|which|who)\b|\b(?:but|while|whereas|although|though|because)\b(?!\s+of)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Relation:
    """``agent`` and ``patient`` as stems of their words, ``kind`` the place of the relation."""

    kind: int
    agent: frozenset[str]
    patient: frozenset[str]


@lru_cache(maxsize=4096)
def relations(text: str) -> tuple[Relation, ...]:
    """The asymmetric relations that a text states, passive voice and "repression of A by B" turned round."""
    return tuple(_relations(text))


def _relations(text: str) -> Iterator[Relation]:
    for clause in _CLAUSE.split(text):
        for kind, pattern in _RELATIONS_ALL:
            for match in pattern.finditer(clause):
                before, after = clause[: match.start()], clause[match.end() :]
                turned = pattern in _TURNED
                if by := _BY.match(after):
                    turned = not turned
                    after = after[by.end() :]
                elif _PASSIVE.search(before) and pattern not in _TURNED:
                    continue  # a passive without its agent says nothing on who acts
                one, other = _words(before), _words(after)
                if one and other:
                    yield Relation(kind, other, one) if turned else Relation(kind, one, other)
        for kind, pattern in _OF_BY:
            if noun := pattern.search(clause):
                of, _, by_whom = clause[noun.end() :].partition(" by ")
                if by_whom:
                    yield Relation(kind, _words(by_whom), _words(of))


_TURNED = frozenset(pattern for _, pattern in _REVERSED)
_RELATIONS_ALL = (*((place, p) for place, p in enumerate(_RELATIONS) if place != 4), (4, _RELATIONS[4]), *_REVERSED)


def _words(text: str) -> frozenset[str]:
    """Stems of a side's words, those of its gene names in their normal form."""
    return frozenset(stems(text)) | frozenset(normal(s) for s in symbols(text))


def swapped(sentence: str, quote: str) -> bool:
    """True where the quote states a relation of the sentence, but only with agent and patient exchanged."""
    theirs = relations(quote)
    for ours in relations(sentence):
        same = turned = 0
        for held in theirs:
            if held.kind != ours.kind:
                continue
            straight = len(ours.agent & held.agent) and len(ours.patient & held.patient)
            straight += (len(ours.agent & held.agent) + len(ours.patient & held.patient)) if straight else 0
            crossed = len(ours.agent & held.patient) and len(ours.patient & held.agent)
            crossed += (len(ours.agent & held.patient) + len(ours.patient & held.agent)) if crossed else 0
            same, turned = max(same, straight), max(turned, crossed)
        if turned > same:
            return True
    return False


_FIGURE = r"[<>~≈≤≥+−-]?\s?\d[\d,]*(?:\.\d+)?(?:\s?±\s?\d+(?:\.\d+)?)?(?:\s?(?:%|[a-zµμ/]{1,6}\d?|-?fold|percent))?"
_LIST = re.compile(rf"(?<![\w.])({_FIGURE})((?:\s*,\s*{_FIGURE})*)\s*,?\s+(?:and|or|versus|vs\.?)\s+({_FIGURE})(?!\w)")
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def pairs(text: str) -> dict[str, set[str]]:
    """What "respectively" ties together: gene (in normal form) -> its figures, as many genes as figures."""
    found: dict[str, set[str]] = {}
    for mark in _RESPECTIVELY.finditer(text):
        before = text[max(0, mark.start() - 300) : mark.start()]
        before = before[max(before.rfind(". "), before.rfind("; ")) + 1 :]
        lists = list(_LIST.finditer(before))
        if not lists:
            continue
        figures = lists[-1]
        values = [_DIGITS.findall(f)[0].replace(",", "") for f in re.split(
            r"\s*,\s+|\s+(?:and|or|versus|vs\.?)\s+", figures.group()) if _DIGITS.search(f)]  # fmt: skip
        for side in (before[: figures.start()], before[figures.end() :]):
            names = [normal(s) for s in symbols(side)]
            if len(names) >= len(values) >= 2:
                names = names[-len(values) :]
                for name, value in zip(names, values, strict=True):
                    found.setdefault(name, set()).add(value)
                break
    return found


_TOKEN = re.compile(r"[^\W_]+(?:['’.,/-][^\W_]+)*")
_WIDE = 3
"""Content words to either side that make up a name's surroundings."""


@lru_cache(maxsize=4096)
def surroundings(text: str) -> dict[str, tuple[frozenset[str], ...]]:
    """Each gene, number and pole of opposites in a text, and the stems around each of its mentions.

    Stems to the left and to the right are told apart by a sign. A gene's key is its normal form, a number's "#" and
    its digits, a pole's "@", the place of its pair in `polarity.AXES`, and its sign.
    """
    genes = {normal(s) for s in symbols(text)}
    items: list[tuple[str, str]] = []  # key or nothing, and stem or nothing
    for match in _TOKEN.finditer(text):
        word = match.group()
        key = _key(word, genes)
        items += [(key, "")] if key and key[0] != "@" else [(key, stem) for stem in stems(word)[:1]]
    found: dict[str, list[frozenset[str]]] = {}
    for i, (key, _) in enumerate(items):
        if key:
            left = [s for _, s in items[:i] if s][-_WIDE:]
            right = [s for _, s in items[i + 1 :] if s][:_WIDE]
            found.setdefault(key, []).append(frozenset([f"-{s}" for s in left] + [f"+{s}" for s in right]))
    return {key: tuple(around) for key, around in found.items()}


@lru_cache(maxsize=50_000)
def _key_of_word(word: str) -> str:
    if re.fullmatch(r"[\d,.]+", word):
        return f"#{word.replace(',', '').rstrip('.')}"
    for place, (_, one, other) in enumerate(AXES):
        for sign, pattern in (("-", other), ("+", one)):
            if pattern.fullmatch(word):
                return f"@{place}{sign}"
    return ""


def _key(word: str, genes: set[str]) -> str:
    name = normal(word)
    return (
        name
        if name in genes
        else next((g for g in map(normal, re.split(r"[-/]", word)) if g in genes), "") or (_key_of_word(word))
    )


def displaced(sentence: str, quote: str) -> str:
    """A gene, number or opposite of the sentence that stands where the quote has another one of its kind, if any.

    Of "A binds the promoter of B" and "B binds the promoter of A" the words around A are those around B.
    """
    theirs = surroundings(quote)
    agrees = _agrees(sentence, quote)
    for key, mentions in surroundings(sentence).items():
        rivals = [held for other, held in theirs.items() if other != key and _rival(key, other)]
        if not rivals or (agrees and key[0] not in "@#"):
            continue
        for around in mentions:
            own = max((_likeness(around, a) for a in theirs.get(key, ())), default=0.0)
            best = max(_likeness(around, a) for held in rivals for a in held)
            if best >= LIKE + (key[0] == "@") and best > own + MARGIN:
                return key
    return ""


def unrelated(sentence: str, quote: str) -> bool:
    """True where the sentence relates two genes ("A represses B") and the quote states no such relation of them."""
    genes = frozenset(normal(s) for s in symbols(sentence))
    for ours in relations(sentence):
        one, other = ours.agent & genes, ours.patient & genes
        if (
            one
            and other
            and not any(
                held.kind == ours.kind and one & held.agent and other & held.patient for held in relations(quote)
            )
        ):
            return True
    return False


@lru_cache(maxsize=4096)
def _agrees(sentence: str, quote: str) -> bool:
    """True where both state the same relation between the same genes, be it in another voice."""
    genes = frozenset(normal(s) for s in symbols(sentence))
    return any(
        ours.kind == held.kind
        and genes
        and genes <= ours.agent | ours.patient
        and ours.agent & genes <= held.agent
        and ours.patient & genes <= held.patient
        and not (ours.agent & genes & held.patient or ours.patient & genes & held.agent)
        for ours in relations(sentence)
        for held in relations(quote)
    )


def transposed(sentence: str, quote: str) -> bool:
    """True where a sentence made of a quote's own words has its genes, numbers, opposites or denials otherwise.

    They must follow each other as in the quote; and if it is all of the quote, with as many denials.
    """
    said, held = set(stems(sentence)), set(stems(quote))
    if len(said) < OWN_LEAST or len(said & held) < OWN * len(said) or _agrees(sentence, quote):
        return False
    if len(said - {stem for name in symbols(sentence) for stem in stems(name)}) < OWN_LEAST - 2:
        return False  # a list of names, in whatever order
    theirs = iter(_keys(quote))
    if not all(key in theirs for key in _keys(sentence)):
        return True
    return len(said & held) >= OWN * len(held) and len(NEGATION.findall(sentence)) != len(NEGATION.findall(quote))


OWN, OWN_LEAST = 0.85, 5
"""Share, and least number, of its stems that a quote must hold for a sentence to count as made of it."""


@lru_cache(maxsize=4096)
def _keys(text: str) -> tuple[str, ...]:
    genes = {normal(s) for s in symbols(text)}
    return tuple(key for m in _TOKEN.finditer(text) if (key := _key(m.group(), genes)))


LIKE = 2.0
"""Words that must stand around both for one name to take another's place."""
MARGIN = 1.0
"""By how many words more the other name's surroundings must be like."""


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return float(len(one & other))


def _rival(key: str, other: str) -> bool:
    if key[0] == "@":
        return other[:-1] == key[:-1]
    if key[0] == "#":
        return other[0] == "#"
    return other[0] not in "@#"
