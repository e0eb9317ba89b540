"""Papers, sections and passages as rows of the collections, and back; their ids."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from index.errors import LocusError
from index.grading import NO_GRADES, Aspect, Basis, Grade, Grades
from index.lexical import stems_of
from index.merging import identifiers, text_hash
from index.paper_table import fold, parts
from index.papers import Paper, PaperInfo, Passage, Section, SectionKind, Span
from index.passage_table import Embedded
from index.sentences import prose
from index.species import CELL_LINE
from index.tagging import VERSION as TAGGED
from index.tagging import PaperTags, PassageTags

Row = dict[str, Any]

FIELD = 65_000
"""Bytes that a field of text may have; the server's own limit is 65,535."""
CHUNK = 8_000
"""Characters of a section in one row."""
JOURNAL, TERM, MOST_TERMS = 1_000, 120, 1_000
"""Bytes of a journal's name and of a gene, variant or species, and how many of those a passage is found by."""
STEM, MOST_STEMS = 60, 2_000
"""Bytes of a word's stem, and how many different ones a passage is found by, where the server ranks no words."""
LIBRARY_ID = 0
"""Id of the row that says what the library is."""

_PMC_IDS, _HASHED_IDS = 1 << 40, 1 << 48
_PLAIN, _PACKED = "j", "z"
_DUMMY = [0.0, 1.0]
"""A collection must have vectors, whatever it holds."""


class TooLargeError(LocusError):
    """A paper that has more in one place than a row can hold."""


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """The row of a paper."""

    info: PaperInfo
    version: int
    text_hash: bytes
    identifiers: frozenset[tuple[str, str]]
    offers: dict[str, str]
    """Source -> hash (hex) of what it last offered."""
    words: int
    passages: int
    added: int
    """Microseconds since 1970."""
    about: str = ""
    """Species that the paper is about."""
    types: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    grades: Grades = NO_GRADES
    full: bool = False
    """Whether more than an abstract is there."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """The row of a passage: what search and page need of it."""

    id: int
    paper: int
    version: int
    number: int
    passage: Passage | None
    """None where its text stands in its section only."""
    place: tuple[int, int, int]
    """Section, start and end."""
    vector: Any
    sentences: bytes
    genes: dict[str, int] = field(default_factory=dict)
    variants: tuple[str, ...] = ()


def hash63(*parts: object) -> int:
    """A number from 1 to 2^63 - 1 that is always the same for the same parts."""
    digest = hashlib.blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1 or 1


def paper_id(paper: Paper) -> int:
    """The id of a new paper: its PMID, or else one made of its PMCID, or else of its DOI or its text.

    Two writers that add the same paper at once give it the same one. Below 2^49, so that browsers read it exactly.
    """
    info = paper.info
    if info.pmid.isascii() and info.pmid.isdigit() and 0 < int(info.pmid) < _PMC_IDS:
        return int(info.pmid)
    number = info.pmcid.removeprefix("PMC")
    if number.isascii() and number.isdigit() and int(number) < _PMC_IDS:
        return _PMC_IDS + int(number)
    key = ("doi", info.doi) if info.doi else ("text", text_hash(paper).hex())
    return _HASHED_IDS + (hash63(*key) >> 15)


def version_of(paper: Paper) -> int:
    """The version of a paper's text."""
    return int.from_bytes(text_hash(paper)[:8], "big") >> 1


def packed(value: Any) -> str:
    """``value`` as JSON, compressed where it is long; TooLargeError where it is too long even so."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    data = plain.encode()
    if len(data) < 4_000:
        return _PLAIN + plain
    short = _PACKED + base64.b64encode(zlib.compress(data, 6)).decode()
    if len(short) <= FIELD:
        return short
    raise TooLargeError("has more in one place than a row can hold")


def unpacked(text: str) -> Any:
    """The value that `packed` was given."""
    return json.loads(text[1:] if text[0] == _PLAIN else zlib.decompress(base64.b64decode(text[1:])))


def cut_bytes(text: str, most: int) -> str:
    """``text`` cut to so many bytes, never within a character."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= most else data[:most].decode("utf-8", "ignore")


# Papers


