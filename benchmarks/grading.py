"""How often grades are right, and what grading costs when papers are added.

    python benchmarks/grading.py [--half dev|test|both] [--list]

Papers: benchmarks/data/grading.tsv has identifiers with the organisms, kinds of study and sample sizes that a reader
judged from title and abstract; the papers are read from ../shared. Labels in brackets are debatable: neither right nor
wrong. Numbers parted by | are as good as each other. Halves are fixed by a checksum of the identifier; rules were
looked at on dev alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from index.adding import pieces_of
from index.grading import Grades, grades_of
from index.papers import Paper
from index.readers import read
from index.tagging import tags_of

DATA = Path(__file__).parent / "data/grading.tsv"
SHARED = Path(__file__).resolve().parents[2] / "shared/data/papers"
PUBMED = SHARED / "pubmed/pubmed21n1298.xml.gz"


@dataclass(frozen=True)
class Labels:
    """What a reader judged: what must be said, and what may be."""

    must: frozenset[str]
    may: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """One paper of the test set."""

    identifier: str
    organisms: Labels
    kinds: Labels
    sizes: frozenset[int]
    size_debatable: bool

    @property
    def half(self) -> str:
        return "test" if crc32(self.identifier.encode()) % 2 else "dev"


def labels(text: str) -> Labels:
    names = [name.strip() for name in text.split(",") if name.strip() not in ("", "-")]
    return Labels(
        frozenset(n for n in names if not n.startswith("(")),
        frozenset(n.strip("()") for n in names),
    )


def judged() -> list[Judged]:
    found = []
    for line in DATA.read_text(encoding="utf-8").splitlines()[1:]:
        identifier, organisms, kinds, size = line.split("\t")
        sizes = frozenset(int(n) for n in size.strip("()").split("|") if n.isdigit())
        found.append(Judged(identifier, labels(organisms), labels(kinds), sizes, size.startswith("(")))
    return found


def papers(wanted: set[str]) -> dict[str, Paper]:
    """Identifier -> paper, from the full texts and the PubMed records."""
    found: dict[str, Paper] = {}
    for file in (*(SHARED / "craft").glob("*.nxml"), *(SHARED / "pmc").glob("*.nxml"), PUBMED):
        for paper in read(file):
            if isinstance(paper, Paper):
                for name in (paper.info.pmcid, paper.info.pmid):
                    if name in wanted:
                        found.setdefault(name, paper)
    return found


class Counts:
    """Right, wrong and missed labels."""

    def __init__(self) -> None:
        self.right = self.wrong = self.missed = 0

    def note(self, wanted: Labels, said: tuple[str, ...]) -> str:
        wrong = set(said) - wanted.may
        missed = wanted.must - set(said)
        self.right += len(wanted.must & set(said))
        self.wrong += len(wrong)
        self.missed += len(missed)
        return " ".join([*(f"+{n}" for n in sorted(wrong)), *(f"-{n}" for n in sorted(missed))])

    def __str__(self) -> str:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        counts = f"{self.right} right, {self.wrong} wrong, {self.missed} missed"
        return f"precision {precision:.3f}  recall {recall:.3f}  ({counts})"


def score(half: str, rows: list[Judged], graded: dict[str, Grades], texts: dict[str, Paper], *, listed: bool) -> None:
    organisms, kinds = Counts(), Counts()
    main = exact = stated = invented = 0
    for row in rows:
        said = graded[row.identifier]
        told = [organisms.note(row.organisms, said.organisms), kinds.note(row.kinds, said.kinds)]
        main += bool(said.organisms and said.organisms[0] in row.organisms.may) or not row.organisms.must
        if row.sizes and not row.size_debatable:
            stated += 1
            exact += said.size in row.sizes
            told.append("" if said.size in row.sizes else f"n {said.size} not {sorted(row.sizes)}")
        elif said.size is not None and said.size not in row.sizes:
            invented += 1
            told.append(f"n {said.size} unasked")
        if listed and any(told):
            print(f"  {row.identifier:12}{' | '.join(told)}   {texts[row.identifier].info.title[:70]}")
    print(f"{half}: {len(rows)} papers")
    print(f"  organisms  {organisms}; main organism right {main}/{len(rows)}")
    print(f"  kinds      {kinds}")
    print(f"  sizes      exact {exact}/{stated}; given where none was judged to be stated {invented}")


def cost(name: str, found: list[Paper], rounds: int = 3) -> None:
    """Processor time of grading beside that of cutting and tagging the same papers, without embedding."""
    best = {"cut and tag": float("inf"), "grade": float("inf")}
    for paper in found[:3]:
        tags_of(paper, [piece.new.passage for piece in pieces_of(paper)])
    for _ in range(rounds):
        started = time.process_time()
        for paper in found:
            tags_of(paper, [piece.new.passage for piece in pieces_of(paper)])
        middle = time.process_time()
        for paper in found:
            grades_of(paper)
        best["cut and tag"] = min(best["cut and tag"], middle - started)
        best["grade"] = min(best["grade"], time.process_time() - middle)
    ratio = 1 + best["grade"] / best["cut and tag"]
    each = 1000 * best["grade"] / len(found)
    print(f"{name}: {each:.2f} ms a paper; cutting, tagging and grading take {ratio:.3f} times cutting and tagging")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("dev", "test", "both"), default="both")
    parser.add_argument("--list", action="store_true", help="show what is wrong (dev only)")
    parser.add_argument("--cost", action="store_true", help="also what grading costs")
    options = parser.parse_args()
    if not PUBMED.exists():
        raise SystemExit(f"The papers aren't in {SHARED}.")
    rows = judged()
    texts = papers({row.identifier for row in rows})
    absent = [row.identifier for row in rows if row.identifier not in texts]
    if absent:
        raise SystemExit(f"Not among the papers: {', '.join(absent)}")
    graded = {name: grades_of(paper) for name, paper in texts.items()}
    for half in ("dev", "test"):
        if options.half in (half, "both"):
            own = [row for row in rows if row.half == half]
            score(half, own, graded, texts, listed=options.list and half == "dev")
    if options.cost:
        cost("full texts", [texts[row.identifier] for row in rows if row.identifier.startswith("PMC")][:25])
        cost("abstracts", [texts[row.identifier] for row in rows if not row.identifier.startswith("PMC")])


if __name__ == "__main__":
    main()
