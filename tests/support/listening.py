"""Whom PostgreSQL told that there is something."""

from __future__ import annotations

import contextlib
import select
from collections.abc import Iterator

from bot.storage.database import Database

# Comes after all that was told before; no conversation has this number.
LAST = 0
WAIT_SECONDS = 15.0


@contextlib.contextmanager
def told_on(database: Database, channel: str) -> Iterator[list[str]]:
    """What those who listen on a channel were told in the block: there at its end."""
    told: list[str] = []
    raw = database.engine.raw_connection()
    driver = raw.driver_connection
    try:
        driver.autocommit = True
        with driver.cursor() as cursor:
            cursor.execute(f"LISTEN {channel}")
        yield told
        with database.writing() as connection:
            database.notify(connection, channel, LAST)
        while str(LAST) not in told:
            assert select.select([driver], [], [], WAIT_SECONDS)[0]
            driver.poll()
            while driver.notifies:
                told.append(driver.notifies.pop(0).payload)
        told.remove(str(LAST))
    finally:
        raw.invalidate()
