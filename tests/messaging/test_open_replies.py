"""The next reply to send is found at once, however many wait."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from bot.messaging.outgoing import OutgoingMessages
from bot.storage.database import Database
from bot.storage.tables import outbox
from tests.messaging.provider import CHANNEL, Recipient
from tests.support.plans import plan_for_any_values, plan_of, watched

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
    """Nor what was ever sent; also where PostgreSQL last counted when nothing was open, and
    believes that it is so still: then any way looks as good as another."""
    people = [Recipient(database, f"p{number}") for number in range(20)]
    messages = OutgoingMessages(database)
    with database.writing() as connection:
        connection.execute(outbox.insert(), sent_long_ago(people[0], sent))
    if counted and not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    assert messages.claim("gateway", [CHANNEL], 60) is None
    for person in people[1:]:
        person.answered("uno", "dos", "tres")
    with watched() as statements:
        assert messages.claim("gateway", [CHANNEL], 60)
    if database.is_sqlite:
        search, given = next(one for one in statements if "LIMIT" in one[0])
        plan = plan_of(database, search, given)
    else:
        plan = plan_for_any_values(database, OF_THE_SEARCH)
    assert "ix_outbox_open_due" in plan
    # In that index's order; and of each the earlier ones by their conversation.
    for bad in ("Sort", "Bitmap", "TEMP B-TREE", "Seq Scan on outbox", "SCAN outbox"):
        assert bad not in plan
    assert re.search(r"ix_outbox_open\b.*\n?.*conversation_id ?=", plan)
