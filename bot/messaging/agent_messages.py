"""What agents write, and what people are told of agents: rows of the outbox that answer no message.

They are delivered in the order of the conversation, as the assistant's are.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.messaging import list_row
from bot.messaging.arrivals import Address
from bot.messaging.contents import FETCHED, Reply
from bot.messaging.desk import lock_conversation
from bot.messaging.places import take_positions
from bot.nlg.catalogue import filled
from bot.storage.console_tables import desk
from bot.storage.database import NOTIFY_CHANNEL_OUTBOX, Database
from bot.storage.desk_modes import AGENT
from bot.storage.tables import addresses, inbox, outbox, trackers


class AgentSilentError(Exception):
    """The agent does not hold the conversation: nothing was written."""


class AgentMessages:
    """Writes what agents say, within a transaction of the caller's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self, connection: Connection, conversation_id: int, account_id: int, reply: Reply, key: str
    ) -> bool:
        """Puts the message at the end of the conversation; False where it is there already.

        `key` is the form's, 32 hexadecimal digits: a message that is sent twice is written once.
        Raises AgentSilentError where the agent does not hold the conversation.
        """
        lock_conversation(connection, conversation_id)
        holder = connection.execute(
            select(desk.c.holder_id).where(
                desk.c.conversation_id == conversation_id, desk.c.mode == AGENT
            )
        ).scalar_one_or_none()
        if holder != account_id:
            raise AgentSilentError(conversation_id)
        if connection.execute(select(outbox.c.id).where(outbox.c.uuid == key)).first():
            return False
        _insert(
            self._database,
            connection,
            conversation_id,
            "agent",
            reply,
            account_id=account_id,
            uuid=key,
        )
        return True


def say_notice(
    database: Database, connection: Connection, conversation_id: int, response: str, **given: str
) -> None:
    """Tells the person something of the house, in their language."""
    text = filled(response, language_of(database, connection, conversation_id), **given)
    _insert(database, connection, conversation_id, "system", Reply(text, answer=response))


def language_of(database: Database, connection: Connection, conversation_id: int) -> str:
    """The language that the conversation is in, `es` or `en`."""
    sealed = connection.execute(
        select(trackers.c.snapshot_sealed).where(trackers.c.conversation_id == conversation_id)
    ).scalar_one_or_none()
    events = database.cipher.open(sealed).get("events", ()) if sealed else ()
    chosen = [e["value"] for e in events if e.get("event") == "slot" and e["name"] == "language"]
    return str((chosen or [None])[-1] or "es")


def where_they_write(connection: Connection, conversation_id: int) -> Address:
    """The address that the person wrote from last; else the oldest of the conversation."""
    row = connection.execute(
        select(inbox.c.address_id, inbox.c.channel)
        .where(inbox.c.conversation_id == conversation_id, inbox.c.kind == "message")
        .order_by(inbox.c.position.desc())
        .limit(1)
    ).first()
    if row is None:
        row = connection.execute(
            select(addresses.c.id.label("address_id"), addresses.c.channel)
            .where(addresses.c.conversation_id == conversation_id)
            .order_by(addresses.c.id)
            .limit(1)
        ).one()
    return Address(row.address_id, conversation_id, row.channel)


def _insert(
    database: Database,
    connection: Connection,
    conversation_id: int,
    author: str,
    reply: Reply,
    **more: object,
) -> None:
    address = where_they_write(connection, conversation_id)
    fetched = address.channel in FETCHED
    place = take_positions(connection, conversation_id, 1)
    connection.execute(
        outbox.insert().values(
            conversation_id=conversation_id,
            address_id=address.id,
            position=place.first,
            author=author,
            content_sealed=database.cipher.seal(reply.as_json()),
            created_at=place.now,
            state="kept" if fetched else "waiting",
            due_at=None if fetched else place.now,
            **more,
        )
    )
    list_row.we_wrote(connection, database.cipher, conversation_id, place, reply)
    database.notify(connection, NOTIFY_CHANNEL_OUTBOX, conversation_id)
