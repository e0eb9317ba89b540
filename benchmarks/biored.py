"""How well genes are found and normalised: BioRED's abstracts, mentions and NCBI Gene ids.

    python benchmarks/biored.py [--split dev|train] [--errors N]

Mentions: spans of GeneOrGeneProduct, exact and overlapping. Normalisation: the set of NCBI Gene ids of each document
(micro-averaged); the species is chosen by what the document says. BioRED has genes of other species too, which the table
lacks but for the rat's ids: figures are given over all ids, over those that the table knows, and by concept (a human gene and its
mouse and rat orthologs are one; ids of other species count as missed).
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
    return list(pubtator(SHARED / "biored-train.pubtator") if split == "train" else bioc(SHARED / "biored-dev.bioc.json"))


def figures(right: int, found: int, gold: int) -> str:
    """Precision, recall and F1 in words."""
    precision, recall = right / max(found, 1), right / max(gold, 1)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / max(precision + recall, 1e-9):.3f}"


def concepts_of(ids: Iterable[int]) -> set[str]:
    """The concepts of NCBI Gene ids; an id that the table lacks stands for itself."""
    return {table().concept_of(number) or f"?{number}" for number in ids}


def named(document: Document, mentions: list[Mention]) -> list[tuple[Mention, Gene]]:
    """The gene that each mention means, in the species that the document is about."""
    return [(m, gene) for m in mentions if (gene := in_species(m, document.text)) is not None]


def number_of(gene: Gene, mention: Mention, text: str) -> int:
    """The NCBI Gene number of a mention: the rat's where the text is about rats."""
    return gene.rat if gene.rat and organism(text, mention.start, mention.end) == "rat" else gene.ncbi


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev", choices=("dev", "train"))
    parser.add_argument("--errors", type=int, default=0, help="show so many of the commonest errors")
    options = parser.parse_args()
    documents = load(options.split)
    find("warm up")
    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    words, seconds = 0, 0.0
    for document in documents:
        begun = time.process_time()
        mentions = find(document.text)
        seconds += time.process_time() - begun
        words += len(document.text.split())
        gold = {(start, end) for start, end, _ in document.genes}
        spans = {(m.start, m.end) for m in mentions}
        counts["gold"] += len(gold)
        counts["found"] += len(spans)
        counts["exact"] += len(gold & spans)
        over = {g for g in gold if any(g[0] < s[1] and s[0] < g[1] for s in spans)}
        counts["gold overlapped"] += len(over)
        counts["found overlapping"] += sum(any(g[0] < s[1] and s[0] < g[1] for g in gold) for s in spans)
        missed.update(document.text[slice(*g)] for g in gold - over)
        wrong.update(document.text[slice(*s)] for s in spans if not any(g[0] < s[1] and s[0] < g[1] for g in gold))
        ids = {n for _, _, numbers in document.genes for n in numbers}
        ours = {n for n in ids if table().concept_of(n)}
        meant = named(document, mentions)
        guessed = {number_of(gene, m, document.text) for m, gene in meant} - {0}
        guessed_concepts = {gene.concept for _, gene in meant}
        wanted = concepts_of(ids)
        counts["ids"] += len(ids)
        counts["our ids"] += len(ours)
        counts["guessed"] += len(guessed)
        counts["right"] += len(ids & guessed)
        counts["concepts"] += len(wanted)
        counts["our concepts"] += sum(not c.startswith("?") for c in wanted)
        counts["guessed concepts"] += len(guessed_concepts)
        counts["right concepts"] += len(wanted & guessed_concepts)
        for start, end, numbers in document.genes:
            for m, gene in meant:
                if (m.start, m.end) == (start, end) and gene.concept not in concepts_of(numbers):
                    want = table().by_id(min(numbers)) if numbers else None
                    elsewhere[f"{m.text} -> {gene.symbol}, not {want.symbol if want else sorted(numbers)}"] += 1
    print(f"BioRED {options.split}: {len(documents)} documents, {words:,} words, {1000 * seconds / words * 110:.2f} ms of processor time per 110 words")
    print("mentions, exact          ", figures(counts["exact"], counts["found"], counts["gold"]))
    precision, recall = counts["found overlapping"] / max(counts["found"], 1), counts["gold overlapped"] / counts["gold"]
    print(f"mentions, overlapping     P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / (precision + recall):.3f}")
    print("NCBI ids, all            ", figures(counts["right"], counts["guessed"], counts["ids"]),
          f" ({counts['ids'] - counts['our ids']} of {counts['ids']} ids are of other species)")  # fmt: skip
    print("NCBI ids, human/mouse/rat", figures(counts["right"], counts["guessed"], counts["our ids"]))
    print("concepts                 ", figures(counts["right concepts"], counts["guessed concepts"], counts["concepts"]))
    print("concepts, human/mouse/rat", figures(counts["right concepts"], counts["guessed concepts"], counts["our concepts"]))
    for label, counter in (("missed", missed), ("wrong", wrong), ("another gene", elsewhere)):
        if options.errors:
            print(f"\n{label} ({sum(counter.values())}):", "; ".join(f"{t} {n}" for t, n in counter.most_common(options.errors)))


if __name__ == "__main__":
    main()
