"""A full text as services send it, read by the same reader as a file and held against what was asked for."""

from __future__ import annotations

import io
from dataclasses import replace

from index.errors import ReadError, SourceError
from index.merging import conflicting, fill
from index.papers import Paper, PaperInfo, SectionKind
from index.readers import jats


def whole(tag: str, body: bytes) -> bytes:
    """``body`` where it ends as an XML document of ``tag`` does. Raises ValueError where it was cut short."""
    if not body.rstrip().endswith(f"</{tag}>".encode()):
        raise ValueError("the XML ends too early")
    return body


def article(body: bytes, info: PaperInfo) -> Paper | None:
    """The article that ``body`` (JATS) holds of the paper ``info``; None where it holds no more than its abstract.

    What the article doesn't say of itself is taken from ``info``. Raises SourceError where it can't be read or is
    another paper.
    """
    found = next(jats.read(io.BytesIO(body), f"{info.pmcid}.xml"), None)
    if found is None or isinstance(found, ReadError):
        reason = found.message if found else f"{info.pmcid} holds no article."
        raise SourceError(reason, hint="Try again later.", retry=True)
    if conflicting(replace(found.info, doi=""), replace(info, doi="")):
        raise SourceError(f"Another article was sent than {info.pmcid}.", hint="Try again later.", retry=True)
    if not any(section.kind is SectionKind.BODY for section in found.sections):
        return None
    return Paper(replace(fill(found.info, info), source=info.source), found.sections)
