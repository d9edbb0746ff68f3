"""What nobody waits for (a reminder) lets answers go first, while it has not begun to go out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from bot.messaging.arrivals import put
from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.options import chosen_in
from bot.messaging.outbox import Outbox
from bot.messaging.outgoing import Outgoing, OutgoingMessages
from bot.messaging.seen import Looks
from bot.messaging.sender import OutsideWindowError
from bot.messaging.statuses import Statuses, name_of_part
from bot.storage.database import Database
from bot.storage.tables import addresses
from tests.messaging.provider import CHANNEL, Recipient
from tests.messaging.stand_in import claim


@pytest.fixture
def person(database: Database) -> Recipient:
    """Somebody who writes and is reminded."""
    return Recipient(database, "a")


def handed_out(database: Database) -> Iterator[Outgoing]:
    """What is sent, in its order, each taken by the provider."""
    messages = OutgoingMessages(database)
    while (found := messages.claim("gateway", [CHANNEL], 60)) is not None:
        yield found
        assert messages.part_sent(found, 1, True, "P", 60)


def sent(database: Database) -> list[str]:
    return [found.reply.text for found in handed_out(database) if found.reply]


def test_an_answer_goes_first(database: Database, person: Recipient) -> None:
    person.hears_of("remind", "recuerde", "pagar")
    person.answered("uno", "dos")
    person.answered("tres")
    assert sent(database) == ["uno", "dos", "tres", "recuerde", "pagar"]


def test_answers_keep_their_order_and_so_do_reminders(
    database: Database, person: Recipient
) -> None:
    person.answered("uno")
    person.hears_of("remind", "recuerde 1")
    person.answered("dos")
    person.hears_of("remind", "recuerde 2")
    person.answered("tres")
    assert sent(database) == ["uno", "dos", "tres", "recuerde 1", "recuerde 2"]


@pytest.mark.parametrize("errand", ["register", "issue_line", "erase"])
def test_what_came_of_what_they_asked_for_is_an_answer(
    database: Database, person: Recipient, errand: str
) -> None:
    person.hears_of("remind", "recuerde")
    person.hears_of(errand, "listo")
    person.answered("uno")
    assert sent(database) == ["listo", "uno", "recuerde"]


def test_a_reminder_that_is_being_sent_is_not_overtaken(
    database: Database, person: Recipient
) -> None:
    person.hears_of("remind", "recuerde")
    messages = OutgoingMessages(database)
    reminder = messages.claim("gateway", [CHANNEL], 60)
    assert reminder
    person.answered("uno")
    assert messages.claim("gateway", [CHANNEL], 60) is None
    messages.part_sent(reminder, 1, True, "P", 60)
    assert sent(database) == ["uno"]


def test_a_reminder_that_is_half_sent_is_sent_whole(database: Database, person: Recipient) -> None:
    person.hears_of("remind", "recuerde\npagar")
    messages = OutgoingMessages(database)
    reminder = messages.claim("gateway", [CHANNEL], 60)
    assert reminder
    messages.part_sent(reminder, 1, False, "P", 60)
    messages.later(reminder, 0.0, "503")
    person.answered("uno")
    assert sent(database) == ["recuerde\npagar", "uno"]


def test_a_reminder_that_is_tried_again_later_holds_nobody_up(
    database: Database, person: Recipient
) -> None:
    person.hears_of("remind", "recuerde")
    messages = OutgoingMessages(database)
    reminder = messages.claim("gateway", [CHANNEL], 60)
    assert reminder
    messages.later(reminder, 600.0, "503")
    person.answered("uno")
    assert sent(database) == ["uno"]


def test_a_reminder_that_they_wrote_to_get_comes_before_what_is_said_to_that(
    database: Database, person: Recipient
) -> None:
    """The window was closed; they were asked whether they want to see what we have, and say yes."""
    person.hears_of("remind", "recuerde")
    messages = OutgoingMessages(database)
    reminder = messages.claim("gateway", [CHANNEL], 60)
    assert reminder
    messages.hold(reminder)
    person.answered("¿Sí a qué?")
    assert sent(database) == ["recuerde", "¿Sí a qué?"]


def test_people_do_not_wait_for_each_others_reminders(
    database: Database, person: Recipient
) -> None:
    other = Recipient(database, "b")
    person.hears_of("remind", "recuerde")
    other.answered("uno")
    assert set(sent(database)) == {"recuerde", "uno"}


def test_a_number_means_what_was_shown_last(database: Database, person: Recipient) -> None:
    """The reminder came after the answer, and with it its options."""

    def offer(title: str) -> None:
        found = claim(database)
        option = Option(f"{found.inbox_id}.0.1", title, "x", {})
        Outbox(database).finish(found, "brain", [Reply(title, (option,))], None)

    with database.writing() as connection:
        event = Incoming(event={"errand": "remind"})
        put(database, connection, CHANNEL, person.address, "event", event)
    offer("Ya pagué")
    person.write()
    offer("Ver el menú")
    assert sent(database) == ["Ver el menú", "Ya pagué"]
    chosen = chosen_in("1", Looks(database).at(person.address.conversation_id).offered)
    assert chosen
    assert chosen.title == "Ya pagué"


def test_a_reminder_that_a_provider_gives_back_does_not_block(
    database: Database, person: Recipient
) -> None:
    (row_id,) = person.hears_of("remind", "recuerde")
    (found,) = handed_out(database)
    assert found.id == row_id
    Statuses(database).failed(name_of_part(found.uuid, 1, 1), OutsideWindowError())
    with database.writing() as connection:
        connection.execute(update(addresses).values(last_heard_at=1.0))
    person.answered("uno")
    assert sent(database) == ["uno", "recuerde"]
