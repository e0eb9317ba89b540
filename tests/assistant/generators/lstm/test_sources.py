"""Each kind of training data is read; what is broken is reported and the rest used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.generators.lstm.library_source import read_papers
from assistant.generators.lstm.picks import evidence_as_documents, picks
from assistant.generators.lstm.sources import Found, read_questions
from assistant.generators.lstm.splitting import held_out
from assistant.generators.lstm.training_config import TrainingConfig
from index.errors import LocusError
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from tests.conftest import FakeEmbedder

LONG = "We found that Pax6 is needed for growth of the eye in all 20 mice."
OTHER = "The eye was kept cold after it was stained."
SHORT = "Pax6 is needed for growth of the eye."


def read(path: Path, *lines: object) -> Found:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return read_questions([path])


def test_bioasq_json_gives_a_pair_and_a_question(tmp_path: Path) -> None:
    record = {"body": "What does Pax6 do?", "snippets": [{"text": LONG}, {"text": OTHER}], "ideal_answer": [SHORT]}
    found = read(tmp_path / "golden.json", {"questions": [record]})
    (pair,) = found.pairs
    assert (pair.example.question, pair.example.sentence, pair.example.target) == ("What does Pax6 do?", LONG, SHORT)
    assert found.asked[0].documents == ((("", LONG),), (("", OTHER),))
    assert found.asked[0].wanted == (SHORT,)
    assert not found.problems


def test_jsonl_of_snippets_is_read_and_bad_lines_are_reported_with_their_number(tmp_path: Path) -> None:
    good = {"question": "What does Pax6 do?", "snippets": [LONG, OTHER], "ideal_answer": SHORT}
    found = read(tmp_path / "q.jsonl", good, "{broken", {"question": "x", "snippets": 3, "ideal_answer": "y"}, [1],
                 {"question": "x"}, good | {"ideal_answer": None})  # fmt: skip
    assert len(found.pairs) == len(found.asked) == 1
    told = [str(problem) for problem in found.problems]
    assert [line.partition(":")[0] for line in told] == [f"q.jsonl, line {n}" for n in (2, 3, 4, 5, 6)]
    assert "is no JSON" in told[0]
    assert "snippets is no list of texts" in told[1]
    assert "has none of snippets, evidence, sentence" in told[3]


def test_a_file_that_is_nothing_of_the_kind_is_reported_and_a_missing_one_refused(tmp_path: Path) -> None:
    found = read(tmp_path / "notes.json", "dear diary", "{")
    assert not found.pairs
    assert "notes.json, line 1: is neither JSON nor JSONL" in str(found.problems[0])
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in str(read_questions([tmp_path / "latin.jsonl"]).problems[0])
    with pytest.raises(LocusError, match="no file"):
        read_questions([tmp_path / "nothing.json"])


def test_evidence_in_the_library_is_the_sentence_to_pick(tmp_path: Path, library: Library) -> None:
    paper = Paper(
        PaperInfo("Pax6 in the eye", pmcid="PMC7", source="a.xml"),
        (Section("Results", f"{OTHER} {LONG} Lenses were small. Nothing else differed among the mice."),),
    )
    library.add([paper])
    record = {"question": "What does Pax6 do in the eye?", "evidence": [LONG], "answer": SHORT, "pmcid": "PMC7"}
    found = read(tmp_path / "gene.jsonl", record, {"question": "Unknown?", "evidence": [], "answerable": False})
    assert [p.example.target for p in found.pairs] == [SHORT]
    assert not found.problems
    asked = evidence_as_documents(found.asked, lambda name: library.find(name) is not None)
    (pick,) = picks(asked, library, FakeEmbedder(), 5, lambda done: None)
    assert [text for text, target in zip(pick.texts, pick.target, strict=True) if target] == [LONG]
    assert len(pick.texts) > 1


def test_evidence_of_an_unknown_paper_is_sought_among_what_the_file_gives_of_it(tmp_path: Path) -> None:
    found = read(
        tmp_path / "gene.jsonl",
        {"question": "What does Pax6 do in the eye?", "evidence": [LONG], "pmid": "5"},
        {"question": "How was the eye kept?", "evidence": [OTHER], "pmid": "5"},
    )
    asked = evidence_as_documents(found.asked, lambda name: False)
    first, second = picks(asked, None, FakeEmbedder(), 5, lambda done: None)
    assert {t for t, y in zip(first.texts, first.target, strict=True) if y} == {LONG}
    assert {t for t, y in zip(second.texts, second.target, strict=True) if y} == {OTHER}


def test_approved_answers_are_pairs_and_invented_words_are_refused(tmp_path: Path) -> None:
    good = {"question": "What does Pax6 do?", "before": "Eyes grow.", "sentence": LONG, "target": SHORT}
    found = read(tmp_path / "ok.jsonl", good, good | {"target": "Pax6 is lethal in the eye."})
    assert [p.example.before for p in found.pairs] == ["Eyes grow."]
    assert "ok.jsonl, line 2: target has a word" in str(found.problems[0])


def test_an_answer_that_no_sentence_can_say_gives_no_pair(tmp_path: Path) -> None:
    record = {"question": "What?", "snippets": [LONG], "ideal_answer": "Yes. Pax6 prevents growth of the eye."}
    assert not read(tmp_path / "q.jsonl", record).pairs


def test_a_library_gives_titles_abstracts_and_conclusions(library: Library) -> None:
    conclusion = "These results show that Pax6 is needed for growth of the eye in mice and likely in other animals."
    sections = (
        Section("Abstract / Results", "Lenses of mutants were small.", SectionKind.ABSTRACT),
        Section("Abstract / Conclusions", conclusion, SectionKind.ABSTRACT),
        Section("Results", "As Figure 1 shows, lenses of all mutants were small and opaque."),
    )
    library.add([Paper(PaperInfo("Pax6 is needed for growth of the eye", pmid="1", source="a.xml"), sections)])
    library.add([Paper(PaperInfo("The role of growth", pmid="2", source="b.xml"),
                       (Section("Abstract", "The role of growth is old.", SectionKind.ABSTRACT),))])  # fmt: skip
    found = read_papers(library, TrainingConfig())
    pairs = {p.example.target: p.example.sentence for p in found.pairs}
    assert pairs == {
        "Pax6 is needed for growth of the eye.": conclusion,
        "Lenses of mutants were small.": sections[2].text,
    }
    assert all(set(p.example.question.split()) <= set(p.example.target.lower()[:-1].split()) for p in found.pairs)
    (asked,) = found.asked
    assert (asked.question, asked.wanted) == ("Pax6 is needed for growth of the eye", (conclusion,))
    assert asked.documents == ((("Abstract / Results", "Lenses of mutants were small."),),)
    assert len(found.sentences["paper PMID:1"]) == 3


def test_what_shares_a_text_is_held_out_together_and_every_kind_is_split() -> None:
    items = [("pair", (f"group {n // 3}", f"text {n}")) for n in range(60)] + [("pick", ("text 4",)), ("pick", ("z",))]
    for seed in range(5):
        sides = held_out(items, 0.2, seed)
        assert sides == held_out(items, 0.2, seed)
        assert all(sides[n] == sides[n - n % 3] for n in range(60))
        assert sides[60] == sides[4]
        assert 12 <= sum(sides[:60]) <= 14
        assert sum(sides[60:]) == 1


def test_a_rare_kind_is_held_out_though_its_papers_hold_much_of_the_others() -> None:
    items = [("question", (f"paper {n // 4}",)) for n in range(80)] + [("pair", (f"paper {n}",)) for n in (3, 11, 15)]
    for seed in range(20):
        sides = held_out(items, 0.1, seed)
        assert sum(sides[80:]) == 1
        assert 8 <= sum(sides[:80]) <= 18
