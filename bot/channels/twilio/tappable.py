"""Options that people tap in WhatsApp: up to three buttons, or a list of up to ten rows.

Twilio sends such a message from a content that was made before, with values for its variables. A
value has no line break, so a content is made for each shape of message: the kind, the number of
options, and where the lines of the text break. Everything that can be read is a value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.channels.long_text import utf16_length
from bot.messaging.contents import Option, Reply

MOST_BUTTONS, LONGEST_BUTTON = 3, 20
MOST_ROWS, LONGEST_ROW, LONGEST_DESCRIPTION = 10, 24, 72
LONGEST_BODY, MOST_LINES = 1024, 24
# A title of which less is left says too little.
LEAST_OF_A_ROW = 12
WORDS = Path(__file__).with_name("tappable.yml")
NAME_PREFIX = "pti-1-"
_BREAKS = re.compile(r"\n+")
_BLANKS = re.compile(r"[^\S\n]+")

Kind = Literal["buttons", "list"]


@dataclass(frozen=True)
class Shape:
    """What messages have in common that are sent from one content. `breaks` has a digit for each
    line of the text but the last: 1 where the next follows, 2 where an empty line is between."""

    kind: Kind
    options: int
    breaks: str

    @property
    def name(self) -> str:
        """The name by which the content is found again; another form of it needs another prefix."""
        return f"{NAME_PREFIX}{self.kind}-{self.options}-{self.breaks or 0}"

    def content(self) -> dict[str, Any]:
        """The content as Twilio's interface makes it. Its values come in the order of `Tappable`'s;
        the examples are their numbers. The language is that of no word in it."""
        count = len(self.breaks) + 1 + self._fields_before + self.options * self._fields_each
        return {
            "friendly_name": self.name,
            "language": "es",
            "variables": {str(number): str(number) for number in range(1, count + 1)},
            "types": self._types([f"{{{{{number}}}}}" for number in range(1, count + 1)]),
        }

    @property
    def _fields_before(self) -> int:
        return 1 if self.kind == "list" else 0

    @property
    def _fields_each(self) -> int:
        return 3 if self.kind == "list" else 2

    def _types(self, variables: Sequence[str]) -> dict[str, Any]:
        lines = len(self.breaks) + 1
        body = "".join(
            line + "\n" * int(breaks)
            for line, breaks in zip(variables[:lines], [*self.breaks, "0"], strict=True)
        )
        rest = variables[lines + self._fields_before :]
        each = [rest[n : n + self._fields_each] for n in range(0, len(rest), self._fields_each)]
        if self.kind == "buttons":
            actions = [{"type": "QUICK_REPLY", "title": one[0], "id": one[1]} for one in each]
            return {"twilio/quick-reply": {"body": body, "actions": actions}}
        items = [{"item": one[0], "id": one[1], "description": one[2]} for one in each]
        return {"twilio/list-picker": {"body": body, "button": variables[lines], "items": items}}


@dataclass(frozen=True)
class Tappable:
    """A message with options to tap."""

    shape: Shape
    values: Sequence[str] = field(repr=False)

    @property
    def variables(self) -> dict[str, str]:
        """The values by the names of their variables."""
        return {str(number): value for number, value in enumerate(self.values, start=1)}


def tappable(reply: Reply) -> Tappable | None:
    """The message in which the options can be tapped; None where they do not fit, and are to be
    numbered."""
    text = _BLANKS.sub(" ", reply.text).strip()
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines or len(lines) > MOST_LINES or utf16_length(text) > LONGEST_BODY:
        return None
    fields = _buttons(reply.options) or _rows(reply.options, reply.language)
    if fields is None:
        return None
    kind, values = fields
    values = (*lines, *values)
    if any("{{" in value for value in values):  # it would be taken for a variable
        return None
    return Tappable(Shape(kind, len(reply.options), _breaks_of(text)), values)


def cut_to_words(title: str, limit: int) -> str | None:
    """The title, or as many of its words as fit with a sign that there are more; None where too
    little would be left."""
    if utf16_length(title) <= limit:
        return title
    words = title.split()
    while words and utf16_length(" ".join(words)) > limit - 1:
        words.pop()
    kept = " ".join(words).rstrip(",;:.")
    return f"{kept}…" if utf16_length(kept) >= LEAST_OF_A_ROW else None


def _breaks_of(text: str) -> str:
    plain = re.sub(r" ?\n ?", "\n", text)
    return "".join("1" if len(found) == 1 else "2" for found in _BREAKS.findall(plain))


def _buttons(options: Sequence[Option]) -> tuple[Kind, tuple[str, ...]] | None:
    """Titles and ids. A button shows nothing but its title, so none is cut."""
    titles = [option.title for option in options]
    if not 0 < len(options) <= MOST_BUTTONS or not _are_distinct(titles):
        return None
    if any(utf16_length(title) > LONGEST_BUTTON for title in titles):
        return None
    return "buttons", tuple(value for option in options for value in (option.title, option.id))


def _rows(options: Sequence[Option], language: str) -> tuple[Kind, tuple[str, ...]] | None:
    """What opens the list; titles, ids and what stands under each title: the whole of it where it
    was cut, else the number that may be typed as well."""
    titles = [cut_to_words(option.title, LONGEST_ROW) for option in options]
    if not 0 < len(options) <= MOST_ROWS or not _are_distinct(titles):
        return None
    if any(utf16_length(option.title) > LONGEST_DESCRIPTION for option in options):
        return None
    words, values = _words(language), []
    for number, (option, title) in enumerate(zip(options, titles, strict=True), start=1):
        under_it = words["row"].format(number=number) if title == option.title else option.title
        values += [str(title), option.id, under_it]
    return "list", (words["button"], *values)


def _are_distinct(titles: Sequence[str | None]) -> bool:
    """As WhatsApp wants them, and so that one can tell them apart."""
    seen = {title.strip().casefold() for title in titles if title and title.strip()}
    return len(seen) == len(titles)


@cache
def _words(language: str) -> dict[str, str]:
    written = yaml.safe_load(WORDS.read_text("utf-8"))
    return {name: str(texts.get(language) or texts["es"]) for name, texts in written.items()}
