"""What the library holds: plain frozen records that can be printed, saved and tested alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from index.errors import ReadError

Span = tuple[int, int]
"""Character offsets [start, end) into a section's text."""


class SectionKind(StrEnum):
    """What part of a paper a section is."""

    ABSTRACT = "abstract"
    BODY = "body"
    FIGURE = "figure"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class PaperInfo:
    """Who, where and when of a paper, without its text.

    Identifiers are bare and normalised: ``pmid`` digits, ``pmcid`` "PMC" + digits, ``doi`` lower case
    "10.…"; an empty string where unknown. ``id`` is the library's own number, 0 before it is stored.
    ``source`` is the file name (no folder) it came from; ``collection`` is "starter" for shipped digests.
    ``retracted`` is true where the source says that the paper was withdrawn after it had appeared.
    """

    title: str
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    pmid: str = ""
    pmcid: str = ""
    doi: str = ""
    licence: str = ""
    source: str = ""
    collection: str = ""
    id: int = 0
    retracted: bool = False

    @property
    def url(self) -> str:
        """Where the paper stands on the web: DOI first, then PubMed, then PMC; empty where unknown."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        if self.pmcid:
            return f"https://pmc.ncbi.nlm.nih.gov/articles/{self.pmcid}/"
        return ""

    @property
    def citation(self) -> str:
        """Short author-year form for lists: "Song et al. 2007"; the title where authors are unknown.

        A retracted paper says so wherever it is cited: "Song et al. 2007 (retracted)".
        """
        if not self.authors:
            who = self.title if len(self.title) <= 40 else self.title[:39].rstrip() + "…"
        else:
            who = surname(self.authors[0]) + (" et al." if len(self.authors) > 1 else "")
        return " ".join(part for part in (who, str(self.year or ""), self._warning) if part)

    @property
    def who(self) -> str:
        """Author and year to stand beside the title, the year alone where authors are unknown."""
        if self.authors:
            return self.citation
        return " ".join(part for part in (str(self.year or ""), self._warning) if part)

    @property
    def _warning(self) -> str:
        return "(retracted)" if self.retracted else ""


_INITIALS = re.compile(r"(?:[^\W\d_a-zà-öø-ÿ]\.?[-‐]?){1,4}")
_SUFFIX = re.compile(r"(?:jr|sr|i{2,3}|iv|[2-5](?:nd|rd|th))\.?", re.IGNORECASE)
_PARTICLES = frozenset(
    """van von der den de del della dello dei degli di da do dos das du des d' la le les lo ten ter te 't zu zur zum af
    av bin ibn al el ben bar st st. san santa dal dalla mac y e""".split()
)
_GROUP = re.compile(
    r"\b(?:consorti\w+|group|committee|project|network|initiative|society|collaborati\w+|team|program\w*|study"
    r"|investigators|institute|university|association|cent(?:er|re)|database|alliance|foundation)\b",
    re.IGNORECASE,
)


def surname(name: str) -> str:
    """The surname of "van de Leemput J", "Smith JA Jr", "J. A. Smith", "O'Brien, Kate"; a group's name whole."""
    name = " ".join(name.split())
    if _GROUP.search(name):
        return name
    if "," in name:
        first = name.partition(",")[0].strip()
        return first or name
    words = name.split(" ")
    while len(words) > 1 and _SUFFIX.fullmatch(words[-1]) and not (len(words) == 2 and words[-1].isupper()):
        words.pop()
    end = len(words)
    while end > 1 and _INITIALS.fullmatch(words[end - 1]):
        end -= 1
    if end < len(words):
        lead = next((n for n, word in enumerate(words[:end]) if not re.fullmatch(r"[^\W\d_]\.", word)), 0)
        return " ".join(words[lead:end])
    start = 0
    while start < len(words) - 1 and _INITIALS.fullmatch(words[start]):
        start += 1
    rest = words[start:]
    if start or rest[0].lower() in _PARTICLES:
        return " ".join(rest[-_tail(rest) :]) if start else name
    return " ".join(rest[-_tail(rest) :])


def _tail(words: list[str]) -> int:
    """Words of a full name that make its surname: the last, and the particles before it."""
    count = 1
    while count < len(words) - 1 and words[-count - 1].lower() in _PARTICLES:
        count += 1
    if count == len(words) - 1 and words[0].lower() in _PARTICLES:
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a paper under one heading; its text is verbatim and offsets into it are stable.

    ``heading`` is the path of headings joined by " / " ("Results / Kidney phenotype"), empty where none.
    Paragraphs of ``text`` are separated by a blank line. ``references`` are the spans of bibliographic
    reference markers ("[3]", "(Smith 2004)", superscripts), brackets included: they stay in the text, so
    that it is verbatim, and `index.sentences.prose` leaves them out. ``pages`` are (offset, page number
    from 1) pairs in rising order, empty where the format has no pages.
    """

    heading: str
    text: str
    kind: SectionKind = SectionKind.BODY
    references: tuple[Span, ...] = ()
    pages: tuple[tuple[int, int], ...] = ()

    def page(self, offset: int) -> int | None:
        """Page number (from 1) on which the character at ``offset`` stands, None where unknown."""
        found = None
        for start, page in self.pages:
            if start > offset:
                break
            found = page
        return found


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper with its text; the abstract comes first among the sections.

    ``types`` are what the source calls it ("Review", "Case Reports", "research-article"), ``headings`` the subject
    headings (MeSH) that it gives: they grade the evidence, and are no text that is searched.
    """

    info: PaperInfo
    sections: tuple[Section, ...]
    types: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """Number of words in all sections."""
        return sum(len(section.text.split()) for section in self.sections)


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one section: ``text == section.text[start:end]``, verbatim.

    ``section`` is the section's place in the paper (from 0). ``references`` are spans of bibliographic
    markers relative to ``text``. ``id`` is the library's number, 0 before it is stored.
    """

    paper_id: int
    section: int
    start: int
    end: int
    text: str
    heading: str = ""
    kind: SectionKind = SectionKind.BODY
    references: tuple[Span, ...] = ()
    page: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found, and its paper.

    ``score`` ranks the hits of one list, higher is better. ``similarity`` is the cosine of question and passage.
    ``sentences`` are the spans of its sentences in the passage's text, each with the ranker's score of it.
    """

    passage: Passage
    paper: PaperInfo
    score: float
    similarity: float = 0.0
    sentences: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class DeletedRecords:
    """Records that PubMed has deleted, as ``source`` (the file name) says: their ``pmids``."""

    pmids: tuple[str, ...]
    source: str


Offered = Paper | DeletedRecords | ReadError
"""What a source gives: papers, records to be removed, and errors where something can't be read."""
