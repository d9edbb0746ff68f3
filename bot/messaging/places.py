"""The places of messages in a conversation: the order in which a person sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.engine import Connection

from bot.storage.statements import Changing, clock
from bot.storage.tables import conversations

TAKE = Changing(
    conversations,
    conversations.c.id == bindparam("of_conversation"),
    {"last_position": conversations.c.last_position + bindparam("count")},
    (conversations.c.last_position, clock().label("now")),
)


@dataclass(frozen=True)
class Place:
    """The first of positions that were taken in a conversation, and when: by the database's clock,
    in seconds since 1970, after whoever had the conversation before was done."""

    first: int
    now: float


def take_positions(connection: Connection, conversation_id: int, count: int) -> Place:
    """Reserves `count` positions at the end of a conversation.

    The row stays locked until the transaction ends, so positions are committed in their order.
    """
    (row,) = TAKE.run(connection, taking(conversation_id, count))
    return place_of(row, count)


def taking(conversation_id: int, count: int) -> dict[str, Any]:
    """What `TAKE` is given, where it is run together with other statements."""
    return {"of_conversation": conversation_id, "count": count}


def place_of(row: Sequence[Any], count: int) -> Place:
    """The place of so many positions, by the row that `TAKE` gave."""
    last, now = row
    return Place(int(last) - count + 1, float(now))
