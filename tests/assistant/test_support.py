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


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Deletion of Abc1 causes ataxia.", "It is improbable that deletion of Abc1 causes or contributes to ataxia."),
        ("Abc1 is required for the eye.", "We asked whether Abc1 is required for the eye."),
        ("Abc1 is required for the eye.", "The possibility that Abc1 is required for the eye was ruled out."),
        ("Abc1 is expressed in the heart.", "Abc1 is expressed in all tissues except the heart."),
        ("Abc2 null embryos survive implantation.", "Abc2 null embryos died prior to implantation."),
        ("Abc1 mutants are fertile.", "Abc1 mutants of both sexes are sterile."),
        ("Abc1 mutants are fertile.", "Abc1 mutants have small testes and ovaries."),
        ("Abc1 is dispensable for synapsis.", "Abc1 is required for synapsis."),
        ("Abc1 null embryos died.", "Abc2 null embryos died, whereas Abc1 deletion did not affect viability."),
        ("Abc2 was downregulated 5.3-fold.", "Abc1 and Abc2 were downregulated (5.3 and 3.9-fold, respectively)."),
        ("Abc2 carries six changes.", "Abc1 carries six changes, whereas Abc2 carries four."),
        ("Abc1 represses Xyz4.", "Xyz4 represses Abc1."),
        ("Abc1 represses Xyz4.", "Abc1 is repressed by Xyz4."),
        ("Ataxia causes deletion of Abc1.", "Deletion of Abc1 causes ataxia."),
        ("Abc1 is required for synapsis but not recombination.", "Abc1 is required for recombination, not synapsis."),
        ("Xyz4 binds the promoter of Abc1 in roots.", "Abc1 binds the promoter of Xyz4 in roots."),
        ("Deletion of Abc1 causes Sca15.", "Deletion at the Sca15 locus was found in all, from Abc1 through Xyz4."),
        ("Abc2 null embryos survive.", "It is possible that transcript let Abc2 null embryos survive."),
        ("It does.", "Abc1 is required for synapsis."),
    ],
)
def test_who_does_what_and_which_way_must_be_as_quoted(sentence: str, quote: str) -> None:
    assert problem(sentence, [quote], 0.95)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Abc1 represses Xyz4.", "Xyz4 is repressed by Abc1."),
        ("Deletion of Abc1 causes ataxia.", "Ataxia is caused by deletion of Abc1."),
        ("Abc2 carries four changes.", "Abc1 carries six changes, whereas Abc2 carries four."),
        ("Abc2 was downregulated 3.9-fold.", "Abc1 and Abc2 were downregulated (5.3 and 3.9-fold, respectively)."),
        ("p53 mutants are infertile.", "TP53 mutants are not fertile."),
        ("Loss of Abc1 does not change the heart.", "The heart was unaffected by loss of Abc1."),
    ],
)
def test_another_voice_or_wording_of_the_same_is_supported(sentence: str, quote: str) -> None:
    assert problem(sentence, [quote], 0.95) == ""
