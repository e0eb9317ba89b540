"""Key genes explained from a real library: cited, counted, linked, and honest where the papers are silent."""

from __future__ import annotations

import itertools

import pytest

from assistant.answers import Answer, Draft, Finished
from assistant.chain import Assistant
from assistant.genome import explaining
from assistant.genome.explaining import Begun, Census, Explained, Explanation, Overview, Told, explain
from assistant.genome.followups import KeySet, answer, key_set, on_the_set
from assistant.genome.records import GenomeData, Reason
from assistant.genome.wording import europe_pmc_address, rows_in_words, statement
from assistant.settings import Settings
from index.library import Library
from tests.assistant.genome.shelf import EVIL, key_gene, pasted, shelf_papers, variants
from tests.assistant.test_chain import Scripted
from tests.index.test_filters import paper


@pytest.fixture
def assistant(library: Library) -> Assistant:
    library.add(shelf_papers())
    return Assistant(Settings(library=library.folder, generator="extractive"), library)


def explained(assistant: Assistant, data: GenomeData, **options: object) -> Explained:
    steps = list(explain(assistant, data, **options))  # type: ignore[arg-type]
    assert isinstance(steps[0], Census)
    found = Explained(steps[0])
    for step in steps:
        found = found.with_step(step)
    return found


def said(found: Answer, part: str = "") -> str:
    return " ".join(s.text for s in found.sentences if s.part == part)


def standing(assistant: Assistant, found: Answer) -> bool:
    return all(
        assistant.library.paper(c.paper.id).sections[c.section].text[c.start : c.end] == c.quote
        for c in found.citations
    )


def test_each_gene_is_told_in_parts_whose_sentences_have_exact_quotes(assistant: Assistant) -> None:
    found = explained(assistant, pasted("PAX6", "Pygo2"))
    pax6 = found.explanations[0].answer
    assert "required for the eye" in said(pax6, "What it does")
    assert "lacked eyes" in said(pax6, "Phenotype")
    assert "aniridia" in said(pax6, "Disease")
    assert all(s.supported for one in found.explanations for s in one.answer.sentences)
    assert all(standing(assistant, one.answer) for one in found.explanations)


def test_a_gene_is_linked_to_the_other_key_genes_and_to_no_others(assistant: Assistant) -> None:
    linked = explained(assistant, pasted("Pygo2", "Ctnnb1")).explanations[0].answer
    assert "binds Ctnnb1" in said(linked, explaining.WHY)
    other = explained(assistant, pasted("PAX6", "Sox9")).explanations[0].answer
    assert "binds Ctnnb1" not in other.text


def test_a_neighbour_on_the_chromosome_is_no_reason(assistant: Assistant) -> None:
    said = "Sox9 maps to chromosome 17 in a region bounded by Pygo2 and Pax6"
    assistant.library.add([paper(30, ("Abstract", f"We found that Sox9 interacts with nothing. {said}."))])
    found = explained(assistant, pasted("Sox9", "Pygo2"))
    assert said not in " ".join(one.answer.text for one in found.explanations)


def test_genes_without_a_paper_are_listed_with_a_search_and_the_named_ones_are_explained(assistant: Assistant) -> None:
    found = explained(assistant, pasted("MAOA", "Xqz99", "Pygo2", "PAX6"), top=2)
    assert found.census.text == "The library names 2 of the 4 key genes."
    assert [g.symbol for g in found.census.unnamed] == ["MAOA", "Xqz99"]
    assert 'TITLE:"MAOA"' in found.census.queries["MAOA"]
    assert [one.gene.symbol for one in found.explanations] == ["PYGO2", "PAX6"] or [
        one.gene.named for one in found.explanations
    ] == ["Pygo2", "PAX6"]
    assert explained(assistant, pasted("MAOA", "Xqz99", "Pygo2"), top=2, whole=True).explanations == ()


def test_a_gene_that_is_only_named_is_told_so_and_takes_no_place(assistant: Assistant) -> None:
    found = explained(assistant, pasted("Ttn", "Pygo2"), top=1)
    assert [one.answer.refused for one in found.explanations] == [True, False]
    assert found.explanations[0].answer.hits, "where it is named can still be read"


def test_a_model_is_not_asked_of_a_gene_that_is_only_named(assistant: Assistant) -> None:
    script = Scripted("Ttn is everything [1].")
    assistant._generators["scripted"] = script
    found = explained(assistant, pasted("Ttn"), generator="scripted")
    assert found.explanations[0].answer.refused
    assert script.asked == []


def test_overview_quotes_sentences_that_name_two_key_genes(assistant: Assistant) -> None:
    found = explained(assistant, pasted("PAX6", "Pygo2"))
    assert found.overview is not None
    assert "act together in the lens" in said(found.overview)
    assert standing(assistant, found.overview)
    assert explained(assistant, pasted("PAX6", "Ttn")).overview.refused  # type: ignore[union-attr]


def test_steps_come_gene_by_gene_with_drafts_between(assistant: Assistant) -> None:
    kinds = [type(step) for step in explain(assistant, pasted("PAX6", "Pygo2"))]
    assert kinds[:3] == [Census, Begun, Told]
    assert kinds.index(Explanation) < len(kinds) - 1 - kinds[::-1].index(Begun)
    assert kinds[-1] is Overview


