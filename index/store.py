"""What the search, the chain, the command line and the page use of a library, wherever it is kept.

`index.library.Library` keeps it in a folder, `index.milvus.library.MilvusLibrary` in a Milvus server;
`index.opening.open_library` gives the one that the settings name. tests/cluster/test_contract.py holds both to this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from index.filters import Filters
from index.papers import Offered, Paper, PaperInfo, Passage, Section
from index.passage_table import Vectors
from index.reindexing import Progress as ReindexProgress
from index.results import AddSummary, LibraryStatus, Progress
from index.tagging import Progress as TagProgress

if TYPE_CHECKING:
    from index.embedding import Embedder
    from index.grading import Aspect, Grades
    from index.holdings import Holding
    from index.lexical import Terms
    from index.tagged import Choices


class Store(Protocol):
    """Papers, and passages found by vector or by word. Safe to use from many threads.

    Ids of papers and passages are whole numbers of the library's own choosing. Every method raises LibraryError where
    the library can't be read or written.
    """

    @property
    def embedder(self) -> Embedder:
        """The embedder of the library; LibraryError where it was opened without one."""
        ...

    @property
    def repairs(self) -> list[str]:
        """What was found damaged since the library was opened, and mended, a line each."""
        ...

    def close(self) -> None:
        """Let go of files and connections; whatever was added or removed is kept already."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    # Adding and removing

    def add(self, papers: Iterable[Offered], *, progress: Progress | None = None) -> AddSummary:
        """Add papers; ``progress`` is told of each once it is kept. A paper that is there is brought up to date."""
        ...

    def add_paths(self, paths: Iterable[Path], *, progress: Progress | None = None) -> AddSummary:
        """Add the papers of files and of all files in folders; a broken file is a failure among the results."""
        ...

    def add_starter(self, *, progress: Progress | None = None) -> AddSummary:
        """Add the shipped digests to an empty library of one's own; a shared one stays empty."""
        ...

    def remove(self, paper_id: int) -> PaperInfo:
        """Remove a paper; what it was. LibraryError where it isn't there."""
        ...

    def remove_starter(self) -> int:
        """Remove the shipped digests for good; how many there were."""
        ...

    def held(self, info: PaperInfo) -> Holding | None:
        """The stored paper that ``info`` names by PMID, PMCID or DOI; None where there is none."""
        ...

    def mark_retracted(self, ids: Iterable[int]) -> int:
        """Mark papers as retracted; how many were not marked before."""
        ...

    # Reading

    def find(self, identifier: str) -> int | None:
        """Id of the paper that "12", "PMID:123", "PMC123", "10.1/x" or the address of one of these names."""
        ...

    def papers(self, query: str = "", offset: int = 0, limit: int = 50) -> list[PaperInfo]:
        """Papers whose title, authors, journal, year, identifiers or file hold every word, each from its beginning;
        newest first.
        """
        ...

    def count(self, query: str = "") -> int:
        """Number of papers, or of those that `papers` would list."""
        ...

    def paper(self, paper_id: int) -> Paper:
        """A paper with its text; LibraryError where it isn't there (any more)."""
        ...

    def section(self, paper_id: int, number: int) -> Section:
        """A section of a paper; LibraryError where it isn't there (any more)."""
        ...

    def infos(self, ids: Iterable[int]) -> dict[int, PaperInfo]:
        """Id -> metadata of the papers that are there."""
        ...

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order asked; those that are gone are left out."""
        ...

    def passages_of(self, paper_id: int) -> list[Passage]:
        """A paper's passages in reading order."""
        ...

    def vectors(self, passage_ids: Sequence[int]) -> dict[int, tuple[Vectors, Vectors]]:
        """Passage id -> its vector (d,) and those of its sentences (s, d), for the passages that are there.

        Where s is not the number of its sentences, those have no vectors of their own.
        """
        ...

    # Searching

    def allowed(self, filters: Filters) -> Any:
        """What ``filters`` let through, for `dense` and `lexical` to search among; None where that is everything.

        What it is is the library's own affair: hand it back as it came.
        """
        ...

    def passage_count(self, filters: Filters) -> int:
        """Number of passages that ``filters`` let through."""
        ...

    def dense(self, vector: Vectors, k: int, *, only: Any = None) -> list[tuple[int, float]]:
        """(passage id, cosine) of the ``k`` passages nearest to a normalised vector (d,), best first."""
        ...

    def lexical(self, terms: Terms | str, k: int, *, only: Any = None) -> list[tuple[int, float]]:
        """(passage id, BM25 score) of the ``k`` best passages for a text, or for texts with a weight each."""
        ...

    def knows(self, name: str) -> bool:
        """True where any passage or title holds the name, hyphens and Greek letters spelt either way."""
        ...

    def rarities(self, stems: Iterable[str]) -> dict[str, float]:
        """Stem -> inverse document frequency among the passages, as BM25 has it."""
        ...

    # Tags

    def untagged(self) -> int:
        """Number of papers that this version of Locus has not tagged yet and that `tag` would."""
        ...

    def tag(self, *, progress: TagProgress | None = None) -> int:
        """Tag the papers that are not tagged yet; how many there were."""
        ...

    def choices(self) -> Choices:
        """What the papers can be filtered by."""
        ...

    def journals(self) -> list[str]:
        """Names of the journals, in every spelling that papers have them."""
        ...

    def papers_since(self, year: int | None = None, day: str = "") -> list[tuple[int, str]]:
        """(paper id, day added) of the papers of ``year`` or later, or else of those added on ``day`` (ISO) or later;
        the newest first.
        """
        ...

    def genes_named(self, limit: int = 100) -> list[tuple[str, int]]:
        """(gene concept, passages that name it), the commonest first."""
        ...

    def gene_counts(self, concepts: Iterable[str]) -> dict[str, int]:
        """Gene concept -> number of passages that name it, 0 included."""
        ...

    def papers_of_gene(self, concept: str) -> list[tuple[int, int]]:
        """(paper id, times named) of the papers that name a gene, those that name it most first."""
        ...

    def passages_of_gene(self, concept: str, limit: int = 100) -> list[tuple[int, int]]:
        """(passage id, times named) of the passages that name a gene, those that name it most first."""
        ...

    def genes_with(self, concept: str, limit: int = 50) -> list[tuple[str, int]]:
        """(concept, passages) of the genes named in the same passages as one, the most often so first."""
        ...

    def genes_of(self, passage_ids: Iterable[int]) -> dict[int, dict[str, int]]:
        """Passage id -> gene concept -> times named, of the passages that name a gene."""
        ...

    def variants_of(self, passage_ids: Iterable[int]) -> dict[int, list[str]]:
        """Passage id -> variants and bands that it names, as canonical keys."""
        ...

    def genes_by_paper(self) -> dict[int, dict[str, int]]:
        """Paper id -> gene concept -> passages of the paper that name it."""
        ...

    def passages_with_genes(self, limit: int) -> list[int]:
        """Ids of passages that name a gene, at most ``limit``."""
        ...

    # Grades

    def ungraded(self) -> int:
        """Number of papers that this version of Locus has not graded yet and that `grade` would."""
        ...

    def grade(self, *, progress: TagProgress | None = None) -> int:
        """Grade the papers that are not graded yet; how many there were."""
        ...

    def grades(self, paper_ids: Iterable[int]) -> dict[int, Grades]:
        """Paper id -> what evidence it is, for the papers that are there."""
        ...

    def graded_as(self, aspect: Aspect) -> list[tuple[str, int]]:
        """(value, papers) of one aspect among the papers, the commonest first."""
        ...

    # Keeping house

    def settle(self) -> None:
        """Bring the indexes up to date where much has changed, in the background where that takes long."""
        ...

    def optimize(self) -> bool:
        """Merge what was added and removed into the indexes now; whether there was anything to do."""
        ...

    def status(self) -> LibraryStatus:
        """What the library holds, counted now."""
        ...

    def check(self) -> list[str]:
        """What is wrong with the library, a line each; empty where all is well."""
        ...

    def rebuild(self) -> None:
        """Mend what `check` has found, as far as that can be done without the papers' files."""
        ...

    def reindex(self, embedder: Embedder, *, progress: ReindexProgress | None = None) -> int:
        """Cut and embed all papers again with ``embedder``; the number of texts that had to be embedded."""
        ...


class KnownPapers(Protocol):
    """What `index.merging` asks of the papers stored, to tell which of them an offered one is."""

    def papers_with(self, identifiers: Iterable[tuple[str, str]]) -> dict[str, int]:
        """Kind of identifier -> id of the paper that carries it, for those that are known."""
        ...

    def papers_with_text(self, text_hash: bytes) -> list[int]:
        """Ids of the papers whose title and sections have this hash."""
        ...

    def identifiers(self, paper_id: int) -> list[tuple[str, str]]:
        """(kind, value) of every identifier of a paper."""
        ...

    def sources(self, paper_id: int) -> list[str]:
        """Sources that have offered a paper."""
        ...

    def infos(self, ids: Iterable[int]) -> dict[int, PaperInfo]:
        """Id -> metadata of the papers that are there."""
        ...

    def paper(self, paper_id: int) -> Paper | None:
        """A paper with its text."""
        ...
