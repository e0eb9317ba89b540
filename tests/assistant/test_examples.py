"""Example questions are those that the library's papers answer."""

from __future__ import annotations

import pytest

from assistant import chain
from assistant.chain import Assistant
from assistant.examples import _says, examples
from assistant.settings import Settings
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from tests.conftest import make_paper


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("loss", "Expression of the KCNJ10 protein was reduced in young Slc26a4-/- mice."),
        ("loss", "Sam68 transcripts were absent in null mice as shown by RT-PCR."),
        ("function", "Mcoln1 is highly similar to MCOLN1, especially in the ion pore region."),
        ("place", "Tbx15 is a gene of the coat."),
        ("need", "Pygo2 is required for the lens, whereas Pygo1 is not necessary for it."),
        ("where", "Sections were probed with Tbx15 in a buffer."),
    ],
)
def test_a_sentence_that_says_something_else_is_no_answer(kind: str, text: str) -> None:
    assert not _says(kind, text, "What does Tbx15 do in the coat?")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("loss", "Pygo2 null mice lacked a lens and died at birth, which was a defect of the eye."),
        ("function", "Trip13 is required for completing meiotic recombination."),
        ("place", "Tbx15 is required for the pattern of the coat."),
        ("need", "Pygo2 is essential for the lens."),
        ("where", "Tbx15 is strongly expressed in the dermis."),
    ],
)
def test_a_sentence_that_says_what_is_asked_is_an_answer(kind: str, text: str) -> None:
    assert _says(kind, text, "What does Tbx15 do in the coat?")


def paper(abstract: str) -> Paper:
    info = PaperInfo("Zyx12 in the mouse kidney", source="z.xml", pmid="1")
    return Paper(info, (Section("Abstract", abstract, SectionKind.ABSTRACT),))


def test_a_question_whose_best_sentence_is_a_purpose_is_not_offered(library: Library) -> None:
    library.add([paper("To examine what Zyx12 does in the kidney, we generated mice without Zyx12.")])
    assert examples(library) == []


def test_a_question_that_is_answered_is_offered(library: Library) -> None:
    library.add([paper("Zyx12 is required for the growth of the kidney. Loss of Zyx12 in mice reduced kidney size.")])
    assert any("Zyx12" in question for question in examples(library))


def test_the_examples_found_last_are_given_at_once_where_the_library_has_changed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = Assistant(Settings(library=library.folder), library)
    assert assistant.examples(anew=False) == []
    monkeypatch.setattr(chain, "examples", lambda library: [f"{library.count()} papers?"])
    library.add([paper("Zyx12 is required for the growth of the kidney.")])
    assert assistant.examples() == ["1 papers?"]
    library.add([make_paper(2)])
    assert assistant.examples(anew=False) == ["1 papers?"]
    assert assistant.examples() == ["2 papers?"]
