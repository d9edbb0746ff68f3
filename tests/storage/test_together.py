"""Several changes in one statement, or one after the other: the same on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.storage.console_tables import message_words
from bot.storage.database import Database
from bot.storage.statements import Changing, listed
from bot.storage.tables import conversations, people
from bot.storage.together import Looking, Several, Together
from tests.support.plans import watched

WHICH = conversations.c.id == bindparam("which")
MOVED = update(conversations).where(WHICH).values(last_position=bindparam("to"))
PEOPLE = Several(people, "id", "created_at", "record_sealed")
WORDS = Several(message_words, "word", "conversation_id", "position")
TOGETHER = Together(moved=MOVED, people=PEOPLE, words=WORDS)
NEEDING = Together(needs="moved", moved=MOVED, people=PEOPLE, words=WORDS)


@pytest.fixture(autouse=True)
def _with_conversations(database: Database) -> None:
    with database.writing() as connection:
        rows = [{"id": number, "created_at": 0.0, "last_position": 0} for number in (1, 2)]
        connection.execute(insert(conversations), rows)


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


def test_as_many_rows_as_are_given(database: Database) -> None:
    given = [person(1, b"\x00'%s"), person(2), person(3, b"")]
    words = [word("a"), word("it's {b}", 7)]
    with database.writing() as connection:
        counts = TOGETHER.run(connection, {"which": 1, "to": 4}, people=given, words=words)
    assert counts == {"moved": 1, "people": 3, "words": 2}
    assert kept(database) == (
        [(1, 0.5, b"\x00'%s"), (2, 1.0, None), (3, 1.5, b"")],
        [("a", 1), ("it's {b}", 7)],
    )


def test_none_where_none_are_given(database: Database) -> None:
    with database.writing() as connection:
        counts = TOGETHER.run(connection, {"which": 1, "to": 4}, people=[], words=[word("a")])
    assert counts == {"moved": 1, "people": 0, "words": 1}
    assert kept(database) == ([], [("a", 1)])


@pytest.mark.parametrize(("which", "done"), [(1, 1), (9, 0)])
def test_rows_that_need_another_change(database: Database, which: int, done: int) -> None:
    with database.writing() as connection:
        given = {"people": [person(1)], "words": [word("a")]}
        counts = NEEDING.run(connection, {"which": which, "to": 4}, **given)
    assert counts == {"moved": done, "people": done, "words": done}
    assert [len(rows) for rows in kept(database)] == [done, done]


def test_on_postgresql_it_is_one_statement_however_many_rows(postgres_database: Database) -> None:
    with watched() as statements, postgres_database.writing() as connection:
        for count in range(3):
            given = [person(10 * count + number) for number in range(count)]
            TOGETHER.run(connection, {"which": 1, "to": 1}, people=given, words=[])
    assert len(statements) == 3
    with postgres_database.reading() as connection:
        prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements"))
        assert prepared.scalar_one() == 1


def test_what_is_too_long_is_an_error_and_is_not_cut(postgres_database: Database) -> None:
    long = [word("x" * 17)]
    with pytest.raises(DBAPIError), postgres_database.writing() as connection:
        TOGETHER.run(connection, {"which": 1, "to": 1}, people=[], words=long)


def test_rows_of_each_after_they_were_changed(database: Database) -> None:
    position = (conversations.c.id, conversations.c.last_position)
    own, others = WHICH, conversations.c.id != bindparam("which")
    looking = Looking(
        own=Changing(conversations, own, {"last_position": bindparam("to")}, position),
        people=Changing(people, people.c.id > 0, {"version": 5}, (people.c.id, people.c.version)),
        others=Changing(conversations, others, {"last_position": 3}, position),
    )
    with database.writing() as connection:
        found = looking.run(connection, {"which": 1, "to": 9})
        assert [tuple(row) for row in found["own"]] == [(1, 9)]
        assert [tuple(row) for row in found["others"]] == [(2, 3)]
        assert list(found["people"]) == []
        connection.execute(insert(people), [person(1), person(2)])
        found = looking.run(connection, {"which": 1, "to": 8})
        assert {tuple(row) for row in found["own"]} == {(1, 8)}
        assert {tuple(row) for row in found["people"]} == {(1, 5), (2, 5)}


@pytest.mark.parametrize("sealed", [[], [b"one"], [b"\xff\x00", b"", b"two'"]])
def test_bytes_of_many_rows_as_one_value(database: Database, sealed: list[bytes]) -> None:
    of_it = select(people.c.record_sealed).where(people.c.id < bindparam("below"))
    statement = select(listed(of_it.order_by(people.c.id.desc())).label("found"))
    with database.writing() as connection:
        for number, one in enumerate([*sealed, b"not this"]):
            connection.execute(insert(people).values(**person(number + 1, one)))
        found = connection.execute(statement, {"below": len(sealed) + 1}).scalar_one()
    assert found == sealed[::-1]
