"""Generators compared: a real library, scripted generators and a real server that speaks the OpenAI protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import comparing
from assistant.answers import REFUSAL, Usage
from assistant.chain import Assistant
from assistant.comparing import Begun, Gold, Prices, Row
from assistant.generators.base import Request
from assistant.settings import Settings
from assistant.stopping import Stop, Stopped, stoppable
from index.errors import GenerationError, LocusError
from index.library import Library
from tests.assistant import openai_server as serve
from tests.assistant.test_chain import Scripted, pygo
from tests.conftest import make_paper

ASKED = "What happens without Pygo2?"
TRUE = "Pygo2 null mice lacked a lens [1]."
FALSE = "Pygo2 was cloned in 1987 [1]."


class Failing(Scripted):
    """A generator that fails after a few words, with this error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def stream(self, request: Request) -> Iterator[str | Usage]:
        yield "Pygo2 "
        raise self.error


@pytest.fixture
def assistant(library: Library, tmp_path: Path) -> Assistant:
    library.add([pygo(), *(make_paper(n) for n in range(5))])
    return Assistant(Settings(library=tmp_path / "library"), library)


def enter(assistant: Assistant, name: str, generator: Any, *, remote: bool = False) -> Any:
    generator.name, generator.remote = name, remote
    assistant._generators[name] = generator
    return generator


def run(assistant: Assistant, *names: str, asked: Any = (ASKED,), paid: Prices | None = None) -> list[Row]:
    chosen = comparing.chosen(assistant, names)
    events = comparing.compare(assistant, comparing.questions(asked), chosen, paid or Prices())
    return [event for event in events if isinstance(event, Row)]


