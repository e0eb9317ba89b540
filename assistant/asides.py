"""Turns of a conversation that are no question of their own: thanks, "tell me more", "why?", "how was this measured?".

They are told by their wording alone. What a turn on the answer before may quote is narrowed here; `assistant.chain`
decides what to do with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from assistant.answers import Turn
from assistant.grounding import plain
from index.papers import Hit
from index.sentences import prose, references_within


class Aside(StrEnum):
    """What a turn wants that asks nothing new of the papers."""

    THANKS = "thanks"
    HELLO = "hello"
    HELP = "help"
    LIBRARY = "library"
    MORE = "more"
    WHY = "why"
    HOW = "how"
    SUMMARY = "summary"


_LEAD = (
    r"^(?:(?:and|but|ok(?:ay)?|so|please|well|hm+|then|now|can you|could you|would you|great|good"
    r"|perfect|nice|super|cool"
    r"|very|hi|hello|dear|locus)\b[\s,.!]*)*"
)
_END = r"(?:[\s,]+please)?[\s.!?]*$"
_THAT = r"(?:this|that|it|these|those|they|the (?:findings?|results?|effects?|answer|phenotypes?|defects?))"
_WORDINGS: tuple[tuple[Aside, str], ...] = (
    (
        Aside.THANKS,
        r"(?:(?:many |great |ok )?thanks?(?: you)?(?: (?:very|so) much| a lot)?(?:[, ]+(?:that|this"
        r"|it) (?:was|is|helps?)\b.*)?"
        r"|thx|cheers|(?:that'?s |this is |very )?(?:great|perfect|helpful|nice|interesting|good|cool|awesome|excellent"
        r"|understood|i see|got it|ok(?:ay)?)|(?:good)?bye|see you)",
    ),
    (Aside.HELLO, r"(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|greetings)(?: there| locus)?"),
    (
        Aside.HELP,
        r"(?:help|what can (?:you|i) (?:do|ask)(?: you| here)?|who are you|what are you"
        r"|how do(?:es)? (?:this|it|you) work"
        r"|what is (?:this|locus))",
    ),
    (
        Aside.LIBRARY,
        r"(?:(?:how many|what|which|list|show)(?: me)?(?: of)?(?: all)?(?: the)? (?:papers?|articles?|publications?"
        r"|studies)(?: (?:are|is|there|do|does|it|currently|indexed|stored))*"
        r" (?:(?:you |have )*(?:hold|have|contain|know)|(?:in|does) (?:the|this|my|your) (?:library|collection)"
        r"(?: (?:have|hold|contain))?)"
        r"|(?:what(?:'s| is)|how (?:big|large) is)(?: in)? (?:the|this|my|your) (?:library|collection))",
    ),
    (
        Aside.MORE,
        r"(?:(?:tell|give|show) me (?:some )?more(?: (?:about (?:this|that|it)|details?|on (?:this|that|it)))?|more"
        r"(?: details?| information| please)?|(?:any|what|anything|what) else(?: (?:is known"
        r"|do we know|did they find|was found))?"
        r"|go on|continue|elaborate(?: on (?:this|that|it))?|what more(?: is known)?"
        r"|is there (?:anything|something) (?:else|more)"
        r"|(?:explain|describe) (?:this|that|it) (?:further|more|in more detail))",
    ),
    (
        Aside.WHY,
        rf"(?:why|how come|for what reason|what(?:'s| is| was) the (?:reason|cause|explanation)(?: (?:for|of) {_THAT})?"
        rf"|why (?:is|was|are|were|does|do|did) {_THAT}(?: (?:so|happen|occur|the case))?"
        rf"|what (?:explains|causes) {_THAT})",
    ),
    (
        Aside.HOW,
        rf"how (?:was|were|is|are) {_THAT} (?:measured|shown|tested|determined|found(?: out)?|done|assessed|established"
        r"|demonstrated|known|studied|detected|quantified|seen|proven|examined)"
        rf"|how (?:did|do) (?:they|the authors|we|you) (?:know|measure|show|test|find|determine"
        rf"|establish|assess|prove|do)"
        rf"(?: (?:{_THAT}|out))*|(?:what|which) (?:methods?|techniques?|assays?|experiments?)"
        r"(?: (?:was|were|did they) (?:used?|done|employed))?(?: for (?:this|that))?|with (?:what|which) methods?",
    ),
    (
        Aside.SUMMARY,
        r"(?:summari[sz]e(?: (?:the|its|their|this|that|these))?(?: main| key)?"
        r"(?: (?:findings?|results?|paper|study|article|answer|it|this|that))?"
        r"|(?:give me )?(?:a |the )?summary(?: of (?:the|this|that)(?: (?:main|key))? (?:findings?"
        r"|results?|paper|study|article))?"
        r"|what (?:are|were) the (?:main|key) (?:findings|results)(?: of (?:the|this|that) (?:paper|study))?"
        r"|sum (?:it|this|that) up|tl;?dr)",
    ),
)
_PATTERNS = tuple((kind, re.compile(_LEAD + rf"(?:{wording})" + _END, re.IGNORECASE)) for kind, wording in _WORDINGS)

_CAUSE = re.compile(
    r"\b(?:because|due to|owing to|caused? by|causes|as a (?:result|consequence)|results? (?:from|in)|resulting from"
    r"|reflect(?:s|ing)?|explain\w*|attribut\w+|secondary to|mediated (?:by|through)|through|via|leads? to|leading to"
    r"|thereby|thus|therefore|hence|mechanism\w*|consequence|underl(?:y|ies|ying)|responsible for|since|account\w* for"
    r"|so that|required for|depends? on|prevent\w*)\b",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\b(?:measur\w+|assay\w*|using|used|by means of|stain\w*|immuno\w+|western|northern|southern|blot\w*|PCR|in situ"
    r"|hybridi[sz]\w+|microscop\w+|sequenc\w+|array\w*|quantif\w+|recorded|weighed|scored|counted|dissect\w+|section\w*"
    r"|cultur\w+|injected|perform\w+|test(?:ed|ing)|maze|rotarod|tonomet\w+|cytometry|ELISA|HPLC|MRI|antibod\w+|prob(?:e|ed)"
    r"|analy[sz]ed by|determined by|detected (?:by|with))\b"
)


def aside(question: str) -> Aside | None:
    """What a turn wants that asks nothing new of the papers; None for a question."""
    text = " ".join(question.split())
    return next((kind for kind, pattern in _PATTERNS if pattern.match(text)), None)


def reply(kind: Aside, papers: int) -> str:
    """The plain words for a turn that no paper can answer, in a library of ``papers``; they cite nothing."""
    return {
        Aside.LIBRARY: f"The library holds {papers:,} paper{'' if papers == 1 else 's'}. The Library tab lists them; "
        "for those on a topic, ask “which papers are about …?”.",
        Aside.THANKS: "You are welcome. Ask on whenever you like, or say “tell me more”.",
        Aside.HELLO: "Hello. Ask a question about the papers in this library, for instance on a gene or a phenotype.",
    }.get(
        kind,
        "Locus answers questions from the papers of this library, each sentence tied to a quote. Ask what a gene does, "
        "what happens without it, where it is expressed, or who wrote on it; after an answer, ask on: “and in the "
        "heart?”, “tell me more”, “which journal?”.",
    )


def unquoted(hits: Iterable[Hit], history: Sequence[Turn]) -> list[Hit]:
    """The hits without the sentences that earlier answers quoted, those that have none left taken out, best first."""
    said = [_squash(turn.answer) for turn in history]
    return _kept(hits, lambda text: not any(_squash(plain(text)) in answer for answer in said))


def giving(hits: Iterable[Hit], kind: Aside) -> list[Hit]:
    """The hits with only those sentences that give a reason (WHY) or a method (HOW), best first."""
    cue = _CAUSE if kind is Aside.WHY else _METHOD
    return _kept(hits, lambda text: bool(cue.search(text)))


def _kept(hits: Iterable[Hit], wanted: Callable[[str], bool]) -> list[Hit]:
    kept = []
    for hit in hits:
        passage = hit.passage
        sentences = tuple(
            (start, end, score)
            for start, end, score in hit.sentences
            if wanted(prose(passage.text[start:end], references_within(passage.references, start, end)))
        )
        if sentences:
            kept.append(replace(hit, sentences=sentences, score=max(score for _, _, score in sentences)))
    return sorted(kept, key=lambda hit: -hit.score)


def _squash(text: str) -> str:
    """Letters and digits alone: an answer leaves out brackets, markers and some full stops of what it quotes."""
    return re.sub(r"\[\d+(?:\]\[\d+)*\]|[\W_]+", "", text).lower()
