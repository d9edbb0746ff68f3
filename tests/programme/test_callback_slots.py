"""Slots for a call: offered, and read from what people say."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.programme.area_time_zone import UnknownTimeZone, is_quiet
from bot.programme.callback_slots import (
    FIRST_SLOT,
    FURTHEST,
    LAST_SLOT,
    SLOT,
    next_slots,
    read_slot,
)
from bot.programme.field_text import Problem
from bot.programme.phrases import phrases
from bot.programme.table_files import table
from tests.programme.field_examples import (
    EMPTY,
    HOSTILE,
    NO_TEXT,
    NOT_KNOWN,
    OTHER_ALPHABETS,
    QUESTIONS,
    TOO_LONG,
)

CHICAGO = "America/Chicago"
ZONES = sorted(table("time_zones")["said"])


def at(text: str, zone: str = CHICAGO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


NOW = at("2026-11-25T10:10")  # a Wednesday


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("mañana a las 10", "2026-11-26T10:00"),
        ("hoy a las 5 de la tarde", "2026-11-25T17:00"),
        ("a las 4:30 pm", "2026-11-25T16:30"),
        ("tomorrow at 3", "2026-11-26T15:00"),
        ("tomorrow morning at 9", "2026-11-26T09:00"),
        ("el lunes en la mañana a las 9", "2026-11-30T09:00"),
        ("lunes 10am", "2026-11-30T10:00"),
        ("next monday at 2", "2026-11-30T14:00"),
        ("mañana por la mañana a las 9", "2026-11-26T09:00"),
        ("pasado mañana 11:45", "2026-11-27T11:30"),
        ("una llamada mañana a las 5", "2026-11-26T17:00"),
        ("¿Me regresan la llamada mañana después de las 5?", "2026-11-26T17:00"),
        # an hour without its part of the day
        ("5", "2026-11-25T17:00"),
        ("a las 5", "2026-11-25T17:00"),
        ("a las 9", "2026-11-26T09:00"),
        ("a las 8", "2026-11-25T20:00"),
        ("mañana a las 8", "2026-11-26T08:00"),
        ("10 a.m.", "2026-11-26T10:00"),
        ("12", "2026-11-25T12:00"),
        ("17:00", "2026-11-25T17:00"),
        ("a la una", "2026-11-25T13:00"),
        # minutes
        ("las cinco y media de la tarde", "2026-11-25T17:30"),
        ("4 y media", "2026-11-25T16:30"),
        ("half past four", "2026-11-25T16:30"),
        ("cuarto para las 5", "2026-11-25T16:30"),
        ("a las 2 y cuarto", "2026-11-25T14:00"),
        ("a las cinco cuarenta", "2026-11-25T17:30"),
        ("8:45pm", "2026-11-25T20:30"),
        # named hours, spans of hours, a time from now
        ("mañana al medio día", "2026-11-26T12:00"),
        ("12 pm", "2026-11-25T12:00"),
        ("de 5 a 6 de la tarde", "2026-11-25T17:00"),
        ("entre las 5 y las 6", "2026-11-25T17:00"),
        ("mañana de 11 a 1 de la tarde", "2026-11-26T11:00"),
        ("en 2 horas", "2026-11-25T12:00"),
        ("dentro de una hora", "2026-11-25T11:00"),
        ("en 10 minutos", "2026-11-25T10:30"),
        ("en 3 días a las 10", "2026-11-28T10:00"),
        # weekdays and dates
        ("el miércoles a las 11", "2026-11-25T11:00"),
        ("el miércoles a las 9", "2026-12-02T09:00"),
        ("lunes de la próxima semana a las 10", "2026-11-30T10:00"),
        ("27 de noviembre a las 3", "2026-11-27T15:00"),
        ("viernes 27 de noviembre a las 3", "2026-11-27T15:00"),
        ("Nov 27th at 3pm", "2026-11-27T15:00"),
        ("el 30 a las 4", "2026-11-30T16:00"),
        ("el 1 a las 4", "2026-12-01T16:00"),
        ("martes 1 a las 10", "2026-12-01T10:00"),
        ("tonight at 8", "2026-11-25T20:00"),
    ],
)
def test_read(text: str, slot: str) -> None:
    read = read_slot(text, NOW, CHICAGO)
    assert read == at(slot), read
    assert isinstance(read, datetime)
    assert read.tzinfo == ZoneInfo(CHICAGO)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "not_known") for text in NOT_KNOWN),
        *((text, "question") for text in [*QUESTIONS, "¿a qué hora abren?"]),
        *((text, "other_alphabet") for text in OTHER_ALPHABETS),
        *((text, "too_long") for text in TOO_LONG),
        *((text, "no_text") for text in NO_TEXT),
        ("", "empty"),
        ("ahorita", "none_found"),
        ("en la tarde", "none_found"),
        ("mañana", "none_found"),
        ("mañana en la mañana", "none_found"),
        ("el viernes", "none_found"),
        ("el 5", "none_found"),
        ("antes de las 5", "none_found"),
        ("5/12 a las 10", "none_found"),  # of December or of May
        ("el lunes o martes a las 5", "none_found"),
        ("lunes 27 de noviembre a las 3", "none_found"),  # a Friday
        ("el 32 de enero a las 3", "none_found"),
        ("la próxima semana a las 5", "none_found"),
        ("tengo 3 hijos", "none_found"),
        ("213 555 0143", "none_found"),
        ("a las 99", "none_found"),
        ("hoy a las 9 am", "past"),
        ("ayer a las 5", "past"),
        ("24 de noviembre a las 3", "past"),
        ("el 5 de diciembre a las 10", "too_far"),
        ("3 de enero a las 10", "too_far"),
        ("en 2 semanas a las 10", "too_far"),
        ("9 pm", "night"),
        ("7am", "night"),
        ("12 am", "night"),
        ("a las 21", "night"),
        ("a medianoche", "night"),
        ("a las 3:15 de la madrugada", "night"),
        ("en 11 horas", "night"),
    ],
)
def test_refused(text: str, code: str) -> None:
    problem = read_slot(text, NOW, CHICAGO)
    assert isinstance(problem, Problem), problem
    assert problem.code == code


def test_the_year_turns() -> None:
    now = at("2026-12-30T12:00")
    assert read_slot("el 4 de enero a las 10", now, CHICAGO) == at("2027-01-04T10:00")
    assert read_slot("el 2 a las 10", now, CHICAGO) == at("2027-01-02T10:00")


def test_slots_over_the_day_and_the_next() -> None:
    offered = [f"{slot:%d %H:%M}" for slot in next_slots(NOW, CHICAGO, 6)]
    assert offered == ["25 11:30", "25 13:00", "25 17:00", "26 10:00", "26 13:00", "26 17:00"]
    assert next_slots(NOW, CHICAGO, 0) == ()


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-11-25T19:30", "2026-11-25T20:30"),
        ("2026-11-25T19:31", "2026-11-26T08:00"),
        ("2026-11-25T02:00", "2026-11-25T08:00"),
        ("2026-11-25T07:00:01", "2026-11-25T08:30"),
        ("2026-03-07T22:00", "2026-03-08T08:00"),  # summer time begins in the night
        ("2026-10-31T22:00", "2026-11-01T08:00"),  # and ends
    ],
)
def test_the_first_slot(now: str, first: str) -> None:
    slot = next_slots(at(now), CHICAGO, 1)[0]
    assert slot == at(first)
    assert slot.utcoffset() == at(first).utcoffset()


def test_the_day_is_that_of_the_person() -> None:
    now = datetime(2026, 11, 26, 2, 30, tzinfo=timezone.utc)  # the evening of the 25th in both
    assert read_slot("mañana a las 10", now, CHICAGO) == at("2026-11-26T10:00")
    california = "America/Los_Angeles"
    assert read_slot("hoy a las 7:30 pm", now, california) == at("2026-11-25T19:30", california)
    assert read_slot("hoy a las 7:30 pm", now, CHICAGO) == Problem("past")


def test_errors() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        next_slots(datetime(2026, 1, 1), CHICAGO, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        read_slot("5", datetime(2026, 1, 1), CHICAGO)  # noqa: DTZ001
    for zone in ("Mars/Base", ""):
        with pytest.raises(UnknownTimeZone):
            next_slots(NOW, zone, 1)


def test_no_list_holds_what_yaml_took_for_something_else() -> None:
    for section in table("said_moments"):
        assert phrases("said_moments", section)


EPOCHS = st.integers(1_577_836_800, 2_051_222_400)  # 2020 to 2034
MOMENTS = EPOCHS.map(lambda seconds: datetime.fromtimestamp(seconds, tz=timezone.utc))


def is_slot(slot: datetime, now: datetime, zone: str) -> bool:
    waits = slot.astimezone(timezone.utc) - now
    whole = slot.minute in (0, 30) and not slot.second and not slot.microsecond
    inside = FIRST_SLOT <= slot.time() <= LAST_SLOT
    ends = slot.astimezone(timezone.utc) + SLOT - timedelta(seconds=1)
    awake = not is_quiet(slot, zone) and not is_quiet(ends, zone)
    return whole and inside and awake and timedelta(0) < waits <= FURTHEST


@settings(max_examples=100, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), st.integers(1, 8))
def test_what_is_offered_can_be_taken(now: datetime, zone: str, count: int) -> None:
    slots = next_slots(now, zone, count)
    assert len(slots) == count
    assert len(set(slots)) == count
    assert list(slots) == sorted(slots)
    assert slots[0].astimezone(timezone.utc) - now >= timedelta(hours=1)
    for slot in slots:
        assert is_slot(slot, now, zone)
        assert read_slot(f"{slot:%d %B} a las {slot:%H:%M}", now, zone) == slot
        assert read_slot(f"el {slot.day} a las {slot:%I:%M %p}", now, zone) == slot


_WORDS = (
    "mañana hoy lunes a las 5 10 : 30 pm am de la tarde en horas semanas y media cuarto para el 31 "
    "noviembre feb at next week antes mediodía noche 0 24 99 día half past"
)
PIECES = st.sampled_from(_WORDS.split(" "))
ANY_TEXT = st.one_of(
    st.text(max_size=2000),
    st.lists(PIECES, max_size=12).map(" ".join),
    st.lists(PIECES, max_size=300).map(" ".join),
    st.sampled_from([*HOSTILE, *EMPTY]),
)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT, MOMENTS, st.sampled_from(ZONES))
def test_never_raises_and_gives_a_slot(text: str, now: datetime, zone: str) -> None:
    read = read_slot(text, now, zone)
    assert read.code if isinstance(read, Problem) else is_slot(read, now, zone)
