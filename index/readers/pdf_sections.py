"""Blocks of printed pages as a paper: title, authors, sections under their headings, captions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.papers import Section, SectionKind
from index.readers import headings
from index.readers.cleaning import author_of, clean, heading
from index.readers.joining import joined
from index.readers.pdf_layout import Block, Line
from index.readers.references import find_references

_CAPTION = re.compile(
    r"((?:supplementa(?:ry|l) |extended data )?(?:fig(?:ure|s?\.)?|table|scheme|box)\s*"
    r"(?:[A-Z]?\d{1,3}|[IVX]{1,4})[a-z]?)"
    r"\s*(?:[.:|—–]|\s(?=(?-i:[A-Z(])))",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_PLACES = re.compile(
    r"@|\b(?:universit|department|dept|institut|hospital|school|laborator|research|cent(?:er|re)|college|facult|division"
    r"|academy|inc\b|ltd\b|email|correspond|received|accepted|abstract|https?:|doi\b|journal|volume|copyright)",
    re.I,
)
_LEAST_WORDS = 25  # of a block in small print that counts as text rather than as labels of a figure


def title_block(blocks: Sequence[Block]) -> int | None:
    """Place of the title among the blocks: the largest print on the first page that has the length of one."""
    first = [n for n, block in enumerate(blocks) if block.lines[0].page == blocks[0].lines[0].page]
    fit = [n for n in first if len(_WORD.findall(blocks[n].text)) >= 3 and 12 <= len(blocks[n].text) <= 350]
    fit = [n for n in fit if not headings.is_known(blocks[n].text) and not _CAPTION.match(blocks[n].text)]
    return max(fit, key=lambda n: (round(blocks[n].size), -n), default=None)


def authors_after(blocks: Sequence[Block], title: int) -> tuple[str, ...]:
    """The names printed below the title, as far as lines hold names alone."""
    names: list[str] = []
    for block in blocks[title + 1 : title + 8]:
        for line in block.lines:
            if _PLACES.search(line.text) or headings.is_known(line.text):
                return tuple(names)
            pieces = re.split(r"[,;·•]|\d+|[∗*†‡§¶#]|\s{2,}|\band\b|&", line.text)
            found = [clean(piece) for piece in pieces if clean(piece)]
            if not all(_is_name(piece) for piece in found if len(piece) > 1):
                return tuple(names)
            names += [author_of(piece) for piece in found if len(piece) > 1]
    return tuple(names)


def _is_name(text: str) -> bool:
    words = text.split()
    small = {"van", "von", "der", "den", "de", "di", "da", "del", "la", "le", "jr", "jr."}
    return (
        2 <= len(words) <= 5
        and all(w[0].isupper() or w.lower() in small for w in words)
        and not re.search(r"[:/()]", text)
    )


def _is_named(text: str) -> bool:
    return headings.is_known(text) or headings.is_references(text) or headings.is_about(text)


@dataclass(slots=True)
class _Open:
    """The section being gathered: (page, text) of each paragraph's stretches."""

    path: tuple[str, ...] = ()
    paragraphs: list[list[tuple[int, str]]] = field(default_factory=list)


