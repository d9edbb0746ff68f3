"""Codes of calls: whoever writes one goes on with what the call was about.

Unlike a code that was given in a chat, it makes nobody the same person as anybody: an agent read it
out, or it was sent to a number, and neither proves who writes. It carries a topic and a language,
nothing of what anybody told us.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot.storage.call_tables import handoffs
from bot.storage.database import Database


@dataclass(frozen=True)
class Taken:
    """What became of a code of a call; topic and language are there where it is `good`."""

    state: Literal["good", "spent", "unknown"]
    topic: str = ""
    language: str = ""


class HandoffCodes:
    """Uses codes up: each works once, until it expires."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, connection: Connection, person_id: int, code: str, now: float) -> Taken:
        """Uses a code up for the person who gave it, in the caller's transaction."""
        index = self._database.cipher.index(code)
        used = connection.execute(
            update(handoffs)
            .where(
                handoffs.c.code_index == index,
                handoffs.c.used_at.is_(None),
                handoffs.c.valid_until > now,
            )
            .values(used_at=now, person_id=person_id, answer_sealed=None)
        )
        row = connection.execute(
            select(handoffs).where(handoffs.c.code_index == index)
        ).one_or_none()
        if row is None:
            return Taken("unknown")
        if used.rowcount != 1:
            return Taken("spent")
        content = self._database.cipher.open(row.content_sealed)
        return Taken("good", content["topic"], content["language"])
