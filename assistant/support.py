"""Whether quotes support a sentence: strictly on numbers, genes, negation and who does what, and on meaning.

Each check is a small pure function over text, so that it can be tested and measured alone
(benchmarks/grounding.py); `problem` puts them together. Opposites and denials are read in `assistant.polarity`, agents
and patients in `assistant.roles`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.polarity import GENOTYPE, NEGATION, opposed, stated, unaddressed
from assistant.roles import displaced, pairs, swapped, transposed, unrelated
from index.genes import find, normal, symbols
from index.terms import stems

MIN_COVERAGE = 0.25
"""Share of a sentence's content stems that its quotes must hold."""
MIN_BOTH = 0.75
"""What that share and the cosine of sentence and quotes must come to."""
ASSERTED = 0.7
"""Share of what the quotes hold of a sentence that they must assert, rather than deny or ask."""

_NUMBER_WORDS = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "half": "0.5", "twice": "2",
    "doubled": "2", "twofold": "2", "threefold": "3", "fourfold": "4", "fivefold": "5",
    "tenfold": "10", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
    "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "hundred": "100",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.])(?:[-−]\s?)?\d+(?:[,\u2009 ]\d{3})*(?:\.\d+)?(?=$|[^\w]|[a-zµμ%°]|st\b|nd\b|rd\b|th\b)"
)
_AS_GOOD_AS_NEGATION = re.compile(
    r"\bonly\b|\bun(?:able|detect|affect|chang|alter)\w*|\bloss of|\blost\b|\bdispens|\babolish|\bprevent"
    r"|\bexclu|\bspared?\b|\blittle\b",
    re.IGNORECASE,
)
"""Words of a quote that a sentence may fairly put as a negation."""
_SCOPE = 3
"""Content words after a negation that count as denied."""
_CLAUSE = re.compile(r"[,;:()]|\b(?:but|however|whereas|while|although|though|yet|and|which|that)\b", re.IGNORECASE)
_SEGMENT = re.compile(
    r"[;:]|,?\s+(?:but|whereas|while|although|though|yet|however|unlike)\b"
    r"|,\s*(?:and|which|who|so)\s+(?=(?:\S+\s+){0,6}?(?:is|are|was|were|has|have|had|did|does|do|can|could|may|will|\w+ed"
    r"|\w+s)\b)",
    re.IGNORECASE,
)
_STAGE = re.compile(r"\b(?:[EP]|[Cc]hr)(\d+(?:\.\d+)?)(?!\d)")
"""Ages such as P6 and E12.5, and chromosomes, which a sentence may spell out."""
_ABOUT = re.compile(
    r"(?:\b(?:about|around|approximately|roughly|nearly|almost|some|circa|ca\.)|[~≈])\s*$", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def numbers(text: str) -> frozenset[str]:
    """Numbers stated in ``text``, digits or words, in one spelling ("1,200" -> "1200", "twice" -> "2").

    Digits inside names ("Pygo2", "E14.5") are part of the name, not numbers.
    """
    found = set()
    text = re.sub(r"(?<=[A-Za-z])\.(?=\d)", ". ", text)  # "chr.10"
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"[^\d.]", "", match.group()).rstrip(".")
        found.add(_canonical(digits))
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _NUMBER_WORDS:
            found.add(_NUMBER_WORDS[word])
    return frozenset(found)


def _canonical(digits: str) -> str:
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")


def missing_numbers(sentence: str, quotes: str) -> set[str]:
    """Numbers that the sentence states and the quotes don't; the word "one" is too common to count.

    A number after "about" may be rounded.
    """
    held = numbers(quotes) | frozenset(_STAGE.findall(quotes))
    held = held | {"0.5"} if "50" in held else held
    lost = {n for n in numbers(sentence) if n not in held and not (n == "1" and "1" not in sentence)}
    return {n for n in lost if not _rounded(n, sentence, held)}


def _rounded(number: str, sentence: str, held: frozenset[str]) -> bool:
    places = [m.start() for m in re.finditer(rf"(?<![\w.]){re.escape(number)}(?![\d.]*\d)", sentence)]
    if not places or not all(_ABOUT.search(sentence[:place]) for place in places):
        return False
    value = float(number)
    return any(abs(float(n) - value) <= 0.05 * value for n in held)


def missing_genes(sentence: str, quotes: str) -> set[str]:
    """Gene-like symbols of the sentence that stand nowhere in the quotes, whatever their spelling or synonym."""
    held = names(quotes)
    words = " ".join(normal(word) for word in quotes.split())
    lost = {
        s for s in symbols(sentence) if normal(s) not in held and not re.search(rf"{re.escape(normal(s))}(?!\d)", words)
    }
    if not lost:
        return lost
    known = {m.concepts[0] for m in find(quotes) if m.concepts}
    meant = {m.text: m.concepts[0] for m in find(sentence) if m.concepts}
    return {s for s in lost if not known or meant.get(s) not in known}


