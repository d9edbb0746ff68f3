"""Somebody who talks with the real assistant: what they type and tap, and what they read."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.messaging.assistant import Assistant
from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.options import chosen_in

DOMAIN = Path(__file__).resolve().parents[2] / "domain.yml"
CHANNEL = "web"


@dataclass(frozen=True)
class Answer:
    """All that the assistant said to one message."""

    replies: tuple[Reply, ...]

    @property
    def names(self) -> list[str]:
        """The responses it came from, without `utter_`."""
        return [str(reply.answer).removeprefix("utter_") for reply in self.replies]

    @property
    def text(self) -> str:
        """What is read, one reply under the other."""
        return "\n".join(reply.text for reply in self.replies)

    @property
    def options(self) -> list[Option]:
        """What is offered."""
        return [option for reply in self.replies for option in reply.options]

    @property
    def titles(self) -> list[str]:
        """What is offered, as people read it."""
        return [option.title for option in self.options]


class Person:
    """One conversation, without a database: what the brain keeps between two messages is kept here.

    Whatever the assistant says is looked over for what nobody may read."""

    def __init__(self, assistant: Assistant, loop: asyncio.AbstractEventLoop) -> None:
        self._assistant = assistant
        self._loop = loop
        self._snapshot: dict[str, Any] | None = None
        self._record: dict[str, Any] | None = None
        self._offered: list[Option] = []
        self._messages = 0
        self.answer = Answer(())
        self.transcript: list[tuple[str, Answer]] = []

    def says(self, text: str) -> Answer:
        """Types a message, as it reaches the assistant: a US number in it is masked."""
        typed = Incoming(text).text
        return self._turn(typed, chosen_in(typed, self.answer.replies))

    def taps(self, title: str) -> Answer:
        """Taps the newest option of that title."""
        found = next((o for o in reversed(self._offered) if o.title == title), None)
        assert found, f"{title!r} was never offered, but {[o.title for o in self._offered]}"
        return self._turn("", found)

    def taps_option(self, option: Option) -> Answer:
        """Taps an option that was offered at some time."""
        return self._turn("", option)

    def hears(self, *names: str) -> None:
        """The last answer consists of these responses."""
        assert self.answer.names == list(names), self.written()

    def slot(self, name: str) -> Any:
        """What the conversation holds under a name."""
        events = self._snapshot["events"] if self._snapshot else []
        values = [e["value"] for e in events if e["event"] == "slot" and e["name"] == name]
        return values[-1] if values else None

    def language(self) -> str:
        """The language that the conversation is in."""
        return str(self.slot("language") or "es")

    def written(self) -> str:
        """The conversation so far, for a person to read."""
        return "\n".join(_as_written(said, answer) for said, answer in self.transcript)

    def _turn(self, text: str, option: Option | None) -> Answer:
        self._messages += 1
        kept = json.loads(json.dumps(self._snapshot))
        turn = self._loop.run_until_complete(
            self._assistant.turn(
                "1", CHANNEL, self._messages, Incoming(text), option, kept, self._record
            )
        )
        self._snapshot, self._record = turn.snapshot, turn.person
        self.answer = Answer(turn.replies)
        self._offered += self.answer.options
        self.transcript.append((option.title if option else text, self.answer))
        wrong = list(what_nobody_may_read(self.answer))
        assert not wrong, f"{wrong} in:\n{self.written()}"
        return self.answer


def what_nobody_may_read(answer: Answer) -> Iterator[str]:
    """What is wrong with an answer whatever it is about: silence, braces, names of our own."""
    if not answer.replies:
        yield "nothing was said"
    for reply in answer.replies:
        if not reply.text:
            yield f"{reply.answer} is empty"
        for shown in (reply.text, *(option.title for option in reply.options)):
            yield from _INTERNAL.findall(shown)
            yield from (
                word for word in re.findall(r"[a-z]+(?:_[a-z]+)+", shown) if word in _names()
            )
        titles = [option.title for option in reply.options]
        if len(titles) != len(set(titles)):
            yield f"an option stands twice: {titles}"


_INTERNAL = re.compile(r"[{}]|utter_|action_|nlu_|\bNone\b|\bnull\b|\[|\]|^/[a-z]|\n/[a-z]")


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """Names of intents, entities, slots and actions."""
    domain = yaml.safe_load(DOMAIN.read_text("utf-8"))
    kinds = ("intents", "entities", "slots", "forms", "actions")
    return frozenset(name for kind in kinds for name in domain[kind])


def _as_written(said: str, answer: Answer) -> str:
    lines = [f"› {said}"]
    for reply in answer.replies:
        lines += [f"    [{reply.answer}]", *(f"    {line}" for line in reply.text.splitlines())]
        lines += [f"    ({n}) {o.title}" for n, o in enumerate(reply.options, start=1)]
    return "\n".join(lines)
