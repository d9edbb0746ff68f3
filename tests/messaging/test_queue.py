"""What those who wait are told of the queue."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.messaging.modes import wait_for_agent
from bot.messaging.options import chosen_in, ends_waiting
from bot.messaging.queue import THERE_SECONDS
from bot.messaging.seen import Looks
from bot.storage.console_tables import accounts, console_sessions
from bot.storage.console_tables import desk as desk_table
from bot.storage.database import Database
from bot.storage.tables import conversations
from tests.messaging.agents import Desk
from tests.messaging.stand_in import Person
from tests.support.plans import count_rows, plan_for_any_values, plan_of, watched


def _wait(database: Database, person: Person, reason: str = "asked") -> None:
    with database.writing() as connection:
        wait_for_agent(database, connection, person.conversation, reason)  # type: ignore[arg-type]


def _session(database: Database, desk: Desk, seen_ago: float = 0.0, **changes: object) -> None:
    with database.writing() as connection:
        now = database.now(connection)
        row = {
            "token_index": f"{desk.agent.id}-{seen_ago}",
            "account_id": desk.agent.id,
            "complete": 1,
            "created_at": now,
            "seen_at": now - seen_ago,
            "proved_at": now,
            **changes,
        }
        connection.execute(console_sessions.insert().values(**row))


def test_places_in_the_queue(database: Database) -> None:
    first, second, urgent, other = (Person(database) for _ in range(4))
    _wait(database, first)
    _wait(database, second)
    _wait(database, urgent, "distress")
    looks = Looks(database)
    ahead = [looks.at(p.conversation).desk["ahead"] for p in (urgent, first, second, other)]
    assert ahead == [0, 1, 2, 3]
    assert looks.at(first.conversation).desk["mode"] == "waiting"
    assert looks.at(other.conversation).desk["waiting"] == 3
    assert looks.at(first.conversation).desk["waiting"] == 2


def test_a_turn_reads_nothing_of_those_who_do_not_wait(database: Database) -> None:
    """Everybody who ever wrote has a row."""
    person = Person(database)
    _add_conversations(database, person.conversation, 3000)
    count_rows(database)
    with watched() as statements:
        assert Looks(database).at(person.conversation).desk["waiting"] == 0
    look, given = next(one for one in statements if "waiting" in one[0])
    if database.is_sqlite:
        assert "SCAN others" not in plan_of(database, look, given)
    else:
        assert "ix_desk_waiting" in plan_for_any_values(database, "%AS unasked%")


def _add_conversations(database: Database, like: int, count: int) -> None:
    """Of the person of a conversation; the assistant answers all of them."""
    with database.writing() as connection:
        of_it = select(conversations.c.person_id).where(conversations.c.id == like)
        person = connection.execute(of_it).scalar_one()
        ids = range(like + 1, like + 1 + count)
        rows = [
            {"id": one, "person_id": person, "created_at": 0.0, "last_position": 0} for one in ids
        ]
        connection.execute(conversations.insert(), rows)
        times = {"first_at": 0.0, "last_at": 0.0, "heard_at": 0.0}
        rows = [{"conversation_id": one, "channel": "web", **times} for one in ids]
        connection.execute(desk_table.insert(), rows)


def test_who_is_there(database: Database) -> None:
    person = Person(database)
    ana, luis, eva, gone = (Desk(database, name) for name in ("Ana", "Luis", "Eva", "Iván"))
    _session(database, ana)
    _session(database, ana, seen_ago=5.0)  # two windows of one person
    _session(database, luis, seen_ago=THERE_SECONDS + 5)
    _session(database, eva, complete=0)
    _session(database, gone)
    with database.writing() as connection:
        connection.execute(
            update(accounts).where(accounts.c.id == gone.agent.id).values(state="blocked")
        )
    assert Looks(database).at(person.conversation).desk["agents"] == 1


@pytest.mark.parametrize("said", ["SALIR", "salir.", "Ya no", "dejar de esperar", "Exit"])
def test_one_word_ends_the_waiting(said: str) -> None:
    assert ends_waiting(said)


@pytest.mark.parametrize("said", ["salir del seguro", "ya no tengo trabajo", "quiero salir", ""])
def test_a_sentence_with_the_word_does_not(said: str) -> None:
    assert not ends_waiting(said)


def test_of_who_does_not_wait_the_word_is_a_word() -> None:
    assert chosen_in("salir", []) is None
