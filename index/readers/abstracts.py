"""Abstracts as bibliographic formats give them: parts under labels, titles with a full stop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from index.papers import Section, SectionKind
from index.readers.cleaning import PARAGRAPH, heading, marked, paragraphs
from index.readers.references import find_references

_LABEL = re.compile(
    r"(?:^|(?<=[.!?)\]]\s)|(?<=\n))((?:[A-Z][A-Z&/,()-]*[A-Z)](?: (?:&|[A-Z][A-Z&/,()-]*[A-Z)])){0,5})):\s+(?=\S)", re.M
)


def abstract_sections(parts: Iterable[tuple[str, str]]) -> Iterator[Section]:
    """Sections of (heading, raw text) parts; neighbours under the same heading are one section."""
    groups: list[tuple[str, list[str]]] = []
    for name, text in parts:
        if groups and groups[-1][0] == name:
            groups[-1][1].append(text)
        else:
            groups.append((name, [text]))
    for name, texts in groups:
        if text := marked(PARAGRAPH.join(texts)).text:
            yield Section(name, text, SectionKind.ABSTRACT, find_references(text))


def labelled_abstract(text: str) -> tuple[Section, ...]:
    """Sections of an abstract in one string, split where it has labels in capitals ("RESULTS: …")."""
    text = paragraphs(re.split(r"\n\s*\n", text))
    found = list(_LABEL.finditer(text))
    if len(found) < 2 or text[: found[0].start()].strip():
        return tuple(abstract_sections([("Abstract", text.replace("\n\n", PARAGRAPH))]))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return tuple(
        abstract_sections(
            (heading(("Abstract", match.group(1).capitalize())), text[match.end() : end])
            for match, end in zip(found, ends, strict=True)
        )
    )


def plain_title(title: str) -> str:
    """A title without PubMed's closing full stop and the brackets around a translated one."""
    title = title.strip()
    if not title.endswith("..."):
        title = title.removesuffix(".")
    if title.startswith("[") and title.endswith("]") and "[" not in title[1:]:
        title = title[1:-1].removesuffix(".")
    return title
