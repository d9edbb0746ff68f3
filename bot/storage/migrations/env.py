"""Alembic's entry: runs the migrations on the database named by `bot.storage.migrate`."""

from __future__ import annotations

from alembic import context

from bot.storage.database import create_database_engine
from bot.storage.schema import metadata

engine = create_database_engine(context.config.attributes["database_url"])
with engine.connect().execution_options(pti_writing=True) as connection, connection.begin():
    context.configure(connection=connection, target_metadata=metadata)
    if connection.dialect.name == "postgresql":
        # Several processes may start at once: the second waits and finds nothing left to do.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(727301)")
    context.run_migrations()
engine.dispose()
