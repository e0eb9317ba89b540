"""What the LSTM is trained on: files of questions and answers, read into pairs of sentences and into questions.

Four kinds of files are told apart by what their records hold:

* BioASQ's JSON: ``{"questions": [{"body": ..., "snippets": [{"text": ...}], "ideal_answer": "..." or ["..."]}]}``;
* the same as JSONL, one ``{"question": ..., "snippets": ["..."], "ideal_answer": "..."}`` a line;
* JSONL of questions to papers of the library: ``{"question": ..., "evidence": ["..."], "answer": "..."}`` and one of
  ``pmid``, ``pmcid``, ``doi``; the evidence is verbatim sentences of that paper;
* JSONL of approved sentences: ``{"question": ..., "sentence": ..., "before": "...", "target": "..."}``: what the paper
  says, the sentence before it (may be left out), and how an answer shall say it.

A pair is kept where every word of the answer stands in its sentence or is a function word (`data.align`), and the
answer isn't the longer one. What can't be read is reported with its file and line; the rest is used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant.generators.lstm.data import LONGEST, Example, Material, align
from assistant.generators.lstm.words import FUNCTION_WORDS, stem, words
from assistant.grounding import plain
from index.errors import LocusError
from index.sentences import split

_NOTHING = np.empty((0, 1), np.float16)
LEAST_WORDS = 4
"""Shorter answers ("Yes.") are no sentences to learn from."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its shorter form; ``group`` names the paper or question it comes from, ``source`` its kind."""

    example: Example
    group: str
    source: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose sentences are to be picked.

    ``documents`` are the texts to pick from, each a document's (heading, text) parts; none: the library's papers.
    ``evidence`` are the sentences that answer; where there are none, a sentence is the better the more it shares with
    one of the answers ``wanted``.
    """

    question: str
    documents: tuple[tuple[tuple[str, str], ...], ...]
    wanted: tuple[str, ...]
    evidence: tuple[str, ...]
    group: str
    source: str
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that can't be used: where it stands, and why."""

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}, {self.place}: {self.message}" if self.place else f"{self.file}: {self.message}"


@dataclass(slots=True)
class Found:
    """What was read so far."""

    pairs: list[Pair] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_questions(files: Sequence[Path]) -> Found:
    """All that the files hold; LocusError where one isn't there."""
    found = Found()
    for file in files:
        if not file.is_file():
            raise LocusError(f"There is no file {file}.", hint="Give a JSON or JSONL file of questions and answers.")
        for place, record in _records(file, found.problems):
            try:
                _KINDS[_kind(record)](record, f"{file.name}, {place}", found)
            except _UnusableError as error:
                found.problems.append(Problem(file.name, place, str(error)))
    return found


class _UnusableError(ValueError):
    """Why a record can't be used, for the user."""


def _records(file: Path, problems: list[Problem]) -> Iterator[tuple[str, Any]]:
    """(place, record) of a file of either form."""
    try:
        content = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(file.name, "", f"can't be read as UTF-8 text ({error})"))
        return
    whole: Any = None
    try:
        whole = json.loads(content)
    except ValueError as error:
        lines = content.split("\n")  # not at the other line ends that a text within may hold
        if not _whole(next((line for line in lines if line.strip()), "")):
            where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            problems.append(Problem(file.name, where, f"is neither JSON nor JSONL ({error})"))
            if file.suffix != ".jsonl":
                return
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield f"line {number}", json.loads(line)
                except ValueError as fault:
                    problems.append(Problem(file.name, f"line {number}", f"is no JSON ({fault})"))
        return
    if isinstance(whole, dict) and "questions" in whole:
        whole = whole["questions"]
    for number, record in enumerate(whole if isinstance(whole, list) else [whole], start=1):
        yield f"question {number}", record


