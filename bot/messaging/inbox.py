"""The inbox: what people sent, committed before anybody is told that it arrived."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement, Select

from bot.messaging.arrivals import WAITING, Address, Received, put, tell_of
from bot.messaging.contents import Incoming
from bot.messaging.newcomers import add
from bot.messaging.received_media import Attachment, attach
from bot.messaging.turn_look import look_at
from bot.storage.database import NOTIFY_CHANNEL_INBOX, Database
from bot.storage.desk_modes import is_held
from bot.storage.encryption import UnreadableError
from bot.storage.prepared import Often
from bot.storage.statements import (
    among,
    begun,
    clock,
    exists_for_each,
    granted,
    not_lasting,
    prolonged,
)
from bot.storage.tables import addresses, inbox
from bot.storage.taking import Taking

# How often what waits behind others is looked at too.
LOOK_AT_ALL_SECONDS = 1.0
# So many addresses are looked up once in a while only.
REMEMBERED = 10_000


@dataclass(frozen=True)
class Claimed:
    """A message that this brain may handle until its claim ends.

    Each claim counts an attempt, so `attempts` tells this claim from an earlier one of the same
    brain.
    """

    inbox_id: int
    conversation_id: int
    address_id: int
    channel: str
    content: Incoming | None
    """None where it cannot be read: no configured key opens it."""
    received_at: float
    attempts: int
    position: int = 0
    left_by_another: bool = False
    """Whether another brain held it and neither answered it nor gave it back: it died or hung."""
    left_by: str = ""
    """The brain that did so, be it this one."""
    look: Any = field(default=None, repr=False)
    """What its turn is told (bot.messaging.turn_look); None where that was not read with it."""


class Inbox:
    """Stores messages and hands them out: one conversation's in order, to one brain at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looked_at_all = -math.inf
        # By channel and digest. No row is ever removed, nor passes to another conversation.
        self._known: dict[tuple[str, str], Address] = {}

    def open_address(self, channel: str, address: str) -> Address:
        """The address's row, with a new conversation where the address is new."""
        return self.find_address(channel, address) or self.add_address(channel, address)

    def add_address(self, channel: str, address: str) -> Address:
        """The row of an address that was not there just now, with a new conversation."""
        try:
            return add(self._database, channel, address)
        except IntegrityError:  # somebody else added it in between
            found = self.find_address(channel, address)
            if found is None:
                raise
            return found

    def find_address(self, channel: str, address: str) -> Address | None:
        """The address's row, or None."""
        return self.find_addresses(channel, [address]).get(address)

    def find_addresses(self, channel: str, names: Sequence[str]) -> dict[str, Address]:
        """Those of the addresses that there are."""
        of_index = {self._database.cipher.index(name): name for name in names}
        known = {index: self._known.get((channel, index)) for index in of_index}
        missing = [index for index, address in known.items() if address is None]
        if missing:
            known |= self._look_up(channel, missing)
        return {of_index[index]: address for index, address in known.items() if address}

    def _look_up(self, channel: str, indexes: Sequence[str]) -> dict[str, Address]:
        with self._database.reading() as connection:
            rows = _FIND_ADDRESSES.run(connection, {"channel": channel, "indexes": indexes}).all()
        found = {row.address_index: Address(row.id, row.conversation_id, channel) for row in rows}
        if len(self._known) > REMEMBERED:
            self._known.clear()
        self._known |= {(channel, index): address for index, address in found.items()}
        return found

    def receive(
        self,
        channel: str,
        address: Address,
        provider_id: str,
        content: Incoming,
        attachments: Sequence[Attachment] = (),
        hold_seconds: float = 0.0,
    ) -> Received:
        """Commits a message; one whose provider's id was received before is not stored twice. It
        is answered when what came with it was read, or after so many seconds."""
        database = self._database
        try:
            with database.writing() as connection:
                received = put(database, connection, channel, address, provider_id, content)
                if attachments:
                    number = received.number
                    attach(database, connection, number, channel, attachments, hold_seconds)
        except IntegrityError:
            received = self._before(channel, provider_id)
        tell_of(channel, received)
        return received

    def _before(self, channel: str, provider_id: str) -> Received:
        known = (inbox.c.channel == channel) & (inbox.c.provider_id == provider_id)
        with self._database.reading() as connection:
            row = connection.execute(select(inbox.c.id, inbox.c.position).where(known)).one()
        return Received(row.id, row.position, again=True)

    def claim(self, brain: str, seconds: float) -> Claimed | None:
        """The oldest waiting message of a conversation that nobody holds, claimed for `seconds`.

        Those that came behind others are looked at when those are done, and all of them once a
        second: so it does not matter who forgot to say so, or was of an older version.
        """
        now = time.monotonic()
        is_time = now - self._looked_at_all > LOOK_AT_ALL_SECONDS
        if is_time:
            self._looked_at_all = now
        row = (_CLAIM_ANY if is_time else _CLAIM_READY).take(self._database, brain, seconds, {})
        if row is None:
            return None
        return Claimed(
            inbox_id=row.id,
            conversation_id=row.conversation_id,
            address_id=row.address_id,
            channel=row.channel,
            content=self._content(row.content_sealed),
            received_at=row.received_at,
            attempts=row.attempts + 1,
            position=row.position,
            left_by_another=row.claimed_by not in (None, brain),
            left_by=row.claimed_by or "",
            look=None if self._database.is_sqlite else row,
        )

    def _content(self, sealed: bytes) -> Incoming | None:
        try:
            return Incoming(**self._database.cipher.open(sealed))
        except (UnreadableError, TypeError):  # TypeError: a newer version wrote it
            return None

    def renew(self, claims: Iterable[Claimed], brain: str, seconds: float) -> list[Claimed]:
        """Prolongs claims, and returns those that are this brain's no longer.

        On SQLite together: there is one lock for all who write, and under load a claim could run
        out while the brain waits for it once more for each of those before.
        """
        until = {"claimed_until": prolonged(inbox.c.claimed_until, seconds)}
        return self._hold(claims, brain, until)

    def release(self, claimed: Claimed, brain: str, after_seconds: float = 0.0) -> None:
        """Gives a claim back: the message may be taken again after a while, or at once."""
        until = clock() + after_seconds if after_seconds else None
        self._hold([claimed], brain, {"claimed_by": None, "claimed_until": until})
        if not after_seconds:
            with self._database.changing(lasting=False) as connection:
                self._database.notify(connection, NOTIFY_CHANNEL_INBOX, claimed.conversation_id)

    def _hold(self, claims: Iterable[Claimed], brain: str, values: dict[str, Any]) -> list[Claimed]:
        """Those that could not be changed: they are this brain's no longer."""
        statement = update(inbox).where(HELD, not_lasting()).values(values)
        with self._database.changing(lasting=False) as connection:
            return [
                one
                for one in claims
                if connection.execute(statement, held(one, brain)).rowcount != 1
            ]


