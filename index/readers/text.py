"""Plain text: the first short line is the title, blank lines part paragraphs, common names are headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from statistics import mean
from typing import BinaryIO, TypedDict

from index.errors import ReadError
from index.papers import Paper, PaperInfo, Section
from index.readers import headings
from index.readers.cleaning import PARAGRAPH, bare_doi, bare_pmcid, bare_pmid, clean, harmless, marked
from index.readers.files import decode, whole
from index.readers.joining import joined
from index.readers.references import find_references

_LONGEST_TITLE = 250
_IDENTIFIER = re.compile(r"\s*(?:doi|pmid|pmcid|https?)\b\s*:", re.I)
_FRONT = 1500  # characters in which a paper's own identifiers stand


def read(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The one paper of a text file. Raises a ReadError where the bytes are no text or there is none."""
    content = harmless(decode(whole(stream, source), source))
    blocks = _blocks(content)
    if not blocks:
        raise ReadError(f"{source} holds no text.", hint="Check the file.")
    title = ""
    blocks[0] = [line for line in blocks[0] if not _IDENTIFIER.match(line)] or blocks[0]
    first = clean(" ".join(blocks[0]))
    alone = len(blocks) == 1 and len(blocks[0]) == 1
    if (
        not alone
        and not headings.is_known(first)
        and len(first) <= _LONGEST_TITLE
        and (len(blocks) > 1 or len(blocks[0]) == 1)
    ):
        title, blocks = first, blocks[1:]
    elif len(blocks[0]) > 1 and len(top := clean(blocks[0][0])) <= _LONGEST_TITLE and not top.endswith((".", ",")):
        title, blocks = top, [blocks[0][1:], *blocks[1:]]
    identifiers = identified(content[:_FRONT])
    yield Paper(
        PaperInfo(
            title=title.removesuffix(".") or clean(PurePath(source).stem.replace("_", " ")),
            source=source,
            **identifiers,
        ),
        tuple(_sections(blocks)),
    )


class Identifiers(TypedDict):
    """Identifiers as `PaperInfo` names them."""

    doi: str
    pmid: str
    pmcid: str


def identified(front: str) -> Identifiers:
    """The identifiers that the first words of a paper state, empty where none."""
    pmid = re.search(r"\bPMID\s*:?\s*(\d{1,9})\b", front, re.I)
    pmcid = re.search(r"\b(PMC\d{3,9})\b", front)
    return {
        "doi": bare_doi(front),
        "pmid": bare_pmid(pmid.group(1)) if pmid else "",
        "pmcid": bare_pmcid(pmcid.group(1)) if pmcid else "",
    }


def _blocks(content: str) -> list[list[str]]:
    """The lines of each paragraph; in a file without blank lines, long lines are a paragraph each."""
    blocks = [[line for line in block.split("\n") if line.strip()] for block in re.split(r"\n\s*\n", content)]
    blocks = [block for block in blocks if block]
    if len(blocks) == 1 and mean(map(len, blocks[0])) > 100:
        return [[line] for line in blocks[0]]
    return blocks


def _sections(blocks: list[list[str]]) -> Iterator[Section]:
    """Sections under the headings found; references and matter about the article are left out."""
    name = ""
    pieces: list[str] = []
    left_out = False
    for block in blocks:
        lines = block
        first = clean(lines[0])
        ends = headings.is_references(first) or headings.is_about(first)
        alone = len(lines) == 1
        if ends or headings.is_known(first) or (alone and (headings.is_numbered(first) or headings.is_shouted(first))):
            yield from _section(name, pieces)
            name, pieces, left_out = headings.tidy(first), [], ends
            lines = lines[1:]
        elif started := headings.leading("\n".join(lines)):
            yield from _section(name, pieces)
            name, pieces, left_out = started[0], [], False
            lines = started[1].split("\n")
        if lines and not left_out:
            pieces.append(joined(lines))
    yield from _section(name, pieces)


def _section(name: str, pieces: list[str]) -> Iterator[Section]:
    text = marked(PARAGRAPH.join(pieces)).text
    if text:
        yield Section(name, text, headings.kind_of(name), find_references(text))
