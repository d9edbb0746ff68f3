"""How a message or an event comes into a conversation: its place, its row, what it sets going."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, literal_column, select, update
from sqlalchemy.engine import Connection

from bot.messaging import list_row
from bot.messaging.contents import FETCHED, STOPPED_BY_WORD, Incoming
from bot.messaging.desk import AGENT, CLOSED, mode_of, reopen
from bot.storage.database import NOTIFY_CHANNEL_INBOX, Database
from bot.storage.tables import addresses, conversations, inbox, outbox

# Written into the statement, not bound to it: the indexes are of the waiting rows alone.
WAITING = literal_column("'waiting'")
# Written to an agent: the assistant never answers it, not after the hand-back either.
WITH_AGENT = "with_agent"

_TAKE_POSITIONS = (
    update(conversations)
    .where(conversations.c.id == bindparam("of_conversation"))
    .values(last_position=conversations.c.last_position + bindparam("count"))
)
_LAST_POSITION = select(conversations.c.last_position).where(
    conversations.c.id == bindparam("of_conversation")
)
_PUT = inbox.insert()
_OF_ADDRESS = and_(
    addresses.c.conversation_id == bindparam("of_conversation"),
    addresses.c.channel == bindparam("of_channel"),
)
_HEARD = update(addresses).where(_OF_ADDRESS).values(last_heard_at=bindparam("now"))
_HEARD_AGAIN = _HEARD.values(stopped_at=None)
_DUE_WHEN_HEARD = (
    update(outbox)
    .where(
        outbox.c.conversation_id == bindparam("of_conversation"),
        outbox.c.state == WAITING,
        outbox.c.due_at.is_(None),
    )
    # They write in order to get it: no answer goes first any more.
    .values(due_at=bindparam("now"), unasked=0)
)
_STOPPED_AT = select(addresses.c.stopped_at).where(addresses.c.id == bindparam("of_address"))


@dataclass(frozen=True)
class Address:
    """Where a person writes from on a channel, and the conversation that it belongs to."""

    id: int
    conversation_id: int
    channel: str = ""


def put(
    database: Database,
    connection: Connection,
    channel: str,
    address: Address,
    provider_id: str,
    content: Incoming,
    state: str | None = None,
) -> int:
    """Writes a message or an event at the end of its conversation and gives its position.

    The brain answers it, unless an agent holds the conversation, the person wants no messages, or
    `state` says what became of it.
    Raises IntegrityError where the provider's id was received before.
    """
    position = take_positions(connection, address.conversation_id, 1)
    now = database.now(connection)
    unanswered = None
    if content.event is None:
        of_theirs = _unanswered(connection, channel, address, now)
        unanswered = state or of_theirs
    row = {
        "conversation_id": address.conversation_id,
        "address_id": address.id,
        "position": position,
        "channel": channel,
        "kind": "message" if content.event is None else "event",
        "provider_id": provider_id,
        "content_sealed": database.cipher.seal(content.as_json()),
        "received_at": now,
        "state": unanswered or "waiting",
        "handled_at": now if unanswered else None,
    }
    connection.execute(_PUT, row)
    if content.event is None:
        list_row.person_wrote(
            connection, database.cipher, address.conversation_id, channel, position, now, content
        )
    database.notify(connection, NOTIFY_CHANNEL_INBOX, address.conversation_id)
    return position


def heard(connection: Connection, channel: str, conversation_id: int, now: float) -> None:
    """The person wrote: for a while they may be written to, and what waited for this is due."""
    theirs = {"of_conversation": conversation_id, "now": now}
    heard_of = _HEARD if channel in STOPPED_BY_WORD else _HEARD_AGAIN
    connection.execute(heard_of, {**theirs, "of_channel": channel})
    connection.execute(_DUE_WHEN_HEARD, theirs)


def _unanswered(connection: Connection, channel: str, address: Address, now: float) -> str | None:
    """What becomes of a message that the assistant does not answer; None: it does."""
    stopped = None
    if channel not in FETCHED:
        heard(connection, channel, address.conversation_id, now)
        stopped = _state_of_stopped(connection, address)
    mode = mode_of(connection, address.conversation_id)
    if mode == CLOSED:
        reopen(connection, address.conversation_id)
    return stopped or (WITH_AGENT if mode == AGENT else None)


def _state_of_stopped(connection: Connection, address: Address) -> str | None:
    """What becomes of a message of somebody who wants none back: an answer that is not sent would
    only lead their conversation away from what they last saw."""
    stopped_at = connection.execute(_STOPPED_AT, {"of_address": address.id}).scalar_one()
    return None if stopped_at is None else "stopped"


def take_positions(connection: Connection, conversation_id: int, count: int) -> int:
    """Reserves `count` positions at the end of a conversation and gives the first.

    The row stays locked until the transaction ends, so positions are committed in their order.
    """
    which = {"of_conversation": conversation_id}
    connection.execute(_TAKE_POSITIONS, {**which, "count": count})
    last = connection.execute(_LAST_POSITION, which).scalar_one()
    return int(last) - count + 1
