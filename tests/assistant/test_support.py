"""What quotes support, and what they don't."""

from __future__ import annotations

import pytest

from assistant.support import missing_numbers, numbers, problem

QUOTE = "Pygo2 null mice had 40% fewer glomeruli than controls and lacked a lens, but Pygo1 null mice were normal."


@pytest.mark.parametrize(
    "sentence",
    [
        "Pygo2 null mice lacked a lens.",
        "Mice without Pygo2 had 40% fewer glomeruli.",
        "Pygo1 null mice were normal.",
        "Yes: Pygo2 null mice lacked a lens.",
    ],
)
def test_what_the_quote_says_is_supported(sentence: str) -> None:
    assert problem(sentence, [QUOTE], 0.9) == ""


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Pygo2 null mice had 60% fewer glomeruli.", "60"),
        ("Wnt4 null mice lacked a lens.", "Wnt4"),
        ("Pygo2 null mice did not have fewer glomeruli.", ""),
        ("Pygo2 null mice had 40% more glomeruli.", "opposite"),
        ("The kidney filters blood through nephrons.", "something else"),
    ],
)
def test_what_the_quote_does_not_say_is_told(sentence: str, why: str) -> None:
    quote = QUOTE if why else "Pygo2 null mice had fewer glomeruli."
    assert why in (found := problem(sentence, [quote], 0.9))
    assert found


def test_a_denied_clause_can_not_be_restated_as_fact() -> None:
    quote = "Loss of Bax did not rescue the spindles, whereas neurons survived."
    assert problem("Loss of Bax rescued the spindles.", [quote], 0.95)
    assert problem("Neurons survived.", [quote], 0.9) == ""


def test_no_quote_is_no_support() -> None:
    assert problem("Anything goes.", [], 1.0)


def test_numbers_are_compared_by_value_and_names_are_no_numbers() -> None:
    assert numbers("Two of 1,200 Pygo2 mice at E14.5 weighed 3.50 g") == {"2", "1200", "3.5"}
    assert missing_numbers("a twofold rise", "rose 2-fold") == set()
    assert missing_numbers("12 mice", "1.2 mice") == {"12"}
