"""Written short forms of sentences, kept as pointers: which words of which sentence, in which order.

benchmarks/data/compressions.tsv holds for some 5,000 sentences of ../shared's papers how each is said shorter for a
question, written for this project. No sentence stands there: `places` are numbers of words of the sentence before and
the sentence ("3-7"), and function words that were put in ("=is"). With ../shared beside the project `read` gives the
pairs back.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from assistant.generators.lstm.data import Example, joined
from assistant.generators.lstm.words import glue
from assistant.grounding import plain
from index.papers import Paper, Section
from index.readers import read as read_papers
from index.sentences import prose, references_within, split

SHARED = Path(__file__).resolve().parents[2] / "shared/data"
FILE = Path(__file__).parent / "data/compressions.tsv"
COLUMNS = ("source", "section", "start", "end", "before", "question", "places")


def read(path: Path = FILE) -> Iterator[tuple[str, Example]]:
    """(source, pair) of every line; the source is a PMID, a file of papers or a BioASQ question."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            text = _text(row["source"], int(row["section"]))
            start, end = int(row["start"]), int(row["end"])
            sentence = _plain(text, start, end)
            before = _before(text, start) if row["before"] == "1" else ""
            yield row["source"], Example(_question(row), before, sentence, said(before, sentence, row["places"]))


def said(before: str, sentence: str, places: str) -> str:
    """The short form that ``places`` spell."""
    words, _ = joined(before, sentence)
    parts: list[tuple[str, bool]] = []
    last = -2
    for item in places.split():
        if item.startswith("="):
            parts.append((item[1:], False))
            last = -2
            continue
        first, _, final = item.partition("-")
        for place in range(int(first), int(final or first) + 1):
            parts.append((words[place].text, words[place].glued and place == last + 1))
            last = place
    return glue(parts)


def _question(row: dict[str, str]) -> str:
    """The question itself, or what its pointer means: "@title", "@heading" (title and heading), "@bioasq"."""
    if not row["question"].startswith("@"):
        return row["question"]
    if row["question"] == "@bioasq":
        return _bioasq()[row["source"]][0]
    paper = _papers()[row["source"]]
    heading = paper.sections[int(row["section"])].heading
    return f"{paper.info.title} / {heading}" if row["question"] == "@heading" else paper.info.title


def _plain(text: Section, start: int, end: int) -> str:
    return plain(prose(text.text[start:end], references_within(text.references, start, end)))


def _before(text: Section, start: int) -> str:
    spans = [span for span in split(text.text) if span[1] <= start]
    return _plain(text, *spans[-1]) if spans else ""


def _text(source: str, section: int) -> Section:
    if source.startswith("bioasq:"):
        return Section("", _bioasq()[source][1][section])
    return _papers()[source].sections[section]


@lru_cache(maxsize=1)
def _papers() -> dict[str, Paper]:
    """PMID or file name without its ending -> paper."""
    found = {}
    for paper in read_papers(SHARED / "papers/pubmed/pubmed21n1298.xml.gz"):
        if isinstance(paper, Paper):
            found[paper.info.pmid] = paper
    for file in sorted((SHARED / "papers").glob("[cp]*/*.nxml")):
        for paper in read_papers(file):
            if isinstance(paper, Paper):
                found[file.stem] = paper
    return found


@lru_cache(maxsize=1)
def _bioasq() -> dict[str, tuple[str, list[str]]]:
    """ "bioasq:ID" -> question and snippets."""
    found = {}
    for name in ("12B1_golden", "11B2_golden"):
        for item in json.loads((SHARED / f"questions/{name}.json").read_text("utf-8"))["questions"]:
            found[f"bioasq:{item['id']}"] = (item["body"], [s["text"] for s in item["snippets"]])
    lines = (SHARED / "questions/bioasq-11b-ideal.jsonl").read_text("utf-8").splitlines()
    for number, item in enumerate(map(json.loads, lines)):
        found[f"bioasq:11b-{number}"] = (item["question"], item["snippets"])
    return found
