"""The replies that are still to be sent, and which of them is next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, literal_column, or_, select
from sqlalchemy.sql import ColumnElement, Select

from bot.storage.statements import among, begun, exists_for_each, granted
from bot.storage.tables import addresses, outbox
from bot.storage.taking import Taking

# Written into the statement, not bound to it: the indexes are of the open rows alone.
OPEN = (literal_column("'waiting'"), literal_column("'sending'"))
AUTHOR_AGENT = "agent"


def is_open(table: Any) -> ColumnElement:
    """The message is still to be sent, or being sent."""
    return table.c.state.in_(OPEN)


def _next(*where: ColumnElement) -> Select:
    earlier = outbox.alias("earlier")
    first_of_its_conversation = ~exists_for_each(
        select(earlier.c.id).where(
            earlier.c.conversation_id == outbox.c.conversation_id,
            is_open(earlier),
            earlier.c.position < outbox.c.position,
            # What is held until the person writes does not hold an agent's template.
            or_(earlier.c.due_at.is_not(None), outbox.c.author != AUTHOR_AGENT),
        )
    )
    later = outbox.alias("later")
    others_wait = (
        select(later.c.id)
        .where(
            later.c.conversation_id == outbox.c.conversation_id,
            is_open(later),
            later.c.position > outbox.c.position,
        )
        .exists()
        .label("others_wait")
    )
    of_addresses: Sequence[Any] = (
        addresses.c.channel,
        addresses.c.address_sealed,
        addresses.c.last_heard_at,
        begun().label("now"),
    )
    return (
        select(outbox, *of_addresses, others_wait)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(
            granted(is_open(outbox)),
            outbox.c.due_at <= begun(),
            *where,
            granted(or_(addresses.c.stopped_at.is_(None), outbox.c.despite_stop == 1)),
            granted(among(addresses.c.channel, "channels")),
            first_of_its_conversation,
        )
        .order_by(outbox.c.due_at, outbox.c.id)
    )


_FREE = or_(outbox.c.state == OPEN[0], outbox.c.claimed_until < begun())
_SENDING = {"state": "sending", "uuid": func.coalesce(outbox.c.uuid, bindparam("new_uuid"))}
CLAIM = Taking(outbox, _next(granted(outbox.c.state == OPEN[0])), _SENDING)
_NOT_IN_HAND = outbox.c.id.not_in(bindparam("in_hand", expanding=True))
CLAIM_ANY = Taking(outbox, _next(granted(_FREE), _NOT_IN_HAND), _SENDING, planned_once=False)
UNWANTED = (
    select(outbox.c.id)
    .join(addresses, addresses.c.id == outbox.c.address_id)
    .where(is_open(outbox), _FREE, addresses.c.stopped_at.is_not(None), outbox.c.despite_stop == 0)
)
UNWANTED_LOCKED = UNWANTED.with_for_update(skip_locked=True, of=outbox)
