"""The prompts: Markdown files beside this module, loaded and checked here and nowhere else.

A prompt file is UTF-8 text with slots such as ``{question}``. Every brace in it belongs to a slot, and its slots
are exactly those declared in `SLOTS`, so that a misspelt slot is found when the file is loaded rather than sent to
a model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from index.errors import LocusError

SLOTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "system": frozenset({"refusal"}),
        "answer": frozenset({"passages", "question"}),
        "summary": frozenset({"passages", "question", "part", "most", "refusal"}),
        "notes": frozenset({"passages", "question", "most", "refusal"}),
        "rewrite": frozenset({"history", "question"}),
    }
)
"""The prompts that there are, and the slots that each must have."""

_SLOT = re.compile(r"\{([^{}\n]*)\}")


class PromptError(LocusError):
    """A prompt file that is missing or damaged, or whose slots differ from the declared ones."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A checked prompt: ``text`` with slots, ``slots`` their names."""

    name: str
    text: str
    slots: frozenset[str]

    def fill(self, **values: str) -> str:
        """The text with every slot replaced by its value.

        All slots are replaced in one pass, so that braces in a value (a passage that holds "{question}", say)
        stay as they are. Raises PromptError where a value is missing or has no slot.
        """
        if values.keys() != self.slots:
            raise PromptError(f"Prompt {self.name}: {_difference(self.slots, frozenset(values), 'given')}.")
        return _SLOT.sub(lambda match: values[match.group(1)], self.text)


@cache
def load(name: str) -> Prompt:
    """The prompt ``name`` ("answer" for answer.md), read from the installed package and checked.

    Raises PromptError where no such prompt is declared, its file can't be read, or its slots are wrong.
    """
    if name not in SLOTS:
        raise PromptError(f"There is no prompt {name!r}.", hint=f"The prompts are {', '.join(sorted(SLOTS))}.")
    try:
        data = resources.files(__name__).joinpath(f"{name}.md").read_bytes()
    except OSError as error:
        raise PromptError(
            f"The prompt file {name}.md can't be read ({type(error).__name__}).", hint="Install Locus again."
        ) from error
    return parse(name, data, SLOTS[name])


def parse(name: str, data: bytes, slots: frozenset[str]) -> Prompt:
    """The bytes of a prompt file as a Prompt with exactly these slots, white space at both ends cut off.

    Raises PromptError where it isn't UTF-8, is empty, has a brace outside a slot, or other slots than ``slots``.
    """
    try:
        text = data.decode("utf-8").replace("\r\n", "\n").strip()
    except UnicodeDecodeError as error:
        raise PromptError(f"The prompt file {name}.md is not UTF-8 text (byte {error.start}).") from error
    if not text:
        raise PromptError(f"The prompt file {name}.md is empty.")
    found = frozenset(_SLOT.findall(text))
    if found != slots:
        raise PromptError(f"The prompt file {name}.md: {_difference(slots, found, 'found')}.")
    stray = re.search(r"[{}]", _SLOT.sub("", text))
    if stray:
        raise PromptError(f"The prompt file {name}.md has a {stray.group()!r} that belongs to no slot.")
    return Prompt(name, text, slots)


def _difference(wanted: frozenset[str], got: frozenset[str], verb: str) -> str:
    missing = ", ".join(f"{{{slot}}}" for slot in sorted(wanted - got))
    unknown = ", ".join(f"{{{slot}}}" for slot in sorted(got - wanted))
    told = [f"{missing} missing" if missing else "", f"{unknown} {verb} but not declared" if unknown else ""]
    return "; ".join(part for part in told if part)
