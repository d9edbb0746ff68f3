"""The bytes that a database leaves on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.database import Database
from tests.support.postgres import PostgresServer


def bytes_on_disk(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> bytes:
    """All files of SQLite's, or what PostgreSQL has of tables and of its log."""
    if database.is_sqlite:
        return b"".join(path.read_bytes() for path in tmp_path.glob("pti.db*"))
    server: PostgresServer = request.getfixturevalue("postgres")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
    folders = [server.data / "base", server.data / "pg_wal"]
    return b"".join(bytes_of(path) for folder in folders for path in folder.rglob("*"))


def bytes_of(path: Path) -> bytes:
    """A file's bytes; the server may remove one of its own while it is looked at."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return b""
