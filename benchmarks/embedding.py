"""How fast passages become vectors: python -m benchmarks.embedding

Every backend against `SentenceTransformer.encode` with its defaults (f32, batches of 32), as LangChain's
HuggingFaceEmbeddings calls it. Backends take turns, so that ratios hold on a busy machine: a ratio is the median of
those of each round, in time by the clock and in processor time. Then memory and time to load, each in a process of
its own, and how long a question takes, alone and while another thread embeds documents.

Passages of about 220 word pieces are cut from ../shared/data/papers/craft, or made up where there are no papers.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from index.embedding import DEFAULT, Embedder, SentenceTransformerEmbedder, load_embedder, load_model, shipped_folder
from index.openvino_backend import Arithmetic, OpenVinoEmbedder

PIECES = 220
PAPERS = Path(__file__).parents[2] / "shared" / "data" / "papers" / "craft"
BASELINE = "SentenceTransformer.encode"
ODD = ["", "p53", "?!", "β-catenin in αβ T cells", "基因表达", "🧬🧬", "ACGT" * 200, "x" * 3000, "gene " * 1000]
Encode = Callable[[list[str]], "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]


def passages(count: int) -> list[str]:
    from lxml import etree
    from tokenizers import Tokenizer

    words: list[str] = []
    for file in sorted(PAPERS.glob("*.nxml")):
        tree = etree.parse(str(file), etree.XMLParser(recover=True, load_dtd=False, no_network=True))
        words += " ".join("".join(map(str, p.itertext())) for p in tree.iter("p")).split()
    if not words:
        stems = "gene mutation allele phenotype embryo kidney receptor expression Pax6 BRCA1 in of the with".split()
        words = random.Random(0).choices(stems, k=count * PIECES)
    tokenizer = Tokenizer.from_file(str(shipped_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    found: list[str] = []
    start = pieces = 0
    for end, encoding in enumerate(tokenizer.encode_batch(words, add_special_tokens=False), start=1):
        pieces += len(encoding.ids)
        if pieces >= PIECES:
            found.append(" ".join(words[start:end]))
            start, pieces = end, 0
    random.Random(0).shuffle(found)
    return found[:count]


def backends() -> dict[str, Callable[[], Encode]]:
    folder = shipped_folder()

    def torch_bf16() -> Encode:
        import torch
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(folder), local_files_only=True, model_kwargs={"dtype": torch.bfloat16})
        return lambda texts: model.encode(texts, convert_to_tensor=True, show_progress_bar=False).float().numpy()

    def openvino(floats: str, int8: bool) -> Callable[[], Encode]:
        return lambda: OpenVinoEmbedder(folder, name="", arithmetic=Arithmetic(floats, int8)).embed_documents

    return {
        BASELINE: lambda: load_model(str(folder), DEFAULT).encode,
        "torch f32, ours": lambda: (
            SentenceTransformerEmbedder(load_model(str(folder), DEFAULT), name="").embed_documents
        ),
        "torch bf16": torch_bf16,
        "OpenVINO f32": openvino("f32", int8=False),
        "OpenVINO bf16": openvino("bf16", int8=False),
        "OpenVINO int8 + f32": openvino("f32", int8=True),
        "OpenVINO int8 + bf16": openvino("bf16", int8=True),
        "chosen (load_embedder)": lambda: load_embedder().embed_documents,
    }


def compare(texts: list[str], rounds: int) -> None:
    encoders = {name: load() for name, load in backends().items()}
    varied = texts[:40] + [" ".join(text.split()[:6]) for text in texts[:40]] + ODD
    exact = encoders[BASELINE](varied)
    clock: dict[str, list[float]] = {name: [] for name in encoders}
    processor: dict[str, list[float]] = {name: [] for name in encoders}
    for _ in range(rounds):
        for name, encode in encoders.items():
            wall, cpu = time.perf_counter(), time.process_time()
            encode(texts)
            clock[name].append(time.perf_counter() - wall)
            processor[name].append(time.process_time() - cpu)
    print(f"{len(texts)} passages of about {PIECES} word pieces, {rounds} rounds, {os.cpu_count()} processors\n")
    print(f"{'backend':24} {'passages/s':>10} {'best':>6} {'ratio':>6} {'of cpu':>6} {'min cosine':>10}")
    for name, encode in encoders.items():
        ratio = statistics.median(a / b for a, b in zip(clock[BASELINE], clock[name], strict=True))
        ratio_cpu = statistics.median(a / b for a, b in zip(processor[BASELINE], processor[name], strict=True))
        cosine = float((encode(varied) * exact).sum(axis=1).min())
        rate, best = len(texts) / statistics.median(clock[name]), len(texts) / min(clock[name])
        print(f"{name:24} {rate:10.1f} {best:6.1f} {ratio:6.2f} {ratio_cpu:6.2f} {cosine:10.4f}")


def questions(embedder: Embedder, count: int = 200) -> str:
    taken: list[float] = []
    cpu = time.process_time()
    for i in range(count):
        start = time.perf_counter()
        embedder.embed_query(f"Which gene, when mutated, causes kidney agenesis in mouse embryos of day {i}?")
        taken.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / count
    return f"p50 {np.percentile(taken, 50):.1f} ms, p95 {np.percentile(taken, 95):.1f} ms, {cpu:.1f} ms of processor"


def ask_while_embedding(embedder: Embedder, texts: list[str]) -> str:
    stop = threading.Event()

    def embed() -> None:
        while not stop.is_set():
            embedder.embed_documents(texts)

    thread = threading.Thread(target=embed)
    thread.start()
    try:
        time.sleep(0.5)
        return questions(embedder, 50)
    finally:
        stop.set()
        thread.join()


def one(name: str, texts: list[str]) -> None:
    """Print a backend's seconds to import and load, and its peak memory in MB after embedding."""
    start = time.perf_counter()
    encode = backends()[name]()
    loaded = time.perf_counter() - start
    encode(texts)
    print(json.dumps({"seconds": loaded, "peak": peak_memory()}))


def peak_memory() -> float:
    """Peak memory of this process in MB, where the system tells (Linux).

    Not resource.getrusage: what that gives starts at the peak of the process that started this one.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), float("nan"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    logging.disable(logging.INFO)
    texts = passages(arguments.passages)
    if arguments.one:
        one(arguments.one, texts)
        return
    compare(texts, arguments.rounds)
    print(f"\n{'backend':24} {'import and load':>15} {'peak memory':>12}")
    for name in (BASELINE, "torch f32, ours", "chosen (load_embedder)"):
        command = [sys.executable, "-m", "benchmarks.embedding", "--one", name, "--passages", str(len(texts))]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
        found = json.loads(done.stdout)
        print(f"{name:24} {found['seconds']:13.1f} s {found['peak']:9.0f} MB")
    embedder = load_embedder()
    print(f"\nA question: {questions(embedder)}")
    print(f"while documents are embedded: {ask_while_embedding(embedder, texts[:64])}")


if __name__ == "__main__":
    main()
