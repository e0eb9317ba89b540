"""Questions on the papers themselves: who wrote, where and when it appeared, which papers there are on something.

They are answered from the library's records. A record is no text that could be quoted, so each sentence cites the
paper's own words that show which paper is meant, and the answer says so in a note.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.answers import Answer, Citation, Sentence
from assistant.grounding import plain
from index.genes import find
from index.papers import Hit, Paper, PaperInfo, SectionKind
from index.search import search
from index.sentences import split
from index.store import Store
from index.terms import stems

NOTE = (
    "From the library’s records of the papers: authors, journal, year and identifiers are not quoted from their texts; "
    "each quote shows which paper is meant."
)
NAME = "library records"
"""What stands in place of a generator's name."""
MOST_PAPERS = 6
MOST_AUTHORS = 20
MOST_SENTENCES = 6
_COVERED = 0.6
"""Share of what is asked that title and abstract must hold, all genes apart, for a paper to be on it."""


class Wanted(StrEnum):
    """What of a paper is asked."""

    AUTHORS = "authors"
    JOURNAL = "journal"
    YEAR = "year"
    IDENTIFIERS = "identifiers"
    PAPERS = "papers"
    CONTENT = "content"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on papers: what is wanted, and of which: ``about`` names a topic or an identifier.

    ``about`` is empty where the papers of the answer before are meant ("Who wrote it?").
    """

    wanted: Wanted
    about: str = ""
    identifier: str = ""


IDENTIFIER = re.compile(
    r"\b(?:PMID:?\s*\d{1,9}|PMC\d{2,9}|(?:doi:?\s*)?10\.\d{4,9}/[^\s,;?]+[^\s,;?.)])", re.IGNORECASE
)
_WORK = r"(?:papers?|study|studies|articles?|works?|publications?|reports?)"
_ON = (
    r"(?:on|about|of|describing|reporting|concerning|regarding|dealing with|that (?:describes?"
    r"|reports?|shows?|studies)|in)"
)
_IT = (
    r"(?:it|this|that|these|they|them|the same|(?:this|that|the|these|those|its|their"
    r"|your) (?:(?:last|first|cited) )?(?:papers?|study|studies|articles?|findings?|results?|research"
    r"|work|finding|source|sources|answer))"
)
_OF = rf"(?:(?:an?|the|your)?\s*{_WORK}\s+{_ON}\s+(?P<about>.+?)|(?P<it>{_IT}))"
_LEAD = r"^(?:(?:and|but|so|ok(?:ay)?|please|then|also|can you tell me|tell me|do you know)\b[\s,]*)*"
_WORDINGS: tuple[tuple[Wanted, str], ...] = (
    (
        Wanted.AUTHORS,
        rf"(?:who (?:wrote|authored|published|did|conducted|reported|made|found|are|is|were|was)"
        rf"(?: the (?:first |last |senior |corresponding )?authors?(?: of)?)?\s*{_OF}?(?: by)?"
        rf"|(?:what|which|who) (?:are|is|were) (?:the|its|their)? ?(?:names? of the )?(?:first |last |senior )?authors?"
        rf"(?: of {_OF})?|(?:the )?(?:first |last |senior )?authors?(?: of {_OF})?"
        rf"|by whom (?:was|is|were) {_OF}(?: written| published)?|whose (?:paper|work|study) is (?:it|this|that))",
    ),
    (
        Wanted.JOURNAL,
        rf"(?:(?:in )?(?:which|what) journal(?:s)?(?: (?:was|is|did|were|has|published|does)(?: {_OF})?"
        r"(?: (?:been )?(?:published|appear(?:ed)?|from|come from|out))?(?: in)?)?"
        rf"|where (?:was|is|were|did) {_OF} (?:published|appear|printed)|(?:the )?journal(?: of {_OF})?"
        rf"|(?:what|which) (?:is|was) (?:the|its|their) journal(?: of {_OF})?)",
    ),
    (
        Wanted.YEAR,
        rf"(?:when (?:was|is|were|did) {_OF} (?:published|appear|written|printed|come out|out)"
        rf"|(?:in )?(?:which|what) year(?: (?:was|is|were|did) {_OF}(?: (?:published|appear|written|from))?)?"
        rf"|(?:the )?(?:publication )?year(?: of {_OF})?)",
    ),
    (
        Wanted.IDENTIFIERS,
        rf"(?:(?:what|which)(?: is|'s| are)? )?(?:the |its |their )?(?:PMIDs?|PMCIDs?|DOIs?"
        rf"|PubMed ids?|identifiers?|links?"
        rf"|URLs?|citations?|references?)(?: (?:of|for|to) {_OF}|(?: (?:does|has|is) {_OF}(?: have)?))?",
    ),
    (
        Wanted.CONTENT,
        rf"what (?:(?:is|are|was) {_OF} about|(?:does|do|did) {_OF} (?:say|report|conclude|describe|deal with))",
    ),
    (Wanted.SUMMARY, rf"(?:summari[sz]e|(?:give me )?(?:a |the )?summary of) (?:the )?{_WORK} {_ON} (?P<about>.+?)"),
    (
        Wanted.PAPERS,
        rf"(?:(?:which|what|how many|in which|in what|from which|list(?: all| me)?|show(?: me)?|find(?: me)?|give me"
        rf"|are there(?: any)?|do you have(?: any)?|is there(?: an?| any)?)"
        rf"(?: (?:the|all|any|of the|other))* ?{_WORK}"
        r"(?: (?:are|is|do you have|were|was|there are|in (?:the|this) library|here))*"
        rf"(?: (?:{_ON}|stud(?:y|ies|ied)|mentions?|discuss(?:es)?|deals? with|cover(?:s|ed)?"
        rf"|name[sd]?|describes?|reports?"
        rf"|shows?|finds?|found|showed|reported|described)(?: that)? (?P<about>.+?)| (?P<it>(?:it|this|that)))?"
        rf"|{_WORK} (?:on|about) (?P<about2>.+?)|(?:the )?sources?|what (?:is|are) (?:the|your"
        rf"|its) (?:sources?|titles?)"
        rf"|(?:what is )?the title(?: of {_OF})?)",
    ),
)


def _compiled(wording: str) -> re.Pattern[str]:
    """The wording as a whole question; groups of one name are numbered, since a pattern may hold each name once."""
    counts: dict[str, int] = {}

    def numbered(match: re.Match[str]) -> str:
        name = match.group(1).rstrip("2")
        counts[name] = counts.get(name, 0) + 1
        return f"(?P<{name}{counts[name]}>"

    return re.compile(_LEAD + rf"(?:{re.sub(r'[(][?]P<([a-z0-9]+)>', numbered, wording)})[\s?.!]*$", re.IGNORECASE)


_PATTERNS = tuple((wanted, _compiled(wording)) for wanted, wording in _WORDINGS)
_OF_AN_IDENTIFIED = (
    (Wanted.AUTHORS, re.compile(r"\b(?:who|authors?|wrote|written by)\b", re.IGNORECASE)),
    (Wanted.JOURNAL, re.compile(r"\b(?:journal|where)\b", re.IGNORECASE)),
    (Wanted.YEAR, re.compile(r"\b(?:when|year)\b", re.IGNORECASE)),
    (Wanted.SUMMARY, re.compile(r"\bsummar", re.IGNORECASE)),
    (
        Wanted.IDENTIFIERS,
        re.compile(r"\b(?:(?:PMID|PMCID|DOI) (?:of|for)|cite|citation|reference|link)\b", re.IGNORECASE),
    ),
    (Wanted.PAPERS, re.compile(r"\btitle\b|^(?:which|what) (?:paper|article|study) is\b", re.IGNORECASE)),
)
_PLAIN_OF_AN_IDENTIFIED = re.compile(
    r"^\W*(?:(?:what|tell|show|give|explain|describe|paper|article|study|the|is|are|does|do|did|say|says|show|shows|find"
    r"|finds|found|report|reports|about|me|main|finding|findings|result|results|conclusions?|conclude|abstract|of|in|more"
    r"|this|that|it|all)\b\W*)*$",
    re.IGNORECASE,
)
_POINTING = re.compile(rf"^(?:{_IT}|(?:this|that|the|its) (?:gene|protein|topic|subject))$", re.IGNORECASE)


def asked(question: str) -> Asked | None:
    """What a question wants to know of papers; None where it asks what stands in them."""
    text = " ".join(question.split())
    named = IDENTIFIER.search(text)
    if named:
        around = text[: named.start()] + text[named.end() :]
        for wanted, pattern in _OF_AN_IDENTIFIED:
            if pattern.search(around):
                return Asked(wanted, named.group(), named.group())
        plain_words = _PLAIN_OF_AN_IDENTIFIED.match(around)
        return Asked(Wanted.CONTENT, named.group(), named.group()) if plain_words else None
    for wanted, pattern in _PATTERNS:
        match = pattern.match(text)
        if match:
            groups = match.groupdict()
            about = next((v for k, v in groups.items() if k.startswith("about") and v), "")
            pointed = _POINTING.match(about.strip())
            return Asked(wanted, "" if pointed else about.strip(" ?.!\"'“”"))
    return None


def answer(library: Store, question: str, wanted: Asked, papers: Sequence[PaperInfo], started: float) -> Answer:
    """The answer to a question on ``papers``, or the refusal where there are none."""
    if not papers:
        missing = wanted.identifier or wanted.about
        why = f"No paper in this library {'is' if wanted.identifier else 'is about'} {missing}." if missing else ""
        hits = () if wanted.identifier or not missing else tuple(search(library, missing, 5))
        return _answer(question, (), (), hits, started, (why,) if why else ())
    sentences: list[Sentence] = []
    citations: list[Citation] = []

    def cite(paper: Paper, section: int, start: int, end: int) -> int:
        found = paper.sections[section]
        citations.append(
            Citation(
                len(citations) + 1, paper.info, section, found.heading, start, end, found.text[start:end],
                found.page(start),
            )
        )  # fmt: skip
        return len(citations)

    notes = [NOTE]
    for info in papers[:MOST_PAPERS]:
        paper = library.paper(info.id)
        place = _shown(paper, "" if wanted.identifier else wanted.about)
        if place is None:
            continue
        sentences.append(Sentence(_told(wanted.wanted, paper.info), (cite(paper, *place),)))
        if wanted.wanted is Wanted.CONTENT:
            for section, start, end in _abstract(paper)[:MOST_SENTENCES]:
                text = plain(paper.sections[section].text[start:end])
                sentences.append(Sentence(text, (cite(paper, section, start, end),)))
    if len(papers) > MOST_PAPERS:
        notes.append(f"{len(papers) - MOST_PAPERS} more papers in this library name it in their title or abstract.")
    return _answer(question, sentences, citations, (), started, tuple(notes))


def papers_on(library: Store, wanted: Asked) -> list[PaperInfo]:
    """The papers that a question names by identifier or topic: for PAPERS all, else the one that fits best."""
    if wanted.identifier:
        paper_id = identified(library, wanted.identifier)
        return list(library.infos([paper_id]).values()) if paper_id is not None else []
    concepts = [m.concepts[:2] for m in find(wanted.about, least=0.3) if m.concepts]
    ids = dict.fromkeys(p for group in concepts for c in group for p, _ in library.papers_of_gene(c)[:30])
    ids.update(dict.fromkeys(hit.paper.id for hit in search(library, wanted.about, 40)))
    sought = frozenset(stems(wanted.about))
    fits: list[tuple[float, int]] = []
    for paper_id in ids:
        paper = library.paper(paper_id)
        abstract = " ".join(paper.sections[s].text[a:b] for s, a, b in _abstract(paper))
        fit = _fit(sought, concepts, paper.info.title, abstract)
        if fit > 0:
            fits.append((fit, paper_id))
    fits.sort(key=lambda pair: (-pair[0], pair[1]))
    infos = library.infos(i for _, i in fits)
    best = [infos[i] for _, i in fits if i in infos]
    return best if wanted.wanted is Wanted.PAPERS else best[:1]


def identified(library: Store, identifier: str) -> int | None:
    """Id of the paper that a PMID, PMCID or DOI names, however it is introduced; None where it isn't there."""
    return library.find(re.sub(r"^pmid:?\s*", "PMID:", identifier, flags=re.IGNORECASE).replace("pmc", "PMC"))