def _whole(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _kind(record: Any) -> str:
    if not isinstance(record, dict):
        raise _UnusableError("is no record {...}")
    for kind in _KINDS:
        if kind in record:
            return kind
    raise _UnusableError(f"has none of {', '.join(_KINDS)}")


def _text(record: dict[str, Any], *names: str) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    raise _UnusableError(f"has no text {' or '.join(names)}")


def _texts(value: Any, name: str) -> tuple[str, ...]:
    """Texts of a list of texts, of {"text": ...}, or of a single text."""
    listed = value if isinstance(value, list) else [value]
    found: dict[str, None] = {}
    for one in listed:
        text = one.get("text") if isinstance(one, dict) else one
        if not isinstance(text, str):
            raise _UnusableError(f"{name} is no list of texts")
        if text.strip():
            found[" ".join(text.split())] = None
    return tuple(found)


def _of_snippets(record: dict[str, Any], place: str, found: Found) -> None:
    question, snippets = _text(record, "body", "question"), _texts(record["snippets"], "snippets")
    ideal = _texts(record.get("ideal_answer") or (), "ideal_answer") if record.get("ideal_answer") else ()
    if not snippets or not ideal:
        raise _UnusableError("has no snippets" if not snippets else "has no ideal_answer")
    group, source = f"question {question.lower()}", "questions with snippets"
    documents: dict[str, list[tuple[str, str]]] = {}
    for number, one in enumerate(record["snippets"] if isinstance(record["snippets"], list) else snippets):
        text = " ".join(str(one.get("text", "") if isinstance(one, dict) else one).split())
        name = str(one.get("document", number)) if isinstance(one, dict) else str(number)
        parts = documents.setdefault(name, [])
        if text and ("", text) not in parts:
            parts.append(("", text))
    held = tuple(tuple(parts) for parts in documents.values() if parts)
    found.asked.append(Asked(question, held, ideal, (), group, source))
    found.pairs += [Pair(e, group, source) for e in matched(question, snippets, ideal)]


def _of_evidence(record: dict[str, Any], place: str, found: Found) -> None:
    question, evidence = _text(record, "question"), _texts(record["evidence"], "evidence")
    if not evidence:
        if record.get("answerable") is False:
            return  # a question that the papers don't answer teaches neither network
        raise _UnusableError("has no evidence")
    named = next((str(record[k]) for k in ("pmcid", "pmid", "doi") if record.get(k)), "")
    paper = f"PMID:{named}" if named and not record.get("pmcid") and record.get("pmid") else named
    group = f"paper {paper}" if paper else f"question {question.lower()}"
    source = "questions with evidence"
    found.asked.append(Asked(question, (), (), evidence, group, source, paper))
    if record.get("answer"):
        answer = _texts(record["answer"], "answer")
        found.pairs += [Pair(e, group, source) for e in matched(question, evidence, answer)]


def _of_approved(record: dict[str, Any], place: str, found: Found) -> None:
    before = " ".join(record["before"].split()) if isinstance(record.get("before"), str) else ""
    example = Example(_text(record, "question"), before, _text(record, "sentence"), _text(record, "target"))
    if not aligns(example):
        raise _UnusableError("target has a word that neither the sentence nor the list of function words has")
    found.pairs.append(Pair(example, f"question {example.question.lower()}", "approved answers"))


_KINDS: dict[str, Callable[[dict[str, Any], str, Found], None]] = {
    "snippets": _of_snippets, "evidence": _of_evidence, "sentence": _of_approved,
}  # fmt: skip
"""Readers by the key that tells what a record is."""


def matched(question: str, texts: Sequence[str], answers: Sequence[str]) -> Iterator[Example]:
    """Each sentence of the answers with the sentence of the texts that covers it best, where that can say it."""
    said = [(before, s) for text in texts for before, s in sentences_of(text)]
    seen: set[tuple[str, str]] = set()
    for answer in answers:
        for _, target in sentences_of(answer):
            example = shortened(question, said, target)
            if example and (example.sentence, example.target) not in seen:
                seen.add((example.sentence, example.target))
                yield example


def shortened(question: str, said: Sequence[tuple[str, str]], target: str) -> Example | None:
    """``target`` as the shorter form of that (before, sentence) which covers most of it; None where it isn't one."""
    wanted = content(target)
    if not wanted or not said:
        return None
    before, sentence = max(said, key=lambda one: (len(wanted & content(one[1])), -len(one[1])))
    example = Example(question, before, sentence, target)
    fits = LEAST_WORDS <= len(words(target)) <= len(words(sentence)[:LONGEST])
    return example if fits and wanted <= content(f"{before} {sentence}") and aligns(example) else None


def aligns(example: Example) -> bool:
    """Whether the target can be written from its sentence and the one before (`data.align`)."""
    own = words(example.sentence)[:LONGEST]
    first = words(example.before) if len(words(example.before)) + len(own) <= LONGEST else []
    material = Material((*first, *own), len(first), _NOTHING, _NOTHING, frozenset())
    return align(material, example.target) is not None


def content(text: str) -> frozenset[str]:
    """Stems of the words of a text that aren't function words or signs."""
    found = {w.low for w in words(text)} - FUNCTION_WORDS
    return frozenset(stem(w) for w in found if any(c.isalnum() for c in w))


def sentences_of(text: str) -> list[tuple[str, str]]:
    """(sentence before or "", sentence) of a text, as they may stand in an answer."""
    said = [plain(text[a:b]) for a, b in split(text)]
    return [(said[i - 1] if i else "", s) for i, s in enumerate(said)]
