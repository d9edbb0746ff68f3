"""When people of the call center answer."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.programme.office_hours import OfficeHours

WEEK = "mon-fri 08:00-20:00, sat 09:00-14:00 America/Mexico_City"
HOLIDAYS = "2026-12-25, 2027-01-01"


def at(text: str) -> datetime:
    """A moment in Mexico City, unless it says otherwise."""
    return datetime.fromisoformat(text if "+" in text[10:] else f"{text}-06:00")


def of(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("now", "closes", "opens"),
    [
        ("2026-11-26T07:59", None, "2026-11-26T08:00-06:00"),
        ("2026-11-26T08:00", "2026-11-26T20:00-06:00", "2026-11-26T08:00-06:00"),
        ("2026-11-26T19:59", "2026-11-26T20:00-06:00", "2026-11-27T08:00-06:00"),
        ("2026-11-26T20:00", None, "2026-11-27T08:00-06:00"),
        ("2026-11-28T13:00", "2026-11-28T14:00-06:00", "2026-11-30T08:00-06:00"),
        ("2026-11-29T12:00", None, "2026-11-30T08:00-06:00"),
        # A holiday on a Friday, then Saturday.
        ("2026-12-25T10:00", None, "2026-12-26T09:00-06:00"),
        # Wherever the moment is told from.
        ("2026-11-26T15:00+00:00", "2026-11-26T20:00-06:00", "2026-11-27T08:00-06:00"),
    ],
)
def test_open_and_closed(now: str, closes: str | None, opens: str) -> None:
    hours = OfficeHours.parse(WEEK, HOLIDAYS)
    assert of(hours.closes_at(at(now))) == closes
    assert hours.is_open(at(now)) == (closes is not None)
    assert of(hours.opens_at(at(now))) == opens


def test_two_spans_of_a_day() -> None:
    hours = OfficeHours.parse("mon 08:00-12:00, mon 14:00-18:00 America/Mexico_City")
    assert not hours.is_open(at("2026-11-30T13:00"))
    assert of(hours.opens_at(at("2026-11-30T13:00"))) == "2026-11-30T14:00-06:00"


def test_on_a_day_on_which_the_clock_changes() -> None:
    hours = OfficeHours.parse("sun 01:00-05:00 America/New_York")
    assert hours.is_open(datetime.fromisoformat("2026-11-01T01:30:00-04:00"))
    assert hours.is_open(datetime.fromisoformat("2026-11-01T01:30:00-05:00"))
    closes = hours.closes_at(datetime.fromisoformat("2026-11-01T01:30:00-04:00"))
    assert of(closes) == "2026-11-01T05:00-05:00"


def test_nobody_for_a_month() -> None:
    days = ", ".join(f"2026-12-{day:02d}" for day in range(1, 32))
    hours = OfficeHours.parse("mon-sun 08:00-20:00 America/Mexico_City", f"{days}, 2027-01-01")
    assert hours.opens_at(at("2026-12-01T09:00")) is None


@pytest.mark.parametrize(
    "text",
    ["", "mon-fri 08:00-20:00", "mon-fri 08:00-20:00 Mars/Base", "mon-fri 8-20 America/Mexico_City",
     "fri-mon 08:00-20:00 America/Mexico_City", "mon 20:00-08:00 America/Mexico_City",
     "lun 08:00-20:00 America/Mexico_City", "mon 25:00-26:00 America/Mexico_City"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        OfficeHours.parse(text)
