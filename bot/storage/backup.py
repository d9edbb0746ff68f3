"""Copies of the whole database while it is in use, and the way back.

What people wrote is as encrypted in a copy as in the database; the keys are not in it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.engine.url import URL

from bot.settings import environment
from bot.storage.database import create_database_engine


class BackupError(Exception):
    """A copy could not be made or read; the message says why."""


def back_up(url: str, file: Path) -> None:
    """Writes a copy as it is at one moment, readable by its owner alone. Raises BackupError."""
    if file.exists():
        raise BackupError(f"{file} is there already.")
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    # Made before anything is in it: nobody else may read it for a moment.
    unfinished.touch(mode=0o600)
    parsed = make_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            _copy_sqlite(Path(str(parsed.database)), unfinished)
        else:
            _postgres(parsed, "pg_dump", "--format=custom", "--file", str(unfinished))
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(url: str, file: Path) -> None:
    """Brings a copy back into an empty database. Raises BackupError, also where it is not empty."""
    if not file.is_file():
        raise BackupError(f"There is no {file}.")
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if not (sqlite and not Path(str(parsed.database)).exists()) and _tables(url):
        raise BackupError("The database is not empty: name another in PTI_DATABASE_URL.")
    if sqlite:
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        _copy_sqlite(file, Path(str(parsed.database)))
        return
    options = ("--no-owner", "--exit-on-error", "--single-transaction")
    _postgres(parsed, "pg_restore", *options, "--dbname", str(parsed.database), str(file))


def _tables(url: str) -> list[str]:
    engine = create_database_engine(url)
    try:
        return list(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def _copy_sqlite(source: Path, target: Path) -> None:
    """By SQLite's own way, which sees one moment of a database that is being written to."""
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read,
            contextlib.closing(sqlite3.connect(target)) as write,
        ):
            read.backup(write)
            (sound,) = write.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be copied: {error}.") from error
    if sound != "ok":
        raise BackupError(f"{source} is damaged.")


def _postgres(url: URL, program: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL. The password goes by the environment: arguments are public."""
    place = {
        "PGHOST": url.host,
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        **{f"PG{name.upper()}": str(value) for name, value in url.query.items() if name == "host"},
    }
    given = {name: value for name, value in place.items() if value}
    try:
        finished = subprocess.run(  # noqa: S603
            [program, *arguments], env={**environment(), **given}, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise BackupError(f"{program} is not installed: it comes with PostgreSQL.") from error
    if finished.returncode:
        said = finished.stderr.decode("utf-8", "replace").strip().splitlines()
        raise BackupError(f"{program} failed: {said[-1] if said else finished.returncode}")
