"""The inbox: what people sent, committed before anybody is told that it arrived."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, literal_column, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement, Select

from bot.messaging import list_row
from bot.messaging.contents import FETCHED, STOPPED_BY_WORD, Incoming
from bot.storage.database import NOTIFY_CHANNEL_INBOX, Database
from bot.storage.encryption import UnreadableError
from bot.storage.tables import addresses, conversations, inbox, outbox, people

# Written into the statement, not bound to it: the indexes are of the waiting rows alone.
WAITING = literal_column("'waiting'")


@dataclass(frozen=True)
class Address:
    """Where a person writes from on a channel, and the conversation that it belongs to."""

    id: int
    conversation_id: int
    channel: str = ""


@dataclass(frozen=True)
class Received:
    """Where a message stands in its conversation; `again` where it had been received before."""

    position: int
    again: bool = False


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


class Inbox:
    """Stores messages and hands them out: one conversation's in order, to one brain at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_address(self, channel: str, address: str) -> Address:
        """The address's row, with a new conversation where the address is new."""
        known = self.find_address(channel, address)
        if known:
            return known
        try:
            return self._add_address(channel, address)
        except IntegrityError:  # somebody else added it in between
            found = self.find_address(channel, address)
            if found is None:
                raise
            return found

    def find_address(self, channel: str, address: str) -> Address | None:
        """The address's row, or None."""
        statement = select(addresses.c.id, addresses.c.conversation_id).where(
            addresses.c.channel == channel,
            addresses.c.address_index == self._database.cipher.index(address),
        )
        with self._database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        return Address(row.id, row.conversation_id, channel) if row else None

    def _add_address(self, channel: str, address: str) -> Address:
        cipher = self._database.cipher
        with self._database.writing() as connection:
            now = self._database.now(connection)
            person_id = connection.execute(
                people.insert().values(created_at=now)
            ).inserted_primary_key[0]
            conversation_id = connection.execute(
                conversations.insert().values(person_id=person_id, created_at=now, last_position=0)
            ).inserted_primary_key[0]
            address_id = connection.execute(
                addresses.insert().values(
                    conversation_id=conversation_id,
                    channel=channel,
                    address_index=cipher.index(address),
                    address_sealed=cipher.seal(address),
                    created_at=now,
                )
            ).inserted_primary_key[0]
        return Address(address_id, conversation_id, channel)

    def receive(
        self, channel: str, address: Address, provider_id: str, content: Incoming
    ) -> Received:
        """Commits a message. One whose provider's id was received before is not stored twice."""
        try:
            return Received(self._store(channel, address, provider_id, content))
        except IntegrityError:
            statement = select(inbox.c.position).where(
                inbox.c.channel == channel, inbox.c.provider_id == provider_id
            )
            with self._database.reading() as connection:
                return Received(connection.execute(statement).scalar_one(), again=True)

    def _store(self, channel: str, address: Address, provider_id: str, content: Incoming) -> int:
        with self._database.writing() as connection:
            return put(self._database, connection, channel, address, provider_id, content)

    def claim(self, brain: str, seconds: float) -> Claimed | None:
        """The oldest waiting message of a conversation that nobody holds, claimed for `seconds`."""
        database = self._database
        with database.writing() as connection:
            now = database.now(connection)
            row = connection.execute(_next_waiting(now)).one_or_none()
            if row is None:
                return None
            connection.execute(
                update(inbox)
                .where(inbox.c.id == row.id)
                .values(
                    claimed_by=brain, claimed_until=now + seconds, attempts=inbox.c.attempts + 1
                )
            )
        return Claimed(
            inbox_id=row.id,
            conversation_id=row.conversation_id,
            address_id=row.address_id,
            channel=row.channel,
            content=self._content(row.content_sealed),
            received_at=row.received_at,
            attempts=row.attempts + 1,
        )

    def _content(self, sealed: bytes) -> Incoming | None:
        try:
            return Incoming(**self._database.cipher.open(sealed))
        except (UnreadableError, TypeError):  # TypeError: a newer version wrote it
            return None

    def renew(self, claimed: Claimed, brain: str, seconds: float) -> bool:
        """Prolongs a claim; False where it is this brain's no longer."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            result = connection.execute(
                update(inbox).where(still_held(claimed, brain)).values(claimed_until=now + seconds)
            )
        return bool(result.rowcount == 1)

    def release(self, claimed: Claimed, brain: str, after_seconds: float = 0.0) -> None:
        """Gives a claim back: the message may be taken again after a while."""
        with self._database.writing() as connection:
            now = self._database.now(connection)
            connection.execute(
                update(inbox)
                .where(still_held(claimed, brain))
                .values(claimed_until=now + after_seconds)
            )


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

    The brain answers it, unless the person wants no messages, or `state` says what became of it.
    Raises IntegrityError where the provider's id was received before.
    """
    position = take_positions(connection, address.conversation_id, 1)
    now = database.now(connection)
    unanswered = None
    if content.event is None and channel not in FETCHED:
        heard(connection, channel, address.conversation_id, now)
        unanswered = state or _state_of_stopped(connection, address)
    connection.execute(
        inbox.insert().values(
            conversation_id=address.conversation_id,
            address_id=address.id,
            position=position,
            channel=channel,
            kind="message" if content.event is None else "event",
            provider_id=provider_id,
            content_sealed=database.cipher.seal(content.as_json()),
            received_at=now,
            state=unanswered or "waiting",
            handled_at=now if unanswered else None,
        )
    )
    if content.event is None:
        list_row.person_wrote(
            connection, database.cipher, address.conversation_id, channel, position, now, content
        )
    database.notify(connection, NOTIFY_CHANNEL_INBOX, address.conversation_id)
    return position


