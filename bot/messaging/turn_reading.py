"""Reads from the events of a turn what was understood and what was done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.turn_notes import EVENT, LIKELIEST, OPTION, TASK, TurnNote
from bot.messaging.turn_store import EFFECTS, PERSON
from bot.people.record import PersonRecord

Event = Mapping[str, Any]

QUOTA, LISTEN = "quota_form", "action_listen"
# By the response that says so. Each has a version for the sandbox.
REACHED_BY = {
    "utter_quota_result": "quota",
    "utter_registration_done": "registered",
    "utter_registration_done_test": "registered",
    "utter_line_issued": "line",
    "utter_line_issued_test": "line",
    "utter_talk_to_agent": "handed_over",
    "utter_callback_done": "handed_over",
}
# Set at every step, and said elsewhere: the task's answers, what is known of the person.
_NOT_SHOWN = {PERSON, EFFECTS, "tasks", "step_reply", "requested_slot", "satisfaction"}
# Of what is known of a person, what they did not tell.
_NOT_LEARNED = {"satisfaction_asked"}


def note_of(
    events: Sequence[Event],
    content: Incoming,
    option: Option | None,
    replies: Sequence[Reply],
    before: Mapping[str, Any] | None,
) -> TurnNote:
    """The note of the turn that the last message in the events began. `before` is what was known of
    the person then."""
    start = max((n for n, event in enumerate(events) if event["event"] == "user"), default=0)
    slots = {e["name"]: e["value"] for e in events if e["event"] == "slot"}
    turn = events[start:]
    parsed = (turn[0].get("parse_data") or {}) if turn else {}
    actions = [e["name"] for e in turn if e["event"] == "action" and e["name"] != LISTEN]
    form = _loop(events[:start])
    answered_form = form is not None and actions[:1] == [form]
    decision = _decision(parsed, content, option, answered_form)
    guessed = decision not in (TASK, OPTION, EVENT)
    return TurnNote(
        decision=decision,
        language=str(slots.get("language") or "es"),
        topic=_topic(parsed, decision, option),
        confidence=_confidence(parsed) if guessed else None,
        task=_task_under_way(events, slots),
        understood=_understood(parsed),
        done=_done(turn, actions, slots, before),
        reached=frozenset(REACHED_BY[r.answer] for r in replies if r.answer in REACHED_BY),
    )


def _decision(parsed: Event, content: Incoming, option: Option | None, answered_form: bool) -> str:
    if content.event is not None:
        return EVENT
    if answered_form:  # the form that was under way took the message
        return TASK
    return OPTION if option is not None else str(parsed.get("decision") or "answer")


def _topic(parsed: Event, decision: str, option: Option | None) -> str | None:
    if decision == OPTION and option is not None:
        return option.intent
    if decision in (TASK, EVENT):
        return None
    topic = parsed.get("topic") or (parsed.get("intent") or {}).get("name")
    return str(topic) if topic else None


def _confidence(parsed: Event) -> float | None:
    found = (parsed.get("intent") or {}).get("confidence")
    return None if found is None or found != found else float(found)  # a NaN is no confidence


def _understood(parsed: Event) -> dict[str, Any]:
    ranking = parsed.get("intent_ranking") or ()
    return {
        "topics": [[r["name"], round(float(r["confidence"]), 4)] for r in ranking[:LIKELIEST]],
        "entities": [[e.get("entity"), e.get("value")] for e in parsed.get("entities") or ()],
    }


def _task_under_way(events: Sequence[Event], slots: Mapping[str, Any]) -> str | None:
    tasks = slots.get("tasks") or ()
    if tasks:
        return str(tasks[-1]["task"])
    return "quota" if _loop(events) == QUOTA else None


def _loop(events: Sequence[Event]) -> str | None:
    """The form that is active after the events."""
    loops = [event.get("name") for event in events if event["event"] == "active_loop"]
    return loops[-1] if loops else None


def _done(
    turn: Sequence[Event],
    actions: Sequence[str],
    slots: Mapping[str, Any],
    before: Mapping[str, Any] | None,
) -> dict[str, Any]:
    set_now = {
        e["name"]: e["value"] for e in turn if e["event"] == "slot" and e["name"] not in _NOT_SHOWN
    }
    # The answer to a step is taken word for word, and is in the message.
    set_now.pop("task_step", None)
    effects = [e.get("kind") or e["do"] for e in slots.get(EFFECTS) or ()]
    return {
        "actions": list(dict.fromkeys(actions)),
        "slots": set_now,
        "learned": _changed(before or {}, slots.get(PERSON) or {}),
        "effects": effects,
    }


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of what became known or changed of the person; the values are in the record."""
    old, new = _draft(before), _draft(after)
    fields = [name for name in new if new[name] != old.get(name)]
    unknown = PersonRecord().as_json()
    told = [n for n in after if n != "draft" and n not in _NOT_LEARNED]
    others = [n for n in told if after[n] != before.get(n, unknown.get(n))]
    return [*fields, *others]


def _draft(record: Mapping[str, Any]) -> Mapping[str, Any]:
    written = record.get("draft")
    return dict(json.loads(written)["draft"]) if written else {}
