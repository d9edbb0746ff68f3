"""What is planned once a connection, and what of it is left where a pooler stands between."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, literal_column, select, text
from sqlalchemy.exc import DBAPIError

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
