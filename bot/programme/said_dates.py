"""Reads a birth date as people say it: "15 de mayo del 88", "May 15 1988", "15/05/88"."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal

from bot.programme.field_text import Problem, nothing_found, unusable
from bot.programme.phrases import words_of
from bot.programme.plain_text import plain_characters
from bot.programme.spoken_digits import with_digits
from bot.programme.table_files import table

Order = Literal["day_first", "month_first"]

OLDEST_AGE = 120
# "05" is 2005 and "15" is 1915 or 2015: whoever registers for work is not a child.
_YOUNGEST_OF_TWO_DIGITS = 12
_NUMERIC = re.compile(
    r"(?<![0-9])([0-9]{1,4})\s?[/.\-]\s?([0-9]{1,2})\s?[/.\-]\s?([0-9]{1,4})(?![0-9])"
)
_TOGETHER = re.compile(r"(?<![0-9])([0-9]{2})([0-9]{2})((?:19|20)[0-9]{2})(?![0-9])")
# "15 05 1988", and no part of a longer number that is written in groups.
_SPACED = re.compile(
    r"(?<![0-9])(?<![0-9] )([0-9]{1,2}) ([0-9]{1,2}) ((?:19|20)[0-9]{2})(?! ?[0-9])"
)
_ORDINAL_ENDING = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th|ro|ero|er|o|do|to)\b")


def read_birth_date(text: str, today: date, order: Order | None = None) -> date | Problem:
    """The birth date in a text. `order` decides what 05/06/1988 is: Spanish says the day first.

    Problems: `empty`, `too_long`, `no_text`, `not_known`, `question`, `other_alphabet`,
    `none_found`; `no_year`, `no_day`; `ambiguous` with both `dates` in ISO form, day first;
    `impossible_date`, `in_future`, `too_old`.
    """
    problem = unusable(text)
    if problem is not None:
        return problem
    plain = plain_characters(text)
    parts = _NUMERIC.search(plain) or _TOGETHER.search(plain) or _SPACED.search(plain)
    if parts:
        return _from_figures(parts[1], parts[2], parts[3], today, order)
    words = words_of(_ORDINAL_ENDING.sub(r"\1", with_digits(plain))).split()
    months = [_months()[word] for word in words if word in _months()]
    if len(set(months)) != 1:
        return nothing_found(text) if not months else Problem("impossible_date")
    return _from_words(words, months[0], today)


def _from_figures(
    first: str, middle: str, last: str, today: date, order: Order | None
) -> date | Problem:
    if len(first) > 2:
        return _judged(first, int(middle), int(last), today)
    if len(last) not in (2, 4):
        return Problem("impossible_date")
    day_first = _judged(last, int(middle), int(first), today)
    month_first = _judged(last, int(first), int(middle), today)
    if isinstance(month_first, Problem) or isinstance(day_first, Problem):
        return month_first if isinstance(day_first, Problem) and int(middle) > 12 else day_first
    if day_first == month_first or order is not None:
        return month_first if order == "month_first" else day_first
    return Problem("ambiguous", {"dates": (day_first.isoformat(), month_first.isoformat())})


def _from_words(words: list[str], month: int, today: date) -> date | Problem:
    ordinals = table("dates")["ordinals"]
    numbers = [str(ordinals.get(word, word)) for word in words]
    numbers = [word for word in numbers if word.isdigit() and len(word) <= 4]
    # "nineteen eighty eight" arrives as 19 and 88.
    if len(numbers) == 3 and numbers[1] in ("19", "20") and len(numbers[2]) == 2:
        numbers[1:] = ["".join(numbers[1:])]
    if len(numbers) == 1:
        return Problem("no_day" if int(numbers[0]) > 31 else "no_year")
    if len(numbers) != 2:
        return Problem("no_day" if not numbers else "impossible_date")
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return _judged(year, month, int(day), today)


def _judged(year: str, month: int, day: int, today: date) -> date | Problem:
    try:
        birth = date(_whole_year(year, today), month, day)
    except ValueError:
        return Problem("impossible_date")
    if birth > today:
        return Problem("in_future")
    return birth if today.year - birth.year <= OLDEST_AGE else Problem("too_old")


def _whole_year(year: str, today: date) -> int:
    if len(year) > 2:
        return int(year)
    latest = today.year - _YOUNGEST_OF_TWO_DIGITS
    return latest - (latest - int(year)) % 100


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return {word: int(month) for month, words in table("dates")["months"].items() for word in words}
