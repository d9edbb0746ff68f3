"""What is known of people who have not written for long: drafts first, registrations later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot.people.store import Known, People, StaleRecordError
from bot.settings.retention import RetentionSettings
from bot.storage.console_tables import desk
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.tables import conversations, people

AT_ONCE = 200
DRAFTS, REGISTRATIONS = "drafts", "registrations"


class OldRecords:
    """Finds and erases the records of people who have not written since a moment."""

    def __init__(self, database: Database, settings: RetentionSettings) -> None:
        self._database = database
        self._settings = settings
        self._people = People(database)

    def erase(self, *, dry_run: bool) -> dict[str, int]:
        """How many records of each kind were too old; they are gone, unless it is a dry run."""
        counts = {DRAFTS: 0, REGISTRATIONS: 0}
        for known, kind in self._too_old():
            if dry_run or self._erased(known):
                counts[kind] += 1
        return counts

    def _too_old(self) -> Iterator[tuple[Known, str]]:
        last_seen = 0
        while True:
            with self._database.reading() as connection:
                now = self._database.now(connection)
                rows = self._page(connection, last_seen, now)
            if not rows:
                return
            last_seen = rows[-1].id
            for row in rows:
                known = self._opened(row)
                if known is None:
                    continue
                kind = DRAFTS if (known.record or {}).get("state") == "open" else REGISTRATIONS
                before = self._settings.before(kind, now)
                if before is not None and row.heard_at < before:
                    yield known, kind

    def _page(self, connection: Connection, after: int, now: float) -> list[Any]:
        limits = [self._settings.before(kind, now) for kind in (DRAFTS, REGISTRATIONS)]
        latest = max((limit for limit in limits if limit is not None), default=None)
        if latest is None:
            return []
        heard = (
            select(conversations.c.person_id, func.max(desk.c.heard_at).label("heard_at"))
            .join(desk, desk.c.conversation_id == conversations.c.id)
            .group_by(conversations.c.person_id)
            .subquery()
        )
        statement = (
            select(people, heard.c.heard_at)
            .join(heard, heard.c.person_id == people.c.id)
            .where(
                people.c.id > after, people.c.record_sealed.is_not(None), heard.c.heard_at < latest
            )
            .order_by(people.c.id)
            .limit(AT_ONCE)
        )
        return list(connection.execute(statement).all())

    def _opened(self, row: Any) -> Known | None:
        """None where no key opens it: who rotates keys has to see to that first."""
        try:
            return self._people.known(row)
        except UnreadableError:
            return None

    def _erased(self, known: Known) -> bool:
        try:
            with self._database.writing() as connection:
                self._people.write(connection, known, None)
        except StaleRecordError:  # they wrote just now
            return False
        return True
