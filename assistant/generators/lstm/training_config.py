"""What a training of the LSTM is told: one TOML file, every key with a default, unknown keys refused."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import LocusError


class TrainingConfigError(LocusError):
    """A config file that can't be read, or says something that can't be."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_BEST = "The held-out score by which the best is kept: ROUGE-L of what is written, or the probability of a right word."


class Network(_Table):
    """Sizes of the network that says sentences shorter (`assistant.generators.lstm.model.Config`)."""

    hidden: int = Field(default=192, ge=4, description="Size of the encoder, each way.")
    layers: int = Field(default=2, ge=1, le=6, description="Layers of encoder and decoder.")
    decoder: int = Field(default=256, ge=4, description="Size of the decoder.")
    attention: int = Field(default=96, ge=4, description="Size of the attention.")
    picker: int = Field(default=32, ge=4, description="Size of the network that picks sentences.")
    dropout: float = Field(default=0.2, ge=0, lt=1, description="Dropout of the network that says sentences shorter.")
    coverage: float = Field(default=0.3, ge=0, description="Weight of the loss for reading a word twice.")
    keeping: float = Field(default=0.5, ge=0, description="Weight of the loss for words wrongly kept or left out.")


class Rules(_Table):
    """The first part: pairs made by rules from the library's sentences. Only with start = "scratch"."""

    count: int = Field(default=24000, ge=0, description="Pairs made, at most.")
    epochs: int = Field(default=2, ge=0, description="Times that all are seen, at most.")
    learning_rate: float = Field(default=2e-3, gt=0, description="The highest of the cycle.")
    batch_size: int = Field(default=64, ge=1, description="Sentences a step.")
    patience: int = Field(default=1, ge=1, description="Epochs without a better held-out score before it stops.")
    best: Literal["rouge_l", "probability"] = Field(default="rouge_l", description=_BEST)


class Pairs(_Table):
    """The second part: pairs of a real sentence and a real shorter one."""

    epochs: int = Field(default=6, ge=0, description="Times that all are seen, at most.")
    learning_rate: float = Field(default=1e-3, gt=0, description="The highest of the cycle.")
    batch_size: int = Field(default=48, ge=1, description="Sentences a step.")
    patience: int = Field(default=2, ge=1, description="Epochs without a better held-out score before it stops.")
    best: Literal["rouge_l", "probability"] = Field(default="rouge_l", description=_BEST)
    mixed: int = Field(default=2000, ge=0, description="Pairs by rules mixed in, so that copying isn't forgotten.")
    titles: bool = Field(default=True, description="Titles that are sentences, as shorter forms of abstract sentences.")
    abstracts: bool = Field(default=True, description="Abstract sentences, as shorter forms of sentences of the text.")


class Picking(_Table):
    """The part that learns which sentences answer."""

    epochs: int = Field(default=8, ge=0, description="Times that all are seen, at most.")
    learning_rate: float = Field(default=2e-3, gt=0, description="The highest of the cycle.")
    batch_size: int = Field(default=16, ge=1, description="Questions a step.")
    patience: int = Field(default=3, ge=1, description="Epochs without a better held-out score before it stops.")
    best: Literal["probability", "picked"] = Field(
        default="probability",
        description="The held-out score by which the best is kept: probability, or worth of the first.",
    )
    conclusions: int = Field(default=1000, ge=0, description="Abstracts whose conclusion is to be foretold, at most.")
    passages: int = Field(default=12, ge=1, le=50, description="Passages found for a question.")


class TrainingConfig(_Table):
    """All that decides a training, beside the texts themselves."""

    start: str = Field(
        default="shipped", description='"shipped", "scratch", or the folder (or file) of another training.'
    )
    questions: tuple[str, ...] = Field(
        default=(), strict=False, description="Files of questions and answers (JSON, JSONL); --questions adds to them."
    )
    library: str = Field(default="", description='Folder of the library; "" = LOCUS_LIBRARY, or your data folder.')
    use_library: bool = Field(default=True, description="Whether the library's papers are trained on.")
    seed: int = Field(default=0, ge=0, description="The same seed gives the same weights on the same machine.")
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description='"auto" = a GPU if there is one.')
    held_out: float = Field(
        default=0.1, gt=0, lt=0.9, description="Share of the papers and questions never trained on."
    )
    decoded: int = Field(default=100, ge=1, le=2000, description="Held-out sentences written at each epoch's end.")
    beam: int = Field(default=4, ge=1, le=16, description="Width of the search for the best wording.")
    save_minutes: float = Field(default=5.0, gt=0, description="Minutes between two saves of the state.")
    network: Network = Field(default=Network(), description=str(Network.__doc__))
    rules: Rules = Field(default=Rules(), description=str(Rules.__doc__))
    pairs: Pairs = Field(default=Pairs(), description=str(Pairs.__doc__))
    picking: Picking = Field(default=Picking(), description=str(Picking.__doc__))


def read_config(path: Path) -> TrainingConfig:
    """The config of a file; TrainingConfigError with the line, or the key, that is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainingConfigError(f"{path} can't be read: {error.strerror or error}.", hint=_HINT) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingConfigError(f"{path} is no TOML file: {error}.", hint=_HINT) from None
    try:
        return TrainingConfig.model_validate(content)
    except ValidationError as error:
        raise TrainingConfigError(f"{path}: {_in_words(error)}", hint=_HINT) from None


def changed(config: TrainingConfig, **values: Any) -> TrainingConfig:
    """A config with other values, checked like the first; what was never named in a file stays so."""
    return TrainingConfig.model_validate(config.model_dump(exclude_unset=True) | values)


def as_toml(config: TrainingConfig, *, everything: bool = False) -> str:
    """The config as a commented file that `read_config` reads again.

    Keys that nobody set are commented out, unless ``everything`` is to stay as it is with later defaults too.
    """
    first = "as it was run" if everything else "lines that start with # are defaults"
    lines = [f"# Config of locus train-lstm; {first}.", ""]
    tables: list[str] = []
    for name, field in TrainingConfig.model_fields.items():
        value = getattr(config, name)
        if isinstance(value, _Table):
            tables += ["", *(f"# {line.strip()}" for line in str(field.description).splitlines()), f"[{name}]"]
            tables += [_line(value, key, everything) for key in type(value).model_fields]
        else:
            lines.append(_line(config, name, everything))
    return "\n".join([*lines, *tables]) + "\n"


_HINT = "locus train-lstm --write-config FILE writes a file with all keys."


def _line(table: _Table, key: str, everything: bool) -> str:
    value: Any = getattr(table, key)
    told = repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
    line = f"{key} = {told}"
    lead = "" if everything or key in table.model_fields_set else "# "
    return f"{lead}{line:<28}  # {type(table).model_fields[key].description}"


def _in_words(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        known: type[BaseModel] = TrainingConfig
        for part in first["loc"][:-1]:
            known = type(getattr(known(), str(part)))
        return f"There is no key {key}; the keys there are {', '.join(known.model_fields)}."
    return f"{key} is wrong: {first['msg']}."
