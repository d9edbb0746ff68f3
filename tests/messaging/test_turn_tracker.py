"""A turn's tracker says at every step what Rasa's own says, and copies itself as that one does."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    DefinePrevUserUtteredFeaturization,
    EntitiesAdded,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.messaging.assistant import Assistant
from bot.messaging.turn_tracker import TurnTracker

LANGUAGE = [{"entity": "language", "value": "es"}]
EVENTS: list[Event] = [
    UserUttered("hola", {"name": "greet", "confidence": 1.0}, LANGUAGE),
    UserUttered("1500", {"name": "inform", "confidence": 0.9}),
    UserUttered(None, {"name": "compute_quota"}),
    ActionExecuted("action_listen"),
    ActionExecuted("utter_greet"),
    ActionExecuted("quota_form"),
    ActionExecuted("task_form"),
    ActiveLoop("quota_form"),
    ActiveLoop("task_form"),
    ActiveLoop(None),
    SlotSet("language", "en"),
    SlotSet("requested_slot", "income_amount"),
    SlotSet("tasks", [{"task": "quota"}]),
    AllSlotsReset(),
    BotUttered("Hola"),
    DefinePrevUserUtteredFeaturization(False),
    LoopInterrupted(True),
    ActionExecutionRejected("quota_form"),
    FollowupAction("utter_greet"),
    ConversationPaused(),
]
SELDOM: list[Event] = [
    DefinePrevUserUtteredFeaturization(True),
    EntitiesAdded(LANGUAGE),
    Restarted(),
    SessionStarted(),
    ActionReverted(),
    UserUtteranceReverted(),
]
conversations = st.one_of(
    st.lists(st.sampled_from(EVENTS), max_size=25),
    st.lists(st.sampled_from([*EVENTS, *SELDOM]), max_size=25),
)


@pytest.fixture(scope="module")
def domain(assistant: Assistant) -> Domain:
    """The assistant's domain."""
    return assistant._processor.domain


def _both(domain: Domain, events: list[Event]) -> tuple[Any, Any]:
    """Ours and Rasa's, of the same events; each marks those that are its own."""
    ours, theirs = (
        kind.from_events("1", deepcopy(events), domain.slots)
        for kind in (TurnTracker, DialogueStateTracker)
    )
    ours.model_id = theirs.model_id = "model"
    return ours, theirs


def _told(tracker: DialogueStateTracker) -> dict[str, Any]:
    """All that can be asked of a tracker, but when its events were."""
    told = vars(tracker) | {
        "slots": {name: vars(slot) for name, slot in tracker.slots.items()},
        "events": [_event(event) for event in tracker.events],
    }
    for name in ("latest_message", "latest_bot_utterance"):
        told[name] = _event(told[name])
    return {name: value for name, value in told.items() if name not in ("_applied", "_replay")}


def _event(event: Event) -> dict[str, Any]:
    return {name: value for name, value in vars(event).items() if name != "timestamp"}


@given(events=conversations, steps=st.integers(1, 4))
def test_the_states_are_the_same_at_every_step(
    domain: Domain, events: list[Event], steps: int
) -> None:
    ours, theirs = _both(domain, [])
    for number, event in enumerate(events):
        for tracker in (ours, theirs):
            tracker.update(deepcopy(event), domain)
        if number % steps == 0:
            states = ours.past_states(domain)
            assert states == theirs.past_states(domain)
            # The caller takes away of a state what does not count for its decision.
            states[-1].pop("user", None)
            states[0].clear()
            assert ours.past_states(domain) == theirs.past_states(domain)
    assert _told(ours) == _told(theirs)


def test_a_message_that_is_read_otherwise_afterwards_changes_its_states(domain: Domain) -> None:
    ours, theirs = _both(domain, [EVENTS[0], ActionExecuted("action_listen")])
    assert ours.past_states(domain)[0]["user"].keys() == {"text", "intent", "entities"}
    assert ours.past_states(domain) == theirs.past_states(domain)
    for tracker in (ours, theirs):
        tracker.update(DefinePrevUserUtteredFeaturization(False))
    assert ours.past_states(domain)[0]["user"].keys() == {"intent", "entities"}
    assert ours.past_states(domain) == theirs.past_states(domain)


@given(events=conversations)
def test_a_copy_is_the_same(domain: Domain, events: list[Event]) -> None:
    ours, theirs = _both(domain, events)
    ours.past_states(domain), theirs.past_states(domain)
    # As the processor does with an action that is to follow.
    ours.clear_followup_action(), theirs.clear_followup_action()
    twin, expected = ours.copy(), theirs.copy()
    assert _told(twin) == _told(expected)
    before = deepcopy(_told(ours))
    twin.update_with_events(deepcopy(EVENTS), domain)
    assert _told(ours)["slots"] == before["slots"]
    assert _told(ours)["active_loop"] == before["active_loop"]
    assert len(ours.events) == len(events)


@pytest.mark.parametrize("asked", [{"omit_unset_slots": True}, {"ignore_rule_only_turns": True}])
def test_other_kinds_of_states_are_rasas(domain: Domain, asked: dict[str, bool]) -> None:
    ours, theirs = _both(domain, EVENTS)
    assert ours.past_states(domain, **asked) == theirs.past_states(domain, **asked)


@given(events=conversations)
def test_the_events_that_count_are_the_same(domain: Domain, events: list[Event]) -> None:
    ours = TurnTracker("1", domain.slots)
    for event in events:
        ours.update(event)
        expected = DialogueStateTracker.applied_events(ours)
        assert list(map(id, ours.applied_events())) == list(map(id, expected))
