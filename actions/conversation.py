"""What actions read from a conversation."""

from __future__ import annotations

from rasa_sdk import Tracker

# Said around answers, or about the conversation itself: not what "say it again" means.
_NOT_AN_ANSWER = {"utter_ask_repeat_lead", "utter_ask_repeat_nothing", "utter_switch_language"}


def language(tracker: Tracker) -> str:
    """The conversation's language, `es` or `en`."""
    return str(tracker.get_slot("language") or "es")


def text(tracker: Tracker) -> str:
    """What the person wrote."""
    return str(tracker.latest_message.get("text") or "")


def intent(tracker: Tracker) -> str:
    """The topic of the message, or `nlu_fallback`."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def entity(tracker: Tracker, name: str) -> str | None:
    """A value that came with the message, as options carry them."""
    for found in tracker.latest_message.get("entities") or ():
        if found.get("entity") == name:
            return str(found.get("value"))
    return None


def last_answer(tracker: Tracker) -> str | None:
    """The response that was said last before this message."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            said = (event.get("metadata") or {}).get("utter_action")
            if said and said not in _NOT_AN_ANSWER:
                return str(said).removesuffix("_simple")
    return None
