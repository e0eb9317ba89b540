"""The library on disk: one folder with a SQLite catalogue, the truth, and two search indexes derived from it.

    with Library.open(folder, load_embedder()) as library:
        library.add_paths([Path("papers/")])
        library.lexical("p53 apoptosis", 10)

Several programs may use one library at once: each sees what the others have added at its next search. A program
that is killed loses the few papers it was working on and nothing else.
"""

from __future__ import annotations

import functools
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from index.adding import Adder
from index.catalogue import Catalogue, State
from index.checking import problems
from index.dense import DenseIndex, DenseOptions
from index.disk import WriteLock, disk_errors_in_words, size_of
from index.errors import LibraryError, LocusError
from index.filters import Ids
from index.graded import Graded
from index.holdings import Holdings
from index.lexical import LexicalIndex, Terms
from index.merging import STARTER
from index.papers import Offered, Paper, PaperInfo, Passage, Section
from index.passage_table import Vectors
from index.reindexing import Progress as ReindexProgress
from index.reindexing import reindex
from index.results import AddResult, AddSummary, LibraryStatus, Progress, Status

if TYPE_CHECKING:
    from index.embedding import Embedder

__all__ = ["AddResult", "AddSummary", "Library", "LibraryStatus", "Status"]

logger = logging.getLogger(__name__)

CATALOGUE = "catalogue.sqlite"
_OWN_FILES = re.compile(r"(?:catalogue\.sqlite|dense\.|lexical|lock|\.).*")
_REFRESH_SECONDS = 2.0
"""While papers are added, the lexical index follows at most this often."""

