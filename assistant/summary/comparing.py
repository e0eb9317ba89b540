"""Statements of several papers compared: themes that they share, pairs that agree, pairs that point opposite ways."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.polarity import MUST_BE_STATED, poles, stated
from assistant.summary.gathering import Statement
from index import genes
from index.terms import content_words, stem

JOINED = 0.38
"""Mean cosine down to which sentences are taken for one theme."""
ALIKE, OPPOSITE = 0.55, 0.55
"""Cosine from which two sentences are on one matter: to agree on it, and to differ on it."""
PLAINLY_ALIKE = 0.68
"""Cosine from which two sentences agree unless they point opposite ways."""
_SHARED = 3
"""Stems that two sentences on one matter must share."""
_ACROSS_A_PAPER = 10
_SAME = 0.8
_LABEL = 3
_LOSS = re.compile(r"\b(?:[Tt]he )?(?:[Gg]ain|[Ll]oss)(?:[- ]of[- ]function)? (?:of|in) (?:the )?(?=\S*[A-Z])")
"""Of "loss of Sox9 increased …" the gene's loss is the subject, not what is stated."""
_EMPTY = frozenset(
    """results data mice mouse study shown show found gene genes protein proteins exhibit significant three animals
    essential role effect effects suggest indicate several analysis evidence both levels between presence these
    different addition compared""".split()
)
"""Words that name no theme."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What two or more papers speak of: its name, and its sentences, no two of which say the same, the best first."""

    name: str
    statements: tuple[Statement, ...]

    @property
    def papers(self) -> int:
        """Papers that speak of it."""
        return len({one.paper for one in self.statements})


def themes(found: Sequence[Sequence[Statement]], most: int, rarity: Mapping[str, float]) -> list[Theme]:
    """At most ``most`` themes over the findings of several papers, those that most papers share first.

    ``rarity`` tells of stems how telling they are, for the themes' names.
    """
    each = [one for statements in found for one in statements[:_ACROSS_A_PAPER]]
    clusters = [[each[i] for i in places] for places in _joined(each)]
    shared = [c for c in clusters if len({one.paper for one in c}) > 1]
    shared.sort(key=lambda c: (-len({one.paper for one in c}), -max(one.worth for one in c)))
    made: list[Theme] = []
    for cluster in shared:
        if len(made) < most:
            name = _name(cluster, [theme.name for theme in made], rarity)
            made.append(Theme(name, tuple(sorted(cluster, key=lambda one: -one.worth))))
    return made


def one_a_paper(statements: Sequence[Statement], most: int) -> list[Statement]:
    """At most ``most``, the best of each paper first, none that says again what another says."""
    rounds: Counter[int] = Counter()
    ranked: list[tuple[int, int, Statement]] = []
    for place, one in enumerate(statements):
        ranked.append((rounds[one.paper], place, one))
        rounds[one.paper] += 1
    chosen: list[Statement] = []
    for _, _, one in sorted(ranked, key=lambda item: item[:2]):
        if len(chosen) < most and not any(_same(one, other) for other in chosen):
            chosen.append(one)
    return chosen


def agreeing(found: Sequence[Sequence[Statement]], most: int) -> list[tuple[Statement, Statement]]:
    """Pairs of different papers that state the same of one matter, the likest first."""
    pairs = [
        (closeness, one, other)
        for closeness, one, other in _pairs(found, ALIKE)
        if not _same(one, other)
        and points(one.quote.prose, other.quote.prose) >= (closeness < PLAINLY_ALIKE)
        and on_one_gene(one.quote.prose, other.quote.prose)
    ]
    return _without_repeats(pairs, most)


def differing(found: Sequence[Sequence[Statement]], most: int) -> list[tuple[Statement, Statement]]:
    """Pairs of different papers that name one gene and state the opposite of one matter, the likest first."""
    pairs = [
        (closeness, one, other)
        for closeness, one, other in _pairs(found, OPPOSITE)
        if one.genes & other.genes and points(one.quote.prose, other.quote.prose) == -1
    ]
    return _without_repeats(pairs, most)


