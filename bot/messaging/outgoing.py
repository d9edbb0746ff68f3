"""What is still to be sent: replies handed out for sending, one of a conversation at a time, in
their order, and what became of each.

A reply is marked `sending`, under a claim, before the provider is called. A process that dies then
leaves it so: when the claim has run out, the reply is handed out again as `uncertain`, unless a
status of the provider said meanwhile that it was taken.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import and_, bindparam, case, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.messaging import list_row
from bot.messaging.contents import Reply
from bot.messaging.open_replies import CLAIM, CLAIM_ANY, OPEN, UNWANTED, UNWANTED_LOCKED, is_open
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.prepared import Often
from bot.storage.statements import Changing, granted, prolonged
from bot.storage.tables import addresses, outbox

OUTSIDE_WINDOW = "outside_window"
LOOK_AT_LEFT_SECONDS = 1.0


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
    others_wait: bool = True
    """Whether more of the conversation waited for it when it was claimed."""

    def heard_within(self, seconds: float | None) -> bool:
        """Whether the person wrote within so many seconds; None: it does not matter."""
        if seconds is None:
            return True
        return self.last_heard_at is not None and self.claimed_at - self.last_heard_at < seconds


class OutgoingMessages:
    """Hands replies out for sending and takes what came of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looked_at_left = -math.inf

    def claim(
        self, name: str, channels: Collection[str], seconds: float, in_hand: Collection[int] = ()
    ) -> Outgoing | None:
        """The reply of these channels that has been due longest, claimed for `seconds`. Not one of
        those `in_hand`, which the process is sending.

        What was left by a process that died is looked for once a second, until there is no more.
        """
        began, new = time.monotonic(), uuid.uuid4().hex
        which: dict[str, Any] = {"channels": sorted(channels)}
        is_time = began - self._looked_at_left > LOOK_AT_LEFT_SECONDS
        if is_time:
            which["in_hand"] = list(in_hand)
        row = (CLAIM_ANY if is_time else CLAIM).take(
            self._database, name, seconds, which, new_uuid=new
        )
        if is_time and (row is None or row.state == "waiting"):
            self._looked_at_left = began
        if row is None:
            return None
        address = self._address(row.address_sealed)
        return Outgoing(
            id=row.id,
            conversation_id=row.conversation_id,
            channel=row.channel,
            address=address or "",
            reply=self._reply(row.content_sealed) if address else None,
            uuid=row.uuid or new,
            parts_sent=row.parts_sent,
            attempts=row.attempts + 1,
            uncertain=row.state == "sending",
            last_heard_at=row.last_heard_at,
            claimed_at=row.now,
            claimed_by=name,
            plain=bool(row.plain),
            inbox_id=row.inbox_id,
            claimed_from=began,
            others_wait=bool(row.others_wait),
        )

    def end_unwanted(self) -> int:
        """Ends what waits for people who want no messages; gives how many."""
        with self._database.reading() as connection:
            if connection.execute(UNWANTED).first() is None:
                return 0
        with self._database.writing() as connection:
            rows = connection.execute(UNWANTED_LOCKED).scalars().all()
            for row_id in rows:
                ended = {"state": "failed", "error": "stopped", "claimed_until": None}
                connection.execute(update(outbox).where(outbox.c.id == row_id).values(ended))
                list_row.delivery_failed(connection, row_id)
        return len(rows)

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
        with self._database.changing() as connection:
            if last:
                which = {"of_message": message.id, "ours": message.uuid}
                what = {"parts": parts, "theirs": provider_id}
                return bool(_SENT.run(connection, {**which, **what}).rowcount == 1)
            rows = _PART_SENT.run(connection, {**_claim_of(message, seconds), "parts": parts})
        return [(*row,) for row in rows] == [(message.claimed_by, message.attempts)]

    def look_again(self, message: Outgoing, seconds: float) -> Outgoing | None:
        """The message with what is known of it by now, its claim prolonged; None where it is not
        ours to send any more."""
        began = time.monotonic()
        with self._database.changing() as connection:
            rows = _LOOK_AGAIN.run(connection, _claim_of(message, seconds))
        return replace(message, parts_sent=rows[0][0], claimed_from=began) if rows else None

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


def _claim_of(message: Outgoing, seconds: float) -> dict[str, Any]:
    claim = {"by": message.claimed_by, "attempt": message.attempts, "lasts": seconds}
    return {"of_message": message.id, "ours": message.uuid, **claim}


def _held(message: Outgoing) -> ColumnElement:
    return and_(
        outbox.c.id == message.id,
        outbox.c.claimed_by == message.claimed_by,
        outbox.c.attempts == message.attempts,
        outbox.c.uuid == message.uuid,
        granted(outbox.c.state == OPEN[1]),
    )


# It is found by its number, not by reading all that is open.
_SAME = and_(
    outbox.c.id == bindparam("of_message"),
    outbox.c.uuid == bindparam("ours"),
    granted(is_open(outbox)),
)
_SENT = Often(
    update(outbox)
    .where(_SAME)
    .values(
        state="sent",
        parts_sent=bindparam("parts"),
        provider_id=bindparam("theirs"),
        claimed_until=None,
        error=None,
    )
)
_OURS = and_(
    outbox.c.claimed_by == bindparam("by"),
    outbox.c.attempts == bindparam("attempt"),
    outbox.c.state == OPEN[1],
)
_FEWER = outbox.c.parts_sent < bindparam("parts")
_PROLONGED = prolonged(outbox.c.claimed_until, bindparam("lasts"))
_PART_SENT = Changing(
    outbox,
    _SAME,
    {
        "parts_sent": case((_FEWER, bindparam("parts")), else_=outbox.c.parts_sent),
        "claimed_until": case((_OURS, _PROLONGED), else_=outbox.c.claimed_until),
    },
    (outbox.c.claimed_by, outbox.c.attempts),
)
_LOOK_AGAIN = Changing(
    outbox, and_(_SAME, granted(_OURS)), {"claimed_until": _PROLONGED}, (outbox.c.parts_sent,)
)