_PMC = re.compile(r"(?:.*/)?(PMC\d+)(?:[/.?#].*)?", re.IGNORECASE)
_PMID = re.compile(
    r"(?:pmid:?\s*|https?://pubmed\.ncbi\.nlm\.nih\.gov/|https?://www\.ncbi\.nlm\.nih\.gov/pubmed/)(\d+)/?"
)
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d[\d.]*/\S+)")

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _told(method: Callable[Concatenate[Library, _P], _R]) -> Callable[Concatenate[Library, _P], _R]:
    """Let errors of the disk and of SQLite leave ``method`` as LibraryErrors."""

    def telling(self: Library, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with disk_errors_in_words(self.folder):
            return method(self, *args, **kwargs)

    functools.update_wrapper(telling, method)
    return telling


class Library(Graded, Holdings):
    """Papers, and passages found by vector or by word. Safe to use from many threads."""

    def __init__(
        self,
        folder: Path,
        catalogue: Catalogue,
        lock: WriteLock,
        embedder: Embedder | None,
        state: State,
        dense: DenseOptions | None = None,
    ) -> None:
        """Use `Library.open`."""
        super().__init__(folder, catalogue, lock)
        self._embedder = embedder
        self._state = state
        self._dense = DenseIndex(folder / "dense.faiss", catalogue, dense)
        self._lexical = LexicalIndex(folder / "lexical.json", catalogue, lock)
        self._followed = 0.0

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder | None = None,
        *,
        create: bool = True,
        dense: DenseOptions | None = None,
    ) -> Library:
        """Open the library in ``folder``, made there if ``create`` and it is empty or missing.

        Without an embedder papers can be listed, read, searched by word and removed, but not added. Raises
        LibraryError where the folder holds something else, can't be written, or was made with another embedder
        or by a newer Locus. ``dense`` says how exactly the dense index searches, and at which sizes it changes.
        """
        folder = folder.expanduser()
        with disk_errors_in_words(folder):
            check_folder(folder, create=create and embedder is not None)
            folder.mkdir(parents=True, exist_ok=True)
            lock = WriteLock(folder / "lock")
            new = not (folder / CATALOGUE).exists()
            with lock.held() if new else nullcontext():
                catalogue = Catalogue(folder / CATALOGUE)
                try:
                    state = _state(catalogue, folder, embedder)
                except BaseException:
                    catalogue.close()
                    raise
            library = cls(folder, catalogue, lock, embedder, state, dense)
            library._tidy()
        return library

    def close(self) -> None:
        """Close the files; whatever was added or removed is on disk already. Waits for a merge in the background."""
        self._dense.close()
        self._catalogue.close()

    def __enter__(self) -> Library:
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
        """Add papers, a small group at a time; ``progress`` is told of each once it is safely on disk.

        A paper that is there already is brought up to date in place, and skipped without embedding where it is
        the same, so that an interrupted run is continued by running it again. A ReadError becomes a failure.
        """
        adder = Adder(self._catalogue, self._lock, self.embedder, self._state, self._follow)
        try:
            return adder.run(papers, progress)
        finally:
            self.settle()

    def add_paths(self, paths: Iterable[Path], *, progress: Progress | None = None) -> AddSummary:
        """Add the papers of files and of all files in folders; a broken file is a failure among the results."""
        # The readers bring their parsers with them, which searching doesn't need.
        from index.readers import papers_in, read  # noqa: PLC0415

        return self.add((item for path in papers_in(paths) for item in read(path)), progress=progress)

    def add_starter(self, *, progress: Progress | None = None) -> AddSummary:
        """Add the shipped digests to an empty library, unless its user has removed them before."""
        from index.starter import starter_papers  # noqa: PLC0415

        with disk_errors_in_words(self.folder), self._catalogue.reading() as session:
            state = session.state()
            unwanted = session.count("") > 0 or (state is not None and state.starter_removed)
        return AddSummary() if unwanted else self.add(starter_papers(), progress=progress)

    @_told
    def remove(self, paper_id: int) -> PaperInfo:
        """Remove a paper; what it was. LibraryError where it isn't there."""
        removed = self._remove([paper_id])
        if not removed:
            raise _gone(paper_id)
        return removed[0]

    @_told
    def remove_starter(self) -> int:
        """Remove the shipped digests for good; how many there were."""
        with self._catalogue.reading() as session:
            ids = session.paper_ids(STARTER)
        return len(self._remove(ids, starter=True))

    def _remove(self, ids: Sequence[int], *, starter: bool = False) -> list[PaperInfo]:
        with self._lock.held(), self._catalogue.writing() as session:
            infos = session.infos(ids)
            unused: set[bytes] = set()
            if infos:
                generation = session.next_generation()
                for paper_id in infos:
                    unused |= session.delete_passages(paper_id, generation)
                    session.delete_paper(paper_id)
            session.drop_unused_vectors(unused)
            was_last = any(info.collection == STARTER for info in infos.values()) and not session.paper_ids(STARTER)
            if starter or was_last:
                session.note_starter_removed()
        self.settle()
        return list(infos.values())

    # Reading

    @_told
    def find(self, identifier: str) -> int | None:
        """Id of the paper that "12", "PMID:123", "PMC123", "10.1/x" or the address of one of these names."""
        text = identifier.strip()
        with self._catalogue.reading() as session:
            if text.isascii() and text.isdigit():
                known = session.infos([int(text)]) if len(text) < 19 else {}
                return int(text) if known else session.papers_with([("pmid", text)]).get("pmid")
            return next(iter(session.papers_with(named(text)).values()), None)

    @_told
    def papers(self, query: str = "", offset: int = 0, limit: int = 50) -> list[PaperInfo]:
        """Papers whose title, authors, journal, year, identifiers or file hold every word; newest first."""
        with self._catalogue.reading() as session:
            return session.papers(query, offset, limit)

    @_told
    def count(self, query: str = "") -> int:
        """Number of papers, or of those that `papers` would list."""
        with self._catalogue.reading() as session:
            return session.count(query)

    @_told
    def paper(self, paper_id: int) -> Paper:
        """A paper with its text; LibraryError where it isn't there (any more)."""
        with self._catalogue.reading() as session:
            paper = session.paper(paper_id)
        if paper is None:
            raise _gone(paper_id)
        return paper

    @_told
    def section(self, paper_id: int, number: int) -> Section:
        """A section of a paper; LibraryError where it isn't there (any more)."""
        with self._catalogue.reading() as session:
            try:
                return session.section(paper_id, number)
            except LookupError:
                raise _gone(paper_id) from None

    @_told
    def infos(self, ids: Iterable[int]) -> dict[int, PaperInfo]:
        """Id -> metadata of the papers that are there."""
        with self._catalogue.reading() as session:
            return session.infos(ids)

    @_told
    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order asked; those that are gone are left out."""
        with self._catalogue.reading() as session:
            return session.passages(ids)

    @_told
    def passages_of(self, paper_id: int) -> list[Passage]:
        """A paper's passages in reading order."""
        with self._catalogue.reading() as session:
            return session.passages_of(paper_id)

    @_told
    def vectors(self, passage_ids: Sequence[int]) -> dict[int, tuple[Vectors, Vectors]]:
        """Passage id -> its vector (d,) and those of its sentences (s, d), for the passages that are there."""
        with self._catalogue.reading() as session:
            return session.vectors(passage_ids, self._state.embedder)

    # Searching

    @_told
    def dense(self, vector: Vectors, k: int, *, only: Ids | None = None) -> list[tuple[int, float]]:
        """(passage id, cosine) of the ``k`` passages nearest to a normalised vector (d,), best first.

        ``only`` are the ids to search among, as `allowed` gives them.
        """
        return self._dense.search(vector, k, embedder=self._state.embedder, only=only)

    @_told
    def knows(self, name: str) -> bool:
        """True where any passage or title holds the name, hyphens and Greek letters spelt either way."""
        return self._lexical.knows(name)

    @_told
    def lexical(self, terms: Terms | str, k: int, *, only: Ids | None = None) -> list[tuple[int, float]]:
        """(passage id, BM25 score) of the ``k`` best passages for a text, or for texts with a weight each.

        ``only`` are the ids to search among, as `allowed` gives them.
        """
        return self._lexical.search(terms, k, only=only)

    @_told
    def rarities(self, stems: Iterable[str]) -> dict[str, float]:
        """Stem -> inverse document frequency among the passages, as BM25 has it."""
        return self._lexical.rarities(stems)

    # Keeping house

    @_told
    def status(self) -> LibraryStatus:
        """What the library holds, counted now."""
        with self._catalogue.reading() as session:
            state, figures = session.state() or self._state, session.figures()
        dense = self._dense.status()
        return LibraryStatus(
            folder=str(self.folder),
            papers=figures.papers,
            starter_papers=figures.starter_papers,
            passages=figures.passages,
            words=figures.words,
            embedder=state.embedder,
            dimension=state.dimension,
            disk_bytes=size_of(self.folder),
            dense=dense.kind,
            lexical="tantivy BM25",
            generation=state.generation,
            vectors=dense,
        )

    @_told
    def check(self) -> list[str]:
        """What is wrong with the library, a line each; empty where all is well. `repairs` are kept on disk."""
        found = problems(self._catalogue, self._dense, self._lexical)
        if self._dense.repairs:
            self._derive(self._dense.merge)
        return found

    @property
    def repairs(self) -> list[str]:
        """What was found damaged since the library was opened and mended by building it anew, a line each."""
        return [*self._lexical.repairs, *self._dense.repairs]

    @_told
    def rebuild(self) -> None:
        """Build both indexes anew from the catalogue, without embedding."""
        with self._lock.held(), self._catalogue.writing() as session:
            session.drop_stray_vectors(self._state.embedder)
            session.retally()
        self._lexical.rebuild()
        self._dense.merge(anew=True)

    @_told
    def optimize(self) -> bool:
        """Merge what was added and removed into the indexes' files now; whether the dense index's was written.

        It is not where nothing has changed. Searching and adding go on meanwhile.
        """
        self._lexical.refresh(patience=_REFRESH_SECONDS)
        return self._dense.optimize()

    @_told
    def reindex(self, embedder: Embedder, *, progress: ReindexProgress | None = None) -> int:
        """Cut and embed all papers again with ``embedder``, the library's own from then on.

        May be interrupted at any time: the library stays as it was until the end, and the next run goes on with
        what is embedded already. Gives the number of texts that had to be embedded.
        """
        embedded = reindex(self._catalogue, self._lock, embedder, progress)
        with self._catalogue.reading() as session:
            self._state = session.state() or self._state
        self._embedder = embedder
        self.settle()
        self.tag()
        self.grade()
        return embedded

    def _tidy(self) -> None:
        """Clear away what killed writers left half-written, unless somebody is writing just now."""
        if self._lock.acquire():
            try:
                for leftover in self.folder.glob("*.tmp"):
                    if not leftover.name.startswith("dense."):
                        leftover.unlink(missing_ok=True)
                self._lexical.tidy()
            finally:
                self._lock.release()
        self._dense.tidy()

    def _follow(self) -> None:
        """Let the lexical index follow while papers are added, so that other programs find them soon."""
        if time.monotonic() - self._followed >= _REFRESH_SECONDS:
            self._derive(self._lexical.refresh)
            self._derive(lambda: self._dense.settle(adding=True))
            self._followed = time.monotonic()

    def settle(self) -> None:
        """Bring the indexes' files up to date where much has changed, a large one in the background."""
        self._derive(lambda: self._lexical.refresh(patience=_REFRESH_SECONDS))
        self._derive(self._dense.settle)

    def _derive(self, work: Callable[[], object]) -> None:
        """Do ``work`` on a derived index. The papers are safe without it, so its failure is no reason to stop."""
        try:
            work()
        except (OSError, RuntimeError, ValueError, LocusError) as error:
            logger.warning("A search index could not be written (%s); it is built anew when next needed", error)


