"""What statements say in each database's own words, so that one does the work of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Float,
    Integer,
    String,
    Table,
    case,
    cast,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement, Select
from sqlalchemy.sql.functions import FunctionElement

from bot.storage.prepared import often

_SQLITE_CLOCK = "((julianday('now') - 2440587.5) * 86400.0)"


class clock(FunctionElement):
    """Seconds since 1970 by the database's clock, when this is worked out: where a statement waits
    for a lock, after that."""

    type = Float()
    inherit_cache = True


class begun(FunctionElement):
    """The same when the statement began. Indexes are read only up to it."""

    type = Float()
    inherit_cache = True


class not_lasting(FunctionElement):
    """A condition that always holds: what the statement changes need not be on the disk when it is
    said to be done. For a statement that is a transaction by itself."""

    type = Boolean()
    inherit_cache = True


class in_the_words_of(FunctionElement):
    """A condition of an index of some rows, which follows from what else is asked for: SQLite takes
    such an index only where its very words are there. PostgreSQL draws the conclusion by itself,
    and would believe that there are the fewer rows the more is asked for."""

    type = Integer()  # of a Boolean SQLAlchemy makes another condition, with "= 1"
    inherit_cache = True


@compiles(in_the_words_of, "sqlite")
def _sqlite_in_the_words_of(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(in_the_words_of, "postgresql")
def _postgres_in_the_words_of(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "true"


@compiles(clock, "sqlite")
@compiles(begun, "sqlite")
def _sqlite_clock(_element: Any, _compiler: Any, **_options: Any) -> str:
    return _SQLITE_CLOCK


@compiles(clock, "postgresql")
def _postgres_clock(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"


@compiles(begun, "postgresql")
def _postgres_begun(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "CAST(extract(epoch FROM statement_timestamp()) AS double precision)"


@compiles(not_lasting, "sqlite")
def _sqlite_not_lasting(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "1"  # its connection says so: Database.changing


@compiles(not_lasting, "postgresql")
def _postgres_not_lasting(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "set_config('synchronous_commit', 'off', true) = 'off'"


def prolonged(claimed_until: ColumnElement, seconds: float | ColumnElement) -> ColumnElement:
    """When a claim ends that is to last for so many seconds from now: never earlier than it did,
    though the clock was set back meanwhile."""
    until = clock() + seconds
    return case((claimed_until > until, claimed_until), else_=until)


def exists_for_each(rows: Select) -> ColumnElement:
    """Whether there are such rows, looked for anew for each row of the statement around.

    With an OFFSET, PostgreSQL does not make a join of it. It believes that next to nothing waits,
    which is so until there was an outage: then a join reads all that waits for each that waits.
    """
    return rows.offset(literal_column("0")).exists()


class Changing:
    """An UPDATE, and what its rows hold afterwards."""

    def __init__(
        self,
        table: Table,
        where: ColumnElement,
        values: Mapping[Any, Any],
        columns: Sequence[ColumnElement],
    ) -> None:
        """`values` leave the rows such that `where` finds them still."""
        changed = update(table).where(where).values(values)
        self._change, self._look = changed, select(*columns).where(where)
        self._both = often(changed.returning(*columns))

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The rows."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._both, parameters).all()
        if connection.execute(self._change, parameters).rowcount == 0:
            return ()
        return connection.execute(self._look, parameters).all()


class Waking:
    """An INSERT or UPDATE of one row that wakes who waits on a channel, when it is committed:
    `Database.notify` in the same statement."""

    def __init__(self, statement: Any, channel: str, conversation_id: ColumnElement) -> None:
        self.quiet = statement
        told = func.pg_notify(channel, cast(conversation_id, String))
        self.telling = often(statement.returning(told))

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> bool:
        """Whether there was such a row."""
        is_sqlite = connection.dialect.name == "sqlite"
        statement = self.quiet if is_sqlite else self.telling
        return bool(connection.execute(statement, parameters).rowcount == 1)


class Together:
    """Statements that change something, of which none reads what another changes: on PostgreSQL one
    statement, which all see the same rows."""

    def __init__(self, **statements: Any) -> None:
        """Each by a name: an INSERT, UPDATE or `Waking`."""
        self._each = {name: _quiet(one) for name, one in statements.items()}
        done = {name: _counted(one).cte(name) for name, one in statements.items()}
        counts = (
            select(func.count()).select_from(cte).scalar_subquery().label(name)
            for name, cte in done.items()
        )
        self._all = often(select(*counts))

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> Mapping[str, int]:
        """How many rows each changed."""
        if connection.dialect.name == "sqlite":
            return {
                name: connection.execute(one, parameters).rowcount
                for name, one in self._each.items()
            }
        return dict(connection.execute(self._all, parameters).one()._mapping)


def _quiet(statement: Any) -> Any:
    return statement.quiet if isinstance(statement, Waking) else statement


def _counted(statement: Any) -> Any:
    if isinstance(statement, Waking):
        return statement.telling
    return statement.returning(literal_column("1"))
