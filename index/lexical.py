"""The lexical index: BM25 over passages in tantivy, derived from the catalogue.

`lexical.json` names the folder of the index, says up to which generation it holds the catalogue, and keeps a
checksum of each of its files. It is written after tantivy's own commit, and applying the same changes again does
no harm, so a kill between the two costs nothing. An index that doesn't fit is built anew in another folder.
"""

from __future__ import annotations

import json
import logging
import math
import re
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from index.catalogue import Catalogue, Session, State
from index.disk import WriteLock, file_digest, replace_atomically
from index.filters import Ids
from index.passage_table import Entry
from index.sentences import prose
from index.terms import STOP_WORDS
from index.variants import keys as variant_keys
from index.words import tokens, words

logger = logging.getLogger(__name__)

FIELD_BOOSTS: dict[str, float] = {"text": 1.0, "title": 0.5, "heading": 0.5}
"""Weight of a match by where it stands."""

_FORMAT = 2
"""Counts changes of the schema or the analysis: an index of another format is built anew."""
_FOLDER = "lexical-"
_HEAP_BYTES = 64_000_000
_MOST_TERMS = 64
_PATIENCE = 10.0
_FEW = 10_000
"""Ids up to which a filter is part of the query; looking through a longer list of matches is faster above."""

Terms = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the index on disk holds, and in which folder."""

    library: str
    generation: int
    folder: str
    count: int = -1
    """Passages in it; -1 where it isn't known."""
    format: int = _FORMAT
    files: dict[str, str] = field(default_factory=dict)
    """File name -> SHA-256."""


