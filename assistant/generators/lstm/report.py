"""What a training leaves beside its weights: a model card, and a report with curves and samples."""

from __future__ import annotations

import random
import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.generators.lstm import checkpoint
from assistant.generators.lstm.decode import write
from assistant.generators.lstm.train import duration
from assistant.generators.lstm.training import Result
from assistant.generators.lstm.training_config import TrainingConfig
from index.disk import replace_atomically

CARD, REPORT, CURVES = "model_card.md", "report.md", "curves.png"
SAMPLES = 10
_TITLES = {
    "picking": "Sentences picked", "rules": "Pairs by rules", "pairs": "Sentences said shorter",
}  # fmt: skip
_FIGURES = {
    "held_out_loss": "held-out loss", "rouge_l": "ROUGE-L of what is written, held out",
    "probability": "probability of what is right, held out",
    "picked": "worth of the sentence picked first (1 = the best there is), held out",
}  # fmt: skip


def write_all(result: Result, command: Sequence[str]) -> list[Path]:
    """Write weights, model card, report and curves into the training's folder; the files written."""
    folder = result.folder
    weights = folder / checkpoint.FILE
    checkpoint.save(weights, result.networks.compressor, result.networks.picker, about=result.networks.about)
    _put(folder / CARD, card(result, command))
    plotted = curves(result.lines, folder / CURVES)
    _put(folder / REPORT, report(result, plotted))
    return [weights, folder / CARD, folder / REPORT]


def card(result: Result, command: Sequence[str]) -> str:
    """The model card: data by source, command, figures, limits. Folders' names are left out."""
    told = [part if part.startswith("-") else Path(part).name for part in command]
    seconds = max((float(line["seconds"]) for line in _numbers(result.lines)), default=0.0)
    unfinished = "" if result.finished else "\nThe minutes given were up before the training was finished.\n"
    return f"""# An LSTM for Locus

Picks the sentences that answer, and says each shorter in its own words. Made by `locus train-lstm` on
{time.strftime("%Y-%m-%d")}, in {duration(seconds)} of training, from {_start(result)}.
{unfinished}
## Data

{_table(("source", "trained on", "held out"), [(k, f"{a:,}", f"{b:,}") for k, (a, b) in result.texts.counts.items()])}

Whole papers and questions are held out. {len(result.texts.problems):,} records couldn't be used.

## Command

    {shlex.join(["locus", *told])}

The config as it was run is `config.toml`, beside this file; the seed is {result.config.seed}.

## Figures

{_best(result.lines, result.config)}

ROUGE-L: the longest common subsequence of what is written and what is wanted, F-measure, stemmed words.

## Limits

- Copies words of its sentence and adds function words; it can't say what stands in no sentence.
- May leave out what matters (a condition, a "not" that stands apart): Locus checks each sentence against its quote.
- Knows texts like those above; measure it on yours. Read with the embedder {result.networks.about.get("embedder", "")}.
- It learnt from your texts and may have kept words of them: share it only where you may share them.
"""


def report(result: Result, plotted: bool) -> str:
    """Curves, and samples picked by the seed."""
    picture = f"![Curves]({CURVES})" if plotted else "Nothing was logged."
    chosen = random.Random(result.config.seed).sample(result.samples, min(SAMPLES, len(result.samples)))  # noqa: S311
    lines = [
        "# Report of the training", "", picture, "", _best(result.lines, result.config), "",
        "## Samples", "",
        f"{len(chosen)} pairs, picked by the seed, {'held out' if result.unseen else 'of those trained on'}.",
    ]  # fmt: skip
    for number, one in enumerate(chosen, start=1):
        said = write(result.networks.compressor, one.material, beam=result.config.beam)
        example = one.example
        lines += [
            "", f"### {number}", "", f"- Question: {example.question}", f"- Source: {example.sentence}",
            f"- Written: {said[0].text if said else '(nothing)'}", f"- Wanted: {example.target}",
        ]  # fmt: skip
    if result.texts.problems:
        lines += ["", "## Not used", "", *(f"- {problem}" for problem in result.texts.problems)]
    return "\n".join(lines) + "\n"


def curves(lines: Sequence[Mapping[str, Any]], path: Path) -> bool:
    """Plot the losses and figures of each part over its steps; False where nothing was logged."""
    import matplotlib  # noqa: PLC0415 - slow to load

    matplotlib.use("Agg")
    from matplotlib.figure import Figure  # noqa: PLC0415

    parts = list(dict.fromkeys(line["part"] for line in lines))
    if not parts:
        return False
    figure = Figure(figsize=(5 * len(parts), 3.6), layout="constrained")
    for axes, part in zip(figure.subplots(1, len(parts), squeeze=False)[0], parts, strict=True):
        own = [line for line in lines if line["part"] == part]
        each = max(line["step"] for line in own)
        right = axes.twinx()
        for name, colour, place in (
            ("loss", "#4477aa", axes), ("held_out_loss", "#ee6677", axes), ("rouge_l", "#228833", right),
            ("picked", "#228833", right),
        ):  # fmt: skip
            points = [(_at(line, each, name), line[name]) for line in own if name in line]
            if points:
                mark = "" if name == "loss" else "o"
                place.plot(*zip(*points, strict=True), color=colour, marker=mark, label=name.replace("_", " "))
        right.set_ylim(0, 1)
        axes.set(title=_TITLES.get(part, part), xlabel="step", ylabel="loss")
        handles = [h for one in (axes, right) for h in one.get_legend_handles_labels()[0]]
        axes.legend(handles=handles, loc="upper right", fontsize="small")
    replace_atomically(path, lambda file: figure.savefig(file, format="png", dpi=110))
    return True


def _at(line: Mapping[str, Any], each: int, name: str) -> int:
    """The step, counted over all epochs, that a line is of."""
    return int(max(0, line["epoch"] - 1) * each + (line["step"] if name == "loss" or line["epoch"] else 0))


def _best(lines: Sequence[Mapping[str, Any]], config: TrainingConfig) -> str:
    """The figures of each part's best epoch, beside those before training where they are known."""
    rows = []
    for part in dict.fromkeys(line["part"] for line in lines):
        judged = [line for line in lines if line["part"] == part and "held_out_loss" in line]
        for name, meaning in _FIGURES.items():
            of = [line for line in judged if name in line]
            if not of:
                continue
            measure = str(getattr(config, part).best)
            best = max(of, key=lambda line: line[measure])
            before = next((f"{line[name]:.3f}" for line in of if line["epoch"] == 0), "")
            epoch = str(best["epoch"]) if best["epoch"] else "0 (as it was)"
            rows.append((_TITLES.get(part, part), meaning, before, f"{best[name]:.3f}", epoch))
    if not rows:
        return "Nothing was held out, so nothing was measured."
    return _table(("part", "figure", "before", "kept", "epoch"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _start(result: Result) -> str:
    start = result.config.start
    return {"shipped": "the shipped weights", "scratch": "nothing"}.get(start, f"the weights in {Path(start).name}")


def _numbers(lines: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [line for line in lines if "seconds" in line]


def _put(path: Path, text: str) -> None:
    replace_atomically(path, lambda file: file.write(text.encode()))
