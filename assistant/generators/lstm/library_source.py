"""What the papers of a library teach: sentences, those that say another one shorter, and conclusions to foretell."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.generators.lstm.data import Example
from assistant.generators.lstm.sources import Asked, Pair, content, sentences_of, shortened
from assistant.generators.lstm.training_config import TrainingConfig
from assistant.generators.lstm.words import FUNCTION_WORDS, words
from index.papers import Paper, Section, SectionKind
from index.sentences import prose
from index.store import Store

_CONCLUSION = re.compile(r"CONCLU|INTERPRETATION", re.IGNORECASE)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|may|might|does|do|did|causes"
    r"|(?:increas|decreas|reduc|induc|enhanc|promot|activat|inhibit|suppress|repress|regulat|mediat|modulat|affect|alter"
    r"|encod|requir|improv|impair|predict|prevent|protect|reveal|confer|contribut|determin|disrupt|maintain|stimulat"
    r"|interact|correlat|rescu|restrict|recruit|attenuat|worsen|facilitat|cooperat|underli|play|bind)e?s)\b",
    re.IGNORECASE,
)
"""A verb that makes a sentence of a title: "Loss of A causes B", not "The role of A in B"."""
CONCLUSION_WORDS = (10, 90)
"""Length of a conclusion, in words, that is foretold."""
MOST_BODY = 1500
"""Sentences of a paper's text looked at."""


@dataclass(slots=True)
class Papers:
    """What was found: ``sentences`` by group (paper) as (before, sentence)."""

    sentences: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


def read_papers(library: Store, config: TrainingConfig) -> Papers:
    """What the library's papers teach, in the order of their numbers."""
    found = Papers()
    for info in sorted(library.papers("", 0, 10**9), key=lambda one: one.id):
        paper = library.paper(info.id)
        group = group_of(paper)
        abstract = [p for s in paper.sections if s.kind == SectionKind.ABSTRACT for p in _said(s)]
        body = [p for s in paper.sections if s.kind == SectionKind.BODY for p in _said(s)]
        found.sentences[group] = abstract + body
        rng = random.Random(f"{config.seed} {group}")  # noqa: S311 - no secret
        if config.pairs.titles and _FINITE.search(paper.info.title):
            title = paper.info.title.rstrip(". ") + "."
            found.pairs += _pairs([title], abstract, group, "titles of the library", rng)
        if config.pairs.abstracts and body:
            targets = [s for _, s in abstract]
            found.pairs += _pairs(targets, body[:MOST_BODY], group, "abstracts of the library", rng)
        asked = _conclusion(paper, group)
        if asked:
            found.asked.append(asked)
    random.Random(config.seed).shuffle(found.asked)  # noqa: S311
    del found.asked[config.picking.conclusions :]
    return found


def group_of(paper: Paper) -> str:
    """The name of a paper among groups: its PMCID, PMID or DOI, as files of questions name it, or its number."""
    info = paper.info
    named = info.pmcid or (info.pmid and f"PMID:{info.pmid}") or info.doi
    return f"paper {named or f'number {info.id}'}"


def _said(section: Section) -> list[tuple[str, str]]:
    return sentences_of(prose(section.text, section.references))


def _pairs(
    targets: list[str], said: list[tuple[str, str]], group: str, source: str, rng: random.Random
) -> Iterator[Pair]:
    """Targets with the sentence that covers them; the question is a few of the target's words, as in pairs by rules."""
    stems = [content(s) for _, s in said]
    for target in targets:
        wanted = content(target)
        able = [one for one, held in zip(said, stems, strict=True) if wanted <= held and one[1] != target]
        asked = [w.low for w in words(target) if w.low not in FUNCTION_WORDS and any(c.isalpha() for c in w.low)]
        if not able or len(asked) < 3:
            continue
        question = " ".join(rng.sample(asked, min(len(asked), rng.randint(2, 6))))
        example = shortened(question, able, target)
        if example:
            before = example.before if rng.random() < 0.5 else ""
            yield Pair(Example(question, before, example.sentence, example.target), group, source)


def _conclusion(paper: Paper, group: str) -> Asked | None:
    """The conclusion of an abstract to be foretold from the rest of it: its labelled part, or its last sentence."""
    parts = [s for s in paper.sections if s.kind == SectionKind.ABSTRACT and s.text.strip()]
    wanted = ""
    labelled = [s for s in parts if _CONCLUSION.search(s.heading)]
    rest = tuple((s.heading, s.text) for s in parts if s not in labelled)
    if labelled:
        wanted = " ".join(s for part in labelled for _, s in _said(part))
    elif parts:
        said = [s for _, s in _said(parts[-1])]
        if len(said) < 2 and len(parts) == 1:
            return None
        wanted = said[-1] if said else ""
        rest = (*rest[:-1], *([(parts[-1].heading, " ".join(said[:-1]))] if len(said) > 1 else []))
    least, most = CONCLUSION_WORDS
    if not rest or not paper.info.title or not least <= len(wanted.split()) <= most:
        return None
    return Asked(paper.info.title, (rest,), (wanted,), (), group, "conclusions of the library")
