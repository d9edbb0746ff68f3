"""What is known of a person, read by itself."""

from __future__ import annotations

from bot.people.store import Known, People
from bot.storage.database import Database


def known_of(database: Database, conversation_id: int) -> Known:
    """The person whose conversation it is."""
    with database.reading() as connection:
        return People(database).read(connection, conversation_id)