def _pairs(found: Sequence[Sequence[Statement]], least: float) -> Iterator[tuple[float, Statement, Statement]]:
    """Pairs of own findings of different papers that share their matter."""
    each = [one for statements in found for one in statements if one.own]
    if not each:
        return
    vectors = np.stack([one.vector for one in each])
    likeness = vectors @ vectors.T
    for i, j in np.argwhere(np.triu(likeness, 1) >= least):
        one, other = each[i], each[j]
        shares = one.genes & other.genes or not (one.genes or other.genes)
        if one.paper != other.paper and shares and len(one.stems & other.stems) >= _SHARED:
            yield float(likeness[i, j]), one, other


def on_one_gene(one: str, other: str) -> bool:
    """Whether two sentences name a gene in common, or neither names any: mutants of two genes don't agree.

    `Statement.genes` is not enough: of a long paper only the most telling sentences are read for genes.
    """
    mine, theirs = (frozenset(genes.mentioned(genes.find(text))) for text in (one, other))
    return bool(mine & theirs) or not (mine or theirs)


def points(one: str, other: str) -> int:
    """1 where two sentences state one finding alike, -1 where they state its opposite, 0 where neither is plain."""
    mine, theirs = (
        {axis: states for axis, states in poles(_LOSS.sub("", stated(text))).items() if axis in MUST_BE_STATED}
        for text in (one, other)
    )
    shared = [(mine[axis], theirs[axis]) for axis in mine.keys() & theirs.keys()]
    if not shared or any(len(a) != 1 or len(b) != 1 for a, b in shared):
        return 0
    same = [a == b for a, b in shared]
    return 1 if all(same) else -1 if not any(same) else 0


def _without_repeats(
    pairs: Sequence[tuple[float, Statement, Statement]], most: int
) -> list[tuple[Statement, Statement]]:
    """The best pairs, each sentence in one of them only."""
    kept: list[tuple[Statement, Statement]] = []
    used: set[tuple[int, int, int, int]] = set()
    for _, one, other in sorted(pairs, key=lambda pair: -pair[0]):
        keys = {one.quote.key, other.quote.key}
        if len(kept) < most and not keys & used:
            used |= keys
            kept.append((one, other))
    return kept


def _same(one: Statement, other: Statement) -> bool:
    return len(one.stems & other.stems) > _SAME * min(len(one.stems), len(other.stems))


def _joined(each: Sequence[Statement]) -> list[list[int]]:
    """Places of statements in clusters: the two nearest are joined (average linkage) while they are near enough."""
    if not each:
        return []
    vectors = np.stack([one.vector for one in each])
    near = vectors @ vectors.T
    np.fill_diagonal(near, -1.0)
    clusters: dict[int, list[int]] = {i: [i] for i in range(len(each))}
    while len(clusters) > 1:
        i, j = np.unravel_index(int(near.argmax()), near.shape)
        if near[i, j] < JOINED:
            break
        a, b = len(clusters[int(i)]), len(clusters[int(j)])
        near[i] = (a * near[i] + b * near[j]) / (a + b)
        near[:, i] = near[i]
        near[i, i] = near[j] = near[:, j] = -1.0
        clusters[int(i)] += clusters.pop(int(j))
    return list(clusters.values())


def _name(cluster: Sequence[Statement], taken: Sequence[str], rarity: Mapping[str, float]) -> str:
    """What a theme is called: the genes that its papers share, or else the words."""
    from assistant.gene.naming import symbol  # noqa: PLC0415 - the gene table

    papers = len({one.paper for one in cluster})
    named: Counter[str] = Counter()
    words: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for paper in {one.paper for one in cluster}:
        own = [one for one in cluster if one.paper == paper]
        named.update({gene for one in own for gene in one.genes})
        held = {stem(word): word for one in own for word in content_words(one.quote.prose) if len(word) > 3}
        spelt |= held
        words.update(held.keys())
    shared = [symbol(gene) for gene, count in named.most_common(_LABEL) if count > papers / 2]
    common = [
        spelt[s]
        for s in sorted(words, key=lambda s: -words[s] * rarity.get(s, 1.0))
        if words[s] > papers / 2 and spelt[s].isalpha()
    ]
    common = [word for word in common if word not in _EMPTY and not word.endswith(("ed", "ly", "ing"))]
    parts = [*shared[:2], *common[: _LABEL - len(shared[:2])]]
    name = ", ".join(parts) or "further findings"
    return name if name not in taken else f"{name} ({len(taken) + 1})"
