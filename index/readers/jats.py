"""Full-text articles in JATS or NLM XML, as PubMed Central and publishers give them out.

Format: https://jats.nlm.nih.gov/archiving/tag-library/1.3/ (and the older NLM Archiving DTDs).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from lxml import etree

from index.errors import ReadError
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.readers.cleaning import (
    PARAGRAPH,
    author,
    author_of,
    bare_doi,
    bare_pmcid,
    bare_pmid,
    clean,
    heading,
    marked,
    year_of,
)
from index.readers.jats_text import FLOATS, line, raw, title_line
from index.readers.licences import short_licence
from index.readers.xml_records import records

_LEFT_OUT = frozenset(
    ("title", "label", "subtitle", "sec-meta", "ref-list", "ack", "fn-group", "bio", "object-id", "history")
)
# Matter about the article rather than its subject: read by nobody who asks about genes, found by every search.
_ABOUT = re.compile(
    r"(?:authors?['’]?s?['’]? contributions?|contributors?|conflicts? of interests?.*|disclosures?|acknowledge?ments?"
    r"|(?:competing|financial|declaration of) (?:and competing )?interests?(?: statement)?|pre-?publication history"
    r"|funding(?: statement)?|financial support|references|bibliography|literature cited|publisher['’]s note"
    r"|consent for publication)",
    re.I,
)
_MOST_SUBJECTS = 8
_CLICK = re.compile(
    r"\(?(?:click here for|view|download)\b.{0,60}(?:file|data|legend|figure|table|pdf|doc)?\)?\.?"
    r"|\(.{1,40}(?:[KM]B|bytes).{0,30}\)\.?",
    re.I,
)


def read(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The articles of an <article> or <pmc-articleset>; ``source`` is the file's name.

    Yields a ReadError for an article that isn't well-formed or has neither title nor text.
    """
    number = 0
    for element in records(stream, source, ("article",)):
        number += 1
        if isinstance(element, ReadError):
            yield element
            continue
        paper = _paper(element, source)
        if paper.sections or paper.info.title:
            yield paper
        else:
            yield ReadError(f"{source}, record {number}: the article has no title and no text.", hint="Check the file.")


def _paper(article: etree._Element, source: str) -> Paper:
    sections = [*_abstracts(article), *_body(article), *_back(article)]
    return Paper(_info(article, source), tuple(sections), types=tuple(dict.fromkeys(_types(article))))


def _types(article: etree._Element) -> Iterator[str]:
    """What the article is called: its type ("review-article"), and the headings that its journal puts it under."""
    if kind := clean(article.get("article-type") or ""):
        yield kind
    for subject in article.findall("front/article-meta/article-categories/subj-group/subject")[:_MOST_SUBJECTS]:
        if text := line(subject):
            yield text


def _info(article: etree._Element, source: str) -> PaperInfo:
    meta = article.find("front/article-meta")
    journal = article.find("front/journal-meta")
    if meta is None:
        front = article.find("front")
        meta = front if front is not None else etree.Element("article-meta")
    ids = {clean(str(e.get("pub-id-type"))): clean("".join(map(str, e.itertext()))) for e in meta.findall("article-id")}
    pmcid = bare_pmcid(ids.get("pmcid") or ids.get("pmc") or "")
    if not pmcid and (named := re.fullmatch(r"PMC\d+", PurePath(source).name.split(".")[0], re.I)):
        pmcid = bare_pmcid(named.group())
    title = title_line(meta.find("title-group/article-title"))
    subtitle = title_line(meta.find("title-group/subtitle"))
    return PaperInfo(
        title=": ".join(filter(None, (title.rstrip(":") if subtitle else title, subtitle))),
        authors=tuple(_authors(meta)),
        journal=_journal(journal),
        year=_year(meta),
        pmid=bare_pmid(ids.get("pmid", "")),
        pmcid=pmcid,
        doi=bare_doi(ids.get("doi", "")),
        licence=_licence(meta),
        source=source,
        retracted=_retracted(article, meta, title),
    )


