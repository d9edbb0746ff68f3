"""One engine a process: SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, select, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from bot.settings import Settings
from bot.storage.encryption import Cipher
from bot.storage.prepared import prepare_on
from bot.storage.statements import clock

NOTIFY_CHANNEL_INBOX = "pti_inbox"
NOTIFY_CHANNEL_OUTBOX = "pti_outbox"
NOTIFY_CHANNEL_MEDIA = "pti_media"

# Statements that run with every message are built once: building one, and the key under which its
# compiled form is kept, takes longer than running it.
_NOW = select(clock())
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")
IDLE_SECONDS = 1.0
# None is closed that will be wanted again: to open one costs the server more than ten messages.
CONNECTIONS = 24
_POOL: dict[str, Any] = {
    "pool_size": CONNECTIONS,
    "max_overflow": 0,
    "pool_use_lifo": True,
    # Whoever takes one ends what they began: see `Database`, which hands none out otherwise.
    "pool_reset_on_return": None,
}

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
        """Statements that only read. On PostgreSQL each sees what is committed as it begins, in a
        transaction or not."""
        if not self.is_sqlite:
            with self._one_by_one() as connection:
                yield connection
            return
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def changing(self, lasting: bool = True) -> Iterator[Connection]:
        """A statement that writes, which is a transaction by itself; of several each is, on
        PostgreSQL. `lasting` is as in `writing`."""
        if self.is_sqlite:
            with self.writing(lasting) as connection:
                yield connection
        else:
            with self._one_by_one() as connection:
                yield connection

    @contextmanager
    def _one_by_one(self) -> Iterator[Connection]:
        """Each statement by itself: PostgreSQL is not asked to begin and to end anything."""
        with self.engine.connect() as connection:
            # Not SQLAlchemy's isolation level: with it the driver asks for its default each time.
            driver = connection.connection.dbapi_connection
            driver.autocommit = True
            try:
                yield connection
            finally:
                if not driver.closed:
                    driver.autocommit = False

    @contextmanager
    def writing(self, lasting: bool = True) -> Iterator[Connection]:
        """A transaction that writes: committed at its end, rolled back on an exception.

        Not `lasting`: it does no harm where a power cut takes the last of them back, so nobody
        waits until they are on the disk. All that a person or a provider was told of must last.
        (On PostgreSQL a statement says so itself, `not_lasting`: see `changing`.)

        On SQLite it takes the write lock at once: a transaction that reads first and writes later
        could find its snapshot outdated and fail without waiting.
        """
        options = {"pti_writing": True, "pti_lasting": lasting}
        with (
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the database's clock, so that processes agree on the age of a
        claim."""
        return float(connection.execute(_NOW).scalar_one())

    def notify(self, connection: Connection, channel: str, conversation_id: int) -> None:
        """Wakes those who wait on the channel when this transaction commits (PostgreSQL only).

        SQLite has no such message: there a waiting process watches the file's version instead.
        """
        if not self.is_sqlite:
            connection.execute(_NOTIFY, {"channel": channel, "payload": str(conversation_id)})

    def dispose(self) -> None:
        """Closes the pool's connections."""
        self.engine.dispose()


def create_database_engine(url: str) -> Engine:
    """An engine for the URL; a SQLite file's folder is made where it does not exist."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(url, future=True, connect_args=POSTGRES_CONNECTION, **_POOL)
        _ask_after_idling(engine)
        prepare_on(engine)
        return engine
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        future=True,
        connect_args={"timeout": 30, "check_same_thread": False},
        # For a file SQLAlchemy would open a connection for every transaction, seven a message.
        poolclass=QueuePool,
        **_POOL,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _ask_after_idling(engine: Engine) -> None:
    """A connection that idled is asked whether it lives before it is used. One that was used just
    now is not: under load that was a fifth of what the server was asked. Where it died within that
    second, its transaction fails, and the pool forgets all that are older."""

    def used(_connection: Any, record: Any) -> None:
        record.info["pti_used"] = time.monotonic()

    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        idled = time.monotonic() - record.info["pti_used"] > IDLE_SECONDS
        if idled and not engine.dialect.do_ping(connection):
            raise DisconnectionError

    event.listen(engine, "connect", used)
    event.listen(engine, "checkin", used)
    event.listen(engine, "checkout", ask)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late for BEGIN IMMEDIATE
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    wanted = "FULL" if options.get("pti_lasting", True) else "NORMAL"
    # With NORMAL the log is written, but not waited for; what is lasting waits for all before it.
    if connection.info.get("pti_synchronous", "FULL") != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info["pti_synchronous"] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("pti_writing") else "BEGIN")
