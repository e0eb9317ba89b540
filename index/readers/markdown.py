"""Markdown, with YAML front matter where there is one: headings become sections, marks go, words stay.

Format: https://spec.commonmark.org/0.31.2/ (the parts that papers and notes use).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, BinaryIO

import yaml

from index.errors import ReadError
from index.papers import Paper, PaperInfo, Section
from index.readers.cleaning import (
    PARAGRAPH,
    ROW,
    bare_doi,
    bare_pmcid,
    bare_pmid,
    clean,
    harmless,
    heading,
    marked,
    year_of,
)
from index.readers.files import decode, whole
from index.readers.headings import is_references, kind_of
from index.readers.references import find_references

_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_LONGEST_FRONT = 1 << 16
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_ITEM = re.compile(r"\s*(?:[-*+]|(\d{1,3})[.)])[ \t]+")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})")
_ALIGN = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)*\s*:?-+:?\s*\|?\s*")
_DEFINED = re.compile(r" {0,3}\[(?!\^)[^\]]+\]:\s+\S+.*")
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|img|ins"
    r"|kbd|li|mark|ol|p|pre|q|s|samp|section|small|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|tt|u|ul|var)"
    r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))*\s*/?>",
    re.I,
)
_BLOCK_TAG = re.compile(r"</?(?:br|p|div|li|td|th|tr|h\d)\b", re.I)
_ESCAPES = 0xE000  # private characters stand for escaped punctuation until the marks are gone


def read(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The one paper of a Markdown file.

    The front matter's keys title, authors, journal, year, pmid, pmcid, doi and licence are taken; without a
    title there, the first heading of level 1 is it, else the file's name. Raises a ReadError where the front
    matter is no YAML mapping or the file holds no text.
    """
    content = decode(whole(stream, source), source)
    front, body = _front(content, source)
    found, sections = _sections(harmless(re.sub(r"<!--.*?-->", "", body, flags=re.S)), titled=bool(front.get("title")))
    info = _info(front, found, source)
    if not sections and not (front.get("title") or found):
        raise ReadError(f"{source} holds no text.", hint="Check the file.")
    yield Paper(info, tuple(sections))


def _front(content: str, source: str) -> tuple[dict[str, Any], str]:
    match = _FRONT.match(content)
    if not match:
        return {}, content
    if ":" not in match.group(1):
        return {}, content  # a rule at the top, not front matter
    try:
        if len(match.group(1)) > _LONGEST_FRONT:
            raise ValueError("too long")
        front = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" (line {place.line + 2})" if place is not None else ""
        raise ReadError(
            f"{source}: the front matter between the --- lines is not valid YAML{where}.",
            hint="Put values that hold a colon in quotation marks, or remove the front matter.",
        ) from error
    if not isinstance(front, dict):
        raise ReadError(
            f"{source}: the front matter between the --- lines is not a list of keys and values.",
            hint="Write lines such as `title: …` there, or remove it.",
        )
    return front, content[match.end() :]


def _info(front: dict[str, Any], title: str, source: str) -> PaperInfo:
    def field(*names: str) -> str:
        values = (front.get(name) for name in names)
        return next((clean(str(v)) for v in values if isinstance(v, str | int | float) and v != ""), "")

    named = front.get("authors", front.get("author"))
    authors = re.split(r"\s*[,;]\s*", named) if isinstance(named, str) else named if isinstance(named, list) else []
    return PaperInfo(
        title=field("title") or title or clean(PurePath(source).stem.replace("_", " ")),
        authors=tuple(clean(name) for name in authors if isinstance(name, str) and name.strip()),
        journal=field("journal"),
        year=year_of(field("year") or str(front.get("date", ""))[:40]),
        pmid=bare_pmid(field("pmid")),
        pmcid=bare_pmcid(field("pmcid")),
        doi=bare_doi(field("doi")),
        licence=field("licence", "license"),
        source=source,
    )


def _sections(body: str, *, titled: bool) -> tuple[str, list[Section]]:
    """The title (empty where ``titled`` or none) and the sections; lists of references are left out."""
    title = ""
    path: list[tuple[int, str]] = []
    blocks: list[str] = []
    sections: list[Section] = []

    def flush() -> None:
        text = marked("".join(blocks)).text
        blocks.clear()
        names = [name for _, name in path]
        if text and not any(map(is_references, names)):
            kind = kind_of(names[0]) if names else kind_of("")
            sections.append(Section(heading(names), text, kind, find_references(text)))

    for level, text in _blocks(body.split("\n")):
        if not level:
            blocks.append(PARAGRAPH + text)
            continue
        flush()
        name = clean(inline(text))
        if level == 1 and not titled and not title:
            title, path = name, []
            continue
        path = [*(entry for entry in path if entry[0] < level), (level, name)]
    flush()
    return title, sections


