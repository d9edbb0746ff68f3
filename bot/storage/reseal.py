"""Seals anew, with the first key, what an older key sealed: the end of a rotation of keys.

Processes go on meanwhile: they open with any of the keys and seal with the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.sql.schema import Column, Table

from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.schema import metadata

AT_ONCE = 200
SEALED = "_sealed"


def sealed_columns() -> Iterator[tuple[Table, Column]]:
    """Every column that holds sealed values, with its table."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith(SEALED):
                yield table, column


class Reseal:
    """Goes through all sealed values once. Starting it again after a crash does no harm."""

    def __init__(self, database: Database, progress: Callable[[str, int], None]) -> None:
        """`progress` is told a column's name and how many of its values were looked at."""
        self._database = database
        self._progress = progress

    def run(self) -> dict[str, int]:
        """Seals all values with the first key; gives how many values no key opens, by column."""
        return {
            f"{table.name}.{column.name}": self._column(table, column)
            for table, column in sealed_columns()
        }

    def _column(self, table: Table, column: Column) -> int:
        (key,) = table.primary_key.columns
        last: Any = None
        unreadable = seen = 0
        while True:
            after = column.is_not(None) if last is None else and_(column.is_not(None), key > last)
            # Each batch locks its rows, so that nothing that is written meanwhile is overwritten.
            with self._database.writing() as connection:
                rows = connection.execute(
                    select(key, column).where(after).order_by(key).limit(AT_ONCE).with_for_update()
                ).all()
                for row in rows:
                    try:
                        resealed = self._database.cipher.reseal(row[1])
                    except UnreadableError:
                        unreadable += 1
                        continue
                    connection.execute(
                        update(table).where(key == row[0]).values({column.name: resealed})
                    )
            if not rows:
                return unreadable
            last = rows[-1][0]
            seen += len(rows)
            self._progress(f"{table.name}.{column.name}", seen)
