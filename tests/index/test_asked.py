"""A question read for its genes: other names sought, several meanings told."""

from __future__ import annotations

import pytest

from index.asked import expanded, meanings, sought
from index.library import Library
from tests.conftest import make_paper


def test_a_gene_is_sought_by_its_other_names_too() -> None:
    (question, full), *others = expanded("What does Trp53 do in mice?")
    assert (question, full) == ("What does Trp53 do in mice?", 1.0)
    assert "p53" in {name for name, _ in others}
    assert all(weight < full for _, weight in others)
    assert expanded("What did they see in the lens?") == [("What did they see in the lens?", 1.0)]


def test_a_term_stands_for_the_other_names_of_its_gene(library: Library) -> None:
    library.add([make_paper(1)])
    asked = sought(library, "Does ERBB2 act in the heart?")
    gene = next(term for term in asked.terms if "erbb2" in term.stems)
    assert "her2" in gene.stems
    assert asked.covered(asked.counts(frozenset({"her2", "heart"}))) == pytest.approx(
        asked.covered(asked.counts(frozenset({"erbb2", "heart"})))
    )
    assert sum(term.weight for term in asked.terms) == pytest.approx(1)


@pytest.mark.parametrize(("name", "meant"), [("p21", "CDKN1A"), ("NAT1", "EIF4G2")])
def test_a_name_that_several_genes_go_by_is_told(name: str, meant: str) -> None:
    (line,) = meanings(f"What does {name} do in the kidney?")
    assert line.startswith(f"“{name}” can mean ")
    assert meant in line


@pytest.mark.parametrize("question", ["What does Pax6 do in the eye?", "Who was not at rest?", "Is TP53 mutated?"])
def test_a_name_of_one_gene_needs_no_word(question: str) -> None:
    assert meanings(question) == []
