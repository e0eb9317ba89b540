"""Several papers summarised: which are taken, what they share, where they agree or differ, what they leave open."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answers import Answer, Finished, Working
from assistant.chain import Assistant
from assistant.settings import Settings
from assistant.summary.comparing import on_one_gene
from assistant.summary.many import compare
from assistant.summary.papers import Wanted, named, on_gene, on_topic
from index.errors import LocusError
from index.library import Library
from index.papers import Paper, PaperInfo, Section
from tests.assistant import openai_server as serve
from tests.assistant.summary.papers import long_paper

UP = "We found that loss of Sox9 increased the expression of Wnt4 in the gonads of XX mutant mice."
DOWN = "We found that loss of Sox9 decreased the expression of Wnt4 in the gonads of XX mutant mice."
ALSO = "Our results show that loss of Sox9 strongly increased the expression of Wnt4 in gonads of XX mutant mice."
OPEN = "Whether Sox9 acts on Wnt4 in the adult gonad remains unknown and needs further studies."
OTHER = "We found that Pax6 is required for the lens of the eye and that mutants lacked the iris."


def paper(number: int, *sentences: str) -> Paper:
    info = PaperInfo(f"Gonads and eyes, part {number}", (f"Author{number} A",), year=2000 + number, pmid=str(number))
    return Paper(info, (Section("Results", " ".join(sentences)), Section("Discussion", OPEN if number == 1 else "")))


@pytest.fixture
def assistant(library: Library, tmp_path: Path) -> Assistant:
    library.add([paper(1, UP, OTHER), paper(2, DOWN), paper(3, ALSO)])
    return Assistant(Settings(library=tmp_path / "library"), library)


def ids(assistant: Assistant) -> list[int]:
    return sorted(info.id for info in assistant.library.papers("", 0, 99))


def summary(assistant: Assistant, wanted: Wanted, generator: str = "extractive") -> Answer:
    *_, last = compare(assistant, wanted, generator)
    assert isinstance(last, Finished)
    return last.answer


def part(answer: Answer, heading: str) -> list[str]:
    return [s.text for s in answer.sentences if s.part.startswith(heading)]


def test_every_sentence_is_cited_word_for_word(assistant: Assistant) -> None:
    answer = summary(assistant, named(assistant.library, ids(assistant)))
    assert answer.sentences
    assert all(s.supported for s in answer.sentences)
    for cited in answer.citations:
        section = assistant.library.paper(cited.paper.id).sections[cited.section]
        assert section.text[cited.start : cited.end] == cited.quote


def test_two_papers_that_point_opposite_ways_stand_side_by_side(assistant: Assistant) -> None:
    differ = part(summary(assistant, named(assistant.library, ids(assistant)[:2])), "Possible disagreements")
    assert sorted(differ) == sorted([UP, DOWN])


def test_two_papers_that_state_the_same_agree_and_do_not_differ(assistant: Assistant) -> None:
    one, _, three = ids(assistant)
    answer = summary(assistant, named(assistant.library, [one, three]))
    assert part(answer, "Possible disagreements") == []
    assert any("point opposite ways" in note for note in answer.notes)


def test_a_theme_is_what_several_papers_share_and_is_named_by_its_genes(assistant: Assistant) -> None:
    answer = summary(assistant, named(assistant.library, ids(assistant)))
    themes = [heading for heading in answer.parts if heading.startswith("Theme")]
    assert themes
    assert "SOX9" in themes[0]
    assert "3 papers" in themes[0]


def test_open_questions_are_those_that_papers_state(assistant: Assistant) -> None:
    assert part(summary(assistant, named(assistant.library, ids(assistant))), "Open questions") == [OPEN]


def test_papers_of_a_gene_are_those_that_name_it_by_any_of_its_names(assistant: Assistant) -> None:
    wanted = on_gene(assistant.library, "Sox9")
    assert wanted.concept
    assert set(wanted.papers) == set(ids(assistant))
    with pytest.raises(LocusError, match="No paper"):
        on_gene(assistant.library, "BRCA1")


def test_what_no_paper_is_on_is_told(assistant: Assistant) -> None:
    for words in ("", "  ", "zyzzyva qwertyuiop"):
        with pytest.raises(LocusError):
            on_topic(assistant.library, words)
    with pytest.raises(LocusError, match="two or more"):
        named(assistant.library, ids(assistant)[:1] * 3)
    with pytest.raises(LocusError, match="at once"):
        named(assistant.library, range(1, 99))


def test_a_long_paper_among_them_is_read_to_its_end(library: Library, tmp_path: Path) -> None:
    library.add([long_paper(1), paper(2, UP)])
    assistant = Assistant(Settings(library=tmp_path / "library"), library)
    said = " ".join(s.text for s in summary(assistant, named(library, ids(assistant))).sentences)
    assert "17%" in said or "further studies" in said


def test_progress_names_each_paper(assistant: Assistant) -> None:
    told = [e.text for e in compare(assistant, named(assistant.library, ids(assistant))) if isinstance(e, Working)]
    assert told[0].endswith("1 of 3")
    assert told[-1] == "Comparing the papers"


def test_a_model_words_the_themes_and_what_it_invents_is_struck(assistant: Assistant) -> None:
    def invents(request: serve.Recorded) -> str:
        return "Loss of Sox9 increased the expression of Wnt4 in the gonads [1]. Sox9 cures gout in 12 patients [1]."

    with serve.OpenAIServer(serve.answer(invents)) as server:
        assistant.settings = assistant.settings.model_copy(update={"openai_url": server.url})
        answer = summary(assistant, named(assistant.library, ids(assistant)), "openai")
    assert "gout" not in answer.text
    assert any(not s.supported and "gout" in s.text for s in answer.sentences)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Body weights were lower in the mutants.", "Weights were lower in PGC-1α−/− mice.", False),
        ("Weights were lower in Lep mutants.", "Weights were lower in PGC-1α−/− mice.", False),
        ("Weights were lower in Ppargc1a mutants.", "Weights were lower in PGC-1α−/− mice.", True),
        ("Body weights were lower in the mutants.", "Weights were lower in the females.", True),
    ],
)
def test_findings_on_mutants_of_different_genes_do_not_agree(one: str, other: str, same: bool) -> None:
    assert on_one_gene(one, other) is same
