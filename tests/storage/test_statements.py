"""Statements that do the work of several, on both databases."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.engine import Connection

from bot.storage.database import Database
from bot.storage.statements import Changing, begun, clock, not_lasting
from bot.storage.tables import conversations

MORE = Changing(
    conversations,
    conversations.c.id == bindparam("which"),
    {"last_position": conversations.c.last_position + bindparam("more")},
    (conversations.c.last_position,),
)


def with_conversation(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(insert(conversations).values(id=1, created_at=0.0))


def test_both_clocks_are_the_time(database: Database) -> None:
    with database.reading() as connection:
        row = connection.execute(select(clock().label("now"), begun().label("begun"))).one()
    assert isinstance(row.now, float)
    assert abs(row.now - time.time()) < 5
    assert abs(row.begun - time.time()) < 5


def test_what_is_in_a_row_after_it_was_changed(database: Database) -> None:
    with_conversation(database)
    with database.writing() as connection:
        assert not MORE.run(connection, {"which": 2, "more": 5})
        assert [tuple(row) for row in MORE.run(connection, {"which": 1, "more": 5})] == [(5,)]
        assert [tuple(row) for row in MORE.run(connection, {"which": 1, "more": 2})] == [(7,)]


@pytest.mark.parametrize("lasting", [True, False])
def test_a_statement_alone_is_committed(database: Database, lasting: bool) -> None:
    with_conversation(database)
    where = [] if lasting else [not_lasting()]
    with database.changing(lasting) as connection:
        connection.execute(update(conversations).where(*where).values(last_position=3))
    with database.reading() as other:
        assert other.execute(select(conversations.c.last_position)).scalar_one() == 3


def test_only_its_own_statement_does_not_wait_for_the_disk(postgres_database: Database) -> None:
    with_conversation(postgres_database)
    during = select(func.current_setting("synchronous_commit")).scalar_subquery()
    quick = update(conversations).where(not_lasting()).values(created_at=1.0)
    with postgres_database.changing(lasting=False) as connection:
        shown = connection.execute(quick.returning(during)).scalar_one()
        after = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
    assert (shown, after) == ("off", "on")


def test_who_reads_holds_no_transaction_open(postgres_database: Database) -> None:
    with postgres_database.reading() as connection:
        connection.execute(select(conversations.c.id)).all()
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with postgres_database.reading() as other:
            assert _state(other, mine) == "idle"


def test_a_transaction_after_statements_alone_is_one(postgres_database: Database) -> None:
    """The pool gives the same connection to both."""
    with_conversation(postgres_database)
    with postgres_database.reading() as connection:
        connection.execute(select(conversations.c.id)).all()
    with pytest.raises(RuntimeError):
        _change_and_fail(postgres_database)
    with postgres_database.reading() as connection:
        assert connection.execute(select(conversations.c.last_position)).scalar_one() == 0


def _change_and_fail(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(update(conversations).values(last_position=9))
        raise RuntimeError


def _state(connection: Connection, backend: int) -> Any:
    statement = "SELECT state FROM pg_stat_activity WHERE pid = %s"
    return connection.exec_driver_sql(statement, (backend,)).scalar_one()
