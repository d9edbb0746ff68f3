"""How PostgreSQL means to find what it is asked for."""

from __future__ import annotations

from sqlalchemy import text

from bot.storage.database import Database


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