_WITHDRAWN = re.compile(r"\W*retracted(?: article| paper)?\b\W*(?:[:\]–—-]|$)", re.I)
"""How publishers mark the title of a retracted article: "RETRACTED: ...", "Retracted article: ..."."""


def _retracted(article: etree._Element, meta: etree._Element, title: str) -> bool:
    """Whether the article says itself that it was withdrawn; the notice that withdraws another was not."""
    kind = (article.get("article-type") or "").lower()
    if kind == "retraction":
        return False
    links = meta.findall("related-article[@related-article-type='retraction-forward']")
    return bool(links) or kind == "retracted-article" or bool(_WITHDRAWN.match(title))


def _authors(meta: etree._Element) -> Iterator[str]:
    for contrib in meta.findall("contrib-group/contrib"):
        if contrib.get("contrib-type", "author") != "author":
            continue
        name = next(contrib.iter("name", "string-name"), None)
        collab = contrib.find("collab")
        if collab is not None:
            if text := clean("".join(str(t) for t in (collab.text, *(c.tail for c in collab)) if t)) or line(collab):
                yield text
        elif name is not None:
            surname = line(name.find("surname"))
            given = name.find("given-names")
            initials = given.get("initials") if given is not None else None
            yield (
                author(surname, initials or line(given), line(name.find("suffix")))
                if surname
                else author_of(line(name))
            )


def _journal(journal: etree._Element | None) -> str:
    if journal is None:
        return ""
    for path in (
        "journal-title-group/journal-title",
        "journal-title",
        "journal-id[@journal-id-type='nlm-ta']",
        "journal-id",
    ):
        if text := line(journal.find(path)):
            return text
    return ""


def _year(meta: etree._Element) -> int | None:
    """The year of the issue, else of the first publication of any kind."""
    years: dict[str, int] = {}
    for date in meta.findall("pub-date"):
        kind = date.get("pub-type") or date.get("date-type") or ""
        if (year := year_of(line(date.find("year")))) is not None:
            years.setdefault(kind, year)
    for kind in ("ppub", "collection", "epub-ppub", "epub", "pub"):
        if kind in years:
            return years[kind]
    return min(
        years.values(),
        default=year_of(line(meta.find("copyright-year")) or line(meta.find("permissions/copyright-year"))),
    )


def _licence(meta: etree._Element) -> str:
    links: list[str] = []
    words: list[str] = []
    for element in meta.iter("license", "license_ref", "ext-link", "license-p", "copyright-statement"):
        if element.tag == "ext-link" and not any(a.tag == "license" for a in element.iterancestors()):
            continue
        links += [str(value) for name, value in element.attrib.items() if str(name).endswith("href")]
        links += [str(element.text or "")] if element.tag == "license_ref" else []
        words.append(line(element))
        links.append(element.get("license-type") or "")
    return short_licence(links, words)


def _abstracts(article: etree._Element) -> Iterator[Section]:
    meta = article.find("front/article-meta")
    for abstract in meta.findall("abstract") if meta is not None else ():
        if abstract.get("abstract-type") in ("graphical", "video", "web-summary", "teaser"):
            continue
        title = title_line(abstract.find("title")).rstrip(":. ")
        name = {"toc": "Summary", "synopsis": "Synopsis", "summary": "Summary"}.get(
            abstract.get("abstract-type") or "", ""
        )
        first = title or name or "Abstract"
        for section in _sections(abstract, (first,)):
            kind = SectionKind.ABSTRACT if section.kind is SectionKind.BODY else section.kind
            yield Section(section.heading, section.text, kind, section.references)


def _body(article: etree._Element) -> Iterator[Section]:
    body = article.find("body")
    if body is not None:
        yield from _sections(body, ())


def _back(article: etree._Element) -> Iterator[Section]:
    for part in (*article.findall("back"), *article.findall("floats-group"), *article.findall("floats-wrap")):
        yield from _sections(part, ())


