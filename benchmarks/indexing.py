"""Papers from files to searchable: Locus beside LangChain's stock pipeline, the same model, in one run.

    pip install -e '.[bench]'
    python benchmarks/indexing.py [--papers N] [--repeats N]

Each pipeline runs in a process of its own, in turn, so that peak memory is its own. Stock: langchain-community's
DirectoryLoader and TextLoader, RecursiveCharacterTextSplitter (1,000 characters, 200 overlapping),
HuggingFaceEmbeddings with its defaults, FAISS.from_documents and save_local. Its loaders know no JATS (their generic
XML loader needs nltk data from the network), so the text of each paper is put into a text file first, untimed.
Passages differ in length, so words a second are compared as well.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
PAPERS = SHARED / "data/papers/craft"


def stock(files: list[Path], folder: Path) -> dict[str, float]:
    """LangChain's own parts, as its tutorials put them together."""
    from langchain_community.document_loaders import DirectoryLoader, TextLoader
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from lxml import etree

    from index.embedding import shipped_folder

    texts = folder / "texts"
    texts.mkdir()
    for file in files:
        root = etree.parse(str(file), etree.XMLParser(load_dtd=False, no_network=True)).getroot()
        text = "\n\n".join(" ".join("".join(p.itertext()).split()) for p in root.iter("title", "p"))
        (texts / f"{file.stem}.txt").write_text(text, encoding="utf-8")
    embeddings = HuggingFaceEmbeddings(model_name=str(shipped_folder()))
    embeddings.embed_query("warm up")
    started = time.perf_counter()
    loader = DirectoryLoader(str(texts), glob="*.txt", loader_cls=TextLoader, loader_kwargs={"encoding": "utf-8"})
    documents = loader.load()
    pieces = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    store = FAISS.from_documents(pieces, embeddings)
    store.save_local(str(folder / "stock"))
    store.similarity_search("kidney", 1)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "passages": len(pieces), "words": sum(len(d.page_content.split()) for d in documents)}


def locus(files: list[Path], folder: Path) -> dict[str, float]:
    """From the files to a library that answers."""
    from index.embedding import load_embedder
    from index.library import Library

    embedder = load_embedder("all-MiniLM-L6-v2")
    embedder.embed_query("warm up")
    started = time.perf_counter()
    with Library.open(folder / "library", embedder) as library:
        library.add_paths(files)
        library.dense(embedder.embed_query("kidney"), 1)
        library.lexical("kidney", 1)
        seconds = time.perf_counter() - started
        status = library.status()
    return {"seconds": seconds, "passages": status.passages, "words": status.words}


def measured(name: str, command: list[str]) -> dict[str, float]:
    """The figures that a child process prints last; what it says of its failure where it fails."""
    child = subprocess.run(command, check=False, capture_output=True, text=True)
    if child.returncode:
        missing = re.search(r"No module named '([\w.]+)'", child.stderr)
        hint = f"{missing[1]} is missing: pip install -e '.[bench]'" if missing else child.stderr.strip()[-2000:]
        raise SystemExit(f"The {name} pipeline failed (exit code {child.returncode}).\n{hint}")
    figures: dict[str, float] = json.loads(child.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=67)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", choices=("stock", "locus"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    files = sorted(PAPERS.glob("*.nxml"))[: options.papers]
    if not files:
        raise SystemExit(f"There are no papers in {PAPERS}.")
    if options.one:
        with tempfile.TemporaryDirectory() as folder:
            figures = {"stock": stock, "locus": locus}[options.one](files, Path(folder))
        figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(figures))
        return
    ratios = {"passages": [], "words": []}
    for repeat in range(options.repeats):
        rates = {}
        for name in ("stock", "locus"):
            command = [sys.executable, __file__, "--one", name, "--papers", str(options.papers)]
            figures = measured(name, command)
            rates[name] = {unit: figures[unit] / figures["seconds"] for unit in ratios}
            print(
                f"run {repeat + 1} {name:6} {figures['passages']:6.0f} passages in {figures['seconds']:6.1f} s: "
                f"{rates[name]['passages']:6.1f} passages/s, {rates[name]['words']:7.0f} words/s, "
                f"peak {figures['peak_mb']:5.0f} MB",
                flush=True,
            )
        for unit, values in ratios.items():
            values.append(rates["locus"][unit] / rates["stock"][unit])
    for unit, values in ratios.items():
        median, low, high = statistics.median(values), min(values), max(values)
        print(f"Locus / stock, {unit} a second: median {median:.2f} ({low:.2f}-{high:.2f})")


if __name__ == "__main__":
    main()
