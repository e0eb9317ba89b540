"""A shorter sentence keeps what changes the sense of the words that it keeps."""

from __future__ import annotations

import pytest

from assistant.generators.lstm.fidelity import cut_well, faithful, whole
from assistant.generators.lstm.words import words


def places(text: str, kept: str) -> set[int]:
    """Places of the words of ``kept``, each taken from left to right."""
    found, start = set(), 0
    low = [word.low for word in words(text)]
    for word in words(kept):
        start = low.index(word.low, start)
        found.add(start)
        start += 1
    return found


@pytest.mark.parametrize(
    ("text", "kept", "right"),
    [
        ("Loss of Smad3 did not alter bone mass in mice.", "Loss of Smad3 did alter bone mass", False),
        ("Loss of Smad3 did not alter bone mass in mice.", "Loss of Smad3 did not alter bone mass", True),
        ("Smad3 may regulate bone mass.", "Smad3 regulate bone mass", False),
        ("Kidneys were smaller, and no other organ was affected.", "Kidneys were smaller", True),
        ("Reduced expression of Wnt4 was seen in kidneys.", "expression of Wnt4 was seen in kidneys", False),
        ("At least 40% of mice died at birth.", "40% of mice died at birth", False),
    ],
)
def test_denials_doubts_and_limits_stay_with_what_they_bear_on(text: str, kept: str, right: bool) -> None:
    assert faithful(words(text), 0, places(text, kept)) is right


def test_words_of_the_sentence_before_may_be_left_out() -> None:
    before, sentence = "Mice did not survive.", "These mice lacked kidneys."
    both = words(f"{before} {sentence}")
    begin = len(words(before))
    kept = {0, *range(begin, len(both))}
    assert faithful(both, begin, kept)


@pytest.mark.parametrize(
    ("shorter", "right"),
    [
        ("Mice lacking Dhcr7 die within 24 hours.", True),
        ("Mice lacking functional Dhcr7.", False),
        ("Mice lacking Dhcr7 (a reductase die within 24 hours.", False),
    ],
)
def test_a_piece_without_its_verb_or_with_an_open_bracket_is_no_sentence(shorter: str, right: bool) -> None:
    assert whole("Neonatal mice lacking functional Dhcr7 (a reductase) die within 24 hours of birth.", shorter) is right


@pytest.mark.parametrize(
    ("text", "kept", "asked", "right"),
    [
        ("We found that Pax6 acts in the eye (Fig. 1).", "Pax6 acts in the eye.", {"pax6"}, True),
        ("By deleting Pax6 in mice, we made a model of aniridia.", "By deleting Pax6 in mice.", set(), False),
        ("Then we divided skin into pieces.", "divided skin into pieces.", set(), False),
        ("The study by Davies is important for BRCA2.", "Davies is important for BRCA2.", set(), False),
        (
            "It needs a factor that is only present in the dermis.",
            "It needs a factor that is only present.",
            set(),
            False,
        ),
        ("Since Pax6 acts early, we tested if Otx2 acts late.", "Since Pax6 acts late.", set(), False),
        ("Pax6 was lost, suggesting a role in the eye.", "Pax6 was lost.", set(), True),
        ("Neurons failed, as shown by the lack of the marker Pvalb.", "Neurons failed.", {"marker"}, False),
    ],
)
def test_a_sentence_is_cut_only_where_it_can_be_and_keeps_what_was_asked(
    text: str, kept: str, asked: set[str], right: bool
) -> None:
    assert cut_well(words(text), 0, sorted(places(text, kept)), asked) is right


def test_a_joined_part_that_lost_its_verb_is_no_sentence() -> None:
    sentence = "By 0.5 h the activity had increased 3-fold, and by 2 h, it peaked at 10-fold."
    assert not whole(sentence, "By 0.5 h the activity had increased 3-fold, and by 2 h.")
    assert whole(sentence, "By 0.5 h the activity had increased 3-fold.")
    assert not whole("A drop by Snail-mediated loss lets Ajuba bind.", "A drop by Snail-mediated loss.")


@pytest.mark.parametrize(
    ("sentence", "shorter", "right"),
    [
        (
            "Body weight was lower in mutants, although this was not statistically significant.",
            "Body weight was lower in mutants.",
            False,
        ),
        ("Mutant hearts were smaller than those of controls.", "Mutant hearts were smaller.", False),
        ("Mutant hearts were smaller than those of controls.", "Mutant hearts were smaller than controls.", True),
        ("Rescue of the projections was seen in the cortex of all mice.", "Rescue of the projections.", False),
        ("An increase in apoptosis was seen at E12.5.", "An increase in apoptosis.", False),
        (
            "Defects of the retina were observed in Pax6 mutants.",
            "Defects of the retina observed in Pax6 mutants.",
            False,
        ),
        ("Defects of the retina were observed in Pax6 mutants.", "Defects of the retina were observed.", True),
        (
            "We next examined Ptdsr -/- embryos that displayed absence of eyes by serial sectioning.",
            "Ptdsr -/- embryos that displayed absence of eyes by serial sectioning.",
            False,
        ),
        ("We found that Pax6 acts where the lens forms.", "Pax6 acts where the lens forms.", True),
        (
            "The fact that levels were lower suggested reduced resorption.",
            "Levels were lower suggested reduced.",
            False,
        ),
        ("Loss of Dhcr7 impaired type I but not type II cells.", "Loss of Dhcr7 impaired type I.", False),
        (
            "These experiments showed deletion at SCA15 in all members assayed.",
            "Deletion at SCA15 in all members assayed.",
            False,
        ),
        (
            "Here we report an approach that targets p53 in ES cells.",
            "An approach that targets p53 in ES cells.",
            False,
        ),
        ("Perhaps the simplest explanation is that in mammals, other genes act.", "Other genes act.", False),
        ("Perhaps the simplest explanation is that other genes are redundant.", "Other genes are redundant.", False),
        ("Mutants showed no loss of weight, strength, or gait.", "Mutants showed no loss of weight, strength.", False),
        ("Mutants showed no loss of weight, and they lived long.", "Mutants showed no loss of weight.", True),
        ("In the kidney, Wnt4 is expressed and activates Pax2.", "Wnt4 activates Pax2.", True),
    ],
)
def test_a_comparison_a_doubtful_figure_and_the_verb_stay(sentence: str, shorter: str, right: bool) -> None:
    assert whole(sentence, shorter) is right


def test_a_genotype_is_not_cut_in_two() -> None:
    text = "Adult ae/ae; deH/deH animals exhibit a small body."
    kept = "deH/deH animals exhibit a small body."
    assert not cut_well(words(text), 0, sorted(places(text, kept)), set())


def test_an_implication_is_no_finding() -> None:
    text = "These data imply that Pygo2 acts in the kidney."
    assert not faithful(words(text), 0, places(text, "Pygo2 acts in the kidney."))
