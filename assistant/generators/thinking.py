"""What reasoning models think aloud, taken out of a stream of text."""

from __future__ import annotations

import re

_NAMES = "think|thinking|thought|reasoning"
_TAG = re.compile(rf"<(/?)(?:{_NAMES})\s*>", re.IGNORECASE)
_BEGUN = re.compile(r"</?[a-z]{0,9}\s*$", re.IGNORECASE)


class Unthinking:
    """Lets text through piece by piece and keeps back "<think>…</think>" blocks, tags split over pieces included.

    A closing tag without an opening one (some chat templates open the block in the prompt) is dropped by itself:
    what stood before it has gone out already, and grounding checks it like all else.
    """

    def __init__(self) -> None:
        self._held = ""
        self._inside = False
        self._begun = False
        self.thought = False

    def feed(self, piece: str) -> str:
        """What of the text so far may go out now; white space before the first word is dropped."""
        self._held += piece
        out: list[str] = []
        while match := _TAG.search(self._held):
            if not self._inside:
                out.append(self._held[: match.start()])
            self._inside = not match.group(1)
            self.thought = True
            self._held = self._held[match.end() :]
        begun = _BEGUN.search(self._held)
        end = begun.start() if begun else len(self._held)
        if not self._inside:
            out.append(self._held[:end])
        self._held = self._held[end:]
        return self._trim("".join(out))

    def end(self) -> str:
        """What was kept back in case it became a tag and did not; nothing where a block never closed."""
        held, self._held = self._held, ""
        return "" if self._inside else self._trim(held)

    def _trim(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text
