"""Reads what was not understood, for the clusters."""

from __future__ import annotations

from sqlalchemy import select

from bot.programme.masking import mask_personal_data
from bot.storage.console_tables import turns
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.tables import inbox

WEEK = 7 * 24 * 3600.0
MOST = 600


def not_understood(database: Database, until: float) -> list[str]:
    """What people wrote in the week before a moment that was not understood, masked, oldest first;
    the newest of it where it is much."""
    statement = (
        select(inbox.c.content_sealed)
        .join(turns, turns.c.inbox_id == inbox.c.id)
        .where(turns.c.at >= until - WEEK, turns.c.at < until, turns.c.decision == "fallback")
        .where(inbox.c.state != "erased")
        .order_by(turns.c.at.desc(), turns.c.inbox_id.desc())
        .limit(MOST)
    )
    with database.reading() as connection:
        rows = connection.execute(statement).scalars().all()
    texts = []
    for sealed in reversed(rows):
        try:
            text = str(database.cipher.open(sealed).get("text") or "")
        except UnreadableError:
            continue
        if text:
            texts.append(mask_personal_data(text))
    return texts
