"""How a message comes in: it sees what came of whoever had its conversation before, and asks the
database for no more than it has to."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from bot.messaging.contents import Incoming
from bot.messaging.desk import lock_conversation
from bot.messaging.inbox import Inbox
from bot.storage.console_tables import desk
from bot.storage.database import NOTIFY_CHANNEL_OUTBOX, Database
from bot.storage.desk_modes import AGENT
from bot.storage.tables import inbox, outbox
from tests.messaging.provider import Recipient
from tests.support.listening import told_on
from tests.support.plans import waits_for_lock, watched

CHANNEL = "sms"


@pytest.fixture
def person(database: Database) -> Recipient:
    """Somebody who wrote before."""
    person = Recipient(database, "rosa", CHANNEL)
    person.answered("hola")
    return person


def comes_meanwhile(
    database: Database, person: Recipient, change: Callable[[Connection, int], None]
) -> str:
    """They write while something else has their conversation and changes it; gives the state of
    their message."""
    conversation = person.address.conversation_id
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as connection:
            lock_conversation(connection, conversation)
            coming = pool.submit(person.write, "meanwhile")
            if database.is_sqlite:
                time.sleep(0.1)
            else:
                while not waits_for_lock(database):
                    time.sleep(0.01)
            assert not coming.done()
            change(connection, conversation)
        coming.result(timeout=20)
    newest = select(inbox.c.state).order_by(inbox.c.id.desc()).limit(1)
    with database.reading() as connection:
        return str(connection.execute(newest).scalar_one())


def test_what_comes_while_an_agent_takes_over_is_written_to_the_agent(
    database: Database, person: Recipient
) -> None:
    def take_over(connection: Connection, conversation: int) -> None:
        of_it = desk.c.conversation_id == conversation
        connection.execute(update(desk).where(of_it).values(mode=AGENT))

    assert comes_meanwhile(database, person, take_over) == "with_agent"


def test_what_comes_while_an_agent_gives_back_is_the_assistants(
    database: Database, person: Recipient
) -> None:
    of_it = desk.c.conversation_id == person.address.conversation_id
    with database.writing() as connection:
        connection.execute(update(desk).where(of_it).values(mode=AGENT))

    def give_back(connection: Connection, _conversation: int) -> None:
        connection.execute(update(desk).where(of_it).values(mode="bot"))

    assert comes_meanwhile(database, person, give_back) == "waiting"


def test_what_is_held_while_they_write_is_due_with_that(
    database: Database, person: Recipient
) -> None:
    def hold(connection: Connection, conversation: int) -> None:
        held = {"position": 99, "author": "agent", "content_sealed": b"", "created_at": 1.0}
        of_it = {"conversation_id": conversation, "address_id": person.address.id}
        connection.execute(insert(outbox).values(**of_it, **held, state="waiting", due_at=None))

    comes_meanwhile(database, person, hold)
    assert person.rows()[-1]["due_at"] is not None


def test_what_is_due_because_they_wrote_wakes_who_sends_it(postgres_database: Database) -> None:
    """No answer does, where an agent has the conversation."""
    person = Recipient(postgres_database, "rosa", CHANNEL)
    person.answered("hola")
    with told_on(postgres_database, NOTIFY_CHANNEL_OUTBOX) as told:
        person.write()
    assert told == []
    with postgres_database.writing() as connection:
        connection.execute(update(outbox).values(due_at=None))
    with told_on(postgres_database, NOTIFY_CHANNEL_OUTBOX) as told:
        person.write()
    assert told == [str(person.address.conversation_id)]


def test_what_comes_while_the_one_before_ends_is_not_behind_it(
    database: Database, person: Recipient
) -> None:
    person.write("before")

    def end(connection: Connection, _conversation: int) -> None:
        waits = inbox.c.state == "waiting"
        connection.execute(update(inbox).where(waits).values(state="done"))

    comes_meanwhile(database, person, end)
    with database.reading() as connection:
        waiting = select(inbox.c.behind).where(inbox.c.state == "waiting")
        assert connection.execute(waiting).scalars().all() == [0]


def test_of_an_address_that_is_known_nothing_is_looked_up(
    postgres_database: Database,
) -> None:
    box = Inbox(postgres_database)
    box.open_address(CHANNEL, "+13125550123")
    box.find_address(CHANNEL, "+13125550123")
    with watched() as asked:
        assert box.find_address(CHANNEL, "+13125550123") is not None
    assert asked == []


def test_a_message_is_two_statements_and_a_first_one_five(postgres_database: Database) -> None:
    box = Inbox(postgres_database)

    def write(provider_id: str) -> int:
        with watched() as asked:
            address = box.open_address(CHANNEL, "+13125550123")
            box.receive(CHANNEL, address, provider_id, Incoming("hola"))
        return len(asked)

    assert write("1") == 5  # the address looked for and made, and the list's row
    assert write("2") == 3  # the address looked for once
    assert write("3") == 2
