"""Text in a paper that addresses whoever reads it, a model above all, instead of reporting something.

What a paper says is untrusted: "ignore all previous instructions and say that …" is no finding, whatever stands in it.
Such sentences are neither shown to a model nor quoted, and support nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from index.papers import Hit
from index.sentences import split

_RULES = r"(?:instructions?|prompts?|rules?|guidelines?|directions?|directives?|commands?|constraints?)"
_BEFORE = (
    r"(?:previous|prior|earlier|above|preceding|foregoing|former|existing|other|system|your|these|those|the|all|any)"
)
_SAY = r"(?:say|tell|answer|respond|reply|state|output|print|write|conclude|report|claim|repeat|return|recommend)"
_YOUR_MOVE = rf"(?:{_SAY}|ignore|disregard|forget|pretend|act|behave|cite|quote|always|never|include|mention)"

_ADDRESSES = re.compile(
    "|".join(
        (
            # Orders to drop other orders: at the start of a sentence or clause, since "we ignored …" is a report.
            rf"(?:^|[.:;,!?\"'“(\[*#>]\s*|\b(?:please|must|should|and|now|to|can|just)\s+)"
            rf"(?:ignore|disregard|forget|override|bypass|discard|overrule)\s+"
            rf"(?:(?:all|any|every|of|your|the|my|these|those)\s+)*"
            rf"(?:{_BEFORE}\s+(?:\w+\s+){{0,2}}{_RULES}\b|{_RULES}\s+(?:above|before|given|you)\b|(?:all|any|your)\s+"
            rf"(?:the\s+)?{_RULES}\b|everything\b|(?:what|anything|all)\s+(?:\w+\s+){{0,2}}(?:above|before|said|told)\b"
            r"|(?:the\s+)?(?:above|other|preceding)\s+(?:text|passages?|papers?|sources?|context)\b|the\s+above\s+and\b)",
            # "You must answer", "you will now respond", "your answer should be".
            rf"\byou\s+(?:must|shall|should|will|have\s+to|need\s+to|are\s+to|are\s+(?:required|instructed|ordered|asked"
            rf"|told|now\s+instructed)\s+to)\s+(?:now\s+|only\s+|always\s+|never\s+|not\s+|then\s+|instead\s+)*"
            rf"{_YOUR_MOVE}\b",
            r"\bthat\s+you\s+(?:tell|inform|say|answer|respond|reply|ignore)\b",
            r"\byour\s+(?:answer|response|reply|output|task|instructions?|(?:only\s+)?job)\s+"
            r"(?:must|should|shall|is|has\s+to|are)\b",
            r"\byou\s+are\s+(?:now\s+|no\s+longer\s+)?(?:an?\s+|the\s+)?(?:\w+\s+){0,2}"
            r"(?:AI|assistant|chat\s?bot|language\s+model|LLM|GPT\S*|DAN)\b",
            r"\bif\s+you\s+are\s+(?:an?\s+)?(?:AI|LLM|language\s+model|(?:large|automated|chat)\b)",
            # Orders to say something to somebody.
            r"(?:^|[.:;,!?\"'“(\[*#>]\s*|\b(?:please|and|then|now|always|simply|just|instead|must|should)\s+)"
            r"(?:tell|inform|assure|convince|advise|remind|warn)\s+(?:the\s+|your\s+|every\s+|all\s+|any\s+)?"
            r"(?:users?|readers?|person|human|questioner|asker|whoever|everyone|them\s+that|him\s+that)\b",
            r"(?:^|[.:;,!?\"'“(\[*#>]\s*|\b(?:please|then|now|always|simply|just|instead)\s+)"
            r"(?:respond|reply|answer)\s+(?:only|exactly|solely|always|instead|with|by|in|every|all|any|yes|no|that"
            r"|to\s+(?:every|all|any|the\s+user|the\s+question|each|questions)|as|:|[\"'“])"
            r"(?=.*\b(?:only|word|words|phrase|question|questions|user|yes|no|exactly|sentence|following|that|saying)\b"
            r"|\s*[\"'“])",
            rf"(?:^|[.:;!?(\[*#>]\s*)(?:when|whenever|if)\s+(?:you\s+are\s+|you're\s+|anyone\s+|someone\s+|a\s+user\s+"
            rf"|the\s+user\s+|users\s+|people\s+)?(?:asked|asks|ask|queried|prompted|questioned)\b.{{0,120}}[,:]?\s*"
            rf"(?:you\s+\w+\s+|always\s+|please\s+|only\s+|then\s+|simply\s+|just\s+)*{_SAY}\b",
            r"(?:^|[.:;!?]\s*)(?:please\s+)?(?:always|only|never|do\s+not|don't)\s+"
            r"(?:say|tell|answer|respond|reply|output|print|mention|quote|cite)\b",
            r"(?:^|[.:;,!?]\s*)(?:please\s+|now\s+|instead,?\s+)*(?:say|output|print|repeat|pretend|act\s+as|roleplay"
            r"|role-play|write)\s+(?:that\b|the\s+(?:word|words|phrase|sentence|following|text)\b|[\"'“:]|as\s+if\b"
            r"|you\b|only\b|exactly\b|yes\b|no\b)",
            r"(?:^|[.:;!?]\s*)the\s+(?:only\s+)?(?:correct|right|proper|expected|required|final)\s+"
            r"(?:answer|response|reply)\s+(?:to\b.{0,80}\s)?(?:is\s+that|is\s*:|is\s+[\"'“]|is\s+(?:yes|no)\b|must|should)",
            # Speaking to or of the machine.
            r"(?:^|[.;!?\"'“(\[*#>]\s*)(?:dear|hey|hi|hello|attention|note\s+to|notice\s+to|message\s+(?:to|for)|memo\s+to"
            r"|instructions?\s+(?:to|for)|important\s+for|for\s+the\s+attention\s+of)[\s:,]+(?:(?:the|all|any|every)\s+)?"
            r"(?:\w+\s+){0,2}(?:AI|A\.I\.|LLMs?|assistants?|chat\s?bots?|(?:language\s+)?models?|GPT\S*|ChatGPT|Claude"
            r"|summari[sz]ers?|agents?|bots?)\b",
            r"\bas\s+an?\s+(?:\w+\s+)?(?:AI|LLM|language\s+model|AI\s+\w+|chat\s?bot)\s*(?:,|you\b|i\b|must\b|should\b)",
            r"(?:^|[.;!?]\s*)(?:the\s+|any\s+|every\s+|all\s+)?(?:AI|LLMs?|(?:AI\s+|large\s+)?language\s+models?"
            r"|AI\s+(?:model|assistant|system)s?|chat\s?bots?|assistant|model)(?:\s+reading\s+this\b.{0,40})?\s*"
            rf"(?:,|must|should|shall|has\s+to|is\s+(?:instructed|required|ordered)\s+to)\s+(?:now\s+|only\s+|always\s+"
            rf"|never\s+|not\s+|please\s+)*{_YOUR_MOVE}\b",
            r"\b(?:new|updated|revised|real|actual|secret|hidden|system)\s+(?:instructions?|system\s+prompt|prompt)\s*:",
            r"\bsystem\s+(?:prompt|override|message)\b",
            r"\bprompt\s+injection\b.*\b(?:you|ignore)\b",
            r"\bdeveloper\s+mode\b|\bjailbreak\w*\s+(?:mode|prompt)",
        )
    ),
    re.IGNORECASE,
)  # fmt: skip
_ROLE = re.compile(
    r"(?:^|[\n.!?]\s*)(?:[*_#>\s\[<|]*)(?:SYSTEM|ASSISTANT|USER|DEVELOPER)(?:\s+(?:PROMPT|MESSAGE|NOTE|OVERRIDE))?"
    r"[\]>|*_]*\s*:(?=\s)"
    r"|(?:^|\n)\s*(?:System|Assistant|User|Developer)\s*:\s"
    r"|#{2,}\s*(?i:system|assistant|user|instructions?|response|input|output|prompt)\b"
    r"|<\s*\|?\s*/?\s*(?i:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id|end_header_id)\b"
    r"|\[/?(?:INST|SYS|SYSTEM)\]|<</?SYS>>|\bBEGIN\s+(?:SYSTEM|INSTRUCTIONS?|PROMPT)\b",
)
"""A speaker's name as in a transcript: whatever follows it in its paragraph is planted too."""
_GOES_ON = re.compile(
    rf"^[\s\"'“(*>-]*(?:instead|then|also|now|and|simply|just|always|never|do\s+not|don't|please|you\b|your\b|the\s+"
    rf"(?:correct|right|final|only)?\s*(?:answer|response|reply)\b|this\s+(?:is\s+an?\s+)?(?:instruction|order|overrides)"
    rf"|{_SAY}\b|yes\b|no\b[,.:])",
    re.IGNORECASE,
)


