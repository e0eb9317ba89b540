"""The local LSTM beside the sentences quoted as they are: ROUGE on held-out sets, and GeneQA.

    python benchmarks/lstm.py rouge [--ablation]
    python benchmarks/lstm.py geneqa --library CRAFT_LIBRARY
    python benchmarks/lstm.py read --library CRAFT_LIBRARY [--answers 50] [--summaries 20] [--seed 1]
    python benchmarks/lstm.py samples [--seed 1]

``rouge``: BioASQ 12B2 (gold snippets, in their order, to the ideal answer) and the 500 items of PubMedQA (abstract
without its conclusion to the conclusion); ROUGE-1, -2 and -L F1, stemmed. No part of the generator was trained on
either. All get the same passages; whether a question is answerable is not asked here, since gold passages are given.
``geneqa``: GeneQA dev; the shipped picker was trained on which sentences answer these questions, and the search's
ranker too, so that both figures are a little flattering (`train_lstm.py` leaves them out now).
``read`` prints answers and summaries drawn by a seed, each sentence with its quote, to be read and judged. ``samples``
prints ten answers from the starter digests, to what a gene of a title does, genes drawn by the seed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rouge_score.rouge_scorer import RougeScorer
from summa import summarizer

from assistant.answers import REFUSAL, Answer
from assistant.chain import Assistant
from assistant.generators.base import Request
from assistant.generators.evidence import rank
from assistant.generators.extractive import ExtractiveGenerator, choose
from assistant.generators.lstm.generator import LstmGenerator
from assistant.grounding import Grounder, plain
from assistant.settings import Settings
from index.embedding import Embedder, load_embedder
from index.filters import Filters
from index.genes import symbols
from index.library import Library
from index.papers import Hit, Paper, PaperInfo, Section, SectionKind
from index.search import search
from index.sentences import split

SHARED = Path(__file__).resolve().parents[2] / "shared"
QUESTIONS = SHARED / "data/questions"
WORDS = (50, 100)
"""Lengths at which TextRank is tried; the better one is compared with."""
_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its documents, each some (heading, text) parts, and the text that people wrote."""

    id: str
    question: str
    documents: tuple[tuple[tuple[str, str], ...], ...]
    gold: str


def bioasq(name: str = "12B2_golden") -> list[Item]:
    """Questions of a BioASQ file: snippets grouped by paper in the order in which they are given, doubles left out."""
    found = []
    for q in json.loads((QUESTIONS / f"{name}.json").read_text("utf-8"))["questions"]:
        papers: dict[str, dict[str, None]] = {}
        for snippet in q["snippets"]:
            papers.setdefault(snippet["document"], {})[" ".join(snippet["text"].split())] = None
        documents = tuple(tuple(("", text) for text in texts) for texts in papers.values())
        found.append(Item(q["id"], q["body"], documents, q["ideal_answer"][0]))
    return found


def pubmedqa() -> list[Item]:
    """PubMedQA: the parts of each abstract but its conclusion."""
    items = json.loads((QUESTIONS / "pubmedqa-dev.json").read_text("utf-8")).items()
    return [
        Item(pmid, q["QUESTION"], (tuple(zip(q["LABELS"], (" ".join(c.split()) for c in q["CONTEXTS"]), strict=True)),),
             q["LONG_ANSWER"])
        for pmid, q in items
    ]  # fmt: skip


def found_in(items: list[Item], embedder: Embedder) -> Iterator[tuple[Item, list[Hit]]]:
    """Each item with its own documents as hits, in their order, all their sentences scored by the search."""
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library", embedder) as library:
        library.add(
            Paper(
                PaperInfo("", source=f"{item.id} {place}"),
                tuple(Section(heading, text, SectionKind.ABSTRACT) for heading, text in document),
            )
            for item in items
            for place, document in enumerate(item.documents)
        )
        own: dict[str, dict[int, int]] = {}
        for info in library.papers("", 0, 10**6):
            item, place = info.source.rsplit(" ", 1)
            own.setdefault(item, {})[info.id] = int(place)
        for item in items:
            places = own.get(item.id, {})
            hits = search(library, item.question, 40, filters=Filters(papers=frozenset(places))) if places else []
            yield item, sorted(hits, key=lambda h: (places[h.paper.id], h.passage.section, h.passage.start))


def rouge(options: argparse.Namespace) -> None:
    """The table of ROUGE."""
    embedder = load_embedder()
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    lstm = LstmGenerator(lambda _: True, lambda: embedder, options.lstm)

    def quoted(item: Item, hits: list[Hit]) -> str:
        ranked = rank(item.question, hits, lambda _: True)
        return " ".join(plain(ranked.quotes[i].prose) for i in choose(ranked, least=0.0))

    def said(item: Item, hits: list[Hit]) -> str:
        return " ".join(text for text, _ in lstm.engine().sentences(item.question, hits))

    def picked(item: Item, hits: list[Hit]) -> str:
        return " ".join(plain(quote.prose) for quote in lstm.engine().picks(item.question, hits))

    def sentences(item: Item) -> list[str]:
        return [text[a:b] for document in item.documents for _, text in document for a, b in split(text)]

    ways: dict[str, Callable[[Item, list[Hit]], str]] = {
        "lstm": said,
        "extractive": quoted,
        "lead-3": lambda item, _: " ".join(sentences(item)[:3]),
        **{
            f"TextRank {n} words": lambda item, _, n=n: summarizer.summarize("\n".join(sentences(item)), words=n)
            for n in WORDS
        },
    }
    if options.ablation:
        ways["picked by the LSTM, quoted whole"] = picked
        ways["the search's first sentence"] = lambda item, hits: _first(item.question, hits, 1)
        ways["the search's first two"] = lambda item, hits: _first(item.question, hits, 2)
    for name, items in (("BioASQ 12B2", bioasq()), ("PubMedQA", pubmedqa())):
        scores: dict[str, list[tuple[float, ...]]] = {way: [] for way in ways}
        counts: dict[str, list[int]] = {way: [] for way in ways}
        for item, hits in found_in(items[: options.most], embedder):
            for way, write in ways.items():
                text = write(item, hits) if hits else ""
                found = scorer.score(item.gold, text)
                scores[way].append(tuple(found[k].fmeasure for k in ("rouge1", "rouge2", "rougeL")))
                counts[way].append(len(text.split()))
        print(f"{name}, {len(items[: options.most])} questions: ROUGE-1, -2, -L, words")
        for way in ways:
            means = [statistics.fmean(column) for column in zip(*scores[way], strict=True)]
            print(f"  {way:34}", *(f"{m:.4f}" for m in means), f"{statistics.fmean(counts[way]):.1f}")


