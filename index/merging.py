"""Which stored papers an offered one is, and what to keep of the two: decided here, written by `index.adding`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from index.papers import Paper, PaperInfo, Section, SectionKind
from index.releases import older
from index.results import Status

if TYPE_CHECKING:
    from index.store import KnownPapers

IDENTIFIERS = ("pmid", "pmcid", "doi")
"""Kinds of identifiers, the one to trust most first."""

STARTER = "starter"
"""The collection of the shipped digests."""

FAR_LESS = 0.5
"""A version with less than this share of another's words never replaces it."""

_FILLABLE = ("title", "authors", "journal", "year", "pmid", "pmcid", "doi", "licence", "retracted")
_WORDS_FOR = {"pmid": "PMID", "pmcid": "PMCID", "doi": "DOI", "retracted": "mark of its retraction"}


def identifiers(info: PaperInfo) -> dict[str, str]:
    """Kind -> value of the identifiers that ``info`` states, the most trusted first."""
    return {kind: value for kind in IDENTIFIERS if (value := getattr(info, kind))}


def may_be_same(one: PaperInfo, other: PaperInfo, kind: str) -> bool:
    """Whether two records that share their identifier of ``kind`` are one paper.

    They are not where a more trusted identifier tells them apart: a DOI is now and then given to several
    PubMed records, or copied wrongly into a reference file.
    """
    for stronger in IDENTIFIERS[: IDENTIFIERS.index(kind)]:
        mine, theirs = getattr(one, stronger), getattr(other, stronger)
        if mine and theirs and mine != theirs:
            return False
    return True


def conflicting(one: PaperInfo, other: PaperInfo) -> bool:
    """Whether any identifier tells the two apart."""
    pairs = ((getattr(one, kind), getattr(other, kind)) for kind in IDENTIFIERS)
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of an offered paper."""

    ids: list[int]
    """Stored papers that the offered one is; they become the first."""
    paper: Paper
    """What is to be stored."""
    status: Status
    message: str = ""
    new_text: bool = True
    """Whether the text differs from that of the first of ``ids``."""


def matches(session: KnownPapers, paper: Paper) -> list[int]:
    """Ids of the stored papers that ``paper`` is, the oldest first."""
    own = identifiers(paper.info)
    found = session.papers_with(own.items())
    infos = session.infos(found.values())
    ids: list[int] = []
    for kind, paper_id in found.items():
        apart = any(conflicting(infos[paper_id], infos[other]) for other in ids)
        if paper_id not in ids and not apart and may_be_same(paper.info, infos[paper_id], kind):
            ids.append(paper_id)
    # Equal text makes one paper only where identifiers can't tell: many records read "No abstract available".
    for paper_id in session.papers_with_text(text_hash(paper)):
        if paper_id not in ids and (not own or not session.identifiers(paper_id)):
            ids.append(paper_id)
            break
    return sorted(ids)


def decide(session: KnownPapers, offered: Paper) -> Decision:
    """What is to become of an offered paper, given what is stored."""
    ids = matches(session, offered)
    stored = [paper for paper_id in ids if (paper := session.paper(paper_id))]
    if not stored:
        if not offered.words:
            return Decision([], offered, Status.FAILED, "holds no text: neither an abstract nor a full text")
        return Decision([], offered, Status.ADDED)
    best = stored[0]
    for other in stored[1:]:
        best = _merged(best, other, keep=keeps_stored(best, other))
    same_text = text_hash(offered) == text_hash(best)
    outdated = is_record(offered) and any(older(offered.info.source, s) for s in session.sources(ids[0]))
    keep = not same_text and (outdated or (keeps_stored(best, offered) and not _revised(best, offered)))
    paper = _merged(best, offered, keep=keep or outdated)
    if same_text:
        paper = replace(paper, info=replace(paper.info, source=best.info.source))
    paper = replace(paper, info=replace(paper.info, id=ids[0]))
    filled = ", ".join(filled_fields(stored[0].info, paper.info))
    if set(paper.types + paper.headings) - set(stored[0].types + stored[0].headings):
        filled = ", ".join(filter(None, (filled, "subject headings")))
    new_text = text_hash(paper) != text_hash(stored[0])
    if len(ids) > 1:
        status, message = Status.UPDATED, f"papers {', '.join(map(str, ids))} are one: joined as {ids[0]}"
    elif outdated:
        status, message = Status.UNCHANGED, "the library has a newer record"
    elif keep:
        status = Status.KEPT_FULLER
        message = f"the library has a fuller text ({best.words:,} words; this has {offered.words:,}): kept"
        message += f", with {filled} filled in" if filled else ""
    elif new_text:
        status, message = Status.UPDATED, "new text"
    else:
        status, message = (Status.UPDATED, f"new {filled}") if filled else (Status.UNCHANGED, "")
    return Decision(ids, paper, status, message, new_text)


def _merged(stored: Paper, offered: Paper, *, keep: bool) -> Paper:
    # A source that says nothing takes nothing away from what another has said.
    types = tuple(dict.fromkeys((*stored.types, *offered.types)))
    headings = tuple(dict.fromkeys((*stored.headings, *offered.headings)))
    if keep:
        return Paper(fill(stored.info, offered.info), stored.sections, types, headings)
    return Paper(fill(offered.info, stored.info), offered.sections, types, headings)


def is_record(paper: Paper) -> bool:
    """Whether a paper is a record of a database: title and abstract alone."""
    return all(section.kind is SectionKind.ABSTRACT for section in paper.sections)


def _revised(stored: Paper, offered: Paper) -> bool:
    """Whether ``offered`` is the newer record of the same database, which may well be the shorter."""
    return bool(offered.words) and is_record(stored) and older(stored.info.source, offered.info.source)


def keeps_stored(stored: Paper, offered: Paper) -> bool:
    """Whether the stored text stays: it is far fuller, or of a better kind at about the same length."""
    if offered.words < FAR_LESS * stored.words or not offered.words:
        return True
    if offered.info.collection == STARTER and stored.info.collection != STARTER:
        return bool(stored.words)
    # A PDF's text is a reconstruction, that of an XML file is what the publisher wrote.
    return _paged(offered) and not _paged(stored) and stored.words >= FAR_LESS * offered.words


def fill(info: PaperInfo, other: PaperInfo) -> PaperInfo:
    """``info`` with what it lacks taken from ``other``."""
    missing = {name: getattr(other, name) for name in _FILLABLE if not getattr(info, name) and getattr(other, name)}
    return replace(info, **missing)


def filled_fields(before: PaperInfo, after: PaperInfo) -> list[str]:
    """Names, in a user's words, of the fields that differ."""
    names = [f.name for f in fields(PaperInfo) if f.name != "id" and getattr(before, f.name) != getattr(after, f.name)]
    return [_WORDS_FOR.get(name, name) for name in names]


