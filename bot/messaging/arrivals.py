"""How a message or an event comes into a conversation: its place, its row, what it sets going."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, case, literal_column, select, update
from sqlalchemy.engine import Connection

from bot.messaging import list_row
from bot.messaging.contents import FETCHED, STOPPED_BY_WORD, Incoming
from bot.messaging.desk import AGENT
from bot.messaging.list_row import PERSON_WROTE
from bot.messaging.places import take_positions
from bot.messaging.search_index import ADD_WORDS, rows_of_words, words_of
from bot.storage.database import NOTIFY_CHANNEL_INBOX, Database
from bot.storage.statements import Changing, Waking
from bot.storage.tables import addresses, inbox, outbox
from bot.storage.together import Together

# Written into the statement, not bound to it: the indexes are of the waiting rows alone.
WAITING = literal_column("'waiting'")
# Written to an agent: the assistant never answers it, not after the hand-back either.
WITH_AGENT = "with_agent"

_earlier = inbox.alias("earlier")
_IS_BEHIND = (
    select(_earlier.c.id)
    .where(_earlier.c.conversation_id == bindparam("of_conversation"), _earlier.c.state == WAITING)
    .exists()
)
_GIVEN = (
    *("conversation_id", "address_id", "position", "channel", "kind", "provider_id"),
    *("content_sealed", "received_at", "state", "handled_at"),
)
# The conversation is locked: what waits before it is seen.
_PUT = Waking(
    inbox.insert().values(
        behind=case((_IS_BEHIND, 1), else_=0), **{name: bindparam(f"its_{name}") for name in _GIVEN}
    ),
    NOTIFY_CHANNEL_INBOX,
    inbox.c.conversation_id,
)
_OF_ADDRESS = and_(
    addresses.c.conversation_id == bindparam("of_conversation"),
    addresses.c.channel == bindparam("of_channel"),
)
_STOPPED_AT = (addresses.c.id, addresses.c.stopped_at)
_HEARD_AT = {"last_heard_at": bindparam("now")}
_AGAIN = {**_HEARD_AT, "stopped_at": None}
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
# A person wrote. The address is locked before the message and that before the list, as where a
# message fails: no deadlock. Who fetches answers is written to nowhere else.
_WROTE = Together(listed=PERSON_WROTE)
_HEARD, _HEARD_AGAIN = (
    Together(
        heard=Changing(addresses, _OF_ADDRESS, values, _STOPPED_AT),
        due=_DUE_WHEN_HEARD,
        listed=PERSON_WROTE,
    )
    for values in (_HEARD_AT, _AGAIN)
)
_ARRIVED = Together(put=_PUT, words=ADD_WORDS)


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
    place = take_positions(connection, address.conversation_id, 1)
    unanswered, words = None, {}
    if content.event is None:
        words = {place.first: words_of(content.text)}
        listed = list_row.values_of(database.cipher, channel, place, content)
        unanswered = state or _person_wrote(connection, channel, address, listed)
    row = {
        "conversation_id": address.conversation_id,
        "address_id": address.id,
        "position": place.first,
        "channel": channel,
        "kind": "message" if content.event is None else "event",
        "provider_id": provider_id,
        "content_sealed": database.cipher.seal(content.as_json()),
        "received_at": place.now,
        "state": unanswered or "waiting",
        "handled_at": place.now if unanswered else None,
    }
    _ARRIVED.run(
        connection,
        {**list_row.its(row), "of_conversation": address.conversation_id},
        words=rows_of_words(database.cipher, address.conversation_id, words),
    )
    return place.first


def _person_wrote(
    connection: Connection, channel: str, address: Address, listed: Mapping[str, Any]
) -> str | None:
    """The person wrote: it stands in the agents' list, for a while they may be written to, and what
    waited for this is due. What becomes of a message that the assistant does not answer: an agent
    does, or who wrote it wants no messages, and an answer that is not sent would only lead their
    conversation away from what they last saw."""
    wrote = _HEARD if channel in STOPPED_BY_WORD else _HEARD_AGAIN
    if channel in FETCHED:
        wrote = _WROTE
    theirs = {"of_conversation": address.conversation_id, "of_channel": channel}
    given = {**theirs, "now": listed["heard_at"], **list_row.its(listed)}
    rows = wrote.run(connection, given)
    if not rows["listed"]:
        list_row.add_first(connection, address.conversation_id, listed)
    stopped = {row[0]: row[1] for row in rows.get("heard", ())}
    if stopped.get(address.id) is not None:
        return "stopped"
    return WITH_AGENT if (AGENT,) in rows["listed"] else None
