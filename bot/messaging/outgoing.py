"""What is still to be sent: replies handed out for sending, one of a conversation at a time, in
their order, and what became of each.

A reply is marked `sending`, under a claim, before the provider is called. A process that dies then
leaves it so: when the claim has run out, the reply is handed out again as `uncertain`, unless a
status of the provider said meanwhile that it was taken.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, literal_column, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement, Select

from bot.messaging import list_row
from bot.messaging.contents import Reply
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.tables import addresses, outbox

# Written into the statement, not bound to it: the indexes are of the open rows alone.
OPEN = (literal_column("'waiting'"), literal_column("'sending'"))
OUTSIDE_WINDOW = "outside_window"
AUTHOR_AGENT = "agent"


@dataclass(frozen=True)
class Outgoing:
    """A reply that this process may send until its claim ends."""

    id: int
    conversation_id: int
    channel: str
    address: str = field(repr=False)
    reply: Reply | None = field(repr=False)
    """None where it or its address cannot be read: no configured key opens it."""
    uuid: str
    parts_sent: int
    attempts: int
    uncertain: bool
    last_heard_at: float | None
    claimed_at: float
    claimed_by: str
    claimed_from: float
    """By this machine's own clock, which nobody sets: the claim lasts at least from then."""
    plain: bool = False
    """Whether it did not arrive with what can be tapped."""
    inbox_id: int | None = None
    """The message that it answers."""

    def heard_within(self, seconds: float | None) -> bool:
        """Whether the person wrote within so many seconds; None: it does not matter."""
        if seconds is None:
            return True
        return self.last_heard_at is not None and self.claimed_at - self.last_heard_at < seconds


