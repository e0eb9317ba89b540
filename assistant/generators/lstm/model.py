"""The network: a bidirectional LSTM reads question and sentence, an LSTM with attention writes the shorter sentence.

A sketch of such a generator is an embedding, two LSTM layers with dropout of 0.2, a linear layer and a log-softmax.
Three things in the usual sketch are wrong, and right here:

* the gates. With x the input, h the output and c the cell state (Hochreiter and Schmidhuber 1997; forget gate of Gers
  et al. 2000):

      i = σ(W_i x_t + U_i h_{t-1} + b_i)        input gate
      f = σ(W_f x_t + U_f h_{t-1} + b_f)        forget gate
      o = σ(W_o x_t + U_o h_{t-1} + b_o)        output gate
      g = tanh(W_g x_t + U_g h_{t-1} + b_g)     candidate
      c_t = f ⊙ c_{t-1} + i ⊙ g                 the cell state, without which nothing is remembered
      h_t = o ⊙ tanh(c_t)

* an LSTM starts from two states, h_0 and c_0, both made here from what the encoder read;
* the next word is read from the last *step* of every row of a batch, not from the last row of the batch: tensors
  are (batch, step, size) throughout, and the decoder reads off each step.

Words are copied rather than chosen from a list, since no list holds gene symbols and numbers: a pointer-generator
(See, Liu and Manning 2017). With attention a_t over the words of the sentence, encoder outputs H, decoder output s_t,
coverage k_t = Σ_{u<t} a_u and ā the attention of the step before, moved one word on:

      e_ti = v · tanh(W_h H_i + W_s s_t + w_k k_ti + w_n ā_ti) + u_n ā_ti + u_r r_i,    a_t = softmax(e_t)
      z_t  = Σ_i a_ti H_i
      p_t  = σ(w · [z_t; s_t; y_{t-1}])
      P(w) = p_t P_list(w) + (1 - p_t) Σ_{i: w_i = w} a_ti

r is the logit that a word is kept at all, trained beside; ā makes it easy to go on copying where one copied. The list
holds function words only. Loss: -log P(w) + λ_k Σ_i min(a_ti, k_ti), and the cross-entropy of r.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, log_softmax, pad
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


@dataclass(frozen=True, slots=True)
class Config:
    """Sizes of the network. ``states`` is the length of the encoder's word vectors (MiniLM's 384)."""

    states: int = 384
    features: int = 12
    hidden: int = 192
    layers: int = 2
    decoder: int = 256
    attention: int = 96
    listed: int = 1
    dropout: float = 0.2
    coverage: float = 0.3
    keeping: float = 0.5

    def as_dict(self) -> dict[str, int | float]:
        """For a checkpoint."""
        return asdict(self)


class Source(NamedTuple):
    """A batch of sentences to say shorter, and their questions.

    question (B, Q, states), question_mask (B, Q), words (B, N, states), features (B, N, features), mask (B, N); masks
    are True where a word stands.
    """

    question: Tensor
    question_mask: Tensor
    words: Tensor
    features: Tensor
    mask: Tensor


class Target(NamedTuple):
    """What is to be written: listed (B, T) numbers in the list or -1; copied (B, T, N) True where the word may be
    copied from; place (B, T) the word it was copied from or -1, and mask (B, T); kept (B, N) True for kept words.
    """

    listed: Tensor
    copied: Tensor
    place: Tensor
    mask: Tensor
    kept: Tensor


class Read(NamedTuple):
    """What the encoder made of a batch: outputs (B, N, 2·hidden), the part of attention that never changes (B, N, A),
    logits of keeping each word (B, N), and the mask (B, N).
    """

    outputs: Tensor
    keys: Tensor
    keep: Tensor
    mask: Tensor


class State(NamedTuple):
    """The decoder between two steps.

    h and c (layers, B, decoder), context (B, 2·hidden), attention of the last step and coverage (B, N), and what was
    written last as a vector (B, decoder).
    """

    h: Tensor
    c: Tensor
    context: Tensor
    attention: Tensor
    coverage: Tensor
    said: Tensor


class Encoder(nn.Module):
    """Word states of question and sentence to outputs that know the whole sentence and what is asked."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        size = config.hidden
        self.project = nn.Linear(config.states + config.features, size)
        self.ask = nn.Linear(config.states, size)
        self.meet = nn.Linear(config.states, size, bias=False)
        self.drop = nn.Dropout(config.dropout)
        self.lstm = nn.LSTM(3 * size, size, config.layers, batch_first=True, bidirectional=True, dropout=config.dropout)
        self.keep = nn.Sequential(nn.Linear(2 * size, size), nn.Tanh(), nn.Linear(size, 1))
        self.keys = nn.Linear(2 * size, config.attention)

    def forward(self, source: Source) -> Read:
        """Read a batch."""
        words = torch.tanh(self.project(torch.cat([source.words, source.features], -1)))  # (B, N, H)
        asked = torch.tanh(self.ask(source.question))  # (B, Q, H)
        # Both sides pass one projection: words that mean the same have like states already.
        near = self.meet(source.words) @ self.meet(source.question).transpose(1, 2) / 4  # (B, N, Q)
        near = near.masked_fill(~source.question_mask[:, None, :], -1e4).softmax(-1)
        question = near @ asked  # (B, N, H)
        read = self.drop(torch.cat([words, question, words * question], -1))
        lengths = source.mask.sum(1).cpu()
        packed = pack_padded_sequence(read, lengths, batch_first=True, enforce_sorted=False)
        outputs, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=read.shape[1])
        outputs = self.drop(outputs)
        return Read(outputs, self.keys(outputs), self.keep(outputs).squeeze(-1), source.mask)