def check_folder(folder: Path, *, create: bool) -> None:
    """Raises LibraryError where a folder is no library, nor (``create``) one that may become a library."""
    if folder.exists() and not folder.is_dir():
        raise LibraryError(f"{folder} is a file, not a library folder.", hint="Name a folder with --library.")
    if (folder / CATALOGUE).exists():
        return
    if not create:
        raise LibraryError(f"There is no library in {folder}.", hint="Make one by adding papers: locus add PATH.")
    others = [path.name for path in _files(folder) if not _OWN_FILES.fullmatch(path.name)]
    if others:
        raise LibraryError(
            f"{folder} isn't a library and isn't empty (it holds {sorted(others)[0]}).",
            hint="Name an empty or new folder with --library or LOCUS_LIBRARY.",
        )


def _files(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.exists() else iter(())


def _state(catalogue: Catalogue, folder: Path, embedder: Embedder | None) -> State:
    """What the library is, written first where it is new; LibraryError where ``embedder`` isn't its own."""
    with catalogue.reading() as session:
        state = session.state()
    if state is None and embedder is not None:
        with catalogue.writing() as session:
            if session.state() is None:
                session.make(embedder.name, embedder.dimension)
            state = session.state()
    if state is None:
        raise LibraryError(f"The library in {folder} is empty.", hint="Add papers: locus add PATH.")
    if embedder is not None and (embedder.name, embedder.dimension) != (state.embedder, state.dimension):
        theirs = state.embedder.partition("@")[0]
        # Of one name and other weights, theirs came with an earlier Locus, and can't be had by name.
        go_back = f"Set LOCUS_EMBEDDER={theirs}, name" if theirs != embedder.name.partition("@")[0] else "Name"
        raise LibraryError(
            f"The library in {folder} was made with the embedder {state.embedder}, not with {embedder.name}.",
            hint=f"{go_back} another folder with --library, or run locus reindex to embed all of it again with "
            f"{embedder.name}.",
        )
    return state


def named(text: str) -> list[tuple[str, str]]:
    """(kind, value) of the identifier that ``text`` is."""
    if match := _DOI.fullmatch(text.lower()):
        return [("doi", match[1])]
    if match := _PMID.fullmatch(text.lower()):
        return [("pmid", match[1])]
    if match := _PMC.fullmatch(text):
        return [("pmcid", match[1].upper())]
    return []


def _gone(paper_id: int) -> LibraryError:
    return LibraryError(
        f"There is no paper {paper_id} in the library.", hint="See locus list; it may have been removed."
    )
