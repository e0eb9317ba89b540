"""How much a sentence tells of what its paper found: features of place, wording and likeness, and their weights."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from assistant.summary.reading import Line, PaperRead
from index.papers import SectionKind
from index.parts import Part
from index.passage_table import Vectors
from index.terms import stems

Values = NDArray[np.float32]

FINDING = re.compile(
    r"\b(?:we (?:have )?(?:also )?(?:find|found|show|demonstrate|observe|detect|identif|report|conclude|provide)\w*"
    r"|(?:results?|data|findings?|observations?|analys[ie]s|study|studies|work) (?:\w+ )?(?:show|suggest|indicate"
    r"|demonstrate|reveal|establish|support|provide|identif|confirm)\w*|reveal\w*|required|essential|necessary"
    r"|leads? to|led to"
    r"|results? in|resulted|caus(?:e[sd]?|ing)|significant\w*|increas\w+|decreas\w+|reduc\w+|fold|impair\w*"
    r"|defect\w*|exhibit\w*|display\w*|fail\w*|lack\w*|regulat\w+|interact\w*|associated with|consistent with"
    r"|expressed)\b",
    re.IGNORECASE,
)
CLAIM = re.compile(
    r"\b(?:in (?:summary|conclusion|short)|taken together|together,|collectively|overall,|thus,|therefore|here,? we"
    r"|in this (?:study|paper|report|work)|in the present (?:study|work)|the present (?:study|work)|(?:our|these|the)"
    r" (?:results?|data|findings?|observations?|stud(?:y|ies)|analys[ie]s|work)|we (?:have )?(?:also )?(?:show"
    r"|found|find|demonstrate|report|conclude|identif|describe|propose|provide)\w*)",
    re.IGNORECASE,
)
ANAPHOR = re.compile(
    r"(?:it|they|he|she|this|these|that|those|such|its|their|both|here|however|moreover|furthermore|in addition"
    r"|additionally|similarly"
    r"|in contrast|conversely|indeed|finally|also|then|next|first|second|third|for example|for instance|as a"
    r" (?:result|consequence)|consequently|likewise|nevertheless|nonetheless|interestingly|surprisingly|notably|in"
    r" particular|the (?:former|latter|same|other))\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\b(?:fig(?:ure|s|ures)?|tables?|panels?)\b\.? ?\d*|\([A-Z]\)|arrow", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")
PROCEDURE = re.compile(
    r"\b(?:primers?|PCR|µ[lgM]|μ[lgM]|ml|mM|rpm|°C|buffer|incubat\w+|purchased|antibod\w+|manufacturer\w*|kit|centrifug\w+"
    r"|washed|wash|dilut\w+|stained|software|supplier|obtained from|was performed|were performed|protocol\w*)\b"
)

FEATURES = (
    "introduction", "introduction_end", "results", "methods", "discussion", "discussion_start", "discussion_end",
    "conclusion", "figure", "table", "other", "opens", "title_cosine", "heading_cosine", "centre_cosine", "degree",
    "frequent", "title_stems", "finding", "claim", "numbers", "cited", "figure_call", "anaphor", "short", "long",
    "procedure",
)  # fmt: skip
"""Columns of `features`."""


def features(read: PaperRead, title: Vectors, said: Vectors) -> Values:
    """(n, len(FEATURES)) of the sentences of a paper; ``title`` (d,) and ``said`` (h, d) are vectors of its title and
    of what it says in headings (`reading.headings`).
    """
    if not read.lines:
        return np.zeros((0, len(FEATURES)), np.float32)
    prose = np.array([line.part is not Part.TABLE for line in read.lines])
    centre = read.vectors[prose].mean(axis=0) if prose.any() else read.vectors.mean(axis=0)
    centre = centre / max(1e-6, float(np.linalg.norm(centre)))
    likeness = read.vectors @ read.vectors.T
    degree = (likeness > 0.5).mean(axis=1)
    frequent = Counter(s for line in read.lines for s in line.stems)
    top = max(frequent.values(), default=1)
    wanted = frozenset(stems(read.paper.info.title))
    near_heading = (read.vectors @ said.T).max(axis=1) if len(said) else np.zeros(len(read.lines), np.float32)
    columns = [
        _of_line(line, wanted, frequent, top)
        | {
            "title_cosine": float(read.vectors[i] @ title),
            "heading_cosine": float(near_heading[i]),
            "centre_cosine": float(read.vectors[i] @ centre),
            "degree": min(1.0, 4 * float(degree[i])),
        }
        for i, line in enumerate(read.lines)
    ]
    return np.array([[row[name] for name in FEATURES] for row in columns], np.float32)


def _of_line(line: Line, title: frozenset[str], frequent: Counter[str], top: int) -> dict[str, float]:
    text, passage = line.quote.prose, line.quote.hit.passage
    words = len(text.split())
    part, heading = line.part, passage.heading.lower()
    first, last = line.quote.start - passage.start, line.quote.end - passage.start
    cited = sum(1 for start, end in passage.references if first <= start and end <= last)
    return {
        "introduction": part is Part.INTRODUCTION,
        "introduction_end": part is Part.INTRODUCTION and line.within > 0.8,
        "results": part is Part.RESULTS,
        "methods": part is Part.METHODS,
        "discussion": part is Part.DISCUSSION,
        "discussion_start": part is Part.DISCUSSION and line.within < 0.12,
        "discussion_end": part is Part.DISCUSSION and line.within > 0.9,
        "conclusion": "conclu" in heading or "summary" in heading,
        "figure": part is Part.FIGURE,
        "table": part is Part.TABLE,
        "other": part is Part.OTHER or passage.kind is SectionKind.ABSTRACT,
        "opens": line.opens,
        "frequent": sum(frequent[s] for s in line.stems) / max(1, len(line.stems)) / top,
        "title_stems": len(title & line.stems) / max(1, len(title)),
        "finding": min(3, len({m.group().lower() for m in FINDING.finditer(text)})) / 3,
        "claim": bool(CLAIM.search(text)),
        "numbers": min(3, len(_NUMBER.findall(text))) / 3,
        "cited": min(3, cited) / 3,
        "figure_call": bool(_FIGURE.search(text)),
        "anaphor": bool(ANAPHOR.match(text)),
        "short": max(0.0, (14 - words) / 14),
        "long": max(0.0, (words - 40) / 20),
        "procedure": min(2, len(PROCEDURE.findall(text))) / 2,
    }


WEIGHTS: dict[str, float] = {
    "introduction": 0.5, "introduction_end": 0.5, "results": 0.1, "methods": -0.2, "discussion": 0.3,
    "discussion_start": 0.4, "discussion_end": 0.2, "conclusion": 0.6, "figure": -0.3, "table": -1.0, "other": 0.1,
    "opens": 0.1, "title_cosine": 0.4, "heading_cosine": 1.0, "centre_cosine": 0.0, "degree": 0.0, "frequent": 5.0,
    "title_stems": 1.7, "finding": 0.15, "claim": 0.2, "numbers": 0.0, "cited": -0.3, "figure_call": -0.15,
    "anaphor": -0.1, "short": -0.6, "long": -0.1, "procedure": -0.2,
}  # fmt: skip
"""Weights of `FEATURES`: a ridge regression of the likeness to the abstract's sentences, rounded by hand."""


def importance(values: Values) -> Values:
    """(n,) how much each sentence tells of its paper, from its features (n, len(FEATURES)); about 0 to 4."""
    return np.asarray(values @ np.array([WEIGHTS[name] for name in FEATURES], np.float32), np.float32)
