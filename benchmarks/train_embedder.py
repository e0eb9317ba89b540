"""Train the upper layers of all-MiniLM-L6-v2 to put a question beside the sentence that answers it.

    python benchmarks/train_embedder.py --work FOLDER [--epochs 2] [--lr 1e-4] [--frozen 4] [--write]

Text: ../shared's PubMed abstracts of 2021 and the snippets of BioASQ 11b. Questions: benchmarks/data/questions.tsv,
some 3,500 written for this project, each to one sentence of an abstract (named by PMID, section and offsets; the
sentence itself is not part of the project), and BioASQ 11b's own. GeneQA, BioASQ 12b and PubMedQA are not trained on.

A passage is read whole and each of its sentences pooled from its word pieces, just as the library does it. Loss: the
softmax over all sentences of the batch (other questions' passages, another passage of the same abstract, a passage of
a similar abstract), and half of the same over passages (multiple negatives ranking; Henderson et al. 2017). The lower
layers stay as they are, so that what they make of each text is computed once and kept in FOLDER.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.functional import normalize
from transformers import AutoModel, AutoTokenizer

from index.embedding import BASE, WEIGHTS, load_embedder, shipped_folder
from index.papers import Paper
from index.passages import Searchable, cut, searchable
from index.readers import read
from index.sentences import split

SHARED = Path(__file__).resolve().parents[2] / "shared/data"
QUESTIONS = Path(__file__).parent / "data/questions.tsv"
LONGEST, LONGEST_QUESTION = 256, 96
SCALE = 20.0
NEGATIVES, NEAREST = 3, 12
BATCH, SEED, DROPOUT = 24, 0, 0.1
SNIPPETS = 3
OTHER_ABSTRACTS = 2600

Spans = list[tuple[int, int]]


@dataclass
class Example:
    """A question and places in the list of texts: ``positive`` with its gold sentences, and those to tell apart."""

    question: str
    positive: int
    gold: list[int]
    siblings: list[int]
    similar: list[int]
    group: str


@dataclass
class Text:
    """Word pieces of a text, and which of them make up each sentence."""

    ids: list[int]
    spans: Spans


def abstracts(questions: Sequence[dict[str, str]]) -> list[Paper]:
    """The abstracts asked about, and others to tell them from."""
    asked = {q["pmid"] for q in questions}
    found = [p for p in read(SHARED / "papers/pubmed/pubmed21n1298.xml.gz") if isinstance(p, Paper) and p.words >= 80]
    others = [p for p in found if p.info.pmid not in asked]
    random.Random(SEED).shuffle(others)
    return [p for p in found if p.info.pmid in asked] + others[:OTHER_ABSTRACTS]


def written(questions: Sequence[dict[str, str]]) -> tuple[list[Searchable], list[Example]]:
    """Passages of the abstracts, and an example for each question whose sentence is there."""
    texts: list[Searchable] = []
    places: dict[tuple[str, int, int], tuple[int, int]] = {}
    of_paper: dict[str, list[int]] = {}
    for paper in abstracts(questions):
        for passage in cut(paper):
            for number, (start, _) in enumerate(split(passage.text)):
                places[paper.info.pmid, passage.section, passage.start + start] = (len(texts), number)
            of_paper.setdefault(paper.info.pmid, []).append(len(texts))
            texts.append(searchable(paper.info, passage))
    embedder = load_embedder(BASE)
    vectors = embedder.embed_documents([t.text for t in texts])
    examples = []
    for question in questions:
        place = places.get((question["pmid"], int(question["section"]), int(question["start"])))
        if place is None:
            continue
        mates = of_paper[question["pmid"]]
        near = np.argsort(-(vectors @ embedder.embed_query(question["question"])))[: NEAREST + len(mates)]
        similar = [int(n) for n in near if int(n) not in mates][:NEAREST]
        drawn = random.Random(len(examples)).sample(similar, NEGATIVES)
        siblings = [m for m in mates if m != place[0]]
        examples.append(Example(question["question"], place[0], [place[1]], siblings[:2], drawn, question["pmid"]))
    return texts, examples


def bioasq(first: int) -> tuple[list[Searchable], list[Example]]:
    """Snippets of BioASQ 11b, all of whose sentences count as gold; those of 12b's questions are left out."""
    folder = SHARED / "questions"
    kept_out = {
        q["body"].lower()
        for name in ("12B1_golden", "12B2_golden")
        for q in json.loads((folder / f"{name}.json").read_text("utf-8"))["questions"]
    }
    golden = json.loads((folder / "11B2_golden.json").read_text("utf-8"))["questions"]
    asked = [(q["body"], [s["text"] for s in q["snippets"]]) for q in golden]
    lines = (folder / "bioasq-11b-ideal.jsonl").read_text("utf-8").splitlines()
    asked += [(q["question"], q["snippets"]) for q in map(json.loads, lines)]
    texts, examples = [], []
    for question, snippets in asked:
        if question.lower() in kept_out:
            continue
        for snippet in random.Random(SEED).sample(sorted(set(snippets)), min(SNIPPETS, len(set(snippets)))):
            spans = tuple(split(snippet))
            if spans:
                gold = list(range(len(spans)))
                examples.append(Example(question, first + len(texts), gold, [], [], f"bioasq {question}"))
                texts.append(Searchable(snippet, spans))
    return texts, examples


