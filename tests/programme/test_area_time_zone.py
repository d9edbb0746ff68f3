"""Time zones of phones, and the hours in which nothing is sent."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.area_time_zone import (
    QUIET_FROM,
    QUIET_UNTIL,
    UnknownTimeZone,
    is_quiet,
    next_allowed,
    read_time_zone,
    time_zone_of_phone,
    time_zones_of_phone,
)
from bot.programme.field_text import Problem
from bot.programme.table_files import table

CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("e164", "zone"),
    [
        ("+13125550143", CHICAGO),
        ("+12135550143", "America/Los_Angeles"),
        ("+12125550143", "America/New_York"),
        ("+16025550143", "America/Phoenix"),
        ("+13035550143", "America/Denver"),
        ("+18085550143", "Pacific/Honolulu"),
        ("+525541665415", "America/Mexico_City"),
        ("+526641234567", "America/Tijuana"),
        ("+529981234567", "America/Cancun"),
        ("+12085550143", None),  # Idaho has two
        ("+18005550143", None),  # toll-free
        ("hola", None),
        ("", None),
    ],
)
def test_zone_of_a_phone(e164: str, zone: str | None) -> None:
    assert time_zone_of_phone(e164) == zone


def test_the_zones_to_choose_from() -> None:
    assert set(time_zones_of_phone("+12085550143")) == {"America/Boise", "America/Los_Angeles"}
    assert time_zones_of_phone("+18005550143") == ()


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("hora del centro", CHICAGO),
        ("soy de Houston, Texas", CHICAGO),
        ("California", "America/Los_Angeles"),
        ("EST", "America/New_York"),
        ("Arizona", "America/Phoenix"),
        ("CDMX", "America/Mexico_City"),
    ],
)
def test_zone_in_words(text: str, zone: str) -> None:
    assert read_time_zone(text) == zone


def test_no_zone_in_words() -> None:
    assert read_time_zone("la misma") == Problem("unclear")
    assert read_time_zone("California o Texas") == Problem("several_values")


def test_every_zone_of_the_table_exists() -> None:
    for zone in table("time_zones")["said"]:
        assert ZoneInfo(zone)


def at(text: str, zone: str = CHICAGO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-25T12:00", "2026-11-25T12:00"),
        ("2026-11-25T08:00", "2026-11-25T08:00"),
        ("2026-11-25T07:59:59", "2026-11-25T08:00"),
        ("2026-11-25T20:59:59", "2026-11-25T20:59:59"),
        ("2026-11-25T21:00", "2026-11-26T08:00"),
        ("2026-11-25T23:59:59", "2026-11-26T08:00"),
        ("2026-11-25T00:00", "2026-11-25T08:00"),
        ("2026-12-31T22:00", "2027-01-01T08:00"),
        ("2026-03-07T22:00", "2026-03-08T08:00"),  # a night of ten hours: summer time begins
        ("2026-10-31T22:00", "2026-11-01T08:00"),  # a night of twelve: it ends
    ],
)
def test_next_allowed(moment: str, allowed: str) -> None:
    found = next_allowed(at(moment), CHICAGO)
    assert found == at(allowed)
    assert found.utcoffset() == at(allowed).utcoffset()


def test_the_hours_are_those_of_the_person_wherever_the_clock_is() -> None:
    moment = datetime(
        2026, 11, 25, 3, 30, tzinfo=timezone.utc
    )  # 21:30 in Chicago, 19:30 in California
    assert is_quiet(moment, CHICAGO)
    assert not is_quiet(moment, "America/Los_Angeles")
    assert next_allowed(moment, CHICAGO) == at("2026-11-25T08:00")


EPOCHS = st.integers(1_577_836_800, 2_051_222_400)  # 2020 to 2034
MOMENTS = EPOCHS.map(lambda seconds: datetime.fromtimestamp(seconds, tz=timezone.utc))


@given(MOMENTS, st.sampled_from(sorted(table("time_zones")["said"])))
def test_what_is_allowed_is_not_quiet_and_not_far(moment: datetime, zone: str) -> None:
    allowed = next_allowed(moment, zone)
    assert not is_quiet(allowed, zone)
    assert timedelta(0) <= allowed - moment <= timedelta(hours=12)
    assert (allowed == moment) == (not is_quiet(moment, zone))
    assert next_allowed(allowed, zone) == allowed
    assert QUIET_UNTIL <= allowed.time() < QUIET_FROM


def test_moments_without_a_zone_and_zones_that_are_none() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        next_allowed(datetime(2026, 1, 1), CHICAGO)  # noqa: DTZ001
    for zone in ("Mars/Base", "", "../etc/passwd"):
        with pytest.raises(UnknownTimeZone):
            next_allowed(datetime(2026, 1, 1, tzinfo=timezone.utc), zone)
