from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest

from index.errors import ReadError
from index.papers import DeletedRecords, Paper, SectionKind
from index.readers import read

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def items(tmp_path: Path, content: str, name: str) -> list[Paper | ReadError]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return list(read(path))


def pubmed_record(number: int, abstract: str = "<AbstractText>Mice grew.</AbstractText>") -> str:
    return f"""<PubmedArticle><MedlineCitation><PMID Version="1">{number}</PMID><Article><Journal><JournalIssue>
    <PubDate><MedlineDate>1998 Jan-Feb</MedlineDate></PubDate></JournalIssue><Title>Journal of Mice</Title></Journal>
    <ArticleTitle>The role of <i>Zyx{number}</i>.</ArticleTitle><Abstract>{abstract}</Abstract><AuthorList><Author>
    <LastName>Song</LastName><ForeName>Ning X</ForeName><Initials>NX</Initials></Author><Author><CollectiveName>Mouse
    Group</CollectiveName></Author></AuthorList></Article></MedlineCitation><PubmedData><ArticleIdList>
    <ArticleId IdType="doi">10.1/ab.{number}</ArticleId><ArticleId IdType="pmc">PMC{number}</ArticleId></ArticleIdList>
    <ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.9/other</ArticleId></ArticleIdList></Reference>
    </ReferenceList></PubmedData></PubmedArticle>"""


def test_a_pubmed_record_keeps_its_own_identifiers(tmp_path):
    [paper] = items(tmp_path, f"<PubmedArticleSet>{pubmed_record(7)}</PubmedArticleSet>", "efetch.xml")
    info = paper.info
    assert (info.title, info.journal, info.year) == ("The role of Zyx7", "Journal of Mice", 1998)
    assert info.authors == ("Song NX", "Mouse Group")
    assert (info.pmid, info.pmcid, info.doi) == ("7", "PMC7", "")  # 10.1/… is no DOI: prefixes have four digits
    assert [s.text for s in paper.sections] == ["Mice grew."]


def test_labels_of_a_structured_abstract_become_headings(tmp_path):
    abstract = """<AbstractText Label="BACKGROUND">Why.</AbstractText><AbstractText Label="CONCLUSIONS">So
    [3].</AbstractText><CopyrightInformation>© Us</CopyrightInformation>"""
    [paper] = items(tmp_path, f"<PubmedArticleSet>{pubmed_record(1, abstract)}</PubmedArticleSet>", "a.xml")
    assert [(s.heading, s.text, s.kind) for s in paper.sections] == [
        ("Abstract / Background", "Why.", SectionKind.ABSTRACT),
        ("Abstract / Conclusions", "So [3].", SectionKind.ABSTRACT),
    ]
    assert paper.sections[1].references == ((3, 6),)
    assert paper.info.licence == "© Us"


def test_a_record_without_abstract_is_a_paper_with_a_title(tmp_path):
    [paper] = items(tmp_path, f"<PubmedArticleSet>{pubmed_record(1, '')}</PubmedArticleSet>", "a.xml")
    assert paper.sections == () and paper.info.title


def test_broken_pubmed_records_cost_only_themselves_and_deletions_are_told(tmp_path):
    good, broken = pubmed_record(1), pubmed_record(2).replace("</Article>", "")
    untitled = "<PubmedArticle><MedlineCitation><PMID>5</PMID><Article/></MedlineCitation></PubmedArticle>"
    deleted = "<DeleteCitation><PMID>9</PMID></DeleteCitation>"
    found = items(tmp_path, f"<PubmedArticleSet>{good}{broken}{untitled}{good}{deleted}</PubmedArticleSet>", "a.xml")
    assert [type(item) for item in found] == [Paper, ReadError, ReadError, Paper, DeletedRecords]
    assert found[4].pmids == ("9",)
    assert "record 2" in str(found[1]) and "PMID 5" in str(found[2])


def test_a_book_record_is_read(tmp_path):
    record = """<PubmedBookArticle><BookDocument><PMID>3</PMID><Book><BookTitle>Gene Book</BookTitle><PubDate><Year>2010
    </Year></PubDate></Book><ArticleTitle>Zyx1 disease</ArticleTitle><AuthorList Type="authors"><Author><LastName>Lee
    </LastName><Initials>A</Initials></Author></AuthorList><Abstract><AbstractText>Rare.</AbstractText></Abstract>
    </BookDocument></PubmedBookArticle>"""
    [paper] = items(tmp_path, f"<PubmedArticleSet>{record}</PubmedArticleSet>", "b.xml")
    assert (paper.info.title, paper.info.journal, paper.info.year) == ("Zyx1 disease", "Gene Book", 2010)
    assert paper.info.authors == ("Lee A",) and paper.sections[0].text == "Rare."


def test_a_long_packed_file_is_read_in_constant_memory(tmp_path):
    def peak(records: int) -> int:
        path = tmp_path / f"{records}.xml.gz"
        with gzip.open(path, "wt") as out:
            out.write("<PubmedArticleSet>")
            out.writelines(pubmed_record(n) for n in range(1, records + 1))
            out.write("</PubmedArticleSet>")
        tracemalloc.start()
        count = sum(isinstance(item, Paper) for item in read(path))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == records
        return most

    assert peak(3000) < 2 * peak(500)


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "data/papers/pubmed").exists(), reason="needs the shared records")
def test_a_yearly_file_of_pubmed_is_read_whole():
    found = list(read(SHARED / "data/papers/pubmed/pubmed21n1298.xml.gz"))
    assert len(found) == 20_789
    assert len(found[-1].pmids) == 20
    assert sum(isinstance(item, Paper) and bool(item.sections) for item in found) == 18_445
    assert sum(isinstance(item, ReadError) for item in found) == 1  # a record without title and abstract