class Model:
    """A BERT whose lower layers are frozen and computed once."""

    def __init__(self, frozen: int) -> None:
        folder = str(shipped_folder())
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.bert = AutoModel.from_pretrained(folder)
        self.frozen = frozen
        self.bert.embeddings.requires_grad_(False)
        self.bert.encoder.layer[:frozen].requires_grad_(False)
        self.parameters = list(self.bert.encoder.layer[frozen:].parameters())

    def pieces(self, text: Searchable, longest: int) -> Text:
        """Word pieces of a text, and of each of its sentences; (0, 0) where it is cut off."""
        encoded = self.tokenizer(text.text, truncation=True, max_length=longest, return_offsets_mapping=True)
        spans: Spans = []
        for start, end in text.spans:
            inside = [i for i, (a, b) in enumerate(encoded["offset_mapping"]) if b > a >= start and b <= end]
            spans.append((inside[0], inside[-1] + 1) if inside else (0, 0))
        return Text(encoded["input_ids"], spans)

    @torch.no_grad()
    def lower(self, texts: Sequence[Text]) -> list[torch.Tensor]:
        """States (t, 384) of each text after the frozen layers."""
        self.bert.eval()
        states: list[torch.Tensor] = [torch.empty(0)] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i].ids))
        for first in range(0, len(order), 32):
            places = order[first : first + 32]
            ids = torch.nn.utils.rnn.pad_sequence([torch.tensor(texts[i].ids) for i in places], batch_first=True)
            mask = torch.arange(ids.shape[1])[None] < torch.tensor([len(texts[i].ids) for i in places])[:, None]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                hidden = self._layers(self.bert.embeddings(input_ids=ids), mask, 0, self.frozen)
            for row, i in enumerate(places):
                states[i] = hidden[row, : len(texts[i].ids)].to(torch.bfloat16).clone()
        return states

    def _layers(self, hidden: torch.Tensor, mask: torch.Tensor, first: int, last: int) -> torch.Tensor:
        bias = ((~mask)[:, None, None, :] * -30000.0).to(torch.bfloat16)
        for layer in self.bert.encoder.layer[first:last]:
            out = layer(hidden, bias)
            hidden = out[0] if isinstance(out, tuple) else out
        return hidden

    def vectors(self, states: Sequence[torch.Tensor], spans: Sequence[Spans]) -> tuple[torch.Tensor, torch.Tensor]:
        """Unit vectors of texts (n, 384) and of all their sentences (s, 384)."""
        hidden = torch.nn.utils.rnn.pad_sequence(list(states), batch_first=True).float()
        lengths = torch.tensor([len(s) for s in states])
        mask = torch.arange(hidden.shape[1])[None] < lengths[:, None]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self._layers(hidden, mask, self.frozen, len(self.bert.encoder.layer))
        hidden = hidden.float()
        whole = normalize((hidden * mask[..., None]).sum(1) / lengths[:, None], dim=-1)
        parts = [
            hidden[i, start:end].mean(0) if end > start else whole[i]
            for i, found in enumerate(spans)
            for start, end in found
        ]
        return whole, normalize(torch.stack(parts), dim=-1) if parts else whole[:0]


