"""The library in Milvus: what `index.store.Store` says, of a collection that many machines serve.

with MilvusLibrary.open(parse("milvus://127.0.0.1:19530/papers"), load_embedder()) as library:
    library.dense(library.embedder.embed_query("p53 apoptosis"), 10)
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from index.address import Address
from index.errors import LibraryError
from index.holdings import Holding
from index.lexical import Terms
from index.merging import STARTER
from index.milvus import checking, expressions, rows, schema
from index.milvus.client import Client
from index.milvus.expressions import Expression
from index.milvus.facets import Facets
from index.milvus.options import Options
from index.milvus.papers import gone
from index.milvus.rows import StoredPassage
from index.milvus.schema import Made, Names
from index.milvus.words import Words
from index.milvus.writing import Writer, holder, run
from index.papers import Offered, PaperInfo, Passage
from index.passage_table import Vectors
from index.pooling import unpack
from index.reindexing import Progress as ReindexProgress
from index.results import AddSummary, LibraryStatus, Progress
from index.sentences import references_within

if TYPE_CHECKING:
    from index.embedding import Embedder

_KEPT_ROWS = 4_000
_MOST_HITS = 16_384
_ASKED = 400
_MEASURED = 10_000


class MilvusLibrary(Facets):
    """Papers, and passages found by vector or by word. Safe to use from many threads."""

    def __init__(self, client: Client, names: Names, made: Made, embedder: Embedder | None) -> None:
        """Use `MilvusLibrary.open`."""
        super().__init__(client, names, made)
        self._embedder = embedder
        self._words = Words(client, names, made, lambda ids: {i: info.title for i, info in self.infos(ids).items()})
        self._rows: OrderedDict[int, StoredPassage] = OrderedDict()
        self._rows_guard = Lock()
        self._changes = 0

    @classmethod
    def open(
        cls, address: Address, embedder: Embedder | None = None, options: Options | None = None, *, create: bool = True
    ) -> MilvusLibrary:
        """Open the library at ``address``, made there if ``create`` and there is none.

        Raises LibraryError where the server isn't there, the collection is another's, or was made with another
        embedder or by another Locus.
        """
        client = Client(address, options or Options())
        try:
            names = Names(address.collection)
            made = schema.made(client, names)
            if made is None:
                if not create or embedder is None:
                    raise LibraryError(
                        f"There is no library at {address}.", hint="Make one by adding papers: locus add PATH, or "
                        "locus build."
                    )  # fmt: skip
                made = schema.make(client, names, embedder.name, embedder.dimension)
            _check_embedder(address, made, embedder)
            for name in names.all:
                schema.load(client, name)
        except BaseException:
            client.close()
            raise
        return cls(client, names, made, embedder)

    def close(self) -> None:
        """Close the connection; whatever was added or removed is kept already."""
        self.client.close()

    def __enter__(self) -> MilvusLibrary:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        """The embedder of the library; LibraryError where it was opened without one."""
        if self._embedder is None:
            raise LibraryError("The library was opened without an embedder.")
        return self._embedder

    # Adding and removing

    def add(self, papers: Iterable[Offered], *, progress: Progress | None = None) -> AddSummary:
        """Add papers, a group at a time; ``progress`` is told of each once it is kept.

        A paper that is there already is brought up to date, and skipped without embedding where it is the same.
        Several programs that add the same paper at once may each keep their own version: `locus build` never does.
        """
        try:
            return run(Writer(self, self.embedder), papers, progress)
        finally:
            self._changed()

    def add_paths(self, paths: Iterable[Path], *, progress: Progress | None = None) -> AddSummary:
        """Add the papers of files and of all files in folders; a broken file is a failure among the results."""
        from index.readers import papers_in, read  # noqa: PLC0415

        return self.add((item for path in papers_in(paths) for item in read(path)), progress=progress)

    def add_starter(self, *, progress: Progress | None = None) -> AddSummary:
        """Nothing: what many people share isn't filled with digests."""
        return AddSummary()

    def remove(self, paper_id: int) -> PaperInfo:
        """Remove a paper; what it was. LibraryError where it isn't there."""
        stored = self.stored([paper_id], strong=True).get(paper_id)
        if stored is None:
            raise gone(paper_id)
        Writer(self, None).remove([paper_id])
        self._changed()
        return stored.info

    def remove_starter(self) -> int:
        """Remove shipped digests that somebody has added; how many there were."""
        found = self.client.query(self.names.papers, f'collection == "{STARTER}"', ["id"], limit=1000)
        Writer(self, None).remove([row["id"] for row in found])
        self._changed()
        return len(found)

    def held(self, info: PaperInfo) -> Holding | None:
        """The stored paper that ``info`` names by PMID, PMCID or DOI; None where there is none."""
        found = holder(self, info)
        return None if found is None else Holding(found.info, found.info.collection != STARTER and found.full)

    def mark_retracted(self, ids: Iterable[int]) -> int:
        """Mark papers as retracted; how many were not marked before."""
        marked = Writer(self, None).mark_retracted(ids)
        self._changed()
        return marked

    # Reading

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order asked; those that are gone are left out."""
        found = self._current(ids)
        return [self._passage(found[i]) for i in ids if i in found]

    def passages_of(self, paper_id: int) -> list[Passage]:
        """A paper's passages in reading order."""
        stored = self.stored([paper_id]).get(paper_id)
        if stored is None:
            return []
        of_paper = f"paper == {int(paper_id)} and version == {stored.version}"
        found = [rows.stored_passage(row) for row in self.client.query(
            self.names.passages, of_paper, rows.PASSAGE_FIELDS
        )]  # fmt: skip
        return [self._passage(one) for one in sorted(found, key=lambda one: one.number)]

    def vectors(self, passage_ids: Sequence[int]) -> dict[int, tuple[Vectors, Vectors]]:
        """Passage id -> its vector (d,) and those of its sentences (s, d), for the passages that are there."""
        found = self._current(passage_ids)
        return {i: (row.vector, unpack(row.sentences, self.made.dimension)) for i, row in found.items()}

    def genes_of(self, passage_ids: Iterable[int]) -> dict[int, dict[str, int]]:
        """Passage id -> gene concept -> times named, of the passages that name a gene."""
        return {i: dict(row.genes) for i, row in self._current(list(passage_ids)).items() if row.genes}

    def variants_of(self, passage_ids: Iterable[int]) -> dict[int, list[str]]:
        """Passage id -> variants and bands that it names, as canonical keys."""
        return {i: list(row.variants) for i, row in self._current(list(passage_ids)).items() if row.variants}

    # Searching

    def dense(self, vector: Vectors, k: int, *, only: Expression | None = None) -> list[tuple[int, float]]:
        """(passage id, cosine) of the ``k`` passages nearest to a normalised vector (d,), best first."""
        wanted = min(k + k // 4 + 4, _MOST_HITS)
        while k > 0:
            parameters = schema.effort(self.made.index, self.client.options.effort, wanted)
            found = self.client.search(
                self.names.passages, "vector", np.asarray(vector, np.float32).tolist(), wanted,
                only.text if only else "", parameters, ["paper", "version"],
            )  # fmt: skip
            kept = self._of_current([(row["id"], row["paper"], row["version"], score) for row, score in found])
            # What a broken-off or replaced version has left takes the place of what is asked for.
            if len(kept) >= k or len(found) < wanted or wanted >= _MOST_HITS:
                return kept[:k]
            wanted = min(4 * wanted, _MOST_HITS)
        return []

    def lexical(self, terms: Terms | str, k: int, *, only: Expression | None = None) -> list[tuple[int, float]]:
        """(passage id, BM25 score) of the ``k`` best passages for a text, or for texts with a weight each.

        Where the server has no BM25 they are the best of those that hold the rarest of the words.
        """
        found = self._words.search(terms, min(k + k // 4 + 4, _MOST_HITS) if k > 0 else 0, only.text if only else "")
        return self._of_current(found)[:k]

    def knows(self, name: str) -> bool:
        """True where any passage or title holds the name, hyphens and Greek letters spelt either way."""
        return self._words.knows(name)

    def rarities(self, stems: Iterable[str]) -> dict[str, float]:
        """Stem -> inverse document frequency among the passages, as BM25 has it."""
        return self._words.rarities(stems)

    # Keeping house

    def status(self) -> LibraryStatus:
        """What the library holds; its words are counted in up to 10,000 papers and estimated beyond."""
        papers, passages = self.count(), self.client.count(self.names.passages)
        some = [row["words"] for row in self.client.scan(self.names.papers, "id > 0", ["words"], _MEASURED)]
        words = round(sum(some) * max(1.0, papers / len(some))) if some else 0
        server = self.client.server
        count = self.client.options.replicas
        replicas = f"{count} replica{'' if count == 1 else 's'}"
        ranks = (
            "BM25 of the server"
            if self.made.ranks_words
            else f"no BM25 on this server ({server.version}): passages with the rarest words asked are fetched and "
            "ranked by Locus"
        )
        return LibraryStatus(
            folder=str(self.client.address),
            papers=papers,
            starter_papers=self.client.count(self.names.papers, f'collection == "{STARTER}"'),
            passages=passages,
            words=words,
            embedder=self.made.embedder,
            dimension=self.made.dimension,
            disk_bytes=0,
            dense=f"{self.made.index}, {replicas}",
            engine=f"Milvus {server.version}",
            lexical=ranks,
            generation=papers * 1_000_003 + passages + self._changes,
        )

    def check(self) -> list[str]:
        """What is wrong with the library, a line each; empty where all is well."""
        return checking.problems(self)

    @property
    def repairs(self) -> list[str]:
        """Nothing: the server mends its own indexes."""
        return []

    def settle(self) -> None:
        """Nothing: the server sees to its indexes itself."""

    def optimize(self) -> bool:
        """Nothing to do here, and so False: the server merges what was added and removed by itself."""
        return False

    def rebuild(self) -> None:
        """Remove what broken-off writers have left, and write incomplete papers anew where their text is there."""
        checking.mend(self)
        self._changed()

    def reindex(self, embedder: Embedder, *, progress: ReindexProgress | None = None) -> int:
        """Not in place: LibraryError that says what to do instead."""
        raise LibraryError(
            "A library in Milvus isn't embedded anew in place, since it is served meanwhile.",
            hint="Build it under another name with locus build, then change LOCUS_LIBRARY.",
        )

    def _of_current(self, found: Sequence[tuple[int, int, int, float]]) -> list[tuple[int, float]]:
        papers = self.stored({paper for _, paper, _, _ in found})
        return [
            (number, score) for number, paper, version, score in found
            if paper in papers and papers[paper].version == version
        ]  # fmt: skip

    def _current(self, ids: Sequence[int]) -> dict[int, StoredPassage]:
        """Id -> row of the passages that are there, of their paper's current version."""
        with self._rows_guard:
            held = {i: self._rows[i] for i in ids if i in self._rows}
        missing = [int(i) for i in dict.fromkeys(ids) if i not in held and 0 < i < 1 << 63]
        for first in range(0, len(missing), _ASKED):
            listed = expressions.numbers(missing[first : first + _ASKED])
            read = self.client.query(self.names.passages, f"id in {listed}", rows.PASSAGE_FIELDS)
            held |= {row["id"]: rows.stored_passage(row) for row in read}
        with self._rows_guard:
            # A passage's id is a hash of its text's: what was read of it never changes.
            for i in missing:
                if i in held:
                    self._rows[i] = held[i]
            while len(self._rows) > _KEPT_ROWS:
                self._rows.popitem(last=False)
        papers = self.stored({row.paper for row in held.values()})
        return {i: row for i, row in held.items() if row.paper in papers and papers[row.paper].version == row.version}

    def _passage(self, row: StoredPassage) -> Passage:
        if row.passage is not None:
            return row.passage
        number, start, end = row.place
        section = self.paper(row.paper).sections[number]
        return Passage(
            paper_id=row.paper,
            section=number,
            start=start,
            end=end,
            text=section.text[start:end],
            heading=section.heading,
            kind=section.kind,
            references=references_within(section.references, start, end),
            page=section.page(start),
            id=row.id,
        )

    def _changed(self) -> None:
        self._changes += 1
        self._words.forget()
        self.forget_counts()


def _check_embedder(address: Address, made: Made, embedder: Embedder | None) -> None:
    if embedder is not None and (embedder.name, embedder.dimension) != (made.embedder, made.dimension):
        raise LibraryError(
            f"The library at {address} was made with the embedder {made.embedder}, not with {embedder.name}.",
            hint=f"Set LOCUS_EMBEDDER={made.embedder.partition('@')[0]}, or build another library.",
        )
