"""A calendar month: what a contribution covers and what figures are dated by."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})")
_FIRST_YEAR, _LAST_YEAR = 1900, 9990


class MonthFormatError(ValueError):
    """The text is not a month written as YYYY-MM."""


@dataclass(frozen=True, order=True)
class Month:
    """One month of one year. Months sort in time order.

    Raises MonthFormatError for a month outside 1-12 or a year outside 1900-9990.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and _FIRST_YEAR <= self.year <= _LAST_YEAR):
            raise MonthFormatError(f"no such month: {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read YYYY-MM. Raises MonthFormatError."""
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise MonthFormatError(f"not a month written as YYYY-MM: {text!r}")
        return cls(int(written[1]), int(written[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that a day belongs to."""
        return cls(day.year, day.month)

    @property
    def days(self) -> int:
        """How many days it has (28 to 31)."""
        return calendar.monthrange(self.year, self.month)[1]

    @property
    def first_day(self) -> date:
        """Its day 1."""
        return date(self.year, self.month, 1)

    def plus(self, months: int) -> Month:
        """The month so many months later (or earlier, when negative)."""
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