class OutgoingMessages:
    """Hands replies out for sending and takes what came of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self, name: str, channels: Collection[str], seconds: float, in_hand: Collection[int] = ()
    ) -> Outgoing | None:
        """The reply of these channels that has been due longest, claimed for `seconds`.

        Not one of those `in_hand`, which the process is sending. What is for somebody who wants no
        messages is ended on the way.
        """
        database, began = self._database, time.monotonic()
        which = {"channels": sorted(channels), "in_hand": list(in_hand)}
        if database.is_sqlite:
            with database.reading() as connection:
                # Most looks find nothing: they do not ask for the one write lock.
                look = {**which, "now": database.now(connection)}
                if connection.execute(_NEXT, look).first() is None:
                    return None
        with database.writing() as connection:
            now = database.now(connection)
            while True:
                row = connection.execute(_NEXT_LOCKED, {**which, "now": now}).first()
                if row is None:
                    return None
                if row.stopped_at is None or row.despite_stop:
                    return self._take(connection, row, name, now, seconds, began)
                _set(connection, row.id, state="failed", error="stopped", claimed_until=None)
                list_row.delivery_failed(connection, row.id)

    def _take(
        self, connection: Connection, row: Any, name: str, now: float, seconds: float, began: float
    ) -> Outgoing:
        ours = row.uuid or uuid.uuid4().hex
        address = self._address(row.address_sealed)
        _set(
            connection,
            row.id,
            state="sending",
            uuid=ours,
            claimed_by=name,
            claimed_until=now + seconds,
            attempts=row.attempts + 1,
        )
        return Outgoing(
            id=row.id,
            conversation_id=row.conversation_id,
            channel=row.channel,
            address=address or "",
            reply=self._reply(row.content_sealed) if address else None,
            uuid=ours,
            parts_sent=row.parts_sent,
            attempts=row.attempts + 1,
            uncertain=row.state == "sending",
            last_heard_at=row.last_heard_at,
            claimed_at=now,
            claimed_by=name,
            plain=bool(row.plain),
            inbox_id=row.inbox_id,
            claimed_from=began,
        )

    def _address(self, sealed: bytes) -> str | None:
        try:
            return str(self._database.cipher.open(sealed))
        except UnreadableError:
            return None

    def _reply(self, sealed: bytes) -> Reply | None:
        try:
            return Reply.from_json(self._database.cipher.open(sealed))
        except (UnreadableError, TypeError):  # TypeError: a newer version wrote it
            return None

    def part_sent(
        self, message: Outgoing, parts: int, last: bool, provider_id: str, seconds: float
    ) -> bool:
        """So many parts were taken; False where the next is not ours to send any more.

        The last one ends the message. That the provider took it is true whoever holds the claim.
        """
        with self._database.writing() as connection:
            which = {"of_message": message.id, "ours": message.uuid, "parts": parts}
            if last:
                changed = connection.execute(_SENT, {**which, "theirs": provider_id})
                return bool(changed.rowcount == 1)
            until = self._database.now(connection) + seconds
            same = and_(outbox.c.id == message.id, outbox.c.uuid == message.uuid, is_open(outbox))
            changed = connection.execute(
                update(outbox)
                .where(same, _held(message))
                .values(parts_sent=parts, claimed_until=until)
            )
            return bool(changed.rowcount == 1)

    def later(self, message: Outgoing, seconds: float, code: str, counted: bool = True) -> None:
        """It is to be sent after a while. Not `counted`: this was no try of the message."""
        attempts = message.attempts if counted else message.attempts - 1
        with self._database.writing() as connection:
            due_at = self._database.now(connection) + seconds
            self._end(
                connection, message, state="waiting", due_at=due_at, attempts=attempts, error=code
            )

    def fail(self, message: Outgoing, code: str) -> None:
        """It will not be sent."""
        with self._database.writing() as connection:
            if self._end(connection, message, state="failed", error=code):
                list_row.delivery_failed(connection, message.id)

    def hold(self, message: Outgoing) -> None:
        """It is to be sent when the person writes: at once, where they did meanwhile."""
        with self._database.writing() as connection:
            theirs = and_(
                addresses.c.conversation_id == message.conversation_id,
                addresses.c.channel == message.channel,
            )
            # The provider knows better than we when they last wrote.
            unheard = or_(
                addresses.c.last_heard_at.is_(None),
                addresses.c.last_heard_at == message.last_heard_at,
            )
            connection.execute(update(addresses).where(theirs, unheard).values(last_heard_at=None))
            newer = connection.execute(
                select(addresses.c.id).where(theirs, addresses.c.last_heard_at.is_not(None))
            ).first()
            due_at = self._database.now(connection) if newer else None
            self._end(
                connection,
                message,
                state="waiting",
                due_at=due_at,
                attempts=0,
                error=OUTSIDE_WINDOW,
            )

    @staticmethod
    def _end(connection: Connection, message: Outgoing, **values: Any) -> bool:
        """Ends the claim; False where it is not this one any more."""
        changed = connection.execute(
            update(outbox).where(_held(message)).values(claimed_until=None, **values)
        )
        return bool(changed.rowcount == 1)


def is_open(table: Any) -> ColumnElement:
    """The message is still to be sent, or being sent."""
    return table.c.state.in_(OPEN)


def _held(message: Outgoing) -> ColumnElement:
    return and_(
        outbox.c.id == message.id,
        outbox.c.claimed_by == message.claimed_by,
        outbox.c.attempts == message.attempts,
        outbox.c.uuid == message.uuid,
        outbox.c.state == OPEN[1],
    )


def _set(connection: Connection, row_id: int, **values: Any) -> None:
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(**values))


def _next() -> Select:
    earlier = outbox.alias("earlier")
    first_of_its_conversation = ~(
        select(earlier.c.id)
        .where(
            earlier.c.conversation_id == outbox.c.conversation_id,
            is_open(earlier),
            earlier.c.position < outbox.c.position,
            # What is held until the person writes does not hold an agent's template.
            or_(earlier.c.due_at.is_not(None), outbox.c.author != AUTHOR_AGENT),
        )
        .exists()
    )
    now = bindparam("now")
    free = or_(outbox.c.state == OPEN[0], outbox.c.claimed_until < now)
    of_addresses: Sequence[Any] = (
        addresses.c.channel,
        addresses.c.address_sealed,
        addresses.c.stopped_at,
        addresses.c.last_heard_at,
    )
    return (
        select(outbox, *of_addresses)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(
            is_open(outbox),
            outbox.c.due_at <= now,
            free,
            outbox.c.id.not_in(bindparam("in_hand", expanding=True)),
            addresses.c.channel.in_(bindparam("channels", expanding=True)),
            first_of_its_conversation,
        )
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(1)
    )


_NEXT = _next()
_NEXT_LOCKED = _NEXT.with_for_update(skip_locked=True, of=outbox)
_SENT = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("of_message"), outbox.c.uuid == bindparam("ours"), is_open(outbox)
    )
    .values(
        state="sent",
        parts_sent=bindparam("parts"),
        provider_id=bindparam("theirs"),
        claimed_until=None,
        error=None,
    )
)
