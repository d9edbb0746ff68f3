"""The queue of people who wait for an agent, as those who wait in it are told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.messaging.desk import WAITING
from bot.storage.console_tables import accounts, console_sessions, desk
from bot.storage.database import Database

# Whoever used the console so lately is there; its pages ask for news by themselves.
THERE_SECONDS = 180.0

_OTHERS = and_(desk.c.mode == WAITING, desk.c.conversation_id != bindparam("of_conversation"))
_AGENTS = (
    select(func.count(func.distinct(accounts.c.id)))
    .select_from(accounts.join(console_sessions))
    .where(
        accounts.c.state == "active",
        console_sessions.c.complete == 1,
        console_sessions.c.revoked_at.is_(None),
        console_sessions.c.seen_at > bindparam("seen_after"),
    )
)
# One look a message: nobody but those who wait needs more.
_SEEN = select(
    select(func.count()).select_from(desk).where(_OTHERS).scalar_subquery().label("waiting"),
    _AGENTS.scalar_subquery().label("agents"),
)
_OWN = select(desk.c.mode, desk.c.urgency, desk.c.mode_since).where(
    desk.c.conversation_id == bindparam("of_conversation")
)


class Queue:
    """Reads the queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen_from(self, connection: Connection, conversation_id: int) -> dict[str, Any]:
        """What a turn knows of it: the conversation's `mode`, how many `agents` are there, how
        many people are `waiting`, and how many of them come `ahead` of this one."""
        of_it = {"of_conversation": conversation_id}
        own = connection.execute(_OWN, of_it).one_or_none()
        seen_after = self._database.now(connection) - THERE_SECONDS
        seen = connection.execute(_SEEN, {**of_it, "seen_after": seen_after}).one()
        ahead = seen.waiting
        if own is not None and own.mode == WAITING:
            before = select(func.count()).select_from(desk).where(_OTHERS, _comes_before(own))
            ahead = connection.execute(before, of_it).scalar_one()
        return {
            "mode": own.mode if own else "bot",
            "agents": seen.agents,
            "waiting": seen.waiting,
            "ahead": ahead,
        }


def _comes_before(own: Any) -> ColumnElement:
    """The queue's order: the most urgent first, then who has waited longest."""
    return or_(
        desk.c.urgency > own.urgency,
        and_(desk.c.urgency == own.urgency, desk.c.mode_since < own.mode_since),
    )
