"""Quotes as answers: the right sentence first, a direct answer only where it is plain, refusal where nothing fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answers import REFUSAL
from assistant.generators.base import Request
from assistant.generators.direct import lead
from assistant.generators.evidence import synonyms
from assistant.generators.extractive import ExtractiveGenerator, marked
from assistant.grounding import plain
from index.papers import Hit, PaperInfo, Passage
from index.sentences import split


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Are Pygo1 null mice viable?", "Pygo1 null mice were viable and fertile.", "Yes: "),
        ("Are Pygo1 null mice fertile?", "Pygo1 null mice were not fertile.", "No: "),
        ("Are Pygo1 null mice viable?", "Pygo2 acts in the lens.", ""),
        ("Are Pygo1 null mice viable?", "Pygo1 null mice may be viable.", ""),
        ("What percentage of embryos died?", "In all, 37% of embryos died (Fig. 3).", "37%: "),
        ("What percentage of embryos died?", "Of them 37% died early and 12% late.", ""),
        ("How many exons does it have?", "The gene has 14 exons and encodes a kinase of 580 residues.", "14 exons: "),
        ("How many exons does it have, and where does it map?", "It has 14 exons.", ""),
        ("What does Pygo2 do?", "It acts in the lens in 3 of 4 mice.", ""),
    ],
)
def test_a_direct_answer_is_given_only_where_the_sentence_makes_it_plain(
    question: str, sentence: str, expected: str
) -> None:
    assert lead(question, sentence) == expected


def test_names_that_mean_one_thing_stand_together() -> None:
    question = "Does DMRT7 (Dmrtc2) bind in Spo11-null mice, or lubricin (Prg4)?"
    assert synonyms(question) == [("DMRT7", "Dmrtc2"), ("Spo11",), ("lubricin", "Prg4")]


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ("It binds (Fig. 2A) and acts.", "It binds and acts."),
        ("It binds [3, 5] and acts\nhere.", "It binds and acts here."),
        ("As in Smith et al. 2004 it binds (see Table 2, ).", "As in Smith et al 2004 it binds."),
    ],
)
def test_a_quote_is_shown_as_one_sentence_without_markers_of_its_own(quote: str, shown: str) -> None:
    assert plain(quote) == shown


def test_the_marker_stands_before_the_full_stop() -> None:
    assert marked("It binds.", 2) == "It binds [2]."
    assert marked("It binds", 2) == "It binds [2]."


def hit(number: int, text: str, score: float) -> Hit:
    info = PaperInfo("Pygopus genes in mouse development", id=number)
    scored = tuple((start, end, score if ANSWER in text[start:end] else score - 4) for start, end in split(text))
    return Hit(Passage(number, 0, 0, len(text), text, "Results"), info, score, 0.66, scored)


ANSWER = "We found that Pygo2 null mice lack a lens and die soon after birth."
HITS = (
    hit(1, f"To test the role of Pygo2 in the eye we crossed mice. {ANSWER} Tissue was fixed in ethanol.", 4.0),
    hit(2, "Pygo2 is one of two mammalian homologues of the fly gene pygopus. What else may it do?", 1.0),
)


def test_the_best_sentence_comes_first_and_poor_ones_are_left_out() -> None:
    generator = ExtractiveGenerator(lambda name: True)
    draft = "".join(
        str(piece) for piece in generator.stream(Request("What happens to the lens of Pygo2 null mice?", HITS))
    )
    assert draft.startswith(ANSWER.removesuffix(".") + " [1].")


def test_a_like_finding_on_another_gene_is_not_quoted_beside_the_answer() -> None:
    other = "We found that AlphaB null mice lack a lens and live."
    hits = (*HITS, replace(hit(3, other, 3.9), paper=PaperInfo("Crystallins of the lens", id=3)))
    hits = (*hits[:2], replace(hits[2], sentences=((0, len(other), 3.9),)))
    generator = ExtractiveGenerator(lambda name: True)
    draft = "".join(
        str(piece) for piece in generator.stream(Request("What happens to the lens in Pygo2 null mice?", hits))
    )
    assert "Pygo2 null mice lack a lens" in draft
    assert "AlphaB" not in draft


def test_a_gene_that_the_library_does_not_know_is_no_answer() -> None:
    generator = ExtractiveGenerator(lambda name: False)
    request = Request("Does Prdm16 turn brown fat precursors of Trem2 mice into muscle?", HITS)
    assert list(generator.stream(request)) == [REFUSAL]


@pytest.mark.parametrize(
    "poor",
    ["Pygo2 null mice lack a lens, as was found with STATA (StataCorp.", "(Funded by the lens trust of Pygo2 mice.)"],
)
def test_torn_sentences_and_thanks_for_money_are_not_quoted(poor: str) -> None:
    hits = (*HITS, replace(hit(3, poor, 3.9), sentences=((0, len(poor), 5.0),)))
    generator = ExtractiveGenerator(lambda name: True)
    draft = "".join(
        str(piece) for piece in generator.stream(Request("What happens to the lens of Pygo2 null mice?", hits))
    )
    assert ANSWER.removesuffix(".") in draft
    assert "STATA" not in draft
    assert "trust" not in draft
