"""Questions on the papers themselves, and turns that ask nothing new, with a real library."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answers import REFUSAL, Answer, Turn
from assistant.asides import Aside, aside, giving, unquoted
from assistant.chain import Assistant
from assistant.records import Wanted, asked
from assistant.settings import Settings
from index.library import Library
from index.papers import Hit, Paper, PaperInfo, Passage, Section, SectionKind


@pytest.fixture
def assistant(library: Library, tmp_path: Path) -> Assistant:
    def paper(title: str, abstract: str, **more: object) -> Paper:
        info = PaperInfo(title, **more)  # type: ignore[arg-type]
        return Paper(info, (Section("Abstract", abstract, SectionKind.ABSTRACT),))

    library.add(
        [
            paper(
                "Pygo2 in the mouse lens", "Pygo2 null mice lacked a lens. Pygo2 is made in the eye cup.",
                authors=("van de Schwab K", "Dressler G"), journal="BMC Biology", year=2007, pmid="17425782",
                doi="10.1186/abc", source="a.xml",
            ),
            paper("Tbx15 and the coat", "Tbx15 patterns the coat. Droopy ear mice lack it.", pmid="15", source="b.xml"),
        ]
    )  # fmt: skip
    return Assistant(Settings(library=tmp_path / "library"), library)


LENS = "Do Pygo2 null mice lack a lens?"
AFTER = (Turn(LENS, LENS, "Pygo2 null mice lacked a lens [1]."),)


def ask(assistant: Assistant, question: str, history: tuple[Turn, ...] = ()) -> Answer:
    answer = assistant.answer(question, history, generator="extractive")
    for citation in answer.citations:
        section = assistant.library.paper(citation.paper.id).sections[citation.section]
        assert section.text[citation.start : citation.end] == citation.quote != ""
    assert all(sentence.supported for sentence in answer.sentences)
    return answer


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who wrote it?", "van de Schwab K and Dressler G wrote"),
        ("Which journal?", "BMC Biology"),
        ("When was this published?", "2007"),
        ("What is its PMID?", "PMID 17425782"),
        ("In which paper?", "Pygo2 in the mouse lens"),
    ],
)
def test_what_is_asked_of_the_cited_paper_is_told_from_its_record(
    assistant: Assistant, question: str, told: str
) -> None:
    answer = ask(assistant, question, AFTER)
    assert told in answer.text
    assert {c.paper.pmid for c in answer.citations} == {"17425782"}
    assert answer.notes, "a reader is told that this is not quoted from the text"


def test_a_first_question_may_name_a_paper_by_topic_or_identifier(assistant: Assistant) -> None:
    assert "Schwab" in ask(assistant, "Who wrote the paper on Pygo2?").text
    assert "patterns the coat" in ask(assistant, "What is PMID 15 about?").text
    papers = ask(assistant, "Which papers are about Tbx15?")
    assert [c.paper.pmid for c in papers.citations] == ["15"]


@pytest.mark.parametrize("question", ["Who wrote the paper on frog teeth?", "What is PMID 999 about?"])
def test_a_paper_that_is_not_there_is_refused_in_words(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question)
    assert answer.refused
    assert answer.notes


def test_what_a_record_lacks_is_said(assistant: Assistant) -> None:
    assert "does not state its journal" in ask(assistant, "Which journal was PMID 15 published in?").text


@pytest.mark.parametrize("question", ["Thanks!", "Hello", "ok, thank you", "Great, thanks"])
def test_thanks_get_a_plain_reply_that_cites_nothing(assistant: Assistant, question: str) -> None:
    answer = ask(assistant, question, AFTER)
    assert not answer.sentences and not answer.citations and not answer.hits
    assert answer.text not in ("", REFUSAL)
    assert "lens" not in answer.text


def test_more_quotes_what_was_not_yet_quoted(assistant: Assistant) -> None:
    first = ask(assistant, LENS)
    more = ask(assistant, "tell me more", (Turn(LENS, LENS, first.text),))
    assert more.standalone != LENS
    assert not {c.quote for c in first.citations} & {c.quote for c in more.citations}


def test_a_summary_asked_for_in_the_chat_is_of_the_cited_paper(assistant: Assistant) -> None:
    answer = ask(assistant, "Summarize the findings", AFTER)
    assert {c.paper.pmid for c in answer.citations} == {"17425782"}
    assert answer.question == "Summarize the findings"


@pytest.mark.parametrize(
    "question",
    [
        "Where is Tbx15 expressed?",
        "When do the mice die?", "Which gene causes deafness?", "Who is at risk of ataxia?",
        "Why does the lens fail to form?", "How was the pressure measured in BALB/c mice?", "How old are these mice?",
        "What does PMC314463 say about the limbs?", "What is the mechanism?",
    ],
)  # fmt: skip
def test_questions_to_the_papers_are_no_asides(question: str) -> None:
    assert aside(question) is None
    assert asked(question) is None


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Why?", Aside.WHY), ("And why is that?", Aside.WHY), ("How was this measured?", Aside.HOW),
        ("How do they know this?", Aside.HOW), ("Tell me more.", Aside.MORE), ("What else?", Aside.MORE),
        ("Can you summarize the findings?", Aside.SUMMARY), ("What can you do?", Aside.HELP),
        ("How many papers are in the library?", Aside.LIBRARY), ("What papers do you have?", Aside.LIBRARY),
        ("How big is my library?", Aside.LIBRARY),
    ],
)  # fmt: skip
def test_asides_are_told_by_their_wording(question: str, kind: Aside) -> None:
    assert aside(question) is kind


@pytest.mark.parametrize("question", ["which papers do you have on Pax6?", "What is in the kidney?", "Which papers?"])
def test_questions_on_some_papers_are_not_on_the_library(question: str) -> None:
    assert aside(question) is None


@pytest.mark.parametrize("history", [(), AFTER])
def test_what_the_library_holds_is_told_without_a_citation(assistant: Assistant, history: tuple[Turn, ...]) -> None:
    answer = ask(assistant, "How many papers do you have?", history)
    assert answer.sentences == answer.citations == ()
    assert f"The library holds {assistant.library.count()} papers." in answer.text


def test_why_and_how_keep_only_sentences_that_give_a_reason_or_a_method() -> None:
    text = "The lens was small. This was due to apoptosis. Apoptosis was measured by TUNEL staining."
    spans = ((0, 19, 3.0), (20, 46, 2.0), (47, 88, 1.0))
    hit = Hit(Passage(1, 0, 0, len(text), text), PaperInfo("T", id=1), 3.0, sentences=spans)
    assert [h.sentences for h in giving([hit], Aside.WHY)] == [(spans[1],)]
    assert [h.sentences for h in giving([hit], Aside.HOW)] == [(spans[2],)]
    kept = unquoted([hit], [Turn("q", "q", "The lens was small [1].")])
    assert kept[0].sentences == spans[1:] and kept[0].score == 2.0


def test_a_wanted_field_is_read_from_the_question() -> None:
    assert asked("Where was the study on CAF-1 published?") is not None
    found = asked("Which paper describes the Tbx15 mutant?")
    assert found is not None and (found.wanted, found.about) == (Wanted.PAPERS, "the Tbx15 mutant")
