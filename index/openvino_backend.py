"""all-MiniLM-L6-v2 on the processor, two to four times as fast as torch: the same weights, computed by OpenVINO.

The network (a BERT of 6 layers, d = 384; Devlin et al. 2019, Wang et al. 2020) is written out below in OpenVINO
operations and takes its weights straight from model.safetensors. So nothing is exported, converted or cached on
disk, and neither torch nor transformers need to load: an embedder is ready in about a second.

What makes it fast, by weight: the processor's short number formats (`choose_arithmetic`); several small batches
at once, each on a thread of its own whose data fits its cache, rather than one big batch shared among threads; and
batches of texts of equal length, so that next to nothing is spent on padding.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from index.papers import Span
from index.passages import Searchable
from index.pooling import pool

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]

LAYERS, HEADS, DIMENSION = 6, 12, 384
MAX_TOKENS = 256
"""Word pieces of a text that the model reads, [CLS] and [SEP] included; the rest is left out (as upstream does)."""

TOKEN_BUDGET = 512
"""Word pieces a batch: its data fits a core's own cache, and a question waits for one such batch at most or two."""

STEP = 16
"""Batches are padded to a multiple of this many word pieces: OpenVINO compiles its kernels anew for every length it
meets, which costs the first papers a third of their speed and 90 MB, and the padding 3 in 100."""

WINDOW = 1024
"""Texts that are tokenised at a time: bounds the memory, whatever the number of texts."""

WEIGHT_GROUP, ACTIVATION_GROUP = 128, 64
"""Neighbouring numbers that share a scale when they are rounded to 8 bits: smaller is exacter, and slower for
activations. With these the cosine to f32's vector stays above 0.996 even for odd texts ("?!", emoji); with one scale
a row of weights and 192 activations it falls to 0.988 there, for a gain in speed of 8 in 100."""

LAYER_NORM_EPSILON = 1e-12
MASKED = -30000.0
"""Added to attention scores of padding: their softmax is 0 in every number format used here."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Number formats of a computation: ``floats`` "bf16" or "f32"; ``int8`` for the matrix products with weights."""

    floats: str
    int8: bool


def choose_arithmetic(capabilities: Sequence[str], flags: AbstractSet[str]) -> Arithmetic:
    """The fastest number formats that this processor computes natively.

    ``capabilities`` are OpenVINO's OPTIMIZATION_CAPABILITIES, ``flags`` those of /proc/cpuinfo (empty elsewhere).
    AMX multiplies bf16 matrices faster than OpenVINO rounds them to 8 bits; without it 8-bit products (VNNI) win
    over bf16 ones, and both over f32.
    """
    floats = "bf16" if "BF16" in capabilities else "f32"
    amx = "amx_bf16" in flags
    # Whatever computes bf16 without AMX has AVX512-BF16, and such processors all have AVX512-VNNI.
    vnni = "avx512_vnni" in flags or (floats == "bf16" and not amx)
    return Arithmetic(floats, int8=vnni and not amx)


