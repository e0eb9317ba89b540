"""From a query to papers in the library: what is held is passed over, so that a run can be stopped and continued.

The library itself is the record of how far a run has come: run again, the same query asks for the full texts that are
not there yet and for nothing else.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from index.errors import SourceError
from index.papers import Paper, PaperInfo
from index.results import AddResult, AddSummary, Status
from index.settings import LibrarySettings
from index.sources.europepmc import EuropePmc
from index.sources.ncbi import WITH_KEY, WITHOUT_KEY, PubMed
from index.sources.politeness import Manners, Service, Unwanted
from index.sources.records import Found, Offer, Source, Texts, Wish

if TYPE_CHECKING:
    from index.store import Store

logger = logging.getLogger(__name__)

SOURCES = {"europepmc": "Europe PMC", "pubmed": "PubMed"}
"""Names of the services, and what users call them."""
_GIVE_UP = 5
"""Full texts in a row that can't be had for a fault of the service, after which it is left in peace."""


class Got(StrEnum):
    """What was got of a paper."""

    FULL = "full text"
    ABSTRACT = "abstract"
    HELD = "held already"
    NONE = "no text"


@dataclass(frozen=True, slots=True)
class Step:
    """One paper dealt with, the ``number``-th of ``total``; ``note`` says what went wrong with its full text."""

    number: int
    total: int
    info: PaperInfo
    got: Got
    note: str = ""


@dataclass(slots=True)
class Fetched:
    """What a run brought."""

    counts: Counter[Got] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    retracted: list[PaperInfo] = field(default_factory=list)
    """Retracted papers among those found, held ones included."""
    faults: list[Step] = field(default_factory=list)
    """Papers whose full text could not be had for a fault that may pass."""
    added: AddSummary = field(default_factory=AddSummary)
    stopped: bool = False
    error: SourceError | None = None
    """Why the run ended early; what came before is kept."""


Progress = Callable[[Step], None]


def source_of(name: str, settings: LibrarySettings, *, stop: Callable[[], bool] = lambda: False) -> Source:
    """The service called "europepmc" or "pubmed"; nothing is sent yet. SourceError where there is no such service."""
    mail = settings.contact
    if name == "europepmc":
        return EuropePmc(Service("Europe PMC", settings.europepmc_url, mail=mail, stop=stop))
    if name == "pubmed":
        key = settings.ncbi_key.get_secret_value() if settings.ncbi_key else ""
        manners = Manners(per_second=WITH_KEY if key else WITHOUT_KEY)
        return PubMed(Service("NCBI", settings.ncbi_url, manners=manners, mail=mail, stop=stop), key=key, mail=mail)
    raise SourceError(f"There is no source {name}.", hint=f"Name one of {', '.join(SOURCES)}.")


def fetch(
    library: Store,
    source: Source,
    found: Found,
    wish: Wish,
    *,
    progress: Progress = lambda step: None,
    kept: Callable[[AddResult], None] = lambda result: None,
) -> Fetched:
    """Add what a search ``found``; ``progress`` is told of each paper when it is got, ``kept`` once it is on disk.

    Where the service fails, or the user stops, what came before is added and the reason is in the result. Ctrl-C
    (KeyboardInterrupt) is passed on, after the same. Raises LibraryError.
    """
    run = _Run(library, source, found, wish, progress)
    run.done.added = library.add(run.papers(), progress=kept)
    if run.interrupted:
        raise KeyboardInterrupt
    return run.done


class _Run:
    """One run: its papers one by one, and what became of them."""

    def __init__(self, library: Store, source: Source, found: Found, wish: Wish, progress: Progress) -> None:
        self.done = Fetched()
        self.interrupted = False
        self._library = library
        self._source = source
        self._found = found
        self._wish = wish
        self._progress = progress
        self._total = min(found.total, wish.limit)
        self._number = 0
        self._failures = 0

    def papers(self) -> Iterator[Paper]:
        """The papers to add. Ends early where it must, so that the group in hand is still kept."""
        try:
            for offer in self._found.offers():
                self._number += 1
                paper = self._paper(offer)
                if paper is not None:
                    yield paper
        except Unwanted:
            self.done.stopped = True
        except SourceError as error:
            self.done.error = error
        except KeyboardInterrupt:
            self.interrupted = True

    def _paper(self, offer: Offer) -> Paper | None:
        info = offer.paper.info
        held = self._library.held(info)
        if info.retracted:
            self.done.retracted.append(info)
            if held and not held.info.retracted:
                self._library.mark_retracted([held.info.id])
        wanted = offer.full_text and self._wish.texts is not Texts.ABSTRACTS
        if held and (held.full or not wanted):
            return self._told(offer.paper, Got.HELD)
        note = ""
        if wanted:
            try:
                full = self._source.full_text(offer)
                self._failures = 0
            except Unwanted:
                raise
            except SourceError as error:
                self._failures += 1
                if error.offline or self._failures >= _GIVE_UP:
                    raise
                full, note = None, error.message
            if full is not None:
                return self._told(full, Got.FULL)
        if held:
            return self._told(offer.paper, Got.HELD, note)
        if self._wish.texts is Texts.FULL or not offer.paper.words:
            return self._told(offer.paper, Got.NONE, note)
        return self._told(offer.paper, Got.ABSTRACT, note)

    def _told(self, paper: Paper, got: Got, note: str = "") -> Paper | None:
        step = Step(self._number, self._total, paper.info, got, note)
        self.done.counts[got] += 1
        if note:
            self.done.faults.append(step)
        self._progress(step)
        if got not in (Got.FULL, Got.ABSTRACT):
            return None
        self.done.licences[paper.info.licence or "not stated"] += 1
        return paper


def added(done: Fetched) -> int:
    """Papers that are new in the library, or fuller than before."""
    counts = done.added.counts
    return counts[Status.ADDED] + counts[Status.UPDATED]
