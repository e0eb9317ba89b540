"""How well genes are found and normalised: BioRED's abstracts, mentions and NCBI Gene ids.

    python benchmarks/biored.py [--split dev|train] [--errors N]

Mentions: spans of GeneOrGeneProduct, exact and overlapping. Normalisation: the set of NCBI Gene ids of each document
(micro-averaged); the species is chosen by what the document says. BioRED has genes of other species too, which the
table lacks but for the rat's ids: figures are given over all ids, over those that the table knows, and by concept (a
human gene and its mouse and rat orthologs are one; ids of other species count as missed).
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.genes import Gene, Mention, find, in_species, table
from index.genes.species import organism

SHARED = Path(__file__).resolve().parents[2] / "shared/data/genes"


@dataclass
class Document:
    """A title with its abstract, gold gene spans with their ids, and spans of other things."""

    id: str
    text: str
    genes: list[tuple[int, int, frozenset[int]]] = field(default_factory=list)
    others: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, start: int, end: int, kind: str, ids: str) -> None:
        if kind == "GeneOrGeneProduct":
            self.genes.append((start, end, frozenset(int(n) for n in re.findall(r"\d+", ids))))
        else:
            self.others.append((start, end, kind))


def pubtator(path: Path) -> Iterator[Document]:
    """Documents of a PubTator file."""
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        lines = block.split("\n")
        title, abstract = (line.split("|", 2)[2] for line in lines[:2])
        document = Document(lines[0].split("|", 1)[0], f"{title} {abstract}")
        for line in lines[2:]:
            cells = line.split("\t")
            if len(cells) == 6 and cells[1].isdigit():
                document.add(int(cells[1]), int(cells[2]), cells[4], cells[5])
        yield document


def bioc(path: Path) -> Iterator[Document]:
    """Documents of a BioC JSON file."""
    for record in json.loads(path.read_text(encoding="utf-8"))["documents"]:
        text = ""
        for passage in record["passages"]:
            text = text.ljust(passage["offset"]) + passage["text"]
        document = Document(record["id"], text)
        for passage in record["passages"]:
            for note in passage["annotations"]:
                for place in note["locations"]:
                    start = place["offset"]
                    document.add(start, start + place["length"], note["infons"]["type"], note["infons"]["identifier"])
        yield document


def load(split: str) -> list[Document]:
    """A split's documents."""
    return list(
        pubtator(SHARED / "biored-train.pubtator") if split == "train" else bioc(SHARED / "biored-dev.bioc.json")
    )


def figures(right: int, found: int, gold: int) -> str:
    """Precision, recall and F1 in words."""
    precision, recall = right / max(found, 1), right / max(gold, 1)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {harmonic(precision, recall):.3f}"


def harmonic(precision: float, recall: float) -> float:
    """F1."""
    return 2 * precision * recall / max(precision + recall, 1e-9)


def concepts_of(ids: Iterable[int]) -> set[str]:
    """The concepts of NCBI Gene ids; an id that the table lacks stands for itself."""
    return {table().concept_of(number) or f"?{number}" for number in ids}


def named(document: Document, mentions: list[Mention]) -> list[tuple[Mention, Gene]]:
    """The gene that each mention means, in the species that the document is about."""
    return [(m, gene) for m in mentions if (gene := in_species(m, document.text)) is not None]


def number_of(gene: Gene, mention: Mention, text: str) -> int:
    """The NCBI Gene number of a mention: the rat's where the text is about rats."""
    return gene.rat if gene.rat and organism(text, mention.start, mention.end) == "rat" else gene.ncbi


@dataclass
class Tally:
    """Counts over documents, and the commonest errors."""

    counts: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)

    def mentions(self, document: Document, mentions: list[Mention]) -> None:
        text = document.text
        gold = {(start, end) for start, end, _ in document.genes}
        spans = {(m.start, m.end) for m in mentions}
        over = {g for g in gold if any(overlap(g, s) for s in spans)}
        astray = {s for s in spans if not any(overlap(g, s) for g in gold)}
        self.counts.update(
            {"gold": len(gold), "found": len(spans), "exact": len(gold & spans), "gold over": len(over),
             "found over": len(spans) - len(astray)}
        )  # fmt: skip
        self.missed.update(text[slice(*g)] for g in gold - over)
        self.wrong.update(text[slice(*s)] for s in astray)

    def genes(self, document: Document, meant: list[tuple[Mention, Gene]]) -> None:
        ids = {n for _, _, numbers in document.genes for n in numbers}
        guessed = {number_of(gene, m, document.text) for m, gene in meant} - {0}
        concepts = {gene.concept for _, gene in meant}
        wanted = concepts_of(ids)
        self.counts.update(
            {"ids": len(ids), "our ids": sum(table().concept_of(n) is not None for n in ids), "guessed": len(guessed),
             "right": len(ids & guessed), "concepts": len(wanted), "guessed concepts": len(concepts),
             "our concepts": sum(not c.startswith("?") for c in wanted), "right concepts": len(wanted & concepts)}
        )  # fmt: skip
        for start, end, numbers in document.genes:
            for m, gene in meant:
                if (m.start, m.end) == (start, end) and gene.concept not in concepts_of(numbers):
                    want = table().by_id(min(numbers)) if numbers else None
                    self.elsewhere[f"{m.text} -> {gene.symbol}, not {want.symbol if want else sorted(numbers)}"] += 1

    def show(self) -> None:
        n = self.counts
        print("mentions, exact          ", figures(n["exact"], n["found"], n["gold"]))
        precision, recall = n["found over"] / max(n["found"], 1), n["gold over"] / n["gold"]
        print(f"mentions, overlapping     P {precision:.3f}  R {recall:.3f}  F1 {harmonic(precision, recall):.3f}")
        strange = n["ids"] - n["our ids"]
        print("NCBI ids, all            ", figures(n["right"], n["guessed"], n["ids"]), f" ({strange} ids unknown)")
        print("NCBI ids, human/mouse/rat", figures(n["right"], n["guessed"], n["our ids"]))
        print("concepts                 ", figures(n["right concepts"], n["guessed concepts"], n["concepts"]))
        print("concepts, human/mouse/rat", figures(n["right concepts"], n["guessed concepts"], n["our concepts"]))


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two spans share a character."""
    return one[0] < other[1] and other[0] < one[1]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev", choices=("dev", "train"))
    parser.add_argument("--errors", type=int, default=0, help="show so many of the commonest errors")
    options = parser.parse_args()
    documents = load(options.split)
    find("warm up")
    tally = Tally()
    words, seconds = 0, 0.0
    for document in documents:
        begun = time.process_time()
        mentions = find(document.text)
        seconds += time.process_time() - begun
        words += len(document.text.split())
        tally.mentions(document, mentions)
        tally.genes(document, named(document, mentions))
    print(f"BioRED {options.split}: {len(documents)} documents, {words:,} words; ", end="")
    print(f"{1000 * seconds / words * 110:.2f} ms of processor time per 110 words")
    tally.show()
    for label, counter in (("missed", tally.missed), ("wrong", tally.wrong), ("another gene", tally.elsewhere)):
        if options.errors:
            shown = "; ".join(f"{text} {n}" for text, n in counter.most_common(options.errors))
            print(f"\n{label} ({sum(counter.values())}): {shown}")


if __name__ == "__main__":
    main()
