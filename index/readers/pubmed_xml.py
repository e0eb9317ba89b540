"""PubMed and MEDLINE records in XML: one record of efetch or a yearly file of 30,000, record by record.

Format: https://dtd.nlm.nih.gov/ncbi/pubmed/ (PubmedArticleSet, PubmedArticle, PubmedBookArticle).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from index.errors import ReadError
from index.papers import DeletedRecords, Offered, Paper, PaperInfo, Section
from index.readers.abstracts import abstract_sections, plain_title
from index.readers.cleaning import author, bare_doi, bare_pmcid, bare_pmid, heading, year_of
from index.readers.jats_text import line, raw
from index.readers.licences import short_licence
from index.readers.xml_records import records
from index.releases import versioned

_RECORDS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation", "DeleteCitation")
_UNLABELLED = frozenset(("", "UNASSIGNED", "UNLABELLED", "UNLABELED", "ABSTRACT"))


def read(stream: BinaryIO, source: str) -> Iterator[Offered]:
    """The records of ``stream``, one at a time; a record without abstract is a paper with a title alone.

    Lists of deleted records come as they are. Yields a ReadError for a record that is broken or has no title.
    """
    number = 0
    for element in records(stream, source, _RECORDS):
        number += 1
        if isinstance(element, ReadError):
            yield element
            continue
        if element.tag == "DeleteCitation":
            yield DeletedRecords(tuple(filter(None, (bare_pmid(line(e)) for e in element.findall("PMID")))), source)
            continue
        paper = _paper(element, source)
        if paper.info.title or paper.sections:
            yield paper
        else:
            which = f" (PMID {paper.info.pmid})" if paper.info.pmid else ""
            yield ReadError(
                f"{source}, record {number}{which} has no title and no abstract.", hint="Download it again."
            )


def _paper(record: etree._Element, source: str) -> Paper:
    book = record.find("BookDocument")
    citation = record if record.tag == "MedlineCitation" else record.find("MedlineCitation")
    entry = book if book is not None else citation
    if entry is None:
        return Paper(PaperInfo(""), ())
    found = book if book is not None else entry.find("Article")
    article = found if found is not None else entry
    abstract = article.find("Abstract")
    if abstract is None:
        abstract = entry.find("OtherAbstract[@Language='eng']")
    types = article.findall("PublicationTypeList/PublicationType") + article.findall("PublicationType")
    headings = entry.findall("MeshHeadingList/MeshHeading/DescriptorName")
    return Paper(
        _info(record, entry, article, abstract, source),
        tuple(_sections(abstract)),
        types=tuple(filter(None, map(line, types))),
        headings=tuple(filter(None, map(line, headings))),
    )


def _info(
    record: etree._Element,
    entry: etree._Element,
    article: etree._Element,
    abstract: etree._Element | None,
    source: str,
) -> PaperInfo:
    ids = {
        str(e.get("IdType")): str(e.text or "")
        for path in ("PubmedData/ArticleIdList/ArticleId", "BookDocument/ArticleIdList/ArticleId")
        for e in record.findall(path)
    }
    for e in article.findall("ELocationID[@EIdType='doi']"):
        if e.get("ValidYN", "Y") == "Y":
            ids.setdefault("doi", str(e.text or ""))
    for e in entry.findall("OtherID[@Source='NLM']"):
        if str(e.text).startswith("PMC"):
            ids.setdefault("pmc", str(e.text).split()[0])
    title = next(
        filter(None, (line(article.find(p)) for p in ("ArticleTitle", "VernacularTitle", "Book/BookTitle"))), ""
    )
    journal = next(filter(None, (line(article.find(p)) for p in ("Journal/Title", "Journal/ISOAbbreviation"))), "")
    record_number = entry.find("PMID")
    return PaperInfo(
        title=plain_title(title),
        authors=tuple(_authors(article)),
        journal=journal or line(article.find("Book/BookTitle")),
        year=_year(article),
        pmid=bare_pmid(line(record_number)),
        pmcid=bare_pmcid(ids.get("pmc", "")),
        doi=bare_doi(ids.get("doi", "")),
        licence=short_licence((), (line(abstract.find("CopyrightInformation")),) if abstract is not None else ()),
        source=versioned(source, record_number.get("Version") if record_number is not None else None),
        retracted=_retracted(entry, article),
    )


def _retracted(entry: etree._Element, article: etree._Element) -> bool:
    """Whether the paper was withdrawn; the notice that withdraws another ("Retraction of Publication") was not."""
    kinds = (line(e).lower() for e in article.findall("PublicationTypeList/PublicationType"))
    links = entry.findall("CommentsCorrectionsList/CommentsCorrections[@RefType='RetractionIn']")
    return bool(links) or "retracted publication" in kinds


def _authors(article: etree._Element) -> Iterator[str]:
    lists = [found for found in article.findall("AuthorList") if found.get("Type", "authors") == "authors"]
    for person in lists[0] if lists else ():
        if person.get("ValidYN", "Y") == "N":
            continue
        if surname := line(person.find("LastName")):
            given = line(person.find("Initials")) or line(person.find("ForeName"))
            yield author(surname, given, line(person.find("Suffix")))
        elif group := line(person.find("CollectiveName")):
            yield group.rstrip(".")


def _year(article: etree._Element) -> int | None:
    for path in ("Journal/JournalIssue/PubDate", "ArticleDate", "ContributionDate", "Book/PubDate"):
        for date in article.findall(path):
            if (year := year_of(line(date.find("Year")) or line(date.find("MedlineDate")))) is not None:
                return year
    return None


def _sections(abstract: etree._Element | None) -> Iterator[Section]:
    """A section for each labelled part; parts without a label that follow each other are one section."""
    parts: list[tuple[str, str]] = []
    for part in abstract.findall("AbstractText") if abstract is not None else ():
        label = line_label(part.get("Label") or "")
        parts.append((heading(("Abstract", label)), raw(part)))
    return abstract_sections(parts)


def line_label(label: str) -> str:
    """A label as a heading: "Conclusions" of "CONCLUSIONS:"; empty where it only says that there is none."""
    label = " ".join(label.split()).rstrip(":. ")
    if label.upper() in _UNLABELLED:
        return ""
    return label.capitalize() if label.isupper() and len(label) > 4 else label
