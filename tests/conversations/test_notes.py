"""What is noted beside each message, with the real model: understood, done, reached."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.messaging.assistant import Assistant, Turn
from bot.messaging.contents import Incoming
from bot.messaging.turn_notes import LIKELIEST, TurnNote


class Talk:
    """A conversation, turn by turn."""

    def __init__(self, assistant: Assistant, loop: asyncio.AbstractEventLoop) -> None:
        self._assistant, self._loop = assistant, loop
        self._last: Turn | None = None
        self._number = 0

    def say(self, text: str, event: dict[str, Any] | None = None) -> TurnNote:
        """A message; gives its note."""
        return self._turn(Incoming(text, event=event), None)

    def tap(self, number: int) -> TurnNote:
        """The option of that place among those offered last."""
        assert self._last is not None
        offered = [option for reply in self._last.replies for option in reply.options]
        return self._turn(Incoming(offered[number].title, offered[number].id), offered[number])

    def _turn(self, content: Incoming, option: Any) -> TurnNote:
        self._number += 1
        snapshot = self._last.snapshot if self._last else None
        person = self._last.person if self._last else None
        self._last = self._loop.run_until_complete(
            self._assistant.turn("1", "web", self._number, content, option, snapshot, person)
        )
        assert self._last.note is not None
        return self._last.note


@pytest.fixture
def talk(assistant: Assistant, loop: asyncio.AbstractEventLoop) -> Talk:
    """A new conversation."""
    return Talk(assistant, loop)


def test_a_question(talk: Talk) -> None:
    note = talk.say("¿qué beneficios tiene el programa?")
    assert (note.decision, note.topic, note.language, note.task) == (
        "answer", "ask_benefits", "es", None,
    )  # fmt: skip
    assert note.confidence is not None
    assert note.confidence > 0.5
    topics = note.understood["topics"]
    assert len(topics) == LIKELIEST
    assert topics[0][0] == "ask_benefits"
    assert [share for _, share in topics] == sorted((s for _, s in topics), reverse=True)
    assert "utter_ask_benefits" in note.done["actions"]
    assert note.done["slots"]["language"] == "es"


def test_nonsense(talk: Talk) -> None:
    note = talk.say("qwrt zxcv plkj mnbv")
    assert note.decision in ("fallback", "clarify")
    assert note.confidence is not None


def test_a_quota_is_reached_and_its_answers_are_no_topics(talk: Talk) -> None:
    first = talk.say("cuánto tengo que pagar")
    assert (first.decision, first.topic, first.task) == ("answer", "compute_quota", "quota")
    last = talk.say("gano 900 dólares a la semana")
    while not last.reached:
        last = talk.tap(0)
    assert last.reached == {"quota"}
    assert last.task is None


def test_an_answer_to_a_step_is_the_tasks(talk: Talk) -> None:
    begun = talk.say("quiero que me llamen por teléfono")
    assert (begun.decision, begun.topic, begun.task) == ("answer", "request_callback", "callback")
    assert begun.done["learned"] == []
    given = talk.say("415 555 0143")
    assert (given.decision, given.topic, given.confidence) == ("task", None, None)
    assert given.task == "callback"
    assert not {"person", "effects", "tasks", "task_step"} & set(given.done["slots"])


def test_what_came_of_an_errand(talk: Talk) -> None:
    talk.say("hola")
    event = {"errand": "clinic", "outcome": "none", "answer": {"postal_code": "06700"}}
    note = talk.say("", event)
    assert (note.decision, note.topic, note.confidence) == ("event", None, None)


def test_a_person_is_asked_for(talk: Talk) -> None:
    assert talk.say("quiero hablar con una persona").reached == {"handed_over"}
