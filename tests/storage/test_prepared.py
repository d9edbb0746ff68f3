"""What is planned once a connection, and what of it is left where a pooler stands between."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import (
    ARRAY,
    Boolean,
    Float,
    Integer,
    LargeBinary,
    String,
    bindparam,
    insert,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, MultipleResultsFound, NoResultFound

from bot.messaging.contents import Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.settings import read_settings
from bot.storage.database import Database
from bot.storage.prepared import Often
from bot.storage.tables import conversations
from tests.messaging.stand_in import Person
from tests.support.pooler import Pooler
from tests.support.service import SECRETS

PLAIN = select(conversations.c.created_at).where(conversations.c.id == bindparam("which"))
OFTEN = Often(PLAIN)
PREPARED = text("SELECT name, statement FROM pg_prepared_statements ORDER BY name")


@pytest.fixture
def database(postgres_database: Database) -> Database:
    """With a conversation."""
    with postgres_database.writing() as connection:
        connection.execute(insert(conversations).values(id=1, created_at=5.0))
    return postgres_database


def prepared(database: Database) -> list[Any]:
    """Of the connection that was used last, which is used next."""
    with database.reading() as connection:
        return [row.statement for row in connection.execute(PREPARED)]


def asked(database: Database, statement: Any, which: int = 1) -> float | None:
    with database.reading() as connection:
        given = {"which": which}
        if isinstance(statement, Often):
            return statement.run(connection, given).scalar_one_or_none()
        return connection.execute(statement, given).scalar_one_or_none()


def test_what_is_asked_often_is_prepared_once(database: Database) -> None:
    assert [asked(database, OFTEN, which) for which in (1, 2, 1)] == [5.0, None, 5.0]
    (only,) = prepared(database)
    assert "$1" in only
    assert asked(database, PLAIN) == 5.0
    assert len(prepared(database)) == 1


def test_a_percent_sign_is_one(database: Database) -> None:
    statement = Often(select(bindparam("which") % 4, literal_column("'100%'")))
    with database.reading() as connection:
        assert tuple(statement.run(connection, {"which": 7}).one()) == (3, "100%")


VALUES = (
    (LargeBinary(), b"\x00\xff'%s"),
    (Float(), 0.1),
    (Integer(), -3),
    (String(), "it's 100% ñ \\ 🙂"),
    (Boolean(), True),
    (ARRAY(LargeBinary), [b"a", b"\x00"]),
    *((kind, None) for kind in (LargeBinary(), ARRAY(LargeBinary))),
)


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_what_is_given_and_found_is_as_without(database: Database, kind: Any, value: Any) -> None:
    plain = select(bindparam("it", type_=kind).label("found"), literal(5).label("own"))
    with database.reading() as connection:
        expected = connection.execute(plain, {"it": value}).one()
        found = Often(plain).run(connection, {"it": value}).one()
    assert (found.found, found.own) == (expected.found, expected.own) == (value, 5)
    assert type(found.found) is type(value)


def test_how_many_rows_there_may_be(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(insert(conversations).values(id=2, created_at=6.0))
        above = Often(select(conversations.c.id).where(conversations.c.id > bindparam("which")))
        changed = Often(update(conversations).values(last_position=bindparam("to")))
        both, last, none = (above.run(connection, {"which": which}) for which in (0, 1, 2))
        assert sorted(row.id for row in both.all()) == [1, 2]
        assert (last.one().id, last.first().id, last.scalar_one_or_none()) == (2, 2, 2)
        assert (none.first(), none.one_or_none(), none.scalar_one_or_none()) == (None,) * 3
        for wrong, error in ((both, MultipleResultsFound), (none, NoResultFound)):
            with pytest.raises(error):
                wrong.one()
        assert changed.run(connection, {"to": 3}).rowcount == 2


def test_a_value_that_is_not_given_is_an_error(database: Database) -> None:
    with database.reading() as connection, pytest.raises(KeyError, match="which"):
        OFTEN.run(connection, {})


def test_what_a_row_may_not_hold_is_the_same_error(database: Database) -> None:
    """By it a message that came twice is known."""
    again = Often(insert(conversations).values(id=bindparam("which"), created_at=1.0))
    with database.engine.connect() as connection, connection.begin() as transaction:
        again.run(connection, {"which": 2})
        with pytest.raises(IntegrityError):
            again.run(connection, {"which": 1})
        transaction.rollback()
    assert asked(database, OFTEN, 2) is None


def test_in_a_transaction_that_is_rolled_back(database: Database) -> None:
    with database.engine.connect() as connection:
        transaction = connection.begin()
        OFTEN.run(connection, {"which": 1})
        transaction.rollback()
    assert asked(database, OFTEN) == 5.0
    assert len(prepared(database)) == 1


@pytest.mark.parametrize(
    "change",
    ["DEALLOCATE ALL", "ALTER TABLE conversations ALTER created_at TYPE numeric"],
    ids=["forgotten", "other columns"],
)
def test_what_is_out_of_date_fails_once(database: Database, change: str) -> None:
    """As any statement does whose connection is cut: who runs it tries again."""
    assert asked(database, OFTEN) == 5.0
    with database.writing() as connection:
        connection.execute(text(change))
    with pytest.raises(DBAPIError):
        asked(database, OFTEN)
    assert asked(database, OFTEN) == 5.0


@pytest.mark.parametrize("before", [True, False], ids=["known", "not known yet"])
def test_a_connection_that_was_cut_is_an_error_like_any_other(
    database: Database, before: bool
) -> None:
    """The gateway answers 503 to those, and the loops go on."""
    with database.engine.connect() as connection:
        if before:
            OFTEN.run(connection, {"which": 1})
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with database.engine.connect() as other, other.begin():
            other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        with pytest.raises(DBAPIError) as error:
            OFTEN.run(connection, {"which": 1})
        assert error.value.connection_invalidated
    assert asked(database, OFTEN) == 5.0


@pytest.fixture
def pooled(postgres_database: Database) -> Iterator[Database]:
    """The same database through pgbouncer, by transactions."""
    pooler = Pooler(postgres_database.url)
    opened = Database.from_settings(read_settings({**SECRETS, "PTI_DATABASE_URL": pooler.url}))
    yield opened
    opened.dispose()
    pooler.close()


def test_behind_a_pooler_nothing_is_prepared_and_all_is_answered(pooled: Database) -> None:
    people = [Person(pooled) for _ in range(6)]

    def write(person: Person) -> None:
        for number in range(5):
            person.write(str(number))

    def answer(name: str) -> int:
        inbox, outbox, answered = Inbox(pooled), Outbox(pooled), 0
        while claimed := inbox.claim(name, 60):
            assert claimed.content is not None
            outbox.finish(claimed, name, [Reply(claimed.content.text)], {"events": []})
            answered += 1
        return answered

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, people))
        assert sum(pool.map(answer, ["brain-1", "brain-2", "brain-3"])) > 0
    answer("brain-4")
    for person in people:
        assert person.replies() == [str(number) for number in range(5)]
    assert prepared(pooled) == []