@lru_cache(maxsize=4096)
def names(text: str) -> frozenset[str]:
    """Normal forms of the gene-like symbols of a text; "Pygo1/2" holds both, "D2R-/-" holds D2R."""
    spread = re.sub(r"[/+−–-]+", " ", text)
    parts = re.sub(r"\b([A-Za-z]+)(\d)(?:/|\s+and\s+)(\d)\b", r"\1\2 \1\3", text)
    return frozenset(normal(s) for variant in (text, spread, parts) for s in symbols(variant))


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a sentence: the genes that it names, and those that it is about.

    A statement that names none is about those of the one before.
    """

    text: str
    own: frozenset[str]
    about: frozenset[str]


@lru_cache(maxsize=4096)
def statements(text: str) -> tuple[Statement, ...]:
    """The statements of a sentence, in order."""
    found: list[Statement] = []
    about: frozenset[str] = frozenset()
    for piece in _SEGMENT.split(text):
        if piece and piece.strip():
            own = names(piece)
            about = own or about
            found.append(Statement(piece.strip(), own, about))
    return tuple(found)


def relevant(about: frozenset[str], quotes: str) -> str:
    """Those statements of a quote that are about the same genes, or about none; all of it where none is."""
    if not about:
        return quotes
    theirs = statements(quotes)
    kept = [s.text for s in theirs if not s.about or s.about & about]
    return " ; ".join(kept) if any(s.about & about for s in theirs) else quotes


def negates(text: str) -> bool:
    """True where the text denies something."""
    return bool(NEGATION.search(text))


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
            return not _as_good_as_denied(scope, quotes)
    return any(
        _within(scope, stated_here) and not _within(scope, stated_there) and not _matched(scope, denied_here)
        for scope in denied_there
    )


def _as_good_as_denied(scope: frozenset[str], quotes: str) -> bool:
    """True where such a word as "only" or "abolished" stands near a word of the scope."""
    return any(
        scope & set(stems(quotes[max(0, m.start() - NEAR) : m.end() + NEAR]))
        for m in _AS_GOOD_AS_NEGATION.finditer(quotes)
    )


NEAR = 60
"""Characters to either side that count as near."""


def _matched(scope: frozenset[str], others: Sequence[frozenset[str]]) -> bool:
    return any(_within(scope, other) or _within(other, scope) for other in others)


def denied(text: str) -> list[frozenset[str]]:
    """The stems that each negation of a text denies: the few content words after it in its clause, or before."""
    return _denied(text)[0]


@lru_cache(maxsize=4096)
def _denied(text: str) -> tuple[list[frozenset[str]], frozenset[str]]:
    """The stems that each negation of a text denies, and the stems that stand outside of any negation."""
    scopes: list[frozenset[str]] = []
    stated: set[str] = set()
    text = GENOTYPE.sub(" ", text)
    for clause in _CLAUSE.split(text):
        cues = list(NEGATION.finditer(clause))
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


SHARED = 0.6
"""Share of what a negation denies that another must deny too to be the same denial."""


def _within(scope: frozenset[str], held: frozenset[str]) -> bool:
    return len(scope & held) >= max(1, round(SHARED * len(scope)))


def direction_differs(sentence: str, quotes: str) -> bool:
    """True where the sentence states one of a pair of opposites and what the quotes say of its genes is the other."""
    return any(opposed(s.text, relevant(s.about, quotes)) for s in statements(sentence))


def misplaced_numbers(sentence: str, quotes: str) -> set[str]:
    """Numbers that the quotes give for other genes than the sentence does."""
    tied, ours = pairs(quotes), pairs(sentence)
    lost: set[str] = set()
    said_of = statements(sentence)
    single = len({s.about for s in said_of}) == 1
    for statement in said_of:
        piece, about = statement.text, statement.about if single else statement.own
        held = relevant(about, quotes)
        for number in numbers(piece):
            if number not in numbers(quotes) or (number == "1" and "1" not in piece):
                continue
            owners = {gene for gene, values in tied.items() if number in values}
            said = {gene for gene, values in ours.items() if number in values} or about
            if (
                (owners and said & tied.keys() and not owners & said)
                or number not in numbers(held)
                or (owners and ours and not said <= owners)
            ):
                lost.add(number)
    return lost


def coverage(sentence: str, quotes: str) -> float:
    """Share of the sentence's distinct content stems that the quotes hold, 0 to 1; 1 where it has none."""
    wanted = set(stems(sentence))
    return len(wanted & set(stems(quotes))) / len(wanted) if wanted else 1.0


def problem(sentence: str, quotes: Sequence[str], similarity: float) -> str:
    """What the quotes don't support of the sentence, in words; empty where they support it.

    ``quotes`` are read as one text: give sentences that stand together. ``similarity`` is the cosine of the sentence
    with them.
    """
    held = " ".join(quotes)
    if not held:
        return "no source is cited"
    if not stems(sentence):
        return "the sentence states nothing that a quote could support"
    if lost := missing_numbers(sentence, held):
        return f"the quote does not state {', '.join(sorted(lost))}"
    if lost := missing_genes(sentence, held):
        return f"the quote does not name {', '.join(sorted(lost))}"
    if lost := misplaced_numbers(sentence, held):
        return f"the quote gives {', '.join(sorted(lost))} for something else"
    if negation_differs(sentence, held):
        return "the quote and the sentence differ in a negation"
    if direction_differs(sentence, held):
        return "the quote states the opposite direction"
    if swapped(sentence, held) or displaced(sentence, held) or transposed(sentence, held):
        return "the quote says it the other way round"
    if unaddressed(sentence, held) or unrelated(sentence, held):
        return "the quote says something else"
    share = coverage(sentence, held)
    framed = stated(sentence, denials=False) != sentence
    if not framed and coverage(sentence, stated(held, denials=not negates(sentence))) < ASSERTED * share:
        return "the quote leaves that open or denies it"
    if share < MIN_COVERAGE or share + similarity < MIN_BOTH:
        return "the quote says something else"
    return ""
