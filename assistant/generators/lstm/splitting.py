"""What is held out: whole papers and questions, so that no text stands on both sides."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence


def held_out(items: Sequence[tuple[str, Iterable[Hashable]]], share: float, seed: int) -> list[bool]:
    """For each item (its kind, its keys) whether it is held out.

    Items that share a key (a group, a text) stand on one side together. Of each kind about ``share`` is held out, at
    least one where the groups allow it; never all of a kind.
    """
    parents: dict[Hashable, Hashable] = {}

    def root(key: Hashable) -> Hashable:
        parents.setdefault(key, key)
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    first: list[Hashable] = []
    for number, (_, keys) in enumerate(items):
        own = root(("item", number))
        for key in keys:
            parents[root(key)] = own
        first.append(("item", number))
    together: dict[Hashable, list[int]] = {}
    for number, key in enumerate(first):
        together.setdefault(root(key), []).append(number)
    return _chosen(items, list(together.values()), share, seed)


def _chosen(
    items: Sequence[tuple[str, Iterable[Hashable]]], together: list[list[int]], share: float, seed: int
) -> list[bool]:
    random.Random(seed).shuffle(together)  # noqa: S311 - no secret
    totals: Mapping[str, int] = Counter(kind for kind, _ in items)
    wanted = {kind: min(count - 1, max(1, round(share * count))) for kind, count in totals.items()}
    most = {kind: min(count - 1, 2 * wanted[kind] + 2) for kind, count in totals.items()}
    held: Counter[str] = Counter()
    chosen = [False] * len(items)
    # The rarest kind first: a paper that has it brings items of the others along.
    for rare in sorted(totals, key=lambda kind: (totals[kind], kind)):
        for members in together:
            counts = Counter(items[number][0] for number in members)
            fits = all(held[kind] + count <= most[kind] for kind, count in counts.items())
            if chosen[members[0]] or not counts[rare] or held[rare] >= wanted[rare] or not fits:
                continue
            held += counts
            for number in members:
                chosen[number] = True
    return chosen