def _sections(element: etree._Element, path: tuple[str, ...]) -> Iterator[Section]:
    """The sections that ``element`` holds: its own text first, then the figures met in it, then what is nested."""
    text: list[str] = []
    floats: list[etree._Element] = []
    for child in element:
        if child.tag in _LEFT_OUT or not isinstance(child.tag, str):
            continue
        if child.tag in ("sec", "app", "app-group", "glossary", "notes"):
            yield from _flush(text, floats, path)
            default = {"app": "Appendix", "glossary": "Abbreviations"}.get(child.tag, "")
            title = title_line(child.find("title")).rstrip(":. ") or default
            if not (len(path) < 2 and _ABOUT.fullmatch(title)):
                yield from _sections(child, (*path, title) if title else path)
        elif child.tag in FLOATS:
            floats.append(child)
        elif child.tag in ("supplementary-material", "media"):
            text.append(_supplement(child))
        else:
            text.append(raw(child, floats))
    yield from _flush(text, floats, path)


def _flush(text: list[str], floats: list[etree._Element], path: tuple[str, ...]) -> Iterator[Section]:
    """The section of what was gathered, then its figures, tables and boxes; both lists are emptied."""
    notes = [raw(note) for note in floats if note.tag == "fn"]
    found = marked(PARAGRAPH.join((*text, *notes)))
    if found.text:
        yield Section(heading(path), found.text, SectionKind.BODY, found.references)
    held = [element for element in floats if element.tag != "fn"]
    text.clear()
    floats.clear()
    for element in held:
        if element.tag == "boxed-text":
            title = (
                title_line(element.find("title"))
                or title_line(element.find("caption/title"))
                or line(element.find("label"))
                or "Box"
            )
            yield from _sections(element, (*path, title))
        elif element.tag in ("fig-group", "table-wrap-group"):
            yield from _float(element)
            for inner in element.iter("fig", "table-wrap"):
                yield from _float(inner)
        else:
            yield from _float(element)


def _float(element: etree._Element) -> Iterator[Section]:
    """A figure's legend or a table: caption, rows and footnotes."""
    kind = SectionKind.TABLE if element.tag.startswith("table") else SectionKind.FIGURE
    caption = element.find("caption")
    title = title_line(caption.find("title")) if caption is not None else ""
    inside: list[etree._Element] = []
    pieces = [raw(caption, inside)] if caption is not None else []
    for child in element:
        if child.tag not in ("label", "caption", "fig", "table-wrap", "object-id"):
            pieces += [PARAGRAPH, *(_notes(child) if child.tag == "table-wrap-foot" else [raw(child, inside)])]
    pieces += [PARAGRAPH + raw(note) for note in inside if note.tag == "fn"]
    found = marked(PARAGRAPH.join(pieces))
    if found.text:
        yield Section(_float_heading(line(element.find("label")), title, kind), found.text, kind, found.references)
    for nested in inside:
        if nested.tag in ("fig", "table-wrap"):
            yield from _float(nested)


def _notes(foot: etree._Element) -> list[str]:
    """Footnotes of a table as paragraphs, their marks before them."""
    return [PARAGRAPH + raw(child) for child in foot if isinstance(child.tag, str)]


def _float_heading(label: str, title: str, kind: SectionKind) -> str:
    """The heading "Figure 1. Title" however the label is written ("Fig 1.", "FIGURE 1:")."""
    label = re.sub(r"^fig(?:ure|\.)?\s*(?=[\dS])", "Figure ", label.rstrip(".: "), flags=re.I)
    label = re.sub(r"^table\s*(?=[\dS])", "Table ", label, flags=re.I)
    name = label or kind.value.capitalize()
    return f"{name}. {title}" if title else name


def _supplement(element: etree._Element) -> str:
    """Label and caption of a supplementary file, without the words of the link to it."""
    label = line(element.find("label"))
    pieces = []
    for caption in element.iter("caption"):
        for part in caption:
            if (text := raw(part)) and not _CLICK.fullmatch(line(part)):
                pieces.append(text)
    if not pieces:
        return ""
    joined = PARAGRAPH.join(pieces).lstrip(PARAGRAPH)
    return PARAGRAPH + (f"{label.rstrip('. ')}. " if label else "") + joined + PARAGRAPH