def _blocks(lines: list[str]) -> Iterator[tuple[int, str]]:
    """(level, text) of headings and (0, raw text) of everything else, in order."""
    paragraph: list[str] = []
    fence = ""
    lines = [re.sub(r"^(?:\s{0,3}>\s?)+", "", line) for line in lines]
    for n, line in enumerate(lines):
        if fence:
            closed = line.strip().startswith(fence)
            fence = "" if closed else fence
            if line.strip() and not closed:
                yield 0, line
            continue
        atx, following = _ATX.fullmatch(line), lines[n + 1] if n + 1 < len(lines) else ""
        if opened := _FENCE.match(line):
            fence = opened.group(1)
        starts = atx or fence or not line.strip() or _ITEM.match(line) or _DEFINED.fullmatch(line)
        setext = (
            _SETEXT.fullmatch(following) if line.strip() and not paragraph and not starts and "|" not in line else None
        )
        underline = _SETEXT.fullmatch(line) and n and not paragraph
        if (starts or setext or underline or _RULE.fullmatch(line)) and paragraph:
            yield 0, _joined(paragraph)
            paragraph = []
        if setext:
            yield (1 if setext.group(1).startswith("=") else 2), line.strip()
        elif atx:
            yield len(atx.group(1)), atx.group(2) or ""
        elif line.strip() and not (fence or underline or _RULE.fullmatch(line) or _DEFINED.fullmatch(line)):
            item = _ITEM.match(line)
            paragraph.append((f"{item.group(1)}. " if item.group(1) else "") + line[item.end() :] if item else line)
    if paragraph:
        yield 0, _joined(paragraph)


def _joined(lines: list[str]) -> str:
    """A paragraph's lines as one; those of a table as rows, cells parted by " | "."""
    if len(lines) > 1 and any(_ALIGN.fullmatch(line) and "|" in line for line in lines[:3]):
        rows = (
            line.strip().strip("|").replace("\\|", chr(_ESCAPES + ord("|")))
            for line in lines
            if not _ALIGN.fullmatch(line)
        )
        return ROW.join(" | ".join(inline(cell).strip() for cell in row.split("|")) for row in rows)
    return inline("\n".join(lines))


def inline(text: str) -> str:
    """Text without Markdown's and HTML's inline marks: links and pictures as their words, entities decoded."""
    text = re.sub(r"\\([!-/:-@\[-`{-~])", lambda m: chr(_ESCAPES + ord(m.group(1))), text)
    text = re.sub(r"(`{1,9})([^`]{1,2000}?|.{1,200}?)\1(?!`)", lambda m: "".join(map(_escaped, m.group(2))), text)
    text = re.sub(r"<((?:https?|mailto):[^\s<>]+)>", r"\1", text)
    text = _TAG.sub(lambda m: " " if _BLOCK_TAG.match(m.group()) else "", text)
    text = re.sub(r"\[\^[^\]\s]+\]:?", "", text)
    text = re.sub(r"!\[([^\]]*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])", r"\1", text)
    for _ in range(2):  # a picture or bracket inside a link
        text = re.sub(
            r"\[((?:[^\[\]]|\[[^\[\]]*\])+)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'][^\"']*[\"'])?\)", _link, text
        )
    text = re.sub(r"\[([^\[\]]*[A-Za-z][^\[\]]*)\]\[[^\[\]]*\]", r"\1", text)
    for mark in (r"\*\*\*", r"\*\*", r"\*", "~~"):
        around = rf"(?<![\w*~]){mark}(?=[^\s*])(.{{1,600}}?)(?<=[^\s*]){mark}(?![\w*])"
        within = rf"(?<=\w){mark}(?=\w)([^*~\n]{{1,60}}?)(?<=\w){mark}"
        text = re.sub(rf"{around}|{within}", r"\1\2", text, flags=re.S)
    for mark in ("___", "__", "_"):
        text = re.sub(rf"(?<![\w_]){mark}(?=[^\s_])(.{{1,600}}?)(?<=[^\s_]){mark}(?![\w_])", r"\1", text, flags=re.S)
    text = html.unescape(text)
    return re.sub("[\ue021-\ue07e]", lambda m: chr(ord(m.group()) - _ESCAPES), text)


def _escaped(character: str) -> str:
    return chr(_ESCAPES + ord(character)) if character in "*_[]<>&~!" else character


def _link(match: re.Match[str]) -> str:
    """The words of a link; the brackets stay around a number, which is a reference marker."""
    words = match.group(1)
    return f"[{words}]" if re.fullmatch(r"[\d\s,;–-]+", words) else words
