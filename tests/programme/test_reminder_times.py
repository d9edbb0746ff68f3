"""When somebody is reminded."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.area_time_zone import UnknownTimeZone, is_quiet
from bot.programme.reminder_times import Reminder, reminder_times
from bot.programme.table_files import table

CHICAGO = "America/Chicago"
PAY_BY, LAST_MONTH = date(2026, 11, 20), date(2027, 10, 31)


def at(text: str, zone: str = CHICAGO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


RENEWAL = ("renewal", "2027-10-05T10:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-10T12:00", [("due", "2026-11-17T10:00"), RENEWAL]),
        ("2026-11-17T09:59:59", [("due", "2026-11-17T10:00"), RENEWAL]),
        ("2026-11-17T10:00", [("due", "2026-11-19T10:00"), RENEWAL]),
        ("2026-11-19T10:00", [("due", "2026-11-20T10:00"), RENEWAL]),
        ("2026-11-20T09:00", [("due", "2026-11-20T10:00"), RENEWAL]),
        ("2026-11-20T10:00", [RENEWAL]),
        ("2027-10-05T09:00", [RENEWAL]),
        ("2027-10-05T10:00", []),
    ],
)
def test_reminders(now: str, expected: list[tuple[str, str]]) -> None:
    reminders = reminder_times(PAY_BY, LAST_MONTH, CHICAGO, at(now))
    assert [(r.kind, r.at) for r in reminders] == [(kind, at(when)) for kind, when in expected]


def test_the_month_counts_and_not_its_day() -> None:
    now = at("2026-11-20T12:00")
    for day in (1, 15, 31):
        reminders = reminder_times(PAY_BY, date(2026, 12, day), CHICAGO, now)
        assert reminders == (Reminder("renewal", at("2026-12-05T10:00")),)


def test_one_month_paid_late_is_in_order_of_time() -> None:
    reminders = reminder_times(date(2026, 12, 17), date(2026, 12, 31), CHICAGO, at("2026-12-01"))
    assert [reminder.kind for reminder in reminders] == ["renewal", "due"]


def test_ten_in_the_morning_after_the_clock_was_changed() -> None:
    reminders = reminder_times(
        date(2026, 11, 4), date(2026, 11, 30), CHICAGO, at("2026-10-31T23:00")
    )
    assert reminders[0] == Reminder("due", at("2026-11-01T10:00"))
    assert reminders[0].at.utcoffset() == timedelta(hours=-6)


def test_errors() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        reminder_times(PAY_BY, LAST_MONTH, CHICAGO, datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(UnknownTimeZone):
        reminder_times(PAY_BY, LAST_MONTH, "Mars/Base", at("2026-11-01"))


DAYS = st.dates(date(2020, 1, 1), date(2034, 12, 31))
EPOCHS = st.integers(1_577_836_800, 2_051_222_400)  # 2020 to 2034
MOMENTS = EPOCHS.map(lambda seconds: datetime.fromtimestamp(seconds, tz=timezone.utc))


@given(DAYS, DAYS, st.sampled_from(sorted(table("time_zones")["said"])), MOMENTS)
def test_all_are_to_come_and_none_at_night(
    pay_by: date, last_month: date, zone: str, now: datetime
) -> None:
    reminders = reminder_times(pay_by, last_month, zone, now)
    assert len({reminder.kind for reminder in reminders}) == len(reminders)
    for reminder in reminders:
        assert reminder.at.astimezone(timezone.utc) > now
        assert not is_quiet(reminder.at, zone)
        day = reminder.at.date()
        if reminder.kind == "due":
            assert pay_by - day in [timedelta(days=before) for before in (3, 1, 0)]
        else:
            assert (day.year, day.month, day.day) == (last_month.year, last_month.month, 5)
