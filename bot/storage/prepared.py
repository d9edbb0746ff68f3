"""Statements that PostgreSQL reads and plans once a connection, instead of with every message: that
took it as long as all the rest.

Only those marked by `often`, which find their rows by an index whatever their values are. And only
where nobody stands between: a pooler such as pgbouncer gives each transaction another server's
connection, which knows nothing of what was prepared.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import threading
from dataclasses import dataclass
from typing import Any

import psycopg2
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import CompileError
from sqlalchemy.types import NullType

_MARK = {"pti_often": True}
_KNOWN_HERE = "pti_prepared"
_PARAMETER = re.compile(r"%\((\w+)\)s|%%")
# What was prepared is not there, or gives other columns since the tables were changed.
_OUT_OF_DATE = ("26000", "0A000")


def often(statement: Any) -> Any:
    """The statement, which is run with every message."""
    return statement.execution_options(**_MARK)


@dataclass(frozen=True)
class Prepared:
    """What is sent once a connection, and then each time."""

    name: str
    prepare: str
    execute: str


class Preparing:
    """Sends the marked statements of an engine that way."""

    def __init__(self, engine: Engine) -> None:
        self._dialect = engine.dialect
        self._known: dict[str, Prepared] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "before_cursor_execute", self._prepared, retval=True)
        event.listen(engine, "handle_error", self._failed)

    @staticmethod
    def _connected(connection: Any, record: Any) -> None:
        """Whoever stands between gives another number for the server's process than the process."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            direct = cursor.fetchone()[0] == connection.get_backend_pid()
            if direct:  # never for the values that are given, which took a third of some statements
                cursor.execute("SET plan_cache_mode = force_generic_plan")
        connection.commit()
        record.info[_KNOWN_HERE] = set() if direct else None

    def _prepared(
        self, connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        if many or not context.execution_options.get("pti_often"):
            return statement, values
        known_here = connection.info.get(_KNOWN_HERE)
        if known_here is None:
            return statement, values
        prepared = self._known.get(statement) or self._add(statement, context.compiled)
        if prepared.name not in known_here:
            # SQLAlchemy makes its own errors of the driver's only where it runs the statement
            # itself: what is wrong with the connection shows there again.
            with contextlib.suppress(psycopg2.Error):
                cursor.execute(prepared.prepare)
                known_here.add(prepared.name)
        return (prepared.execute if prepared.name in known_here else statement), values

    def _add(self, statement: str, compiled: Any) -> Prepared:
        with self._lock:
            if statement not in self._known:
                name = f"pti_{next(self._numbers)}"
                self._known[statement] = _prepared(name, statement, compiled, self._dialect)
            return self._known[statement]

    @staticmethod
    def _failed(context: Any) -> None:
        """A connection whose statements are out of date is given up, and with it all that are
        older: the next ones prepare anew."""
        code = getattr(context.original_exception, "pgcode", None)
        if code in _OUT_OF_DATE and (context.statement or "").startswith("EXECUTE"):
            context.is_disconnect = True


def _prepared(name: str, statement: str, compiled: Any, dialect: Any) -> Prepared:
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        return f"${names.setdefault(match[1], len(names) + 1)}"

    numbered = _PARAMETER.sub(number, statement)
    kinds = ", ".join(_kind(compiled.binds.get(value), dialect) for value in names)
    given = ", ".join(f"%({value})s" for value in names)
    return Prepared(
        name=name,
        prepare=f"PREPARE {name}{f' ({kinds})' if kinds else ''} AS {numbered}",
        execute=f"EXECUTE {name}{f' ({given})' if given else ''}",
    )


def _kind(parameter: Any, dialect: Any) -> str:
    """The type of a parameter in PostgreSQL's words; where it is not known, PostgreSQL sees."""
    if parameter is None or isinstance(parameter.type, NullType):
        return "unknown"
    try:
        return str(parameter.type.compile(dialect))
    except CompileError:
        return "unknown"
