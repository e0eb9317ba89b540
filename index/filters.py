"""What a search can be held to: genes, variants, years, journals, parts of papers, species, papers, evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from index.parts import Part

Ids = NDArray[np.int64]
"""Passage ids (n,), rising."""

_KEPT = 32


@dataclass(frozen=True, slots=True)
class Filters:
    """What passages must satisfy to be found; what is empty lets everything through.

    Of ``genes`` (concepts, `index.genes.Gene.concept`) and ``variants`` (terms, `index.variants.Variant.terms`) a
    passage must name all; of the others it must have one. Years are inclusive. A passage is of a species where it
    names it, or names no animal at all in a paper that is about it. ``organisms`` and ``kinds`` are those of the
    paper as evidence (`index.grading`): what was studied, not what a passage names.
    """

    genes: frozenset[str] = frozenset()
    variants: frozenset[str] = frozenset()
    first_year: int | None = None
    last_year: int | None = None
    journals: frozenset[str] = frozenset()
    parts: frozenset[Part] = frozenset()
    species: frozenset[str] = frozenset()
    papers: frozenset[int] = frozenset()
    organisms: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return self != NO_FILTERS

    @property
    def needs_tags(self) -> bool:
        """Whether the passages' tags decide."""
        return bool(self.genes or self.variants or self.parts or self.species)

    @property
    def needs_grades(self) -> bool:
        """Whether the papers' grades as evidence decide."""
        return bool(self.organisms or self.kinds)


NO_FILTERS = Filters()


class KeptIds:
    """Passage ids of the filters used last, as long as the catalogue stays as it was. Safe to use from many threads."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._state: object = None
        self._found: dict[Filters, Ids] = {}

    def get(self, filters: Filters, state: object, ask: Callable[[], Ids]) -> Ids:
        """The ids that ``ask`` gives for ``filters``, asked for anew where ``state`` is another than before."""
        with self._guard:
            if state != self._state:
                self._state, self._found = state, {}
            if filters in self._found:
                return self._found[filters]
        ids = ask()
        with self._guard:
            if state == self._state:
                while len(self._found) >= _KEPT:
                    self._found.pop(next(iter(self._found)))
                self._found[filters] = ids
        return ids
