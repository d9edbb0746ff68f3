"""Reads income as people say it, and turns it into pesos a month.

"1500 dlls al mes", "$18 la hora 40 horas", "dos mil cada quincena". What was not said stays None,
to be asked for; nothing is assumed but that full time is 40 hours a week (United States).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from bot.programme.income_text import (
    find_amount,
    find_currencies,
    find_periods,
    find_range,
    fold,
    is_negative,
    mark_numbers,
    pattern,
    take_out,
    vocabulary,
)
from bot.programme.money import exact_arithmetic, to_centavos
from bot.programme.number_words import NumberedText

Currency = Literal["MXN", "USD"]
Period = Literal["hour", "day", "week", "two_weeks", "fortnight", "month", "year"]
Piece = Literal["currency", "period", "hours_per_week", "days_per_week"]

GREATEST_AMOUNT = Decimal(10) ** 8
HOURS_OF_WEEK = 168
DAYS_OF_WEEK = 7
_MOST_HOURS_OF_DAY = 16
_LEAST_HOURS_OF_WEEK = 20  # "20 horas" is a week's work; "8 horas" could be a day's
_MONTHS_OF_YEAR = 12
# How many of each period a year has: 24 fortnights are paid on the 15th and the last day of the
# month.
_PERIODS_OF_YEAR = {"week": 52, "two_weeks": 26, "fortnight": 24, "month": 12, "year": 1}


class MissingPiece(ValueError):
    """The income cannot be turned into pesos a month without `piece`."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        super().__init__(piece)


class IncomeOutOfRange(ValueError):
    """The amount is 0, negative or beyond what anybody earns. The message does not repeat it."""


@dataclass(frozen=True)
class IncomeReading:
    """An income as it was said. None is what was not said.

    `amount` is in `currency` for each `period`; of a range ("entre 2000 y 2500") it is the lower
    end and `range` is true. `hours_per_week` and `days_per_week` are those worked. `$` alone is no
    currency.
    """

    amount: Decimal
    currency: Currency | None = None
    period: Period | None = None
    hours_per_week: Decimal | None = None
    days_per_week: Decimal | None = None
    range: bool = False


def read_income(text: str) -> IncomeReading | None:
    """The income in a message in Spanish or English, None when it has none.

    Raises IncomeOutOfRange for 0, a negative amount, or 100 million and more.
    """
    with exact_arithmetic():
        folded = fold(text)
        numbered = mark_numbers(folded)
        hours, days, numbered = _take_work_time(numbered)
        interval = find_range(numbered)
        candidate = find_amount(numbered)
        if candidate is None:
            return None
        amount = numbered.numbers[candidate.mark].value
        is_range = interval is not None and candidate.mark in interval[1:]
        if interval is not None and is_range:
            amount = interval[0]
        if is_negative(folded) or not 0 < amount < GREATEST_AMOUNT:
            raise IncomeOutOfRange
        period = candidate.period or _nearest_period(numbered, candidate.end)
        if period == "hour" and hours is None:
            hours = _bare_hours(numbered, candidate.mark)
        return IncomeReading(
            amount=amount,
            currency=cast("Currency | None", candidate.currency or _only_currency(numbered.text)),
            period=cast("Period | None", period),
            hours_per_week=hours,
            days_per_week=days,
            range=is_range,
        )


def monthly_income_mxn(reading: IncomeReading, usd_to_mxn: Decimal) -> Decimal:
    """The income in MXN a month, rounded to centavos: 52 weeks, 24 quincenas, 12 months a year.

    `usd_to_mxn` is how many pesos one dollar is. Raises MissingPiece for the first piece that has
    to be asked for, IncomeOutOfRange for an amount out of bounds, ValueError for a rate that is not
    positive.
    """
    if not usd_to_mxn.is_finite() or usd_to_mxn <= 0:
        raise ValueError("the exchange rate must be a positive number")
    if not reading.amount.is_finite() or not 0 < reading.amount < GREATEST_AMOUNT:
        raise IncomeOutOfRange
    if reading.currency is None:
        raise MissingPiece("currency")
    if reading.period is None:
        raise MissingPiece("period")
    with exact_arithmetic():
        paid, times = reading.amount, reading.period
        if times == "hour":
            paid *= _needed(reading.hours_per_week, "hours_per_week", HOURS_OF_WEEK)
        elif times == "day":
            paid *= _needed(reading.days_per_week, "days_per_week", DAYS_OF_WEEK)
        in_pesos = paid * (usd_to_mxn if reading.currency == "USD" else 1)
        monthly = to_centavos(in_pesos * _PERIODS_OF_YEAR.get(times, 52) / _MONTHS_OF_YEAR)
    if not 0 < monthly < GREATEST_AMOUNT:
        raise IncomeOutOfRange
    return monthly


def read_currency(text: str) -> Currency | None:
    """The currency in an answer to "pesos or dollars?"; None when there is none, or both."""
    marked = mark_numbers(fold(text)).text
    beside = vocabulary()["currencies_beside"]
    found = set(find_currencies(marked))
    found |= {name for name, phrases in beside.items() if pattern(phrases).search(marked)}
    return cast("Currency", found.pop()) if len(found) == 1 else None


def read_period(text: str) -> Period | None:
    """The period in an answer to "how often?"; None when there is none, or several."""
    _, _, numbered = _take_work_time(mark_numbers(fold(text)))
    found = {name for _, _, name in find_periods(numbered)}
    found |= {
        name for name, words in vocabulary()["periods_alone"].items() if numbered.text in words
    }
    return cast("Period", found.pop()) if len(found) == 1 else None


