"""The time zone of a person, from the phone's area code or from words, and the hours of quiet.

The area code tells where a number was given out; people move and keep it, so it is a first guess
that the person is told of and can correct.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone as zones_of_numbers

from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.phrases import phrases, words_of

QUIET_FROM = time(21, 0)  # from here on nothing is sent
QUIET_UNTIL = time(8, 0)  # from here on it may be
# An area code over more zones than this is no area (toll-free numbers are of all of them).
_MOST_ZONES = 3


class UnknownTimeZone(ValueError):
    """No such time zone."""


def time_zones_of_phone(e164: str) -> tuple[str, ...]:
    """The time zones where numbers like this are given out; none for toll-free or unknown ones."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return ()
    zones: tuple[str, ...] = tuple(zones_of_numbers.time_zones_for_number(number))
    known = tuple(zone for zone in zones if zone != zones_of_numbers.UNKNOWN_TIMEZONE)
    return known if len(known) <= _MOST_ZONES else ()


def time_zone_of_phone(e164: str) -> str | None:
    """The one time zone of a phone's area; None where it has to be asked."""
    zones = time_zones_of_phone(e164)
    return zones[0] if len(zones) == 1 else None


def read_time_zone(text: str) -> str | Problem:
    """The time zone that a text names, by its name, a state or a large city.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `several_values`, `unclear`.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    found = phrases("time_zones", "said").names(words_of(text))
    if len(found) == 1:
        return found[0]
    return Problem("several_values") if found else nothing_found(text, "unclear")


def is_quiet(moment: datetime, zone: str) -> bool:
    """Whether it is between 21:00 and 8:00 in a zone. Raises as local_time."""
    local = local_time(moment, zone).time()
    return local >= QUIET_FROM or local < QUIET_UNTIL


def next_allowed(moment: datetime, zone: str) -> datetime:
    """The moment itself, or 8:00 of the coming morning where it is in the hours of quiet.

    The result is in the zone. Raises as local_time.
    """
    local = local_time(moment, zone)
    if not is_quiet(moment, zone):
        return local
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    # Built from the day and not by adding hours: the night may have 10 or 12 of them.
    return datetime.combine(day, QUIET_UNTIL, tzinfo=local.tzinfo)


def local_time(moment: datetime, zone: str) -> datetime:
    """The moment in a zone. Raises ValueError for one without a time zone, UnknownTimeZone."""
    if moment.utcoffset() is None:
        raise ValueError("the moment has no time zone")
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownTimeZone(zone) from error
