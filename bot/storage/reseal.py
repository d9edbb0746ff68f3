"""Seals anew, with the first key, what an older key sealed: the end of a rotation of keys.

Processes go on meanwhile: they open with any of the keys and seal with the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import and_, literal, select, tuple_, update
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
        keys = list(table.primary_key.columns)
        last: tuple[Any, ...] | None = None
        unreadable = seen = 0
        while rows := self._batch(table, column, keys, last):
            unreadable += sum(not readable for _, readable in rows)
            last = rows[-1][0]
            seen += len(rows)
            self._progress(f"{table.name}.{column.name}", seen)
        return unreadable

    def _batch(
        self, table: Table, column: Column, keys: list[Column], last: tuple[Any, ...] | None
    ) -> list[tuple[tuple[Any, ...], bool]]:
        """Seals the values that follow a row; gives each row's key and whether a key opens it.

        The rows are locked meanwhile, so that nothing that is written is overwritten.
        """
        after = column.is_not(None)
        if last is not None:
            after = and_(after, tuple_(*keys) > tuple_(*map(literal, last)))
        done = []
        with self._database.writing() as connection:
            rows = connection.execute(
                select(*keys, column.label("sealed"))
                .where(after)
                .order_by(*keys)
                .limit(AT_ONCE)
                .with_for_update()
            ).all()
            for *found, sealed in rows:
                try:
                    resealed = self._database.cipher.reseal(sealed)
                except UnreadableError:
                    done.append((tuple(found), False))
                    continue
                is_row = and_(*(key == value for key, value in zip(keys, found, strict=True)))
                connection.execute(update(table).where(is_row).values({column.name: resealed}))
                done.append((tuple(found), True))
        return done