class LexicalIndex:
    """Passages by their words; safe to use from many threads, up to date before each search where it can be."""

    def __init__(self, path: Path, catalogue: Catalogue, lock: WriteLock) -> None:
        """``path`` is that of the JSON file; the index stands in a folder beside it."""
        self._path = path
        self._catalogue = catalogue
        self._lock = lock
        self._guard = threading.RLock()
        self._index: Any = None
        self._stamp: Stamp | None = None
        self.repairs: list[str] = []

    def search(self, terms: Terms | str, k: int, *, only: Ids | None = None) -> list[tuple[int, float]]:
        """(passage id, BM25 score) of the ``k`` best passages for any of the words, best first.

        ``terms`` is plain text, or pieces of text with a weight each. Nothing in it is an operator. ``only`` (n,)
        are the ids to search among, rising; all where it is None.
        """
        # Another thread that is writing is not waited for, as another process isn't.
        if self._guard.acquire(blocking=self._index is None):
            try:
                self.refresh()
            finally:
                self._guard.release()
        index = self._index
        weights = stem_weights([(terms, 1.0)] if isinstance(terms, str) else terms)
        if index is None or not weights or k <= 0:
            return []
        searcher, query = index.searcher(), _query(index.schema, weights)
        if only is None:
            return _hits(searcher, query, k)
        if len(only) <= _FEW:
            among = tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(index.schema, "id", only.tolist()), 0.0
            )
            must = tantivy.Occur.Must
            return _hits(searcher, tantivy.Query.boolean_query([(must, among), (must, query)]), k)
        return _hits_among(searcher, query, k, only)

    def knows(self, name: str) -> bool:
        """True where any passage or title holds the name, in any spelling that is indexed for it."""
        if self._index is None:
            self.refresh()
        index = self._index
        if index is None:
            return False
        searcher = index.searcher()
        return any(searcher.doc_freq(field, stem) for stem in proving_stems(name) for field in ("text", "title"))

    def rarities(self, stems: Iterable[str]) -> dict[str, float]:
        """Stem -> inverse document frequency among the passages' texts, as BM25 has it; always above 0."""
        if self._index is None:
            self.refresh()
        index = self._index
        if index is None:
            return {}
        searcher = index.searcher()
        count = int(searcher.num_docs)
        found = {}
        for stem in stems:
            holding = int(searcher.doc_freq("text", stem))
            found[stem] = math.log(1 + (count - holding + 0.5) / (holding + 0.5))
        return found

    def refresh(self, *, patience: float = 0.0) -> None:
        """Bring the index up to the catalogue's generation, waiting ``patience`` seconds for other writers.

        Where another process is writing, the slightly older index stays: that process, or the next search,
        brings it up to date.
        """
        with self._guard:
            with self._catalogue.reading() as session:
                state = session.state()
            if state is None or _current(self._stamp, state):
                return
            self._reopen(state)
            if _current(self._stamp, state):
                return
            # Without any index a search would find nothing, so it waits for its turn.
            if self._lock.acquire(patience if self._index is not None else max(patience, _PATIENCE)):
                try:
                    self._write(state)
                finally:
                    self._lock.release()
            else:
                logger.info("Another process is writing: the lexical index is used as it was")

    def rebuild(self) -> None:
        """Build the index anew from the catalogue."""
        with self._guard, self._lock.held(), self._catalogue.reading() as session:
            state = session.state()
            if state:
                self._build(session, state)

    def tidy(self) -> None:
        """Delete folders that `lexical.json` doesn't name; the write lock must be held."""
        stamp = _read_stamp(self._path)
        for folder in self._path.parent.glob(f"{_FOLDER}*"):
            if stamp is None or folder.name != stamp.folder:
                shutil.rmtree(folder, ignore_errors=True)

    def count(self) -> int:
        """Number of passages in the index."""
        self.refresh(patience=_PATIENCE)
        with self._guard:
            return int(self._index.searcher().num_docs) if self._index is not None else 0

    def _reopen(self, state: State) -> None:
        """Take over what another process has written since, or what stands on disk when first used."""
        stamp = _read_stamp(self._path)
        if stamp is None or not _fits(stamp, state):
            return
        try:
            if self._stamp is None or self._stamp.folder != stamp.folder:
                index = _open(self._path.parent / stamp.folder)
                self._check_files(stamp)
            else:
                index = self._index
                index.reload()
        except (OSError, ValueError) as error:
            self._damaged(error)
            self._index = self._stamp = None
            return
        self._index, self._stamp = index, stamp

    def _check_files(self, stamp: Stamp) -> None:
        """ValueError where a file that is in use differs from what was written."""
        # Under the lock, lest another process merges files away meanwhile; if it is busy, all is well there.
        if not self._lock.acquire(1.0):
            return
        try:
            folder = self._path.parent / stamp.folder
            used = {
                s["segment_id"].replace("-", "") for s in json.loads((folder / "meta.json").read_bytes())["segments"]
            }
            for name, checksum in stamp.files.items():
                file = folder / name
                if name.split(".")[0] in used and file.exists() and file_digest(file) != checksum:
                    raise ValueError(f"{name} has changed")
        finally:
            self._lock.release()

    def _write(self, state: State) -> None:
        self._reopen(state)
        with self._catalogue.reading() as session:
            state = session.state() or state
            if _current(self._stamp, state):
                return
            if self._stamp is None or not _fits(self._stamp, state):
                self._build(session, state)
                return
            try:
                self._catch_up(session, state, self._stamp)
            except (OSError, ValueError) as error:
                self._damaged(error)
                self._build(session, state)

    def _catch_up(self, session: Session, state: State, stamp: Stamp) -> None:
        gone = session.removed_since(stamp.generation)
        # After a kill between tantivy's commit and the stamp, a part of the changes is in it already.
        replay = self._index.searcher().num_docs != stamp.count
        _apply(self._index, gone, session.entries_since(stamp.generation), replay=replay)
        if not replay and self._index.searcher().num_docs != session.passage_count():
            _apply(self._index, gone, session.entries_since(stamp.generation), replay=True)
        if self._index.searcher().num_docs != session.passage_count():
            raise ValueError("it disagrees with the catalogue")
        self._save(state, stamp.folder, stamp.files)

    def _damaged(self, error: Exception) -> None:
        """Note what is about to be built anew, for the log and for who asks what was repaired."""
        self.repairs.append(f"The lexical index is damaged ({error}): it was built anew.")
        logger.warning("The lexical index is damaged (%s): it is built anew", error)

    def _build(self, session: Session, state: State) -> None:
        folder = f"{_FOLDER}{secrets.token_hex(4)}"
        (self._path.parent / folder).mkdir()
        index = _open(self._path.parent / folder)
        _apply(index, [], session.entries_since(-1), replay=False)
        self._index = index
        self._save(state, folder, {})
        self.tidy()
        logger.info("Lexical index built from the catalogue: %d passages", index.searcher().num_docs)

    def _save(self, state: State, folder: str, known: dict[str, str]) -> None:
        files = {
            # tantivy never changes a segment's file, so those known need not be read again.
            file.name: known.get(file.name) or file_digest(file)
            for file in sorted((self._path.parent / folder).iterdir())
            if re.fullmatch(r"[0-9a-f]{32}\..+", file.name)
        }
        count = int(self._index.searcher().num_docs)
        self._stamp = Stamp(state.library, state.generation, folder, count, files=files)
        data = json.dumps(asdict(self._stamp)).encode()
        replace_atomically(self._path, lambda file: file.write(data))


def _hits(searcher: Any, query: Any, k: int) -> list[tuple[int, float]]:
    """(id, score) of the ``k`` best matches, best first."""
    hits = searcher.search(query, limit=k, count=False).hits
    ids = searcher.fast_field_values("id", [address for _, address in hits])
    return [(int(i), float(score)) for i, (score, _) in zip(ids, hits, strict=True)]


