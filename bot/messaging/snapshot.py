"""What is kept of a conversation for the next turn.

Rasa replays every event of a conversation several times a turn, so a long conversation grows slow.
Kept are the state as it was two turns ago (slots, active form) and the events since: the 200th
message costs what the 5th did. The whole conversation as people saw it is in the inbox and the
outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Event = dict[str, Any]

TURNS_KEPT = 2
LISTEN: Event = {"event": "action", "name": "action_listen", "policy": None, "confidence": None}
# Of which model and assistant an event is, among others.
_NOT_READ = frozenset({"metadata", "action_text"})
_OF_EVERY_ANSWER = frozenset({"model_id", "assistant_id", "template", "condition", "metadata"})
_UNDERSTOOD = ("intent", "entities", "text")
_FORGETTING = {"restart", "session_started", "reset_slots"}


def compact(events: Sequence[Event], turns: int = TURNS_KEPT) -> list[Event]:
    """The events that lead to the same state, with only the last turns' own."""
    starts = [number for number, event in enumerate(events) if event["event"] == "user"]
    if len(starts) <= turns:
        return [_slim(event) for event in events]
    cut = starts[-turns]
    return [_slim(event) for event in (*_state_after(events[:cut]), *events[cut:])]


def _state_after(events: Sequence[Event]) -> list[Event]:
    slots: dict[str, Event] = {}
    loop: Event | None = None
    rejection: Event | None = None
    pause: Event | None = None
    for event in events:
        kind = event["event"]
        if kind in _FORGETTING:
            slots.clear()
            if kind != "reset_slots":
                loop = rejection = pause = None
        elif kind == "slot":
            slots[event["name"]] = event
        elif kind == "active_loop":
            loop = event if event.get("name") else None
            rejection = None
        elif loop and event.get("name") == loop["name"]:
            # A form that was interrupted is not asked again by itself until it has run again.
            rejection = {"action_execution_rejected": event, "action": None}.get(kind, rejection)
        elif kind in ("pause", "resume"):
            pause = event if kind == "pause" else None
    return [*slots.values(), *(event for event in (loop, rejection, pause) if event), LISTEN]


def _slim(event: Event) -> Event:
    """An event without what the next turn does not read: the inbox and the outbox have the texts,
    reviewers have the ranking. That is more than half of it, and every turn reads and writes it."""
    slim = {key: value for key, value in event.items() if key not in _NOT_READ}
    if event["event"] == "user":
        parse_data = event.get("parse_data") or {}
        slim["parse_data"] = {key: parse_data[key] for key in _UNDERSTOOD if key in parse_data}
    elif event["event"] == "bot":
        return _said(event)
    return slim


def _said(event: Event) -> Event:
    """What is asked of an answer that was given (actions.conversation): which one it was, what it
    was given, what it offered."""
    metadata, buttons = event.get("metadata") or {}, (event.get("data") or {}).get("buttons")
    said = {"event": "bot", "timestamp": event.get("timestamp")}
    given = {key: value for key, value in metadata.items() if key not in _OF_EVERY_ANSWER}
    return {**said, "data": {"buttons": buttons} if buttons else {}, "metadata": given}
