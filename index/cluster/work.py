"""What the nodes of a Ray cluster do in a build: read files into groups of papers, and write the groups."""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.adding import GROUP_PAPERS, GROUP_PASSAGES
from index.address import Address
from index.errors import LocusError, ReadError
from index.merging import clean, identifiers, text_hash
from index.milvus.options import Options
from index.papers import DeletedRecords, Offered, Paper
from index.results import AddResult, Status

if TYPE_CHECKING:
    from index.embedding import Embedder

logger = logging.getLogger(__name__)

Batch = dict[str, Any]

_WORDS_A_PASSAGE = 120
_PAUSE = 0.2


def read_groups(batch: Batch) -> Iterator[Batch]:
    """The papers of the files at ``batch["path"]`` in groups, each pickled: what one worker embeds at a time."""
    from index.readers import read  # noqa: PLC0415

    for path in batch["path"]:
        group: list[Offered] = []
        size = 0
        for item in read(Path(path)):
            group.append(item)
            size += 1 + (item.words // _WORDS_A_PASSAGE if isinstance(item, Paper) else 0)
            if size >= GROUP_PASSAGES or len(group) >= GROUP_PAPERS:
                yield {"group": [pickle.dumps(group)]}
                group, size = [], 0
        if group:
            yield {"group": [pickle.dumps(group)]}


class GroupWriter:
    """A worker: holds the embedder and a connection, and writes one group after the other."""

    def __init__(self, address: Address, options: Options, load: Callable[[], Embedder], claims: Any) -> None:
        """``load`` gives the embedder; ``claims`` is the actor of `index.cluster.claims.Claims`."""
        from index.milvus.library import MilvusLibrary  # noqa: PLC0415
        from index.milvus.writing import Writer  # noqa: PLC0415

        self._library = MilvusLibrary.open(address, load(), options, create=False)
        self._writer = Writer(self._library, self._library.embedder)
        self._claims = claims

    def __call__(self, batch: Batch) -> Batch:
        """Write groups; the results of each, pickled. A group that can't be written fails alone, in words."""
        return {"results": [pickle.dumps(self._write(group)) for group in batch["group"]]}

    def _write(self, packed: bytes) -> list[AddResult]:
        items: list[Offered] = pickle.loads(packed)  # noqa: S301 - what `read_groups` has made
        results = [
            AddResult("", "", Status.FAILED, message=item.message, hint=item.hint)
            for item in items
            if isinstance(item, ReadError)
        ]
        papers = [clean(item) for item in items if isinstance(item, Paper)]
        deleted = [item for item in items if isinstance(item, DeletedRecords)]
        group = group_name(packed)
        self._claim(group, _names(papers, deleted))
        try:
            results += self._writer.store(papers)
            for records in deleted:
                results += self._writer.delete(records)
        except LocusError as error:
            if error.retry:
                raise
            logger.warning("A group of papers was not written: %s", error)
            results += [
                AddResult(p.info.title, p.info.source, Status.FAILED, message=error.message, hint=error.hint)
                for p in papers
            ]
        finally:
            self._give_back(group)
        return results

    def _claim(self, group: str, names: list[str]) -> None:
        import ray  # noqa: PLC0415

        while not ray.get(self._claims.claim.remote(group, names)):
            time.sleep(_PAUSE)

    def _give_back(self, group: str) -> None:
        import ray  # noqa: PLC0415

        ray.get(self._claims.release.remote(group))


def group_name(packed: bytes) -> str:
    """A name for a group of papers, the same whenever it is tried."""
    import hashlib  # noqa: PLC0415

    return hashlib.blake2b(packed, digest_size=16).hexdigest()


def _names(papers: list[Paper], deleted: list[DeletedRecords]) -> list[str]:
    names = {f"pmid:{pmid}" for records in deleted for pmid in records.pmids}
    for paper in papers:
        names |= {f"{kind}:{value}" for kind, value in identifiers(paper.info).items()}
        names.add(text_hash(paper).hex())
    return sorted(names)
