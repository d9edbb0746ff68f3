"""Who wants no messages gets none, from that moment, until they come back."""

from __future__ import annotations

from sqlalchemy import select

from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.outgoing import OutgoingMessages
from bot.messaging.subscriptions import Subscriptions, stop_messages
from bot.storage.database import Database
from bot.storage.tables import inbox
from tests.messaging.provider import Recipient as AnyRecipient
from tests.messaging.stand_in import claim

CHANNEL = "sms"
CONFIRMED = Reply("No more messages")


class Recipient(AnyRecipient):
    """Somebody on a channel where a word ends the messages."""

    def __init__(self, database: Database, name: str, channel: str = CHANNEL) -> None:
        super().__init__(database, name, channel)


def next_text(database: Database) -> str | None:
    found = OutgoingMessages(database).claim("gateway", [CHANNEL], 60)
    if found is None:
        return None
    assert found.reply
    OutgoingMessages(database).part_sent(found, 1, True, "SM", 60)
    return found.reply.text


def test_one_confirmation_and_nothing_after(database: Database) -> None:
    person, subscriptions = Recipient(database, "a"), Subscriptions(database)
    person.answered("uno", "dos")
    person.write("one more, which the brain has not seen")
    assert subscriptions.stop(person.address, "s1", Incoming("STOP"), CONFIRMED)
    assert subscriptions.is_stopped(person.address)
    assert person.states() == ["failed", "failed", "waiting"]
    Outbox(database).finish(claim(database), "brain", [Reply("tres")], None)
    assert [next_text(database), next_text(database)] == ["No more messages", None]
    assert OutgoingMessages(database).end_unwanted() == 1
    assert person.states() == ["failed", "failed", "sent", "failed"]
    assert OutgoingMessages(database).end_unwanted() == 0
    subscriptions.stop(person.address, "s2", Incoming("STOP"), CONFIRMED)
    assert next_text(database) is None


def test_a_word_that_is_delivered_twice_is_confirmed_once(database: Database) -> None:
    person, subscriptions = Recipient(database, "a"), Subscriptions(database)
    assert subscriptions.stop(person.address, "s1", Incoming("STOP"), CONFIRMED)
    assert subscriptions.resume(person.address, "s2", Incoming("START"), Reply("Back"))
    assert not subscriptions.stop(person.address, "s1", Incoming("STOP"), CONFIRMED)
    assert not subscriptions.is_stopped(person.address)


def test_what_they_write_meanwhile_is_kept_and_not_answered(database: Database) -> None:
    person, subscriptions = Recipient(database, "a"), Subscriptions(database)
    subscriptions.stop(person.address, "s1", Incoming("STOP"), None)
    person.write("hola")
    assert Inbox(database).claim("brain", 60) is None
    with database.reading() as connection:
        states = connection.execute(select(inbox.c.state).order_by(inbox.c.id)).scalars().all()
    assert states == ["done", "stopped"]
    assert [line.author for line in Outbox(database).conversation(1)] == ["user", "user"]


def test_they_come_back(database: Database) -> None:
    person, subscriptions = Recipient(database, "a"), Subscriptions(database)
    subscriptions.stop(person.address, "s1", Incoming("STOP"), CONFIRMED)
    subscriptions.resume(person.address, "s2", Incoming("START"), Reply("Back"))
    person.answered("uno")
    assert [next_text(database) for _ in range(4)] == ["No more messages", "Back", "uno", None]


def test_help_is_answered_even_then(database: Database) -> None:
    person, subscriptions = Recipient(database, "a"), Subscriptions(database)
    subscriptions.stop(person.address, "s1", Incoming("STOP"), None)
    subscriptions.answer(person.address, "h1", Incoming("HELP"), Reply("Help"))
    assert [next_text(database), next_text(database)] == ["Help", None]
    assert subscriptions.is_stopped(person.address)


def test_another_person_is_not_touched(database: Database) -> None:
    person, other = Recipient(database, "a"), Recipient(database, "b")
    other.answered("uno")
    Subscriptions(database).stop(person.address, "s1", Incoming("STOP"), CONFIRMED)
    assert not Subscriptions(database).is_stopped(other.address)
    assert sorted(filter(None, [next_text(database) for _ in range(3)])) == [
        "No more messages",
        "uno",
    ]


def test_an_errands_result_is_no_sign_of_life(database: Database) -> None:
    """Only what a person writes opens the provider's window."""
    person = Recipient(database, "a")
    Inbox(database).receive(CHANNEL, person.address, "e1", Incoming(event={"errand": "line"}))
    Outbox(database).finish(claim(database), "brain", [Reply("uno")], None)
    found = OutgoingMessages(database).claim("gateway", [CHANNEL], 60)
    assert found
    assert found.last_heard_at is None


def test_who_had_blocked_us_and_writes_wants_messages(database: Database) -> None:
    """Telegram knows no such words: a person blocks the bot, and cannot write then."""
    person = Recipient(database, "a", channel="telegram")
    with database.writing() as connection:
        stop_messages(connection, "telegram", person.address.conversation_id, 1.0)
    assert Subscriptions(database).is_stopped(person.address)
    person.write("hola")
    assert not Subscriptions(database).is_stopped(person.address)
    assert Inbox(database).claim("brain", 60)
