"""The desk's row of a conversation, as far as the way of a message needs it."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot.storage.console_tables import desk
from bot.storage.tables import conversations, inbox


def lock_conversation(connection: Connection, conversation_id: int) -> None:
    """Locks the conversation's row until the transaction ends: messages, turns and modes of it
    follow each other."""
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(last_position=conversations.c.last_position)
    )


def ensure_row(connection: Connection, conversation_id: int, now: float) -> None:
    """Makes the row where there is none. The conversation is locked."""
    of_it = desk.c.conversation_id == conversation_id
    if connection.execute(select(desk.c.conversation_id).where(of_it)).first() is not None:
        return
    newest = connection.execute(
        select(inbox.c.channel, inbox.c.received_at)
        .where(inbox.c.conversation_id == conversation_id, inbox.c.kind == "message")
        .order_by(inbox.c.position.desc())
        .limit(1)
    ).first()
    heard_at = newest.received_at if newest else now
    connection.execute(
        desk.insert().values(
            conversation_id=conversation_id,
            first_at=heard_at,
            last_at=heard_at,
            heard_at=heard_at,
            channel=newest.channel if newest else "",
        )
    )
