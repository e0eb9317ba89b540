"""What a passage is tagged with when it is stored: its part of the paper, and genes, variants and species it names."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index import genes, species, variants
from index.catalogue import Catalogue
from index.disk import WriteLock
from index.papers import Paper, Passage, SectionKind
from index.parts import Part, part_of

logger = logging.getLogger(__name__)

VERSION = "3"
"""Raise it where the same text gives other tags than before: every library is then tagged again by itself."""

_TITLE_WEIGHT, _ABSTRACT_WEIGHT = 6.0, 3.0
_BATCH_PAPERS = 32

Progress = Callable[[int, int], None]
"""Told how many papers of how many are done."""


@dataclass(frozen=True, slots=True)
class PassageTags:
    """Tags of one passage; each with how often it is named."""

    part: Part
    genes: Counter[str] = field(default_factory=Counter)
    """By concept (`index.genes.Gene.concept`)."""
    variants: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By (term, key) of `index.variants.Variant`; with all terms, so that a band is found by those that hold it."""
    species: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class PaperTags:
    """Tags of a paper and of its passages, in their order."""

    species: str
    """What the paper is about; empty where no species stands out."""
    passages: tuple[PassageTags, ...]


def tags_of(paper: Paper, passages: Sequence[Passage]) -> PaperTags:
    """The tags of ``paper``, cut into ``passages``."""
    meant = genes.senses([passage.text for passage in passages])
    tagged = tuple(
        _tags(passage, Counter(c for _, concepts in mentions for c in concepts))
        for passage, mentions in zip(passages, meant, strict=True)
    )
    weighted = [(species.named(paper.info.title), _TITLE_WEIGHT)]
    for passage, tags in zip(passages, tagged, strict=True):
        weighted.append((tags.species, _ABSTRACT_WEIGHT if passage.kind is SectionKind.ABSTRACT else 1.0))
    return PaperTags(species.main(weighted), tagged)


def _tags(passage: Passage, named: Counter[str]) -> PassageTags:
    text = passage.text
    return PassageTags(
        part=part_of(passage.heading, passage.kind),
        genes=named,
        variants=Counter((term, variant.key) for variant in variants.find(text) for term in variant.terms),
        species=species.named(text),
    )


def tag_remaining(catalogue: Catalogue, lock: WriteLock, progress: Progress | None = None) -> int:
    """Tag the papers that have no tags of this version, a few at a time; how many there were.

    May be stopped at any time: what is done is kept. Several processes may do it at once.
    """
    with catalogue.reading() as session:
        left = total = session.untagged_count(VERSION)
    while left:
        with catalogue.reading() as session:
            batch = [
                (paper_id, session.paper(paper_id), session.passages_of(paper_id))
                for paper_id in session.untagged(VERSION, _BATCH_PAPERS)
            ]
        made = [(paper_id, tags_of(paper, passages), passages) for paper_id, paper, passages in batch if paper]
        with lock.held(), catalogue.writing() as session:
            for paper_id, tags, passages in made:
                # A paper that was replaced meanwhile keeps the tags that it came with.
                if session.passage_ids_of(paper_id) == [passage.id for passage in passages]:
                    session.write_tags(paper_id, tags, VERSION)
            left = session.untagged_count(VERSION)
        if progress:
            progress(max(0, total - left), total)
    if total:
        logger.info("%d papers tagged", total)
    return total
