"""The text of JATS elements: running text with reference markers marked, tables as rows, nothing fused or torn.

Element names: https://jats.nlm.nih.gov/archiving/tag-library/1.3/
"""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from index.readers.cleaning import PARAGRAPH, REF_CLOSE, REF_OPEN, ROW, clean, harmless
from index.readers.xml_records import entity

FLOATS = frozenset(("fig", "fig-group", "table-wrap", "table-wrap-group", "boxed-text", "fn"))
"""Elements that may stand inside a paragraph but aren't part of it."""

_SILENT = frozenset(
    """graphic inline-graphic object-id alt-text long-desc permissions index-term private-char fn-group ref-list
    media-object floats-group sec-meta kwd-group contrib-group processing-meta author-notes attrib""".split()
)
_BLOCKS = frozenset(
    """p list list-item def-list def-item disp-quote verse-group verse-line speech statement question answer
    question-wrap explanation code preformat title subtitle caption supplementary-material media
    disp-formula-group table-wrap-foot notes""".split()
)
_SPACED = frozenset(("break", "disp-formula", "chem-struct-wrap", "term", "def", "td", "th"))


def raw(element: etree._Element, floats: list[etree._Element] | None = None, *, tail: bool = False) -> str:
    """Raw text of ``element`` for `cleaning.marked`; floats met in it are appended to ``floats``, not written."""
    out: list[str] = []
    _walk(element, out, [] if floats is None else floats)
    if tail:
        out.append(harmless(element.tail or ""))
    return "".join(out)


def line(element: etree._Element | None) -> str:
    """The text of ``element`` cleaned and on one line; empty for None."""
    if element is None:
        return ""
    marks = re.compile(f"[{PARAGRAPH}{ROW}]")
    return clean(marks.sub(" ", raw(element)))


def title_line(element: etree._Element | None) -> str:
    """`line` without footnote marks and markers, as a title or heading is shown."""
    if element is None:
        return ""
    copy = _copy(element)
    for node in list(copy.iter("xref", "fn")):
        if node.tag == "fn" or node.get("ref-type") in ("fn", "aff", "corresp", "author-notes", "bibr"):
            _drop(node)
    return line(copy)


def _copy(element: etree._Element) -> etree._Element:
    copy = deepcopy(element)
    copy.tail = None
    return copy


def _drop(node: etree._Element) -> None:
    """Takes ``node`` out, its tail stays."""
    parent = node.getparent()
    if parent is None:
        return
    before = node.getprevious()
    if before is None:
        parent.text = (parent.text or "") + (node.tail or "")
    else:
        before.tail = (before.tail or "") + (node.tail or "")
    parent.remove(node)


def _walk(element: etree._Element, out: list[str], floats: list[etree._Element]) -> None:
    """Appends the text inside ``element`` (its tail is the caller's)."""
    if element.tag is etree.Entity:
        out.append(harmless(entity(element)))
        return
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return
    if element.tag in ("alternatives", "inline-alternatives"):
        _alternative(element, out, floats)
        return
    if element.tag == "tex-math":
        out.append(harmless(_tex(element)))
        return
    if element.tag in ("table", "array"):
        out.append(PARAGRAPH + rows(element, floats) + PARAGRAPH)
        return
    before, after = _around(element)
    out.append(before)
    out.append(harmless(element.text or ""))
    for child in element:
        if child.tag in FLOATS:
            floats.append(child)
        else:
            _walk(child, out, floats)
        out.append(harmless(child.tail or ""))
    out.append(after)


def _around(element: etree._Element) -> tuple[str, str]:
    """What is written before and after the text of an element."""
    tag = element.tag
    if tag == "xref" and element.get("ref-type") == "bibr":
        return REF_OPEN, REF_CLOSE
    if tag == "label":
        # the number of a list item, caption or formula stands apart from what it labels
        return "", " "
    if tag == "p" and _first_after_label(element):
        return "", PARAGRAPH
    if tag in _BLOCKS:
        return PARAGRAPH, PARAGRAPH
    if tag in _SPACED:
        return " ", ": " if tag == "term" and element.getparent().tag == "def-item" else " "  # type: ignore[union-attr]
    return "", ""


def _first_after_label(element: etree._Element) -> bool:
    """Whether a paragraph is the text that a label numbers, so that "1." and its words stay one paragraph."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return False
    if before is not None:
        return before.tag == "label" and parent.tag in ("list-item", "fn", "statement")
    return parent.tag == "def"


def _alternative(element: etree._Element, out: list[str], floats: list[etree._Element]) -> None:
    """Of several forms of one thing the one that is text: a table or MathML before TeX, an image never."""
    forms = {child.tag: child for child in element if isinstance(child.tag, str)}
    for tag in ("table", "textual-form", "math", "chem-struct", "tex-math"):
        if tag in forms:
            _walk(forms[tag], out, floats)
            return
    for child in forms.values():
        _walk(child, out, floats)


def _tex(element: etree._Element) -> str:
    """The formula of a TeX document without its preamble."""
    text = "".join(str(piece) for piece in element.itertext())
    body = re.search(r"\\begin\{document\}(.*?)\\end\{document\}", text, re.S)
    return (body.group(1) if body else text).replace("$$", " ").replace("$", " ")


def rows(table: etree._Element, floats: list[etree._Element]) -> str:
    """A table as raw text: a line a row, cells parted by " | ", rows without text left out."""
    lines = []
    for row in table.iter("tr"):
        cells = []
        for cell in row:
            if cell.tag in ("td", "th"):
                text = re.sub(f"[{PARAGRAPH}{ROW}]", " ", raw(cell, floats))
                cells.append(re.sub(r"\s+", " ", text).strip())
        while cells and not cells[-1]:
            cells.pop()
        if any(cells):
            lines.append(" | ".join(cells))
    return ROW.join(lines)