def heard(connection: Connection, channel: str, conversation_id: int, now: float) -> None:
    """The person wrote: for a while they may be written to, and what waited for this is due."""
    theirs = and_(addresses.c.conversation_id == conversation_id, addresses.c.channel == channel)
    values: dict[str, float | None] = {"last_heard_at": now}
    if channel not in STOPPED_BY_WORD:
        values["stopped_at"] = None
    connection.execute(update(addresses).where(theirs).values(**values))
    connection.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.state == WAITING,
            outbox.c.due_at.is_(None),
        )
        .values(due_at=now)
    )


def _state_of_stopped(connection: Connection, address: Address) -> str | None:
    """What becomes of a message of somebody who wants none back: an answer that is not sent would
    only lead their conversation away from what they last saw."""
    stopped_at = connection.execute(
        select(addresses.c.stopped_at).where(addresses.c.id == address.id)
    ).scalar_one()
    return None if stopped_at is None else "stopped"


def still_held(claimed: Claimed, brain: str) -> ColumnElement:
    """The inbox row is the message, and the claim on it is still this one."""
    return and_(
        inbox.c.id == claimed.inbox_id,
        inbox.c.claimed_by == brain,
        inbox.c.attempts == claimed.attempts,
        inbox.c.state == WAITING,
    )


def take_positions(connection: Connection, conversation_id: int, count: int) -> int:
    """Reserves `count` positions at the end of a conversation and gives the first.

    The row stays locked until the transaction ends, so positions are committed in their order.
    """
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(last_position=conversations.c.last_position + count)
    )
    last = connection.execute(
        select(conversations.c.last_position).where(conversations.c.id == conversation_id)
    ).scalar_one()
    return int(last) - count + 1


def _next_waiting(now: float) -> Select:
    earlier = inbox.alias("earlier")
    first_of_its_conversation = ~(
        select(earlier.c.id)
        .where(
            earlier.c.conversation_id == inbox.c.conversation_id,
            earlier.c.state == WAITING,
            earlier.c.id < inbox.c.id,
        )
        .exists()
    )
    free = or_(inbox.c.claimed_until.is_(None), inbox.c.claimed_until < now)
    return (
        select(inbox)
        .where(and_(inbox.c.state == WAITING, free, first_of_its_conversation))
        .order_by(inbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=inbox)
    )
