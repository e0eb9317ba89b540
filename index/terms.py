"""Words of a text as retrieval and grounding compare them: stemmed, with gene names kept in one spelling."""

from __future__ import annotations

import re
from functools import lru_cache

import tantivy

STOP_WORDS = frozenset(
    """a about after all also although am an and any are as at be because been before being between both but by can
    could did do does during each either few for from further had has have having he her here hers him his how however
    i if in into is it its itself just let may me might more most much must my neither no nor not now of off on one
    only or other our out over own per same shall she should since so some such than that the their them then there
    therefore these they this those though through thus to too under until up upon us very via was we were what when
    where whereas whether which while who whom whose why will with within without would yes yet you your""".split()
)
"""Words that carry no topic."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@lru_cache(maxsize=1)
def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Lower-cased, ASCII-folded English stem of one word ("mutations" -> "mutat")."""
    stems = _analyzer().analyze(word)
    return str(stems[0]) if stems else ""


def content_words(text: str) -> list[str]:
    """Words of ``text`` that carry its topic, lower-cased, in order; stop words left out."""
    return [w for w in (m.group().lower() for m in _WORD.finditer(text)) if w not in STOP_WORDS]


def stems(text: str) -> list[str]:
    """Stems of the content words of ``text``, in order."""
    return [s for s in (stem(w) for w in content_words(text)) if s]
