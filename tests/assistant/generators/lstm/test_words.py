"""Words as the LSTM reads and writes them."""

from __future__ import annotations

import pytest

from assistant.generators.lstm.words import CAREFUL_WORDS, FUNCTION_WORDS, glue, words


def test_signs_are_words_of_their_own_and_names_and_figures_stay_whole() -> None:
    text = "Loss of Pygo2-/- (n = 1,200; p<0.05) lowered CD4(+) cells by 3.5%, we found."
    found = [word.text for word in words(text)]
    assert found == [
        "Loss", "of", "Pygo2-/-", "(", "n", "=", "1,200", ";", "p<0.05", ")", "lowered", "CD4(+)", "cells", "by",
        "3.5%", ",", "we", "found", ".",
    ]  # fmt: skip


def test_every_word_stands_where_it_says() -> None:
    text = 'He said: "Kit[W/W] mice (males) died".'
    for word in words(text):
        assert text[word.start : word.end] == word.text


@pytest.mark.parametrize(
    "text", ["Mice (males) lacking Pygo2, but not Pygo1, died at P10.", "A [B] c: d; e.", "3.5% of 1,200 cells"]
)
def test_words_glued_again_give_the_text(text: str) -> None:
    assert glue([(word.text, word.glued) for word in words(text)]) == text


def test_no_function_word_denies_counts_or_tells_a_direction() -> None:
    risky = {"no", "not", "never", "without", "none", "one", "two", "increased", "reduced", "higher", "few"}
    assert not risky & FUNCTION_WORDS
    assert {"only", "may", "more", "all"} <= CAREFUL_WORDS
