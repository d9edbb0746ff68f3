"""What the agents' list shows of a conversation is written with what it shows."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from bot.messaging.contents import Incoming, Reply
from bot.messaging.delivery import TIMED_OUT
from bot.messaging.list_row import PREVIEW_LENGTH, mark_read
from bot.messaging.outbox import Outbox
from bot.messaging.outgoing import OutgoingMessages
from bot.messaging.sender import RefusedError, StoppedError
from bot.messaging.statuses import Statuses, name_of_part
from bot.messaging.turn_notes import TurnNote
from bot.storage.console_tables import desk, message_words, turns
from bot.storage.database import Database
from tests.messaging.agents import Desk
from tests.messaging.stand_in import Person, claim


def row_of(database: Database, person: Person) -> Any:
    with database.reading() as connection:
        return connection.execute(
            select(desk).where(desk.c.conversation_id == person.conversation)
        ).one()


def answer(database: Database, note: TurnNote | None = None, *replies: Reply) -> None:
    Outbox(database).finish(claim(database), "brain", replies, None, note=note)


def test_a_message_stands_in_the_list(database: Database) -> None:
    person = Person(database)
    person.write("x" * 500)
    first = row_of(database, person)
    assert database.cipher.open(first.preview_sealed)["text"] == "x" * PREVIEW_LENGTH
    assert (first.channel, first.unread, first.mode) == ("web", 1, "bot")
    assert first.first_at == first.last_at == first.heard_at
    person.send(Incoming(media="voice"))
    second = row_of(database, person)
    assert database.cipher.open(second.preview_sealed) == {"text": "", "media": "voice"}
    assert second.unread == 2
    assert second.first_at == first.first_at
    assert second.heard_at > first.heard_at


def test_an_event_is_no_message_of_theirs(database: Database) -> None:
    person = Person(database)
    person.write("hola")
    before = row_of(database, person)
    person.send(Incoming(event={"errand": "register", "outcome": "done", "answer": {}}))
    assert row_of(database, person) == before


def test_a_turn_is_noted(database: Database) -> None:
    person = Person(database)
    person.write("ola")
    note = TurnNote(
        "answer", "en", "greet", 0.83, task="registration",
        understood={"topics": [["greet", 0.83]], "entities": []},
        done={"actions": ["utter_greet"]}, reached=frozenset({"quota"}),
        milliseconds=7, model="m" * 100,
    )  # fmt: skip
    answer(database, note, Reply("Hi"))
    row = row_of(database, person)
    assert (row.topic, row.language, row.task) == ("greet", "en", "registration")
    assert (row.lowest_confidence, row.fallbacks) == (0.83, 0)
    assert row.quota_at == row.last_at > row.heard_at
    assert row.registered_at is None
    with database.reading() as connection:
        noted = connection.execute(select(turns)).one()
    assert (noted.topic, noted.confidence, noted.decision) == ("greet", 0.83, "answer")
    assert (noted.milliseconds, noted.model) == (7, "m" * 64)
    assert database.cipher.open(noted.understood_sealed) == note.understood
    assert database.cipher.open(noted.done_sealed) == note.done


def test_the_least_sure_answer_and_the_first_time_count(database: Database) -> None:
    person = Person(database)
    reached = frozenset({"quota"})
    notes = [
        TurnNote("answer", "es", "greet", 0.9, reached=reached),
        TurnNote("fallback", "es", "out_of_scope", 0.1),
        TurnNote("task", "es"),
        TurnNote("answer", "es", "thank", 0.99, reached=reached),
    ]
    first = 0.0
    for note in notes:
        person.write("algo")
        answer(database, note, Reply("sí"))
        first = first or row_of(database, person).quota_at
    row = row_of(database, person)
    assert (row.lowest_confidence, row.fallbacks, row.topic) == (0.1, 1, "thank")
    assert row.quota_at == first
    assert row.task is None


def test_a_turn_that_says_nothing_changes_no_time(database: Database) -> None:
    person = Person(database)
    person.write("hola")
    answer(database)
    row = row_of(database, person)
    assert row.last_at == row.heard_at


def test_who_looked_has_read_it(database: Database) -> None:
    person, other = Person(database), Person(database)
    person.write("uno")
    other.write("dos")
    with database.writing() as connection:
        mark_read(connection, [person.conversation])
    assert row_of(database, person).unread == 0
    assert row_of(database, other).unread == 1


def test_two_first_messages_make_one_row(database: Database) -> None:
    person = Person(database)
    threads = [threading.Thread(target=person.write, args=(f"{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert row_of(database, person).unread == 6


def _sending(database: Database) -> tuple[Person, Any]:
    """A message over SMS that is being sent."""
    person = Person(database)
    person.address = person.inbox.open_address("sms", "+14155551234")
    person.conversation = person.address.conversation_id
    person.inbox.receive("sms", person.address, "one", Incoming("hola"))
    answer(database, None, Reply("Buenas"))
    message = OutgoingMessages(database).claim("gateway", ["sms"], 60)
    assert message is not None
    return person, message


def test_a_message_that_failed_counts_once(database: Database) -> None:
    person, message = _sending(database)
    OutgoingMessages(database).fail(message, TIMED_OUT)
    OutgoingMessages(database).fail(message, TIMED_OUT)
    assert row_of(database, person).delivery_failures == 1


@pytest.mark.parametrize("problem", [RefusedError("30003"), StoppedError()])
def test_a_status_that_it_failed_counts(database: Database, problem: Any) -> None:
    person, message = _sending(database)
    for _ in range(2):
        Statuses(database).failed(name_of_part(message.uuid, 1, 1), problem)
    assert row_of(database, person).delivery_failures == 1


def test_what_comes_later_after_all_is_no_failure(database: Database) -> None:
    person, message = _sending(database)
    OutgoingMessages(database).later(message, 5, "busy")
    assert row_of(database, person).delivery_failures == 0


def test_what_an_agent_writes_stands_in_the_list_and_is_found(database: Database) -> None:
    person, agent = Person(database), Desk(database, name="Eulalia")
    person.write("hola")
    heard = row_of(database, person)
    agent.take_over(person.conversation)
    taken = row_of(database, person)
    assert taken.last_at > heard.last_at
    agent.write(person.conversation, "Venga al consulado")
    written = row_of(database, person)
    assert written.last_at > taken.last_at
    assert (written.heard_at, written.preview_sealed) == (heard.heard_at, heard.preview_sealed)
    assert found(database, "consulado") == [(person.conversation, 3)]
    assert found(database, "eulalia") == [(person.conversation, 2)], (
        "of a notice, what is filled in"
    )
    assert found(database, "centro") == [], "and not its fixed words"


def found(database: Database, word: str) -> list[tuple[int, int]]:
    """Conversation and position of the messages with a word."""
    columns = (message_words.c.conversation_id, message_words.c.position)
    of_it = message_words.c.word == database.cipher.word_digest(word)
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).where(of_it))]
