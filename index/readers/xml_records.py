"""Records of a large XML file one at a time: constant memory, and a broken record costs only itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import BinaryIO, cast

from lxml import etree

from index.errors import ReadError

CHUNK = 1 << 16
MAX_RECORD = 32 << 20
"""Bytes that a single record may have; the largest articles of PMC are below 10 MB."""

_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_NAMESPACE = re.compile(rb"xmlns:([A-Za-z][\w.-]*)\s*=\s*[\"']([^\"'<>]*)[\"']")
_namespaced = etree.XPath("descendant-or-self::*[namespace-uri()]")
_NAMESPACES = {
    b"xlink": b"http://www.w3.org/1999/xlink",
    b"mml": b"http://www.w3.org/1998/Math/MathML",
    b"xsi": b"http://www.w3.org/2001/XMLSchema-instance",
    b"ali": b"http://www.niso.org/schemas/ali/1.0/",
    b"oasis": b"http://www.niso.org/standards/z39-96/ns/oasis-exchange/table",
}


def records(stream: BinaryIO, source: str, tags: tuple[str, ...]) -> Iterator[etree._Element | ReadError]:
    """The elements of ``tags`` in ``stream``, in order, their names without namespace.

    The file is cut at the records' own tags and each record is parsed alone, so that memory is bounded by the
    largest record and the records after a broken one are still read (a parser of the whole file would stop at
    the first error). No DTD is loaded, no entity expanded, nothing fetched. A record that isn't well-formed is
    yielded as a ReadError; so is a file that declares entities of its own, which is refused.
    """
    opening = re.compile(rb"<((?:[A-Za-z][\w-]*:)?(?:" + b"|".join(t.encode() for t in tags) + rb"))(?=[\s>/])")
    parser: etree.XMLParser | None = None
    wrapper = b""
    for number, (start, end, buffer) in enumerate(_cuts(stream, opening), 1):
        if parser is None:
            head = buffer[:start] if start >= 0 else buffer
            if b"<!ENTITY" in head:
                yield ReadError(
                    f"{source} declares XML entities of its own, which Locus doesn't expand.",
                    hint="Download the article again from PubMed Central, or save it as PDF or text.",
                )
                return
            declared = _DECLARED.search(head[:1000])
            parser, wrapper = _parser(declared.group(1).decode() if declared else "utf-8"), _wrapper(head)
        if start < 0:
            yield ReadError(
                f"{source} holds no article or record that Locus knows.",
                hint="Locus reads JATS articles and PubMed records as XML.",
            )
        elif end < 0:
            long = len(buffer) > MAX_RECORD
            yield ReadError(
                f"{source}, record {number}: "
                + ("the record is too large." if long else "the file ends in the middle of it."),
                hint="Download the file again; what stands before this record was read.",
            )
        else:
            yield _parse(wrapper + buffer[start:end] + b"</locus-record>", parser, f"{source}, record {number}")


def _cuts(stream: BinaryIO, opening: re.Pattern[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """(start, end, buffer) of each record; end -1 where it isn't closed, start -1 where there is no record."""
    buffer = b""
    found = False
    at = 0  # where to look next in the buffer
    while True:
        start = opening.search(buffer, at)
        if start:
            closing = re.compile(rb"</" + re.escape(start.group(1)) + rb"\s*>")
            look = start.end()
            while not (end := closing.search(buffer, look)):
                look = max(start.end(), len(buffer) - 200)
                data = stream.read(CHUNK)
                if not data or len(buffer) > MAX_RECORD:
                    yield start.start(), -1, buffer
                    return
                buffer += data
            found = True
            yield start.start(), end.end(), buffer
            at = end.end()
            if at > 4 * CHUNK:
                buffer, at = buffer[at:], 0
            continue
        # Nothing in the buffer: keep the prolog until the first record, else only what may be half a tag
        if found:
            buffer, at = buffer[max(at, len(buffer) - 200) :], 0
        else:
            at = max(0, len(buffer) - 200)
        data = stream.read(CHUNK)
        if not data or (not found and len(buffer) > MAX_RECORD):
            if not found:
                yield -1, -1, buffer
            return
        buffer += data


def _parser(encoding: str) -> etree.XMLParser:
    try:
        return etree.XMLParser(
            encoding=encoding, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
    except LookupError:
        return _parser("utf-8")


def _wrapper(head: bytes) -> bytes:
    """The start of a document for one record: with a DTD named, unknown entities are no fatal error."""
    spaces = _NAMESPACES | dict(_NAMESPACE.findall(head))
    names = b" ".join(b'xmlns:%s="%s"' % item for item in spaces.items())
    return b'<!DOCTYPE locus-record SYSTEM "none"><locus-record ' + names + b">"


def _parse(data: bytes, parser: etree.XMLParser, where: str) -> etree._Element | ReadError:
    try:
        element = etree.fromstring(data, parser)[0]
    except (etree.XMLSyntaxError, IndexError, UnicodeError) as error:
        reason = str(error).partition(", line")[0] or "no element"
        return ReadError(f"{where} is not well-formed XML ({reason}).", hint="Download it again from its source.")
    for node in cast(list[etree._Element], _namespaced(element)):
        node.tag = node.tag.rpartition("}")[2]
    return element


def entity(node: etree._Element) -> str:
    """The character that an entity left unexpanded stands for (names of HTML), else its name as it stands."""
    text = str(node.text or "")
    code = name2codepoint.get(text.strip("&;"))
    return chr(code) if code else text
