"""Lines of text of a PDF, taken out by PDFium in a process of its own.

Run as a program: the PDF on standard input, one JSON object on standard output, either {"error": "…"} or
{"pages": [[width, height], …], "metadata": {…}, "failed": n, "lines": […]}, a line being
[page, x0, y0, x1, y1, size, bold, text], in points from the lower left corner and pages from 0.
A process of its own, because a hostile file can make any
PDF library loop or crash: `index.readers.pdf` ends it in time. It imports nothing of Locus, so that it starts fast.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

MAX_CHARACTERS = 20_000_000
"""Characters that a PDF may hold; a book of 1,000 pages has 3 million."""
_HYPHEN = "\ufffe"
_BOLD = ("bold", "black", "heavy", "medi", "semibold", "cmbx", "demi")


def main() -> None:
    """Reads standard input, writes the object described above."""
    pages = int(sys.argv[1])
    memory = int(sys.argv[2])
    try:
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (ImportError, ValueError, OSError):
        pass
    try:
        answer = _document(sys.stdin.buffer.read(), pages)
    except pypdfium2.PdfiumError as error:
        answer = {"error": "password" if "password" in str(error).lower() else "format"}
    except MemoryError:
        answer = {"error": "memory"}
    sys.stdout.write(json.dumps(answer))


def _document(data: bytes, most: int) -> dict[str, Any]:
    document = pypdfium2.PdfDocument(data)
    if len(document) > most:
        return {"error": "pages"}
    sizes: list[tuple[float, float]] = []
    lines: list[list[Any]] = []
    characters = 0
    failed = 0
    for number in range(len(document)):
        try:
            page = document[number]
            sizes.append((page.get_width(), page.get_height()))
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            sizes += [(0.0, 0.0)] * (number + 1 - len(sizes))
            failed += 1
            continue
        characters += text.count_chars()
        if characters > MAX_CHARACTERS:
            return {"error": "pages"}
        lines += ([number, *line] for line in _lines(text.raw, text.count_chars()))
        text.close()
        page.close()
    return {"pages": sizes, "metadata": document.get_metadata_dict(), "lines": lines, "failed": failed}


def _lines(page: Any, count: int) -> Iterator[list[Any]]:
    """[x0, y0, x1, y1, size, bold, text] of each stretch of text on one line without a wide gap."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    tight = (ctypes.byref(left), ctypes.byref(right), ctypes.byref(bottom), ctypes.byref(top))
    run = _Run(page)
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(page, index)
        if code in (0x0D, 0x0A):
            yield from run.end()
            continue
        character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if code in (0x02, 0xFFFE):
            run.text += _HYPHEN
            yield from run.end()
            continue
        if not character or character.isspace():
            run.text += " " if character else ""
            continue
        if not pdfium.FPDFText_GetCharBox(page, index, *tight):
            continue
        box = (left.value, bottom.value, right.value, top.value)
        if run.parts(box):
            yield from run.end()
        run.add(index, character, box)
    yield from run.end()


class _Run:
    """The stretch of text being gathered."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._clear()

    def _clear(self) -> None:
        self.text = ""
        self._box: tuple[float, float, float, float] | None = None
        self._last = 0.0
        self._indices: list[int] = []

    def parts(self, box: tuple[float, float, float, float]) -> bool:
        """Whether a character at ``box`` begins another stretch: a wide gap, a jump back, another line."""
        if self._box is None:
            return False
        height = max(self._box[3] - self._box[1], 6.0)
        beyond = box[0] - self._last
        apart = box[1] > self._box[3] + 0.3 * height or box[3] < self._box[1] - 0.3 * height
        return beyond > 1.8 * height or beyond < -3 * height or apart

    def add(self, index: int, character: str, box: tuple[float, float, float, float]) -> None:
        """Appends one character."""
        held = self._box
        self._box = box if held is None else tuple(map(min, held[:2], box[:2])) + tuple(map(max, held[2:], box[2:]))  # type: ignore[assignment]
        self._last = box[2]
        self.text += character
        self._indices.append(index)

    def end(self) -> Iterator[list[Any]]:
        """The stretch gathered, if it has text and isn't turned; then it starts anew."""
        text, box, indices = self.text.strip(" "), self._box, self._indices
        self._clear()
        if box is None or not text:
            return
        sample = [*indices[:: max(1, len(indices) // 5)], indices[-1]]
        if abs(pdfium.FPDFText_GetCharAngle(self._page, sample[len(sample) // 2])) > 0.1:
            return
        sizes = sorted(self._size(index) for index in sample)
        bold = all(map(self._bold, sample))  # a line that only begins in bold is text with a run-in heading
        yield [*(round(v, 1) for v in box), round(sizes[len(sizes) // 2], 1), bold, text]

    def _size(self, index: int) -> float:
        """Height of the font's box: the size as printed, whatever scale the file's text matrix has."""
        box = pdfium.FS_RECTF()
        if not pdfium.FPDFText_GetLooseCharBox(self._page, index, ctypes.byref(box)):
            return 0.0
        return float(abs(box.top - box.bottom))

    def _bold(self, index: int) -> bool:
        name = ctypes.create_string_buffer(128)
        flags = ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self._page, index, name, 128, ctypes.byref(flags))
        known = name.value.decode("latin-1").lower().rpartition("+")[2]
        return any(mark in known for mark in _BOLD) or pdfium.FPDFText_GetFontWeight(self._page, index) >= 600


if __name__ == "__main__":
    main()
