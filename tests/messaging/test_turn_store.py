"""Rasa's tracker store of one turn."""

from __future__ import annotations

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot

from bot.messaging.turn_store import TurnStore

LANGUAGE = TextSlot("language", [{"type": "custom"}], initial_value="es")
DOMAIN = Domain([], [], [LANGUAGE], {}, [], {}, {})


def _store() -> TurnStore:
    return TurnStore(DOMAIN)


async def test_the_first_turn_begins_with_nothing() -> None:
    store = _store()
    store.begin("1", None)
    assert await store.retrieve("1") is None


async def test_what_a_turn_leaves_is_what_the_next_begins_with() -> None:
    store = _store()
    store.begin("1", None)
    tracker = await store.get_or_create_tracker("1")
    tracker.update(UserUttered("hola", {"name": "greet", "confidence": 1.0}))
    tracker.update(SlotSet("language", "en"))
    await store.save(tracker)
    snapshot = store.end("1")
    later = _store()
    later.begin("1", snapshot)
    found = await later.retrieve("1")
    assert found is not None
    assert found.get_slot("language") == "en"
    assert found.latest_message is not None
    assert found.latest_message.text == "hola"
    assert later.slots("1") == {"language": "en"}


async def test_a_turn_that_failed_is_forgotten() -> None:
    store = _store()
    store.begin("1", {"events": [{"event": "slot", "name": "language", "value": "en"}]})
    store.drop("1")
    store.drop("1")
    assert await store.retrieve("1") is None
    with pytest.raises(KeyError):
        store.end("1")


async def test_conversations_do_not_mix() -> None:
    store = _store()
    store.begin("1", {"events": [{"event": "slot", "name": "language", "value": "en"}]})
    store.begin("2", None)
    assert await store.retrieve("2") is None
    store.drop("2")
    assert (await store.retrieve("1")) is not None


async def test_a_failed_turn_does_not_change_the_snapshot_that_it_was_given() -> None:
    store, snapshot = _store(), {"events": [{"event": "slot", "name": "language", "value": "en"}]}
    store.begin("1", snapshot)
    tracker = await store.get_or_create_tracker("1")
    tracker.update(SlotSet("language", "es"))
    await store.save(tracker)
    store.drop("1")
    assert snapshot == {"events": [{"event": "slot", "name": "language", "value": "en"}]}


async def test_events_that_cannot_be_read_are_an_error_not_an_empty_conversation() -> None:
    store = _store()
    store.begin("1", {"events": [{"event": "of a version to come"}]})
    with pytest.raises(ValueError, match="Unknown event"):
        await store.retrieve("1")