def processor_flags() -> frozenset[str]:
    """Flags of the first processor in /proc/cpuinfo; none where there is no such file."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("flags"):
                    return frozenset(line.partition(":")[2].split())
    except OSError:
        pass
    return frozenset()


def import_openvino() -> Any:
    """The package openvino without its telemetry.

    Importing it reports the import to Google Analytics unasked, under an identity that it writes to the home folder;
    where the package openvino_telemetry is missing it does neither. None in sys.modules makes it missing.
    """
    sys.modules.setdefault("openvino_telemetry", cast(ModuleType, None))
    return importlib.import_module("openvino")


class OpenVinoEmbedder:
    """all-MiniLM-L6-v2 computed by OpenVINO; an `index.embedding.Embedder`, safe to share among threads.

    ``folder`` holds model.safetensors and tokenizer.json, already verified. ``threads`` is the number of processor
    threads, 0 = all. ``arithmetic`` is chosen by the processor where None. ``trained`` holds weights that replace the
    folder's of the same names.
    """

    dimension = DIMENSION

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        threads: int = 0,
        arithmetic: Arithmetic | None = None,
        trained: Path | None = None,
    ) -> None:
        from tokenizers import Tokenizer  # noqa: PLC0415

        openvino = import_openvino()
        core = openvino.Core()
        self.arithmetic = arithmetic or choose_arithmetic(
            core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"), processor_flags()
        )
        settings: dict[str, Any] = {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "INFERENCE_PRECISION_HINT": self.arithmetic.floats,
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": ACTIVATION_GROUP if self.arithmetic.int8 else 0,
        }
        if threads:
            settings["INFERENCE_NUM_THREADS"] = threads
        self.name = name
        self._compiled = core.compile_model(_network(folder, trained, int8=self.arithmetic.int8), "CPU", settings)
        self._parallel = int(self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._query = self._compiled.create_infer_request()
        self._query_lock = threading.Lock()
        # Settings of the tokeniser are made once, here: after that it is only read, by any number of threads.
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        log.debug("OpenVINO %s, %s, %d batches at once", openvino.__version__, self.arithmetic, self._parallel)

    def embed_documents(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Floats:
        """Vectors (n, 384) of n texts, in their order; ``progress`` is told the number of texts just done."""
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)

        def keep(places: list[int], request: Any) -> None:
            vectors[places] = request.get_output_tensor(0).data
            if progress:
                progress(len(places))

        self._run(texts, keep)
        return vectors

    def embed_passages(self, passages: Sequence[Searchable]) -> tuple[Floats, list[Floats]]:
        """See `Embedder.embed_passages`: sentences cost next to nothing, as word pieces are read once."""
        vectors = np.empty((len(passages), DIMENSION), dtype=np.float32)
        sentences: list[Floats] = [vectors[:0]] * len(passages)
        offsets: dict[int, list[Span]] = {}

        def keep(places: list[int], request: Any) -> None:
            vectors[places] = request.get_output_tensor(0).data
            states: Floats = request.get_output_tensor(1).data
            for row, i in enumerate(places):
                where = offsets.pop(i)
                sentences[i] = pool(states[row, : len(where)], where, passages[i].spans, vectors[i])

        self._run([p.text for p in passages], keep, offsets)
        return vectors, sentences

    def _run(
        self,
        texts: Sequence[str],
        keep: Callable[[list[int], Any], None],
        offsets: dict[int, list[Span]] | None = None,
    ) -> None:
        """Compute all texts, batch after batch; ``keep`` is given the places and the request of each that is done.

        ``offsets`` is filled with the characters of each text's word pieces, by its place.
        """
        requests = [self._compiled.create_infer_request() for _ in range(self._parallel)]
        running: dict[int, list[int]] = {}

        def finish(slot: int) -> None:
            places = running.pop(slot, None)
            if places is None:
                return
            requests[slot].wait()
            keep(places, requests[slot])

        try:
            # Batches cost about the same, so taking turns keeps every request busy.
            for number, (places, ids, mask) in enumerate(self._batches(texts, offsets)):
                slot = number % len(requests)
                finish(slot)
                requests[slot].start_async([ids, mask])
                running[slot] = places
            for slot in list(running):
                finish(slot)
        finally:
            for slot in running:  # only after an error: no request may outlive its inputs
                requests[slot].wait()

    def embed_query(self, text: str) -> Floats:
        """Vector (384,) of a question. Doesn't wait for documents of other threads, but for a batch of them or two."""
        ids, mask = _pad([self._tokenizer.encode(text).ids])
        with self._query_lock:
            self._query.infer([ids, mask])
            vector: Floats = self._query.get_output_tensor(0).data[0].copy()
        return vector

    def _batches(
        self, texts: Sequence[str], offsets: dict[int, list[Span]] | None = None
    ) -> Iterator[tuple[list[int], Ids, Floats]]:
        """(places of texts, ids (b, s), mask (b, s)) of batches of texts of like length, longest first."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for first in range(0, len(order), WINDOW):
            window = order[first : first + WINDOW]
            # The fast one doesn't say where in the text a word piece stands.
            encode = self._tokenizer.encode_batch_fast if offsets is None else self._tokenizer.encode_batch
            encoded = encode([texts[i] for i in window])
            if offsets is not None:
                offsets.update((i, e.offsets) for i, e in zip(window, encoded, strict=True))
            tokens = [e.ids for e in encoded]
            by_length = sorted(range(len(window)), key=lambda i: -len(tokens[i]))
            start = 0
            while start < len(by_length):
                size = max(1, TOKEN_BUDGET // _padded(len(tokens[by_length[start]])))
                batch = by_length[start : start + size]
                yield [window[i] for i in batch], *_pad([tokens[i] for i in batch])
                start += size


def _padded(length: int) -> int:
    """The length that a text of so many word pieces is padded to."""
    return -(-length // STEP) * STEP


def _pad(tokens: Sequence[Sequence[int]]) -> tuple[Ids, Floats]:
    """Ids (b, s) and mask (b, s), 1 where a word piece stands and 0 where padding does, of b texts' word pieces."""
    longest = _padded(max(len(ids) for ids in tokens))
    padded = np.zeros((len(tokens), longest), dtype=np.int32)
    mask = np.zeros((len(tokens), longest), dtype=np.float32)
    for row, ids in enumerate(tokens):
        padded[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1
    return padded, mask


def round_to_int8(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """A matrix (out, in) as whole numbers (out, groups, WEIGHT_GROUP) and their scales (out, groups, 1), f32."""
    groups = matrix.reshape(len(matrix), -1, WEIGHT_GROUP)
    scale = np.abs(groups).max(axis=2, keepdims=True) / np.float32(127)
    return np.rint(groups / scale).astype(np.int8), scale


def _network(folder: Path, trained: Path | None, *, int8: bool) -> Any:
    """The network as an OpenVINO model: ids (b, s) int32 and mask (b, s) f32 -> vectors and states, f32.

    The vectors (b, 384) are unit vectors of the texts; the states (b, s, 384) are those of their word pieces.
    """
    from safetensors import safe_open  # noqa: PLC0415
    from safetensors.numpy import load_file  # noqa: PLC0415

    openvino = import_openvino()
    op = openvino.opset13

    def integers(*values: int) -> Any:
        return op.constant(np.array(values, dtype=np.int64))

    def integer(value: int) -> Any:
        return op.constant(np.array(value, dtype=np.int64))

    def floats(array: Floats | float) -> Any:
        return op.constant(np.asarray(array, dtype=np.float32))

    own = load_file(trained) if trained else {}
    with safe_open(folder / "model.safetensors", framework="numpy") as file:

        def weight(*names: str) -> Floats:
            return np.concatenate(
                [np.asarray(own[n] if n in own else file.get_tensor(n), dtype=np.float32) for n in names]
            )

        def linear(x: Any, *names: str) -> Any:
            """(b, s, in) -> (b, s, out); several names are layers side by side."""
            matrix = weight(*(f"{name}.weight" for name in names))  # (out, in)
            bias = floats(weight(*(f"{name}.bias" for name in names)).reshape(1, 1, -1))
            if int8:
                # OpenVINO sees int8 -> float -> times scale and keeps the product itself in 8 bits.
                rounded, scale = round_to_int8(matrix)
                groups = op.multiply(op.convert(op.constant(rounded), "f32"), floats(scale))
                matrix = op.reshape(groups, integers(*matrix.shape), False)
            else:
                matrix = floats(matrix)
            return op.add(op.matmul(x, matrix, False, True), bias)

        def normalise(x: Any, name: str) -> Any:
            unit = op.mvn(x, integers(-1), True, LAYER_NORM_EPSILON, "INSIDE_SQRT")
            return op.add(op.multiply(unit, floats(weight(f"{name}.weight"))), floats(weight(f"{name}.bias")))

        def heads(x: Any) -> Any:
            """(b, s, d) -> (b, heads, s, d / heads)."""
            return op.transpose(op.reshape(x, integers(0, 0, HEADS, DIMENSION // HEADS), True), integers(0, 2, 1, 3))

        ids = op.parameter([-1, -1], np.int32, "ids")
        mask = op.parameter([-1, -1], np.float32, "mask")

        # Every text is of token type 0, so that type's vector is added to all words once and for all.
        words = weight("embeddings.word_embeddings.weight") + weight("embeddings.token_type_embeddings.weight")[0]
        length = op.unsqueeze(op.gather(op.shape_of(ids), integer(1), integer(0)), integer(0))
        positions = op.slice(
            floats(weight("embeddings.position_embeddings.weight")), integers(0), length, integers(1), integers(0)
        )
        x = op.add(op.gather(floats(words), ids, integer(0)), op.unsqueeze(positions, integer(0)))
        x = normalise(x, "embeddings.LayerNorm")

        # (b, 1, 1, s): 0 where a word piece stands, MASKED where padding does
        bias = op.unsqueeze(op.multiply(op.subtract(floats(1.0), mask), floats(MASKED)), integers(1, 2))
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            attention = f"{name}.attention.self"
            projected = linear(x, f"{attention}.query", f"{attention}.key", f"{attention}.value")  # (b, s, 3 d)
            query, key, value = (heads(part) for part in op.split(projected, integer(2), 3).outputs())
            mixed = op.scaled_dot_product_attention(query, key, value, bias)  # (b, heads, s, d / heads)
            mixed = op.reshape(op.transpose(mixed, integers(0, 2, 1, 3)), integers(0, 0, DIMENSION), True)
            x = op.add(x, linear(mixed, f"{name}.attention.output.dense"))
            x = normalise(x, f"{name}.attention.output.LayerNorm")
            hidden = op.gelu(linear(x, f"{name}.intermediate.dense"), "erf")  # (b, s, 4 d)
            x = normalise(op.add(x, linear(hidden, f"{name}.output.dense")), f"{name}.output.LayerNorm")

        # The mean over a text's word pieces has the direction of their sum, and only the direction is kept.
        total = op.reduce_sum(op.multiply(x, op.unsqueeze(mask, integer(2))), integer(1))
        unit = op.normalize_l2(total, integers(1), 1e-12, "max")
        return openvino.Model([unit, x], [ids, mask], "all-MiniLM-L6-v2")