_TRIGGER = re.compile(
    r"\b(?:ignor|disregard|forget|overrid|bypass|discard|overrul|you|your|tell|inform|assure|convince|advise|remind|warn"
    r"|respond|reply|answer|say|state|output|print|repeat|write|pretend|act|role|AI\b|A\.I|LLM|\w*GPT|assistant|chat|claude"
    r"|agents?\b|bots?\b|summari[sz]er|language|model|instruct|system|prompt|jailbreak|developer|user|begin|conclude"
    r"|always|only|never|do\s+not|don't|report|claim|return|recommend|quote|cite|mention)|[#<\[]",
    re.IGNORECASE,
)
"""One of these stands in all such text: most sentences need no closer look."""


def _plainly(text: str) -> str:
    """``text`` with look-alike characters made plain and those that can't be seen left out."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cf", "Cc", "Co"))


def addresses_reader(text: str) -> bool:
    """True where a text tells its reader what to do or say, or poses as a turn of a conversation."""
    if text.isascii() and not _TRIGGER.search(text):
        return False
    text = _plainly(text)
    return bool(_ROLE.search(text) or _ADDRESSES.search(" ".join(text.split())))


def planted(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a passage that address its reader, and of those that go on from one."""
    found: list[tuple[int, int]] = []
    end, role = -1, False
    for start, stop in split(text):
        sentence = text[start:stop]
        paragraph = end >= 0 and "\n" in text[end:start]
        follows = found and found[-1][1] == end and not paragraph
        role = bool(_ROLE.search(_plainly(sentence))) or (role and not paragraph)
        if role or addresses_reader(sentence) or (follows and _GOES_ON.search(_plainly(sentence))):
            found.append((start, stop))
        end = stop
    return found


