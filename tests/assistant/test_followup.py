"""Follow-up questions made to stand alone without a model."""

from __future__ import annotations

import pytest

from assistant.answers import Turn
from assistant.followup import stand_alone


def after(before: str, question: str, answer: str = "It acts [1].") -> str:
    return stand_alone(question, [Turn(before, before, answer)])


LENS = "What is the phenotype of Pygo2 null mice in the lens?"


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (LENS, "and in the heart?", "What is the phenotype of Pygo2 null mice in the heart?"),
        (LENS, "What about the outflow tract?", "What is the phenotype of Pygo2 null mice in the outflow tract?"),
        (LENS, "in the primitive streak?", "What is the phenotype of Pygo2 null mice in the primitive streak?"),
        (LENS, "And Pygo1?", "What is the phenotype of Pygo1 null mice in the lens?"),
        (LENS, "and Pygo1 in the kidney?", "What is the phenotype of Pygo1 null mice in the kidney?"),
        ("Is Sox9 expressed at E11.5?", "And at E13.5?", "Is Sox9 expressed at E13.5?"),
        ("Are Trip13 mutant males fertile?", "and females?", "Are Trip13 mutant females fertile?"),
        ("Does Sam68 loss protect bone in old mice?", "And in young mice?",
         "Does Sam68 loss protect bone in young mice?"),
        ("What does Tbx15 do?", "and in the limb?", "What does Tbx15 do in the limb?"),
        (
            "How much sterol do Abcg8 null mice secrete?", "and heterozygotes?",
            "How much sterol do Abcg8 heterozygotes secrete?",
        ),
    ],
)  # fmt: skip
def test_a_part_of_the_new_question_replaces_the_like_part_of_the_last(
    before: str, question: str, expected: str
) -> None:
    assert after(before, question) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (LENS, "Is it needed for the retina?", "Is Pygo2 needed for the retina?"),
        (LENS, "Do these mice survive?", "Do Pygo2 null mice survive?"),
        (LENS, "What does the gene encode?", "What does Pygo2 encode?"),
        ("What is Snail's role in hair?", "Which growth factor induces it?", "Which growth factor induces Snail?"),
        ("What does Tbx15 do?", "What about its human homolog?", "What about Tbx15's human homolog?"),
        ("Who wrote the paper on moonshine?", "What does the gene encode?", "What does moonshine encode?"),
    ],
)
def test_pronouns_become_what_the_last_question_was_about(before: str, question: str, expected: str) -> None:
    assert after(before, question) == expected


def test_a_question_with_genes_and_topic_of_its_own_carries_nothing() -> None:
    assert "KCNJ10" not in after("Does KCNJ10 protein disappear?", "And what about ITPR1 in ataxia?")


@pytest.mark.parametrize("question", ["How many isoforms are there?", "Is fertility affected?", "And the phenotype?"])
def test_a_question_that_names_no_gene_gets_the_last_one(question: str) -> None:
    assert "Pygo2" in after(LENS, question)
    assert "lens" not in after(LENS, question)


@pytest.mark.parametrize(
    "question",
    [
        "Where is Mcoln1 on mouse chromosome 8?",
        "Is it known whether Sox10 modifiers change colonic aganglionosis?",
        "Which inbred mouse strains have the highest intraocular pressure?",
        "What causes ataxia?",
        "Does Trip13 act when it is phosphorylated by ATM?",
        "Which mouse locus controls aversion to quinine, and what receptors sit in it?",
        "In which neurons of the mouse hippocampus is Adam11 message found?",
        "Is it enough to overproduce the receptor in muscle to prevent obesity?",
        "When odorant receptors differ in abundance, how many neurons choose the gene?",
        "What is prurigo nodularis?",
        "What are the most common symptoms of fibroids?",
        "Impact of pollution on asthma.",
    ],
)
def test_whole_questions_are_left_alone(question: str) -> None:
    assert after(LENS, question) == question


def test_the_first_question_is_left_alone() -> None:
    assert stand_alone("Is it needed?", []) == "Is it needed?"


def test_the_gene_comes_from_the_answer_where_the_question_asked_for_it() -> None:
    told = after("Which gene causes deafness?", "What is its function?", "Slc26a4 does [1]. Slc26a4 mice are deaf [1].")
    assert "Slc26a4" in told


def test_thanks_and_questions_on_the_papers_do_not_hide_the_topic() -> None:
    history = [
        Turn(LENS, LENS, "Small [1]."),
        Turn("Thanks!", "Thanks!", "Welcome."),
        Turn("Who wrote it?", "Who wrote it?", "Song N wrote it [1]."),
    ]
    assert stand_alone("and in the heart?", history) == "What is the phenotype of Pygo2 null mice in the heart?"