def _fit(sought: frozenset[str], concepts: Sequence[tuple[str, ...]], title: str, abstract: str) -> float:
    """How well a paper is on what is sought, 0 where it isn't: all genes and most words in title or abstract."""
    text = f"{title}. {abstract}"
    named = {c for m in find(text, least=0.3) for c in m.concepts}
    in_title = {c for m in find(title, least=0.3) for c in m.concepts}
    genes = sum(any(c in named for c in group) for group in concepts)
    held = len(sought & frozenset(stems(text))) / max(1, len(sought))
    if genes < len(concepts) or (held < _COVERED and not (concepts and len(sought) <= 2 * len(concepts))):
        return 0.0
    title_share = len(sought & frozenset(stems(title))) / max(1, len(sought))
    title_genes = sum(any(c in in_title for c in group) for group in concepts) / max(1, len(concepts))
    return 1 + held + 2 * title_share + 2 * title_genes


def cited_in(hits: Iterable[Hit], said: str) -> list[PaperInfo]:
    """The papers of the hits whose sentences an answer ``said``; the first hit's where none is found."""
    squashed = _squash(said)
    found: dict[int, PaperInfo] = {}
    first: PaperInfo | None = None
    for hit in hits:
        first = first or hit.paper
        spans = hit.sentences or tuple((a, b, 0.0) for a, b in split(hit.passage.text))
        if any(len(t := _squash(hit.passage.text[a:b])) > 20 and t in squashed for a, b, _ in spans):
            found.setdefault(hit.paper.id, hit.paper)
    return list(found.values()) or ([first] if first else [])


