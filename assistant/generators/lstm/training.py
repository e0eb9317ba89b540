"""A whole training of the LSTM, from a config and a library to a folder with weights, model card and report."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from assistant.generators.lstm import checkpoint
from assistant.generators.lstm.checkpoint import CheckpointError, Networks
from assistant.generators.lstm.data import ENTRIES, FEATURES, Example
from assistant.generators.lstm.library_source import Papers, read_papers
from assistant.generators.lstm.model import Compressor, Config
from assistant.generators.lstm.pairs import by_rules
from assistant.generators.lstm.parts import Part, Picking, Ready, Writing, ready
from assistant.generators.lstm.picking import Picker
from assistant.generators.lstm.picks import Pick, evidence_as_documents, picks
from assistant.generators.lstm.sources import Pair, Problem, read_questions
from assistant.generators.lstm.splitting import held_out
from assistant.generators.lstm.train import Stop, TimeUp, Trainer, Watcher
from assistant.generators.lstm.training_config import TrainingConfig, TrainingConfigError, as_toml, changed
from index.disk import file_digest, replace_atomically
from index.embedding import Embedder
from index.errors import LocusError
from index.store import Store

CONFIG = "config.toml"
_HELD_RULES = 300
"""Held-out pairs by rules, at most."""
RULES = "pairs by rules"


@dataclass(slots=True)
class Texts:
    """What is trained on and what is held out, and where it comes from: source to (trained on, held out)."""

    pairs: tuple[list[Example], list[Example]] = ([], [])
    rules: tuple[list[Example], list[Example]] = ([], [])
    picks: tuple[list[Pick], list[Pick]] = ([], [])
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self) -> str:
        """A digest of all of it, by which a training that goes on knows its texts again."""
        digest = hashlib.sha256()
        for examples in (*self.pairs, *self.rules):
            digest.update(json.dumps([[e.question, e.before, e.sentence, e.target] for e in examples]).encode())
        for chosen in self.picks:
            digest.update(json.dumps([[p.question, p.texts, p.target.tolist()] for p in chosen]).encode())
        return digest.hexdigest()


@dataclass(slots=True)
class Result:
    """What a training gave; ``finished`` is false where its minutes were up before."""

    folder: Path
    config: TrainingConfig
    texts: Texts
    networks: Networks
    lines: list[dict[str, object]]
    finished: bool
    samples: list[Ready]
    """Held-out pairs (trained ones where none is held out)."""
    unseen: bool


def gather(config: TrainingConfig, library: Store | None, embedder: Embedder, watcher: Watcher) -> Texts:
    """Read all sources and split them. LocusError where there is nothing to learn from."""
    found = read_questions([Path(name) for name in config.questions])
    papers = Papers()
    if library is not None and config.use_library:
        watcher.tell("Reading the library's papers.")
        papers = read_papers(library, config)
    known: Callable[[str], bool] = (lambda name: library.find(name) is not None) if library else (lambda name: False)
    asked = [*evidence_as_documents(found.asked, known), *papers.asked]
    watcher.begin("finding sentences", 0, len(asked))
    chosen = picks(asked, library, embedder, config.picking.passages, watcher.step_on)
    watcher.end()
    texts = _split(config, [*found.pairs, *papers.pairs], chosen, papers)
    texts.problems = found.problems
    scratch = config.start == "scratch"
    for name, count in (("say sentences shorter", len(texts.pairs[0]) + len(texts.rules[0])), ("pick", len(chosen))):
        if not count and (scratch or not (texts.pairs[0] or chosen)):
            raise LocusError(
                f"There is nothing to learn from how to {name}.",
                hint="Add papers to the library (locus add PATH), or give files of questions: --questions FILE"
                + (', or begin with start = "shipped".' if scratch else "."),
            )
    return texts


def _split(config: TrainingConfig, pairs: Sequence[Pair], chosen: Sequence[Pick], papers: Papers) -> Texts:
    def low(text: str) -> tuple[str, str]:
        return ("text", " ".join(text.lower().split()))

    items: list[tuple[str, list[object]]] = [
        ("pair", [("group", p.group), low(p.example.sentence), low(p.example.target)]) for p in pairs
    ]
    items += [("pick", [("group", p.group), low(p.question), *map(low, p.answers)]) for p in chosen]
    items += [("paper", [("group", group)]) for group in papers.sentences]
    sides = held_out([(kind, keys) for kind, keys in items], config.held_out, config.seed)
    texts = Texts(([], []), ([], []), ([], []))
    counts: dict[str, Counter[bool]] = {}
    for pair, held in zip(pairs, sides, strict=False):
        texts.pairs[held].append(pair.example)
        counts.setdefault(f"pairs: {pair.source}", Counter())[held] += 1
    for pick, held in zip(chosen, sides[len(pairs) :], strict=False):
        texts.picks[held].append(pick)
        counts.setdefault(f"questions: {pick.source}", Counter())[held] += 1
    wanted = config.rules.count if config.start == "scratch" else 0
    if papers.sentences and (wanted or (pairs and config.pairs.mixed)):
        said: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
        for group, held in zip(papers.sentences, sides[len(pairs) + len(chosen) :], strict=True):
            said[held].extend(papers.sentences[group])
        trained = {s for _, s in said[0]}
        fresh = [one for one in said[1] if one[1] not in trained]
        texts.rules[0].extend(by_rules(said[0], max(wanted, config.pairs.mixed), config.seed))
        texts.rules[1].extend(by_rules(fresh, _HELD_RULES, config.seed + 1))
        counts[f"pairs: {RULES}"] = Counter({False: len(texts.rules[0]), True: len(texts.rules[1])})
    texts.counts = {name: (count[False], count[True]) for name, count in counts.items()}
    return texts


def begun_with(config: TrainingConfig, embedder: Embedder) -> Networks:
    """The networks that a training starts from. Raises TrainingConfigError where sizes in the config are others."""
    net = config.network
    if config.start == "scratch":
        torch.manual_seed(config.seed)
        sizes = Config(
            states=embedder.dimension, features=len(FEATURES), hidden=net.hidden, layers=net.layers,
            decoder=net.decoder, attention=net.attention, listed=len(ENTRIES), dropout=net.dropout,
            coverage=net.coverage, keeping=net.keeping,
        )  # fmt: skip
        return Networks(Compressor(sizes), Picker(embedder.dimension, net.picker), {})
    try:
        start = checkpoint.load("" if config.start == "shipped" else config.start)
    except CheckpointError as error:
        if config.start == "shipped" and not checkpoint.SHIPPED.is_file():
            raise CheckpointError(
                "This Locus was shipped without an LSTM to start from.", hint='Set start = "scratch".'
            ) from None
        raise error
    old = start.compressor.config
    sizes_now = {k: getattr(old, k) for k in ("hidden", "layers", "decoder", "attention")}
    sizes_now["picker"] = start.picker.sentence.out_features
    for name, size in sizes_now.items():
        if name in net.model_fields_set and getattr(net, name) != size:
            raise TrainingConfigError(
                f"[network] {name} is {getattr(net, name)}, but {config.start} has {size}.",
                hint='Take it out, or begin with start = "scratch".',
            )
    trained_on = start.about.get("embedder", embedder.name)
    if old.states != embedder.dimension or trained_on != embedder.name:
        raise TrainingConfigError(
            f"{config.start} reads the vectors of {trained_on}, not those of {embedder.name}.",
            hint='Set LOCUS_EMBEDDER accordingly, or begin with start = "scratch".',
        )
    free = {k: getattr(net, k) for k in ("dropout", "coverage", "keeping") if k in net.model_fields_set}
    compressor = Compressor(Config(**(old.as_dict() | free)))  # type: ignore[arg-type]
    compressor.load_state_dict(start.compressor.state_dict())
    return Networks(compressor, start.picker, start.about)


def train(
    config: TrainingConfig, folder: Path, library: Store | None, embedder: Embedder, *, resume: bool,
    stop: Stop, watcher: Watcher,
) -> Result:  # fmt: skip
    """Train as the config says; the state is kept in ``folder``, from which ``resume`` goes on.

    Raises LocusError in words, and `train.Interrupted` once the state is saved.
    """
    device = _device(config)
    networks = begun_with(config, embedder)
    texts = gather(config, library, embedder, watcher)
    for name, (trained, held) in texts.counts.items():
        watcher.tell(f"{name}: {trained:,} to train on, {held:,} held out")
    full = write_config(folder, config, networks)
    vectors = _read(texts, embedder, watcher)
    parts, begun = _parts(config, texts, vectors, networks, device)
    for network in (networks.compressor, networks.picker):
        network.to(device)
    decides = full.model_dump(exclude={"save_minutes", "library", "questions"})
    mark = hashlib.sha256(json.dumps([texts.mark(), embedder.name, decides, _start(config)]).encode()).hexdigest()
    trainer = Trainer(
        parts, folder, seed=config.seed, save_minutes=config.save_minutes, mark=mark, stop=stop, watcher=watcher,
        begun=begun, device=device,
    )  # fmt: skip
    if resume and not trainer.resume():
        watcher.tell("No state was saved yet: training from the beginning.")
    if not resume or not trainer.lines:
        (folder / "metrics.jsonl").write_text("")
    finished = True
    try:
        trainer.run()
    except TimeUp:
        finished = False
        trainer.settle()
    for network in (networks.compressor, networks.picker):
        network.cpu().eval()
    unseen = vectors["pairs"][1] or vectors["rules"][1]
    shown = unseen or vectors["pairs"][0] or vectors["rules"][0]
    # Folders' names are nobody's business.
    start = config.start if config.start in ("shipped", "scratch") else "another training"
    about = {"embedder": embedder.name, "start": start, "seed": str(config.seed)}
    networks = Networks(networks.compressor, networks.picker, about)
    return Result(folder, full, texts, networks, trainer.lines, finished, shown, bool(unseen))


def _read(texts: Texts, embedder: Embedder, watcher: Watcher) -> dict[str, tuple[list[Ready], list[Ready]]]:
    """Vectors of all pairs."""
    given = {"pairs": texts.pairs, "rules": texts.rules}
    watcher.begin("reading sentences", 0, sum(len(side) for sides in given.values() for side in sides))
    found = {
        name: (ready(trained, embedder, watcher.step_on), ready(held, embedder, watcher.step_on))
        for name, (trained, held) in given.items()
    }
    watcher.end()
    size = sum(one.material.states.nbytes for sides in found.values() for side in sides for one in side)
    watcher.tell(f"Word vectors take {size / 1e6:,.0f} MB of memory.")
    return found


def _parts(
    config: TrainingConfig, texts: Texts, vectors: Mapping[str, tuple[list[Ready], list[Ready]]], networks: Networks,
    device: torch.device,
) -> tuple[list[Part], list[bool]]:  # fmt: skip
    """What is to be trained, the quickest first, and whether each network was trained before."""
    parts: list[Part] = []
    begun: list[bool] = []
    old = config.start != "scratch"
    if texts.picks[0]:
        parts.append(Picking(config.picking, networks.picker, *texts.picks, device=device))
        begun.append(old)
    rules, held_rules = vectors["rules"]
    if rules and not old:
        parts.append(
            Writing(
                "rules",
                config.rules,
                networks.compressor,
                rules,
                held_rules,
                decoded=config.decoded,
                beam=config.beam,
                device=device,
            )
        )
        begun.append(False)
    pairs, held = vectors["pairs"]
    if pairs:
        mixed = rules[: config.pairs.mixed]
        parts.append(
            Writing(
                "pairs",
                config.pairs,
                networks.compressor,
                pairs + mixed,
                held,
                decoded=config.decoded,
                beam=config.beam,
                device=device,
            )
        )
        begun.append(old or bool(rules))
    return parts, begun


def _device(config: TrainingConfig) -> torch.device:
    able = torch.cuda.is_available()
    if config.device == "cuda" and not able:
        raise TrainingConfigError("device is cuda, but torch finds no GPU here.", hint='Set device = "auto" or "cpu".')
    torch.backends.cudnn.deterministic = True
    return torch.device("cuda" if able and config.device != "cpu" else "cpu")


def _start(config: TrainingConfig) -> str:
    """The digest of the weights begun with."""
    if config.start == "scratch":
        return ""
    return file_digest(checkpoint.located("" if config.start == "shipped" else config.start))


def write_config(folder: Path, config: TrainingConfig, networks: Networks) -> TrainingConfig:
    """Keep the config with the folder, every key with its value (defaults may change later), and give it back."""
    old = networks.compressor.config
    sizes = {k: getattr(old, k) for k in ("hidden", "layers", "decoder", "attention", "dropout", "coverage", "keeping")}
    sizes["picker"] = networks.picker.sentence.out_features
    full = changed(config, network=sizes)
    folder.mkdir(parents=True, exist_ok=True)
    replace_atomically(folder / CONFIG, lambda file: file.write(as_toml(full, everything=True).encode()))
    return full
