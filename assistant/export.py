"""An answer with its references for other programs: Markdown, BibTeX, RIS."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from assistant.answers import NOT_SAID, OWN, REFUSAL, Answer, Citation
from index.papers import PaperInfo

_INITIALS = re.compile(r"[A-Z](?:[A-Z.\-]{0,6})")
_LATEX = {
    "\\": r"\textbackslash{}",
    # Not \{ and \}: BibTeX counts braces without looking at what stands before them.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_MARKDOWN = re.compile(r"([\\`*<>\[\]|~]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)|!(?=\[)|(?<![^\s])#)")


def references(answer: Answer) -> list[PaperInfo]:
    """The papers that an answer cites, each once, in the order of their first citation."""
    papers: dict[object, PaperInfo] = {}
    for citation in answer.citations:
        papers.setdefault(citation.paper.id or citation.paper, citation.paper)
    return list(papers.values())


def paper_links(paper: PaperInfo) -> list[tuple[str, str]]:
    """(label, https address) of every place where a paper stands on the web: DOI, PubMed, PMC.

    Identifiers come from files that anyone may have written, so they are percent-encoded: an identifier can
    never change the address's scheme or host.
    """
    links = []
    if paper.doi:
        links.append(("DOI", f"https://doi.org/{_doi(paper.doi)}"))
    if paper.pmid:
        links.append(("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{quote(paper.pmid, safe='')}/"))
    if paper.pmcid:
        links.append(("PMC", f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(paper.pmcid, safe='')}/"))
    return links


def markdown(answer: Answer) -> str:
    """The question, the answer with its markers and the numbered quotes that it rests on, as Markdown.

    Text from papers and models is escaped: no image, link or HTML in it comes alive where the export is rendered.
    """
    return "\n".join([f"# {escaped(answer.question)}", "", *markdown_body(answer)])


def markdown_body(answer: Answer, level: int = 2) -> list[str]:
    """The lines of `markdown` without the question; headings inside are of this ``level``."""
    head = "#" * level
    if answer.refused:
        return [REFUSAL, ""]
    lines: list[str] = []
    for part, said in answer.paragraphs:
        lines += [f"{head} {escaped(part)}", ""] if part else []
        paragraph = []
        for sentence in said:
            if sentence.own:
                paragraph.append(f"{escaped(sentence.text)} *{OWN}*")
                continue
            text = _marked(sentence.text, sentence.markers, answer.citations)
            paragraph.append(text if sentence.supported else f"~~{text}~~ ({escaped(problem(sentence.problem))})")
        lines += [" ".join(paragraph) or NOT_SAID, ""]
    if answer.citations:
        lines += [f"{head} References", ""]
        lines += [_md_reference(citation) for citation in answer.citations]
        lines.append("")
    return lines


def as_data(answer: Answer) -> dict[str, Any]:
    """An answer as plain data for programs (JSON): text, sentences with their markers, citations with their quotes."""
    return {
        "question": answer.question,
        "standalone": answer.standalone,
        "answer": answer.text,
        "refused": answer.refused,
        "generator": answer.generator,
        "seconds": round(answer.seconds, 3),
        "sentences": [
            {"text": s.text, "markers": list(s.markers), "supported": s.supported, "problem": s.problem}
            | ({"own": True} if s.own else {})
            for s in answer.sentences
        ],
        "citations": [
            {
                "n": c.n,
                "title": c.paper.title,
                "year": c.paper.year,
                "doi": c.paper.doi,
                "pmid": c.paper.pmid,
                "pmcid": c.paper.pmcid,
                "retracted": c.paper.retracted,
                "section": c.section,
                "heading": c.heading,
                "page": c.page,
                "start": c.start,
                "end": c.end,
                "quote": c.quote,
                "evidence": c.grades.as_data(),
            }
            for c in answer.citations
        ],
    }


def problem(reason: str) -> str:
    """Why a sentence counts as unsupported, in words; a sentence without any quote gets its own."""
    return reason or "no quote supports this sentence"


def bibtex(papers: Iterable[PaperInfo]) -> str:
    """Papers as BibTeX entries (UTF-8, LaTeX's special characters escaped, every key unique)."""
    entries = []
    used: set[str] = set()
    for paper in papers:
        fields = {
            "title": f"{{{_latex(paper.title)}}}",
            "author": " and ".join(_latex_author(name) for name in paper.authors),
            "journal": _latex(paper.journal),
            "year": str(paper.year) if paper.year else "",
            "doi": _doi(paper.doi),
            "pmid": _latex(paper.pmid),
            "pmcid": _latex(paper.pmcid),
            "url": _latex_url(paper),
            "note": "Retracted" if paper.retracted else "",
        }
        body = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value.strip("{}"))
        kind = "article" if paper.journal else "misc"
        entries.append(f"@{kind}{{{_key(paper, used)}{body}\n}}\n")
    return "\n".join(entries)


