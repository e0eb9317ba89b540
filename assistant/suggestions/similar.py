"""Papers of the library like one of its papers, or for a question, and why each was chosen.

Three rankings are fused: passages near in meaning, words shared, genes shared. The reasons told are read from the two
papers themselves, so that each can be checked.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index import genes
from index.asked import LEAST, genes_in
from index.papers import Paper, PaperInfo, Passage, SectionKind
from index.passage_table import Vectors
from index.search import fuse, search
from index.store import Store
from index.terms import STOP_WORDS, stem

QUERIES = 6
"""Passages of a paper whose neighbours are looked for: its abstract, else its first ones."""
NEIGHBOURS = 60
"""Passages taken for each, and for its words."""
GENES = 12
"""Genes of a paper that are compared, those that tell it apart best."""
WEIGHED = 5
"""Papers, beyond those asked for, whose texts are read for reasons too: these may lift one of them."""
HITS = 60
SHOWN = 5
_LEAST_SHARED = 2
_RARE = 2.5
"""Inverse document frequency of a word that one passage of twelve holds."""
_SMALL = 500
"""Passages under which rarity says little."""
_NEAR = 0.4
"""Cosine from which a near passage alone is reason enough."""
PLAIN = frozenset(
    """study studies role roles result results analysis mice mouse human humans gene genes protein proteins cell
    cells expression function functions here show shown using used two three new novel data effect effects level
    levels increased decreased reduced found identified identify associated required suggest suggests model
    models methods conclusion conclusions background important different including however well known many
    several present type control controls wild mutant mutants lead leads development disease normal specific
    resulted provide first major mutation mutations affected perturbed responsible severely leading
    transcription loss lack lacking potential caused determined generated generate activated activation
    regulation regulate wild-type concentration localized measured characterized characterization multiple lines
    test tested switch birth regions develop developing developed genetic genetics proper abnormal abnormalities
    defects defect deficient deficiency essential critical require requires contribute contributes distinct
    specifically reveal reveals revealed analyses performed observed compared significant significantly evidence
    demonstrate demonstrated report reported further system related based high low within common factor factors
    number involved complex due""".split()
)
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{3,}")
_CITED = re.compile(r"([A-Z][^\W\d_]+(?:[-'’][A-Z][^\W\d_]+)?)[^;()\[\]]{0,60}?\b((?:19|20)\d\d)[a-z]?")


@dataclass(frozen=True, slots=True)
class Similar:
    """A paper to read, and why: symbols of shared genes, shared terms, works that both cite, its nearest passage.

    ``cites`` is true where one of the two names the other among its references; ``nearness`` is the cosine of the
    nearest passages. ``asked`` says that it was chosen for a question, not for another paper.
    """

    info: PaperInfo
    genes: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    cites: bool = False
    passage: Passage | None = None
    nearness: float = 0.0
    asked: bool = False

    @property
    def why(self) -> str:
        """The reasons as one line of text; empty where only a passage is near."""
        if self.asked:
            named = [f"names {', '.join(self.genes)}"] if self.genes else []
            return "; ".join([*named, *([f"speaks of {', '.join(self.terms)}"] if self.terms else [])])
        parts = [f"both name {', '.join(self.genes)}"] if self.genes else []
        parts += ["one cites the other"] if self.cites else []
        parts += [f"both cite {', '.join(self.works)}"] if self.works else []
        parts += [f"both are about {', '.join(self.terms)}"] if self.terms else []
        return "; ".join(parts)


def like(library: Store, paper_id: int, k: int = 10) -> list[Similar]:
    """The ``k`` papers most like one of the library, best first. LibraryError where it isn't there."""
    paper = library.paper(paper_id)
    own = library.passages_of(paper_id)
    vectors = library.vectors([p.id for p in own])
    near = _near(library, paper_id, own, vectors)
    shared = _by_genes(library, paper_id, own)
    worded = _by_words(library, paper, paper_id)
    fused = fuse([list(near), worded, list(shared)])
    best = sorted(fused, key=lambda i: (-fused[i], i))[: k + WEIGHED]
    infos = library.infos(best)
    passages = {p.id: p for p in library.passages([near[i][1] for i in best if i in near])}
    works = _works(paper)
    kept = telling(library, {stem(w.lower()) for w in _WORD.findall(f"{paper.info.title} {_abstract(paper)}")})
    found: list[tuple[float, Similar]] = []
    for other in best:
        if other not in infos:
            continue
        theirs = library.paper(other)
        both = works & _works(theirs)
        cites = _named_in(theirs.info, works) or _named_in(paper.info, _works(theirs))
        nearness, passage_id = near.get(other, (0.0, 0))
        score = fused[other] * (1.0 + 0.1 * min(len(both), 5) + (0.5 if cites else 0.0))
        similar = Similar(
            theirs.info,
            tuple(shared.get(other, ())[:SHOWN]),
            _terms(paper, theirs, kept),
            tuple(f"{name} {year}" for name, year in sorted(both)[:SHOWN]),
            cites,
            passages.get(passage_id),
            nearness,
        )
        reasons = similar.genes or similar.works or cites or len(similar.terms) >= _LEAST_SHARED
        if reasons or nearness >= _NEAR:
            found.append((score, similar))
    return [similar for _, similar in sorted(found, key=lambda f: -f[0])][:k]


