"""The same answers from Milvus as from the folder, with the shipped embedder: its vectors are searched exactly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from index.embedding import Embedder, load_embedder
from index.library import Library
from index.papers import Offered
from index.passages import Searchable
from index.pooling import Vectors
from index.search import search
from index.starter import starter_papers
from index.store import Store
from tests.cluster.conftest import KINDS

SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"
RANKS = 10


class Remembering:
    """An embedder that computes the vectors of a passage once for two libraries."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, tuple[Vectors, Vectors]] = {}
        self.name, self.dimension = embedder.name, embedder.dimension
        self.embed_documents, self.embed_query = embedder.embed_documents, embedder.embed_query

    def embed_passages(self, passages: Sequence[Searchable]) -> tuple[Vectors, list[Vectors]]:
        import numpy as np

        new = [p for p in passages if p.text not in self._known]
        if new:
            for passage, whole, parts in zip(new, *self._embedder.embed_passages(new), strict=True):
                self._known[passage.text] = (whole, parts)
        found = [self._known[p.text] for p in passages]
        return np.stack([whole for whole, _ in found]), [parts for _, parts in found]


def same(kind: str, address_of, folder: Path, papers: Iterable[Offered], questions: Sequence[str]) -> None:
    address = address_of(kind)
    from index.milvus.library import MilvusLibrary
    from index.milvus.options import Options

    embedder = Remembering(load_embedder())
    offered = list(papers)
    with Library.open(folder, embedder) as local, MilvusLibrary.open(address, embedder, Options(index="FLAT")) as there:
        local.add(offered)
        there.add(offered)
        assert there.status().passages == local.status().passages
        first = 0
        for question in questions:
            vector = embedder.embed_query(question)
            one, other = local.dense(vector, RANKS), there.dense(vector, RANKS)
            mine, theirs = places(local, one), places(there, other)
            # Equal passages may stand in either order; so may those whose cosines differ in the last digit.
            assert [score for _, score in one] == pytest.approx([score for _, score in other], abs=1e-4), question
            least = min(score for _, score in one) + 1e-4
            assert {p for p, (_, s) in zip(mine, one, strict=True) if s > least} <= set(theirs), question
            best, found = search(local, question, 1), search(there, question, 1)
            first += bool(best) and bool(found) and best[0].passage.text == found[0].passage.text
        # Words are weighed a little otherwise there, so the ranked answer may differ now and then.
        assert first >= 0.8 * len(questions)


def places(store: Store, found: Sequence[tuple[int, float]]) -> list[tuple[str, str, int, int]]:
    passages = store.passages([number for number, _ in found])
    infos = store.infos({p.paper_id for p in passages})
    return [(infos[p.paper_id].source, infos[p.paper_id].title, p.section, p.start) for p in passages]


@pytest.mark.parametrize("kind", KINDS[1:])
def test_the_shipped_digests_give_the_same(kind: str, address_of, tmp_path: Path) -> None:
    papers = list(starter_papers())
    same(kind, address_of, tmp_path / "local", papers, [f"What is known of {p.info.title}?" for p in papers[:25]])


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS[1:])
def test_full_texts_give_the_same_on_geneqa(kind: str, address_of, tmp_path: Path) -> None:
    questions = SHARED / "questions" / "geneqa-dev.jsonl"
    if not questions.exists():
        pytest.skip("../shared/data is not here")
    from index.readers import papers_in, read

    papers = (item for path in papers_in([SHARED / "papers" / "craft"]) for item in read(path))
    asked = [json.loads(line)["question"] for line in questions.read_text().splitlines()]
    same(kind, address_of, tmp_path / "local", papers, asked)
