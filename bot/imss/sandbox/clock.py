"""The sandbox's time: that of Mexico City, and as far ahead or behind as it was told."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta, timezone

from sqlalchemy import insert, select, update

from bot.imss.sandbox.tables import clock
from bot.storage.database import Database

# Without summer time since 2022, so a fixed offset is the time zone.
MEXICO_CITY = timezone(timedelta(hours=-6))


class Clock:
    """Now, as the sandbox sees it. What it was set to outlives a restart."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        with database.writing() as connection:
            ahead = connection.execute(select(clock.c.ahead_seconds)).scalar_one_or_none()
            if ahead is None:
                connection.execute(insert(clock).values(id=1, ahead_seconds=0.0))
        self._ahead = timedelta(seconds=ahead or 0.0)

    def now(self) -> datetime:
        """The instant, with its offset."""
        with self._lock:
            return datetime.now(tz=MEXICO_CITY) + self._ahead

    def today(self) -> date:
        """The day in Mexico City."""
        return self.now().date()

    def set(self, instant: datetime) -> None:
        """Makes it that instant now; time goes on from there."""
        ahead = instant - datetime.now(tz=MEXICO_CITY)
        with self._database.writing() as connection:
            connection.execute(update(clock).values(ahead_seconds=ahead.total_seconds()))
        with self._lock:
            self._ahead = ahead
