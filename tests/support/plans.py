"""What a database is asked, and how it means to find that."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from bot.storage.database import Database


@contextlib.contextmanager
def watched() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are run in the block, with what they are given. Every engine is listened
    to: an engine's own listeners change what often comes."""
    asked: list[tuple[str, Any]] = []

    def keep(_c: object, _cursor: object, statement: str, given: Any, *_: object) -> None:
        asked.append((statement, given))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def count_rows(database: Database) -> None:
    """Has PostgreSQL count what it expects of the tables, as it does from time to time."""
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def waits_for_lock(database: Database) -> bool:
    """Whether some connection to PostgreSQL waits until another lets a row go."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with database.reading() as connection:
        return bool(connection.execute(waiting).scalar_one())


def plan_of(database: Database, statement: str, given: Any) -> str:
    """The plan of a statement for these values, a step a line."""
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.reading() as connection:
        steps = connection.exec_driver_sql(f"{explain} {statement}", given).all()
    return "\n".join(str(step[-1]) for step in steps)


def plan_for_any_values(database: Database, like: str) -> str:
    """The plan that PostgreSQL keeps of a statement that was prepared."""
    with database.engine.connect() as connection, connection.begin():
        connection.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        of_it = text(
            "SELECT name, cardinality(parameter_types) AS values FROM pg_prepared_statements"
            " WHERE statement LIKE :like"
        )
        prepared = connection.execute(of_it, {"like": like}).one()
        given = ", ".join(["NULL"] * prepared.values)
        explained = connection.execute(text(f"EXPLAIN EXECUTE {prepared.name} ({given})")).all()
    return "\n".join(line for (line,) in explained)
