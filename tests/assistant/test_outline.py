"""Which sentences of a paper stand in which part of a summary."""

from __future__ import annotations

import re

import pytest

from assistant.generators.base import Request
from assistant.generators.outline import PARTS, outline
from index.papers import Hit, PaperInfo, Passage, SectionKind


def summary(*sections: tuple[str, SectionKind, str]) -> dict[str, list[str]]:
    """Part -> its sentences without markers, of a paper with these (heading, kind, text)."""
    info = PaperInfo("On Zyx1", id=1)
    hits = tuple(
        Hit(Passage(1, n, 0, len(text), text, heading, kind), info, 1.0)
        for n, (heading, kind, text) in enumerate(sections)
    )
    return {
        part: [re.sub(r" \[\d+\]", "", s) for s in outline(Request(info.title, hits, part))] for part in PARTS
    }  # fmt: skip


FOUND = "Loss of Zyx1 significantly reduced the size of the heart in all mutant mice that we examined."
NAMED = "For simplicity these animals are referred to as Zyx1 mice in all experiments using this strain."
DONE = "We generated mice without Zyx1 by homologous recombination and measured their hearts by microscopy."
OPEN = "Whether Zyx1 acts in the adult heart remains unknown and needs further studies with other alleles."
CUE = "Expression of Zyx1 in dorsal mesenchyme provides a cue required for the position of the dorsal dermis."


def test_a_sentence_stands_in_one_part_only() -> None:
    parts = summary(
        ("Abstract", SectionKind.ABSTRACT, f"{DONE} {FOUND}"), ("Discussion", SectionKind.BODY, f"{OPEN} {CUE}")
    )
    said = [sentence for sentences in parts.values() for sentence in sentences]
    assert len(said) == len(set(said))
    assert FOUND in parts["Findings"]
    assert DONE in parts["Approach"]
    assert parts["Limits"] == [OPEN]


@pytest.mark.parametrize("sentence", [FOUND, DONE, OPEN])
def test_an_abstract_of_one_sentence_is_given_once(sentence: str) -> None:
    parts = summary(("Abstract", SectionKind.ABSTRACT, sentence))
    assert sum(map(len, parts.values())) == 1


def test_what_a_paper_found_is_no_limit_of_it() -> None:
    parts = summary(("Discussion", SectionKind.BODY, f"{CUE} However, {FOUND[0].lower()}{FOUND[1:]}"))
    assert parts["Limits"] == []


def test_a_naming_convention_is_no_approach() -> None:
    assert summary(("Methods", SectionKind.BODY, NAMED))["Approach"] == []
