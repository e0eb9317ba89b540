"""Small PDFs written by hand, so that tests need no file of anyone's."""

from __future__ import annotations

from collections.abc import Sequence

Words = tuple[float, float, float, str, str]
"""x, y from below, size, font ("F1" Helvetica, "F2" bold), text."""


def pdf(pages: Sequence[Sequence[Words]], info: str = "") -> bytes:
    """A PDF of A4 pages with the words where they are put."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    fonts = []
    for base in ("Helvetica", "Helvetica-Bold"):
        objects.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding /WinAnsiEncoding >>")
        fonts.append(len(objects))
    kids = []
    for words in pages:
        content = "\n".join(
            f"BT /{font} {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET" for x, y, size, font, text in words
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            f"/Resources << /Font << /F1 {fonts[0]} 0 R /F2 {fonts[1]} 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    objects.append(f"<< {info} >>")
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    last = len(objects)
    out += f"trailer\n<< /Size {last + 1} /Root 1 0 R /Info {last} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def column(x: float, top: float, lines: Sequence[str], size: float = 9, font: str = "F1") -> list[Words]:
    """Lines below each other, 1.2 sizes apart."""
    return [(x, top - 1.2 * size * n, size, font, line) for n, line in enumerate(lines)]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
