"""Which processes are alive and ready: each says so every few seconds."""

from __future__ import annotations

import asyncio
import contextlib
import time

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.storage.database import Database
from bot.storage.tables import heartbeats

BEAT_SECONDS = 3.0
DEAD_AFTER_SECONDS = 12.0
FORGOTTEN_AFTER_SECONDS = 3600.0
# Nobody need wait to see that a process is dead that was not heard of for so long.
LONG_DEAD_SECONDS = 60.0
WATCH_SECONDS = 1.0


async def beat(database: Database, kind: str, name: str, model: str) -> None:
    """Says that the process is alive, until cancelled; then that it is not."""
    try:
        while True:
            with contextlib.suppress(SQLAlchemyError):
                _beat_once(database, kind, name, model)
            await asyncio.sleep(BEAT_SECONDS)
    finally:
        with contextlib.suppress(SQLAlchemyError), database.writing() as connection:
            connection.execute(delete(heartbeats).where(heartbeats.c.name == name))


def _beat_once(database: Database, kind: str, name: str, model: str) -> None:
    with database.writing() as connection:
        now = database.now(connection)
        known = connection.execute(
            update(heartbeats).where(heartbeats.c.name == name).values(seen_at=now)
        )
        if known.rowcount == 0:
            connection.execute(
                delete(heartbeats).where(heartbeats.c.seen_at < now - FORGOTTEN_AFTER_SECONDS)
            )
            connection.execute(
                heartbeats.insert().values(name=name, kind=kind, model=model, seen_at=now)
            )


def alive(database: Database, kind: str) -> list[str]:
    """Names of the processes of a kind which were heard of lately."""
    with database.reading() as connection:
        since = database.now(connection) - DEAD_AFTER_SECONDS
        statement = select(heartbeats.c.name).where(
            heartbeats.c.kind == kind, heartbeats.c.seen_at >= since
        )
        return [str(name) for name in connection.execute(statement).scalars()]


async def beats_again(database: Database, name: str) -> bool:
    """Whether a process is alive: it says so once more while it is watched. That it did so lately
    would not tell, and that it did not neither: the database may have stood still."""
    first, until = None, time.monotonic() + DEAD_AFTER_SECONDS
    while True:
        with database.reading() as connection:
            now = database.now(connection)
            statement = select(heartbeats.c.seen_at).where(heartbeats.c.name == name)
            seen = connection.execute(statement).scalar_one_or_none()
        if seen is None or now - seen > LONG_DEAD_SECONDS:
            return False
        first = seen if first is None else first
        if seen > first or time.monotonic() > until:
            return bool(seen > first)
        await asyncio.sleep(WATCH_SECONDS)