def loss_of(model: Model, batch: Sequence[Example], texts: Sequence[Text], states: Sequence[torch.Tensor],
            asked: dict[str, torch.Tensor]) -> torch.Tensor:  # fmt: skip
    """Of one batch; several snippets of one question are not told apart."""
    places: list[int] = []
    groups: list[str] = []
    positives: list[int] = []
    for example in batch:
        positives.append(len(places))
        others = example.siblings[:1] + ([random.choice(example.similar)] if example.similar else [])
        places += [example.positive, *others]
        groups += [example.group] * (1 + len(others))
    whole, parts = model.vectors([states[p] for p in places], [texts[p].spans for p in places])
    questions, _ = model.vectors([asked[e.question] for e in batch], [[] for _ in batch])
    first = np.cumsum([0, *(len(texts[p].spans) for p in places)])
    owner = np.repeat(np.arange(len(places)), np.diff(first))
    total = torch.zeros(())
    for row, (example, positive) in enumerate(zip(batch, positives, strict=True)):
        same = [
            example.group.startswith("bioasq") and group == example.group and place != positive
            for place, group in enumerate(groups)
        ]
        barred = torch.tensor(same).float() * -1e4
        by_part = SCALE * questions[row] @ parts.T + barred[owner]
        by_text = SCALE * questions[row] @ whole.T + barred
        gold = [int(first[positive]) + g for g in example.gold]
        total = total + torch.logsumexp(by_part, 0) - torch.logsumexp(by_part[gold], 0)
        total = total + (torch.logsumexp(by_text, 0) - by_text[positive]) / 2
    return total / len(batch)


def batches(examples: list[Example]) -> Iterator[list[Example]]:
    """Batches without end, the examples in another order each time."""
    while True:
        random.shuffle(examples)
        for first in range(0, len(examples) - BATCH + 1, BATCH):
            yield examples[first : first + BATCH]


def main() -> None:  # noqa: PLR0915
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for what the frozen layers make of the texts")
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--frozen", type=int, default=4, help="layers, of six, that stay as they are")
    parser.add_argument("--most", type=int, default=0, help="questions used, for a trial; 0 = all")
    parser.add_argument("--write", action="store_true", help="write index/weights/locus-minilm.safetensors")
    options = parser.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        questions = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    passages, examples = written(questions[: options.most or None])
    snippets, more = bioasq(len(passages))
    examples += more
    model = Model(options.frozen)
    needed = sorted({p for e in examples for p in (e.positive, *e.siblings, *e.similar)})
    texts = [Text([], [])] * (len(passages) + len(snippets))
    states: list[torch.Tensor] = [torch.empty(0)] * len(texts)
    everything = [*passages, *snippets]
    for place in needed:
        texts[place] = model.pieces(everything[place], LONGEST)
    wanted = list(dict.fromkeys(e.question for e in examples))
    cache = options.work / f"lower-{options.frozen}-{len(needed)}-{len(wanted)}.pt"
    if not cache.exists():
        options.work.mkdir(parents=True, exist_ok=True)
        asked = [model.pieces(Searchable(question), LONGEST_QUESTION) for question in wanted]
        torch.save(model.lower([texts[p] for p in needed] + asked), cache)
    found = torch.load(cache)
    for place, state in zip(needed, found, strict=False):
        states[place] = state
    asked_states = dict(zip(wanted, found[len(needed) :], strict=True))
    model.bert.train()
    for module in model.bert.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = DROPOUT
    steps = int(options.epochs * len(examples) / BATCH)
    optimiser = torch.optim.AdamW(model.parameters, lr=options.lr, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1, (s + 1) / (0.1 * steps + 1)) * max(0.02, 1 - s / steps)
    )
    print(f"{len(examples)} examples, {len(needed)} passages, {steps} steps")
    losses: list[float] = []
    started = time.perf_counter()
    for step, batch in zip(range(1, steps + 1), batches(examples), strict=False):
        loss = loss_of(model, batch, texts, states, asked_states)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters, 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
        if step % 10 == 0:
            print(f"step {step}: loss {np.mean(losses[-20:]):.3f}, {time.perf_counter() - started:.0f} s", flush=True)
    own = {k: v.half().contiguous() for k, v in model.bert.state_dict().items() if _layer(k) >= options.frozen}
    target = WEIGHTS if options.write else options.work / WEIGHTS.name
    save_file(own, target, metadata={"format": "pt"})
    print(f"{sum(v.numel() for v in own.values()):,} weights in {target}")


def _layer(name: str) -> int:
    parts = name.split(".")
    return int(parts[2]) if parts[:2] == ["encoder", "layer"] else -1


if __name__ == "__main__":
    main()
