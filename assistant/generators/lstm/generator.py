"""The local LSTM as a generator: it picks sentences, says each shorter, and quotes where it is not sure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from assistant.answers import REFUSAL, Turn, Usage
from assistant.generators.base import Request
from assistant.generators.direct import lead
from assistant.generators.evidence import Knows, rank
from assistant.generators.extractive import marked
from assistant.generators.outline import outlined
from assistant.grounding import Quote
from index.embedding import Embedder

if TYPE_CHECKING:
    from assistant.generators.lstm.engine import Engine


class LstmGenerator:
    """Picks sentences and says each shorter; content words are only ever copied from the sentence that is cited."""

    name = "lstm"
    label = (
        "Local LSTM: a small network trained on papers, run on this machine. It picks the sentences that answer and "
        "says each shorter in the paper's own words; it knows nothing else and can't reason. Nothing is sent anywhere."
    )
    remote = False

    def __init__(self, knows: Knows, embedder: Callable[[], Embedder], weights: str = "") -> None:
        """``knows`` says if the library holds a name; ``embedder`` gives the one that the weights were trained with;
        ``weights`` is a file or folder, "" for the shipped ones. They are loaded when first used.
        """
        self._knows = knows
        self._embedder = embedder
        self._path = weights
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """See `Generator.load`: torch and the weights."""
        self.engine()

    def stream(self, request: Request) -> Iterator[str | Usage]:
        """See `Generator.stream`: a sentence at a time."""
        if request.part:
            for number, quote in outlined(request):
                yield f"{marked(self.engine().shorter(request.question, '', quote), number)}\n"
            return
        ranked = rank(request.question, request.hits, self._knows)
        if ranked.answerable < 0.5:
            yield REFUSAL
            return
        said = False
        for text, number in self.engine().sentences(request.question, request.hits, ranked.names):
            start = "" if said else lead(request.question, text)
            said = True
            yield f"{start}{marked(text, number)}\n"
        if not said:
            yield REFUSAL

    def shorter(self, question: str, quote: Quote) -> str:
        """A sentence said shorter where that is sure, else as it stands; ``question`` is what it is read for."""
        return self.engine().shorter(question, "", quote)

    def rewrite(self, question: str, history: tuple[Turn, ...]) -> str | None:
        """See `Generator.rewrite`: it can't."""
        return None

    def engine(self) -> Engine:
        """The networks, loaded once. Raises CheckpointError where the weights can't be read."""
        with self._lock:
            if self._engine is None:
                from assistant.generators.lstm.engine import Engine  # noqa: PLC0415 - torch

                self._engine = Engine(self._embedder(), self._path)
            return self._engine