def paper_row(stored: StoredPaper) -> Row:
    """The row of a paper."""
    info = stored.info
    names = (info.title, *info.authors, info.journal, info.year or "", info.pmid, info.pmcid, info.doi, info.source)
    grades = [
        (g.aspect.value, g.value, g.basis.source, g.basis.quote, g.basis.section, g.basis.start, g.basis.end)
        for g in stored.grades.all
    ]
    record = {
        "info": asdict(info), "offers": stored.offers, "types": stored.types, "headings": stored.headings,
        "grades": grades, "full": stored.full,
    }  # fmt: skip
    return {
        "id": info.id,
        "vector": _DUMMY,
        "version": stored.version,
        "text_hash": stored.text_hash.hex(),
        "identifiers": [_identifier(*pair) for pair in sorted(stored.identifiers)][:200],
        "year": info.year or 0,
        "journal": cut_bytes(info.journal, JOURNAL),
        "collection": cut_bytes(info.collection, TERM),
        "about": cut_bytes(stored.about, TERM),
        "grades": graded(stored.grades),
        "tagged": TAGGED,
        "words": stored.words,
        "passages": stored.passages,
        "added": stored.added,
        "search": cut_bytes(f" {parts(fold(chr(10).join(map(str, names))))} ", FIELD),
        "record": packed(record),
    }


PAPER_FIELDS = ("id", "version", "text_hash", "identifiers", "about", "words", "passages", "added", "record")


def stored_paper(row: Row) -> StoredPaper:
    """A paper of its row, as `paper_row` has made it."""
    record = unpacked(row["record"])
    pairs = (name.partition(":") for name in row["identifiers"])
    return StoredPaper(
        info=_info(record["info"]),
        version=row["version"],
        text_hash=bytes.fromhex(row["text_hash"]),
        identifiers=frozenset((kind, value) for kind, _, value in pairs),
        offers=record["offers"],
        words=row["words"],
        passages=row["passages"],
        added=row["added"],
        about=row["about"],
        types=tuple(record["types"]),
        headings=tuple(record["headings"]),
        grades=Grades(tuple(Grade(Aspect(aspect), value, Basis(*basis)) for aspect, value, *basis in record["grades"])),
        full=record["full"],
    )


def graded(grades: Grades) -> list[str]:
    """Grades as rows are filtered by them."""
    return list(dict.fromkeys(grade_name(aspect, g.value) for aspect in Aspect for g in grades.of(aspect)))[:100]


def grade_name(aspect: Aspect, value: str) -> str:
    """A grade in one word, as rows have it."""
    return cut_bytes(f"{aspect.value}:{value}", TERM)


def _identifier(kind: str, value: str) -> str:
    return cut_bytes(f"{kind}:{value}", 250)


def deletion_id(pmid: str) -> int:
    """The id of the row that says that PubMed has deleted a record; 0 where ``pmid`` is none."""
    return -int(pmid) if pmid.isascii() and pmid.isdigit() and int(pmid) < _PMC_IDS else 0


def deletion_row(pmid: str, source: str) -> Row:
    """The row that says that the file ``source`` of PubMed's has deleted a record."""
    empty = StoredPaper(PaperInfo("", id=deletion_id(pmid)), 0, b"", frozenset(), {}, 0, 0, 0)
    return paper_row(empty) | {"record": packed(source)}


