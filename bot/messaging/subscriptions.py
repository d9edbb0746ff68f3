"""Who wants no messages: honoured at once, confirmed once, until they come back.

It holds for all addresses that a person has in the conversation's channel. What they write
meanwhile is kept and not answered.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from bot.messaging.arrivals import Address, put, tell_of
from bot.messaging.contents import Incoming, Reply
from bot.messaging.open_replies import is_open
from bot.messaging.places import take_positions
from bot.storage.database import NOTIFY_CHANNEL_OUTBOX, Database
from bot.storage.tables import addresses, outbox

Change = Callable[[Connection, float], bool]


class Subscriptions:
    """Takes the messages that end and begin a person's messages, and those that the channel itself
    answers, each in one transaction with its answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_stopped(self, address: Address) -> bool:
        """Whether the person wants no messages at this address."""
        statement = select(addresses.c.stopped_at).where(addresses.c.id == address.id)
        with self._database.reading() as connection:
            return connection.execute(statement).scalar_one() is not None

    def stop(
        self, address: Address, provider_id: str, content: Incoming, reply: Reply | None
    ) -> bool:
        """No messages from now on; `reply` confirms it, where it was not so already.

        Whether it is new: False for a message that was received before.
        """

        def change(connection: Connection, now: float) -> bool:
            return stop_messages(connection, address.channel, address.conversation_id, now)

        return self._take(address, provider_id, content, reply, change)

    def resume(
        self, address: Address, provider_id: str, content: Incoming, reply: Reply | None
    ) -> bool:
        """Messages again; `reply` says so. Whether it is new."""

        def change(connection: Connection, _now: float) -> bool:
            connection.execute(
                update(addresses)
                .where(_theirs(address.channel, address.conversation_id))
                .values(stopped_at=None)
            )
            return True

        return self._take(address, provider_id, content, reply, change)

    def answer(
        self, address: Address, provider_id: str, content: Incoming, reply: Reply | None
    ) -> bool:
        """Answers without the brain, also somebody who wants no messages: they asked. Whether it
        is new."""
        return self._take(address, provider_id, content, reply, lambda _connection, _now: True)

    def _take(
        self,
        address: Address,
        provider_id: str,
        content: Incoming,
        reply: Reply | None,
        change: Change,
    ) -> bool:
        database = self._database
        try:
            with database.writing() as connection:
                received = put(
                    database, connection, address.channel, address, provider_id, content, "done"
                )
                answered = change(connection, database.now(connection))
                if reply is not None and answered:
                    self._write(connection, address, received.number, reply)
        except IntegrityError:
            return False
        tell_of(address.channel, received)
        return True

    def _write(self, connection: Connection, address: Address, inbox_id: int, reply: Reply) -> None:
        """The reply to the message, at the end of the conversation."""
        database = self._database
        now = database.now(connection)
        connection.execute(
            outbox.insert().values(
                conversation_id=address.conversation_id,
                address_id=address.id,
                position=take_positions(connection, address.conversation_id, 1).first,
                inbox_id=inbox_id,
                author="bot",
                content_sealed=database.cipher.seal(reply.as_json()),
                created_at=now,
                due_at=now,
                despite_stop=1,
            )
        )
        database.notify(connection, NOTIFY_CHANNEL_OUTBOX, address.conversation_id)


def stop_messages(connection: Connection, channel: str, conversation_id: int, now: float) -> bool:
    """Marks a conversation's addresses in a channel as stopped and ends what waits for them;
    whether one of them was not stopped before."""
    theirs = _theirs(channel, conversation_id)
    changed = connection.execute(
        update(addresses).where(theirs, addresses.c.stopped_at.is_(None)).values(stopped_at=now)
    )
    # What is being sent is let go its way: its end is known to who sends it.
    connection.execute(
        update(outbox)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.address_id.in_(select(addresses.c.id).where(theirs)),
            is_open(outbox),
            outbox.c.state == "waiting",
        )
        .values(state="failed", error="stopped", claimed_until=None)
    )
    return bool(changed.rowcount)


def _theirs(channel: str, conversation_id: int) -> ColumnElement:
    return and_(addresses.c.conversation_id == conversation_id, addresses.c.channel == channel)
