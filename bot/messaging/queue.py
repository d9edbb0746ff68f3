"""The queue of people who wait for an agent, as those who wait in it are told of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, literal_column, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from bot.messaging.desk import BOT, WAITING
from bot.storage.console_tables import accounts, console_sessions, desk
from bot.storage.statements import begun

# Whoever used the console so lately is there; its pages ask for news by themselves.
THERE_SECONDS = 180.0

_others = desk.alias("others")
_OTHERS = and_(
    # Written into the statement: of a value that it does not know PostgreSQL expects that everybody
    # waits, and reads the rows of all there ever were.
    _others.c.mode == literal_column(f"'{WAITING}'"),
    _others.c.conversation_id != bindparam("of_conversation"),
)
_AGENTS = (
    select(func.count(func.distinct(accounts.c.id)))
    .select_from(accounts.join(console_sessions))
    .where(
        accounts.c.state == "active",
        console_sessions.c.complete == 1,
        console_sessions.c.revoked_at.is_(None),
        console_sessions.c.seen_at > begun() - THERE_SECONDS,
    )
)
_COUNTED = select(func.count()).select_from(_others).where(_OTHERS)
# What a look at a conversation asks, beside its own row: nobody but those who wait needs more.
QUEUE_COLUMNS = (
    desk.c.mode,
    desk.c.urgency,
    desk.c.mode_since,
    _COUNTED.scalar_subquery().label("waiting"),
    _AGENTS.scalar_subquery().label("agents"),
)


def seen_from(connection: Connection, conversation_id: int, row: Any) -> dict[str, Any]:
    """What a turn knows of the queue, by a row with `QUEUE_COLUMNS`: the conversation's `mode`, how
    many `agents` are there, how many people are `waiting`, and how many of them come `ahead` of
    this one."""
    ahead = row.waiting
    if row.mode == WAITING:
        of_it = {"of_conversation": conversation_id}
        ahead = connection.execute(_COUNTED.where(_comes_before(row)), of_it).scalar_one()
    return {
        "mode": row.mode or BOT,
        "agents": row.agents,
        "waiting": row.waiting,
        "ahead": ahead,
    }


def _comes_before(own: Any) -> ColumnElement:
    """The queue's order: the most urgent first, then who has waited longest."""
    return or_(
        _others.c.urgency > own.urgency,
        and_(_others.c.urgency == own.urgency, _others.c.mode_since < own.mode_since),
    )