def _first(question: str, hits: list[Hit], count: int) -> str:
    return " ".join(plain(q.prose) for q in rank(question, hits, lambda _: True).quotes[:count])


def geneqa(options: argparse.Namespace) -> None:
    """Terms, words, support and time on GeneQA dev."""
    sys.path.insert(0, str(SHARED / "tools"))
    from score_geneqa import term_found

    questions = [json.loads(line) for line in (QUESTIONS / "geneqa-dev.jsonl").open(encoding="utf-8")]
    with Library.open(options.library, load_embedder()) as library:
        embed = library.embedder.embed_documents

        generators = [
            ExtractiveGenerator(library.knows),
            LstmGenerator(library.knows, lambda: library.embedder, options.lstm),
        ]
        print(f"{'':12}answers terms words sentences supported shortened seconds-p50")
        for generator in generators:
            tally = Tally()
            for q in questions[: options.most]:
                hits = search(library, q["question"], options.hits)
                request = Request(q["question"], tuple(hits))
                started = time.perf_counter()
                draft = "".join(x for x in generator.stream(request) if isinstance(x, str))
                tally.seconds.append(time.perf_counter() - started)
                if draft.strip() == REFUSAL:
                    continue
                grounder = Grounder(hits, embed, q["question"])
                for sentence in grounder.ground(draft):
                    quoted = [len(c.quote.split()) for c in grounder.citations if c.n in sentence.markers]
                    tally.sentences += 1
                    tally.supported += sentence.supported
                    tally.shortened += len(sentence.text.split()) < min(quoted, default=0) - 1
                if q["answerable"]:
                    text = _MARKER.sub("", draft)
                    tally.words.append(len(text.split()))
                    tally.terms.append(all(term_found(t, text.lower()) for t in q["answer_terms"]))
            print(f"{generator.name:12}{tally}", flush=True)


def read(options: argparse.Namespace) -> None:
    """Answers to GeneQA's questions and summaries of papers, as a user gets them."""
    rng = random.Random(options.seed)
    questions = [json.loads(line)["question"] for line in (QUESTIONS / "geneqa-dev.jsonl").open(encoding="utf-8")]
    with Library.open(options.library, load_embedder()) as library:
        assistant = Assistant(Settings(library=options.library, generator="lstm"), library)
        for question in rng.sample(questions, options.answers):
            show(question, assistant.answer(question))
        papers = sorted(library.papers("", 0, 10**6), key=lambda info: info.id)
        for info in rng.sample(papers, min(len(papers), options.summaries)):
            *_, last = assistant.summarize(info.id)
            show(info.title, last.answer)


def samples(options: argparse.Namespace) -> None:
    """Ten answers from the starter digests, whose text is the project's own."""
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library", load_embedder()) as library:
        library.add_starter()
        assistant = Assistant(Settings(library=Path(folder) / "library", generator="lstm"), library)
        named = sorted({gene for info in library.papers("", 0, 1000) for gene in symbols(info.title)[:1]})
        for gene in random.Random(options.seed).sample(named, 10):
            show(f"What does {gene} do?", assistant.answer(f"What does {gene} do?"))


def show(title: str, answer: Answer) -> None:
    """One answer in plain text, quotes that say more than the sentence below it."""
    quotes = {c.n: " ".join(c.quote.split()) for c in answer.citations}
    print(f"\n## {title}")
    if answer.refused:
        print(REFUSAL)
    for sentence in answer.sentences:
        lead = f"{sentence.part}: " if sentence.part else ""
        print(f"- {lead}{sentence.text}{sentence.problem and f'  !! {sentence.problem}'}")
        for n in sentence.markers:
            if len(quotes[n].split()) > len(sentence.text.split()):
                print(f"      < {quotes[n]}")


@dataclass
class Tally:
    """What is counted over questions."""

    terms: list[bool] = field(default_factory=list)
    words: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    sentences: int = 0
    supported: int = 0
    shortened: int = 0

    def __str__(self) -> str:
        return (
            f"{len(self.words):7} {statistics.fmean(self.terms):.3f} {statistics.fmean(self.words):5.1f}"
            f" {self.sentences:9} {self.supported / self.sentences:9.3f} {self.shortened / self.sentences:9.3f}"
            f" {statistics.median(self.seconds):11.3f}"
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rouge", "geneqa", "read", "samples"))
    parser.add_argument("--library", type=Path)
    parser.add_argument("--answers", type=int, default=50)
    parser.add_argument("--summaries", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lstm", default="", help="folder of other weights than the shipped ones")
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--most", type=int, default=1000)
    parser.add_argument("--hits", type=int, default=12)
    options = parser.parse_args()
    {"rouge": rouge, "geneqa": geneqa, "read": read, "samples": samples}[options.what](options)


if __name__ == "__main__":
    main()
