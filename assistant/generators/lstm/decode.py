"""Beam search: the likeliest shorter sentences, each word of which the sentence itself allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from assistant.generators.lstm.data import ENTRIES, NUMBER, Material, batch, written
from assistant.generators.lstm.model import Compressor, Read, State
from assistant.generators.lstm.words import CAREFUL_WORDS, DOUBTS

BEAM = 4
LONGEST_OUTPUT = 70
"""Words."""
LEAST_WORDS = 4
KEEPING = 0.5
"""Weight of the log-probability of the words kept and left out, beside that of what is written."""
NGRAM = 3
"""No run of so many words is written twice."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence written: its text, the mean log-probability of its words, and the places copied, in order."""

    text: str
    score: float
    places: tuple[int, ...]


@dataclass(slots=True)
class _Beam:
    said: list[tuple[int, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    total: float = 0.0


@torch.inference_mode()
def write(model: Compressor, material: Material, *, wish: float | None = None, beam: int = BEAM) -> list[Said]:
    """The best few ways to say a sentence shorter, best first; always the same for the same input.

    ``wish`` is the share of its words that the answer shall have, None for what the network thinks right.
    """
    read = model.encoder(batch([material], [wish]))
    route = _Route(material)
    state = model.decoder.begin(read)
    beams, done = [_Beam()], list[_Beam]()
    for step in range(LONGEST_OUTPUT):
        wide = Read(*(part.expand(len(beams), *part.shape[1:]) for part in read))
        state, attention, listed, chosen = model.decoder.step(wide, state)
        scores = route.scores(attention, listed, chosen)  # (beams, V + N) of log-probabilities
        for b, one in enumerate(beams):
            route.bar(scores[b], one, step)
            scores[b] += one.total
        best, where = scores.flatten().topk(min(2 * beam, scores.numel()))
        kept: list[tuple[int, _Beam, int, int]] = []
        for value, at in zip(best.tolist(), where.tolist(), strict=True):
            if value < -1e8:
                break
            b, choice = divmod(at, scores.shape[1])
            number, place = (choice, -1) if choice < len(ENTRIES) else (-1, choice - len(ENTRIES))
            if number == 0:
                ended = _Beam(beams[b].said, beams[b].texts, value)
                done.append(ended)
                continue
            text = ENTRIES[number] if place < 0 else material.words[place].low
            grown = _Beam([*beams[b].said, (number, place)], [*beams[b].texts, text], value)
            kept.append((b, grown, number, place))
            if len(kept) == beam:
                break
        if not kept or len(done) >= 2 * beam:
            break
        rows = torch.tensor([b for b, *_ in kept])
        beams = [grown for _, grown, *_ in kept]
        state = _chosen(state, rows)
        wide = Read(*(part.expand(len(beams), *part.shape[1:]) for part in read))
        numbers = torch.tensor([number for *_, number, _ in kept])
        places = torch.tensor([place for *_, place in kept])
        state = state._replace(said=model.decoder.say(wide, numbers[:, None], places[:, None])[:, 0])
    keep = _keeping(material, read.keep[0])
    done.sort(key=lambda one: -(one.total + KEEPING * keep({place for _, place in one.said})))
    found: dict[str, Said] = {}
    for one in done:
        text = written(material, one.said)
        places_ = tuple(place for _, place in one.said if place >= 0)
        found.setdefault(text, Said(text, one.total / (len(one.said) + 1), places_))
    return list(found.values())[:beam]


def _keeping(material: Material, logits: Tensor) -> Callable[[set[int]], float]:
    """The log-probability that just these places of the sentence's own words are kept, by the encoder's logits (N,)."""
    own = [
        place
        for place in range(material.begin, len(material.words))
        if any(c.isalnum() for c in material.words[place].text)
    ]
    yes, no = logsigmoid(logits).tolist(), logsigmoid(-logits).tolist()
    return lambda kept: sum(yes[place] if place in kept else no[place] for place in own)


def _chosen(state: State, rows: Tensor) -> State:
    """The states of the beams that go on."""
    return State(
        state.h[:, rows], state.c[:, rows], state.context[rows], state.attention[rows], state.coverage[rows],
        state.said[rows],
    )  # fmt: skip


class _Route:
    """Which words may come next, and how likely, over the list (V) and the places of the sentence (N) side by side."""

    def __init__(self, material: Material) -> None:
        self._words = material.words
        self._stopped = material.words[-1].text in ".?!"
        self._twin = torch.tensor([NUMBER.get(w.low, -1) for w in material.words])
        held = {w.low for w in material.words}
        if any(DOUBTS.fullmatch(word) for word in held):
            held.add("may")
        self._allowed = torch.tensor([word not in CAREFUL_WORDS or word in held for word in ENTRIES])

    def scores(self, attention: Tensor, listed: Tensor, chosen: Tensor) -> Tensor:
        """(B, V + N) log-probabilities. A word that stands in the list and in the sentence counts once, where it is
        likelier, with the probability of both.
        """
        from_list = torch.sigmoid(chosen)[:, None] * listed.exp() * self._allowed
        copied = torch.sigmoid(-chosen)[:, None] * attention
        both = self._twin >= 0
        twins = self._twin.clamp(min=0)
        for b in range(len(attention)):
            # For each listed word, the place that is likeliest to be copied for it.
            for place in torch.nonzero(both & (copied[b] > 1e-4)).flatten().tolist():
                number = int(twins[place])
                if copied[b, place] >= from_list[b, number]:
                    copied[b, place] += from_list[b, number]
                    from_list[b, number] = 0
                else:
                    from_list[b, number] += copied[b, place]
                    copied[b, place] = 0
        return torch.cat([from_list, copied], 1).clamp(min=1e-12).log()

    def bar(self, scores: Tensor, one: _Beam, step: int) -> None:
        """Strike out what may not follow: a repeated run, a place copied already, an end too early, two signs."""
        listed = len(ENTRIES)
        if step < min(LEAST_WORDS, len(self._words)) or (self._stopped and one.texts[-1] not in ".?!"):
            scores[0] = -1e9
        used = {place for _, place in one.said if place >= 0}
        for place in used:
            scores[listed + place] = -1e9
        if len(one.texts) >= NGRAM - 1:
            runs = {tuple(one.texts[i : i + NGRAM]) for i in range(len(one.texts) - NGRAM + 1)}
            tail = tuple(one.texts[-NGRAM + 1 :])
            barred = {run[-1] for run in runs if run[:-1] == tail}
            if barred:
                self._strike(scores, barred)
        if one.texts:
            self._strike(scores, {one.texts[-1]})

    def _strike(self, scores: Tensor, texts: set[str]) -> None:
        listed = len(ENTRIES)
        for text in texts:
            if text in NUMBER:
                scores[NUMBER[text]] = -1e9
        for place, word in enumerate(self._words):
            if word.low in texts:
                scores[listed + place] = -1e9


def best(found: Sequence[Said]) -> Said | None:
    """The first, where there is any."""
    return found[0] if found else None