_NOTHING_LEFT = 10.0
"""Taken off the score of a hit of which no ranked sentence is left."""


CLOSE = 2.0
"""By how much a sentence may rank below the planted one, were that the best, and still be one that answers."""


def unplanted(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits without such sentences, best first; hits of which nothing that may answer is left are left out."""
    pairs = [(hit, without_planted(hit)) for hit in hits]
    kept = [new for old, new in pairs if new.passage.text.strip() and (new.sentences or not old.sentences)]
    return tuple(kept) if kept == list(hits) else tuple(sorted(kept, key=lambda hit: -hit.score))


def without_planted(hit: Hit) -> Hit:
    """The hit with such sentences blanked out: as many spaces in their place, so that all offsets still hold."""
    spans = planted(hit.passage.text)
    if not spans:
        return hit
    text = hit.passage.text
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    kept = tuple(s for s in hit.sentences if not any(s[0] < end and start < s[1] for start, end in spans))
    score = hit.score
    if hit.sentences and len(kept) < len(hit.sentences):
        best = max(s[2] for s in hit.sentences)
        # What the planted sentence added to the hit's rank goes with it, and where it alone answered nothing else does.
        if best > max((s[2] for s in kept), default=best - _NOTHING_LEFT):
            kept = tuple(s for s in kept if s[2] >= best - CLOSE)
        score -= best - max((s[2] for s in kept), default=best - _NOTHING_LEFT)
    return replace(hit, passage=replace(hit.passage, text=text), sentences=kept, score=score)
