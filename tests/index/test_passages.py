"""Papers cut into passages of whole sentences."""

from __future__ import annotations

from index.papers import Paper, PaperInfo, Section
from index.passages import cut, searchable
from tests.conftest import make_paper


def test_every_passage_is_a_verbatim_slice_and_no_sentence_is_lost() -> None:
    paper = make_paper(3, sentences=60)
    passages = cut(paper)
    for passage in passages:
        assert paper.sections[passage.section].text[passage.start : passage.end] == passage.text
    for number, section in enumerate(paper.sections):
        mine = [p for p in passages if p.section == number]
        assert " ".join(p.text for p in mine) == section.text


def test_passages_are_near_the_target_and_balanced() -> None:
    lengths = [len(p.text.split()) for p in cut(make_paper(1, sentences=120))]
    assert min(lengths) > 80
    assert max(lengths) < 230


def test_a_sentence_longer_than_a_passage_stays_whole() -> None:
    text = "word " * 400 + "end."
    passages = cut(Paper(PaperInfo("T"), (Section("Results", text),)))
    assert [p.text for p in passages] == [text]


def test_what_is_embedded_names_paper_and_section_but_no_reference() -> None:
    text = "Pygo2 acts in the kidney [7]."
    paper = Paper(PaperInfo("Pygopus in mice"), (Section("Results / Kidney", text, references=((25, 28),)),))
    found = searchable(paper.info, cut(paper)[0])
    assert found.text == "Pygopus in mice. Results / Kidney. Pygo2 acts in the kidney."
    assert [found.text[start:end] for start, end in found.spans] == ["Pygo2 acts in the kidney."]