def test_only_symbols_reach_a_generator(assistant: Assistant) -> None:
    script = Scripted("Pax6 null mice lacked eyes and died at birth [1].\nPAX6 cures all cancers [1].")
    assistant._generators["scripted"] = script
    found = explained(assistant, variants(), generator="scripted")
    questions = " ".join(request.question for request in script.asked)
    assert "PAX6" in questions
    assert "SAMPLE" not in questions
    assert "718" not in questions
    assert "cures" not in " ".join(one.answer.text for one in found.explanations)


def test_statements_name_their_rows_and_hide_what_is_private() -> None:
    reason = Reason("Homozygous in ANNA at chr1:5", (3,), True, "Homozygous in one sample")
    assert statement(reason, private=True) == "Homozygous in ANNA at chr1:5 (line 3)."
    assert statement(reason, private=False) == "Homozygous in one sample (line 3)."
    assert statement(Reason("At chr1:5", (3,), True), private=False) == ""
    assert rows_in_words((2, 5, 9)) == "lines 2, 5 and 9"
    assert rows_in_words(tuple(range(1, 21))).endswith("and 15 more")


def test_nothing_but_gene_names_goes_into_a_web_search() -> None:
    hostile = pasted('x" OR chr7:117559590').genes[0]
    assert explaining.europe_pmc_query(hostile) == ""
    address = europe_pmc_address(explaining.europe_pmc_query(key_gene(1, "TP53")))
    assert address.startswith("https://europepmc.org/search?query=TITLE%3A%22TP53%22")
    assert "&" not in address


def last(assistant: Assistant, question: str, *names: str, generator: str = "extractive") -> Answer:
    events = list(answer(assistant, question, key_set(pasted(*names)), generator))
    assert isinstance(events[-1], Finished)
    return events[-1].answer


@pytest.mark.parametrize(
    ("question", "points"),
    [
        ("Which of these act in Wnt signalling?", True),
        ("What do these share?", True),
        ("what do my genes have in common", True),
        ("Are the key genes expressed in the heart?", True),
        ("Is anything in my VCF linked to aniridia?", True),
        ("What does Pygo2 do in the kidney?", False),
        ("Do these mice survive?", False),
    ],
)
def test_questions_on_the_uploaded_genes_are_told_from_others(question: str, points: bool) -> None:
    assert on_the_set(question) is points


def test_follow_up_is_answered_gene_by_gene_and_says_what_was_used(assistant: Assistant) -> None:
    found = last(assistant, "Which of these act in Wnt signalling?", "Ttn", "Pygo2", "PAX6")
    assert "required for canonical Wnt signaling" in said(found, "PYGO2")
    assert "Ttn" not in {s.part.title() for s in found.sentences}
    assert standing(assistant, found)
    assert "only gene symbols were used" in found.notes[0]
    assert "TTN" in found.notes[0]


@pytest.mark.parametrize(
    ("question", "on_data"),
    [
        ("Which of these are down in the kidney?", True),
        ("Which of them rank first?", True),
        ("Which of these act in the kidney?", False),
    ],
)
def test_a_question_on_the_data_is_sent_to_the_ranking(assistant: Assistant, question: str, on_data: bool) -> None:
    told = last(assistant, question, "Ttn", "Pygo2", "PAX6").notes
    assert any("your data" in note for note in told) is on_data


def test_follow_up_on_what_they_share_quotes_what_links_them(assistant: Assistant) -> None:
    found = last(assistant, "What do these share?", "Pygo2", "PAX6")
    assert "act together in the lens" in found.text
    assert "PYGO2 and PAX6" in found.standalone


def test_follow_up_that_no_paper_answers_is_refused(assistant: Assistant) -> None:
    assert last(assistant, "Which of these cause deafness?", "Pygo2", "PAX6").refused
    assert last(assistant, "What do these share?", "MAOA").refused


def test_follow_up_asks_a_model_gene_by_gene_and_checks_what_it_says(assistant: Assistant) -> None:
    script = Scripted("It is required for canonical Wnt signaling in the kidney [1].\nIt is made of cheese [1].")
    assistant._generators["scripted"] = script
    found = last(assistant, "Which of these act in Wnt signalling?", "Pygo2", generator="scripted")
    assert "PYGO2" in script.asked[0].question
    assert "cheese" not in found.text


def test_drafts_of_a_follow_up_grow(assistant: Assistant) -> None:
    events = list(answer(assistant, "Which of these act in Wnt signalling?", key_set(pasted("Pygo2", "PAX6"))))
    drafts = [e.text for e in events if isinstance(e, Draft)]
    assert drafts
    assert all(b.startswith(a) for a, b in itertools.pairwise(drafts))


def test_chat_knows_nothing_of_a_file_but_its_genes() -> None:
    known = key_set(variants())
    assert known == KeySet("your VCF", tuple(g.concept for g in variants().genes if g.concept))


def test_library_text_stays_text(assistant: Assistant) -> None:
    assert EVIL in explained(assistant, pasted("Ttn")).explanations[0].answer.hits[0].paper.title
