"""The local LSTM as users meet it: shorter than quotes, never a word of its own, the same each time, or a refusal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.answers import REFUSAL
from assistant.chain import Assistant
from assistant.generators.base import Request
from assistant.generators.lstm.checkpoint import FILE, CheckpointError
from assistant.generators.lstm.generator import LstmGenerator
from assistant.generators.lstm.words import FUNCTION_WORDS, words
from assistant.settings import Settings
from index.embedding import load_embedder
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.search import search

ABSTRACT = (
    "Smad3 signals downstream of TGF-beta receptors. Here we show that mice lacking Smad3 had a 30% lower trabecular "
    "bone volume than wild-type littermates at eight weeks of age (p < 0.01, n = 12), suggesting a role in bone. "
    "Mice were kept on a 12 h light cycle. Loss of Smad3 did not alter cortical thickness (Figure 2B)."
)
OTHER = (
    "We report that Tbx15 is required for the dorsoventral boundary of coat colour, as shown by whole-mount in situ "
    "hybridization of embryos at E12.5 (Fig. 1). Droopy ear mice carry a deletion of Tbx15."
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two abstracts, read by the shipped embedder."""
    opened = Library.open(tmp_path_factory.mktemp("lstm") / "library", load_embedder())
    opened.add(
        Paper(PaperInfo(title), (Section("Abstract", text, SectionKind.ABSTRACT),))
        for title, text in (("Smad3 in bone", ABSTRACT), ("Tbx15 in coat colour", OTHER))
    )
    return opened


@pytest.fixture(scope="module")
def generator(library: Library) -> LstmGenerator:
    """The shipped weights."""
    return LstmGenerator(library.knows, lambda: library.embedder)


def said(generator: LstmGenerator, library: Library, question: str) -> str:
    hits = tuple(search(library, question, 8))
    return "".join(piece for piece in generator.stream(Request(question, hits)) if isinstance(piece, str))


QUESTION = "What is the bone volume of mice without Smad3?"


def test_every_content_word_of_an_answer_stands_in_the_passage_that_it_cites(
    generator: LstmGenerator, library: Library
) -> None:
    draft = said(generator, library, QUESTION)
    hits = search(library, QUESTION, 8)
    assert draft.strip() != REFUSAL
    for line in draft.splitlines():
        number = re.search(r"\[(\d+)\]", line)
        assert number, line
        held = {word.low for word in words(hits[int(number[1]) - 1].passage.text)}
        own = {word.low for word in words(re.sub(r"\s*\[\d+\]", "", line))}
        assert own - FUNCTION_WORDS <= held


def test_an_answer_is_shorter_than_its_quote_and_keeps_figure_and_comparison(
    generator: LstmGenerator, library: Library
) -> None:
    first = said(generator, library, QUESTION).splitlines()[0]
    assert "30%" in first
    assert "Smad3" in first
    assert "Here we show" not in first
    assert len(first.split()) < 26


def test_the_same_question_gets_the_same_answer(generator: LstmGenerator, library: Library) -> None:
    again = LstmGenerator(library.knows, lambda: library.embedder)
    assert said(generator, library, QUESTION) == said(again, library, QUESTION)


def test_a_denial_is_kept(generator: LstmGenerator, library: Library) -> None:
    draft = said(generator, library, "Does loss of Smad3 change the thickness of cortical bone?")
    line = next(line for line in draft.splitlines() if "cortical thickness" in line)
    assert "not" in line


def test_it_refuses_what_the_papers_do_not_answer(generator: LstmGenerator, library: Library) -> None:
    assert said(generator, library, "Which exchange rate did the Bank of England set in 1987?").strip() == REFUSAL


def test_it_is_offered_without_a_key_and_answers_through_the_chain(library: Library) -> None:
    assistant = Assistant(Settings(), library)
    assert "lstm" in [offered.name for offered in assistant.generators()]
    answer = assistant.answer(QUESTION, generator="lstm")
    assert answer.generator == "lstm"
    assert not answer.refused
    assert all(sentence.supported for sentence in answer.sentences)


def test_a_summary_is_made_of_sentences_said_shorter_each_with_its_quote(library: Library) -> None:
    assistant = Assistant(Settings(), library)
    paper = next(info for info in library.papers("", 0, 10) if "Smad3" in info.title)
    events = list(assistant.summarize(paper.id, "lstm"))
    answer = events[-1].answer  # type: ignore[union-attr]
    assert answer.sentences
    assert all(sentence.supported and sentence.markers for sentence in answer.sentences)
    assert all("Here we show" not in sentence.text for sentence in answer.sentences)


def test_weights_that_are_missing_or_damaged_are_told_in_words(library: Library, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no weights"):
        said(LstmGenerator(library.knows, lambda: library.embedder, str(tmp_path)), library, QUESTION)
    (tmp_path / FILE).write_bytes(b"not weights")
    with pytest.raises(CheckpointError, match="damaged"):
        said(LstmGenerator(library.knows, lambda: library.embedder, str(tmp_path)), library, QUESTION)
