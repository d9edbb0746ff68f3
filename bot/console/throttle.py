"""How often a password or a code may be wrong. Counted in the database: for all consoles, and
through a restart."""

from __future__ import annotations

from sqlalchemy import delete, func, select, text
from sqlalchemy.engine import Connection

from bot.storage.console_tables import login_failures
from bot.storage.database import Database

WINDOW_SECONDS = 15 * 60.0
# A whole office may share one address.
MOST_BY_ACCOUNT = 8
MOST_BY_ADDRESS = 60


class Throttle:
    """A try is counted before it is made, so that many at once do not get past."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def admit(self, limits: dict[str, int]) -> bool:
        """Whether a try may be made, which counts it; `limits` are the most tries in 15 minutes
        by subject. No try is counted where one limit is reached."""
        indexes = {self._index(subject): most for subject, most in sorted(limits.items())}
        with self._database.writing() as connection:
            now = self._database.now(connection)
            for index, most in sorted(indexes.items()):
                self._lock(connection, index)
                if _count(connection, index, now) >= most:
                    return False
            rows = [{"subject": index, "at": now} for index in indexes]
            connection.execute(login_failures.insert(), rows)
            old = login_failures.c.at < now - WINDOW_SECONDS
            connection.execute(delete(login_failures).where(old))
        return True

    def forgive(self, connection: Connection, *subjects: str) -> None:
        """Forgets the tries of a subject that got it right, within the caller's transaction."""
        indexes = [self._index(subject) for subject in subjects]
        connection.execute(delete(login_failures).where(login_failures.c.subject.in_(indexes)))

    def forgive_last(self, connection: Connection, subject: str) -> None:
        """Forgets one try of a subject that others share, such as an address."""
        tries = login_failures.alias()
        last = select(func.max(tries.c.id)).where(tries.c.subject == self._index(subject))
        one = login_failures.c.id == last.scalar_subquery()
        connection.execute(delete(login_failures).where(one))

    def _index(self, subject: str) -> str:
        return self._database.cipher.index(f"console-throttle:{subject}")

    def _lock(self, connection: Connection, index: str) -> None:
        """Two tries on one subject are counted one after the other. (SQLite has one writer.)"""
        if not self._database.is_sqlite:
            key = int(index[:15], 16)
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _count(connection: Connection, index: str, now: float) -> int:
    recent = (login_failures.c.subject == index) & (login_failures.c.at > now - WINDOW_SECONDS)
    return int(connection.execute(select(func.count()).where(recent)).scalar_one())
