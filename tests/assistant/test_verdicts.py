"""A yes or no is given only where one sentence states just what was asked."""

from __future__ import annotations

import pytest

from assistant.grounding import Grounder
from assistant.verdicts import bare_verdict, opening, yes_or_no
from index.papers import Hit, PaperInfo, Passage
from tests.conftest import FakeEmbedder


@pytest.mark.parametrize(
    ("question", "sentence", "verdict"),
    [
        ("Are Pygo2 null mice viable?", "Pygo2 null mice are viable and fertile.", "Yes"),
        ("Are Pygo2 null mice viable?", "Pygo2 null mice died at birth.", "No"),
        ("Are Pygo2 null mice viable?", "Pygo1 null mice are viable.", ""),
        ("Is Trip13 required for synapsis?", "Trip13 is required for synapsis.", "Yes"),
        ("Is Trip13 dispensable for synapsis?", "Trip13 is required for synapsis.", "No"),
        ("Does Fgf9 repress Wnt4?", "Fgf9 represses Wnt4 in the gonad.", "Yes"),
        ("Does Fgf9 repress Wnt4?", "Wnt4 represses Fgf9.", ""),
        ("Is Abc1 expressed in the heart?", "Abc1 is not expressed in the heart.", "No"),
        ("Is Abc1 expressed in the heart?", "Abc1 is expressed in all tissues except the heart.", ""),
        ("Is Abc1 loss harmless?", "Loss of Abc1 causes ataxia.", ""),
        ("Is Abc1 needed for the eye?", "First we examined whether Abc1 is needed for the eye.", ""),
        ("Is Abc1 needed for the eye?", "These results contradict the view that Abc1 is needed for the eye.", ""),
    ],
)
def test_a_verdict_is_earned_or_not_given(question: str, sentence: str, verdict: str) -> None:
    assert yes_or_no(question, sentence) == verdict


def test_openings_are_read() -> None:
    assert opening("Yes, it grew.") == ("Yes", "it grew.")
    assert opening("Nobody grew.") == ("", "Nobody grew.")
    assert bare_verdict("No, it does not.") == "No"
    assert bare_verdict("Yes it grew much.") == ""


QUOTE = "Trip13 is required for synapsis."


def grounded(draft: str, embedder: FakeEmbedder, question: str = "Is Trip13 required for synapsis?") -> list[str]:
    hit = Hit(Passage(1, 0, 0, len(QUOTE), QUOTE, "Results"), PaperInfo("A paper", id=1), 1.0)
    return [s.text for s in Grounder([hit], embedder.embed_documents, question).ground(draft) if s.supported]


def test_a_models_verdict_is_checked(embedder: FakeEmbedder) -> None:
    assert grounded(f"Yes, {QUOTE[:-1]} [1].", embedder) == [f"Yes, {QUOTE}"]
    assert grounded(f"No, {QUOTE[:-1]} [1].", embedder) == []
    assert grounded("Yes [1].", embedder) == []
    assert grounded(f"No [1]. {QUOTE[:-1]} [1].", embedder) == []


def test_a_verdict_that_can_not_be_checked_is_taken_off(embedder: FakeEmbedder) -> None:
    assert grounded(f"Yes, {QUOTE[:-1]} [1].", embedder, "Is Trip13 an ATPase?") == [QUOTE]
