"""Open questions that the papers state in so many words, each with its exact quote.

A sentence counts only where it says that something is not known by now or has yet to be done, in the present. What an
introduction or the start of an abstract calls unknown is as a rule what the paper then tells: these are left out, as
are methods, legends, and a sentence whose very next one sets out to answer it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.answers import Citation
from assistant.generators.extractive import same
from assistant.grounding import Quote, quotes_of
from assistant.suggestions.cues import AHEAD, CUES, stated
from index import genes
from index.asked import LEAST
from index.filters import NO_FILTERS, Filters
from index.papers import Hit, SectionKind
from index.parts import Part
from index.sentences import split
from index.store import Store

READ = 600
"""Passages read at most for one list, those that sound most like open questions first."""
A_PAPER = 3
"""Questions of one paper in a list of many papers."""

_PARTS = frozenset((Part.DISCUSSION, Part.RESULTS, Part.ABSTRACT, Part.OTHER))
_MATTER = re.compile(
    r"\b(?:background|objectives?|aims?|introduction|purpose|rationale|synopsis|editor\w*|supplement\w*|availab\w*"
    r"|author summary|abbreviat\w*|contribut\w*|supporting|acknowledg\w*|method\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A sentence that says what is not known; ``citation.quote`` is verbatim, numbered from 1 in its list."""

    citation: Citation
    score: float


def open_questions(library: Store, topic: str = "", k: int = 20, *, papers: Iterable[int] = ()) -> list[OpenQuestion]:
    """Up to ``k`` open questions, the plainest first: of all papers, of those on a ``topic``, or of given ``papers``.

    A gene of the topic must be named in the passage, by whatever name. Raises LibraryError.
    """
    only = frozenset(papers)
    concepts = frozenset(c for m in genes.find(topic, least=LEAST) for c in m.concepts[:1]) if topic else frozenset()
    filters = Filters(papers=only, parts=_PARTS, genes=concepts) if topic or only else Filters(parts=_PARTS)
    allowed = library.allowed(filters if filters else NO_FILTERS)
    if only and allowed is not None and len(allowed) <= READ:
        ranked = dict.fromkeys(allowed.tolist(), 0.0)
    else:
        asked = [(CUES, 1.0), *([(topic, 3.0)] if topic.strip() else [])]
        ranked = dict(library.lexical(asked, READ, only=allowed))
    found: list[tuple[float, Quote]] = []
    passages = library.passages(list(ranked))
    infos = library.infos({p.paper_id for p in passages})
    words = {w.lower() for w in re.findall(r"[\w-]{4,}", topic)} if topic and not concepts else set()
    for passage in passages:
        if passage.paper_id not in infos or _MATTER.search(passage.heading):
            continue
        if words and not any(w in passage.text.lower() for w in words):
            continue
        hit = Hit(passage, infos[passage.paper_id], 0.0)
        found += [(points, quote) for points, quote in _stated(hit)]
    found.sort(key=lambda f: (-f[0], f[1].key))
    return list(_chosen(found, k, A_PAPER if len(only) != 1 else k))


def _stated(hit: Hit) -> Iterator[tuple[float, Quote]]:
    passage = hit.passage
    # A cheap look first: whether a sentence gives orders to its reader is dear to find out.
    if not any(stated(passage.text[start:end]) for start, end in split(passage.text)):
        return
    quotes = quotes_of(hit)
    late = re.search(r"discuss|conclu|perspective|outlook|future", passage.heading, re.IGNORECASE)
    first = 2 * len(quotes) // 3 if passage.kind is SectionKind.ABSTRACT and "/" not in passage.heading else 0
    results = not late and re.search(r"result", passage.heading, re.IGNORECASE)
    for n, quote in enumerate(quotes[first:], first):
        following = quotes[n + 1].prose if n + 1 < len(quotes) else ""
        if results and not AHEAD.search(quote.prose):
            continue
        if points := stated(quote.prose, following):
            yield points + (0.5 if late else 0.0), quote


def _chosen(found: list[tuple[float, Quote]], k: int, each: int) -> Iterator[OpenQuestion]:
    taken: list[Quote] = []
    for score, quote in found:
        info = quote.hit.paper
        if len(taken) == k:
            return
        if sum(t.hit.paper.id == info.id for t in taken) >= each:
            continue
        if any(t.key == quote.key or same(t.prose, quote.prose) for t in taken):
            continue
        taken.append(quote)
        passage = quote.hit.passage
        place = (passage.section, passage.heading, quote.start, quote.end)
        yield OpenQuestion(Citation(len(taken), info, *place, quote.text, passage.page), score)
