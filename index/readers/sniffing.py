"""Which reader a file needs, told by its first bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from index.errors import ReadError
from index.papers import Offered
from index.readers import bibtex, bioc, jats, markdown, medline, pdf, pubmed_xml, ris, text
from index.readers.files import decode

Reader = Callable[[BinaryIO, str], Iterator[Offered]]
"""Takes the unpacked file and its name, gives papers and, for what is broken, errors."""

_ROOTS: tuple[tuple[str, Reader], ...] = (
    (
        r"PubmedArticleSet|PubmedArticle|PubmedBookArticle(?:Set)?|MedlineCitation(?:Set)?|DeleteCitation",
        pubmed_xml.read,
    ),
    (r"collection", bioc.read_xml),
    (r"pmc-articleset|article", jats.read),
)
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x1f\x8b", "a file compressed twice"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"##fileformat=VCF", "a VCF of variants"),
)
_NBIB = re.compile(r"^(?:PMID|OWN|STAT|PMC) ?- ", re.M)
_RIS = re.compile(r"^TY {1,2}- ?\S", re.M)
_BIBTEX = re.compile(r"^[ \t]*@(?:[A-Za-z]+)\s*[{(]\s*[^\s,{}()=]*\s*(?:,|=)", re.M)
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*(?:<!doctype html|<html|<head|<body)", re.I | re.S)
_MARKDOWN = re.compile(r"\A---[ \t]*\n|^#{1,6}[ \t]+\S|^\S.{0,200}\n={3,}[ \t]*$", re.M)


def reader_for(head: bytes, source: str) -> Reader:
    """The reader for a file that starts with ``head``; a ReadError where no reader fits."""
    if b"%PDF-" in head[:1024]:
        return pdf.read
    for magic, name in _OTHERS:
        if head.startswith(magic):
            raise _unfit(source, name)
    start = decode(head[: len(head) - len(head) % 4], source, partial=True) if len(head) > 8 else decode(head, source)
    stripped = start.lstrip()
    if stripped.startswith("<"):
        found = _xml_reader(stripped, source)
        if found:
            return found
    if stripped.startswith(("{", "[")) and re.search(r'"passages"|"documents"', start):
        return bioc.read_json
    if re.match(r'\{\s*"|\[\s*[{\]]', stripped):
        raise _unfit(source, "JSON, but not of BioC")
    if _NBIB.match(stripped):
        return medline.read
    if _RIS.match(stripped):
        return ris.read
    if _BIBTEX.search(start):
        return bibtex.read
    return markdown.read if _MARKDOWN.search(start) else text.read


def _xml_reader(start: str, source: str) -> Reader | None:
    """The reader for the first known element; None where ``start`` isn't XML but text with a "<" in front."""
    if _HTML.match(start):
        raise _unfit(source, "a web page")
    for pattern, reader in _ROOTS:
        if re.search(rf"<(?:[A-Za-z][\w-]*:)?(?:{pattern})[\s>/]", start):
            return reader
    if "<!ENTITY" in start:
        raise ReadError(
            f"{source} declares XML entities of its own, which Locus doesn't expand.",
            hint="Download the article again from PubMed Central, or save it as PDF or text.",
        )
    if re.match(r"<\?xml|<!DOCTYPE|<[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>", start):
        raise _unfit(source, "XML, but neither a JATS article nor PubMed records")
    return None


def _unfit(source: str, what: str) -> ReadError:
    if what == "a VCF of variants":
        return ReadError(f"{source} is {what}, not a paper.", hint="Open it in the genome tab.")
    return ReadError(f"{source} is {what}.", hint="Save the paper as PDF, XML or plain text and add that file.")
