"""The command ``locus train-lstm``: train the local LSTM on one's own papers and answers."""

from __future__ import annotations

import math
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli import LibraryOption, app, load_embedder, load_settings, stderr
from index.address import is_address
from index.errors import LibraryError, LocusError

if TYPE_CHECKING:
    from assistant.generators.lstm.sources import Problem
    from assistant.generators.lstm.train import Stop
    from assistant.generators.lstm.training_config import TrainingConfig
    from assistant.settings import Settings
    from index.store import Store

_INTERRUPTED = 130
_LISTED_PROBLEMS = 20


@app.command("train-lstm")
def train_lstm(
    config: Annotated[
        Path | None, typer.Option("--config", help="Config (TOML) that says how; see --write-config.")
    ] = None,
    questions: Annotated[
        list[Path] | None,
        typer.Option("--questions", help="File of questions and answers; may be given several times."),
    ] = None,
    library: LibraryOption = None,
    out: Annotated[Path, typer.Option("--out", help="Folder that the trained LSTM is written to.")] = Path("my-lstm"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the training in --out.")] = False,
    minutes: Annotated[
        float | None, typer.Option("--minutes", help="Train no longer, and keep the best found by then.")
    ] = None,
    write_config: Annotated[
        Path | None, typer.Option("--write-config", help="Write a config with all keys and stop.")
    ] = None,
) -> None:
    """Train the LSTM that picks and shortens sentences, on your papers and answers. Nothing leaves this machine.

    Ctrl-C saves and stops; --resume goes on as if nothing had happened. Files of questions: BioASQ's JSON; JSONL with
    question, snippets, ideal_answer; with question, evidence, answer and pmid, pmcid or doi; or with question,
    sentence, before, target.
    """
    if write_config is not None:
        _write_config(write_config)
        return
    if minutes is not None and not (minutes > 0 and math.isfinite(minutes)):
        raise LocusError(f"{minutes:g} minutes are no time to train.", hint="Give a number above 0.")
    if resume and (config is not None or questions or library is not None):
        raise LocusError(
            "--resume takes config, questions and library from the folder of the training.",
            hint="Give --out only, and --minutes if you like.",
        )
    out = out.expanduser().resolve()
    try:
        _train(_resumed(out) if resume else _config(config, questions or [], library, out), out, resume, minutes)
    except KeyboardInterrupt:
        kept = (out / "state.safetensors").exists()
        stderr().print("Stopped" + (f"; the last state is kept. {_go_on(out)}" if kept else " before training began."),
                       markup=False, highlight=False, soft_wrap=True)  # fmt: skip
        raise typer.Exit(_INTERRUPTED) from None


def _train(config: TrainingConfig, out: Path, resume: bool, minutes: float | None) -> None:
    from assistant.generators.lstm.train import STATE, Interrupted, Stop  # noqa: PLC0415

    settings = load_settings(Path(config.library) if config.library else None)
    if settings.threads:
        import torch  # noqa: PLC0415

        torch.set_num_threads(settings.threads)
    console = stderr()
    embedder = load_embedder(settings)
    opened = _library(settings, embedder, config)
    stop = Stop(minutes=minutes or math.inf)
    try:
        from assistant.generators.lstm.report import write_all  # noqa: PLC0415
        from assistant.generators.lstm.training import train  # noqa: PLC0415

        with _bar() as watcher, _saving_on_interrupt(stop):
            result = train(config, out, opened, embedder, resume=resume, stop=stop, watcher=watcher)
            watcher.end()
        _tell_problems(result.texts.problems)
        files = write_all(result, sys.argv[1:])
    except Interrupted:
        console.print(f"Stopped and saved. {_go_on(out)}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(_INTERRUPTED) from None
    finally:
        if opened is not None:
            opened.close()
    if result.finished:
        (out / STATE).unlink(missing_ok=True)
    else:
        console.print(f"Time is up. {_go_on(out)}", markup=False, highlight=False, soft_wrap=True)
    for file in files:
        typer.echo(f"Wrote {file}")
    typer.echo(f"To use it: export LOCUS_LSTM={out}")


def _write_config(path: Path) -> None:
    from assistant.generators.lstm.training_config import TrainingConfig, as_toml  # noqa: PLC0415

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(as_toml(TrainingConfig()))
    except FileExistsError:
        raise LocusError(f"{path} is there already.", hint="Name another file, or remove it.") from None
    except OSError as error:
        raise LocusError(f"{path} can't be written: {error.strerror or error}.") from None
    typer.echo(f"Wrote {path}. Change it, then: locus train-lstm --config {path}")


def _config(path: Path | None, questions: list[Path], library: str | None, out: Path) -> TrainingConfig:
    """The config of a new training, its names of files made whole; ``out`` must be new or empty."""
    from assistant.generators.lstm.training_config import TrainingConfig, changed, read_config  # noqa: PLC0415

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise LocusError(
            f"{out} isn't empty.", hint="Give another folder: --out FOLDER; or go on with the training in it: --resume."
        )
    config = TrainingConfig() if path is None else read_config(path)
    files = [str(name.expanduser().resolve()) for name in [*map(Path, config.questions), *questions]]
    for name in files:
        if not Path(name).is_file():
            raise LocusError(f"There is no file {name}.", hint="Give a JSON or JSONL file of questions and answers.")
    values: dict[str, Any] = {"questions": list(dict.fromkeys(files))}
    named = library or config.library
    if named:
        values["library"] = named if is_address(named) else str(Path(named).expanduser().resolve())
    if config.start not in ("shipped", "scratch"):
        values["start"] = str(Path(config.start).expanduser().resolve())
    return changed(config, **values)


def _resumed(out: Path) -> TrainingConfig:
    from assistant.generators.lstm.checkpoint import FILE  # noqa: PLC0415
    from assistant.generators.lstm.training_config import read_config  # noqa: PLC0415

    if not (out / "config.toml").is_file():
        raise LocusError(f"There is no training in {out}.", hint="Name its folder with --out, or leave out --resume.")
    if (out / FILE).exists() and not (out / "state.safetensors").exists():
        raise LocusError(f"The training in {out} is finished.", hint=f"To use it: export LOCUS_LSTM={out}")
    return read_config(out / "config.toml")


def _library(settings: Settings, embedder: Any, config: TrainingConfig) -> Store | None:
    """The library, None where none is there and none was named."""
    from index.opening import open_library  # noqa: PLC0415

    if not config.use_library:
        return None
    try:
        return open_library(settings, embedder, create=False)
    except LibraryError:
        kept = isinstance(settings.library, Path) and (settings.library / "catalogue.sqlite").exists()
        if config.library or not config.questions or kept or not isinstance(settings.library, Path):
            raise
        stderr().print("There is no library: training on the questions alone.", markup=False)
        return None


def _go_on(out: Path) -> str:
    return f"To go on: locus train-lstm --resume --out {out}"


def _tell_problems(problems: list[Problem]) -> None:
    console = stderr()
    if problems:
        console.print(f"Not used, {len(problems):,} records:", style="red")
    for problem in problems[:_LISTED_PROBLEMS]:
        console.print(f"  {problem}", markup=False, highlight=False, soft_wrap=True)
    if len(problems) > _LISTED_PROBLEMS:
        console.print(f"  and {len(problems) - _LISTED_PROBLEMS:,} more; report.md lists them all.", highlight=False)


@contextmanager
def _saving_on_interrupt(stop: Stop) -> Iterator[None]:
    """Let the first Ctrl-C while steps are made be a wish to stop; before that, and the second, stop at once."""

    def handle(number: int, frame: FrameType | None) -> None:
        if not stop.running or stop.interrupted:
            raise KeyboardInterrupt
        stop.interrupted = True

    old = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, old)


@contextmanager
def _bar() -> Iterator[Any]:
    """A watcher that shows a progress bar with loss and time left on stderr."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from assistant.generators.lstm.train import Watcher  # noqa: PLC0415

    columns: Callable[[], Any] = lambda: (  # noqa: E731
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[text]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    progress = Progress(*columns(), console=stderr())

    class Shown(Watcher):
        task: Any = None

        def tell(self, text: str) -> None:
            progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

        def begin(self, name: str, done: int, total: int) -> None:
            self.end()
            self.task = progress.add_task(name, total=total, completed=done, text="")

        def step(self, done: int, text: str = "") -> None:
            if self.task is not None:
                progress.update(self.task, completed=done, text=text)

        def step_on(self, done: int) -> None:
            if self.task is not None:
                progress.advance(self.task, done)

        def end(self) -> None:
            if self.task is not None:
                progress.remove_task(self.task)
            self.task = None

    with progress:
        yield Shown()
