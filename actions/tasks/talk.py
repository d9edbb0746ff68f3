"""One turn as a task sees it: what is known, what was said, and what is to be done about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, EventType, SlotSet, UserUttered
from rasa_sdk.executor import CollectingDispatcher

from actions import conversation
from bot.people.effects import Effect
from bot.people.record import PersonRecord

Kind = Literal["taken", "wrong", "told", "aside"]


@dataclass(frozen=True)
class Outcome:
    """What became of a message at a step.

    taken: the task went on. wrong: it was meant as an answer and is none. told: it was answered
    and the step need not be asked again now. aside: it is about something else. `says` are
    responses with what they are given. `blank`: nothing like an answer was in it, so that it may be
    about something else after all.
    """

    kind: Kind
    says: tuple[tuple[str, dict[str, Any]], ...] = ()
    blank: bool = True


TAKEN, ASIDE = Outcome("taken"), Outcome("aside")


def wrong(response: str, **given: Any) -> Outcome:
    """Meant as an answer, and none."""
    return Outcome("wrong", ((response, given),))


def mistaken(response: str, **given: Any) -> Outcome:
    """An answer for certain, with something wrong in it."""
    return Outcome("wrong", ((response, given),), blank=False)


def told(response: str, **given: Any) -> Outcome:
    """Answered; the step is not asked again now."""
    return Outcome("told", ((response, given),))


@dataclass
class Talk:
    """The slots of a turn, opened, with what an action changes of them.

    `stack` holds the tasks under way, the one being done last: {"task": name, "state": {...}}.
    """

    tracker: Tracker
    dispatcher: CollectingDispatcher
    record: PersonRecord = field(init=False)
    stack: list[dict[str, Any]] = field(init=False)
    effects: list[Effect] = field(init=False)
    _kept: dict[str, Any] = field(init=False, default_factory=dict)
    _then: list[EventType] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.record = PersonRecord.from_json(self.tracker.get_slot("person"))
        kept = self.tracker.get_slot("tasks") or []
        self.stack = [{"task": task["task"], "state": dict(task["state"])} for task in kept]
        self.effects = list(self.tracker.get_slot("effects") or [])

    @property
    def state(self) -> dict[str, Any]:
        """What the task being done keeps between messages."""
        state: dict[str, Any] = self.stack[-1]["state"]
        return state

    @property
    def language(self) -> str:
        """`es` or `en`."""
        return conversation.language(self.tracker)

    @property
    def text(self) -> str:
        """What the person wrote."""
        return conversation.text(self.tracker)

    @property
    def intent(self) -> str:
        """The topic of the message."""
        return conversation.intent(self.tracker)

    @property
    def confidence(self) -> float:
        """How sure the topic is."""
        found = (self.tracker.latest_message.get("intent") or {}).get("confidence") or 0.0
        return 0.0 if math.isnan(found) else float(found)

    @property
    def option(self) -> tuple[str, str] | None:
        """The step and the value of an option that was chosen; two blanks for an option of another
        kind; None for a text."""
        if not conversation.was_option(self.tracker):
            return None
        step = conversation.entity(self.tracker, "step") if self.intent == "answer" else None
        return step or "", conversation.entity(self.tracker, "value") or ""

    @property
    def channel(self) -> str:
        """Where the person writes."""
        return str(self.tracker.get_latest_input_channel() or "web")

    def end(self, how: str) -> Outcome:
        """The task being done is over."""
        self.state["ended"] = how
        return TAKEN

    def say(self, response: str, **given: Any) -> None:
        """Says a response."""
        self.dispatcher.utter_message(response=response, **given)

    def keep(self, slot: str, value: Any) -> None:
        """Keeps something else with the conversation."""
        self._kept[slot] = value

    def go_on_with(self, topic: str, title: str) -> None:
        """After this the topic is answered, as if its option had been chosen."""
        meant = {"name": topic, "confidence": 1.0}
        parsed = {"text": title, "intent": meant, "intent_ranking": [meant], "entities": []}
        said = UserUttered(title, parsed, input_channel=self.channel)
        self._then = [ActionExecuted("action_listen"), said]

    def events(self) -> list[EventType]:
        """The slots with what was changed, and what comes next."""
        return [
            SlotSet("person", self.record.as_json()),
            SlotSet("tasks", self.stack),
            SlotSet("effects", self.effects),
            *(SlotSet(name, value) for name, value in self._kept.items()),
            *self._then,
        ]
