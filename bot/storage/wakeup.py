"""Waiting for work without asking the database again and again.

PostgreSQL tells (`LISTEN/NOTIFY`); with SQLite a change of the file's version is looked for, which
costs microseconds. Both may wake a waiter for nothing, and a waiter looks by itself after a while:
a lost wake-up delays, it never loses.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, Protocol

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy.engine import make_url

from bot.storage.database import POSTGRES_CONNECTION, Database

SQLITE_LOOK_SECONDS = 0.02
RECONNECT_SECONDS = 1.0


class Wakeup(Protocol):
    """Calls `on_change` when something was committed; the argument is the conversation, where
    known."""

    async def run(self, on_change: Callable[[int | None], None]) -> None:
        """Watches until cancelled."""


def wakeup_for(database: Database, channel: str) -> Wakeup:
    """The watcher that fits the database."""
    if database.is_sqlite:
        return SqliteWakeup(str(make_url(database.url).database))
    return PostgresWakeup(database.url, channel)


class SqliteWakeup:
    """Watches `PRAGMA data_version`, which changes when another connection commits."""

    def __init__(self, path: str) -> None:
        self._path = path

    async def run(self, on_change: Callable[[int | None], None]) -> None:
        """Watches until cancelled."""
        while True:
            try:
                await self._watch(on_change)
            except sqlite3.Error:
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _watch(self, on_change: Callable[[int | None], None]) -> None:
        connection = sqlite3.connect(self._path)
        try:
            seen = self._version(connection)
            on_change(None)  # for what was committed before the watch began
            while True:
                await asyncio.sleep(SQLITE_LOOK_SECONDS)
                version = self._version(connection)
                if version != seen:
                    seen = version
                    on_change(None)
        finally:
            connection.close()

    @staticmethod
    def _version(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA data_version").fetchone()[0])


class PostgresWakeup:
    """Listens on a channel over a connection of its own, and connects again when it is lost."""

    def __init__(self, url: str, channel: str) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel

    async def run(self, on_change: Callable[[int | None], None]) -> None:
        """Listens until cancelled."""
        while True:
            try:
                await self._listen(on_change)
            except psycopg2.Error:
                await asyncio.sleep(RECONNECT_SECONDS)

    def _connect(self) -> Any:
        return psycopg2.connect(self._dsn, **POSTGRES_CONNECTION)

    async def _listen(self, on_change: Callable[[int | None], None]) -> None:
        connection: Any = await asyncio.to_thread(self._connect)
        loop = asyncio.get_running_loop()
        arrived = asyncio.Event()
        socket = connection.fileno()
        try:
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {self._channel}")
            loop.add_reader(socket, arrived.set)
            on_change(None)  # for what was committed while nobody listened
            while True:
                while connection.notifies:
                    said = connection.notifies.pop(0).payload
                    # Anyone with the database open may say something here.
                    known = said.isascii() and said.isdecimal()
                    on_change(int(said) if known else None)
                await arrived.wait()
                arrived.clear()
                connection.poll()
        finally:
            loop.remove_reader(socket)
            connection.close()
