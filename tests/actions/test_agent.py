"""How to reach a person, by what is known of them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from actions import agent
from actions.agent import (
    ActionAlertAgents,
    ActionStopWaiting,
    ActionTalkToAgent,
    ActionWaitForAgent,
)
from bot.people.record import PersonRecord
from tests.actions.support import run, tracker

HOURS = "mon-fri 08:00-20:00 America/Mexico_City"
THERE = {"mode": "bot", "agents": 1, "waiting": 3, "ahead": 3}
WAITS = {"mode": "waiting", "agents": 1, "waiting": 3, "ahead": 2}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> object:
    """Sets the hours and the moment."""

    def set_moment(moment: str, hours: str = HOURS) -> None:
        class Moment(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return datetime.fromisoformat(moment).astimezone(timezone.utc)

        monkeypatch.setattr(agent, "datetime", Moment)
        monkeypatch.setenv("PTI_OFFICE_HOURS", hours)

    return set_moment


def test_unknown_hours_are_said_to_be_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PTI_OFFICE_HOURS", raising=False)
    assert run(ActionTalkToAgent(), tracker()).names == ["utter_talk_to_agent"]


def test_within_the_hours_until_when(at) -> None:  # type: ignore[no-untyped-def]
    at("2026-11-26T10:00:00-06:00")
    (said,) = run(ActionTalkToAgent(), tracker()).said
    assert said["response"] == "utter_talk_to_agent_open"
    assert said["office_closes"].startswith("8:00")
    assert said["office_place"] == "Ciudad de México"


def test_outside_them_when_next_in_the_persons_own_time(at) -> None:  # type: ignore[no-untyped-def]
    at("2026-11-27T21:00:00-06:00")
    person = PersonRecord(time_zone="America/Los_Angeles").as_json()
    (said,) = run(ActionTalkToAgent(), tracker(person=person)).said
    assert said["response"] == "utter_talk_to_agent_closed"
    assert said["office_opens"] == "lunes 30 nov, 6:00"
    assert said["office_place"] == "Los Ángeles"


def test_where_somebody_is_there_the_queue() -> None:
    done = run(ActionTalkToAgent(), tracker(desk=THERE))
    assert done.names == ["utter_agent_queue"]
    assert done.said[0]["waiting_count"] == "3"
    assert not done.slots.get("effects")


def test_waiting_is_asked_for_and_told() -> None:
    done = run(ActionWaitForAgent(), tracker(desk=THERE))
    assert done.names == ["utter_waiting"]
    assert done.slots["effects"] == [{"do": "wait", "reason": "asked"}]


def test_where_everybody_has_gone_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PTI_OFFICE_HOURS", raising=False)
    done = run(ActionWaitForAgent(), tracker(desk={**THERE, "agents": 0}))
    assert done.names == ["utter_talk_to_agent"]
    assert done.slots["effects"] == []


@pytest.mark.parametrize("action", [ActionTalkToAgent, ActionWaitForAgent])
def test_who_waits_is_told_their_place(action) -> None:  # type: ignore[no-untyped-def]
    done = run(action(), tracker(desk=WAITS))
    assert done.names == ["utter_waiting"]
    assert done.said[0]["ahead_count"] == "2"
    assert done.slots["effects"] == []


def test_waiting_ends() -> None:
    done = run(ActionStopWaiting(), tracker(desk=WAITS))
    assert done.names == ["utter_waiting_ended"]
    assert done.slots["effects"] == [{"do": "stop_waiting"}]


@pytest.mark.parametrize(("agents", "told"), [(1, ["utter_distress_waiting"]), (0, [])])
def test_distress_is_put_first_and_promised_only_where_somebody_looks(
    agents: int, told: list[str]
) -> None:
    done = run(ActionAlertAgents(), tracker(desk={**THERE, "agents": agents}))
    assert done.names == told
    assert done.slots["effects"] == [{"do": "wait", "reason": "distress"}]


def test_a_task_stays_and_is_not_asked_again_now() -> None:
    done = run(ActionTalkToAgent(), tracker(desk=THERE, step_failures=2.0))
    assert (done.slots["step_reply"], done.slots["step_failures"]) == ("silent", 0.0)
