"""What a question comes back as: plain frozen records from retrieval to the grounded answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.grading import NO_GRADES, Grades
from index.papers import Hit, PaperInfo

REFUSAL = "The papers in this library do not answer this question."
"""The one refusal sentence, shared by prompts, generators, grounding, page and tests."""

NOT_SAID = "The papers do not say."
"""What stands in a part of a structured answer for which nothing was found."""


OWN = "(from your notes)"
"""What stands behind a statement of the user's own."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of the conversation: the question as asked, stand-alone, and the answer's text."""

    question: str
    standalone: str
    answer: str


@dataclass(frozen=True, slots=True)
class Citation:
    """What a marker [n] points at: ``quote`` is verbatim, ``paper.sections[section].text[start:end] == quote``.

    ``grades`` say what evidence the paper is.
    """

    n: int
    paper: PaperInfo
    section: int
    heading: str
    start: int
    end: int
    quote: str
    page: int | None = None
    grades: Grades = NO_GRADES


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, without markers in ``text``.

    ``markers`` are citation numbers. ``problem`` is empty where the quotes support the sentence, else it says
    in words what they don't (a number, a gene, a negation, the meaning). ``part`` is the heading under which
    it stands in a structured answer ("Findings"), empty in a plain one. ``own`` marks a statement from the user's own
    notes, which needs no citation and gets none.
    """

    text: str
    markers: tuple[int, ...] = ()
    problem: str = ""
    part: str = ""
    own: bool = False

    @property
    def supported(self) -> bool:
        """True where every check passed and there is at least one citation."""
        return bool(self.markers) and not self.problem

    @property
    def stands(self) -> bool:
        """True where the sentence may be told: supported, or the user's own."""
        return self.supported or self.own

    @property
    def marked(self) -> str:
        """The sentence with its markers: "Pygo2 is needed for the lens [1][2]."."""
        marks = "".join(f"[{n}]" for n in self.markers)
        if self.own:
            return f"{self.text} {OWN}"
        if not marks:
            return self.text
        body = self.text.rstrip()
        end = body[-1] if body and body[-1] in ".!?" else ""
        return f"{body[: len(body) - len(end)]} {marks}{end}"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model counted, zero where no model ran."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A grounded answer, or the refusal with the nearest passages in ``hits``.

    ``parts`` are the headings of a structured answer that stand there even where no sentence is under them.
    """

    question: str
    standalone: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    generator: str
    refused: bool = False
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The answer as plain text with markers, without sentences that their quotes don't support.

        Parts of a structured answer stand under "## heading" lines. A reply that is no answer from papers
        ("Thanks!") has no sentences, only notes.
        """
        if self.refused:
            return REFUSAL
        if not self.sentences and not self.parts:
            return "\n".join(self.notes)
        return "\n\n".join(
            (f"## {part}\n\n" if part else "") + (" ".join(s.marked for s in said if s.stands) or NOT_SAID)
            for part, said in self.paragraphs
            if not said or part in self.parts or any(s.stands for s in said)
        )

    @property
    def in_parts(self) -> list[tuple[str, list[Sentence]]]:
        """The sentences, supported or not, under their headings in order; one heading of ``parts`` may have none."""
        found: dict[str, list[Sentence]] = {part: [] for part in self.parts}
        for sentence in self.sentences:
            found.setdefault(sentence.part, []).append(sentence)
        return list(found.items())

    @property
    def paragraphs(self) -> list[tuple[str, list[Sentence]]]:
        """As `in_parts`, to be read: parts without sentences that follow each other stand under one heading."""
        read: list[tuple[str, list[Sentence]]] = []
        for part, said in self.in_parts:
            if read and not said and not read[-1][1]:
                read[-1] = (f"{read[-1][0]}, {part[:1].lower()}{part[1:]}", [])
            else:
                read.append((part, said))
        return read


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Event: retrieval has found these passages for this stand-alone question."""

    standalone: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Working:
    """Event: what is being done, as a line for users ("Reading Results, 3 of 9"); ``done`` of ``total`` steps are."""

    text: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Draft:
    """Event: the answer's text so far, not yet grounded; each event replaces the one before."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """Event: the grounded answer; the last event of a stream."""

    answer: Answer


Event = Retrieved | Working | Draft | Finished
