"""One engine a process: SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.sql.elements import TextClause

from bot.settings import Settings
from bot.storage.encryption import Cipher

NOTIFY_CHANNEL_INBOX = "pti_inbox"
NOTIFY_CHANNEL_OUTBOX = "pti_outbox"

# A server that vanished without a word (its machine is off) is noticed in seconds instead of a
# quarter of an hour.
POSTGRES_CONNECTION: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
    # What a process that hangs in the middle of a transaction has locked is let go; the gateway
    # would wait for it with every webhook of that conversation, and Twilio waits 15 s.
    "options": "-c idle_in_transaction_session_timeout=10000",
}


class Database:
    """The engine and the cipher of its sealed columns."""

    def __init__(self, url: str, cipher: Cipher) -> None:
        self.url = url
        self.cipher = cipher
        self.engine = create_database_engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    @classmethod
    def from_settings(cls, settings: Settings) -> Database:
        """The database that the settings name, with the cipher of their keys."""
        return cls(settings.database_url, Cipher(settings.encryption_keys, settings.index_key))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: committed at its end, rolled back on an exception.

        On SQLite it takes the write lock at once: a transaction that reads first and writes later
        could find its snapshot outdated and fail without waiting.
        """
        with (
            self.engine.connect().execution_options(pti_writing=True) as connection,
            connection.begin(),
        ):
            yield connection

    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the database's clock, so that processes agree on the age of a
        claim."""
        return float(connection.execute(self._now_statement).scalar_one())

    @property
    def _now_statement(self) -> TextClause:
        if self.is_sqlite:
            return text("SELECT (julianday('now') - 2440587.5) * 86400.0")
        return text("SELECT extract(epoch FROM clock_timestamp())")

    def notify(self, connection: Connection, channel: str, conversation_id: int) -> None:
        """Wakes those who wait on the channel when this transaction commits (PostgreSQL only).

        SQLite has no such message: there a waiting process watches the file's version instead.
        """
        if not self.is_sqlite:
            connection.execute(
                text("SELECT pg_notify(:channel, :payload)"),
                {"channel": channel, "payload": str(conversation_id)},
            )

    def dispose(self) -> None:
        """Closes the pool's connections."""
        self.engine.dispose()


def create_database_engine(url: str) -> Engine:
    """An engine for the URL; a SQLite file's folder is made where it does not exist."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            url,
            future=True,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=16,
            connect_args=POSTGRES_CONNECTION,
        )
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, future=True, connect_args={"timeout": 30, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for BEGIN IMMEDIATE
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("pti_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
