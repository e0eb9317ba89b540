"""A search as a reader asks for it: filters in their words, passages with what was sought marked in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from assistant.studies import held_to, in_words
from index import genes, variants
from index.errors import LocusError
from index.filters import Filters
from index.grading import Grades
from index.papers import Hit, Span
from index.parts import Part
from index.search import search
from index.species import SPECIES
from index.store import Store
from index.terms import STOP_WORDS, stem
from index.words import words

MOST_RESULTS = 100
"""Passages that one search gives at most: the ranking says little beyond."""

_YEARS = re.compile(r"(\d{4})?\s*(?:([-–]|to)\s*(\d{4})?)?")
_COMPOUND = re.compile(r"[^\W_]+(?:[-‐‑–/.'’][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_SHOWN_MEANINGS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks for, as typed: ``years`` is "2005", "2005-2010", "2005-" or "-2010".

    ``species`` are named in the passage; ``organisms`` are what the paper studied, ``kinds`` how.
    """

    query: str = ""
    genes: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    years: str = ""
    journals: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    species: tuple[str, ...] = ()
    organisms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """What was found: ``query`` is what was searched for, ``notes`` are what the reader should know of how."""

    query: str
    filters: Filters
    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    grades: dict[int, Grades] = field(default_factory=dict)
    """What evidence the papers are, by their ids."""


def find(library: Store, asked: Asked, k: int = MOST_RESULTS) -> Results:
    """The ``k`` best passages for what is asked.

    Where nothing but genes and variants is asked for, their names are the query. LocusError where a filter names
    what isn't there, or nothing is asked.
    """
    notes: list[str] = []
    concepts = [_concept(name, notes) for name in asked.genes]
    query = " ".join(asked.query.split()) or " ".join([*map(_symbol, concepts), *asked.variants])
    if not query:
        raise LocusError("Nothing is asked for.", hint="Type words to look for, or name a gene.")
    first, last = years(asked.years)
    filters = replace(
        held_to(asked.organisms, asked.kinds),
        genes=frozenset(concepts),
        variants=frozenset(map(_variant, asked.variants)),
        first_year=first,
        last_year=last,
        journals=frozenset(_journals(library, asked.journals)),
        parts=frozenset(Part(_one_of(name, [part.value for part in Part], "section")) for name in asked.sections),
        species=frozenset(_one_of(name, SPECIES, "species") for name in asked.species),
    )
    hits = search(library, query, min(k, MOST_RESULTS), filters=filters)
    return Results(query, filters, tuple(hits), tuple(notes), library.grades(hit.paper.id for hit in hits))


def years(text: str) -> tuple[int | None, int | None]:
    """First and last year of "2005", "2005-2010", "2005-", "-2010" or ""; LocusError where it is none of these."""
    match = _YEARS.fullmatch(text.strip())
    if match is None or (match[2] and not match[1] and not match[3]):
        raise LocusError(f"“{text}” is no range of years.", hint="Write 2005, 2005-2010, 2005- or -2010.")
    first = int(match[1]) if match[1] else None
    last = int(match[3]) if match[3] else (None if match[2] else first)
    if first and last and first > last:
        raise LocusError(f"The years {text.strip()} run backwards.", hint=f"Write {last}-{first}.")
    return first, last


def in_short(filters: Filters) -> str:
    """Filters in a reader's words: "TP53; 2005–2010; mouse; results or discussion"."""
    first, last = filters.first_year, filters.last_year
    span = {(True, True): f"{first}–{last}", (True, False): f"from {first}", (False, True): f"until {last}"}
    named = (
        " and ".join(sorted(_symbol(concept) for concept in filters.genes)),
        " and ".join(sorted(term.rstrip("_").upper() for term in filters.variants)),
        str(first) if first == last and first else span.get((first is not None, last is not None), ""),
        " or ".join(sorted(filters.species)),
        " or ".join(sorted(filters.parts)),
        " or ".join(sorted(filters.journals)),
        *in_words(filters),
    )
    return "; ".join(part for part in named if part)


