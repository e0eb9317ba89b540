"""Follow-up questions made to stand alone without a model."""

from __future__ import annotations

import pytest

from assistant.answers import Turn
from assistant.followup import stand_alone

BEFORE = Turn("What does Pygo2 do in the kidney?", "What does Pygo2 do in the kidney?", "It acts [1].")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And Pygo1?", "What does Pygo1 do in the kidney?"),
        ("What about Wnt4?", "What does Wnt4 do in the kidney?"),
        ("Where is Mcoln1 on mouse chromosome 8?", "Where is Mcoln1 on mouse chromosome 8?"),
    ],
)
def test_genes_are_exchanged_and_whole_questions_left_alone(question: str, expected: str) -> None:
    assert stand_alone(question, [BEFORE]) == expected


@pytest.mark.parametrize(
    "question", ["Is it needed for the lens?", "Do these mice survive to adulthood?", "And in the eye?"]
)
def test_what_is_pointed_at_is_carried_over(question: str) -> None:
    alone = stand_alone(question, [BEFORE])
    assert alone.startswith(question)
    assert "Pygo2" in alone


def test_the_first_question_is_left_alone() -> None:
    assert stand_alone("Is it needed?", []) == "Is it needed?"


def test_the_gene_comes_from_the_answer_where_the_question_named_none() -> None:
    turn = Turn(
        "Which gene causes deafness?", "Which gene causes deafness?", "Slc26a4 does [1]. Slc26a4 mice are deaf [1]."
    )
    assert "Slc26a4" in stand_alone("What is its function?", [turn])
