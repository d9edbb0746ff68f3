"""A conversation does not grow dearer with its length, and what is forgotten changes no answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.messaging import snapshot as snapshot_module
from bot.messaging import turn_store
from bot.messaging.assistant import Assistant
from bot.messaging.contents import Incoming
from bot.messaging.snapshot import compact

SAID = [
    "hola",
    "cuanto cuesta",
    "gano 12 mil pesos al mes",
    "que cubre",
    "kiero saber cuanto voy a pagar",
    "1500 dlls",
    "al mes",
    "gracias",
    "no entendí, otra vez",
    "asdf qwer",
    "my mom has an account there",
    "how much is it",
    "$18 la hora",
    "y si me enfermo?",
    "40 horas",
    "menu",
]
MOST = 1.5


async def _converse(
    assistant: Assistant, texts: list[str]
) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """The replies and the snapshot after each message."""
    state: dict[str, Any] | None = None
    replies, states = [], []
    for number, text in enumerate(texts, start=1):
        turn = await assistant.turn("1", "web", number, Incoming(text), None, state)
        state = json.loads(json.dumps(turn.snapshot))
        replies.append([reply.text for reply in turn.replies])
        states.append(state)
    return replies, states


async def test_the_200th_message_costs_what_the_5th_did(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: events handed to Rasa and read back, and the bytes that are stored."""
    read: list[int] = []
    real = turn_store.deserialise_events

    def counting(events: list[dict[str, Any]]) -> Any:
        read[-1] += len(events)
        return real(events)

    monkeypatch.setattr(turn_store, "deserialise_events", counting)
    costs: list[tuple[int, int, int]] = []
    state: dict[str, Any] | None = None
    for number in range(1, 202):
        read.append(0)
        turn = await assistant.turn("1", "web", number, Incoming("cuanto cuesta"), None, state)
        state = json.loads(json.dumps(turn.snapshot))
        costs.append((read[-1], len(state["events"]), len(json.dumps(state))))
    fifth, last = costs[4], costs[199]
    for name, before, after in zip(
        ("events read", "events kept", "bytes kept"), fifth, last, strict=True
    ):
        assert after <= MOST * before, (name, before, after)


async def test_a_mixed_conversation_stays_small(assistant: Assistant) -> None:
    _, states = await _converse(assistant, SAID * 8)
    first_round = max(len(json.dumps(state)) for state in states[: len(SAID)])
    last_round = max(len(json.dumps(state)) for state in states[-len(SAID) :])
    assert last_round <= MOST * first_round


async def test_what_is_forgotten_changes_no_answer(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same conversation with everything kept, as stock Rasa does, is answered the same."""
    kept_short, _ = await _converse(assistant, SAID * 2)
    monkeypatch.setattr(turn_store, "compact", lambda events: compact(events, turns=10**6))
    kept_whole, states = await _converse(assistant, SAID * 2)
    assert sum(event["event"] == "user" for event in states[-1]["events"]) == 2 * len(SAID)
    assert kept_short == kept_whole
    assert len(SAID) > snapshot_module.TURNS_KEPT


def _actions(assistant: Assistant) -> dict[str, Any]:
    """The actions as the executor has them, by name."""
    registered: dict[str, Any] = assistant._processor.action_endpoint._executor.actions
    return registered


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("GOMC960312HDFRRL04")


async def test_a_failing_action_is_told_and_ends_the_turn(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rasa alone says nothing of it and goes on."""
    monkeypatch.setitem(_actions(assistant), "action_show_quota", _fail)
    replies, _ = await _converse(
        assistant, ["quiero calcular mi cuota", "gano 12 mil pesos al mes", "hola"]
    )
    assert len(replies[1]) == 1
    assert "nuestro lado" in replies[1][0]
    assert replies[2] == (await _converse(assistant, ["hola"]))[0][0]


async def test_a_failing_form_step_is_told_and_asked_again(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies, states = await _converse(assistant, ["quiero calcular mi cuota", "1500 dolares"])
    with monkeypatch.context() as patch:
        patch.setitem(_actions(assistant), "validate_quota_form", _fail)
        turn = await assistant.turn("1", "web", 3, Incoming("al mes"), None, states[-1])
    told, asked_again = (reply.text for reply in turn.replies)
    assert "nuestro lado" in told
    assert asked_again == replies[1][-1]
    turn = await assistant.turn("1", "web", 4, Incoming("al mes"), None, turn.snapshot)
    assert "$" in turn.replies[0].text


async def test_the_apology_is_in_the_persons_language(assistant: Assistant) -> None:
    state = {"events": [{"event": "slot", "name": "language", "value": "en"}]}
    english = assistant.apology("web", 7, state)
    assert english.text.startswith("I could not")
    assert assistant.apology("web", 7, None).text.startswith("No pude")
    assert english.options


async def test_a_state_that_cannot_be_read_fails_the_turn(assistant: Assistant) -> None:
    """Rasa's own wrapper would go on with an empty conversation, and that would be committed."""
    with pytest.raises(ValueError, match="Unknown event"):
        await assistant.turn(
            "1", "web", 1, Incoming("hola"), None, {"events": [{"event": "of the future"}]}
        )
