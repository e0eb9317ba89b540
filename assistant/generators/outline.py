"""The sentences of one paper that belong in a part of a structured summary, word for word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.generators.base import Request
from assistant.grounding import Quote, plain, quotes_of
from index.papers import SectionKind
from index.terms import stems


@dataclass(frozen=True, slots=True)
class Part:
    """What marks a sentence as belonging in a part: words in it, headings it stands under, how many to take."""

    cues: re.Pattern[str]
    headings: re.Pattern[str]
    wrong_headings: re.Pattern[str]
    most: int


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


PARTS: dict[str, Part] = {
    "Question": Part(
        _words(
            r"(?:un|not )(?:known|clear|defined|explored)|remain|whether|question|hypothes|to (?:determine|test"
            r"|investigate"
            r"|examine|assess|understand|address|explore|identify|define)|in order to|here,? we"
            r"|in this (?:study|paper|report)"
            r"|aim|little is known|poorly understood|open\b|elusive|purpose|role of|sought|we asked"
        ),
        _words("abstract|introduction|background|question|objective|aim|summary"),
        _words("method|material|result|discussion|conclusion|finding"),
        2,
    ),
    "Approach": Part(
        _words(
            r"we (?:used|generated|performed|analy[sz]ed|created|examined|crossed|tested|measured|screened"
            r"|developed|applied"
            r"|made|compared|constructed|mapped|bred|engineered|have (?:used|generated|examined|analy[sz]ed))"
            r"|using|by means of"
            r"|knock-?(?:out|in)|target(?:ed|ing)|conditional|Cre\b|transgenic|microarray|sequenc|in situ"
            r"|immunohisto|western"
            r"|northern|PCR|assays?|cohort|strains?|backcross|linkage|generated"
        ),
        _words("abstract|approach|method|material|procedure|result|design"),
        _words("discussion|introduction|background|conclusion|limit"),
        3,
    ),
    "Findings": Part(
        _words(
            r"we (?:find|found|show|demonstrate|observed|detected|identified|report)|(?:results?|data|findings"
            r"|analysis|these"
            r"|mutants?|mice) (?:show|suggest|indicate|demonstrate|reveal|exhibit|display|lack|fail|die|had"
            r"|have)|reveal|showed"
            r"|significant|increas|decreas|reduc|fold|absent|required|essential|impair|defect|compared|resulted"
            r"|exhibit|expressed"
        ),
        _words("abstract|result|finding|conclusion"),
        _words("method|material|introduction|background|procedure"),
        5,
    ),
    "Limits": Part(
        _words(
            r"limit|however|remain|unclear|unknown|not (?:yet|been|known|rule|exclude|determined|tested"
            r"|examined|clear|possible"
            r"|explain)|cannot|could not|further (?:stud|work|experiment|investigat|analys)|future|caveat"
            r"|caution|unsolved"
            r"|unexplained|may (?:also )?(?:reflect|be due|result)|alternative(?:ly)?|whether|although|possib"
            r"|we did not|untested|uncertain"
        ),
        _words("discussion|limit|conclusion|meaning|abstract"),
        _words("method|material|introduction|background|result"),
        2,
    ),
}
"""The parts of a summary in their order."""


def outline(request: Request) -> Iterator[str]:
    """Sentences for ``request.part`` in reading order, each with the marker of its passage."""
    # Imported here: the chooser of sentences formats them, and it uses this module for summaries.
    from assistant.generators.extractive import marked  # noqa: PLC0415

    part = PARTS[request.part]
    pairs = [(n, q) for n, hit in enumerate(request.hits, start=1) for q in quotes_of(hit)]
    central = Counter(s for _, q in pairs for s in set(stems(q.prose)))
    scored = [(score(part, quote, central, len(pairs)), place) for place, (_, quote) in enumerate(pairs)]
    best: list[int] = []
    said: set[str] = set()
    for value, place in sorted(scored, key=lambda pair: (-pair[0], pair[1])):
        held = set(stems(pairs[place][1].prose))
        if len(best) == part.most or value <= 0:
            break
        if len(held & said) <= 0.6 * len(held):
            best.append(place)
            said |= held
    for place in sorted(best):
        yield marked(plain(pairs[place][1].prose), pairs[place][0])


def score(part: Part, quote: Quote, central: Counter[str], sentences: int) -> float:
    """How well a sentence fits a part: its cues and heading, how central its words are, and its length."""
    passage, text = quote.hit.passage, quote.prose
    words = len(text.split())
    if not 7 <= words <= 70 or passage.kind in (SectionKind.TABLE, SectionKind.FIGURE):
        return 0.0
    cues = min(2, len({m.group().lower() for m in part.cues.finditer(text)}))
    right = bool(part.headings.search(passage.heading))
    if not cues and not right:
        return 0.0
    wrong = bool(part.wrong_headings.search(passage.heading)) and not right
    held = set(stems(text))
    centrality = sum(central[s] for s in held) / max(1, len(held)) / max(1, sentences) * 10
    abstract = passage.kind == SectionKind.ABSTRACT
    return cues + 1.2 * right - 1.5 * wrong + centrality + 0.5 * abstract - 0.3 * (words > 45)
