"""The next reply to send is found at once, however many wait."""

from __future__ import annotations

import re

import pytest

from bot.messaging.outgoing import OutgoingMessages
from bot.storage.database import Database
from bot.storage.tables import inbox, outbox
from tests.messaging.provider import CHANNEL, Recipient
from tests.support.plans import count_rows, plan_for_any_values, plan_of, watched

OF_THE_SEARCH = "%outbox.state = 'waiting'%ORDER BY outbox.due_at%"


def sent_long_ago(person: Recipient, count: int) -> list[dict[str, object]]:
    """Rows of replies that were delivered."""
    row = {
        "conversation_id": person.address.conversation_id,
        "address_id": person.address.id,
        "author": "bot",
        "content_sealed": b"",
        "created_at": 0.0,
        "due_at": 0.0,
        "state": "delivered",
    }
    return [{**row, "position": 100 + number} for number in range(count)]


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "never counted"])
@pytest.mark.parametrize("sent", [300, 4000])
def test_the_next_is_found_without_reading_all_that_waits(
    database: Database, sent: int, counted: bool
) -> None:
    """Nor what was ever sent; also what was left by a process that died, which is looked for with
    the first claim."""
    people = [Recipient(database, f"p{number}") for number in range(20)]
    with database.writing() as connection:
        connection.execute(outbox.insert(), sent_long_ago(people[0], sent))
    if counted:
        # While nothing is open: PostgreSQL believes that it is so still, and then any way looks as
        # good as another.
        count_rows(database)
    for person in people[1:]:
        person.answered("uno", "dos", "tres")
    messages = OutgoingMessages(database)
    with watched() as of_any:
        assert messages.claim("gateway", [CHANNEL], 60)
    assert_in_order(plan_of(database, *next(one for one in of_any if "LIMIT" in one[0])))
    with watched() as statements:
        assert messages.claim("gateway", [CHANNEL], 60)
    if database.is_sqlite:
        plan = plan_of(database, *next(one for one in statements if "LIMIT" in one[0]))
    else:
        plan = plan_for_any_values(database, OF_THE_SEARCH)
    assert_in_order(plan)


def assert_in_order(plan: str) -> None:
    """In its index's order; and of each the earlier ones by their conversation."""
    assert "ix_outbox_open_due" in plan
    for bad in ("Sort", "Bitmap", "TEMP B-TREE", "Seq Scan on outbox", "SCAN outbox"):
        assert bad not in plan
    assert re.search(r"ix_outbox_open\b.*\n?.*conversation_id ?=", plan)


def test_one_is_found_by_its_number_however_many_wait(postgres_database: Database) -> None:
    """To end a message, and to note what came of a reply."""
    database = postgres_database
    people = [Recipient(database, f"p{number}") for number in range(20)]
    with database.writing() as connection:
        connection.execute(outbox.insert(), sent_long_ago(people[0], 4000))
        heard = [heard_long_ago(people[0], number) for number in range(4000)]
        connection.execute(inbox.insert(), heard)
    # As above: while nothing is open.
    count_rows(database)
    for person in people[1:]:
        person.answered("uno", "dos", "tres")
    messages = OutgoingMessages(database)
    message = messages.claim("gateway", [CHANNEL], 60)
    assert message
    assert messages.part_sent(message, 1, True, "P1", 60)
    noted = plan_for_any_values(database, "%AS UPDATE outbox SET state=%")
    assert "ix_outbox_open" not in noted
    assert re.search("pk_outbox|uq_outbox_uuid", noted)
    ended = plan_for_any_values(database, "%WITH ended AS%")
    assert re.search(r"Update on inbox\b.*\n.*using pk_inbox", ended)


def heard_long_ago(person: Recipient, number: int) -> dict[str, object]:
    """A row of a message that was answered."""
    return {
        "conversation_id": person.address.conversation_id,
        "address_id": person.address.id,
        "position": 5000 + number,
        "channel": CHANNEL,
        "provider_id": f"long ago {number}",
        "content_sealed": b"",
        "received_at": 0.0,
        "state": "done",
    }
