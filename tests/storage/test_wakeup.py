"""Wake-ups: a commit wakes those who wait, also after the database went away and came back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, text

from bot.storage.database import NOTIFY_CHANNEL_INBOX, Database
from bot.storage.tables import conversations
from bot.storage.wakeup import wakeup_for

WAIT_SECONDS = 15.0


class Watch:
    """What a watcher was told."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[int | None] = asyncio.Queue()

    async def next(self) -> int | None:
        return await asyncio.wait_for(self.told.get(), WAIT_SECONDS)

    async def until(self, conversation: int | None) -> None:
        while await self.next() != conversation:
            pass


@contextlib.asynccontextmanager
async def watching(database: Database) -> AsyncIterator[Watch]:
    watch = Watch()
    task = asyncio.create_task(
        wakeup_for(database, NOTIFY_CHANNEL_INBOX).run(watch.told.put_nowait)
    )
    try:
        await watch.until(None)  # it says so once when it begins: nothing is missed before
        yield watch
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])


def _commit(database: Database, conversation: int) -> None:
    with database.writing() as connection:
        connection.execute(insert(conversations).values(created_at=0.0))
        database.notify(connection, NOTIFY_CHANNEL_INBOX, conversation)


async def test_a_commit_wakes(database: Database) -> None:
    async with watching(database) as watch:
        await asyncio.to_thread(_commit, database, 7)
        assert await watch.next() == (None if database.is_sqlite else 7)


@pytest.mark.parametrize("said", ["", "hola", "-1", "٣"])
async def test_what_somebody_else_says_wakes_and_ends_nothing(
    postgres_database: Database, said: str
) -> None:
    async with watching(postgres_database) as watch:
        with postgres_database.writing() as connection:
            told = text(f"SELECT pg_notify('{NOTIFY_CHANNEL_INBOX}', :said)")
            connection.execute(told, {"said": said})
        assert await watch.next() is None
        await asyncio.to_thread(_commit, postgres_database, 7)
        assert await watch.next() == 7


async def test_what_is_rolled_back_wakes_nobody(database: Database) -> None:
    async with watching(database) as watch:
        with contextlib.suppress(RuntimeError), database.writing() as connection:
            connection.execute(insert(conversations).values(created_at=0.0))
            database.notify(connection, NOTIFY_CHANNEL_INBOX, 7)
            raise RuntimeError
        await asyncio.sleep(0.2)
        assert watch.told.empty()


async def test_many_commits_at_once_are_all_told(postgres_database: Database) -> None:
    async with watching(postgres_database) as watch:
        with postgres_database.writing() as connection:
            for number in range(100):
                postgres_database.notify(connection, NOTIFY_CHANNEL_INBOX, number)
        assert [await watch.next() for _ in range(100)] == list(range(100))


async def test_a_lost_connection_is_made_again_and_told_as_a_change(
    postgres_database: Database,
) -> None:
    async with watching(postgres_database) as watch:
        with postgres_database.writing() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                )
            )
        await watch.until(None)
        await asyncio.to_thread(_commit, postgres_database, 9)
        await watch.until(9)


async def test_a_file_that_cannot_be_read_for_a_while_does_not_end_the_watch(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    from bot.storage import wakeup

    monkeypatch.setattr(wakeup, "RECONNECT_SECONDS", 0.05)
    versions = iter([sqlite3.OperationalError("disk I/O error")])
    real = wakeup.SqliteWakeup._version

    async with watching(sqlite_database) as watch:

        def failing_once(connection: sqlite3.Connection) -> int:
            for error in versions:
                raise error
            return real(connection)

        monkeypatch.setattr(wakeup.SqliteWakeup, "_version", staticmethod(failing_once))
        await watch.until(None)
        await asyncio.to_thread(_commit, sqlite_database, 9)
        await watch.until(None)
