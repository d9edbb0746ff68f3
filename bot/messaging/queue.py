"""The queue of people who wait for an agent, as those who wait in it are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, literal, literal_column, or_, select
from sqlalchemy.sql import ColumnElement, Select

from bot.storage.console_tables import accounts, console_sessions, desk
from bot.storage.database import Database
from bot.storage.desk_modes import BOT, WAITING
from bot.storage.statements import begun

# Whoever used the console so lately is there; its pages ask for news by themselves.
THERE_SECONDS = 180.0

_others = desk.alias("others")
# Written into the statement: of a value that it does not know PostgreSQL expects that everybody
# waits, and reads the rows of all there ever were.
_WAITS = _others.c.mode == literal_column(f"'{WAITING}'")
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


def queue_columns(conversation_id: ColumnElement) -> Sequence[ColumnElement]:
    """What a look at a conversation asks, beside its own row: nobody but those who wait needs
    more."""
    return (
        desk.c.mode,
        desk.c.urgency,
        desk.c.mode_since,
        _others_of(conversation_id).scalar_subquery().label("waiting"),
        _AGENTS.scalar_subquery().label("agents"),
    )


def _others_of(conversation_id: ColumnElement) -> Select:
    """How many others wait."""
    others = select(func.count()).select_from(_others)
    return others.where(_WAITS, _others.c.conversation_id != conversation_id).correlate_except(
        _others
    )


def seen_from(database: Database, conversation_id: int, row: Any) -> dict[str, Any]:
    """What a turn knows of the queue, by a row with `queue_columns`: the conversation's `mode`, how
    many `agents` are there, how many people are `waiting`, and how many of them come `ahead` of
    this one."""
    ahead = row.waiting
    if row.mode == WAITING:
        before = _others_of(literal(conversation_id)).where(_comes_before(row))
        with database.reading() as connection:
            ahead = connection.execute(before).scalar_one()
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