def _hits_among(searcher: Any, query: Any, k: int, only: Ids) -> list[tuple[int, float]]:
    """The same among the ids ``only``, when they are many: a list deep enough to hold ``k`` of them."""
    total = int(searcher.num_docs)
    depth = min(total, 2 * k * math.ceil(total / len(only)))
    while True:
        found = _hits(searcher, query, depth)
        kept = np.isin(np.array([i for i, _ in found], np.int64), only, assume_unique=True)
        if kept.sum() >= k or len(found) < depth or depth >= total:
            return [hit for hit, keep in zip(found, kept.tolist(), strict=True) if keep][:k]
        depth = min(total, 8 * depth)


def _current(stamp: Stamp | None, state: State) -> bool:
    return stamp is not None and (stamp.library, stamp.generation) == (state.library, state.generation)


def _fits(stamp: Stamp, state: State) -> bool:
    same = (stamp.library, stamp.format) == (state.library, _FORMAT)
    return same and stamp.generation <= state.generation


def _read_stamp(path: Path) -> Stamp | None:
    with suppress(OSError, ValueError, TypeError):
        return Stamp(**json.loads(path.read_bytes()))
    return None


@cache
def _analyzer() -> Any:
    """Splits what `words` has joined by spaces, folds accents, stems."""
    filters = (tantivy.Filter.ascii_fold(), tantivy.Filter.stemmer("english"))
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    for step in filters:
        builder = builder.filter(step)
    return builder.build()


def _open(folder: Path) -> Any:
    """The index in ``folder``, made where there is none yet; OSError or ValueError where it can't be read."""
    builder = tantivy.SchemaBuilder().add_unsigned_field("id", stored=False, indexed=True, fast=True)
    for name in FIELD_BOOSTS:
        builder = builder.add_text_field(name, stored=False, tokenizer_name="locus", index_option="freq")
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder.name} is missing")
    index = tantivy.Index(builder.build(), path=str(folder))
    index.register_tokenizer("locus", _analyzer())
    index.config_reader("manual")
    index.reload()
    return index


def _apply(index: Any, gone: Iterable[int], entries: Iterable[Entry], *, replay: bool) -> None:
    """Delete, add, commit, and wait for merges; with ``replay``, what may be there already is deleted first."""
    writer = index.writer(_HEAP_BYTES, 1)

    def delete(passage_id: int) -> None:
        # Not delete_documents_by_term: it takes a Python int for a signed one, which an unsigned field never matches.
        writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, "id", passage_id))

    for passage_id in gone:
        delete(passage_id)
    for entry in entries:
        if replay:
            delete(entry.passage.id)
        writer.add_document(_document(entry))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()


def _document(entry: Entry) -> Any:
    passage = entry.passage
    document = tantivy.Document()
    document.add_unsigned("id", passage.id)
    document.add_text("title", _joined(entry.title))
    document.add_text("heading", _joined(passage.heading))
    document.add_text("text", " ".join(words(prose(passage.text, passage.references))))
    return document


@lru_cache(maxsize=1024)
def _joined(label: str) -> str:
    """The words of a title or heading, which many passages share."""
    return " ".join(words(label))


def stems_of(text: str) -> list[str]:
    """Stems of the words of ``text`` as they are indexed, stop words among them."""
    return list(_analyzer().analyze(" ".join(words(text))))


def proving_stems(name: str) -> list[str]:
    """Stems any of which proves that a text has the name."""
    # Of a compound ("SLM-2") its parts prove nothing; its joined forms do. Of a variant the last form does.
    forms = words(name)
    whole = forms[-1:] if variant_keys(name) else forms[-2:]
    return [stem for form in whole for stem in _analyzer().analyze(form) if len(stem) > 1]


def weighted_stems(text: str) -> list[tuple[str, float]]:
    """(stem, weight) of the words of a question without stop words; the forms of a compound share one word's weight."""
    return list(stem_weights([(text, 1.0)]).items())


def stem_weights(terms: Terms) -> dict[str, float]:
    """Stem -> weight of the words sought: stop words left out unless there is nothing else."""
    weights: dict[str, float] = {}
    for stem, weight in _stems(terms, STOP_WORDS) or _stems(terms, frozenset()):
        if stem in weights or len(weights) < _MOST_TERMS:
            weights[stem] = weights.get(stem, 0.0) + weight
    return weights


def _stems(terms: Terms, leave_out: frozenset[str]) -> list[tuple[str, float]]:
    """(stem, weight) of every word; the forms of a compound share the weight of one word."""
    found: list[tuple[str, float]] = []
    for text, weight in terms:
        for token in tokens(text):
            kept = [word for word in words(token) if word not in leave_out]
            stems = _analyzer().analyze(" ".join(kept))
            found += [(stem, weight / len(stems)) for stem in stems]
    return found


def _query(schema: Any, weights: dict[str, float]) -> Any:
    query = tantivy.Query
    clauses: Iterator[tuple[Any, Any]] = (
        (tantivy.Occur.Should, query.boost_query(query.term_query(schema, name, stem, "freq"), weight * boost))
        for stem, weight in weights.items()
        for name, boost in FIELD_BOOSTS.items()
    )
    return query.boolean_query(list(clauses))
