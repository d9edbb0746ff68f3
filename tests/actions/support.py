"""Actions without Rasa: a tracker made by hand, and what the action said and changed."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

DOMAIN: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "domain.yml").read_text("utf-8")
)


@dataclass(frozen=True)
class Done:
    """What came of an action: the responses with what they were given, and the slots it set."""

    said: list[dict[str, Any]]
    slots: dict[str, Any]
    events: list[dict[str, Any]]

    @property
    def names(self) -> list[str]:
        """The responses, in order."""
        return [str(response["response"]) for response in self.said]

    @property
    def payloads(self) -> list[str]:
        """What the options mean that the action added."""
        return [button["payload"] for response in self.said for button in response["buttons"]]


def tracker(
    text: str = "",
    *,
    intent: str = "inform",
    ranking: Iterable[tuple[str, float]] = (),
    entities: dict[str, str] | None = None,
    before: Iterable[dict[str, Any]] = (),
    **slots: Any,
) -> Tracker:
    """A conversation whose last message is `text`; `before` is what was said earlier."""
    ranked = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "intent_ranking": ranked or [{"name": intent, "confidence": 1.0}],
        "entities": [{"entity": n, "value": v} for n, v in (entities or {}).items()],
    }
    known = {name: slot.get("initial_value") for name, slot in DOMAIN["slots"].items()}
    return Tracker(
        "someone",
        {**known, "requested_slot": None, **slots},
        message,
        [*before, {"event": "user", "text": text}],
        False,
        None,
        {},
        "action_listen",
    )


def bot_said(response: str, *payloads: str, **given: str) -> dict[str, Any]:
    """The event of something that was said earlier."""
    buttons = [{"title": payload, "payload": payload} for payload in payloads]
    metadata = {"utter_action": response, **given}
    return {"event": "bot", "text": "…", "metadata": metadata, "data": {"buttons": buttons}}


def run(action: Any, of: Tracker) -> Done:
    """Runs an action."""
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, of, DOMAIN)
    if inspect.iscoroutine(events):
        events = asyncio.run(events)
    slots = {event["name"]: event["value"] for event in events if event["event"] == "slot"}
    return Done(dispatcher.messages, slots, list(events))