def for_question(library: Store, question: str, k: int = 10) -> list[Similar]:
    """The ``k`` papers whose passages answer a question best, each with the passage that does. Raises LibraryError."""
    hits = search(library, question, HITS)
    asked = genes_in(question)
    named = library.genes_of([hit.passage.id for hit in hits])
    order: dict[int, Similar] = {}
    for hit in hits:
        if hit.paper.id in order:
            continue
        mine = sorted(asked & named.get(hit.passage.id, {}).keys())
        words = {stem(w.lower()): w.lower() for w in _WORD.findall(question)}
        said = {stem(w.lower()) for w in _WORD.findall(hit.passage.text)}
        shared = [w for s, w in words.items() if s in said and w not in STOP_WORDS and w not in PLAIN]
        symbols = tuple(_symbol(c) for c in mine)
        low = {m.text.lower() for m in genes.find(question, least=LEAST)}
        terms = tuple(w for w in shared if not any(w in name for name in low))[:SHOWN]
        found = Similar(hit.paper, symbols, terms, passage=hit.passage, nearness=hit.similarity, asked=True)
        if found.why or found.nearness >= _NEAR:
            order[hit.paper.id] = found
    return list(order.values())[:k]


def _near(
    library: Store,
    paper_id: int,
    own: Sequence[Passage],
    vectors: Mapping[int, tuple[Vectors, Vectors]],
) -> dict[int, tuple[float, int]]:
    """Paper -> (cosine, passage) of its passage nearest to one of ``own``, the nearest paper first."""
    chosen = [p for p in own if p.kind is SectionKind.ABSTRACT and p.id in vectors][:QUERIES]
    chosen = chosen or [p for p in own if p.id in vectors][:QUERIES]
    queries = [vectors[p.id][0].astype(np.float32) for p in chosen]
    if vectors:
        mean = np.mean([v.astype(np.float32) for v, _ in vectors.values()], axis=0)
        queries.append(mean / max(1e-6, float(np.linalg.norm(mean))))
    mine = {p.id for p in own}
    cosines: dict[int, float] = {}
    for query in queries:
        # Its own passages are the nearest of all: as many more are asked for.
        for passage_id, cosine in library.dense(query, NEIGHBOURS + len(mine)):
            if passage_id not in mine:
                cosines[passage_id] = max(cosine, cosines.get(passage_id, -1.0))
    best: dict[int, tuple[float, int]] = {}
    for passage in library.passages(list(cosines)):
        if passage.paper_id != paper_id:
            offered = (cosines[passage.id], passage.id)
            best[passage.paper_id] = max(best.get(passage.paper_id, (-1.0, 0)), offered)
    return dict(sorted(best.items(), key=lambda item: -item[1][0]))


