"""Statements that PostgreSQL reads and plans once a connection, and SQLAlchemy once a process,
instead of with every message: that took either as long as all the rest.

Only those that are `Often` run, which find their rows by an index whatever their values are. And
only where nobody stands between: a pooler such as pgbouncer gives each transaction another server's
connection, which knows nothing of what was prepared.
"""

from __future__ import annotations

import itertools
import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import CompileError, MultipleResultsFound, NoResultFound
from sqlalchemy.types import NullType

_KNOWN_HERE = "pti_prepared"
_PARAMETER = re.compile(r"%\((\w+)\)s|%%")
# What was prepared is not there, or gives other columns since the tables were changed.
_OUT_OF_DATE = ("26000", "0A000")
_numbers = itertools.count(1)
Processor = Callable[[Any], Any]


class Often:
    """A statement that is run with every message. It has no list of values of a length that is not
    known when it is written."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self._name = f"pti_{next(_numbers)}"
        self._prepared: _Prepared | None = None
        self._rows: _Rows | None = None

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """What SQLAlchemy's `execute` would give, or on a connection that prepares what is in
        `Found`. Raises what that would raise."""
        known_here = connection.info.get(_KNOWN_HERE)
        if known_here is None:
            return connection.execute(self.statement, values)
        if self._prepared is None:
            self._prepared = _prepared(self._name, self.statement, connection.dialect)
        return self._found(connection, self._prepared, known_here, values)

    def _found(
        self,
        connection: Connection,
        prepared: _Prepared,
        known_here: set[str],
        values: Mapping[str, Any],
    ) -> Found:
        given, cursor = prepared.given(values), None
        try:
            cursor = connection.connection.cursor()
            for listener in connection.dispatch.before_cursor_execute:
                listener(connection, cursor, prepared.written, given, None, False)
            if prepared.name not in known_here:
                cursor.execute(prepared.prepare)
                known_here.add(prepared.name)
            cursor.execute(prepared.execute, given)
            rows: Sequence[Any] = ()
            if cursor.description is not None:
                if self._rows is None:
                    self._rows = _rows(self.statement, cursor.description, connection.dialect)
                rows = self._rows.of(cursor.fetchall())
            return Found(rows, cursor.rowcount)
        except psycopg2.Error as error:
            # SQLAlchemy's own way of making its error of the driver's, and of giving up the
            # connection, and all that are older, where it is cut.
            connection._handle_dbapi_exception(error, prepared.execute, given, cursor, None)
            raise
        finally:
            if cursor is not None:
                cursor.close()


class Found:
    """What a statement found, and how many rows it changed, as a result of SQLAlchemy's says it."""

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def all(self) -> Sequence[Any]:
        """The rows."""
        return self._rows

    def first(self) -> Any | None:
        """The first row."""
        return self._rows[0] if self._rows else None

    def one_or_none(self) -> Any | None:
        """The only row. Raises MultipleResultsFound."""
        if len(self._rows) > 1:
            raise MultipleResultsFound
        return self.first()

    def one(self) -> Any:
        """The same. Raises NoResultFound too."""
        if not self._rows:
            raise NoResultFound
        return self.one_or_none()

    def scalar_one_or_none(self) -> Any | None:
        """The first value of the only row."""
        row = self.one_or_none()
        return None if row is None else row[0]


@dataclass(frozen=True)
class _Prepared:
    """What is sent once a connection, and then each time."""

    name: str
    written: str
    """As SQLAlchemy writes it."""
    prepare: str
    execute: str
    own: Mapping[str, Any]
    """Values that stand in the statement."""
    processors: Sequence[tuple[str, Processor]]

    def given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as the driver takes them."""
        all_of_it = {**self.own, **values}
        for name, processor in self.processors:
            all_of_it[name] = processor(all_of_it[name])
        return all_of_it


@dataclass(frozen=True)
class _Rows:
    """How the driver's rows are read."""

    row: Callable[[Sequence[Any]], Any]
    processors: Sequence[tuple[int, Processor]]

    def of(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """The same with names, and each value as its type says."""
        if not self.processors:
            return [self.row(row) for row in rows]
        return [self.row(self._read(list(row))) for row in rows]

    def _read(self, values: list[Any]) -> list[Any]:
        for place, processor in self.processors:
            values[place] = processor(values[place])
        return values


def prepare_on(engine: Engine) -> None:
    """Its connections can prepare."""
    event.listen(engine, "connect", _connected)
    event.listen(engine, "handle_error", _failed)


def _connected(connection: Any, record: Any) -> None:
    """Whoever stands between gives another number for the server's process than the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        direct = cursor.fetchone()[0] == connection.get_backend_pid()
        if direct:  # never for the values that are given, which took a third of some statements
            cursor.execute("SET plan_cache_mode = force_generic_plan")
    connection.commit()
    record.info[_KNOWN_HERE] = set() if direct else None


def _failed(context: Any) -> None:
    """A connection whose statements are out of date is given up, and with it all that are older:
    the next ones prepare anew."""
    code = getattr(context.original_exception, "pgcode", None)
    if code in _OUT_OF_DATE and (context.statement or "").startswith("EXECUTE"):
        context.is_disconnect = True


def _prepared(name: str, statement: Any, dialect: Any) -> _Prepared:
    compiled = statement.compile(dialect=dialect)
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        return f"${numbers.setdefault(match[1], len(numbers) + 1)}"

    numbered = _PARAMETER.sub(number, compiled.string)
    parameters = {value: compiled.binds[value] for value in numbers}
    kinds = ", ".join(_kind(one, dialect) for one in parameters.values())
    given = ", ".join(f"%({value})s" for value in parameters)
    of_types = (
        (value, one.type.dialect_impl(dialect).bind_processor(dialect))
        for value, one in parameters.items()
    )
    return _Prepared(
        name=name,
        written=compiled.string,
        prepare=f"PREPARE {name}{f' ({kinds})' if kinds else ''} AS {numbered}",
        execute=f"EXECUTE {name}{f' ({given})' if given else ''}",
        own={value: one.value for value, one in parameters.items() if not one.required},
        processors=[(value, processor) for value, processor in of_types if processor],
    )


def _kind(parameter: Any, dialect: Any) -> str:
    """The type of a parameter in PostgreSQL's words; where it is not known, PostgreSQL sees."""
    if isinstance(parameter.type, NullType):
        return "unknown"
    try:
        return str(parameter.type.compile(dialect))
    except CompileError:
        return "unknown"


def _rows(statement: Any, description: Sequence[Any], dialect: Any) -> _Rows:
    names = [column[0] for column in description]
    columns = zip(statement.exported_columns, description, strict=True)
    of_types = (
        column.type.dialect_impl(dialect).result_processor(dialect, described[1])
        for column, described in columns
    )
    processors = [(place, one) for place, one in enumerate(of_types) if one]
    named: Any = namedtuple  # mypy knows only names that are written down
    return _Rows(named("Row", names, rename=True)._make, processors)