def read_hours(text: str) -> Decimal | None:
    """The hours a week in an answer to "how many hours a week?"; of a range, the lower end."""
    with exact_arithmetic():
        numbered = mark_numbers(fold(text))
        hours, _, rest = _take_work_time(numbered)
        said_by_day = re.search(rf"{_HOURS} (?:{_PER_DAY})", numbered.text)
        if hours is not None or said_by_day:
            return hours
        return _lone_count(numbered, rest, HOURS_OF_WEEK)


def read_days(text: str) -> Decimal | None:
    """The days a week in an answer to "how many days a week?"; of a range, the lower end."""
    with exact_arithmetic():
        numbered = mark_numbers(fold(text))
        _, days, rest = _take_work_time(numbered)
        return days if days is not None else _lone_count(numbered, rest, DAYS_OF_WEEK)


_MARKED = r"n([0-9]+)n"
# "40 horas", "40 to 50 hours", "40-hour"; after a dollar sign it is a rate ("$18 hr").
_HOURS = (
    rf"(?<!\$ ){_MARKED}(?: (?:a|o|y|to|or|and|-) n[0-9]+n)? (?:(?:- )?(?:horas|hours|hrs|hs|h)|"
    r"(?:- )?(?:hour|hr)(?= (?:- )?(?:a )?(?:work )?week))"
)
_PER_DAY = r"(?:al dia|por dia|diarias?|diarios?|cada dia|a day|per day|daily|each day|every day)"
_PER_WEEK = (
    r"(?:(?:- )?(?:a|por|cada|per|each|every|/) (?:la )?(?:semana|week)|semanales|semanal|weekly"
    r"|(?:- )?(?:work )?week|la semana)"
)
_HOURS_A_DAY = re.compile(rf"{_HOURS} {_PER_DAY}(?![^ ])")
_HOURS_A_WEEK = re.compile(rf"{_HOURS} {_PER_WEEK}(?![^ ])")
_HOURS_ALONE = re.compile(rf"{_HOURS}(?![^ ])")
_BARE_HOURS = re.compile(rf"(?<!\$ ){_MARKED} {_PER_WEEK}(?![^ ])")
_DAYS = re.compile(
    rf"(?<!cada )(?<!every ){_MARKED}(?: (?:a|o|y|to|or|and|-) n[0-9]+n)? (?:dias|days)"
    rf"(?: {_PER_WEEK})?(?![^ ])"
)


def _take_work_time(
    numbered: NumberedText,
) -> tuple[Decimal | None, Decimal | None, NumberedText]:
    """The hours and days worked a week, and the text without them."""
    text, words = numbered.text, vocabulary()
    days, text = _take_days(numbered)
    by_day, text = _take_first(_HOURS_A_DAY, text, numbered, _MOST_HOURS_OF_DAY + 8)
    hours, text = _take_first(_HOURS_A_WEEK, text, numbered, HOURS_OF_WEEK)
    alone, text = _take_first(_HOURS_ALONE, text, numbered, HOURS_OF_WEEK)
    full_time = pattern(words["full_time"])
    if hours is None and alone is not None and by_day is None:
        if days is not None and alone <= _MOST_HOURS_OF_DAY:
            by_day = alone
        elif alone >= _LEAST_HOURS_OF_WEEK:
            hours = alone
    if hours is None and by_day is not None and days is not None:
        hours = by_day * days
    if hours is None and by_day is None and full_time.search(text):
        hours = Decimal(words["full_time_hours"])
    return hours, days, NumberedText(take_out(full_time, text), numbered.numbers)


def _take_days(numbered: NumberedText) -> tuple[Decimal | None, str]:
    text = numbered.text
    for count, phrases in vocabulary()["days_of_work"].items():
        named = pattern(phrases)
        if named.search(text):
            return Decimal(count), take_out(named, text)
    return _take_first(_DAYS, text, numbered, DAYS_OF_WEEK)


def _take_first(
    wanted: re.Pattern[str], text: str, numbered: NumberedText, most: int
) -> tuple[Decimal | None, str]:
    """The number in the first match that is within bounds, and the text without the matches."""
    counts = [numbered.numbers[int(match[1])].value for match in wanted.finditer(text)]
    count = next((count for count in counts if 0 < count <= most), None)
    return count, take_out(wanted, text)


def _lone_count(numbered: NumberedText, rest: NumberedText, most: int) -> Decimal | None:
    """The number of an answer that is nothing but one (or a range, whose lower end counts)."""
    interval = find_range(numbered)
    marks = re.findall(_MARKED, rest.text)
    if not marks or (len(marks) > 1 and interval is None):
        return None
    count = interval[0] if interval is not None else numbered.numbers[int(marks[0])].value
    return count if 0 < count <= most else None


def _bare_hours(numbered: NumberedText, amount: int) -> Decimal | None:
    """ "15 la hora, 40 por semana": beside a pay by the hour, the other number is the hours."""
    for match in _BARE_HOURS.finditer(numbered.text):
        hours = numbered.numbers[int(match[1])].value
        if int(match[1]) != amount and 0 < hours <= HOURS_OF_WEEK:
            return hours
    return None


def _only_currency(text: str) -> str | None:
    """The currency of the whole text, where it says just one."""
    found = set(find_currencies(text))
    return found.pop() if len(found) == 1 else None


def _nearest_period(numbered: NumberedText, place: int) -> str | None:
    """The period said nearest to a place of the text, on either side."""
    periods = find_periods(numbered)
    nearest = min(
        periods,
        key=lambda period: min(abs(period[0] - place), abs(period[1] - place)),
        default=None,
    )
    return nearest[2] if nearest else None


def _needed(count: Decimal | None, piece: Piece, most: int) -> Decimal:
    if count is None:
        raise MissingPiece(piece)
    if not count.is_finite() or not 0 < count <= most:
        raise IncomeOutOfRange
    return count
