"""Filters as Milvus has them: boolean expressions over the fields of `index.milvus.schema`.

Names are put in as quoted strings with quotes, backslashes and control characters escaped: the templates that newer
servers have for that are not there before 2.5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields

from index.errors import LibraryError
from index.filters import Filters
from index.grading import Aspect
from index.milvus.rows import JOURNAL, TERM, cut_bytes, grade_name

_KNOWN = frozenset(
    ("genes", "variants", "first_year", "last_year", "journals", "parts", "species", "papers", "organisms", "kinds")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expression:
    """What a filter lets through, in Milvus's words."""

    text: str


def quoted(text: str) -> str:
    """``text`` as a string within an expression."""
    # JSON's escapes are those of Milvus, but for \\u of characters that needn't be escaped at all.
    return json.dumps(text.replace("\x00", "\ufffd"), ensure_ascii=False)


def among(values: Iterable[str]) -> str:
    """A list of strings within an expression."""
    return f"[{', '.join(quoted(value) for value in values)}]"


def numbers(ids: Iterable[int]) -> str:
    """A list of whole numbers within an expression."""
    return f"[{', '.join(str(int(i)) for i in ids)}]"


def holding(text: str) -> str:
    """A pattern for LIKE: ``text`` anywhere, whatever is in it."""
    escaped = "".join("\\" + c if c in "\\%_" else c for c in text)
    return quoted(f"%{escaped}%")


def expression(filters: Filters) -> str:
    """The expression that lets through what ``filters`` do; LibraryError where one of them isn't known here."""
    asked = {field.name for field in fields(filters) if getattr(filters, field.name) != field.default}
    if unknown := asked - _KNOWN:
        raise LibraryError(f"A library in Milvus can't be filtered by {', '.join(sorted(unknown))}.")
    parts: list[str] = []
    if filters.papers:
        parts.append(f"paper in {numbers(sorted(filters.papers))}")
    if filters.first_year is not None:
        parts.append(f"year >= {max(1, int(filters.first_year))}")
    if filters.last_year is not None:
        parts.append(f"(year > 0 and year <= {int(filters.last_year)})")
    if filters.journals:
        parts.append(f"journal in {among(cut_bytes(name, JOURNAL) for name in sorted(filters.journals))}")
    if filters.parts:
        parts.append(f"part in {among(sorted(part.value for part in filters.parts))}")
    if filters.species:
        listed = among(sorted(filters.species))
        parts.append(f"(array_contains_any(species, {listed}) or (about in {listed} and names_animal == false))")
    for aspect, wanted in ((Aspect.ORGANISM, filters.organisms), (Aspect.KIND, filters.kinds)):
        if wanted:
            parts.append(f"array_contains_any(grades, {among(grade_name(aspect, one) for one in sorted(wanted))})")
    parts += [f"array_contains(genes, {quoted(cut_bytes(concept, TERM))})" for concept in sorted(filters.genes)]
    parts += [f"array_contains(variants, {quoted(cut_bytes(term, TERM))})" for term in sorted(filters.variants)]
    return " and ".join(parts)


def both(one: str, other: str) -> str:
    """What satisfies two expressions; an empty one lets everything through."""
    return f"({one}) and ({other})" if one and other else one or other
