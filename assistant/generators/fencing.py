"""Paper text laid out as data for a language model: numbered, fenced, and unable to forge a fence.

What a paper says is untrusted. Nothing in it may look to the model like the end of its fence, the start of another
passage, a line of the prompt around it, a chat template's control token, or a citation marker.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from index.papers import Hit, SectionKind
from index.sentences import prose

PASSAGE_CHARACTERS = 24_000
"""Passages beyond this many characters in all (about 6,000 tokens) are left out, the lowest ranked first."""

_ANGLES = str.maketrans("＜﹤＞﹥", "<<>>")
_FENCE = re.compile(
    r"[<‹〈⟨《«]([\s/\\|]*(?:passages?|conversation)\b[^<>‹›〈〉⟨⟩《》«»]{0,40})[>›〉⟩》»]?", re.IGNORECASE
)
_TAG = re.compile(r"<(?=[A-Za-z/|｜!?])")
_TEMPLATE = re.compile(r"\[(?=/?[A-Z_]{3,}\])")
_MARKER = re.compile(r"\[(\s*\d+(?:\s*[,;–-]\s*\d+)*\s*)\]")


def defuse(text: str) -> str:
    """``text`` on one line, with nothing left in it that a model could take for structure.

    Characters that can't be seen are dropped, look-alikes of fences and markers lose their brackets
    ("</passage>" becomes "(/passage)", "[2]" becomes "(2)"), and tags and control tokens get a space
    ("<|im_end|>" becomes "< |im_end|>"). Numbers, comparisons such as "p<0.05", and words stay as they are.
    """
    text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    # One line: a planted "Question:" can then never stand at the start of a line, where the prompt's own stand.
    text = " ".join(text.translate(_ANGLES).split())
    text = _FENCE.sub(r"(\1)", text)
    text = _TAG.sub("< ", text)
    text = _TEMPLATE.sub("[ ", text)
    # Reference markers that a reader of papers did not recognise would be copied as if they were citations.
    return _MARKER.sub(r"(\1)", text)


def passage(number: int, hit: Hit) -> str:
    """One fenced passage: marker, title, year and heading on one line, then its prose on one line."""
    text = prose(hit.passage.text, hit.passage.references)
    if hit.passage.kind is SectionKind.TABLE:
        text = re.sub(r"\s*\n\s*", " | ", text)
    year = f" ({hit.paper.year})" if hit.paper.year else ""
    heading = f" {defuse(hit.passage.heading)}" if hit.passage.heading else ""
    title = defuse(hit.paper.title).rstrip(".")
    return f"<passage>\n[{number}] {title}{year}.{heading}\n{defuse(text)}\n</passage>"


def fitting(hits: Sequence[Hit], characters: int = PASSAGE_CHARACTERS) -> int:
    """How many of the first passages fit into this many characters; one at least where there is any."""
    total = 0
    for count, hit in enumerate(hits):
        total += len(passage(count + 1, hit))
        if total > characters and count:
            return count
    return len(hits)


def passages(hits: Sequence[Hit], characters: int = PASSAGE_CHARACTERS) -> str:
    """All passages, numbered from 1 in their order, a blank line between them.

    A passage longer than ``characters`` by itself (a table of thousands of rows) is cut at a word.
    """
    blocks = [passage(number, hit) for number, hit in enumerate(hits, start=1)]
    return "\n\n".join(block if len(block) <= characters else _cut(block, characters) for block in blocks)


def _cut(block: str, characters: int) -> str:
    return block[:characters].rsplit(" ", 1)[0] + " …\n</passage>"