def identifier_names(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Identifiers as rows have them."""
    return [_identifier(kind, value) for kind, value in pairs]


def known_identifiers(*infos: PaperInfo) -> frozenset[tuple[str, str]]:
    """(kind, value) of all identifiers that these state."""
    return frozenset(pair for info in infos for pair in identifiers(info).items())


def _info(record: Row) -> PaperInfo:
    known = {one.name for one in fields(PaperInfo)}
    # JSON has lists for tuples.
    values: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in record.items() if n in known}
    return PaperInfo(**values)


# Sections


def section_rows(number_of_paper: int, version: int, sections: Sequence[Section]) -> list[Row]:
    """The rows of a paper's sections, CHUNK characters each."""
    rows = []
    for number, section in enumerate(sections):
        chunks = max(1, -(-len(section.text) // CHUNK))
        for chunk in range(chunks):
            start, end = chunk * CHUNK, (chunk + 1) * CHUNK
            first, last = chunk == 0, chunk == chunks - 1

            def within(
                pairs: Sequence[Span], first: bool = first, last: bool = last, start: int = start, end: int = end
            ) -> list[Span]:
                return [pair for pair in pairs if (first or pair[0] >= start) and (last or pair[0] < end)]

            heading = section.heading if first else ""
            data = (
                heading, section.kind.value, section.text[start:end], within(section.references), within(section.pages)
            )  # fmt: skip
            rows.append(
                {
                    "id": hash63("section", number_of_paper, version, number, chunk),
                    "vector": _DUMMY,
                    "paper": number_of_paper,
                    "version": version,
                    "number": number,
                    "chunk": chunk,
                    "chunks": chunks,
                    "data": packed(data),
                }
            )
    return rows


SECTION_FIELDS = ("version", "number", "chunk", "chunks", "data")


def sections_of(rows: Iterable[Row], version: int) -> tuple[Section, ...] | None:
    """The sections of a paper of their rows; None where some are missing."""
    held: dict[int, dict[int, Row]] = {}
    for row in rows:
        if row["version"] == version:
            held.setdefault(row["number"], {})[row["chunk"]] = row
    if sorted(held) != list(range(len(held))):
        return None
    found = []
    for number in range(len(held)):
        if len(held[number]) != held[number].get(0, {}).get("chunks"):
            return None
        chunks = [unpacked(held[number][place]["data"]) for place in sorted(held[number])]
        found.append(
            Section(
                heading=chunks[0][0],
                text="".join(chunk[2] for chunk in chunks),
                kind=SectionKind(chunks[0][1]),
                references=_spans(span for chunk in chunks for span in chunk[3]),
                pages=_spans(page for chunk in chunks for page in chunk[4]),
            )
        )
    return tuple(found)


# Passages


def passage_rows(
    stored: StoredPaper, passages: Sequence[Passage], vectors: Sequence[Embedded], tags: PaperTags, *, ranks_words: bool
) -> list[Row]:
    """The rows of a paper's passages. ``ranks_words`` as the collection was made."""
    number_of_paper, version = stored.info.id, stored.version
    rows = []
    for number, (passage, vector, tagged) in enumerate(zip(passages, vectors, tags.passages, strict=True)):
        rows.append(
            {
                "id": hash63("passage", number_of_paper, version, number),
                "vector": vector.vector.astype(np.float32).tolist(),
                "paper": number_of_paper,
                "version": version,
                "number": number,
                "section": passage.section,
                "start": passage.start,
                "stop": passage.end,
                "body": _body(passage),
                "sentences": _sentences(vector.sentences),
                **filtered(stored),
                **_tagged(tagged),
                **_words(stored.info.title, passage, ranks_words=ranks_words),
            }
        )
    return rows


PASSAGE_FIELDS = (
    "id", "vector", "paper", "version", "number", "section", "start", "stop", "body", "sentences", "tags",
)  # fmt: skip


def filtered(stored: StoredPaper) -> Row:
    """What passages are filtered by that is their paper's."""
    info = stored.info
    return {
        "year": info.year or 0, "journal": cut_bytes(info.journal, JOURNAL), "about": cut_bytes(stored.about, TERM),
        "grades": graded(stored.grades),
    }  # fmt: skip


def stored_passage(row: Row) -> StoredPassage:
    """A passage of its row."""
    tags = unpacked(row["tags"])
    place = (row["section"], row["start"], row["stop"])
    passage = None
    if row["body"]:
        text, heading, kind, page, references = unpacked(row["body"])
        passage = Passage(
            paper_id=row["paper"],
            section=place[0],
            start=place[1],
            end=place[2],
            text=text,
            heading=heading,
            kind=SectionKind(kind),
            references=_spans(references),
            page=page,
            id=row["id"],
        )
    return StoredPassage(
        id=row["id"],
        paper=row["paper"],
        version=row["version"],
        number=row["number"],
        passage=passage,
        place=place,
        vector=np.asarray(row["vector"], np.float32),
        sentences=base64.b64decode(row["sentences"]),
        genes=dict(tags["g"]),
        variants=tuple(tags["v"]),
    )


def _body(passage: Passage) -> str:
    try:
        return packed((passage.text, passage.heading, passage.kind.value, passage.page, passage.references))
    except TooLargeError:
        return ""


def _spans(pairs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in pairs)


def _sentences(packed_vectors: bytes) -> str:
    text = base64.b64encode(packed_vectors).decode()
    return text if len(text) <= FIELD else ""


def _tagged(tags: PassageTags) -> Row:
    names = [name for name, _ in tags.species.most_common()]
    keys = list(dict.fromkeys(key for _, key in tags.variants))
    return {
        "part": tags.part.value,
        "genes": _listed(tags.genes),
        "variants": _listed(Counter(term for term, _ in tags.variants)),
        "species": _listed(names),
        "names_animal": any(name != CELL_LINE for name in names),
        "tags": packed({"g": dict(tags.genes.most_common(MOST_TERMS)), "v": keys[:MOST_TERMS]}),
    }


def _listed(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(cut_bytes(name, TERM) for name in names))[:MOST_TERMS]


def _words(title: str, passage: Passage, *, ranks_words: bool) -> Row:
    stems = stems_of(prose(passage.text, passage.references))
    around = [*stems_of(title), *stems_of(passage.heading)]
    if ranks_words:
        return {"words": cut_bytes(" ".join(map(word, [*stems, *around])), FIELD)}
    return {"stems": list(dict.fromkeys(cut_bytes(stem, STEM) for stem in [*stems, *around]))[:MOST_STEMS]}


def word(stem: str) -> str:
    """A stem as one word of letters and digits, which no tokenizer takes apart: "c.35del" -> "cx2ex35del"."""
    if stem.isalnum():
        return stem
    return "".join(c if c.isalnum() else f"x{ord(c):x}x" for c in stem)
