"""Records that PubMed has deleted: their papers are removed, but for those that the library has in full."""

from __future__ import annotations

from index.catalogue import Session
from index.merging import is_record
from index.papers import DeletedRecords, Paper
from index.releases import older, same_file
from index.results import AddResult, Status

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
        if any(older(records.source, source) for source in session.sources(paper_id)):
            continue  # a newer file has it again
        paper = session.paper(paper_id)
        if paper is not None and not is_record(paper):
            results.append(AddResult(info.title, records.source, Status.KEPT_FULLER, paper_id, message=_KEPT))
            continue
        generation = generation or session.next_generation()
        unused |= session.delete_passages(paper_id, generation)
        session.delete_paper(paper_id)
        results.append(AddResult(info.title, records.source, Status.REMOVED, paper_id, message=_GONE))
    session.drop_unused_vectors(unused)
    return results


def deleted(session: Session, paper: Paper) -> AddResult | None:
    """The result for a record that PubMed has deleted since, offered by that file or an older one; None for others."""
    source = session.deleted_by(paper.info.pmid) if paper.info.pmid else None
    if source is None or not (same_file(paper.info.source, source) or older(paper.info.source, source)):
        return None
    return AddResult(paper.info.title, paper.info.source, Status.UNCHANGED, message=f"{_GONE}: not added again")
