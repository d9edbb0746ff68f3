"""What actions read from a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

# Said around answers, or about the conversation itself: not what "say it again" means.
_NOT_AN_ANSWER = {
    *("utter_ask_repeat_lead", "utter_ask_repeat_nothing", "utter_switch_language"),
    *("utter_satisfaction", "utter_satisfaction_spared", "utter_satisfaction_low"),
    "utter_satisfaction_thanks",
}


@dataclass(frozen=True)
class Said:
    """A response as it was said: its name, what it was given, and what was offered with it."""

    response: str
    given: Mapping[str, Any]
    options: tuple[dict[str, str], ...]


def language(tracker: Tracker) -> str:
    """The conversation's language, `es` or `en`."""
    return str(tracker.get_slot("language") or "es")


def text(tracker: Tracker) -> str:
    """What the person wrote."""
    return str(tracker.latest_message.get("text") or "")


def intent(tracker: Tracker) -> str:
    """The topic of the message, or `nlu_fallback`."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def was_option(tracker: Tracker) -> bool:
    """Whether the message is an option that was chosen: what it means is certain, so nothing else
    was ranked."""
    return len(tracker.latest_message.get("intent_ranking") or ()) == 1


def entity(tracker: Tracker, name: str) -> str | None:
    """A value that came with the message, as options carry them."""
    for found in tracker.latest_message.get("entities") or ():
        if found.get("entity") == name:
            return str(found.get("value"))
    return None


def last_answer(tracker: Tracker) -> Said | None:
    """What was said last before this message."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            metadata, data = event.get("metadata") or {}, event.get("data") or {}
            name = metadata.get("utter_action")
            if name and name not in _NOT_AN_ANSWER:
                return Said(str(name), metadata, tuple(data.get("buttons") or ()))
    return None
