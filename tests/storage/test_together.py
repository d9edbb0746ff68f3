"""Several changes in one statement, or one after the other: the same on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.storage.console_tables import message_words
from bot.storage.database import Database
from bot.storage.statements import Changing, listed
from bot.storage.tables import conversations, people
from bot.storage.together import Several, Together
from tests.support.plans import waits_for_lock, watched
from tests.twilio.house import wait_for

WHICH = conversations.c.id == bindparam("which")
MOVED = update(conversations).where(WHICH).values(last_position=bindparam("to"))
PEOPLE = Several(people, "id", "created_at", "record_sealed")
WORDS = Several(message_words, "word", "conversation_id", "position")
TOGETHER = Together(moved=MOVED, people=PEOPLE, words=WORDS)
NEEDING = Together(needs="moved", moved=MOVED, people=PEOPLE, words=WORDS)


def _three_conversations(database: Database) -> None:
    with database.writing() as connection:
        rows = [{"id": number, "created_at": 0.0, "last_position": 0} for number in (1, 2, 3)]
        connection.execute(insert(conversations), rows)


@pytest.fixture
def either(database: Database) -> Database:
    """With conversations."""
    _three_conversations(database)
    return database


@pytest.fixture
def on_postgres(postgres_database: Database) -> Database:
    """With conversations."""
    _three_conversations(postgres_database)
    return postgres_database


def person(number: int, sealed: bytes | None = None) -> dict[str, Any]:
    return {"id": number, "created_at": number / 2, "record_sealed": sealed}


def word(text_of_it: str, position: int = 1) -> dict[str, Any]:
    return {"word": text_of_it, "conversation_id": 1, "position": position}


def kept(database: Database) -> tuple[list[Any], list[Any]]:
    with database.reading() as connection:
        of_people = select(people.c.id, people.c.created_at, people.c.record_sealed)
        of_words = select(message_words.c.word, message_words.c.position)
        return (
            [tuple(row) for row in connection.execute(of_people.order_by(people.c.id))],
            [tuple(row) for row in connection.execute(of_words.order_by(message_words.c.word))],
        )


def test_as_many_rows_as_are_given(either: Database) -> None:
    given = [person(1, b"\x00'%s"), person(2), person(3, b"")]
    words = [word("a"), word("it's {b}", 7)]
    with either.writing() as connection:
        counts = TOGETHER.run(connection, {"which": 1, "to": 4}, people=given, words=words)
    assert counts == {"moved": 1, "people": 3, "words": 2}
    assert kept(either) == (
        [(1, 0.5, b"\x00'%s"), (2, 1.0, None), (3, 1.5, b"")],
        [("a", 1), ("it's {b}", 7)],
    )


def test_none_where_none_are_given(either: Database) -> None:
    with either.writing() as connection:
        counts = TOGETHER.run(connection, {"which": 1, "to": 4}, people=[], words=[word("a")])
    assert counts == {"moved": 1, "people": 0, "words": 1}
    assert kept(either) == ([], [("a", 1)])


@pytest.mark.parametrize(("which", "done"), [(1, 1), (9, 0)])
def test_rows_that_need_another_change(either: Database, which: int, done: int) -> None:
    with either.writing() as connection:
        given = {"people": [person(1)], "words": [word("a")]}
        counts = NEEDING.run(connection, {"which": which, "to": 4}, **given)
    assert counts == {"moved": done, "people": done, "words": done}
    assert [len(rows) for rows in kept(either)] == [done, done]


def test_on_postgresql_it_is_one_statement_however_many_rows(on_postgres: Database) -> None:
    with watched() as statements, on_postgres.writing() as connection:
        for count in range(3):
            given = [person(10 * count + number) for number in range(count)]
            TOGETHER.run(connection, {"which": 1, "to": 1}, people=given, words=[])
    assert len(statements) == 3
    with on_postgres.reading() as connection:
        prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements"))
        assert prepared.scalar_one() == 1


def test_what_is_too_long_is_an_error_and_is_not_cut(on_postgres: Database) -> None:
    long = [word("x" * 17)]
    with pytest.raises(DBAPIError), on_postgres.writing() as connection:
        TOGETHER.run(connection, {"which": 1, "to": 1}, people=[], words=long)


def test_rows_of_each_after_they_were_changed(either: Database) -> None:
    position = (conversations.c.id, conversations.c.last_position)
    own, others = WHICH, conversations.c.id == bindparam("which") + 1
    looking = Together(
        own=Changing(conversations, own, {"last_position": bindparam("to")}, position),
        people=Changing(people, people.c.id > 0, {"version": 5}, (people.c.id, people.c.version)),
        others=Changing(conversations, others, {"last_position": 3}, position),
        moved=update(conversations).where(conversations.c.id == 3).values(last_position=3),
    )
    with either.writing() as connection:
        found = looking.run(connection, {"which": 1, "to": 9})
        assert found == {"own": [(1, 9)], "people": [], "others": [(2, 3)], "moved": 1}
        connection.execute(insert(people), [person(1), person(2)])
        found = looking.run(connection, {"which": 1, "to": 8})
        assert found["own"] == [(1, 8)]
        assert sorted(found["people"]) == [(1, 5), (2, 5)]


def test_rows_are_locked_in_the_order_of_the_changes(on_postgres: Database) -> None:
    """All of one before any of the next: who locks in another order may wait for ever."""
    with on_postgres.writing() as connection:
        connection.execute(insert(people), [person(number) for number in (1, 2, 3)])
    each = update(conversations).values(last_position=conversations.c.last_position + 1)
    in_order = Together(
        people=Changing(people, people.c.id > 0, {"version": 5}, (people.c.id,)),
        second=each.where(conversations.c.id == 2),
        first=each.where(conversations.c.id == 1),
    )

    def change() -> None:
        with on_postgres.writing() as connection:
            in_order.run(connection, {})

    with ThreadPoolExecutor(1) as pool:
        with on_postgres.writing() as held:
            held.execute(
                select(conversations.c.id).where(conversations.c.id == 2).with_for_update()
            )
            changing = pool.submit(change)
            wait_for(lambda: waits_for_lock(on_postgres))
            with on_postgres.engine.connect() as other:
                assert _free(other, people.c.id) == []
                assert _free(other, conversations.c.id) == [1, 3]
        changing.result(timeout=30)


def _free(connection: Connection, column: Any) -> list[int]:
    free = select(column).order_by(column).with_for_update(skip_locked=True)
    return list(connection.execute(free).scalars())


@pytest.mark.parametrize("sealed", [[], [b"one"], [b"\xff\x00", b"", b"two'"]])
def test_bytes_of_many_rows_as_one_value(either: Database, sealed: list[bytes]) -> None:
    of_it = select(people.c.record_sealed).where(people.c.id < bindparam("below"))
    statement = select(listed(of_it.order_by(people.c.id.desc())).label("found"))
    with either.writing() as connection:
        for number, one in enumerate([*sealed, b"not this"]):
            connection.execute(insert(people).values(**person(number + 1, one)))
        found = connection.execute(statement, {"below": len(sealed) + 1}).scalar_one()
    assert found == sealed[::-1]
