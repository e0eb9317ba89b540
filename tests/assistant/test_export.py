"""References as Markdown, BibTeX and RIS: read back by other people's parsers, with hostile text in every field."""

from __future__ import annotations

import bibtexparser
import pytest
import rispy

from assistant import export
from assistant.answers import REFUSAL, Answer, Citation, Sentence
from index.papers import PaperInfo

PLAIN = PaperInfo(
    title="Lens growth needs Aqr2",
    authors=("Okafor NI", "Lindqvist A", "Marta Silva"),
    journal="Journal of Invented Results",
    year=2019,
    pmid="11111",
    pmcid="PMC222",
    doi="10.1234/jir.2019",
    id=1,
)
HOSTILE = PaperInfo(
    title="A 50% {drop} in R&D_x #1 $5 ~ ^ \\end{x}\nER  - \r\nTY  - EVIL",
    authors=("O'Neil} @article{evil", "Müller-Łukasz K", "International Mouse Invention Consortium"),
    journal="Acta & Co_{x}",
    year=2020,
    doi='10.1/a"b<c>{d}',
    id=2,
)


def answer(*papers: PaperInfo, refused: bool = False) -> Answer:
    citations = tuple(
        Citation(n, paper, 0, "Results", 0, 5, f"Quote {n} of *it*.", page=n) for n, paper in enumerate(papers, 1)
    )
    sentences = tuple(Sentence(f"Claim {c.n} holds.", (c.n,)) for c in citations)
    return Answer("Is <b>it</b> so?", "", sentences, citations, (), "extractive", refused=refused)


def test_bibtex_reads_back_with_every_field() -> None:
    entry = bibtexparser.loads(export.bibtex([PLAIN])).entries[0]
    assert entry["ENTRYTYPE"] == "article"
    assert entry["ID"] == "okafor2019"
    assert entry["title"].strip("{}") == PLAIN.title
    assert entry["author"] == "Okafor, NI and Lindqvist, A and Silva, Marta"
    assert (entry["journal"], entry["year"], entry["doi"]) == (PLAIN.journal, "2019", PLAIN.doi)
    assert (entry["pmid"], entry["pmcid"], entry["url"]) == ("11111", "PMC222", "https://doi.org/10.1234/jir.2019")


def test_bibtex_hostile_text_stays_inside_its_own_entry() -> None:
    written = export.bibtex([HOSTILE, PLAIN])
    entries = bibtexparser.loads(written).entries
    assert [entry["ID"] for entry in entries][1] == "okafor2019"
    assert len(entries) == 2
    assert r"A 50\% \textbraceleft{}drop\textbraceright{} in R\&D\_x \#1 \$5" in written
    assert r"\textasciitilde{} \textasciicircum{} \textbackslash{}end" in written
    assert all(line.count("{") == line.count("}") for line in written.splitlines() if " = " in line)
    assert "{International Mouse Invention Consortium}" in entries[0]["author"]


def test_bibtex_keys_are_unique_ascii() -> None:
    entries = bibtexparser.loads(export.bibtex([PLAIN, PLAIN, HOSTILE, PaperInfo("Über alles")])).entries
    keys = [entry["ID"] for entry in entries]
    assert len(set(keys)) == 4
    assert all(key.isascii() for key in keys)


def test_ris_reads_back_with_every_field() -> None:
    record = rispy.loads(export.ris([PLAIN]))[0]
    assert record["type_of_reference"] == "JOUR"
    assert record["title"] == PLAIN.title
    assert record["authors"] == ["Okafor, NI", "Lindqvist, A", "Silva, Marta"]
    assert (record["year"], record["doi"]) == ("2019", PLAIN.doi)
    assert record["urls"] == ["https://doi.org/10.1234/jir.2019"]


def test_ris_hostile_title_opens_no_record() -> None:
    records = rispy.loads(export.ris([HOSTILE, PLAIN]))
    assert len(records) == 2
    assert records[0]["title"].endswith("ER - TY - EVIL")
    assert records[1]["title"] == PLAIN.title


def test_links_keep_scheme_and_host_whatever_the_identifier() -> None:
    paper = PaperInfo("t", doi="javascript:alert(1)//\"'><x", pmid="1/../../evil?x", pmcid="PMC1#y")
    addresses = [address for _, address in export.paper_links(paper)]
    assert addresses[0].startswith("https://doi.org/")
    assert addresses[1] == "https://pubmed.ncbi.nlm.nih.gov/1%2F..%2F..%2Fevil%3Fx/"
    assert addresses[2] == "https://pmc.ncbi.nlm.nih.gov/articles/PMC1%23y/"
    assert not any(c in address for address in addresses for c in "\"'<> ")


def test_markdown_has_answer_markers_quotes_and_pages() -> None:
    text = export.markdown(answer(PLAIN, HOSTILE))
    assert "Claim 1 holds [1]." in text
    assert "[1] Okafor NI, Lindqvist A, Marta Silva (2019). Lens growth needs Aqr2." in text
    assert "“Quote 1 of \\*it\\*.” (Results, p. 1)" in text
    assert "# Is \\<b\\>it\\</b\\> so?" in text


def test_markdown_renders_no_image_link_or_html_from_model_or_paper() -> None:
    evil = Sentence("See ![x](http://evil/?q=1) and [y](http://evil) <img src=x> `c` [9].", (1,))
    text = export.markdown(
        Answer("q", "q", (evil,), answer(PLAIN).citations, (), "openai"),
    )
    assert "\\!\\[x\\](http" in text
    assert "\\[y\\](" in text
    assert "\\<img" in text
    assert "\\[9\\]" in text


def test_markdown_strikes_unsupported_sentences_and_leaves_out_unknown_markers() -> None:
    found = Answer("q", "q", (Sentence("Bad.", (1, 7), "a number"),), answer(PLAIN).citations, (), "openai")
    text = export.markdown(found)
    assert "~~Bad [1].~~ (a number)" in text
    assert "[7]" not in text


def test_refusal_exports_the_refusal_sentence_only() -> None:
    assert export.markdown(answer(PLAIN, refused=True)).strip().endswith(REFUSAL)


def test_each_paper_is_referenced_once_in_order_of_citation() -> None:
    assert export.references(answer(HOSTILE, PLAIN, HOSTILE)) == [HOSTILE, PLAIN]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Song N", "Song, N"),
        ("van der Berg JH", "van der Berg, JH"),
        ("Naina Song", "Song, Naina"),
        ("Song, Naina", "Song, Naina"),
        ("Consortium", "Consortium"),
    ],
)
def test_authors_family_name_first(name: str, expected: str) -> None:
    assert rispy.loads(export.ris([PaperInfo("t", (name,))]))[0]["authors"] == [expected]


def test_empty_paper_exports_without_empty_fields() -> None:
    assert bibtexparser.loads(export.bibtex([PaperInfo("Only a title")])).entries == [
        {"ENTRYTYPE": "misc", "ID": "onlyatitle", "title": "{Only a title}"}
    ]
    assert "= {}" not in export.bibtex([PaperInfo("Only a title")])
    assert export.bibtex([]) == ""
    assert export.ris([]) == ""
