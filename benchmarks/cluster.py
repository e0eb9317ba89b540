"""Milvus against the local index, and builds on Ray with 1, 2 and 3 nodes.

    MILVUS_SERVER=milvus-server tests/cluster/run-in python benchmarks/cluster.py serve   # latency and recall
    MILVUS_SERVER=milvus-server tests/cluster/run-in python benchmarks/cluster.py build   # rate and efficiency

The first puts N clustered random vectors of 384 dimensions into both. The second adds abstracts of
../shared/data/papers/pubmed with the shipped embedder; the nodes share the processors of this machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from index.address import Address
from tests.cluster.servers import MilvusServer, RayNodes, milvus_command, why_not

D, CENTRES, QUERIES, K = 384, 2000, 200, 10


def clustered(count: int, seed: int) -> np.ndarray:
    """Unit vectors (count, D) around CENTRES centres."""
    centres = np.random.default_rng(7).normal(size=(CENTRES, D))
    noise = np.random.default_rng(seed)
    vectors = centres[noise.integers(0, CENTRES, count)] + 0.7 * noise.normal(size=(count, D))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def told(name: str, seconds: list[float], found: list[set[int]], exact: list[set[int]]) -> None:
    recall = statistics.mean(len(one & other) / K for one, other in zip(found, exact, strict=True))
    ordered = sorted(seconds)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(0.95 * len(ordered))]
    print(f"{name:28} recall@{K} {recall:.3f}   p50 {1e3 * p50:6.2f} ms   p95 {1e3 * p95:6.2f} ms")


def serve(server: MilvusServer, count: int, indexes: list[str]) -> None:
    import faiss

    from index.milvus import schema
    from index.milvus.client import Client
    from index.milvus.options import Options

    faiss.omp_set_num_threads(1)
    vectors, queries = clustered(count, 1), clustered(QUERIES, 2)
    flat = faiss.IndexFlatIP(D)
    flat.add(vectors)
    start, exact, seconds = time.perf_counter(), [], []
    for query in queries:
        start = time.perf_counter()
        exact.append(set(flat.search(query[None], K)[1][0].tolist()))
        seconds.append(time.perf_counter() - start)
    told("FAISS Flat, local", seconds, exact, exact)
    for index in indexes:
        client = Client(Address(f"bench_{index.lower()}", "127.0.0.1", server.port), Options(index=index, patience=120))
        names = schema.Names(client.address.collection)
        schema.make(client, names, "bench", D)
        start = time.perf_counter()
        rows = [
            {"id": i + 1, "vector": v.tolist(), "paper": i + 1, "version": 1, "start": 0, "stop": 1, "number": 0,
             "section": 0, "year": 2000, "body": "", "sentences": "", "tags": "j{}", "journal": "", "about": "",
             "part": "", "names_animal": False, "genes": [], "variants": [], "species": [], "grades": [], "stems": []}
            for i, v in enumerate(vectors)
        ]  # fmt: skip
        client.upsert(names.passages, rows, lambda _: 5000)
        client.call(lambda c, n=names.passages: c.flush(n), patience=120)
        written = time.perf_counter() - start
        for _ in range(240):
            state = client.call(lambda c, n=names.passages: c.describe_index(n, "vector"))
            if int(state.get("pending_index_rows", 0)) == 0 and state.get("state") == "Finished":
                break
            time.sleep(1)
        client.call(lambda c, n=names.passages: c.refresh_load(n), patience=120)
        time.sleep(5)
        print(f"{index}: written {written:.0f} s, indexed {time.perf_counter() - start:.0f} s")
        found, seconds = [], []
        parameters = schema.effort(index, 0, K)
        for query in queries:
            start = time.perf_counter()
            hits = client.search(names.passages, "vector", query.tolist(), K, "", parameters, ["paper", "version"])
            seconds.append(time.perf_counter() - start)
            found.append({row["id"] - 1 for row, _ in hits})
        told(f"Milvus {client.server.version} {index}", seconds, found, exact)
        schema.drop(client, names)
        client.close()


def build(server: MilvusServer, folder: Path, shared: Path, papers: int) -> None:
    from index.cluster.building import Plan, embedder_of
    from index.cluster.building import build as run
    from index.milvus.options import Options
    from index.papers import Paper
    from index.readers import read
    from index.results import AddResult

    source = max((shared / "data/papers/pubmed").glob("*.xml*"), key=lambda path: path.stat().st_size)
    sources = folder / "sources"
    sources.mkdir()
    taken = 0
    for item in read(source):
        if isinstance(item, Paper) and item.sections and taken < papers:
            text = "\n\n".join(section.text for section in item.sections)
            (sources / f"{taken // 50}.nbib").open("a").write(
                f"PMID- {item.info.pmid}\nTI  - {' '.join(item.info.title.split())}\nAB  - {' '.join(text.split())}\n\n"
            )
            taken += 1
    base = 0.0
    for count in (1, 2, 3):
        own = Path(tempfile.mkdtemp(prefix="lr", dir="/tmp"))
        nodes = RayNodes(own, path=str(ROOT))
        try:
            for _ in range(count):
                nodes.start()
            address = Address(f"build{count}", "127.0.0.1", server.port)
            kept: list[tuple[float, int]] = []

            def note(result: AddResult, kept: list[tuple[float, int]] = kept) -> None:
                kept.append((time.perf_counter(), result.passages))

            start = time.perf_counter()
            run(
                [sources],
                Plan(nodes.address, address, Options(index="FLAT")),
                embedder_of("locus-minilm"),
                progress=note,
            )
            whole = time.perf_counter() - start
            # From the first paper kept to the last, so that loading Ray, its workers and their models doesn't count.
            first = kept[0][0]
            rate = sum(passages for at, passages in kept if at > first + 1) / (kept[-1][0] - first - 1)
            base = base or rate
            print(
                f"{count} node{'s' if count > 1 else ' '}: {sum(p for _, p in kept)} passages, {whole:.0f} s with "
                f"{first - start:.0f} s of starting; then {rate:.1f} a second, {rate / base:.2f} times one node, "
                f"efficiency {rate / base / count:.2f}",
                flush=True,
            )
        finally:
            nodes.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("serve", "build"))
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--indexes", nargs="+", default=["FLAT", "HNSW", "IVF_SQ8"])
    parser.add_argument("--papers", type=int, default=1500)
    parser.add_argument("--shared", type=Path, default=(ROOT / "../shared").resolve())
    options = parser.parse_args()
    if (command := milvus_command()) is None or why_not():
        sys.exit(why_not() or "Name milvus-server in MILVUS_SERVER.")
    with tempfile.TemporaryDirectory() as folder:
        server = MilvusServer(Path(folder), command)
        try:
            server.start()
            if options.what == "serve":
                serve(server, options.count, options.indexes)
            else:
                build(server, Path(folder), options.shared, options.papers)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
