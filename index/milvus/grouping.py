"""What becomes of papers offered together, given what is stored of them: decided before anything is written."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.deleting import gone_since
from index.grading import grades_of
from index.merging import decide, identifiers, matches, offer_hash, text_hash
from index.milvus import rows
from index.milvus.papers import Papers
from index.milvus.rows import StoredPaper
from index.papers import Paper, PaperInfo, SectionKind
from index.releases import older
from index.results import AddResult, Status


@dataclass(slots=True)
class Change:
    """What is to be written of one paper."""

    paper: Paper
    stored: StoredPaper
    new_text: bool
    versions: set[int]
    """Versions of it that are there, and gone once this one is written."""


class Group:
    """Papers that are written together, and what is stored of them: `index.store.KnownPapers` for `decide`."""

    def __init__(self, library: Papers, papers: list[Paper]) -> None:
        self.papers = papers
        self.changes: dict[int, Change] = {}
        self.joined: set[int] = set()
        self._into: dict[int, int] = {}
        self._library = library
        self._texts: dict[int, Paper] = {}
        names = {name for paper in papers for name in rows.identifier_names(identifiers(paper.info).items())}
        ids = {rows.paper_id(paper) for paper in papers}
        hashes = {text_hash(paper).hex() for paper in papers}
        pmids = {paper.info.pmid for paper in papers if rows.deletion_id(paper.info.pmid)}
        found, self._deleted_by = library.stored_like(sorted(ids), sorted(names), sorted(hashes), sorted(pmids))
        self._stored = {stored.info.id: stored for stored in found}

    def decide(self, paper: Paper) -> AddResult:
        """What becomes of a paper; its change is noted."""
        offer, source = offer_hash(paper).hex(), paper.info.source
        if gone := gone_since(paper, self._deleted_by.get(paper.info.pmid)):
            return gone
        ids = matches(self, paper)
        if len(ids) == 1 and self._stored[ids[0]].offers.get(source) == offer:
            return AddResult(paper.info.title, source, Status.UNCHANGED, ids[0])
        decision = decide(self, paper)
        if decision.status is Status.FAILED:
            return AddResult(paper.info.title, source, Status.FAILED, message=decision.message)
        number = decision.ids[0] if decision.ids else rows.paper_id(paper)
        if not decision.ids and number in self._stored:
            other = self._stored[number].info.title
            message = f"its number {number} is taken by another paper, “{other}”"
            return AddResult(paper.info.title, source, Status.FAILED, message=message)
        self._note(number, decision.paper, decision.ids, paper, decision.new_text)
        return AddResult(decision.paper.info.title, source, decision.status, number, 0, decision.message)

    def _note(self, number: int, keep: Paper, ids: Sequence[int], offered: Paper, new_text: bool) -> None:
        keep = replace(keep, info=replace(keep.info, id=number))
        before = [self._stored[i] for i in ids]
        offers: dict[str, str] = {}
        known = rows.known_identifiers(keep.info, offered.info)
        for stored in reversed(before):
            offers |= stored.offers
            known |= stored.identifiers
        earlier = self.changes.get(number)
        stored = StoredPaper(
            info=keep.info,
            version=rows.version_of(keep),
            text_hash=text_hash(keep),
            identifiers=known,
            offers=offers | {offered.info.source: offer_hash(offered).hex()},
            words=keep.words,
            passages=before[0].passages if before else 0,
            added=before[0].added if before else _now(),
            about=before[0].about if before else "",
            types=keep.types,
            headings=keep.headings,
            grades=grades_of(keep),
            full=any(section.kind is SectionKind.BODY for section in keep.sections),
        )
        versions = {self._stored[number].version} if number in self._stored else set()
        versions |= earlier.versions if earlier else set()
        new = new_text or bool(earlier and earlier.new_text)
        self.changes[number] = Change(keep, stored, new, versions)
        self._stored[number], self._texts[number] = stored, keep
        for other in ids[1:]:
            self.joined.add(other)
            self._into[other] = number
            self.changes.pop(other, None)
            del self._stored[other]

    def deletion(self, pmid: str, source: str) -> str:
        """The newest file that is known to have deleted a record, of which ``source`` is one."""
        before = self._deleted_by.get(pmid)
        return before if before is not None and older(source, before) else source

    def stored(self, number: int) -> StoredPaper:
        """The row of a paper of the group."""
        return self._stored[number]

    def final(self, number: int) -> int:
        """The id of the paper that one has become."""
        while number in self._into:
            number = self._into[number]
        return number

    # What `decide` asks of the papers stored

    def papers_with(self, identifiers: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Kind of identifier -> id of the paper that carries it, for those that are known."""
        found: dict[str, int] = {}
        for kind, value in identifiers:
            carrying = [i for i, stored in self._stored.items() if (kind, value) in stored.identifiers]
            if carrying:
                # The paper that had it first keeps it.
                found[kind] = min(carrying, key=lambda i: (self._stored[i].added, i))
        return found

    def papers_with_text(self, text_hash: bytes) -> list[int]:
        """Ids of the papers whose title and sections have this hash."""
        return sorted(i for i, stored in self._stored.items() if stored.text_hash == text_hash)

    def identifiers(self, paper_id: int) -> list[tuple[str, str]]:
        """(kind, value) of every identifier of a paper."""
        return sorted(self._stored[paper_id].identifiers)

    def sources(self, paper_id: int) -> list[str]:
        """Sources that have offered a paper."""
        return list(self._stored[paper_id].offers)

    def infos(self, ids: Iterable[int]) -> dict[int, PaperInfo]:
        """Id -> metadata of the papers that are there."""
        return {i: self._stored[i].info for i in ids if i in self._stored}

    def paper(self, paper_id: int) -> Paper | None:
        """A paper with its text."""
        if paper_id not in self._stored:
            return None
        if paper_id not in self._texts:
            self._texts[paper_id] = self._library.whole(self._stored[paper_id])
        return self._texts[paper_id]


_last_time = 0


def _now() -> int:
    """Microseconds since 1970, later than any given before."""
    global _last_time  # noqa: PLW0603 - papers added in one microsecond keep their order
    _last_time = max(_last_time + 1, time.time_ns() // 1000)
    return _last_time