def _squash(text: str) -> str:
    return re.sub(r"[\W_]+", "", re.sub(r"\[\d+\]", "", plain(text))).lower()


def _shown(paper: Paper, about: str) -> tuple[int, int, int] | None:
    """(section, start, end) of the sentence that shows what paper is meant: of the abstract, the one nearest to it."""
    found = _abstract(paper)
    if not found:
        return None
    sought = frozenset(stems(about))
    return max(found, key=lambda p: len(sought & frozenset(stems(paper.sections[p[0]].text[p[1] : p[2]]))))


def _abstract(paper: Paper) -> list[tuple[int, int, int]]:
    """(section, start, end) of the sentences of the abstract, of the first section with text where there is none."""
    numbers = [n for n, s in enumerate(paper.sections) if s.kind is SectionKind.ABSTRACT and s.text]
    numbers = numbers or [n for n, s in enumerate(paper.sections) if s.text][:1]
    return [(n, start, end) for n in numbers for start, end in split(paper.sections[n].text)]


def _told(wanted: Wanted, info: PaperInfo) -> str:
    """One sentence on a paper, from its record."""
    title = f"“{plain(info.title)}”" if info.title else "The paper"
    # Without the full stop of "et al.", after which a second sentence without a marker would seem to begin.
    who = info.citation.replace(" et al.", " and others") if info.authors else str(info.year or "")
    by = f"{title} ({who})" if info.authors else title
    where = ", ".join(str(part) for part in (info.journal, info.year) if part)
    match wanted:
        case Wanted.AUTHORS if info.authors:
            return f"{_listed(info.authors)} wrote {title}{f' ({where})' if where else ''}."
        case Wanted.JOURNAL if info.journal:
            return f"{by} appeared in {info.journal}{f' in {info.year}' if info.year else ''}."
        case Wanted.YEAR if info.year:
            return f"{by} appeared in {info.year}{f', in {info.journal}' if info.journal else ''}."
        case Wanted.IDENTIFIERS if info.pmid or info.pmcid or info.doi:
            named = (("PMID", info.pmid), ("", info.pmcid), ("DOI", info.doi))
            return f"{by} has {', '.join(f'{label} {value}'.strip() for label, value in named if value)}."
        case Wanted.AUTHORS | Wanted.JOURNAL | Wanted.YEAR | Wanted.IDENTIFIERS:
            return f"The library’s record of {title} does not state its {wanted.value}."
        case _:
            return f"{title} ({', '.join(filter(None, (who, info.journal)))})."


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:MOST_AUTHORS])
    if len(names) > MOST_AUTHORS:
        return f"{', '.join(shown)} and {len(names) - MOST_AUTHORS} others"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _answer(
    question: str,
    sentences: Sequence[Sentence],
    citations: Sequence[Citation],
    hits: tuple[Hit, ...],
    started: float,
    notes: tuple[str, ...],
) -> Answer:
    return Answer(
        question=question,
        standalone=question,
        sentences=tuple(sentences),
        citations=tuple(citations),
        hits=hits,
        generator=NAME,
        refused=not sentences,
        seconds=time.perf_counter() - started,
        notes=notes,
    )