def _by_words(library: Store, paper: Paper, paper_id: int) -> list[int]:
    """Papers whose passages share the words of title and abstract, best first."""
    text = f"{paper.info.title} {_abstract(paper)}"[:1500]
    ids = [i for i, _ in library.lexical(text, NEIGHBOURS)]
    place = {passage.id: passage.paper_id for passage in library.passages(ids)}
    return list(dict.fromkeys(place[i] for i in ids if i in place and place[i] != paper_id))


def _by_genes(library: Store, paper_id: int, own: Sequence[Passage]) -> dict[int, list[str]]:
    """Paper -> symbols of the genes it shares, the paper that shares most first: rare genes weigh more."""
    counts: Counter[str] = Counter()
    for named in library.genes_of([p.id for p in own]).values():
        counts.update(named)
    papers = max(2, library.count())
    named_by = {c: library.papers_of_gene(c) for c, _ in counts.most_common(3 * GENES)}
    weights = {c: math.log1p(counts[c]) * math.log(papers / len(found)) for c, found in named_by.items() if found}
    scores: dict[int, float] = {}
    shared: dict[int, list[str]] = {}
    for concept in sorted(weights, key=lambda c: -weights[c])[:GENES]:
        for other, times in named_by[concept]:
            if other != paper_id and weights[concept] > 0:
                scores[other] = scores.get(other, 0.0) + weights[concept] * math.log1p(min(times, 20))
                shared.setdefault(other, []).append(_symbol(concept))
    order = sorted(scores, key=lambda i: (-scores[i], i))[:NEIGHBOURS]
    return {i: list(dict.fromkeys(shared[i])) for i in order}


def _symbol(concept: str) -> str:
    found = genes.table().concept(concept)
    return found[0].symbol if found else concept


def _abstract(paper: Paper) -> str:
    parts = [s.text for s in paper.sections if s.kind is SectionKind.ABSTRACT]
    return " ".join(parts or [s.text for s in paper.sections[:1]])


def _terms(one: Paper, other: Paper, kept: Container[str]) -> tuple[str, ...]:
    """Words that titles and abstracts of both hold, but for names of genes and what is not ``kept`` (see `telling`)."""
    mine, theirs = (f"{p.info.title}. {_abstract(p)}" for p in (one, other))
    held = {stem(w.lower()) for w in _WORD.findall(theirs)}
    symbols = {m.text.lower() for m in genes.find(mine)}
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    title = {stem(w.lower()) for w in _WORD.findall(one.info.title) + _WORD.findall(other.info.title)}
    for word in (w.lower() for w in _WORD.findall(mine)):
        root = stem(word)
        if root in held and word not in STOP_WORDS and word not in PLAIN and word not in symbols:
            counts[root] += 3 if root in title else 1
            words.setdefault(root, word)
    return tuple(words[root] for root, n in counts.most_common() if n >= _LEAST_SHARED and root in kept)[:SHOWN]


def telling(library: Store, roots: Iterable[str]) -> dict[str, float]:
    """Stems that tell papers apart, with their rarity: not those that one passage of twelve holds, as "mutations"."""
    rarity = library.rarities(roots)
    if library.status().passages < _SMALL:
        return rarity
    return {root: value for root, value in rarity.items() if value >= _RARE}


def _works(paper: Paper) -> set[tuple[str, str]]:
    """(first author, year) of the works that a paper names in its text; empty where it cites by number."""
    found: set[tuple[str, str]] = set()
    for section in paper.sections:
        for start, end in section.references:
            found.update(_CITED.findall(section.text[start:end]))
    return found


def _named_in(info: PaperInfo, works: set[tuple[str, str]]) -> bool:
    """Whether a paper is among works: only where its surname and year are, and the surname is no common one."""
    first = info.citation.split(" ")[0] if info.authors else ""
    return len(first) > 3 and (first, str(info.year)) in works
