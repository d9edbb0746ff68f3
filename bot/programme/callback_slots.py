"""Half-hour slots for a call in a person's own time: some to choose from, and one read from a text.

A slot begins between 8:00 and 20:30, so that none of it lies in the hours of quiet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone

from bot.programme.area_time_zone import is_quiet, local_time
from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.said_moments import SaidHour, find_moment

FIRST_SLOT, LAST_SLOT = time(8, 0), time(20, 30)
FURTHEST = timedelta(days=7)
SLOT = timedelta(minutes=30)
_NOTICE = timedelta(hours=1)  # between now and the first slot that is offered
_APART = timedelta(minutes=90)  # at least, between two that are offered
_SPREAD = (time(10, 0), time(13, 0), time(17, 0))  # a morning, a noon and an afternoon


def next_slots(now: datetime, zone: str, count: int) -> tuple[datetime, ...]:
    """The next slot, and others spread over the day and the days after it, at most `count`.

    They are in the zone, an hour from now or later, and no more than seven days away. Raises
    ValueError for a `now` without a time zone, UnknownTimeZone.
    """
    today = local_time(now, zone).date()
    days = [today + timedelta(days=number) for number in range(FURTHEST.days + 1)]
    earliest = _utc(now) + _NOTICE
    every_half_hour = [slot for day in days for slot in _slots_of(day, now, zone)]
    possible = [slot for slot in every_half_hour if earliest <= _utc(slot) <= _utc(now) + FURTHEST]
    chosen: list[datetime] = []
    for slot in possible:
        spread = not chosen or (slot.time() in _SPREAD and _utc(slot) - _utc(chosen[-1]) >= _APART)
        if spread and len(chosen) < count:
            chosen.append(slot)
    return tuple(chosen)


def read_slot(text: str, now: datetime, zone: str) -> datetime | Problem:
    """The slot that a text names, in the zone; minutes are taken down to the half hour.

    An hour that may be of the morning or the afternoon is the next one between 8:00 and 20:30.
    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `none_found` (no hour, or "before 5"); `past`; `too_far` (more than seven days); `night`. Raises
    as next_slots.
    """
    local = local_time(now, zone)
    problem = unusable(text)
    if problem is not None:
        return problem
    said = find_moment(text, local.date())
    if said.after_minutes is not None:
        moment = _utc(now) + timedelta(minutes=said.after_minutes)
        # The second one for "en 10 minutos", whose half hour has begun.
        starts = [_half_hour(local_time(at, zone)) for at in (moment, moment + SLOT)]
        return _judged(starts, now)
    if said.hour is None:
        return nothing_found(text)
    days = said.days or (local.date(), local.date() + timedelta(days=1))
    starts = [start for day in days for start in _starts(day, said.hour, now, zone)]
    return _judged(starts, now)


def _judged(starts: list[datetime], now: datetime) -> datetime | Problem:
    """The first start that can be taken, else why none can."""
    by_day = [start for start in starts if FIRST_SLOT <= start.time() <= LAST_SLOT]
    if not by_day:
        return Problem("night")
    coming = [start for start in by_day if _utc(start) > _utc(now)]
    if not coming:
        return Problem("past")
    return coming[0] if _utc(coming[0]) - _utc(now) <= FURTHEST else Problem("too_far")


def _starts(day: date, said: SaidHour, now: datetime, zone: str) -> Iterator[datetime]:
    """The moments of a day that an hour may mean, in order."""
    for hour in said.on_the_clock():
        later = timedelta(days=hour // 24)
        yield _half_hour(_at(day + later, time(hour % 24, said.minute), now, zone))


def _slots_of(day: date, now: datetime, zone: str) -> Iterator[datetime]:
    for minutes in range(0, 24 * 60, SLOT.seconds // 60):
        start = time(minutes // 60, minutes % 60)
        if FIRST_SLOT <= start <= LAST_SLOT:
            slot = _at(day, start, now, zone)
            # A zone that crosses the date line may leave a day out.
            if local_time(_utc(slot), zone).time() == start and not is_quiet(slot, zone):
                yield slot


def _at(day: date, hour: time, now: datetime, zone: str) -> datetime:
    return datetime.combine(day, hour, tzinfo=local_time(now, zone).tzinfo)


def _half_hour(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)


def _utc(moment: datetime) -> datetime:
    # Two moments of the same zone are subtracted by their clocks, whatever the hours between them.
    return moment.astimezone(timezone.utc)
