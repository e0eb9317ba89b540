"""The same questions through several generators: what each writes from the same passages, and what it costs.

For a question the passages are sought once; each generator writes from them and its draft is checked as every draft is.
Nothing here knows a command line or a page: `compare` gives records, `summaries` counts them.
"""

from __future__ import annotations

import logging
import math
import re
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.answers import Answer, Sentence, Usage
from assistant.generators.connection import Endpoint
from assistant.stopping import Stopped
from index.errors import GenerationError, LocusError

if TYPE_CHECKING:
    from assistant.chain import Assistant, Found
    from assistant.generators.base import Generator
    from assistant.settings import Settings

log = logging.getLogger(__name__)

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Gold:
    """What is known of a question's answer.

    ``terms`` are groups of spellings, of each of which the answer must hold one; none where they are not known.
    """

    answerable: bool
    terms: tuple[tuple[str, ...], ...] = ()

    def held_by(self, text: str) -> bool:
        """Whether a text without markers holds a spelling of every term; figures must stand alone ("6", not "16")."""
        low = text.lower()
        return all(any(_stands(spelling.strip().lower(), low) for spelling in term) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Question:
    """One question; ``number`` counts from 1 in the order asked."""

    number: int
    id: str
    text: str
    gold: Gold | None = None


@dataclass(frozen=True, slots=True)
class Contestant:
    """A generator as its rows name it; see `Generator` for ``label`` and ``remote``."""

    name: str
    label: str
    remote: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost at the remote endpoint, in whatever currency; None where nobody has said."""

    read: float | None = None
    written: float | None = None

    def __post_init__(self) -> None:
        for price in (self.read, self.written):
            if price is not None and not (math.isfinite(price) and price >= 0):
                raise LocusError(f"A price of {price} can't be.", hint="Give the price of a million tokens, as 0.15.")

    def cost(self, usage: Usage) -> float | None:
        """The cost of these tokens, None where a price is not known or the model counted none."""
        if self.read is None or self.written is None or not (usage.prompt_tokens or usage.completion_tokens):
            return None
        return (usage.prompt_tokens * self.read + usage.completion_tokens * self.written) / MILLION


@dataclass(frozen=True, slots=True)
class Row:
    """What one generator made of one question: an ``answer``, or an ``error`` with its ``hint``.

    ``drafted`` are all sentences of the draft as the check judged them. ``seconds`` are those of writing and checking,
    without the search that all generators share. ``passages`` were handed to the generator. ``cost`` is None where it
    is not known.
    """

    question: Question
    contestant: Contestant
    answer: Answer | None = None
    drafted: tuple[Sentence, ...] = ()
    seconds: float = 0.0
    passages: int = 0
    cost: float | None = None
    error: str = ""
    hint: str = ""

    @property
    def refused(self) -> bool:
        """The generator found no answer, or nothing of its draft passed the check."""
        return self.answer is not None and self.answer.refused

    @property
    def usage(self) -> Usage:
        """Tokens that the model counted."""
        return self.answer.usage if self.answer else Usage()

    @property
    def said(self) -> list[Sentence]:
        """The sentences that stand, which are those that passed the check."""
        return [s for s in self.answer.sentences if s.supported] if self.answer else []

    @property
    def words(self) -> int:
        """Words of the sentences that stand."""
        return sum(len(sentence.text.split()) for sentence in self.said)

    @property
    def citations(self) -> int:
        """Quotes that those sentences rest on."""
        return len({n for sentence in self.said for n in sentence.markers})

    @property
    def supported(self) -> int:
        """Sentences of the draft that passed the check."""
        return sum(sentence.supported for sentence in self.drafted)

    @property
    def failed(self) -> list[Sentence]:
        """Sentences of the draft that did not."""
        return [sentence for sentence in self.drafted if not sentence.supported]

    @property
    def sent(self) -> bool:
        """Whether the question and its passages went to another machine, or may have before an error."""
        return self.contestant.remote and self.passages > 0

    @property
    def has_terms(self) -> bool | None:
        """Whether the answer holds all expected terms; None where none are expected."""
        gold = self.question.gold
        if gold is None or not gold.answerable or not gold.terms:
            return None
        return gold.held_by(" ".join(sentence.text for sentence in self.said))


@dataclass(frozen=True, slots=True)
class Begun:
    """Event: what is worked on now, ``done`` of ``total`` rows behind; no ``contestant`` while passages are sought."""

    question: Question
    contestant: Contestant | None
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One generator over all its rows. Means are None where there is nothing to take one of.

    ``answers`` are rows with an answer that is no refusal; words and citations are means over these, seconds over
    these and the refusals. ``unpriced`` rows have a cost that is not known, ``cost`` is the sum of the others'.
    ``answerable``, ``unanswerable`` and ``expected`` (those with known terms) count rows whose question has gold.
    """

    contestant: Contestant
    rows: int
    answers: int
    refusals: int
    errors: int
    mean_seconds: float | None
    median_seconds: float | None
    words: float | None
    citations: float | None
    drafted: int
    supported: int
    usage: Usage
    cost: float
    unpriced: int
    questions_sent: int
    passages_sent: int
    answerable: int
    unanswerable: int
    expected: int
    with_terms: int
    right_refusals: int
    wrong_refusals: int


def questions(records: Iterable[Any]) -> list[Question]:
    """Questions from texts, or from objects with "id", "question" and, as in GeneQA, "answerable" and "answer_terms".

    Empty texts are left out. Raises LocusError where an object's gold is not of that form.
    """
    found: list[Question] = []
    for record in records:
        number = len(found) + 1
        if isinstance(record, str):
            if text := record.strip():
                found.append(Question(number, str(number), text))
        elif text := str(record["question"]).strip():
            found.append(Question(number, str(record["id"]), text, _gold(record)))
    return found


def chosen(assistant: Assistant, names: Sequence[str] = ()) -> list[Generator]:
    """The generators of these names, each once; where none is named, all that send nothing to another machine.

    Raises LocusError where one does not exist, or can't work for want of a key.
    """
    if not names:
        return [generator for generator in assistant.generators() if not generator.remote]
    found = [assistant.generator(name) for name in dict.fromkeys(names)]
    for generator in found:
        _need_key(generator, assistant.settings)
    return found


def prices(settings: Settings, read: float | None = None, written: float | None = None) -> Prices:
    """The prices of the settings, or those given instead."""
    return Prices(
        settings.openai_price_in if read is None else read, settings.openai_price_out if written is None else written
    )


def compare(
    assistant: Assistant, asked: Sequence[Question], generators: Sequence[Generator], paid: Prices
) -> Iterator[Begun | Row]:
    """Rows in the order of the questions, then of the generators, each after the `Begun` of its writing.

    What fails is told in its row and the others go on; only Stopped is raised.
    """
    total, done = len(asked) * len(generators), 0
    for question in asked:
        yield Begun(question, None, done, total)
        started = time.perf_counter()
        found: Found | LocusError
        try:
            found = assistant.retrieve(question.text)
        except Exception as error:  # the other questions go on
            found = _told(error)
        for generator in generators:
            contestant = Contestant(generator.name, generator.label, generator.remote)
            if isinstance(found, LocusError):
                yield _failed(question, contestant, found, time.perf_counter() - started, 0)
            else:
                yield Begun(question, contestant, done, total)
                yield _row(assistant, question, contestant, found, paid)
            done += 1


def summaries(rows: Iterable[Row]) -> list[Summary]:
    """A summary for each generator, in the order of their first rows."""
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.contestant.name, []).append(row)
    return [_summary(of_one) for of_one in grouped.values()]


