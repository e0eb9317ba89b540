"""Prompts: every file loads, slots are checked, and filling is safe with any paper text."""

from __future__ import annotations

from importlib import resources

import pytest

import prompts
from assistant.answers import REFUSAL
from prompts import SLOTS, PromptError, load, parse


@pytest.mark.parametrize("name", sorted(SLOTS))
def test_every_declared_prompt_loads_and_fills_without_a_slot_left_over(name: str) -> None:
    filled = load(name).fill(**{slot: f"value of {slot}" for slot in SLOTS[name]})
    assert "{" not in filled
    for slot in SLOTS[name]:
        assert f"value of {slot}" in filled


def test_every_prompt_file_is_declared() -> None:
    files = {
        entry.name.removesuffix(".md") for entry in resources.files(prompts).iterdir() if entry.name.endswith(".md")
    }
    assert files == set(SLOTS)


def test_a_slot_named_inside_a_value_is_not_filled() -> None:
    prompt = parse("p", b"{passages} / {question}", frozenset({"passages", "question"}))
    assert prompt.fill(passages="see {question} and {x} and {0}", question="{passages}?") == (
        "see {question} and {x} and {0} / {passages}?"
    )


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{question} {quesion}", "{quesion} found but not declared"),
        (b"no slot at all", "{question} missing"),
        (b"{question} {Question}", "{Question} found but not declared"),
        (b"{question} and a stray { brace", "belongs to no slot"),
        (b"{question} }", "belongs to no slot"),
        (b"{question} \xff\xfe", "not UTF-8"),
        (b" \n", "is empty"),
    ],
)
def test_a_damaged_prompt_file_is_refused_by_name(data: bytes, told: str) -> None:
    with pytest.raises(PromptError) as caught:
        parse("answer", data, frozenset({"question"}))
    assert told in str(caught.value)
    assert "answer.md" in str(caught.value)


def test_a_missing_or_unknown_value_is_refused() -> None:
    prompt = parse("p", b"{a} {b}", frozenset({"a", "b"}))
    with pytest.raises(PromptError, match=r"\{b\} missing"):
        prompt.fill(a="1")
    with pytest.raises(PromptError, match=r"\{c\} given but not declared"):
        prompt.fill(a="1", b="2", c="3")


def test_an_undeclared_prompt_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(PromptError, match="answer, notes, rewrite, summary, system"):
        load("nonesuch")


def test_windows_line_ends_do_not_reach_the_model() -> None:
    assert parse("p", b"one\r\n{a}\r\n", frozenset({"a"})).text == "one\n{a}"


def test_the_refusal_sentence_comes_from_the_one_constant() -> None:
    for name in SLOTS:
        assert REFUSAL not in load(name).text
    assert REFUSAL in load("system").fill(refusal=REFUSAL)
