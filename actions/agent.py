"""A person of the call center: their number and hours, and waiting for them in the chat."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time, get_timezone_location
from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.requests import Request
from actions.tasks.form import SILENT
from actions.tasks.talk import Talk
from bot.people.effects import stop_waiting, wait_for_agent
from bot.programme.figures import LOCALES
from bot.programme.office_hours import OfficeHours
from bot.settings import environment, office_hours


class DeskRequest(Request):
    """An action about the people of the call center. A task that is under way stays, and its step
    is not asked again now."""

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[EventType]:
        events = super().run(dispatcher, tracker, domain)
        return [*events, SlotSet("step_failures", 0.0), SlotSet("step_reply", SILENT)]


class ActionTalkToAgent(DeskRequest):
    """Says how to reach a person: here, where somebody is there; else by phone or called back."""

    def name(self) -> str:
        return "action_talk_to_agent"

    def do(self, talk: Talk) -> None:
        if _desk(talk)["mode"] == "waiting":
            talk.say("utter_waiting", ahead_count=str(_desk(talk)["ahead"]))
        elif _desk(talk)["agents"]:
            talk.say("utter_agent_queue", waiting_count=str(_desk(talk)["waiting"]))
        else:
            _say_number_and_hours(talk)


class ActionWaitForAgent(DeskRequest):
    """The person waits in the chat. Where everybody has gone meanwhile, they are told so."""

    def name(self) -> str:
        return "action_wait_for_agent"

    def do(self, talk: Talk) -> None:
        if _desk(talk)["mode"] != "waiting":
            if not _desk(talk)["agents"]:
                _say_number_and_hours(talk)
                return
            talk.effects.append(wait_for_agent("asked"))
        talk.say("utter_waiting", ahead_count=str(_desk(talk)["ahead"]))


class ActionStopWaiting(DeskRequest):
    """The person does not wait any more."""

    def name(self) -> str:
        return "action_stop_waiting"

    def do(self, talk: Talk) -> None:
        talk.effects.append(stop_waiting())
        talk.say("utter_waiting_ended")


class ActionAlertAgents(Request):
    """Whoever is in distress comes first in the queue, also where nobody looks at it just now; they
    are told so only where somebody does."""

    def name(self) -> str:
        return "action_alert_agents"

    def do(self, talk: Talk) -> None:
        talk.effects.append(wait_for_agent("distress"))
        if _desk(talk)["agents"]:
            talk.say("utter_distress_waiting")


def _desk(talk: Talk) -> dict[str, Any]:
    """What `bot.messaging.queue` knows; nobody there where it was not asked."""
    known = talk.tracker.get_slot("desk") or {}
    return {"mode": "bot", "agents": 0, "waiting": 0, "ahead": 0, **known}


def _say_number_and_hours(talk: Talk) -> None:
    hours = office_hours(environment())
    now = datetime.now(tz=timezone.utc)
    closes, opens = (hours.closes_at(now), hours.opens_at(now)) if hours else (None, None)
    if hours and closes:
        talk.say(
            "utter_talk_to_agent_open",
            office_closes=format_time(
                _where(talk, hours, closes), "short", locale=LOCALES[talk.language]
            ),
            office_place=_place(talk, hours),
        )
    elif hours and opens:
        pattern = "EEEE d MMM, H:mm" if talk.language == "es" else "EEEE MMM d, h:mm a"
        talk.say(
            "utter_talk_to_agent_closed",
            office_opens=format_datetime(
                _where(talk, hours, opens), pattern, locale=LOCALES[talk.language]
            ),
            office_place=_place(talk, hours),
        )
    else:
        talk.say("utter_talk_to_agent")


def _zone(talk: Talk, hours: OfficeHours) -> str:
    """The person's own zone where it is known, else the office's."""
    return talk.record.time_zone or hours.zone


def _where(talk: Talk, hours: OfficeHours, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(_zone(talk, hours))).replace(tzinfo=None)


def _place(talk: Talk, hours: OfficeHours) -> str:
    """By which clock: the zone's city."""
    locale = LOCALES[talk.language]
    return str(get_timezone_location(_zone(talk, hours), locale=locale, return_city=True))
