"""The weights of the LSTM as one file: safetensors in half precision, with the sizes and the word list in its header.

Nothing is pickled: a file can hold numbers and text, never code. Both networks stand in one file, their weights under
"compressor." and "picker."; the header's text says how large they are, which words may be written, and which columns
of features they read, so that a file of another version is refused rather than misread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from assistant.generators.lstm.data import ENTRIES, FEATURES
from assistant.generators.lstm.model import Compressor, Config
from assistant.generators.lstm.picking import FEATURES as PICKER_FEATURES
from assistant.generators.lstm.picking import Picker
from index.disk import replace_atomically
from index.errors import LocusError

FILE = "locus-lstm.safetensors"
"""Name of the file in a folder that `locus train-lstm` writes."""
SHIPPED = Path(__file__).parent / "weights" / FILE
FORMAT = "locus-lstm 1"
_PARTS = ("compressor", "picker")


class CheckpointError(LocusError):
    """A file of weights that can't be read, or isn't one of this version of Locus."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Both networks of the generator; ``about`` is what was noted of them ("embedder" and the like)."""

    compressor: Compressor
    picker: Picker
    about: Mapping[str, str]


def located(name: Path | str) -> Path:
    """The file that a folder or a file names; "" is the shipped one."""
    path = Path(name).expanduser() if str(name) else SHIPPED
    return path / FILE if path.is_dir() else path


def save(path: Path, compressor: Compressor, picker: Picker, *, about: Mapping[str, str] | None = None) -> None:
    """Write both networks to ``path``, all of it or nothing; ``about`` are notes on them, by name.

    Raises CheckpointError where a weight is not a number (training that went astray), and on errors of the disk.
    """
    tensors: dict[str, Tensor] = {}
    for part, network in zip(_PARTS, (compressor, picker), strict=True):
        for name, tensor in network.state_dict().items():
            kept = (tensor.half() if tensor.is_floating_point() else tensor).detach().cpu().contiguous()
            if kept.is_floating_point() and not bool(torch.isfinite(kept).all()):
                raise CheckpointError(
                    f"The weights {part}.{name} are not numbers: the training went astray.",
                    hint="Train with a lower learning_rate.",
                )
            tensors[f"{part}.{name}"] = kept
    header = {
        "format": FORMAT,
        "config": json.dumps(compressor.config.as_dict()),
        "picker": json.dumps(_sizes(picker)),
        "words": json.dumps(ENTRIES),
        "features": json.dumps({"compressor": FEATURES, "picker": PICKER_FEATURES}),
        "about": json.dumps(dict(about or {})),
    }
    try:
        replace_atomically(path, lambda file: file.write(to_bytes(tensors, header)))
    except OSError as error:
        raise CheckpointError(f"{path} can't be written: {error.strerror or error}.") from None


def load(path: Path | str) -> Networks:
    """Both networks of a file, or of the folder that holds it, ready to use (float32, dropout off).

    Raises CheckpointError, in words, where there is no such file, where it is damaged, no file of the LSTM, or one for
    another list of words or features than this version of Locus has.
    """
    file = located(path)
    tensors, header = _read(file)
    if header.get("format") != FORMAT:
        raise CheckpointError(
            f"{file} holds no LSTM of Locus{' of this version' if 'locus' in header.get('format', '') else ''}.",
            hint=f"Name the {FILE} that locus train-lstm wrote.",
        )
    try:
        columns = json.loads(header["features"])
        now = {"compressor": list(FEATURES), "picker": list(PICKER_FEATURES)}
        if json.loads(header["words"]) != list(ENTRIES) or columns != now:
            raise CheckpointError(
                f"{file} was trained by another version of Locus: its words or features are others.",
                hint="Train it anew with locus train-lstm.",
            )
        compressor, picker = Compressor(Config(**json.loads(header["config"]))), Picker(**json.loads(header["picker"]))
        about = {str(k): str(v) for k, v in json.loads(header["about"]).items()}
        for part, network in zip(_PARTS, (compressor, picker), strict=True):
            _fill(network, {k.removeprefix(f"{part}."): v for k, v in tensors.items() if k.startswith(f"{part}.")})
    except CheckpointError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise _damaged(file, error) from None
    return Networks(compressor.eval(), picker.eval(), about)


def _sizes(picker: Picker) -> dict[str, int | float]:
    return {"states": picker.sentence.in_features, "size": picker.sentence.out_features, "dropout": picker.drop.p}


def _read(file: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    if not file.is_file():
        raise CheckpointError(f"There are no weights of the LSTM in {file}.", hint="Give the folder of a training.")
    try:
        with safe_open(file, framework="pt") as opened:
            return {name: opened.get_tensor(name) for name in opened.keys()}, dict(opened.metadata() or {})  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(file, error) from None


def _fill(network: nn.Module, weights: dict[str, Tensor]) -> None:
    """Put weights into a network; RuntimeError where names or shapes differ, or one isn't a number."""
    if any(w.is_floating_point() and not bool(torch.isfinite(w).all()) for w in weights.values()):
        raise RuntimeError("a weight is not a number")
    network.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in weights.items()})


def _damaged(file: Path, error: Any) -> CheckpointError:
    reason = " ".join(str(error).split())[:160]
    return CheckpointError(
        f"{file} is damaged, or no file of weights ({reason}).", hint="Copy or train it again; nothing of it was used."
    )