def ris(papers: Iterable[PaperInfo]) -> str:
    """Papers as RIS records (lines end in CR LF, as the format asks)."""
    lines: list[str] = []
    for paper in papers:
        links = paper_links(paper)
        tags = [
            ("TY", "JOUR" if paper.journal else "GEN"),
            ("TI", paper.title),
            *(("AU", _family_first(name)) for name in paper.authors),
            ("JO", paper.journal),
            ("PY", str(paper.year) if paper.year else ""),
            ("DO", paper.doi),
            ("AN", paper.pmid or paper.pmcid),
            ("UR", links[0][1] if links else ""),
            ("N1", "Retracted" if paper.retracted else ""),
        ]
        lines += [f"{tag}  - {_line(value)}" for tag, value in tags if _line(value)]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines)


DIGEST = "Digest written for Locus, not the paper's own words."
"""What is said of a quote from a starter digest."""


def full_reference(paper: PaperInfo, *, authors: int = 6) -> str:
    """A reference on one line: authors (shortened to ``authors`` names), year, title, journal."""
    names = ", ".join(paper.authors[:authors]) + (" et al." if len(paper.authors) > authors else "")
    who = f"{names} ({paper.year})" if names and paper.year else names or str(paper.year or "")
    parts = [part.rstrip(".") for part in (who, _line(paper.title), paper.journal) if part]
    told = ". ".join(parts) + "." if parts else "Untitled."
    return f"{told} Retracted." if paper.retracted else told


def _marked(text: str, markers: Iterable[int], citations: Iterable[Citation]) -> str:
    known = {citation.n for citation in citations}
    marks = "".join(f"[{n}]" for n in markers if n in known)
    body = escaped(text)
    if not marks:
        return body
    end = body[-1] if body and body[-1] in ".!?" else ""
    return f"{body[: len(body) - len(end)]} {marks}{end}"


def _md_reference(citation: Citation) -> str:
    where = ", ".join(
        part for part in (escaped(citation.heading), f"p. {citation.page}" if citation.page else "") if part
    )
    links = paper_links(citation.paper)
    address = f" <{links[0][1]}>" if links else ""
    digest = f" {DIGEST}" if citation.paper.collection == "starter" else ""
    place = f" ({where})" if where else ""
    reference = f"[{citation.n}] {escaped(full_reference(citation.paper))}{address}{digest}"
    evidence = f"  \nEvidence: {escaped(citation.grades.in_short)}" if citation.grades else ""
    return f"{reference}  \n“{escaped(citation.quote)}”{place}{evidence}\n"


def _line(text: str) -> str:
    """Text on one line, control characters gone: a record's value must not open a new field."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())


def escaped(text: str) -> str:
    """Text on one line of Markdown in which nothing comes alive."""
    return _MARKDOWN.sub(r"\\\1", _line(text))


def _latex(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in _line(text))


def _doi(doi: str) -> str:
    # Programs want it bare, and LaTeX's \url reads it verbatim: encoded, only what a DOI hardly ever has changes.
    return quote(doi, safe="/.:;()-_")


def _latex_url(paper: PaperInfo) -> str:
    # Percent-encoded already, so no brace can unbalance the entry; \url reads the rest verbatim.
    links = paper_links(paper)
    return links[0][1] if links else ""


def _family_first(name: str) -> str:
    """`Song N` and `Naina Song` as `Song, N` and `Song, Naina`; one word or a comma: left as it is."""
    words = _line(name).split()
    if len(words) < 2 or "," in name:
        return " ".join(words)
    if _INITIALS.fullmatch(words[-1]):
        return f"{' '.join(words[:-1])}, {words[-1]}"
    if len(words) > 3:  # "International Mouse Phenotyping Consortium": a group, not a person
        return " ".join(words)
    return f"{words[-1]}, {' '.join(words[:-1])}"


def _latex_author(name: str) -> str:
    person = _family_first(name)
    escaped = _latex(person)
    return escaped if "," in person else f"{{{escaped}}}"


def _key(paper: PaperInfo, used: set[str]) -> str:
    """A citation key in plain ASCII ("song2007"), with a letter where it is taken."""
    family = _family_first(paper.authors[0]).split(",")[0] if paper.authors else paper.title
    ascii_only = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
    stem = (re.sub(r"[^a-z]", "", ascii_only.lower())[:24] or "paper") + str(paper.year or "")
    key, n = stem, 1
    while key in used:
        n += 1
        key = f"{stem}-{n}"
    used.add(key)
    return key
