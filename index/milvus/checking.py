"""Is a Milvus library whole? Every paper has its text and its passages, and nothing is left of what was broken off."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.errors import LibraryError
from index.milvus import rows
from index.milvus.rows import StoredPaper

if TYPE_CHECKING:
    from index.milvus.library import MilvusLibrary

_BLOCK = 500
_ALL = 1 << 40


def problems(library: MilvusLibrary) -> list[str]:
    """What is wrong, a line each in a user's words; empty where all is well."""
    wanting, left = _surveyed(library)
    found = []
    if wanting:
        some = ", ".join(str(stored.info.id) for stored in wanting[:5])
        found.append(f"{len(wanting)} papers lack passages or text, the first are {some}: run locus check --repair.")
    if left:
        found.append(f"{len(left)} passages are left of papers replaced or broken off: run locus check --repair.")
    return found


def mend(library: MilvusLibrary) -> None:
    """Remove what is left over; forget papers that aren't whole, so that adding their files again writes them anew.

    A paper whose text is whole, and whose passages aren't, is written anew from its text.
    """
    from index.milvus.writing import Writer  # noqa: PLC0415 - it knows of libraries

    wanting, left = _surveyed(library)
    library.client.delete(library.names.passages, left)
    for stored in wanting:
        try:
            paper = library.whole(stored)
        except LibraryError:
            paper = None
        Writer(library, None).remove([stored.info.id])
        if paper is not None:
            Writer(library, library.embedder).store([paper])


def _surveyed(library: MilvusLibrary) -> tuple[list[StoredPaper], list[int]]:
    """Papers that aren't whole, and ids of passages that are no paper's."""
    client, names = library.client, library.names
    held: Counter[tuple[int, int]] = Counter()
    ids: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in client.scan(names.passages, "id > 0", ["id", "paper", "version"], _ALL, strong=True):
        key = (row["paper"], row["version"])
        held[key] += 1
        ids[key].append(row["id"])
    texts: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in client.scan(names.sections, "id > 0", ["paper", "version", "number", "chunks"], _ALL, strong=True):
        texts[row["paper"], row["version"]][row["number"]].append(row["chunks"])
    wanting = []
    for stored in _stored(library):
        key = (stored.info.id, stored.version)
        sections = texts.get(key, {})
        whole = sorted(sections) == list(range(len(sections))) and all(
            len(chunks) == chunks[0] for chunks in sections.values()
        )
        if held[key] != stored.passages or not whole or (stored.words and not sections):
            wanting.append(stored)
        ids.pop(key, None)
    return wanting, [number for numbers in ids.values() for number in numbers]


def _stored(library: MilvusLibrary) -> Iterator[StoredPaper]:
    for row in library.client.scan(library.names.papers, "id > 0", rows.PAPER_FIELDS, _ALL, batch=_BLOCK, strong=True):
        yield rows.stored_paper(row)
