"""When people of the call center answer, as the settings say: `mon-fri 08:00-20:00, sat 09:00-14:00
America/Mexico_City`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# So far ahead an opening is looked for; holidays in a row are fewer.
FURTHEST_DAYS = 31
_SPAN = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<opens>[0-9]{2}:[0-9]{2})-(?P<closes>[0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True)
class Span:
    """From `opens` to `closes` on some days of the week, Monday being 0."""

    days: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True)
class OfficeHours:
    """The hours of a week in the office's zone, without the holidays."""

    spans: tuple[Span, ...]
    zone: str
    holidays: frozenset[date] = frozenset()

    @classmethod
    def parse(cls, text: str, holidays: str = "") -> OfficeHours:
        """Reads both settings. Raises ValueError for what cannot be read, the zone among it."""
        week, _, zone = text.strip().rpartition(" ")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError("the hours end with a zone like America/Mexico_City") from error
        days = (day.strip() for day in holidays.split(","))
        return cls(
            tuple(_span(part) for part in week.lower().split(",")),
            zone,
            frozenset(date.fromisoformat(day) for day in days if day),
        )

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody answers then. The moment has a zone."""
        return self.closes_at(moment) is not None

    def closes_at(self, moment: datetime) -> datetime | None:
        """When they stop to answer; None where it is closed."""
        here = moment.astimezone(ZoneInfo(self.zone))
        ends = [end for start, end in self._of(here.date()) if start <= here < end]
        return max(ends) if ends else None

    def opens_at(self, moment: datetime) -> datetime | None:
        """When they answer next, from the moment on; None where that is far away."""
        here = moment.astimezone(ZoneInfo(self.zone))
        for ahead in range(FURTHEST_DAYS + 1):
            starts = [start for start, _ in self._of(here.date() + timedelta(days=ahead))]
            coming = [start for start in starts if start >= here]
            if coming:
                return min(coming)
        return None

    def _of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if day in self.holidays:
            return
        zone = ZoneInfo(self.zone)
        for span in self.spans:
            if day.weekday() in span.days:
                # Compared as moments, not by the clock, on days on which the clock changes.
                start = datetime.combine(day, span.opens, zone).astimezone(timezone.utc)
                end = datetime.combine(day, span.closes, zone).astimezone(timezone.utc)
                yield start.astimezone(zone), end.astimezone(zone)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text.strip()!r} is not like mon-fri 08:00-20:00")
    first = DAYS.index(found["first"])
    last = DAYS.index(found["last"] or found["first"])
    opens, closes = time.fromisoformat(found["opens"]), time.fromisoformat(found["closes"])
    if last < first or closes <= opens:
        raise ValueError(f"{text.strip()!r} ends before it begins")
    return Span(frozenset(range(first, last + 1)), opens, closes)