class Assembler:
    """Turns blocks in reading order into sections."""

    def __init__(self, blocks: Sequence[Block], size: float) -> None:
        self._blocks = blocks
        self._size = size
        inner = [line.text for block in blocks for line in block.lines]
        self._words = {word.lower() for text in inner for word in _WORD.findall(text)}
        self._compounds = {word.lower() for text in inner for word in _COMPOUND.findall(text)}
        self._top = self._top_style()

    def sections(self, start: int) -> list[Section]:
        """The sections of the blocks from ``start`` on, references and matter about the article left out."""
        out: list[Section] = []
        captions: list[Section] = []
        open_ = _Open()
        left_out = False
        begun = not self._has_abstract(start)
        for n in range(start, len(self._blocks)):
            block = self._blocks[n]
            first = clean(block.lines[0].text)
            caption = _CAPTION.match(clean(block.text))
            if caption and (block.lines[0].bold or caption.group().rstrip()[-1] in ".:|—–"):
                captions += self._caption(block, caption.group(1))
                continue
            named = None if self._in_row(n) else self._heading(block, left_out)
            if named is not None:
                name, rest = named
                begun = begun or headings.is_known(name) or left_out
                if not begun:
                    continue
                out += self._close(open_)
                left_out = headings.is_references(name) or headings.is_about(name)
                open_ = _Open(self._path(open_.path, name, block))
                if rest and not left_out:
                    open_.paragraphs.append(self._paragraph(rest))
                continue
            if left_out or not begun or not self._is_text(block, first):
                continue
            self._add(open_, self._paragraph(block.lines))
        out += self._close(open_)
        return [*out, *captions]

    def _has_abstract(self, start: int) -> bool:
        near = self._blocks[start : start + 60]
        return any(headings.is_known(clean(b.lines[0].text)) or headings.leading(clean(b.text)) for b in near)

    def _in_row(self, n: int) -> bool:
        """Whether a block begins with a cell of a table: another stands on the same line."""
        first = self._blocks[n].lines[0]
        others = [*self._blocks[n].lines[1:2]]
        others += [self._blocks[m].lines[0] for m in (n - 1, n + 1) if 0 <= m < len(self._blocks)]
        return any(
            other.page == first.page and min(other.y1, first.y1) - max(other.y0, first.y0) > 0.5 * (first.y1 - first.y0)
            for other in others
        )

    def _top_style(self) -> tuple[int, bool, bool] | None:
        """Size, weight and capitals that the well-known headings have."""
        for block in self._blocks:
            text = clean(block.text)
            if headings.is_known(text) and headings.kind_of(text) is SectionKind.BODY and not text.islower():
                return self._style(block)
        return None

    def _style(self, block: Block) -> tuple[int, bool, bool]:
        return round(block.size), block.bold, block.text.isupper()

    def _heading(self, block: Block, left_out: bool) -> tuple[str, tuple[Line, ...]] | None:
        """(heading, lines of text after it in the block) where ``block`` starts with a heading."""
        first, whole = clean(block.lines[0].text), clean(block.text)
        if block.size < (0.8 if block.lines[0].bold else 0.92) * self._size:
            return None  # words in a figure
        for name, rest in ((first, block.lines[1:]), (whole, ())):
            if _is_named(name):
                return name, rest
        if started := headings.leading(first):
            line = block.lines[0]
            cut = Line(line.page, line.x0, line.y0, line.x1, line.y1, line.size, line.bold, started[1], line.column)
            return started[0], (cut, *block.lines[1:])
        short = len(block.lines) <= 3 and 3 < len(whole) <= 150 and not re.search(r"[.,;]$", whole)
        if not short or not re.match(r"[A-Z\d]", whole) or len(_WORD.findall(whole)) * 3 < len(whole.split()):
            return None
        emphatic = block.size > 1.08 * self._size or (block.bold and block.size > 0.95 * self._size)
        same = self._top is not None and self._style(block) == self._top
        if left_out:
            return (whole, ()) if same and re.match(r"(?:appendix|supplement|[A-Z]\.?\s+[A-Z])", whole, re.I) else None
        lettered = bool(re.match(r"[A-Z]\.\d\s+[A-Z]", whole))
        return (whole, ()) if emphatic and (same or lettered or len(_WORD.findall(whole)) >= 1) else None

    def _path(self, path: tuple[str, ...], name: str, block: Block) -> tuple[str, ...]:
        """The path of headings under which ``name`` opens: by its number, else by its style."""
        level = headings.depth(name)
        if not level and (lettered := re.match(r"[A-Z]((?:\.\d{1,2})*)\.?\s+[A-Z]", name)):
            level = lettered.group(1).count(".") + 1
        if not level:
            top = self._top is None or self._style(block) == self._top or headings.is_known(name)
            level = 1 if top or headings.is_references(name) or headings.is_about(name) else 2
        return (*path[: level - 1], headings.tidy(name))

    def _is_text(self, block: Block, first: str) -> bool:
        """Whether a block is prose; labels in figures, cells of tables and footnotes are not."""
        words = block.text.split()
        letters = sum(1 for word in words if _WORD.search(word))
        if letters * 2 < len(words):
            return False
        if block.size < 0.92 * self._size:
            return len(words) >= _LEAST_WORDS
        return len(words) >= 4 or first.endswith((".", "?", "!"))

    def _paragraph(self, lines: Sequence[Line]) -> list[tuple[int, str]]:
        """(page from 1, text) of a block's lines, which stand on one page."""
        text = joined((clean_line(line.text) for line in lines), self._words, self._compounds)
        return [(lines[0].page + 1, text)]

    def _add(self, open_: _Open, stretch: list[tuple[int, str]]) -> None:
        """Appends a paragraph, or goes on with the last one where a column or page broke it."""
        if open_.paragraphs:
            last = open_.paragraphs[-1][-1][1]
            broken = not re.search(r"[.?!:][\"'”’)\]\d,–-]*$", last) or last.endswith("\ufffe")
            if broken and re.match(r"[a-z(\[\d]|[A-Z]+[a-z]*\d|" + ("." if len(last) > 60 else "$^"), stretch[0][1]):
                open_.paragraphs[-1] += stretch
                return
        open_.paragraphs.append(stretch)

    def _close(self, open_: _Open) -> Iterator[Section]:
        text = ""
        pages: list[tuple[int, int]] = []
        for paragraph in open_.paragraphs:
            told = ""
            for page, stretch in paragraph:
                grown = joined((told, stretch), self._words, self._compounds) if told else stretch
                offset = (len(text) + 2 if text else 0) + max(0, len(grown) - len(stretch))
                if not pages or pages[-1][1] != page:
                    pages.append((offset, page))
                told = grown
            told = told.replace("\ufffe", "-").strip()
            text = f"{text}\n\n{told}" if text else told
        if text:
            kind = headings.kind_of(open_.path[0]) if open_.path else SectionKind.BODY
            yield Section(heading(open_.path), text, kind, find_references(text), tuple(pages))

    def _caption(self, block: Block, label: str) -> Iterator[Section]:
        kind = SectionKind.TABLE if re.search("table", label, re.I) else SectionKind.FIGURE
        name = re.sub(r"\bfigs?(?:ure)?\.?\s*(?=[A-Z]?\d)", "Figure ", label, flags=re.I)
        [(page, text)] = self._paragraph(block.lines)
        text = text.replace("\ufffe", "-")
        if len(text.split()) > 4:
            yield Section(name[0].upper() + name[1:], text, kind, find_references(text), ((0, page),))


_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def clean_line(text: str) -> str:
    """A line cleaned, its ligatures written out; the mark of a hyphen at its end stays."""
    parted = text.endswith("\ufffe")
    return clean(text.translate(_LIGATURES)) + ("\ufffe" if parted else "")
