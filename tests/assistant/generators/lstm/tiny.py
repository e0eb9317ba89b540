"""Small texts and a small config that train in a second or two, with the fake embedder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.generators.lstm.train import Stop, Watcher
from assistant.generators.lstm.training import Result, train
from assistant.generators.lstm.training_config import TrainingConfig
from index.library import Library
from tests.conftest import FakeEmbedder

GENES = ("Pax6", "Sox9", "Shh", "Bmp4", "Wnt1", "Fgf8", "Otx2", "Gli3", "Hes1", "Msx2", "Lhx2", "Emx2")
ORGANS = ("eye", "bone", "limb", "tooth", "brain", "heart")
NET = {"hidden": 16, "layers": 1, "decoder": 16, "attention": 8, "picker": 8, "dropout": 0.1}


def snippets_file(path: Path, count: int = 12) -> Path:
    """BioASQ-like JSONL of ``count`` questions: each has the sentence that answers and another."""
    with path.open("w") as file:
        for n, gene in enumerate(GENES[:count]):
            organ = ORGANS[n % len(ORGANS)]
            record = {
                "question": f"What does {gene} do in the {organ}?",
                "snippets": [
                    f"We found that {gene} is needed for growth of the {organ} in all {n + 20} mice (Figure {n}).",
                    f"The {organ} of animal {n} was kept cold after it was stained with reagent {n}.",
                ],
                "ideal_answer": f"{gene} is needed for growth of the {organ}.",
            }
            file.write(json.dumps(record) + "\n")
    return path


def tiny_config(questions: Path, **values: Any) -> TrainingConfig:
    """A config of a small network from scratch on a file of questions, without a library."""
    given: dict[str, Any] = {
        "start": "scratch", "use_library": False, "questions": [str(questions)], "held_out": 0.2, "device": "cpu",
        "network": NET, "pairs": {"epochs": 3, "batch_size": 4, "learning_rate": 0.01},
        "picking": {"epochs": 2, "batch_size": 4}, "decoded": 3,
    }  # fmt: skip
    return TrainingConfig.model_validate(given | values)


def trained(
    config: TrainingConfig, folder: Path, *, resume: bool = False, stop: Stop | None = None,
    watcher: Watcher | None = None, library: Library | None = None,
) -> Result:  # fmt: skip
    """Train with the fake embedder."""
    return train(
        config, folder, library, FakeEmbedder(), resume=resume, stop=stop or Stop(), watcher=watcher or Watcher()
    )
