"""What is kept of a conversation leads to the state that the whole of it led to."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.core.events import deserialise_events
from rasa.shared.core.slots import AnySlot, Slot, TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.messaging.snapshot import LISTEN, TURNS_KEPT, compact

SLOTS: list[Slot] = [
    TextSlot("language", [], initial_value="es"),
    TextSlot("income_amount", []),
    AnySlot("anything", []),
]
FORMS = ("quota_form", "registration_form")


def _action(name: str) -> dict[str, Any]:
    return {"event": "action", "name": name, "policy": None, "confidence": None}


slot_set = st.builds(
    lambda name, value: {"event": "slot", "name": name, "value": value},
    st.sampled_from([slot.name for slot in SLOTS]),
    st.none() | st.sampled_from(["es", "en", "12000"]),
)
during_a_turn = st.one_of(
    slot_set,
    slot_set,
    st.sampled_from([_action(name) for name in (*FORMS, "utter_ask_cost")]),
    st.sampled_from([{"event": "active_loop", "name": name} for name in (*FORMS, None)]),
    st.builds(
        lambda name: {"event": "action_execution_rejected", "name": name}, st.sampled_from(FORMS)
    ),
    st.builds(lambda on: {"event": "loop_interrupted", "is_interrupted": on}, st.booleans()),
    st.sampled_from(
        [
            {"event": kind}
            for kind in ("restart", "session_started", "reset_slots", "pause", "resume")
        ]
    ),
    st.just({"event": "bot", "text": "Claro", "data": {}, "metadata": {"utter_action": "utter_x"}}),
)


def _user(text: str) -> dict[str, Any]:
    parse_data = {
        "text": text,
        "intent": {"name": "ask_cost", "confidence": 0.9},
        "entities": [],
        "intent_ranking": [{"name": "ask_cost", "confidence": 0.9}] * 10,
    }
    return {"event": "user", "text": text, "parse_data": parse_data, "metadata": {"model_id": "m"}}


turns = st.lists(st.lists(during_a_turn, max_size=6), min_size=0, max_size=8)


def _events(turns: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    events = [_action("action_session_start"), {"event": "session_started"}, dict(LISTEN)]
    for number, turn in enumerate(turns):
        events += [_user(f"m{number}"), *turn, dict(LISTEN)]
    return events


def _state(events: list[dict[str, Any]]) -> dict[str, Any]:
    copies = json.loads(json.dumps(events))
    tracker = DialogueStateTracker.from_events("x", deserialise_events(copies), SLOTS)
    loop = tracker.active_loop
    return {
        "slots": tracker.current_slot_values(),
        "loop": loop and (loop.name, loop.rejected, loop.is_interrupted),
        "paused": tracker.is_paused(),
        "last action": tracker.latest_action_name,
        "next action": tracker.followup_action,
        "last text": tracker.latest_message.text if tracker.latest_message else None,
    }


@given(turns)
@settings(max_examples=300, deadline=None)
def test_what_is_kept_replays_to_the_same_state(made: list[list[dict[str, Any]]]) -> None:
    events = _events(made)
    assert _state(compact(events)) == _state(events)


@given(turns)
@settings(max_examples=150, deadline=None)
def test_kept_turn_by_turn_it_is_the_same_as_kept_once(made: list[list[dict[str, Any]]]) -> None:
    """As in life: each turn begins with what the turn before left."""
    kept: list[dict[str, Any]] = _events([])
    for number, turn in enumerate(made):
        kept = compact([*kept, _user(f"m{number}"), *turn, dict(LISTEN)])
    assert _state(kept) == _state(_events(made))


def test_a_long_conversation_is_kept_in_as_much_as_a_short_one() -> None:
    turn = [
        {"event": "slot", "name": "income_amount", "value": "12000"},
        _action("utter_ask_cost"),
        {"event": "bot", "text": "Depende", "data": {}, "metadata": {}},
    ]
    sizes = []
    kept: list[dict[str, Any]] = _events([])
    for number in range(300):
        kept = compact([*kept, _user(f"m{number:03}"), *turn, dict(LISTEN)])
        sizes.append((len(kept), len(json.dumps(kept))))
    assert sizes[299] == sizes[4]


def test_the_last_turns_are_kept_whole() -> None:
    events = _events([[_action("utter_ask_cost")]] * 5)
    kept = compact(events)
    assert [e["text"] for e in kept if e["event"] == "user"] == [f"m{n}" for n in range(5)][
        -TURNS_KEPT:
    ]
    assert sum(e.get("name") == "utter_ask_cost" for e in kept) == TURNS_KEPT


def test_the_ranking_is_not_kept() -> None:
    kept = compact(_events([[]]))
    assert "intent_ranking" not in json.dumps(kept)
    assert kept[-2]["parse_data"]["intent"]["name"] == "ask_cost"


def test_the_events_that_were_given_are_not_changed() -> None:
    events = _events([[]] * 5)
    before = json.dumps(events)
    compact(events)
    assert json.dumps(events) == before


def test_an_answer_is_kept_with_what_it_was_given_and_what_it_offered() -> None:
    given = {"utter_action": "utter_quota_result", "quota_total": "$5,403.92"}
    buttons = [{"title": "Sí", "payload": "/affirm"}]
    answer = {
        "event": "bot",
        "text": "Son $5,403.92",
        "data": {"buttons": buttons, "image": None},
        "metadata": {**given, "template": "x", "model_id": "m", "metadata": {"grade": "B"}},
    }
    kept = compact(_events([[answer]]))
    (said,) = [event for event in kept if event["event"] == "bot"]
    assert said["metadata"] == given
    assert said["data"] == {"buttons": buttons}
    assert "text" not in said


def test_what_was_kept_is_kept_as_it_is() -> None:
    kept = compact(_events([[_action("utter_ask_cost"), slot_of_a_model()]] * 3))
    assert compact(kept) == kept
    assert "model_id" not in json.dumps(kept)


def slot_of_a_model() -> dict[str, Any]:
    return {"event": "slot", "name": "language", "value": "en", "metadata": {"model_id": "m"}}
