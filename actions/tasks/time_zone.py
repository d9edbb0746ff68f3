"""The person's time zone: known, told by the area code of their phone, or asked for."""

from __future__ import annotations

from dataclasses import replace

from actions.tasks.talk import TAKEN, Outcome, Talk, wrong
from bot.programme.area_time_zone import read_time_zone, time_zone_of_phone
from bot.programme.field_text import Problem

OFFERED = {
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Mexico_City",
}


def time_zone(talk: Talk) -> str | None:
    """The zone, None where it has to be asked."""
    if talk.record.time_zone:
        return talk.record.time_zone
    phone = talk.record.draft.phone
    e164 = talk.state.get("phone") or (phone.e164 if phone else None)
    return time_zone_of_phone(e164) if e164 else None


def read_zone_answer(talk: Talk) -> Outcome:
    """Takes a zone in words."""
    zone = read_time_zone(talk.text)
    if isinstance(zone, Problem):
        return wrong("utter_problem_unclear")
    talk.record = replace(talk.record, time_zone=zone)
    return TAKEN


def choose_zone(talk: Talk, value: str) -> Outcome:
    """Takes a zone that was offered."""
    if value not in OFFERED:
        return wrong("utter_answer_late")
    talk.record = replace(talk.record, time_zone=value)
    return TAKEN
