"""Several changes of a transaction in one statement, on PostgreSQL: to ask the server once more
takes longer than most changes do. On SQLite, which is no server, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    String,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.storage.prepared import Often
from bot.storage.statements import Changing, Waking

_ONE = literal_column("1")


class Several:
    """An INSERT of rows that are given when it is run: on PostgreSQL one statement, however many
    they are, so that it is read once."""

    def __init__(self, table: Table, *columns: str) -> None:
        """Of rows that have these columns."""
        self.columns = columns
        self._table, self._insert = table, table.insert()

    def given(self, name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
        """The rows as parameters of `all_of`, whose `name` is as there."""
        return {f"{name}_{column}": [row[column] for row in rows] for column in self.columns}

    def all_of(self, name: str, *where: ColumnElement) -> Any:
        """The statement, which inserts the rows where that holds."""
        types = (_plain(self._table.c[column].type) for column in self.columns)
        arrays = (
            bindparam(f"{name}_{column}", type_=ARRAY(kind))
            for column, kind in zip(self.columns, types, strict=True)
        )
        rows = func.unnest(*arrays).table_valued(*self.columns).render_derived(f"of_{name}")
        return self._table.insert().from_select(self.columns, select(*rows.c).where(*where))

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Inserts them."""
        if rows:
            connection.execute(self._insert, rows)


def _plain(kind: Any) -> Any:
    """A text that is too long is an error, where a cast would cut it."""
    return Text() if isinstance(kind, String) else kind


class Together:
    """Statements that change something, of which none reads what another changes: on PostgreSQL one
    statement, which all see the same rows. They lock theirs in the order in which they are named.
    """

    def __init__(self, needs: str | None = None, **statements: Any) -> None:
        """Each by a name: an INSERT, UPDATE, `Waking`, `Changing` or `Several`. Rows of the last
        are inserted where the one that it `needs`, which is the first, changed something."""
        self._each, self._needs = statements, needs
        done: dict[str, Any] = {}
        for name, one in statements.items():
            first = done.get(needs) if needs else None
            where = () if first is None else (select(_ONE).select_from(first).exists(),)
            done[name] = _returning(name, one, where).cte(name)
        # PostgreSQL works these out in their order, each to its end.
        came = (came for name, cte in done.items() for came in _came(name, statements[name], cte))
        self._all = Often(select(*came))

    def run(
        self,
        connection: Connection,
        parameters: Mapping[str, Any],
        **rows: Sequence[Mapping[str, Any]],
    ) -> Mapping[str, Any]:
        """What came of each: of a `Changing` what its rows hold afterwards, of a `Waking` its row's
        number where that is asked for, of any other how many rows it changed. `rows` are those of
        each `Several`."""
        if connection.dialect.name == "sqlite":
            return self._one_by_one(connection, parameters, rows)
        given = dict(parameters)
        for name, of_it in rows.items():
            given |= self._each[name].given(name, of_it)
        found = self._all.run(connection, given).one()._asdict()
        return {
            name: _rows_in(found, name, one) if isinstance(one, Changing) else found[name]
            for name, one in self._each.items()
        }

    def _one_by_one(
        self,
        connection: Connection,
        parameters: Mapping[str, Any],
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
    ) -> Mapping[str, Any]:
        came: dict[str, Any] = {}
        for name, one in self._each.items():
            if isinstance(one, Several):
                fitting = rows[name] if self._needs is None or came[self._needs] else ()
                one.run(connection, fitting)
                came[name] = len(fitting)
            elif isinstance(one, Changing):
                came[name] = [tuple(row) for row in one.run(connection, parameters)]
            else:
                came[name] = _one(connection, one, parameters)
        return came


def _returning(name: str, statement: Any, where: Sequence[ColumnElement]) -> Any:
    if isinstance(statement, Waking):
        return statement.telling
    if isinstance(statement, Changing):
        return statement.changing
    if isinstance(statement, Several):
        statement = statement.all_of(name, *where)
    return statement.returning(_ONE)


def _one(connection: Connection, changing: Any, parameters: Mapping[str, Any]) -> int:
    waking = isinstance(changing, Waking)
    done = connection.execute(changing.quiet if waking else changing, parameters)
    if waking and changing.number is not None:
        return int(done.inserted_primary_key[0])
    return int(done.rowcount)


def _came(name: str, statement: Any, cte: Any) -> Iterator[ColumnElement]:
    if isinstance(statement, Changing):
        for column in statement.columns:
            values = func.array_agg(cte.c[column.key], type_=ARRAY(column.type))
            yield select(values).scalar_subquery().label(f"{name}_{column.key}")
    elif isinstance(statement, Waking) and statement.number is not None:
        yield select(func.max(cte.c[statement.number.key])).scalar_subquery().label(name)
    else:
        yield select(func.count()).select_from(cte).scalar_subquery().label(name)


def _rows_in(found: Mapping[str, Any], name: str, changing: Changing) -> list[tuple[Any, ...]]:
    columns = (found[f"{name}_{column.key}"] or () for column in changing.columns)
    return list(zip(*columns, strict=True))