def test_all_generators_write_from_the_same_passages_found_once(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []
    passages = assistant._passages
    monkeypatch.setattr(assistant, "_passages", lambda question: searched.append(question) or passages(question))
    one, other = enter(assistant, "one", Scripted(TRUE)), enter(assistant, "other", Scripted(REFUSAL))
    first, second = run(assistant, "one", "other")
    assert searched == [ASKED]
    assert one.asked == other.asked
    assert first.answer and first.answer.text == TRUE
    assert second.refused


def test_the_answer_is_the_one_that_a_question_alone_gets(assistant: Assistant) -> None:
    (row,) = run(assistant, "extractive")
    alone = assistant.answer(ASKED)
    assert row.answer
    assert (row.answer.sentences, row.answer.citations, row.answer.notes) == (
        alone.sentences,
        alone.citations,
        alone.notes,
    )


@pytest.mark.parametrize("unsupported", ["strike", "show", "drop"])
def test_what_failed_the_check_is_counted_however_it_is_shown(assistant: Assistant, unsupported: str) -> None:
    assistant.settings = assistant.settings.model_copy(update={"unsupported": unsupported})
    enter(assistant, "one", Scripted(TRUE, " ", FALSE))
    (row,) = run(assistant, "one")
    assert (len(row.drafted), row.supported, len(row.failed)) == (2, 1, 1)
    assert (row.words, row.citations) == (6, 1)
    assert not row.refused


def test_a_draft_of_which_nothing_is_left_is_refused_and_its_sentences_are_counted(assistant: Assistant) -> None:
    enter(assistant, "one", Scripted(FALSE))
    (row,) = run(assistant, "one")
    assert row.refused
    assert (len(row.drafted), row.supported, row.words, row.citations) == (1, 0, 0, 0)


@pytest.mark.parametrize("error", [GenerationError("Too many requests.", hint="Wait."), RuntimeError("secret")])
def test_a_generator_that_fails_is_told_in_its_row_and_the_others_go_on(assistant: Assistant, error: Exception) -> None:
    enter(assistant, "bad", Failing(error), remote=True)
    enter(assistant, "good", Scripted(TRUE))
    bad, good = run(assistant, "bad", "good")
    assert bad.answer is None
    assert bad.error
    assert "secret" not in bad.error
    assert bad.cost is None, "what a call that broke off costs is not known"
    assert good.answer


def test_a_question_that_cannot_be_searched_fails_alone(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    retrieve = assistant.retrieve

    def broken(question: str) -> Any:
        if question == "Bad?":
            raise LocusError("The index is gone.", hint="Mend it.")
        return retrieve(question)

    monkeypatch.setattr(assistant, "retrieve", broken)
    rows = run(assistant, "extractive", asked=("Bad?", ASKED))
    assert [row.error for row in rows] == ["The index is gone.", ""]


def test_a_stopped_comparison_ends_though_a_generator_of_this_machine_writes(assistant: Assistant) -> None:
    stop = Stop()

    class Slow(Scripted):
        def stream(self, request: Request) -> Iterator[str | Usage]:
            yield "Pygo2 "
            stop.set()
            yield "null "
            pytest.fail("it was asked for more")

    enter(assistant, "slow", Slow())
    with stoppable(stop), pytest.raises(Stopped):
        run(assistant, "slow")


def test_cost_is_tokens_times_price_of_a_million_where_text_is_sent(assistant: Assistant) -> None:
    enter(assistant, "far", Scripted(TRUE), remote=True)
    enter(assistant, "near", Scripted(TRUE))
    far, near = run(assistant, "far", "near", paid=Prices(2.0, 10.0))
    assert far.cost == pytest.approx((11 * 2.0 + 7 * 10.0) / 1e6)
    assert near.cost == 0
    assert (far.sent, near.sent) == (True, False)
    for paid in (Prices(), Prices(read=2.0), Prices(written=2.0)):
        assert run(assistant, "far", paid=paid)[0].cost is None
    assert Prices(2.0, 10.0).cost(Usage()) is None, "a server that counts no tokens"


@pytest.mark.parametrize("price", [-1.0, float("nan"), float("inf")])
def test_a_price_that_cannot_be_is_refused(price: float) -> None:
    with pytest.raises(LocusError, match="can't be"):
        Prices(price)


def test_prices_come_from_settings_unless_given() -> None:
    settings = Settings(openai_price_in=1.0, openai_price_out=2.0)
    assert comparing.prices(settings) == Prices(1.0, 2.0)
    assert comparing.prices(settings, 0.0, 3.0) == Prices(0.0, 3.0)


def test_only_generators_that_send_nothing_take_part_unasked(assistant: Assistant) -> None:
    assistant.settings = assistant.settings.model_copy(update={"generator": "openai"})
    assert [g.name for g in comparing.chosen(assistant)] == ["extractive", "lstm"]
    with pytest.raises(GenerationError, match=r"No key is set for api\.openai\.com"):
        comparing.chosen(assistant, ["extractive", "openai"])
    with pytest.raises(LocusError, match="no generator 'gpt9'"):
        comparing.chosen(assistant, ["gpt9"])
    assert len(comparing.chosen(assistant, ["extractive", "extractive"])) == 1


def test_a_model_server_gets_the_passages_and_its_tokens_are_counted(assistant: Assistant) -> None:
    with serve.OpenAIServer() as server:
        server.script(serve.answer(f"{TRUE} {FALSE}"))
        assistant.settings = assistant.settings.model_copy(update={"openai_url": server.url})
        quotes, model = run(assistant, "extractive", "openai")
        (request,) = server.requests
    assert "lacked a lens" in request.prompt
    assert (model.supported, len(model.drafted)) == (1, 2)
    assert model.usage.prompt_tokens > 0
    assert quotes.usage == Usage()


def test_events_tell_what_is_worked_on(assistant: Assistant) -> None:
    enter(assistant, "one", Scripted(TRUE))
    chosen = comparing.chosen(assistant, ["one"])
    events = list(comparing.compare(assistant, comparing.questions(["A?", "B?"]), chosen, Prices()))
    told = [(e.question.text, e.contestant and e.contestant.name, e.done) for e in events if isinstance(e, Begun)]
    assert told == [("A?", None, 0), ("A?", "one", 0), ("B?", None, 1), ("B?", "one", 1)]


def test_summary_counts_answers_refusals_errors_and_gold(assistant: Assistant) -> None:
    class ByQuestion(Scripted):
        def stream(self, request: Request) -> Iterator[str | Usage]:
            if "broken" in request.question:
                raise GenerationError("Gone.")
            yield TRUE if "Pygo2" in request.question else REFUSAL
            yield Usage(10, 1)

    enter(assistant, "one", ByQuestion(), remote=True)
    asked = [
        {"id": "a", "question": ASKED, "answerable": True, "answer_terms": ["lens|lenses"]},
        {"id": "b", "question": "Is Pygo2 null bad?", "answerable": True, "answer_terms": ["kidney"]},
        {"id": "c", "question": "Where is Gene1?", "answerable": True, "answer_terms": []},
        {"id": "d", "question": "Where is Gene2?", "answerable": False, "answer_terms": []},
        {"id": "e", "question": "Is Pygo2 broken?"},
    ]
    (found,) = comparing.summaries(run(assistant, "one", asked=asked, paid=Prices(1.0, 1.0)))
    assert (found.rows, found.answers, found.refusals, found.errors) == (5, 2, 2, 1)
    assert (found.answerable, found.unanswerable, found.expected, found.with_terms) == (3, 1, 2, 1)
    assert (found.right_refusals, found.wrong_refusals) == (1, 1)
    assert (found.drafted, found.supported) == (2, 2)
    assert found.usage == Usage(40, 4)
    assert found.cost == pytest.approx(44e-6)
    assert (found.unpriced, found.questions_sent) == (1, 5)
    assert found.passages_sent > 5
    assert found.words == 6
    assert found.mean_seconds and found.median_seconds


def test_an_expected_figure_must_stand_alone() -> None:
    gold = Gold(True, (("6", "six"), ("Kidney",)))
    assert gold.held_by("6 kidneys")
    assert gold.held_by("In six of them, the kidney.")
    assert gold.held_by("the kidney, of 6.")
    for text in ("16 kidneys", "6.5 kidneys", "1.6 kidneys", "1,600 kidneys", "6 lungs"):
        assert not gold.held_by(text)


def test_gold_that_cannot_be_read_is_told() -> None:
    for wrong in ({"answerable": "yes"}, {"answer_terms": "a|b"}, {"answer_terms": [1]}):
        with pytest.raises(LocusError, match="gold of question q1"):
            comparing.questions([{"id": "q1", "question": "What?", **wrong}])
    (plain,) = comparing.questions(["", {"id": 1, "question": " What? "}])
    assert (plain.number, plain.id, plain.text, plain.gold) == (1, "1", "What?", None)
