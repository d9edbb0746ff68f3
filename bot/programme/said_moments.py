"""Finds the day and the hour that people name for a call: "mañana a las 10", "el lunes 5 pm"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from bot.programme.phrases import Phrases, phrases, words_of
from bot.programme.spoken_digits import with_digits
from bot.programme.table_files import table

Part = Literal["am", "pm", "dawn"]

_HALF_DAY = 12
# A date that is longer ago than this is meant for the coming year.
_LONG_AGO = timedelta(days=180)
_GLUED = re.compile(r"(?<=[0-9])(?=[a-z])")
_ORDINAL = re.compile(r"\b([0-9]{1,2}) (?:st|nd|rd|th)\b")
_FIGURES = re.compile(r"[0-9]\s?[/\-]\s?[0-9]")  # 5/12: the day or the month first
_QUARTER = {"cuarto": 15, "quarter": 15, "media": 30, "half": 30}
_MINUTES = r"(?: (?:y |con )?(media|cuarto|[0-5][0-9])(?= |$))?"
_HOUR = rf"([0-9]{{1,2}})(?= |$){_MINUTES}"
_BEFORE_HOUR = re.compile(
    r"\b(?:(1?[0-9]|20|25|cuarto|quarter) (?:para|pa|to|till) (?:las? )?|(half|quarter) past )"
    r"([0-9]{1,2})\b"
)
_ANNOUNCED = re.compile(rf"\b(?:a las?|las?|at|tipo|around|after|by) {_HOUR}")
# "de 5 a 6 de la tarde", "4 a 5": the first hour counts.
_RANGE = re.compile(
    rf"\b(?:(?:de|entre|from|between) (?:las? )?{_HOUR} (?:a|y|to|and)"
    rf"|{_HOUR} a(?! las?\b)) (?:las? )?(?P<last>[0-9]{{1,2}})\b"
)
_WITH_PART = re.compile(rf"\b{_HOUR}(?: (?:hrs?|horas?|oclock|o clock|en punto))? (?:am|pm|dawn)\b")
_BARE = re.compile(rf"\b{_HOUR}")
_IN_TIME = re.compile(
    r"\b(?:en|dentro de|in|de aqui a) (media|half an|[0-9]{1,3}|a|an) "
    r"(horas?|hours?|minutos?|minutes?|min|dias?|days?|semanas?|weeks?)(?: (y media))?\b"
)
_UNIT = {"h": 60, "m": 1, "d": 24 * 60, "s": 7 * 24 * 60, "w": 7 * 24 * 60}


@dataclass(frozen=True)
class SaidHour:
    """An hour and its minutes as they were said, and the part of the day where that was said too.

    Without a part an hour up to 12 may be of the morning or of the afternoon.
    """

    hour: int
    minute: int
    part: Part | None = None

    def on_the_clock(self) -> tuple[int, ...]:
        """The hours of the clock of 24 that it may be."""
        if self.hour > _HALF_DAY or self.hour == 0:
            return (self.hour,)
        morning = self.hour % _HALF_DAY
        if self.part is None:
            return (morning, morning + _HALF_DAY)
        return (morning + _HALF_DAY if self.part == "pm" else morning,)


@dataclass(frozen=True)
class SaidMoment:
    """What a text says of a moment; `after_minutes` for "en 2 horas", where nothing else is.

    `days` are two for today's weekday: today, and a week from today.
    """

    days: tuple[date, ...] = ()
    hour: SaidHour | None = None
    after_minutes: int | None = None


def find_moment(text: str, today: date) -> SaidMoment:
    """The days and the hour in a text, none for what it does not say or says in two ways."""
    if _FIGURES.search(text):
        return SaidMoment()
    words = _ORDINAL.sub(r"\1", words_of(_GLUED.sub(" ", with_digits(text))))
    if words in phrases("said_moments", "until"):
        return SaidMoment()
    waiting = _IN_TIME.search(words)
    if waiting:
        minutes = _minutes_of(waiting)
        if minutes < _UNIT["d"]:
            return SaidMoment(after_minutes=minutes)
        day = today + timedelta(minutes=minutes)
        return SaidMoment((day,), _hour(_parted(_IN_TIME.sub(" ", words))))
    days, rest = _days(_parted(words), today)
    if not days and words in phrases("said_moments", "today_parts"):
        days = (today,)
    return SaidMoment(days, _hour(rest))


def _minutes_of(waiting: re.Match[str]) -> int:
    count, unit, half = waiting[1], _UNIT[waiting[2][0]], waiting[3]
    if count in ("media", "half an"):
        return unit // 2
    return int(count if count.isdigit() else 1) * unit + (unit // 2 if half else 0)


def _parted(words: str) -> str:
    """The words with every part of the day as am, pm or dawn, and named hours in digits."""
    named = _replaced(words, phrases("said_moments", "hours"), "{} 00 h24")
    return _replaced(named, phrases("said_moments", "parts"), "{}")


def _replaced(words: str, listed: Phrases, written: str) -> str:
    for found in reversed(listed.find(words)):
        words = words[: found.start] + written.format(found.name) + words[found.end :]
    return words


def _hour(words: str) -> SaidHour | None:
    parts = phrases("said_moments", "parts").names(words)
    part = _part(parts[0]) if len(parts) == 1 else None
    named = re.search(r"\b([0-9]+) 00 h24\b", words)
    if named:
        return SaidHour(int(named[1]) or 24, 0, "pm")
    span = _RANGE.search(words)
    if span and int(span["last"]) <= 24:
        hour, minutes = (span[1], span[2]) if span[1] else (span[3], span[4])
        # "de 11 a 1 de la tarde" begins in the morning.
        return _said(hour, minutes, part if int(hour) <= int(span["last"]) else None)
    before = _BEFORE_HOUR.search(words)
    if before:
        return _before_hour(before, part)
    match = _ANNOUNCED.search(words) or _WITH_PART.search(words) or _bare(words)
    return _said(match[1], match[2], part) if match else None


def _said(hour: str, minutes: str | None, part: Part | None) -> SaidHour | None:
    if int(hour) > 24:
        return None
    return SaidHour(int(hour), _QUARTER.get(minutes or "") or int(minutes or 0), part)


def _part(name: str) -> Part | None:
    return "am" if name == "am" else "pm" if name == "pm" else "dawn"


def _before_hour(match: re.Match[str], part: Part | None) -> SaidHour | None:
    """ "cuarto para las 5" is 4:45, "half past 4" is 4:30."""
    hour = int(match[3])
    if not 1 <= hour <= _HALF_DAY:
        return None
    if match[2]:
        return SaidHour(hour, _QUARTER[match[2]], part)
    missing = _QUARTER.get(match[1]) or int(match[1])
    return SaidHour((hour - 2) % _HALF_DAY + 1, 60 - missing, part) if missing else None


def _bare(words: str) -> re.Match[str] | None:
    """A number with nothing beside it that says it is something else than an hour."""
    match = _BARE.search(words)
    if match is None:
        return None
    rest = words[: match.start()] + " " + words[match.end() :]
    rest = phrases("said_moments", "parts").taken_out(" ".join(rest.split()))
    return None if phrases("said_moments", "fillers").taken_out(rest) else match


def _days(words: str, today: date) -> tuple[tuple[date, ...], str]:
    """The days that are named, and the words without them; no words are left where days differ."""
    found: set[tuple[date, ...]] = set()
    by_date = _date_pattern().search(words)
    if by_date:
        day = _date(by_date, today)
        words = words[: by_date.start()] + " " + words[by_date.end() :]
        found.add((day,) if day else ())
    weekdays, days = phrases("said_moments", "weekdays"), phrases("said_moments", "days")
    next_week = words in phrases("said_moments", "next_week")
    words = phrases("said_moments", "next_week").taken_out(words)
    named = [_weekday(int(name), today, next_week) for name in weekdays.names(words)]
    words = weekdays.taken_out(words)
    if by_date is None or len(named) > 1:
        found |= set(named)
    elif named and found.isdisjoint((day,) for day in named[0]):
        found.add(())
    found |= {(today + timedelta(days=int(name)),) for name in days.names(words)}
    words = days.taken_out(words)
    if () in found or len(found) > 1 or (next_week and not named):
        return (), ""
    return (found.pop() if found else ()), words


def _weekday(weekday: int, today: date, next_week: bool) -> tuple[date, ...]:
    """The next such day, and where that is today the one after; or that of the week after this."""
    if next_week:
        return (today + timedelta(days=7 - today.weekday() + weekday),)
    ahead = (weekday - today.weekday()) % 7
    days = (ahead,) if ahead else (0, 7)
    return tuple(today + timedelta(days=number) for number in days)


def _date(match: re.Match[str], today: date) -> date | None:
    groups = match.groupdict()
    number = groups["day"] or groups["day_after"] or groups["alone"]
    month = groups["month"] or groups["month_before"]
    try:
        if month:
            day = date(today.year, _months()[month], int(number))
            return day if today - day < _LONG_AGO else day.replace(year=today.year + 1)
        day = today.replace(day=int(number))
    except ValueError:
        return None
    if day >= today:
        return day
    later = (today.replace(day=1) + timedelta(days=31)).replace(day=1)
    return later.replace(day=day.day) if day.day <= 28 else None


@lru_cache(maxsize=1)
def _date_pattern() -> re.Pattern[str]:
    months = "|".join(sorted(_months(), key=len, reverse=True))
    return re.compile(
        rf"\b(?:(?P<day>[0-9]{{1,2}}) (?:de |of )?(?P<month>{months})"
        rf"|(?P<month_before>{months}) (?:the )?(?P<day_after>[0-9]{{1,2}})"
        r"|(?:el|dia|the)(?: dia)? (?P<alone>[0-9]{1,2})(?= |$)(?! (?:am|pm|[0-5][0-9])\b))\b"
    )


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return {word: int(month) for month, words in table("dates")["months"].items() for word in words}