NBIB = """PMID- 123
TI  - Loss of Zyx1 makes mice
      small.
AU  - Song N
AU  - Lee AB
JT  - Journal of mice
DP  - 2007 Mar 1
PMC - PMC55
AID - 10.1234/AB.5 [doi]
AB  - BACKGROUND: Size varies. RESULTS: Mice without Zyx1
      were small.

PMID- 124
AU  - Song N

PMID- 125
TI  - A second paper.
"""


def test_nbib_records_are_read_and_one_without_title_is_told(tmp_path):
    first, second, third = items(tmp_path, NBIB, "export.txt")
    assert first.info.title == "Loss of Zyx1 makes mice small"
    assert first.info.authors == ("Song N", "Lee AB")
    assert (first.info.pmid, first.info.pmcid, first.info.doi, first.info.year) == (
        "123",
        "PMC55",
        "10.1234/ab.5",
        2007,
    )
    assert [(s.heading, s.text) for s in first.sections] == [
        ("Abstract / Background", "Size varies."),
        ("Abstract / Results", "Mice without Zyx1 were small."),
    ]
    assert isinstance(second, ReadError) and "record 2" in str(second)
    assert third.info.title == "A second paper"


RIS = """TY  - JOUR
AU  - Song, Ning
AU  - Lee, A. B.
TI  - Loss of Zyx1 makes mice small
JO  - J Mice
PY  - 2007/03/01
DO  - https://doi.org/10.1234/AB.5
AB  - Mice were small (Smith 2004).
ER  -

TY  - JOUR
AU  - Nobody, A.
ER  -
TY  - JOUR
T1  - Last one
"""


def test_ris_records_are_read_even_without_an_end_mark(tmp_path):
    first, second, third = items(tmp_path, RIS, "export.ris")
    assert first.info.authors == ("Song N", "Lee AB")
    assert (first.info.year, first.info.doi, first.info.journal) == (2007, "10.1234/ab.5", "J Mice")
    assert first.sections[0].references == ((16, 28),)
    assert isinstance(second, ReadError) and "record 2" in str(second)
    assert third.info.title == "Last one"


@pytest.mark.parametrize("end", ["AB  - Mice were sm", "AB  - Mice were small. They gr\new and", "AB", "DO  -"])
def test_a_last_ris_record_that_breaks_off_is_told(tmp_path, end):
    first, cut = items(tmp_path, f"TY  - JOUR\nTI  - One\nER  -\n\nTY  - JOUR\nTI  - Two\n{end}", "cut.ris")
    assert isinstance(first, Paper)
    assert isinstance(cut, ReadError) and "record 2" in str(cut) and "cut off" in str(cut)


@pytest.mark.parametrize("end", ["AB  - Mice were small.", "AB  - Mice were small\nER  -", "PY  - 2007"])
def test_a_last_ris_record_that_only_lacks_its_end_mark_is_kept(tmp_path, end):
    [paper] = items(tmp_path, f"TY  - JOUR\nTI  - Two\n{end}\n", "whole.ris")
    assert isinstance(paper, Paper)


BIBTEX = r"""% exported
@string{jm = "Journal of Mice"}
@article{a1,
  title = {Loss of {\it Zyx1} in {M}\"uller's mice},
  author = {Song, Ning and M{\"u}ller, Anna B. and others},
  journal = jm, year = 2007, doi = {10.1234/AB_5}, pmid = {12},
  abstract = {Mice were 5\% smaller --- see Fig.~1.}
}
@article{broken, title = {never closed
@comment{nothing}
@book{b2, title = "Second", year = "2001"}
"""


def test_bibtex_entries_are_read_with_latex_decoded(tmp_path):
    first, second, third = items(tmp_path, BIBTEX, "refs.bib")
    assert first.info.title == "Loss of Zyx1 in Müller's mice"
    assert first.info.authors == ("Song N", "Müller AB")
    assert (first.info.journal, first.info.year, first.info.pmid) == ("Journal of Mice", 2007, "12")
    assert first.info.doi == "10.1234/ab_5"
    assert first.sections[0].text == "Mice were 5% smaller — see Fig. 1."
    assert isinstance(second, ReadError) and "line 9" in str(second)
    assert third.info.title == "Second"


def test_bioc_documents_are_read(tmp_path):
    bioc = """{"documents": [{"id": "PMC5", "passages": [
      {"infons": {"section_type": "TITLE", "type": "front", "year": "2007", "article-id_pmid": "9"}, "text": "On Zyx1"},
      {"infons": {"section_type": "ABSTRACT", "type": "abstract"}, "text": "Short."},
      {"infons": {"section_type": "RESULTS", "type": "title_1"}, "text": "Results"},
      {"infons": {"section_type": "RESULTS", "type": "paragraph"}, "text": "Long."},
      {"infons": {"section_type": "REF", "type": "ref"}, "text": "Smith"}]}, {"id": 3}]}"""
    paper, broken = items(tmp_path, bioc, "bioc.json")
    assert (paper.info.title, paper.info.pmcid, paper.info.pmid, paper.info.year) == ("On Zyx1", "PMC5", "9", 2007)
    assert [(s.heading, s.text) for s in paper.sections] == [("Abstract", "Short."), ("Results", "Long.")]
    assert isinstance(broken, ReadError) and "record 2" in str(broken)
