"""Example questions that the papers of a library really answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.generators.evidence import rank
from assistant.generators.extractive import choose
from index.genes import find, normal, symbols
from index.papers import PaperInfo, SectionKind
from index.search import search
from index.store import Store

_TAKEN = 300
"""Papers looked at, newest first."""
_TRIED = 60
"""Questions tried at most: each is a search."""
_PASSAGES = 8
_GENE = re.compile(r"[A-Z][A-Za-z]{1,6}\d{1,3}[a-z]?")
"""A plain symbol with a number: it is surely a gene, and reads well in a question."""
_PLACE = re.compile(
    r"\b(kidney|lens|retina|heart|cochlea|inner ear|brain|lung|testis|limb|bone|skin|muscle|liver|placenta|coat"
    r"|hippocampus|cortex|joint|palate|pancreas|diaphragm)s?\b",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"\b(?:deficien\w*|null|knock-?outs?|KO|mutants?|lacking|without|loss of|absence of|lack of|abrogat\w*|disrupt\w*"
    r"|homozyg\w*|inactivation|deletion|ablat\w*)\b|-/-|−/−|–/–",
    re.IGNORECASE,
)
_EFFECT = re.compile(
    r"\b(?:die[ds]?|death|lethal\w*|viab\w*|surviv\w*|fail\w*|lack(?:s|ed)? (?!of)|lost|absent|abolish\w*|abnormal\w*"
    r"|defect\w*|impair\w*|reduc\w*|decreas\w*|increas\w*|smaller|larger|exhibit\w*|display\w*|develop(?:s|ed)?"
    r"|infertil\w*|steril\w*|fertile|arrest\w*|deaf\w*|degenerat\w*|hypoplas\w*|malform\w*|perturb\w*|ataxi\w*"
    r"|resistan\w*|protect\w*|unable|normal)\b",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"\b(?:transcripts?|m?RNA|blot\w*|PCR|antibod\w*|expression|exons?|alleles?|vector)\b", re.IGNORECASE
)
_ACTS = re.compile(
    r"\b(?:required|essential|necessary|needed|indispensable|dispensable|critical|crucial|important) (?:for|in|to)\b"
    r"|\b(?:regulat|control|mediat|promot|inhibit|repress|activat|suppress|induc|encod|catalys|catalyz|prevent"
    r"|maintain|contribut|determin|provid|direct|govern|modulat|cooperat)(?:e?s|es)\b"
    r"|\b(?:acts?|functions?|serves?|plays?) (?:\w+ ){0,3}(?:as|in|to|role|downstream|upstream)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:not|neither|nor|no|dispensable)\b", re.IGNORECASE)
_NEEDED = re.compile(
    r"\b(?:required|essential|necessary|needed|indispensable|critical|crucial)(?: \w+ly)? (?:for|in"
    r"|to)\b",
    re.IGNORECASE,
)
_EXPRESSED = re.compile(
    r"\b(?:is|was|are|were) (?:\w+ ){0,3}(?:express|detect"
    r"|found)\w* (?:\w+ ){0,3}in\b",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"\b(?:to (?:determine|test|investigate|examine|assess|understand|address|explore|identify|study|appreciate|ask"
    r"|evaluate|characteri[sz]e|confirm|verify|define)|whether|(?:was|were) (?:assessed|examined|performed|tested"
    r"|analy[sz]ed|measured|determined|studied|investigated|generated|used|obtained|amplified)|we (?:used|generated"
    r"|performed|asked|sought|examined|first|assessed|tested|analy[sz]ed|will|wanted)|unknown|unclear|remains?|might"
    r"|may|could|possib\w+|it has not been|hypothes\w+|previous\w*|is there|purpose|aim"
    r"|interesting to|herein|termed|would|important to note|further|alternative|if"
    r"|referred to|in this (?:study|report|paper))\b|\?$",
    re.IGNORECASE,
)


def examples(library: Store, most: int = 4) -> list[str]:
    """Up to ``most`` questions on genes that titles of the library name; none where no title names one.

    Each is one whose best sentence is of the paper that it was made from and really answers it: it names the gene and
    says what was asked, and is no purpose, method or open question. Raises LibraryError.
    """
    found: dict[str, str] = {}
    tried = 0
    for info in library.papers("", 0, _TAKEN):
        for kind, gene, question in _questions(info):
            # One of each kind first, so that they show what can be asked.
            if tried == _TRIED or (kind in found.values() and len(set(found.values())) < min(most, 2) and found):
                continue
            tried += 1
            if question not in found and answered(library, kind, gene, question, info):
                found[question] = kind
                break
        if len(found) == most or tried == _TRIED:
            break
    return list(found)


def answered(library: Store, kind: str, gene: str, question: str, info: PaperInfo) -> bool:
    """Whether the sentence that would be quoted first is of the paper and answers the question of that kind."""
    hits = search(library, question, _PASSAGES)
    ranked = rank(question, hits, library.knows)
    chosen = choose(ranked)
    if not chosen:
        return False
    quote = ranked.quotes[chosen[0]]
    if quote.hit.paper.id != info.id or quote.hit.passage.kind in (SectionKind.TABLE, SectionKind.FIGURE):
        return False
    text = quote.prose
    return _names(text, gene) and not _NO_ANSWER.search(text) and _says(kind, text, question)


def _says(kind: str, text: str, question: str) -> bool:
    match kind:
        case "loss":
            return _suffers(text)
        case "place":
            place = _PLACE.search(question)
            return (
                (bool(_ACTS.search(text)) or _suffers(text))
                and place is not None
                and place.group(1).lower() in text.lower()
            )
        case "need":
            return bool(_NEEDED.search(text)) and not _DENIED.search(text)
        case "where":
            return bool(_EXPRESSED.search(text))
        case _:
            return bool(_ACTS.search(text))


def _suffers(text: str) -> bool:
    """Whether the text says what comes of a loss, other than that the gene's product is gone."""
    lost = bool(_LOST.search(text)) and bool(_EFFECT.search(_LOST.sub(" ", text)))
    return lost and not _PRODUCT.search(text)


def _names(text: str, gene: str) -> bool:
    """Whether the text names the gene, in this spelling or another name of it."""
    if normal(gene) in {normal(s) for s in symbols(text)}:
        return True
    wanted = {c for m in find(gene) for c in m.concepts[:1]}
    return any(wanted & set(m.concepts[:1]) for m in find(text))


def _questions(info: PaperInfo) -> Iterator[tuple[str, str, str]]:
    """(kind, gene, question) for the first gene of a paper's title, the likeliest to be answered first."""
    gene = next((s for s in symbols(info.title) if _GENE.fullmatch(s)), "")
    if not gene:
        return
    place = _PLACE.search(info.title)
    if place:
        yield "place", gene, f"What does {gene} do in the {place.group(1).lower()}?"
    yield "need", gene, f"What is {gene} required for?"
    if _LOST.search(info.title) or re.search(r"\b(?:required|essential|mice|mouse)\b", info.title, re.IGNORECASE):
        yield "loss", gene, f"What happens in mice without {gene}?"
    yield "where", gene, f"Where is {gene} expressed?"
    yield "function", gene, f"What is the function of {gene}?"
