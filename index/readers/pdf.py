"""PDF with text: PDFium gives the lines, their place and print give columns, headings and paragraphs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from index.errors import ReadError
from index.papers import Paper, PaperInfo
from index.readers import pdf_worker
from index.readers.cleaning import author_of, clean
from index.readers.files import whole
from index.readers.pdf_layout import Block, Line, blocks, body_size, reading_order
from index.readers.pdf_sections import Assembler, authors_after, clean_line, title_block
from index.readers.text import identified

MAX_BYTES = 256 << 20
MAX_PAGES = 1500
SECONDS = 60.0
"""Time that a PDF may take; an article of 15 pages takes half a second."""
MEMORY = 3 << 30
"""Bytes of address space that PDFium may take for one file."""

_FAULTS = {
    "password": (
        "is protected by a password.",
        "Open it with its password, print or save it without, and add that file.",
    ),
    "format": ("is damaged or no PDF.", "Download it again; if it opens in a viewer, print it to a new PDF."),
    "pages": (f"has more than {MAX_PAGES} pages or too much text for a paper.", "Split it and add the parts you need."),
    "memory": ("needs more memory than a paper should.", "Print it to a new PDF and add that file."),
    "time": (f"took longer than {SECONDS:.0f} seconds to read.", "Print it to a new PDF and add that file."),
}


def read(stream: BinaryIO, source: str) -> Iterator[Paper | ReadError]:
    """The paper of a PDF. Raises a ReadError for one that is encrypted, damaged, endless or only pictures."""
    found = _extracted(whole(stream, source, MAX_BYTES), source)
    sizes = [(float(w), float(h)) for w, h in found["pages"]]
    lines = [Line(int(p), x0, y0, x1, y1, size, bold, text) for p, x0, y0, x1, y1, size, bold, text in found["lines"]]
    letters = sum(len(line.text) for line in lines)
    if letters < 100 or letters < 15 * len(sizes):
        raise ReadError(
            f"{source} has no text: its {len(sizes)} pages are pictures, as of a scan.",
            hint="Run text recognition (OCR) on it first, for example with OCRmyPDF, and add the result.",
        )
    yield _paper(lines, sizes, found["metadata"], source)


def _extracted(data: bytes, source: str) -> dict[str, Any]:
    """What `pdf_worker` gives, in bounded time and memory."""
    command = [sys.executable, "-I", str(Path(pdf_worker.__file__)), str(MAX_PAGES), str(MEMORY)]
    fault = "format"
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        answer = json.loads(done.stdout) if done.returncode == 0 and done.stdout else {"error": "format"}
        if "error" not in answer and answer["pages"]:
            return dict(answer)
        fault = answer.get("error", "format")
    except subprocess.TimeoutExpired:
        fault = "time"
    except ValueError:
        pass
    message, hint = _FAULTS[fault]
    raise ReadError(f"{source} {message}", hint=hint)


def _paper(
    lines: Sequence[Line], sizes: Sequence[tuple[float, float]], metadata: Mapping[str, str], source: str
) -> Paper:
    ordered = reading_order(lines, sizes)
    held = blocks(ordered)
    place = title_block(held) if held else None
    printed = _title(held[place]) if place is not None else ""
    front = " ".join(line.text for line in lines if line.page == 0)
    stated = clean(metadata.get("Title") or "")
    title = stated if _sane(stated, front) else printed or clean(PurePath(source).stem.replace("_", " "))
    names = metadata.get("Author") or ""
    authors = tuple(author_of(n) for n in re.split(r"\s*(?:;|,|\band\b|&)\s*", names) if len(n.split()) > 1)
    if not authors and place is not None:
        authors = authors_after(held, place)
    sections = Assembler(held, body_size(ordered)).sections(0 if place is None else place + 1)
    if not sections:
        raise ReadError(f"{source} has text, but nothing in it reads like a paper.", hint="Check the file.")
    return Paper(
        PaperInfo(title=title, authors=authors, year=_year(front), source=source, **identified(front)), tuple(sections)
    )


def _title(block: Block) -> str:
    return clean(" ".join(clean_line(line.text) for line in block.lines)).rstrip("*∗†‡ ")


def _sane(title: str, front: str) -> bool:
    """Whether a title in the metadata is that of the paper: it is printed on the first page."""
    if len(title) < 12 or len(title.split()) < 3:
        return False
    squashed = re.sub(r"\W", "", title.lower())
    return squashed[:60] in re.sub(r"\W", "", front.lower())


def _year(front: str) -> int | None:
    """The year that the first page states as that of publication; None where it doesn't."""
    told = re.search(
        r"(?:published|©|\(c\)|copyright|accepted|received|vol(?:ume|\.)?)\D{0,40}?((?:19|20)\d\d)\b", front, re.I
    )
    return int(told.group(1)) if told else None