def highlights(text: str, query: str, concepts: Iterable[str] = ()) -> tuple[Span, ...]:
    """Where ``text`` has the words, variants and genes of ``query``, in any spelling and by any name; not overlapping.

    ``concepts`` are genes to mark beside those that the query names.
    """
    sought = _Sought(query, concepts)
    found = [(v.start, v.end) for v in variants.find(text) if sought.terms & set(v.terms)]
    if sought.concepts:
        found += [
            (m.start, m.end) for m in genes.find(text) if sought.concepts & set(m.concepts[: 2 if m.ambiguous else 1])
        ]
    for match in _COMPOUND.finditer(text):
        if sought.has_whole(match.group()):
            found.append(match.span())
            continue
        found += [
            (match.start() + part.start(), match.start() + part.end())
            for part in _PART.finditer(match.group())
            if sought.has(part.group())
        ]
    return _joined(found)


class _Sought:
    """What a query looks for."""

    def __init__(self, query: str, concepts: Iterable[str]) -> None:
        named = variants.find(query)
        self.terms = {variant.terms[-1] for variant in named}
        self.concepts = {m.concepts[0] for m in genes.find(query) if m.concepts} | set(concepts)
        for variant in named:
            query = query.replace(query[variant.start : variant.end], " " * (variant.end - variant.start))
        kept = [word for word in words(query) if word not in STOP_WORDS and _telling(word)]
        self.stems = {_stem(word) for word in kept or words(query)}

    def has(self, word: str) -> bool:
        """Whether a single word is sought."""
        return any(_stem(form) in self.stems for form in words(word) if _telling(form))

    def has_whole(self, compound: str) -> bool:
        """Whether a compound is sought as a whole."""
        forms = words(compound)
        parts = len(_PART.findall(compound))
        return parts > 1 and any(_stem(form) in self.stems for form in forms[parts:] if _telling(form))


def _telling(word: str) -> bool:
    """Not so short, nor a bare number, that it would be marked all over the page."""
    return len(word) > 1 and not (word.isdigit() and len(word) < 4)


def _stem(word: str) -> str:
    return stem(word) if word.isalnum() else word


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _concept(name: str, notes: list[str]) -> str:
    """The gene that a reader names, as a concept; what else the name may mean is noted."""
    resolution = genes.table().resolve(name)
    if not resolution.concepts:
        mended = genes.repair(name.strip())
        if mended is None or mended.gene is None:
            raise LocusError(
                f"No human or mouse gene is called “{name.strip()}”.",
                hint="Give a symbol, an alias, a full name, or an id such as HGNC:11998 or 7157.",
            )
        notes.append(f"“{name.strip()}” was read as {mended.symbol}: {mended.reason}.")
        return mended.gene.concept
    if resolution.ambiguous:
        meant, *others = [_symbol(concept) for concept in resolution.concepts[:_SHOWN_MEANINGS]]
        notes.append(
            f"“{name.strip()}” may mean {' or '.join([meant, *others])}; this is {meant}. "
            "Give another’s own symbol or id to search for it."
        )
    return resolution.concepts[0]


def _variant(name: str) -> str:
    """The term of the variant or band that a reader names."""
    found = variants.find(name)
    if not found:
        raise LocusError(
            f"“{name.strip()}” names no variant.",
            hint="Write it as rs7903146, p.Val600Glu, V600E, c.35delG or 17q21.31.",
        )
    return found[0].terms[-1]


def _symbol(concept: str) -> str:
    found = genes.table().concept(concept)
    return found[0].symbol if found else concept


def _journals(library: Store, names: Sequence[str]) -> list[str]:
    """The library's journals that are called so, or have it in their name."""
    if not names:
        return []
    known = library.journals()
    found: list[str] = []
    for name in names:
        wanted = name.strip().casefold()
        same = [journal for journal in known if journal.casefold() == wanted]
        within = same or [journal for journal in known if wanted and wanted in journal.casefold()]
        if not within:
            near = get_close_matches(name, known, 3, 0.5)
            hint = f"Near it are: {'; '.join(near)}." if near else "locus list shows papers with their journals."
            raise LocusError(f"No paper of the library is from a journal called “{name}”.", hint=hint)
        found += within
    return found


def _one_of(name: str, known: Sequence[str], what: str) -> str:
    wanted = name.strip().casefold()
    for one in known:
        if one.casefold() == wanted:
            return one
    starting = [one for one in known if wanted and one.casefold().startswith(wanted)]
    if len(starting) == 1:
        return starting[0]
    raise LocusError(f"There is no {what} “{name}” to filter by.", hint=f"Choose of: {', '.join(known)}.")