# The inbox row is the message, and the claim on it is still this one.
HELD = and_(
    inbox.c.id == bindparam("of_message"),
    inbox.c.claimed_by == bindparam("brain"),
    inbox.c.attempts == bindparam("attempt"),
    # It is found by its number: not by reading all that waits, of which PostgreSQL may believe that
    # it is nothing.
    granted(inbox.c.state == WAITING),
)


def held(claimed: Claimed, brain: str) -> dict[str, Any]:
    """What `HELD` and `LET_NEXT_COME` are given."""
    return {
        "of_message": claimed.inbox_id,
        "of_conversation": claimed.conversation_id,
        "brain": brain,
        "attempt": claimed.attempts,
    }


def _next_waiting(*where: ColumnElement) -> Select:
    earlier = inbox.alias("earlier")
    first_of_its_conversation = ~exists_for_each(
        select(earlier.c.id).where(
            earlier.c.conversation_id == inbox.c.conversation_id,
            earlier.c.state == WAITING,
            earlier.c.id < inbox.c.id,
        )
    )
    free = or_(inbox.c.claimed_until.is_(None), inbox.c.claimed_until < begun())
    return (
        select(inbox)
        .where(
            inbox.c.state == WAITING,
            *where,
            free,
            first_of_its_conversation,
            ~is_held(inbox.c.conversation_id),
        )
        .order_by(inbox.c.id)
    )


def _with_look(claimed: Any) -> Select:
    return look_at(claimed.c.conversation_id, *claimed.c)


# A claim that a power cut takes back is as none: its brain finds it lost. Every number is above 0:
# see ix_inbox_waiting_id.
_CLAIM_ANY, _CLAIM_READY = (
    Taking(inbox, _next_waiting(where), lasting=False, beside=_with_look)
    for where in (inbox.c.id > literal_column("0"), inbox.c.behind == literal_column("0"))
)
_first = inbox.alias("first")
_FIRST_OF_IT = select(func.min(_first.c.id)).where(
    _first.c.conversation_id == bindparam("of_conversation"),
    _first.c.state == WAITING,
    _first.c.id != bindparam("of_message"),
)
# Lets the message after one that was handled be found at once. The conversation is locked.
LET_NEXT_COME = (
    update(inbox)
    .where(inbox.c.id == _FIRST_OF_IT.scalar_subquery(), inbox.c.behind == 1)
    .values(behind=0)
)
_FIND_ADDRESSES = Often(
    select(addresses.c.id, addresses.c.conversation_id, addresses.c.address_index).where(
        addresses.c.channel == bindparam("channel"),
        among(addresses.c.address_index, "indexes"),
    )
)