def clean(paper: Paper) -> Paper:
    """``paper`` with characters that can't be stored (lone surrogates) replaced one for one: offsets stay right."""
    try:
        for section in paper.sections:
            (section.heading + section.text).encode()
        "".join((*_texts(paper.info), *paper.info.authors, *paper.types, *paper.headings)).encode()
        return paper
    except UnicodeEncodeError:
        changes: dict[str, Any] = {name: _clean(getattr(paper.info, name)) for name in _TEXT_FIELDS}
        info = replace(paper.info, authors=tuple(map(_clean, paper.info.authors)), **changes)
        sections = tuple(replace(s, heading=_clean(s.heading), text=_clean(s.text)) for s in paper.sections)
        return Paper(info, sections, tuple(map(_clean, paper.types)), tuple(map(_clean, paper.headings)))


def text_hash(paper: Paper) -> bytes:
    """Hash (16 bytes) of a paper's title and sections, page and reference marks included."""
    return _hash(paper.info.title, *map(_section_key, paper.sections))


def offer_hash(paper: Paper) -> bytes:
    """Hash (16 bytes) of all that a source says of a paper."""
    subjects = [repr((paper.types, paper.headings))] if paper.types or paper.headings else []
    return _hash(repr(replace(paper.info, id=0)), *map(_section_key, paper.sections), *subjects)


def embedded_hash(text: str) -> bytes:
    """Hash (16 bytes) under which the vector of a text is kept."""
    return _hash(text)


_TEXT_FIELDS = ("title", "journal", "pmid", "pmcid", "doi", "licence", "source", "collection")


def _texts(info: PaperInfo) -> list[str]:
    return [getattr(info, name) for name in _TEXT_FIELDS]


def _clean(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def _paged(paper: Paper) -> bool:
    return any(section.pages for section in paper.sections)


def _section_key(section: Section) -> str:
    return repr((section.heading, section.text, section.kind.value, section.references, section.pages))


def _hash(*parts: str) -> bytes:
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode()
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.digest()
