"""Counts of what was said and understood, from the notes of turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement, Select

from bot.console.figures.numbers import QUARTER_HOUR, share
from bot.messaging.turn_notes import EVENT
from bot.storage.console_tables import turns
from bot.storage.tables import conversations

ANSWERED, ASKED, NOT_UNDERSTOOD = "answer", "clarify", "fallback"


@dataclass(frozen=True)
class Talk:
    """Messages of people that the assistant handled: how many, whose, about what."""

    conversations: int
    people: int
    messages: int
    by_channel: Mapping[str, int]
    by_language: Mapping[str, int]
    by_topic: Mapping[str, int]
    by_decision: Mapping[str, int]
    by_quarter: Mapping[int, int]

    @property
    def guessed(self) -> int:
        """Messages in which a topic was looked for."""
        return sum(self.by_decision.get(d, 0) for d in (ANSWERED, ASKED, NOT_UNDERSTOOD))

    def share_of(self, decision: str) -> float | None:
        """Which part of them was answered, asked about or not understood."""
        return share(self.by_decision.get(decision, 0), self.guessed)


def count_talk(connection: Connection, since: float, until: float) -> Talk:
    """Counts within a period."""
    asked = turns.c.at >= since, turns.c.at < until, turns.c.decision != EVENT
    person = func.coalesce(conversations.c.person_id, -turns.c.conversation_id)
    totals = connection.execute(
        select(
            func.count(turns.c.conversation_id.distinct()),
            func.count(person.distinct()),
            func.count(),
        )
        .select_from(turns)
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(*asked)
    ).one()
    by_conversation = func.count(turns.c.conversation_id.distinct())

    def grouped(column: ColumnElement, counted: ColumnElement) -> Select:
        return select(column, counted).where(*asked, column.is_not(None)).group_by(column)

    def counts(statement: Select) -> dict[Any, int]:
        return {name: int(count) for name, count in connection.execute(statement)}

    quarter = whole(connection, turns.c.at / QUARTER_HOUR).label("quarter")
    return Talk(
        conversations=int(totals[0]),
        people=int(totals[1]),
        messages=int(totals[2]),
        by_channel=counts(grouped(turns.c.channel, by_conversation)),
        by_language=counts(grouped(turns.c.language, by_conversation)),
        by_topic=counts(grouped(turns.c.topic, func.count())),
        by_decision=counts(grouped(turns.c.decision, func.count())),
        by_quarter=counts(select(quarter, func.count()).where(*asked).group_by(quarter)),
    )


def whole(connection: Connection, value: ColumnElement) -> ColumnElement:
    """The whole part of what is not negative: SQLite cuts in a cast, PostgreSQL rounds."""
    is_sqlite = connection.dialect.name == "sqlite"
    return cast(value if is_sqlite else func.floor(value), Integer)
