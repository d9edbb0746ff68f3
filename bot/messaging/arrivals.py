"""How a message or an event comes into a conversation: its place, its row, what it sets going."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import Float, String, and_, bindparam, case, func, literal_column, select, update
from sqlalchemy.engine import Connection

from bot.logs import traced
from bot.messaging import list_row
from bot.messaging.contents import FETCHED, STOPPED_BY_WORD, Incoming
from bot.messaging.list_row import PERSON_WROTE
from bot.messaging.places import TAKE, Place, place_of, take_positions, taking
from bot.messaging.search_index import ADD_WORDS, rows_of_words, words_of
from bot.status.metrics import messages_received
from bot.storage.console_tables import desk
from bot.storage.database import NOTIFY_CHANNEL_INBOX, NOTIFY_CHANNEL_OUTBOX, Database
from bot.storage.desk_modes import AGENT
from bot.storage.statements import Changing, Waking, clock
from bot.storage.tables import addresses, inbox, outbox
from bot.storage.together import Together

log = logging.getLogger(__name__)

# Written into the statement, not bound to it: the indexes are of the waiting rows alone.
WAITING = literal_column("'waiting'")
# Written to an agent: the assistant never answers it, not after the hand-back either.
WITH_AGENT = "with_agent"

# Whoever has the conversation before is waited for by the first statement; so the second sees what
# came of that. In PostgreSQL a statement sees what was committed as it began.
_HEARD, _HEARD_AGAIN = (
    Together(
        place=TAKE,
        heard=Changing(
            addresses,
            and_(
                addresses.c.conversation_id == bindparam("of_conversation"),
                addresses.c.channel == bindparam("of_channel"),
            ),
            values,
            (addresses.c.id, addresses.c.stopped_at),
        ),
    )
    for values in ({"last_heard_at": clock()}, {"last_heard_at": clock(), "stopped_at": None})
)
_DUE_WHEN_HEARD = (
    update(outbox)
    .where(
        outbox.c.conversation_id == bindparam("of_conversation"),
        outbox.c.state == WAITING,
        outbox.c.due_at.is_(None),
    )
    # They write in order to get it: no answer goes first any more.
    .values(due_at=bindparam("its_received_at"), unasked=0)
)
_earlier = inbox.alias("earlier")
_IS_BEHIND = (
    select(_earlier.c.id)
    .where(_earlier.c.conversation_id == bindparam("of_conversation"), _earlier.c.state == WAITING)
    .exists()
)
_HELD_BY = select(desk.c.mode).where(desk.c.conversation_id == bindparam("of_conversation"))
# What became of it already, or else whether an agent has the conversation.
_STATE = func.coalesce(
    bindparam("its_state", type_=String),
    case((_HELD_BY.scalar_subquery() == AGENT, WITH_AGENT), else_=WAITING),
)
_GIVEN = (
    *("conversation_id", "address_id", "position", "channel", "kind", "provider_id"),
    *("content_sealed", "received_at"),
)
_PUT = Waking(
    inbox.insert().values(
        **{name: bindparam(f"its_{name}") for name in _GIVEN},
        state=_STATE,
        behind=case((_IS_BEHIND, 1), else_=0),
        handled_at=case((_STATE != WAITING, bindparam("its_received_at", type_=Float))),
    ),
    NOTIFY_CHANNEL_INBOX,
    inbox.c.conversation_id,
    inbox.c.id,
)
# A person wrote. The address is locked before what waits for them and that before the list, as
# where a message fails: no deadlock. Who fetches answers is written to nowhere else.
_CAME = Together(due=_DUE_WHEN_HEARD, listed=PERSON_WROTE, put=_PUT, words=ADD_WORDS)
_CAME_TO_FETCHED = Together(listed=PERSON_WROTE, put=_PUT, words=ADD_WORDS)
_NOTED = Together(put=_PUT, words=ADD_WORDS)


@dataclass(frozen=True)
class Address:
    """Where a person writes from on a channel, and the conversation that it belongs to."""

    id: int
    conversation_id: int
    channel: str = ""


@dataclass(frozen=True)
class Received:
    """A message's number in the inbox and its place in its conversation; `again` where it had been
    received before."""

    number: int
    position: int
    again: bool = False


def put(
    database: Database,
    connection: Connection,
    channel: str,
    address: Address,
    provider_id: str,
    content: Incoming,
    state: str | None = None,
) -> Received:
    """Writes a message or an event at the end of its conversation.

    The brain answers it, unless an agent holds the conversation, the person wants no messages, or
    `state` says what became of it.
    Raises IntegrityError where the provider's id was received before.
    """
    fetched, wrote = channel in FETCHED, content.event is None and state is None
    place, stopped = _placed(connection, channel, address, wrote and not fetched)
    words = {place.first: words_of(content.text)} if content.event is None else {}
    # An agent holds no event up, but the brain: it comes to it when the conversation is given back.
    unanswered = "stopped" if stopped else state
    row = {
        "conversation_id": address.conversation_id,
        "address_id": address.id,
        "position": place.first,
        "channel": channel,
        "kind": "message" if content.event is None else "event",
        "provider_id": provider_id,
        "content_sealed": database.cipher.seal(content.as_json()),
        "received_at": place.now,
        "state": unanswered if content.event is None else "waiting",
    }
    listed = list_row.values_of(database.cipher, channel, place, content) if wrote else {}
    given = {"of_conversation": address.conversation_id, **list_row.its({**row, **listed})}
    came = _NOTED if not wrote else _CAME_TO_FETCHED if fetched else _CAME
    found = came.run(
        connection,
        given,
        words=rows_of_words(database.cipher, address.conversation_id, words),
    )
    if wrote and not found["listed"]:
        list_row.add_first(connection, given)
    if found.get("due"):  # where an agent has the conversation, no answer wakes who sends it
        database.notify(connection, NOTIFY_CHANNEL_OUTBOX, address.conversation_id)
    return Received(found["put"], place.first)


def tell_of(channel: str, received: Received) -> None:
    """Counts a message that was committed, and begins what is logged of it."""
    messages_received.labels(channel, "yes" if received.again else "no").inc()
    with traced(received.number):
        log.info("came by %s%s", channel, ", again" if received.again else "")


def _placed(
    connection: Connection, channel: str, address: Address, heard: bool
) -> tuple[Place, bool]:
    """Its place, and whether who wrote it wants no messages: an answer that is not sent would only
    lead their conversation away from what they last saw. Where they are `heard`, they may be
    written to for a while."""
    if not heard:
        return take_positions(connection, address.conversation_id, 1), False
    heard_there = _HEARD if channel in STOPPED_BY_WORD else _HEARD_AGAIN
    which = {**taking(address.conversation_id, 1), "of_channel": channel}
    rows = heard_there.run(connection, which)
    stopped = dict(rows["heard"]).get(address.id)
    return place_of(rows["place"][0], 1), stopped is not None
