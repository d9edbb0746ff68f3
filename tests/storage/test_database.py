"""Transactions and the database's clock."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import insert, select

from bot.storage.database import Database
from bot.storage.tables import conversations


def _count(database: Database) -> int:
    with database.reading() as connection:
        return len(connection.execute(select(conversations.c.id)).all())


def test_what_fails_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute(insert(conversations).values(created_at=0.0))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _count(database) == 0


def test_the_clock_is_the_time(database: Database) -> None:
    with database.reading() as connection:
        assert abs(database.now(connection) - time.time()) < 5


def test_writers_take_turns_and_lose_nothing(database: Database) -> None:
    """Read, then write: on SQLite that fails at once where the transaction began as a reader."""
    with database.writing() as connection:
        connection.execute(insert(conversations).values(id=1, created_at=0.0))

    def add_one() -> None:
        for _ in range(10):
            with database.writing() as connection:
                row = connection.execute(
                    select(conversations.c.last_position)
                    .where(conversations.c.id == 1)
                    .with_for_update()
                ).scalar_one()
                connection.execute(conversations.update().values(last_position=row + 1))

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with database.reading() as connection:
        assert connection.execute(select(conversations.c.last_position)).scalar_one() == 40


def test_sqlite_keeps_a_commit_through_a_power_cut(sqlite_database: Database) -> None:
    with sqlite_database.reading() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_process_that_hangs_in_a_transaction_does_not_lock_for_long(
    postgres_database: Database,
) -> None:
    with postgres_database.reading() as connection:
        shown = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout")
        assert shown.scalar_one() == "10s"
