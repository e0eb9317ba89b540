"""Papers that are not in the library: looked for in Europe PMC or PubMed by the genes and topics of what is there.

What is sent is one query, made here and shown before it goes: names of genes and words of titles (or of a question),
nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.suggestions.similar import PLAIN, telling
from index import genes
from index.asked import LEAST, genes_in
from index.errors import SourceError
from index.papers import PaperInfo
from index.sources.fetching import Fetched, fetch
from index.sources.records import Offer, Source, Texts, Wish
from index.store import Store
from index.terms import STOP_WORDS, stem

GENES, WORDS = 4, 4
"""Genes and words of one query."""
LOOKED = 100
"""Papers of the service that are looked at for those that are not held."""
_TITLES = 300
_CONSIDERED = 60
_WORD = re.compile(r"[A-Za-z][A-Za-z-]{3,}")
_NAME = re.compile(r"[\w-]{2,20}")


@dataclass(frozen=True, slots=True)
class Outside:
    """A paper that is not held: ``genes`` are the sought genes that it names, ``nearest`` is a paper like it."""

    offer: Offer
    genes: tuple[str, ...] = ()
    nearest: PaperInfo | None = None

    @property
    def info(self) -> PaperInfo:
        """Who, where and when."""
        return self.offer.paper.info

    @property
    def open_access(self) -> bool:
        """Whether its full text may be had: surely with Europe PMC, likely with PubMed Central."""
        return self.offer.full_text

    @property
    def why(self) -> str:
        """The reasons as one line of text."""
        parts = [f"names {', '.join(self.genes)}"] if self.genes else []
        parts += [f"nearest in the library: {self.nearest.citation}"] if self.nearest else []
        return "; ".join(parts)


def query_for(library: Store, source: str, *, paper: int = 0, question: str = "") -> str:
    """The query that `outside` would send to ``source`` ("europepmc" or "pubmed"), for one paper, a question, or all.

    Raises LibraryError; SourceError where there is nothing to look for.
    """
    if question.strip():
        symbols = _symbols(genes_in(question))
        words = _words(library, [question], symbols, 1)
    elif paper:
        info = library.paper(paper).info
        named: Counter[str] = Counter()
        for found in library.genes_of([p.id for p in library.passages_of(paper)]).values():
            named.update(found)
        in_title = genes_in(info.title)
        ranked = sorted(named, key=lambda c: (c not in in_title, -named[c]))
        symbols = _symbols(ranked[: GENES if not in_title else max(1, len(in_title))])
        words = _words(library, [info.title], symbols, 1)
    else:
        titles = [info.title for info in library.papers("", 0, _TITLES)]
        often = Counter(concept for title in titles for concept in genes_in(title))
        concepts = [c for c, _ in often.most_common(GENES)]
        concepts += [c for c, _ in library.genes_named(_CONSIDERED) if c not in concepts]
        symbols = _symbols(concepts)
        words = _words(library, titles, symbols, 2)
    if not symbols and not words:
        raise SourceError("There is nothing to look for.", hint="Add papers first, or ask a question of your own.")
    return _query(source, symbols[:GENES], words[:WORDS])


def outside(library: Store, source: Source, query: str, k: int = 20) -> tuple[list[Outside], int]:
    """Papers that ``query`` finds at the service and that are not held, the nearest to the library first, and how
    many it finds in all. Raises SourceError and LibraryError.
    """
    found = source.search(Wish(query, limit=LOOKED))
    sought = genes_in(query)
    scored: list[tuple[float, int, Outside]] = []
    for place, offer in enumerate(found.offers()):
        if library.held(offer.paper.info) or not offer.paper.info.title:
            continue
        text = " ".join([offer.paper.info.title, *(section.text for section in offer.paper.sections)])
        mine = sought & {c for m in genes.find(text) for c in m.concepts[:1]}
        nearest, cosine = _nearest(library, offer.paper.info.title)
        score = len(mine) + 2.0 * cosine + (0.3 if offer.full_text else 0.0) - 0.01 * place
        scored.append((score, place, Outside(offer, _symbols(sorted(mine)), nearest)))
    return [one for _, _, one in sorted(scored, key=lambda s: (-s[0], s[1]))[:k]], found.total


def add(library: Store, source: Source, chosen: list[Offer]) -> Fetched:
    """Add papers that `outside` offered: full text where it is open, else the abstract. Raises LibraryError."""
    wish = Wish("chosen", limit=max(1, len(chosen)), texts=Texts.ANY)
    return fetch(library, source, _Chosen(chosen), wish)


class _Chosen:
    """Offers at hand, as if a search had found them."""

    def __init__(self, chosen: list[Offer]) -> None:
        self._chosen = chosen

    @property
    def total(self) -> int:
        return len(self._chosen)

    def offers(self) -> Iterator[Offer]:
        return iter(self._chosen)


def _nearest(library: Store, title: str) -> tuple[PaperInfo | None, float]:
    best = library.dense(library.embedder.embed_query(title), 1)
    if not best:
        return None, 0.0
    passages = library.passages([best[0][0]])
    info = library.infos([passages[0].paper_id]).get(passages[0].paper_id) if passages else None
    return info, best[0][1]


def _symbols(concepts: object) -> tuple[str, ...]:
    """Symbols of gene concepts, human and mouse spelt alike once; those that no query could carry left out."""
    table, found = genes.table(), []
    for concept in concepts if isinstance(concepts, (list, set, frozenset, tuple)) else ():
        gene = next(iter(table.concept(concept)), None)
        if gene is not None and _NAME.fullmatch(gene.symbol):
            found.append(gene.symbol)
    return tuple(dict.fromkeys(found))


def _words(library: Store, texts: list[str], symbols: tuple[str, ...], least: int) -> list[str]:
    """Words that carry the topic, the commonest first, of a single text the rarest; names of genes are no words."""
    counts: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    low = {symbol.lower() for symbol in symbols}
    for text in texts:
        named = {word.lower() for m in genes.find(text, least=LEAST) for word in _WORD.findall(m.text)}
        for word in dict.fromkeys(w.lower() for w in _WORD.findall(text)):
            root = stem(word)
            if word not in STOP_WORDS and word not in PLAIN and word not in low and word not in named:
                counts[root] += 1
                spelt.setdefault(root, word)
    rarity = telling(library, counts) if least == 1 else dict.fromkeys(counts, 1.0)
    kept = [root for root, n in counts.items() if n >= least]
    return [spelt[root] for root in sorted(kept, key=lambda r: -counts[r] * rarity.get(r, 0.5))]


def _query(source: str, symbols: tuple[str, ...], words: list[str]) -> str:
    """Any of the genes and any of the words, in title or abstract, in the words of the service."""
    form = "{}[tiab]" if source == "pubmed" else '(TITLE:"{0}" OR ABSTRACT:"{0}")'
    sides = [" OR ".join(form.format(name) for name in names) for names in (symbols, words) if names]
    return " AND ".join(f"({side})" for side in sides)


def without(offers: list[Outside], info: PaperInfo) -> list[Outside]:
    """The offers without the paper ``info``."""
    gone = replace(info, id=0)
    return [one for one in offers if replace(one.info, id=0) != gone]
