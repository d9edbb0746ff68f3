"""Taking the next piece of work of a queue: one of several processes gets it, for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Table, bindparam, literal_column, update
from sqlalchemy.sql import Select

from bot.storage.database import Database
from bot.storage.prepared import Often
from bot.storage.statements import begun, not_lasting

CLAIMED_BY = {
    "claimed_by": bindparam("claimed_by"),
    "claimed_until": begun() + bindparam("claim_seconds"),
}


class Taking:
    """The first row that a selection finds and nobody else is just taking, claimed.

    On PostgreSQL that is one statement. On SQLite most looks find nothing, and do not ask for the
    one write lock.
    """

    def __init__(
        self,
        table: Table,
        first: Select,
        values: Mapping[str, Any] | None = None,
        lasting: bool = True,
        planned_once: bool = True,
        beside: Callable[[Any], Select] | None = None,
    ) -> None:
        """`first` orders. Each time is an attempt; `values` change too.
        Not `lasting`: see `Database.writing`; `planned_once`: see bot.storage.prepared.
        `beside`: of the row that was taken, what else is read with it, on PostgreSQL alone."""
        self._lasting = lasting
        changes = {**CLAIMED_BY, "attempts": table.c.attempts + 1, **(values or {})}
        # Written into the statement: of a value that it does not know PostgreSQL expects many rows.
        first = first.limit(literal_column("1"))
        self._look = first
        self._change = update(table).where(table.c.id == bindparam("of_row")).values(changes)
        taken = first.with_for_update(skip_locked=True, of=table).cte("taken")
        both = update(table).where(table.c.id == taken.c.id).values(changes).returning(*taken.c)
        both = both if lasting else both.where(not_lasting())
        both = beside(both.cte("claimed")) if beside else both
        self._both, self._often = both, Often(both) if planned_once else None

    def take(
        self, database: Database, name: str, seconds: float, which: Mapping[str, Any], **values: Any
    ) -> Any | None:
        """The row as it was before, claimed by `name` for so many seconds; None: there is none.
        `which` is for the selection, `values` for what changes."""
        changes = {"claimed_by": name, "claim_seconds": seconds, **values}
        if not database.is_sqlite:
            with database.changing() as connection:
                given = {**which, **changes}
                if self._often is None:
                    return connection.execute(self._both, given).one_or_none()
                return self._often.run(connection, given).one_or_none()
        with database.reading() as connection:
            if connection.execute(self._look, which).first() is None:
                return None
        with database.writing(self._lasting) as connection:
            row = connection.execute(self._look, which).one_or_none()
            if row is not None:
                connection.execute(self._change, {"of_row": row.id, **changes})
            return row
