"""What a shorter sentence may not leave out: a denial, a doubt or a limit of what it keeps."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from assistant.generators.lstm.words import DOUBTS, FUNCTION_WORDS, Word, stem

_BOUND = re.compile(
    r"(?:no|not|none|neither|nor|never|without|cannot|n['’]t|failed|fails?|lack(?:ed|s|ing)?|absen(?:t|ce)|unable|hardly"
    r"|barely|scarcely|rarely|seldom|little|few|only|may|might|could|can|would|should|suggest\w*|likely|unlikely"
    r"|probabl\w+|possib\w+|potential\w*|appear\w*|seem\w*|presum\w+|putative\w*|hypothes\w+|predict\w*|propos\w+"
    r"|perhaps|partial\w*|almost|nearly|approximately|about|up|least|most|than|except|unless|if|whether|some|non|rather"
    r"|instead|both|either|half|unclear|unknown|claim\w*|expect\w*|attempt\w*|tend\w*|trend\w*|prevent\w*|reduc\w+"
    r"|decreas\w+|increas\w+|abolish\w*|block\w*|inhibit\w*|impl(?:y|ies|ied|ying)|hint\w*|thought|believed)",
    re.I,
)
"""Words that change what the words beside them say."""
_NARROW = frozenset("if whether most than up about some both either".split())
"""Those that bear on the next word only."""
_ACROSS = 3
"""Content words after such a word that it is taken to bear on."""


_FINITE = re.compile(
    r"(?<![-‐–\w])(?:is|are|was|were|has|have|had|do|does|did|can|could|may|might|will|would|should|must|became|led|arose|occurs?"
    r"|gave|bound|grew|fell|rose|lost|kept|made|found|showed|begins?|began|act|acts|bind|binds|plays?|lies?|die|dies"
    r"|\w{2,}ed|(?:increas|decreas|reduc|induc|enhanc|promot|activat|inhibit|suppress|repress|regulat|mediat|modulat"
    r"|affect|alter|encod|requir|caus|improv|impair|predict|prevent|protect|reveal|confer|contribut|determin|disrupt"
    r"|maintain|stimulat|interact|correlat|rescu|restrict|recruit|suggest|indicat|show|result|lead|depend|contain|express"
    r"|form|lack|exhibit|display|report|describ|present|develop|remain|appear|control|function|support|provid|involv|represent)e?s?)\b",
    re.I,
)
"""Words that may be a sentence's verb."""
_DETERMINED = re.compile(
    r"\b(?:a|an|the|this|of|in|for|from|by|with|no|its|their)(?: apparent| further| marked)? $", re.I
)
"""What stands before a noun: "the increase", "in control"."""
_AUXILIARY = r"(?:is|are|was|were|be|been|being|has|have|had)"
_PASSIVE = re.compile(rf"\b{_AUXILIARY} (?:not |also |then |\w+ly )*(\w{{2,}}(?:ed|en|ent))\b", re.I)
"""A participle with the word that makes it a verb."""
_COMPARED = re.compile(r"\b(more|less|fewer|\w{3,}er|better|worse)\b(?=[^;:]*?\bthan\b)", re.I)
_INSIGNIFICANT = re.compile(
    r"\b(?:not|never|n['’]t|without)\b[^.;,]{0,40}\bsignifican|\b(?:non-?|in)significan|\bnot reach", re.I
)
_THE_FACT = re.compile(
    r"^(?:\W*\w+,? )?the (?:fact|observations?|findings?|idea|possibility|notion|hypothesis) that\b", re.I
)
_BUT_NOT = re.compile(r"\bbut (?:not|no)\b", re.I)
_UNSURE = re.compile(
    r"\b(?:perhaps|possib\w*|may|might|could|likely|hypothes\w+|propos\w+|explanation|whether)\b", re.I
)
_JOINED = re.compile(r", (?:and|or|but) ([^,]*)$")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))


def whole(sentence: str, shorter: str) -> bool:
    """Whether a shorter sentence is one: it has a verb where the sentence has one, and its brackets close.

    So has its last part where that was joined on by "and", "or" or "but" and the sentence goes on after it. What is
    compared keeps its "than", and what was not significant doesn't become a finding.
    """
    last = _JOINED.search(shorter)
    if last and not sentence.rstrip(".").endswith(shorter.rstrip(".")[-20:]) and not _FINITE.search(last[1]):
        return False
    if _FINITE.search(sentence) and not _has_verb(shorter):
        return False
    if any(told.search(sentence) and not told.search(shorter) for told in (_THE_FACT, _BUT_NOT)):
        return False
    if _hangs(sentence, shorter) or _open_list(sentence, shorter):
        return False
    if _INSIGNIFICANT.search(sentence) and not _INSIGNIFICANT.search(shorter):
        return False
    if not re.search(r"\bthan\b", shorter, re.I) and any(
        re.search(rf"\b{word}\b", shorter, re.I) for word in _COMPARED.findall(sentence)
    ):
        return False
    alone = {word.lower() for word in _PASSIVE.findall(sentence)} - {word.lower() for word in _PASSIVE.findall(shorter)}
    if any(re.search(rf"\b{word}\b", shorter, re.I) for word in alone) and not _has_verb(shorter, but=alone):
        return False
    return all(shorter.count(a) == shorter.count(b) for a, b in _BRACKETS)