class Decoder(nn.Module):
    """Writes word by word: each copied from the sentence or taken from the list of function words."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        size, read = config.decoder, 2 * config.hidden
        self.config = config
        self.listed = nn.Embedding(config.listed, size)
        self.heard = nn.Linear(read, size)
        self.start_h = nn.Linear(read, config.layers * size)
        self.start_c = nn.Linear(read, config.layers * size)
        self.lstm = nn.LSTM(size + read, size, config.layers, batch_first=True, dropout=config.dropout)
        self.query = nn.Linear(size, config.attention, bias=False)
        self.by_coverage = nn.Parameter(torch.zeros(config.attention))
        self.by_next = nn.Parameter(torch.zeros(config.attention))
        self.score = nn.Linear(config.attention, 1, bias=False)
        self.straight = nn.Parameter(torch.tensor([2.0, 0.3]))  # u_n, u_r
        self.choose = nn.Linear(read + 2 * size, 1)
        self.drop = nn.Dropout(config.dropout)
        self.write = nn.Linear(read + size, config.listed)

    def begin(self, read: Read) -> State:
        """The state before the first word: h_0 and c_0 from the mean of the encoder's outputs."""
        batch, length = read.mask.shape
        weights = read.mask.float()
        mean = (read.outputs * weights[:, :, None]).sum(1) / weights.sum(1, keepdim=True).clamp(min=1)

        def layers(linear: nn.Linear) -> Tensor:
            made = torch.tanh(linear(mean)).view(batch, self.config.layers, -1)
            return made.transpose(0, 1).contiguous()

        nothing = read.outputs.new_zeros(batch, length)
        first = read.outputs.new_zeros(batch, self.config.decoder)
        return State(layers(self.start_h), layers(self.start_c), torch.zeros_like(mean), nothing, nothing, first)

    def step(self, read: Read, state: State) -> tuple[State, Tensor, Tensor, Tensor]:
        """One word: the new state (without the word said), the attention (B, N), the log of the list's words (B, V),
        and the logit of taking from the list (B,).
        """
        fed = self.drop(torch.cat([state.said, state.context], -1))[:, None]
        out, (h, c) = self.lstm(fed, (state.h, state.c))
        out = out[:, -1]  # the last step of every row
        moved = pad(state.attention, (1, -1))
        hidden = (
            read.keys
            + self.query(out)[:, None]
            + state.coverage[:, :, None] * self.by_coverage
            + moved[:, :, None] * self.by_next
        )
        energy = self.score(torch.tanh(hidden)).squeeze(-1)
        energy = energy + self.straight[0] * moved + self.straight[1] * read.keep.detach()
        attention = energy.masked_fill(~read.mask, -1e4).softmax(-1)
        context = (attention[:, None] @ read.outputs).squeeze(1)
        chosen = self.choose(torch.cat([context, out, state.said], -1)).squeeze(-1)
        listed = log_softmax(self.write(self.drop(torch.cat([out, context], -1))), -1)
        after = State(h, c, context, attention, state.coverage + attention, state.said)
        return after, attention, listed, chosen

    def say(self, read: Read, listed: Tensor, place: Tensor) -> Tensor:
        """Vectors (B, T, decoder) of words written: numbers in the list or places in the sentence (B, T), else -1."""
        where = place.clamp(min=0)[:, :, None].expand(-1, -1, read.outputs.shape[-1])
        copied = torch.tanh(self.heard(read.outputs.gather(1, where)))
        return torch.where((place >= 0)[:, :, None], copied, self.listed(listed.clamp(min=0)))


class Compressor(nn.Module):
    """Encoder and decoder; `forward` gives the loss."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)

    def forward(self, source: Source, target: Target) -> dict[str, Tensor]:
        """The mean losses of a batch by name; "loss" is what to minimise."""
        read = self.encoder(source)
        state = self.decoder.begin(read)
        words, seen = [], []
        said = self.decoder.say(read, target.listed, target.place).unbind(1)
        for t in range(target.mask.shape[1]):
            before = state.coverage
            state, attention, listed, chosen = self.decoder.step(read, state)
            from_list = listed.gather(1, target.listed[:, t : t + 1].clamp(min=0)).squeeze(1)
            in_list = torch.sigmoid(chosen) * from_list.exp() * (target.listed[:, t] >= 0)
            copied = torch.sigmoid(-chosen) * (attention * target.copied[:, t]).sum(-1)
            words.append(-(in_list + copied).clamp(min=1e-6).log())
            seen.append(torch.minimum(attention, before).sum(-1))
            state = state._replace(said=said[t])
        mask = target.mask.float()
        total = mask.sum()
        word = (torch.stack(words, 1) * mask).sum() / total
        coverage = (torch.stack(seen, 1) * mask).sum() / total
        kept = binary_cross_entropy_with_logits(read.keep, target.kept.float(), reduction="none")
        keep = (kept * source.mask).sum() / source.mask.sum()
        loss = word + self.config.coverage * coverage + self.config.keeping * keep
        return {"loss": loss, "word": word, "coverage": coverage, "keep": keep}
