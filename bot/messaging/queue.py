"""The queue of people who wait for an agent, as those who wait in it are told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.messaging.desk import WAITING
from bot.storage.console_tables import accounts, console_sessions, desk
from bot.storage.database import Database

# Whoever used the console so lately is there; its pages ask for news by themselves.
THERE_SECONDS = 180.0


class Queue:
    """Reads the queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen_from(self, conversation_id: int) -> dict[str, Any]:
        """What a turn knows of it: the conversation's `mode`, how many `agents` are there, how
        many people are `waiting`, and how many of them come `ahead` of this one."""
        with self._database.reading() as connection:
            own = connection.execute(
                select(desk.c.mode, desk.c.urgency, desk.c.mode_since).where(
                    desk.c.conversation_id == conversation_id
                )
            ).one_or_none()
            others = and_(desk.c.mode == WAITING, desk.c.conversation_id != conversation_id)
            waits = own is not None and own.mode == WAITING
            waiting = _count(connection, others)
            ahead = _count(connection, and_(others, _comes_before(own))) if waits else waiting
            return {
                "mode": own.mode if own else "bot",
                "agents": agents_there(connection, self._database.now(connection)),
                "waiting": waiting,
                "ahead": ahead,
            }


def agents_there(connection: Connection, now: float) -> int:
    """How many agents have the console open."""
    statement = (
        select(func.count(func.distinct(accounts.c.id)))
        .select_from(accounts.join(console_sessions))
        .where(
            accounts.c.state == "active",
            console_sessions.c.complete == 1,
            console_sessions.c.revoked_at.is_(None),
            console_sessions.c.seen_at > now - THERE_SECONDS,
        )
    )
    return int(connection.execute(statement).scalar_one())


def _comes_before(own: Any) -> ColumnElement:
    """The queue's order: the most urgent first, then who has waited longest."""
    return or_(
        desk.c.urgency > own.urgency,
        and_(desk.c.urgency == own.urgency, desk.c.mode_since < own.mode_since),
    )


def _count(connection: Connection, where: ColumnElement) -> int:
    return int(connection.execute(select(func.count()).select_from(desk).where(where)).scalar_one())