def _hangs(sentence: str, shorter: str) -> bool:
    """Whether ``shorter`` is what a verb left out stood before, or holds for sure what was doubted.

    "We examined embryos that had no eyes" is not "Embryos that had no eyes"; "Perhaps the simplest explanation is that
    X acts" is not "X acts". A part that began after "that" or a comma is a sentence of its own.
    """
    begin = sentence.lower().find(shorter[:20].lower().rstrip(".,"))
    before = sentence[: max(begin, 0)].rstrip()
    if re.search(r"\bthat\b", before) and _UNSURE.search(before) and not DOUBTS.search(shorter):
        return True
    return bool(_FINITE.search(before)) and not before.endswith((",", "that"))


def _open_list(sentence: str, shorter: str) -> bool:
    """Whether ``shorter`` ends within a list, before its "and" or "or"."""
    kept = shorter.rstrip(".")
    last = kept.rpartition(",")[2]
    place = sentence.find(last)
    if last == kept or place < 0 or re.search(r"\b(?:and|or)\b", last) or _FINITE.search(last):
        return False
    return bool(re.match(r"[^,;]{0,40},? (?:and|or) ", sentence[place + len(last) :]))


def _has_verb(text: str, but: Collection[str] = ()) -> bool:
    """Whether a word of ``text`` other than ``but`` may be its verb: not at its start, nor where only a noun can be."""
    return any(
        match[0].lower() not in but
        and not (
            match.start() == 0 or text[match.end() :].startswith(" of ") or _DETERMINED.search(text[: match.start()])
        )
        for match in _FINITE.finditer(text)
    )


_OPENERS = frozenset(
    """by as to in for when while whereas if because since although though with using after before during upon given
    among of on at from under despite unlike""".split()
)
_LEADS = _OPENERS | frozenset("we they it he she who which whose our their its the a an and or nor not".split())
_CUTS = frozenset(
    """suggesting indicating implying demonstrating showing using as which who whereas while although though because
    and but thus thereby resulting leading compared""".split()
)


def cut_well(words: Sequence[Word], begin: int, places: Sequence[int], asked: Collection[str]) -> bool:
    """Whether a sentence was cut where sentences can be cut, and holds what was asked about.

    ``words`` and ``begin`` as in `faithful`; ``places`` are those copied, in order; ``asked`` the question's stems:
    what the sentence has of those must be kept. The first word kept must not hang on one left out ("by", "we").
    The end may be left out from a comma, a bracket or such a word as "suggesting" on, but not of a sentence that opens
    with "As".
    """
    kept = frozenset(places)
    own = [place for place in range(begin, len(words)) if any(c.isalnum() for c in words[place].text)]
    inside = [place for place in own if place in kept]
    if not inside:
        return False
    held = {stem(words[place].low) for place in kept}
    if any(stem(words[place].low) in asked and stem(words[place].low) not in held for place in own):
        return False
    first, last = places[0], max(inside)
    if begin < first and first - 1 not in kept and (words[first - 1].low in _LEADS or words[first - 1].text == ";"):
        return False
    opened = words[first].low in _OPENERS
    if opened and any(first < place < last and place not in kept and not _bracketed(words, place) for place in own):
        return False
    rest = [place for place in own if place > last]
    if not rest:
        return True
    after = words[last + 1]
    return not opened and (after.text in ",;:([" or after.low in _CUTS)


def _bracketed(words: Sequence[Word], place: int) -> bool:
    """Whether a word stands in brackets."""
    before = [word.text for word in words[:place]]
    return any(before.count(a) > before.count(b) for a, b in _BRACKETS)


def faithful(words: Sequence[Word], begin: int, kept: Collection[int], *, doubted: bool = False) -> bool:
    """Whether no bound word was left out though what it bears on was kept.

    ``words`` are those of the sentence before and, from place ``begin``, of the sentence; ``kept`` are those copied.
    ``doubted`` says that "may" was written for a doubt that was left out.

    A bound word goes with the content words that follow it up to the next comma or bracket, three at most.
    """
    kept = frozenset(kept)
    for place in range(begin, len(words)):
        if place in kept or not _BOUND.fullmatch(words[place].low):
            continue
        if doubted and DOUBTS.fullmatch(words[place].low):
            continue
        if _next(words, place, kept, 1 if words[place].low in _NARROW else _ACROSS):
            return False
    return True


def _next(words: Sequence[Word], place: int, kept: frozenset[int], most: int) -> bool:
    """Whether one of the next content words of the same clause was kept."""
    seen = 0
    for after in range(place + 1, len(words)):
        word = words[after]
        if word.text in ",;:()[]." or seen == most:
            return False
        if word.low not in FUNCTION_WORDS:
            seen += 1
            if after in kept:
                return True
    return False
