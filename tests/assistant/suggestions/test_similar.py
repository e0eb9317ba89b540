"""Papers like one of the library are found, with reasons that both papers bear out."""

from __future__ import annotations

import pytest

from assistant.suggestions.similar import for_question, like
from index.errors import LibraryError
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind


def paper(number: int, title: str, text: str, *, author: str = "", refs: tuple[str, ...] = ()) -> Paper:
    body = text
    spans = []
    for ref in refs:
        spans.append((len(body) + 1, len(body) + 1 + len(ref)))
        body = f"{body} {ref}"
    info = PaperInfo(title, (author,) if author else (), year=2000 + number, pmid=str(number), source=f"{number}.xml")
    abstract = Section("Abstract", f"{title}. {text}", SectionKind.ABSTRACT)
    return Paper(info, (abstract, Section("Results", body, references=tuple(spans))))


@pytest.fixture
def shelf(library: Library) -> Library:
    """Two papers on Pax6 in the lens, one on the kidney, two on other matters."""
    library.add(
        [
            paper(1, "Pax6 in the lens", "Pax6 is needed for the lens placode and the cornea of mice.",
                  author="Quist A", refs=("(Marlowe et al., 1999)",)),
            paper(2, "Lens placode formation needs Pax6", "The lens placode lacks Pax6 in mutants; the cornea is thin.",
                  refs=("(Quist, 2001; Marlowe and Poe, 1999)",)),
            paper(3, "Wnt4 in the kidney", "Wnt4 is needed for nephrons and tubules of the kidney."),
            paper(4, "Tubules without Wnt4", "Nephrons and tubules of the kidney fail without Wnt4."),
            paper(5, "Sleep in flies", "Flies sleep at night and wake at dawn when fed sugar."),
        ]
    )  # fmt: skip
    return library


def test_the_paper_on_the_same_gene_and_tissue_comes_first_with_reasons(shelf: Library) -> None:
    best = like(shelf, 1)[0]
    assert best.info.pmid == "2"
    assert best.genes == ("PAX6",)
    assert {"lens", "placode"} <= set(best.terms)
    assert best.works == ("Marlowe 1999",)
    assert best.cites
    assert best.passage is not None
    assert best.passage.paper_id == best.info.id
    assert "both name PAX6; one cites the other; both cite Marlowe 1999" in best.why
    assert like(shelf, 3)[0].info.pmid == "4"


def test_a_paper_is_never_like_itself_and_none_comes_twice(shelf: Library) -> None:
    for number in range(1, 6):
        ids = [one.info.id for one in like(shelf, number)]
        assert number not in ids
        assert len(ids) == len(set(ids))


def test_every_gene_told_is_named_by_both(shelf: Library) -> None:
    for one in like(shelf, 4):
        for symbol in one.genes:
            assert symbol.lower() in str(shelf.paper(one.info.id).sections).lower()


def test_papers_for_a_question_bring_the_passage_that_answers(shelf: Library) -> None:
    best = for_question(shelf, "Which tubules need Wnt4 in the kidney?")[0]
    assert best.info.pmid in {"3", "4"}
    assert best.genes == ("WNT4",)
    assert best.passage is not None
    assert "kidney" in best.passage.text
    assert "names WNT4" in best.why


def test_nothing_to_suggest_is_an_empty_list(library: Library) -> None:
    library.add([paper(1, "Pax6 in the lens", "Pax6 is needed for the lens.")])
    assert like(library, 1) == []
    assert for_question(library, "") == []
    with pytest.raises(LibraryError):
        like(library, 99)