def by_question(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows of each question together, in the order asked."""
    grouped: dict[int, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.question.number, []).append(row)
    return [grouped[number] for number in sorted(grouped)]


def _row(assistant: Assistant, question: Question, contestant: Contestant, found: Found, paid: Prices) -> Row:
    started = time.perf_counter()
    try:
        written = assistant.write(found, contestant.name)
    except Exception as error:  # the other generators go on
        return _failed(question, contestant, _told(error), time.perf_counter() - started, len(found.hits))
    answer = written.answer
    free = not contestant.remote or not found.hits
    return Row(
        question=question,
        contestant=contestant,
        answer=answer,
        drafted=written.drafted,
        seconds=answer.seconds,
        passages=len(found.hits),
        cost=0.0 if free else paid.cost(answer.usage),
    )


def _failed(question: Question, contestant: Contestant, error: LocusError, seconds: float, passages: int) -> Row:
    # What a call that broke off costs nobody knows; one that sent nothing costs nothing.
    cost = None if contestant.remote and passages else 0.0
    return Row(
        question, contestant, seconds=seconds, passages=passages, cost=cost, error=error.message, hint=error.hint
    )


def _told(error: Exception) -> LocusError:
    """An error for the user's eyes; what nobody foresaw is logged. Stopped is raised on: nobody waits any more."""
    if isinstance(error, Stopped):
        raise error
    if isinstance(error, LocusError):
        return error
    log.exception("Unexpected error in a comparison", exc_info=error)
    return LocusError(
        "Something went wrong inside Locus.", hint="The log says what; trying again may help.", retry=True
    )


def _summary(rows: Sequence[Row]) -> Summary:
    made = [row for row in rows if row.answer is not None]
    answers = [row for row in made if not row.refused]
    gold = [(row, row.question.gold) for row in rows if row.question.gold is not None]
    seconds = [row.seconds for row in made]
    terms = [held for row in rows if (held := row.has_terms) is not None]
    sent = [row for row in rows if row.sent]
    return Summary(
        contestant=rows[0].contestant,
        rows=len(rows),
        answers=len(answers),
        refusals=len(made) - len(answers),
        errors=len(rows) - len(made),
        mean_seconds=_mean(seconds),
        median_seconds=statistics.median(seconds) if seconds else None,
        words=_mean([row.words for row in answers]),
        citations=_mean([row.citations for row in answers]),
        drafted=sum(len(row.drafted) for row in rows),
        supported=sum(row.supported for row in rows),
        usage=Usage(sum(row.usage.prompt_tokens for row in rows), sum(row.usage.completion_tokens for row in rows)),
        cost=sum(row.cost for row in rows if row.cost is not None),
        unpriced=sum(row.cost is None for row in rows),
        questions_sent=len(sent),
        passages_sent=sum(row.passages for row in sent),
        answerable=sum(known.answerable for _, known in gold),
        unanswerable=sum(not known.answerable for _, known in gold),
        expected=len(terms),
        with_terms=sum(terms),
        right_refusals=sum(row.refused and not known.answerable for row, known in gold),
        wrong_refusals=sum(row.refused and known.answerable for row, known in gold),
    )


def _mean(values: Sequence[float]) -> float | None:
    return statistics.fmean(values) if values else None


def _gold(record: Mapping[str, Any]) -> Gold | None:
    answerable, terms = record.get("answerable"), record.get("answer_terms")
    if answerable is None and terms is None:
        return None
    terms = [] if terms is None else terms
    if not isinstance(answerable, bool | None) or not (
        isinstance(terms, list) and all(isinstance(term, str) for term in terms)
    ):
        raise LocusError(
            f"The gold of question {record['id']} can't be read.",
            hint='"answerable" is true or false, and "answer_terms" a list of texts, "a|b" for either spelling.',
        )
    split = (tuple(spelling for spelling in term.split("|") if spelling.strip()) for term in terms)
    return Gold(True if answerable is None else answerable, tuple(term for term in split if term))


def _stands(spelling: str, text: str) -> bool:
    """Whether it stands in the text; where it begins or ends with a figure, not as a piece of a longer number."""
    before = r"(?<!\d)(?<!\d[.,])" if spelling[:1].isdigit() else ""
    after = r"(?!\d|[.,]\d)" if spelling[-1:].isdigit() else ""
    return re.search(f"{before}{re.escape(spelling)}{after}", text) is not None


def _need_key(generator: Generator, settings: Settings) -> None:
    """Told before the first question rather than in every row."""
    url = settings.openai_url.strip()
    key = settings.openai_key.get_secret_value().strip() if settings.openai_key else ""
    if generator.name == "openai" and generator.remote and not key and "@" not in url and not Endpoint(url).problem:
        raise GenerationError(
            f"No key is set for {Endpoint(url).where}.",
            hint="Set LOCUS_OPENAI_KEY, or point LOCUS_OPENAI_URL at a model server on this machine.",
        )
