"""The days that figures are of, as they stand in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

USUAL_DAYS = 7
CHOICES = (1, 7, 30, 90)
MOST_DAYS = 366


@dataclass(frozen=True)
class Period:
    """From a day to a day, both in it, in a zone."""

    first: date
    last: date
    zone: str

    @classmethod
    def of_days(cls, days: int, today: date, zone: str) -> Period:
        """So many days up to today, today with them."""
        return cls(today - timedelta(days=days - 1), today, zone)

    @classmethod
    def from_address(cls, query: Mapping[str, str], today: date, zone: str) -> Period:
        """The period in an address's query; the usual one where there is none that can be read. At
        most a year and a day, the end of what was asked for."""
        try:
            first = date.fromisoformat(query.get("since", ""))
            last = date.fromisoformat(query.get("until", ""))
        except ValueError:
            return cls.of_days(USUAL_DAYS, today, zone)
        if not 2000 <= first.year <= last.year <= 2999 or first > last:
            return cls.of_days(USUAL_DAYS, today, zone)
        return cls(max(first, last - timedelta(days=MOST_DAYS - 1)), last, zone)

    @property
    def moments(self) -> tuple[float, float]:
        """Seconds since 1970: from, and up to but without."""
        return self._begins(self.first), self._begins(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def as_query(self) -> str:
        """The query that says the same."""
        return urlencode({"since": self.first.isoformat(), "until": self.last.isoformat()})

    def _begins(self, day: date) -> float:
        return datetime.combine(day, time(), ZoneInfo(self.zone)).timestamp()
