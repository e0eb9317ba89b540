"""The sentences of one paper that belong in a part of a structured summary, word for word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.generators.base import Request
from assistant.grounding import Quote, plain, quotes_of
from index.papers import SectionKind
from index.terms import stems


@dataclass(frozen=True, slots=True)
class Part:
    """What marks a sentence as belonging in a part: words in it, headings it stands under, how many to take.

    A sentence without any ``needed`` word, or with a ``barred`` one, never belongs there.
    """

    cues: re.Pattern[str]
    headings: re.Pattern[str]
    wrong_headings: re.Pattern[str]
    most: int
    needed: re.Pattern[str]
    barred: re.Pattern[str]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})", re.IGNORECASE)


OPEN_WORDS = (
    r"(?:un|not (?:yet |well |been )*)(?:known|clear|defined|explored|understood)|remains? (?:to be|un|elusive|obscure)"
    r"|whether|it is (?:possible|conceivable)|poorly understood|little is known|open question|elusive"
)
_NAMING = (
    r"(?:hereafter|henceforth|herein) (?:called|referred|termed|designated)|(?:is|are|was|were) (?:referred to|termed"
    r"|designated|denoted|abbreviated)|for (?:simplicity|clarity|brevity)|nomenclature|we (?:use"
    r"|used) the term|collectively"
    r" (?:termed|called)|not shown here|supplement\w+ (?:material|table|figure)|see (?:materials|methods)"
)
_LIMITED = (
    r"limit(?:ation|ed by|s of)\w*|caveats?|(?:can|could|does|did|do)(?:not| not) (?:be )?(?:rule|exclude|distinguish"
    r"|determine|address|explain|assess|test|examine|detect|resolve|tell|formally|completely)\w*|(?:ruled out|excluded)"
    r" (?:at present|here|by)|"
    + OPEN_WORDS
    + r"|further (?:stud|work|experiment|investigat|analys|research)\w*|future (?:stud"
    r"|work|experiment|research)\w*|additional (?:stud|work|experiment)\w*|will (?:be|require|need)"
    r"|needs? to be|caution"
    r"|unsolved|unexplained|untested|uncertain\w*|may (?:also )?(?:reflect|be due|result from)|might be due"
    r"|alternative (?:explanation|possibilit|interpretation)\w*|small (?:number|sample)|we did not"
)
_DONE = (
    r"(?:we|was|were|have|had|been|by|and|then)(?: \w+ly| also| first| therefore| then| have| next)? (?:used?|generated"
    r"|performed|analy[sz]ed|created|examined|crossed|tested|measured|screened|developed|applied|made|compared|constructed"
    r"|mapped|bred|engineered|targeted|produced|sequenced|characteri[sz]ed|identified by|isolated|studied|investigated"
    r"|evaluated|assessed|monitored|intercrossed|introduced|cloned|genotyped|immuni[sz]ed|treated|stained|replaced"
    r"|disrupted|deleted|inactivated|took|carried out|employed|searched|undertook|determined)|using"
    r"|by means of|utili[sz]ing"
)

OPEN = _words(
    r"(?:un|not (?:yet |well |been )*)(?:known|clear|defined|explored|understood|resolved|determined)"
    r"|remains? (?:to be|un|elusive|obscure|an? (?:open )?question)|poorly understood"
    r"|whether(?! (?:resulting|due|because))"
    r"|little is known|open question|elusive"
    r"|further (?:stud|work|experiment|investigat)|future (?:stud|work|research)|needs? to be|it will be (?:of"
    r"|interesting|important)"
)
"""What marks a question that a paper leaves open."""

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
        _words(
            OPEN_WORDS
            + r"|question|hypothes|to (?:determine|test|investigate|examine|assess|understand|address|explore|identify"
            r"|define|elucidate|study|characteri[sz]e|gain|clarify|evaluate|ask)|aim(?:ed|s)? (?:to"
            r"|of|was|at)|purpose|goal"
            r"|sought|we asked|objective|here,? we|in this (?:study|paper|report|work)|we (?:wanted"
            r"|set out|reasoned)"
        ),
        _words(
            _NAMING + r"|demonstrat|establishe[sd]|proven|reveal|we (?:show|found|find)\b|it (?:is|was) not possible"
        ),
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
        _words(_DONE),
        _words(
            _NAMING
            + "|"
            + OPEN_WORDS
            + r"|previous|et al\b|have (?:shown|been shown|suggested)|suggest|show(?:s|ed)? that"
        ),
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
        _words(""),
        _words(
            _NAMING + r"|(?:un|not (?:yet )?(?:been )?)(?:known|clear)|remains? (?:to be|un)|we (?:asked|wanted|sought)"
            r"|further studies|aim of|to (?:determine|test|investigate|examine|address|ask) (?:whether|if|how|the)"
        ),
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
        _words("discussion|limit|conclusion|meaning"),
        _words("method|material|introduction|background|result"),
        2,
        _words(_LIMITED),
        _words(
            _NAMING
            + r"|to (?:determine|test|investigate|examine|address|assess|ask|understand|identify|define|analy[sz]e|see)"
            + r"|we (?:\w+ ){0,2}(?:asked|sought|wanted|tested|questioned|examined|investigated|determined|addressed)"
        ),
    ),
}
"""The parts of a summary in their order."""


_ORDER = ("Findings", "Limits", "Question", "Approach")
"""The order in which parts choose: what a paper found comes first, so that no other part takes it away."""


def outline(request: Request) -> Iterator[str]:
    """Sentences for ``request.part`` in reading order, each with the marker of its passage."""
    # Imported here: the chooser of sentences formats them, and it uses this module for summaries.
    from assistant.generators.extractive import marked  # noqa: PLC0415

    for number, quote in outlined(request):
        yield marked(plain(quote.prose), number)


def outlined(request: Request) -> list[tuple[int, Quote]]:
    """The sentences for ``request.part`` in reading order, each after the number of its passage."""
    pairs = [(n, q) for n, hit in enumerate(request.hits, start=1) for q in quotes_of(hit)]
    return [pairs[place] for place in sorted(_shared_out(pairs)[request.part])]


def _shared_out(pairs: Sequence[tuple[int, Quote]]) -> dict[str, list[int]]:
    """Part -> places of its sentences: each stands in one part at most, and none says again what another says."""
    central = Counter(s for _, q in pairs for s in set(stems(q.prose)))
    scores = {name: [score(PARTS[name], q, central, len(pairs)) for _, q in pairs] for name in PARTS}
    chosen: dict[str, list[int]] = {name: [] for name in PARTS}
    taken: list[frozenset[str]] = []
    for name in _ORDER:
        own = scores[name]
        for place in sorted(range(len(pairs)), key=lambda i: (-own[i], i)):
            if len(chosen[name]) == PARTS[name].most or own[place] <= 0:
                break
            # A sentence that fits another part clearly better is left to it.
            if own[place] + _BETTER < max(scores[other][place] for other in PARTS):
                continue
            held = frozenset(stems(pairs[place][1].prose))
            if all(len(held & other) <= _SAME * min(len(held), len(other)) for other in taken):
                chosen[name].append(place)
                taken.append(held)
    return chosen


_BETTER = 0.3
_SAME = 0.6
"""Sentences that share more than this of the shorter one's stems say the same."""


def score(part: Part, quote: Quote, central: Counter[str], sentences: int) -> float:
    """How well a sentence fits a part: its cues and heading, how central its words are, and its length."""
    passage, text = quote.hit.passage, quote.prose
    words = len(text.split())
    if not 7 <= words <= 70 or passage.kind in (SectionKind.TABLE, SectionKind.FIGURE):
        return 0.0
    if not part.needed.search(text) or part.barred.search(text):
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
