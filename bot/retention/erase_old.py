"""Erases what is too old, in small transactions, and says how much it was."""

from __future__ import annotations

import asyncio
import logging
import threading

from sqlalchemy import func, select

from bot.retention.kinds import KINDS, Kind
from bot.retention.records import OldRecords
from bot.settings.retention import RetentionSettings
from bot.storage.database import Database

log = logging.getLogger(__name__)

AT_ONCE = 500
LOOK_SECONDS = 3600.0


class EraseOld:
    """The schedule of retention. Several processes may run it side by side: what one has erased the
    other does not find."""

    def __init__(self, database: Database, settings: RetentionSettings) -> None:
        self._database = database
        self._settings = settings
        self._records = OldRecords(database, settings)
        # The work is in a thread, which nobody can cancel: it looks here between transactions.
        self._stopped = threading.Event()

    def run_once(self, *, dry_run: bool = False) -> dict[str, int]:
        """Erases all that is too old now and gives the number of rows by kind.

        With `dry_run` it only counts.
        """
        counts = {}
        for kind in KINDS:
            with self._database.reading() as connection:
                before = self._settings.before(kind.days, self._database.now(connection))
            if before is None:
                counts[kind.name] = 0
            else:
                counts[kind.name] = (
                    self._count(kind, before) if dry_run else self._erase(kind, before)
                )
        return {**counts, **self._records.erase(dry_run=dry_run)}

    async def run(self) -> None:
        """Erases every hour, until cancelled."""
        while True:
            try:
                counts = await asyncio.to_thread(self.run_once)
            except asyncio.CancelledError:
                self._stopped.set()
                raise
            done = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
            if done:
                log.info("erased because of their age: %s", done)
            await asyncio.sleep(LOOK_SECONDS)

    def _count(self, kind: Kind, before: float) -> int:
        with self._database.reading() as connection:
            found = kind.old(before).subquery()
            return int(connection.execute(select(func.count()).select_from(found)).scalar_one())

    def _erase(self, kind: Kind, before: float) -> int:
        total = 0
        while not self._stopped.is_set():
            with self._database.writing() as connection:
                keys = connection.execute(kind.old(before).limit(AT_ONCE)).scalars().all()
                if not keys:
                    return total
                kind.erase(self._database, connection, keys)
            total += len(keys)
        return total
