"""Several changes of a transaction in one statement, on PostgreSQL: to ask the server once more
takes longer than most changes do. On SQLite, which is no server, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    true,
)
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.storage.prepared import often
from bot.storage.statements import Changing, Waking

_ONE = literal_column("1")


class Several:
    """An INSERT of rows that are given when it is run: on PostgreSQL one statement, however many
    they are, so that it is read once."""

    def __init__(self, table: Table, *columns: str) -> None:
        """Of rows that have these columns."""
        self.columns = columns
        self.each = table.insert()
        self._table = table

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
            connection.execute(self.each, rows)


def _plain(kind: Any) -> Any:
    """A text that is too long is an error, where a cast would cut it."""
    return Text() if isinstance(kind, String) else kind


class Together:
    """Statements that change something, of which none reads what another changes: on PostgreSQL one
    statement, which all see the same rows."""

    def __init__(self, needs: str | None = None, **statements: Any) -> None:
        """Each by a name: an INSERT, UPDATE, `Waking` or `Several`. Rows of the last are inserted
        where the one that it `needs`, which is the first, changed something."""
        self._each, self._needs = statements, needs
        done: dict[str, Any] = {}
        for name, one in statements.items():
            first = done.get(needs) if needs else None
            where = () if first is None else (select(_ONE).select_from(first).exists(),)
            done[name] = _counted(name, one, where).cte(name)
        counts = (
            select(func.count()).select_from(cte).scalar_subquery().label(name)
            for name, cte in done.items()
        )
        self._all = often(select(*counts))

    def run(
        self,
        connection: Connection,
        parameters: Mapping[str, Any],
        **rows: Sequence[Mapping[str, Any]],
    ) -> Mapping[str, int]:
        """How many rows each changed; `rows` are those of each `Several`."""
        if connection.dialect.name == "sqlite":
            return self._one_by_one(connection, parameters, rows)
        given = dict(parameters)
        for name, of_it in rows.items():
            given |= self._each[name].given(name, of_it)
        return dict(connection.execute(self._all, given).one()._mapping)

    def _one_by_one(
        self,
        connection: Connection,
        parameters: Mapping[str, Any],
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
    ) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for name, one in self._each.items():
            if isinstance(one, Several):
                fitting = rows[name] if self._needs is None or counts[self._needs] else ()
                one.run(connection, fitting)
                counts[name] = len(fitting)
            else:
                statement = one.quiet if isinstance(one, Waking) else one
                counts[name] = connection.execute(statement, parameters).rowcount
        return counts


def _counted(name: str, statement: Any, where: Sequence[ColumnElement]) -> Any:
    if isinstance(statement, Waking):
        return statement.telling
    if isinstance(statement, Several):
        statement = statement.all_of(name, *where)
    return statement.returning(_ONE)


class Looking:
    """`Changing` statements of which none reads what another changes, and what their rows hold
    afterwards."""

    def __init__(self, **each: Changing) -> None:
        """Each by a name. They find few rows: all are put beside all."""
        self._each = each
        done = {name: one.both.cte(name) for name, one in each.items()}
        found: Any = select(_ONE.label("one")).subquery("found")
        for cte in done.values():
            found = found.outerjoin(cte, true())
        columns = (
            column.label(f"{name}_{column.key}") for name, cte in done.items() for column in cte.c
        )
        self._all = often(select(*columns).select_from(found))

    def run(
        self, connection: Connection, parameters: Mapping[str, Any]
    ) -> Mapping[str, Sequence[Sequence[Any]]]:
        """The rows of each, on PostgreSQL maybe more than once."""
        if connection.dialect.name == "sqlite":
            return {name: one.run(connection, parameters) for name, one in self._each.items()}
        rows = connection.execute(self._all, parameters).all()
        found, begin = {}, 0
        for name, one in self._each.items():
            end = begin + len(one.columns)
            each = (tuple(row[begin:end]) for row in rows)
            found[name] = [one for one in each if any(value is not None for value in one)]
            begin = end
        return found
