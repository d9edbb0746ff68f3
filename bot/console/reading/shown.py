"""Messages as the page shows them: masked, without what plays tricks on the eye, with their
source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.console.reading.masking import Masker
from bot.console.reading.timeline import Message, Turn
from bot.nlg.catalogue import responses

# Turns the direction of writing, or cannot be seen at all. Signs within words (joiners) stay.
_TRICKS = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
# A letter with more accents than any language has.
_ACCENTS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_HEAPED = re.compile(f"({_ACCENTS}{{3}}){_ACCENTS}+")
LONG, LONG_LINES = 1500, 25
_MARK = re.compile(r"\[(curp|nss|ssn|phone|email|number|street|income)\]")


@dataclass(frozen=True)
class Shown:
    """One message for the page."""

    message: Message
    text: str = field(repr=False)
    options: tuple[str, ...] = field(default=(), repr=False)
    media: str | None = None
    template: str | None = None
    answer: str | None = None
    source: str | None = None
    reviewed: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether the text gets a scroll bar of its own."""
        return len(self.text) > LONG or self.text.count("\n") > LONG_LINES

    @property
    def turn(self) -> Turn | None:
        """What was made of it."""
        return self.message.turn


class Presenter:
    """Shows messages of one person, in the language of the page."""

    def __init__(self, masker: Masker | None, marks: Mapping[str, str]) -> None:
        """Without a masker nothing is hidden. `marks` says what stands in place of each kind of
        datum."""
        self._masker = masker
        self._marks = marks

    def all(self, messages: Sequence[Message]) -> list[Shown]:
        """Each message."""
        return [self.one(message) for message in messages]

    def one(self, message: Message) -> Shown:
        """One message."""
        content = message.content or {}
        text = str(content.get("text") or "")
        if message.author == "user":
            return Shown(message, self._theirs(text, message), media=content.get("media"))
        answer = content.get("answer")
        source, reviewed = source_of(answer)
        options = (str(option["title"]) for option in content.get("options") or ())
        return Shown(
            message,
            self._ours(text, answer),
            tuple(self._ours(option, None) for option in options),
            template=content.get("template"),
            answer=answer,
            source=source,
            reviewed=reviewed,
        )

    def value(self, value: Any) -> str:
        """A value that was understood or set."""
        text = without_tricks(str(value))
        return text if self._masker is None else self._named(self._masker.plain_text(text))

    def preview(self, text: str) -> str:
        """How a message begins."""
        return self.value(text)

    def _theirs(self, text: str, message: Message) -> str:
        shown = without_tricks(text)
        if self._masker is None:
            return shown
        done = message.turn.done if message.turn else {}
        return self._named(self._masker.person_text(shown, done))

    def _ours(self, text: str, answer: str | None) -> str:
        shown = without_tricks(text)
        if self._masker is None:
            return shown
        return self._named(self._masker.our_text(shown, answer))

    def _named(self, text: str) -> str:
        return _MARK.sub(lambda match: f"[{self._marks[match[1]]}]", text)


def without_tricks(text: str) -> str:
    """The text without marks of direction and control, and with no more than three signs on a
    letter."""
    return _HEAPED.sub(r"\1", _TRICKS.sub("", text))


def source_of(answer: str | None) -> tuple[str | None, str | None]:
    """Where an answer comes from and when it was reviewed (`2026-11`)."""
    for variant in responses().get(answer or "", ()):
        metadata = variant.get("metadata") or {}
        if metadata.get("source"):
            return str(metadata["source"]), str(metadata["reviewed"])
    return None, None
