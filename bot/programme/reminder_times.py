"""When somebody is reminded of a payment, and that the next period can be had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

from bot.programme.area_time_zone import local_time

Kind = Literal["due", "renewal"]

REMIND_AT = time(10, 0)  # of the person's morning, outside the hours of quiet
_DAYS_BEFORE = (3, 1, 0)  # the first of these that is still to come
_RENEWAL_DAY = 5


@dataclass(frozen=True)
class Reminder:
    """A reminder and its moment, in the person's time zone.

    `due`: a line of capture is to be paid; `renewal`: the last covered month runs, and a line for
    the following period can be had.
    """

    kind: Kind
    at: datetime


def reminder_times(
    pay_by: date, last_month: date, zone: str, now: datetime
) -> tuple[Reminder, ...]:
    """The reminders still to come, in order of time; one of each kind at most.

    `due` is three days before `pay_by`, or one, or that day; `renewal` is on the 5th of the month
    of `last_month`, whatever its day. Raises ValueError for a `now` without a time zone,
    UnknownTimeZone.
    """
    days: dict[Kind, list[date]] = {
        "due": [pay_by - timedelta(days=before) for before in _DAYS_BEFORE],
        "renewal": [last_month.replace(day=_RENEWAL_DAY)],
    }
    reminders = []
    for kind, possible in days.items():
        moments = [_morning(day, zone, now) for day in possible]
        # In UTC: two moments of one zone are compared by their clocks alone.
        coming = [at for at in moments if at.astimezone(timezone.utc) > now]
        if coming:
            reminders.append(Reminder(kind, coming[0]))
    return tuple(sorted(reminders, key=lambda reminder: reminder.at))


def _morning(day: date, zone: str, now: datetime) -> datetime:
    return datetime.combine(day, REMIND_AT, tzinfo=local_time(now, zone).tzinfo)
