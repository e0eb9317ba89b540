"""Find BioASQ's gold snippets among all of them and PubMedQA's abstracts: nDCG@10, for each way to search.

    python benchmarks/bioasq.py [--embedder locus-minilm]

The snippets of both 12b files (one document each, doubles left out) with the 500 abstracts of PubMedQA as distractors;
and PubMedQA's own questions, each of which one abstract answers. Neither ranker nor embedder was trained on these.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from index.asked import expanded
from index.embedding import load_embedder
from index.library import Library
from index.papers import Paper, PaperInfo, Section, SectionKind
from index.search import CANDIDATES, fuse, rank

SHARED = Path(__file__).resolve().parents[2] / "shared/data/questions"
FILES = ("12B1_golden", "12B2_golden")
DEPTH = 10


def questions(name: str) -> list[dict]:
    """The questions of one BioASQ file."""
    return json.loads((SHARED / f"{name}.json").read_text("utf-8"))["questions"]


def documents() -> dict[str, str]:
    """Text -> a name, of every snippet and abstract."""
    found: dict[str, str] = {}
    for name in FILES:
        for question in questions(name):
            for snippet in question["snippets"]:
                found.setdefault(" ".join(snippet["text"].split()), f"snippet-{len(found)}")
    for pmid, item in json.loads((SHARED / "pubmedqa-dev.json").read_text("utf-8")).items():
        found.setdefault(" ".join(" ".join(item["CONTEXTS"]).split()), f"abstract-{pmid}")
    return found


def asked(name: str, texts: dict[str, str]) -> list[tuple[str, set[str]]]:
    """Questions of a BioASQ file, and the names of the documents that answer each."""
    return [(q["body"], {texts[" ".join(s["text"].split())] for s in q["snippets"]}) for q in questions(name)]


def about_abstracts() -> list[tuple[str, set[str]]]:
    """Questions of PubMedQA, and the abstract that answers each."""
    items = json.loads((SHARED / "pubmedqa-dev.json").read_text("utf-8")).items()
    return [(item["QUESTION"], {f"abstract-{pmid}"}) for pmid, item in items]


def papers(texts: dict[str, str]) -> Iterator[Paper]:
    """Each document as a paper without a title."""
    for text, name in texts.items():
        yield Paper(PaperInfo("", source=name), (Section("", text, SectionKind.ABSTRACT),))


def ndcg(ranked: Sequence[str], gold: set[str]) -> float:
    """Normalised discounted cumulative gain of the first DEPTH names, gains 0 or 1 (Järvelin and Kekäläinen 2002)."""
    gain = sum(1 / math.log2(2 + i) for i, name in enumerate(ranked[:DEPTH]) if name in gold)
    return gain / sum(1 / math.log2(2 + i) for i in range(min(DEPTH, len(gold))))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embedder", default="locus-minilm")
    options = parser.parse_args()
    texts = documents()
    with (
        tempfile.TemporaryDirectory() as folder,
        Library.open(Path(folder) / "library", load_embedder(options.embedder)) as library,
    ):
        library.add(papers(texts))
        names = {info.id: info.source for info in library.papers("", 0, len(texts))}

        def named(passages: Sequence[int]) -> list[str]:
            return list(dict.fromkeys(names[p.paper_id] for p in library.passages(passages)))

        def dense(question: str) -> list[str]:
            return named([i for i, _ in library.dense(library.embedder.embed_query(question), CANDIDATES)])

        def lexical(question: str) -> list[str]:
            return named([i for i, _ in library.lexical(question, CANDIDATES)])

        def fused(question: str) -> list[str]:
            vector = library.embedder.embed_query(question)
            both = fuse(
                [
                    [i for i, _ in library.dense(vector, CANDIDATES)],
                    [i for i, _ in library.lexical(expanded(question), CANDIDATES)],
                ]
            )
            return named(sorted(both, key=lambda i: -both[i]))

        def ranked(question: str) -> list[str]:
            return list(dict.fromkeys(names[hit.paper.id] for hit in rank(library, question)))

        ways: dict[str, Callable[[str], list[str]]] = {
            "BM25": lexical, "dense": dense, "fused": fused, "fused, sentences ranked": ranked,
        }  # fmt: skip
        sets = {name: asked(name, texts) for name in FILES} | {"PubMedQA": about_abstracts()}
        print(f"{len(texts)} documents, {options.embedder}; nDCG@10")
        print(f"{'':26}" + "".join(f"{name} ({len(found)})".rjust(20) for name, found in sets.items()))
        for label, way in ways.items():
            scores = [[ndcg(way(question), gold) for question, gold in found] for found in sets.values()]
            print(f"{label:26}" + "".join(f"{sum(found) / len(found):20.3f}" for found in scores), flush=True)


if __name__ == "__main__":
    main()
