"""Records that PubMed has deleted: their papers are removed, but for those that the library has in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.merging import is_record
from index.papers import DeletedRecords, Paper
from index.releases import older, same_file
from index.results import AddResult, Status

if TYPE_CHECKING:
    from index.catalogue import Session

_KEPT = "PubMed has deleted this record; the library has its full text: kept"
_GONE = "PubMed has deleted this record"


def delete(session: Session, records: DeletedRecords) -> list[AddResult]:
    """Remove the papers of deleted records; what became of those that the library has.

    A paper with a full text stays: it is the user's, whatever becomes of its record.
    """
    results: list[AddResult] = []
    generation = 0
    unused: set[bytes] = set()
    for pmid in records.pmids:
        session.note_deleted(pmid, records.source)
        paper_id = session.papers_with([("pmid", pmid)]).get("pmid")
        info = session.infos([paper_id]).get(paper_id) if paper_id is not None else None
        if paper_id is None or info is None or info.pmid != pmid:
            continue
        paper = session.paper(paper_id)
        result = deletion(paper, records, session.sources(paper_id)) if paper is not None else None
        if result is None:
            continue
        results.append(result)
        if result.status is Status.REMOVED:
            generation = generation or session.next_generation()
            unused |= session.delete_passages(paper_id, generation)
            session.delete_paper(paper_id)
    session.drop_unused_vectors(unused)
    return results


def deleted(session: Session, paper: Paper) -> AddResult | None:
    """The result for a record that PubMed has deleted since, offered by that file or an older one; None for others."""
    return gone_since(paper, session.deleted_by(paper.info.pmid) if paper.info.pmid else None)


def deletion(paper: Paper, records: DeletedRecords, sources: Sequence[str]) -> AddResult | None:
    """What becomes of a stored paper whose record is deleted; None where one of its ``sources`` has it again."""
    if any(older(records.source, source) for source in sources):
        return None
    if not is_record(paper):
        return AddResult(paper.info.title, records.source, Status.KEPT_FULLER, paper.info.id, message=_KEPT)
    return AddResult(paper.info.title, records.source, Status.REMOVED, paper.info.id, message=_GONE)


def gone_since(paper: Paper, source: str | None) -> AddResult | None:
    """The result for an offered record that the file ``source`` has deleted, if any; None where it is to be added."""
    if source is None or not (same_file(paper.info.source, source) or older(paper.info.source, source)):
        return None
    return AddResult(paper.info.title, paper.info.source, Status.UNCHANGED, message=f"{_GONE}: not added again")
