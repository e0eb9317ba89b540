"""Train the shipped LSTM, from ../shared's papers and the pairs written for the project: `locus train-lstm`, prepared.

    python benchmarks/train_lstm.py --work FOLDER            # prepares FOLDER and trains, about an hour on two cores
    python benchmarks/train_lstm.py --work FOLDER --prepare  # only prepares: a library, files of questions, config.toml

Written pairs (benchmarks/data/compressions.tsv) teach to say a sentence shorter; 941 questions written to full text
(benchmarks/data/fulltext_questions.tsv), BioASQ 11b and 12B1, and conclusions of abstracts teach which sentences
answer. BioASQ 12B2, PubMedQA and GeneQA are not trained on.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import compressions

from assistant.cli import main as locus
from index.embedding import load_embedder
from index.library import Library
from index.papers import Paper
from index.readers import read

SHARED = Path(__file__).resolve().parents[2] / "shared/data"
QUESTIONS = Path(__file__).parent / "data/fulltext_questions.tsv"
ABSTRACTS = 4000
SEED = 0
CONFIG = """\
start = "scratch"
library = "WORK/library"
questions = ["WORK/pairs.jsonl", "WORK/evidence.jsonl", "WORK/bioasq.jsonl"]

[rules]
count = 24000
epochs = 2

[pairs]
epochs = 6
learning_rate = 1.2e-3
best = "probability"
mixed = 800
titles = false
abstracts = false
patience = 3

[picking]
conclusions = 1200
"""


def papers() -> Iterator[Paper]:
    """Full texts, and some abstracts of 2021."""
    for file in sorted((SHARED / "papers").glob("[cp]*/*.nxml")):
        yield from (paper for paper in read(file) if isinstance(paper, Paper))
    found = [p for p in read(SHARED / "papers/pubmed/pubmed21n1298.xml.gz") if isinstance(p, Paper) and p.words > 80]
    yield from random.Random(SEED).sample(found, ABSTRACTS)


def pairs() -> Iterator[dict[str, str]]:
    """Written pairs."""
    for _, pair in compressions.read():
        yield {"question": pair.question, "before": pair.before, "sentence": pair.sentence, "target": pair.target}


def evidence() -> Iterator[dict[str, object]]:
    """Questions to full text, with the sentences that answer."""
    texts = {file.stem: file for file in (SHARED / "papers").glob("[cp]*/*.nxml")}
    read_once: dict[str, Paper] = {}
    with QUESTIONS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            name = row["paper"]
            if name not in read_once:
                read_once[name] = next(p for p in read(texts[name]) if isinstance(p, Paper))
            info, section = read_once[name].info, read_once[name].sections[int(row["section"])]
            ids = {k: getattr(info, k) for k in ("pmid", "pmcid", "doi") if getattr(info, k)}
            yield {"question": row["question"], "evidence": [section.text[int(row["start"]) : int(row["end"])]], **ids}


def bioasq() -> Iterator[dict[str, object]]:
    """Questions of BioASQ 11b and 12B1 with their snippets."""
    for name in ("12B1_golden", "11B2_golden"):
        for q in json.loads((SHARED / f"questions/{name}.json").read_text("utf-8"))["questions"]:
            texts = list(dict.fromkeys(s["text"] for s in q["snippets"]))
            yield {"question": q["body"], "snippets": texts, "ideal_answer": q["ideal_answer"]}
    yield from map(json.loads, (SHARED / "questions/bioasq-11b-ideal.jsonl").open(encoding="utf-8"))


def prepare(work: Path) -> None:
    """Fill the folder."""
    work.mkdir(parents=True, exist_ok=True)
    for name, rows in (("pairs", pairs()), ("evidence", evidence()), ("bioasq", bioasq())):
        with (work / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (work / "config.toml").write_text(CONFIG.replace("WORK", str(work.resolve())), encoding="utf-8")
    with Library.open(work / "library", load_embedder()) as library:
        library.add(papers())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--prepare", action="store_true")
    options = parser.parse_args()
    if not (options.work / "config.toml").exists():
        prepare(options.work)
    if not options.prepare:
        sys.argv = [
            "locus",
            "train-lstm",
            "--config",
            str(options.work / "config.toml"),
            "--out",
            str(options.work / "lstm"),
        ]
        locus()


if __name__ == "__main__":
    main()
