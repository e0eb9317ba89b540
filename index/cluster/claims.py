"""Who is writing which paper just now, so that no two workers of a build write one paper at the same time."""

from __future__ import annotations

import time
from collections.abc import Iterable

LEASE = 300.0
"""Seconds after which a claim that was not given back is void: its worker is gone for good."""


class Claims:
    """Names of papers (identifiers, hashes of texts) and the groups that have claimed them.

    A group that is tried again after its worker's death is the same group: it has its claims already.
    """

    def __init__(self) -> None:
        self._held: dict[str, tuple[str, float]] = {}
        self._of: dict[str, list[str]] = {}

    def claim(self, group: str, names: Iterable[str]) -> bool:
        """Claim all of ``names`` for a group; False, and nothing is claimed, where another has one of them."""
        now = time.monotonic()
        wanted = list(names)
        for name in wanted:
            owner, since = self._held.get(name, (group, now))
            if owner != group and now - since < LEASE:
                return False
        for name in wanted:
            self._held[name] = (group, now)
        self._of[group] = wanted
        return True

    def release(self, group: str) -> None:
        """Give back what a group has claimed."""
        for name in self._of.pop(group, []):
            if self._held.get(name, ("", 0.0))[0] == group:
                del self._held[name]
