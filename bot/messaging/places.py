"""The places of messages in a conversation: the order in which a person sees them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlalchemy.engine import Connection

from bot.storage.statements import Changing, clock
from bot.storage.tables import conversations

_TAKE = Changing(
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
    which = {"of_conversation": conversation_id, "count": count}
    (row,) = _TAKE.run(connection, which)
    return Place(int(row.last_position) - count + 1, float(row.now))
