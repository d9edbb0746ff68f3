"""What statements say in each database's own words, so that one does the work of several."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    TypeDecorator,
    bindparam,
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
from sqlalchemy.sql.schema import Column

from bot.storage.prepared import Often

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


class granted(FunctionElement):
    """The condition, which PostgreSQL takes to hold for every row, whatever it counted: then it
    reads in the order of an index and stops, where it would else fetch all rows and sort them. An
    index of some rows serves only where its condition is in these very words."""

    type = Integer()  # of a Boolean SQLAlchemy makes another condition, with "= 1"
    inherit_cache = True


@compiles(granted)
def _granted(element: Any, compiler: Any, **options: Any) -> str:
    return f"nullif({compiler.process(element.clauses, **options)}, false) IS NOT NULL"


class _ManyBytes(TypeDecorator):
    impl = ARRAY(LargeBinary)
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Any) -> list[bytes]:
        """What each database gives for it."""
        if dialect.name == "sqlite":
            return [bytes.fromhex(one) for one in json.loads(value)]
        return [bytes(one) for one in value]


class listed(FunctionElement):
    """All that a selection finds in its one column, which is of bytes, in its order, as one value:
    a list."""

    type = _ManyBytes()
    inherit_cache = True

    def __init__(self, rows: Select) -> None:
        super().__init__(rows.scalar_subquery())
        (self.column,) = rows.selected_columns.keys()


@compiles(listed, "sqlite")
def _sqlite_listed(element: Any, compiler: Any, **options: Any) -> str:
    rows = compiler.process(element.clauses, **options)
    return f"(SELECT json_group_array(hex({element.column})) FROM {rows})"  # noqa: S608


@compiles(listed, "postgresql")
def _postgres_listed(element: Any, compiler: Any, **options: Any) -> str:
    return f"ARRAY{compiler.process(element.clauses, **options)}"


class _Texts(TypeDecorator):
    impl = ARRAY(Text)
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """SQLite has no lists."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else self.impl)

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """What each database takes for it."""
        return json.dumps(list(value)) if dialect.name == "sqlite" else list(value)


class among(FunctionElement):
    """Whether a column holds one of the texts that the statement is given under a name: the
    statement is the same however many they are."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: ColumnElement, name: str) -> None:
        super().__init__(column, bindparam(name, type_=_Texts()))


@compiles(among, "sqlite")
def _sqlite_among(element: Any, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"  # noqa: S608


@compiles(among, "postgresql")
def _postgres_among(element: Any, compiler: Any, **options: Any) -> str:
    column, texts = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({texts})"


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
        self.columns = columns
        self.changing = changed.returning(*columns)
        self._both = Often(self.changing)

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The rows."""
        if connection.dialect.name != "sqlite":
            return self._both.run(connection, parameters).all()
        if connection.execute(self._change, parameters).rowcount == 0:
            return ()
        return connection.execute(self._look, parameters).all()


class Waking:
    """An INSERT or UPDATE of one row that wakes who waits on a channel, when it is committed:
    `Database.notify` in the same statement. `bot.storage.together` runs it."""

    def __init__(
        self,
        statement: Any,
        channel: str,
        conversation_id: ColumnElement,
        number: Column | None = None,
    ) -> None:
        """`number`: which number the inserted row got is to be known."""
        self.quiet, self.number = statement, number
        told = func.pg_notify(channel, cast(conversation_id, String))
        self.telling = statement.returning(told, *(() if number is None else (number,)))
