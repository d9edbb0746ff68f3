"""Who speaks in a conversation, as its row of the desk says."""

from __future__ import annotations

from sqlalchemy import literal_column, select
from sqlalchemy.sql import ColumnElement

from bot.storage.console_tables import desk
from bot.storage.statements import exists_for_each

# closed is as bot until the person writes again.
BOT, WAITING, AGENT, CLOSED = "bot", "waiting", "agent", "closed"


def is_held(conversation_id: ColumnElement) -> ColumnElement:
    """An agent holds the conversation that a column of another table names."""
    held = select(desk.c.conversation_id).where(
        desk.c.conversation_id == conversation_id, desk.c.mode == literal_column(f"'{AGENT}'")
    )
    return exists_for_each(held)
