"""Counts of what was said and understood, from the notes of turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement, Select, Subquery

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
    # Each conversation once a channel and language: what is counted apart below is a tenth as much.
    held = (
        select(turns.c.conversation_id, turns.c.channel, turns.c.language)
        .where(*asked)
        .distinct()
        .subquery()
    )
    quarter = whole(connection, turns.c.at / QUARTER_HOUR).label("quarter")
    by_kind = (turns.c.topic, turns.c.decision)
    kinds = connection.execute(
        select(*by_kind, func.count()).where(*asked).group_by(*by_kind)
    ).all()
    by_topic, by_decision = Counter[str](), Counter[str]()
    for topic, decision, count in kinds:
        by_decision[decision] += count
        if topic is not None:
            by_topic[topic] += count
    conversations_of, people = _people(connection, held)
    return Talk(
        conversations=conversations_of,
        people=people,
        messages=sum(by_decision.values()),
        by_channel=_counts(connection, _conversations_by(held.c.channel, held)),
        by_language=_counts(connection, _conversations_by(held.c.language, held)),
        by_topic=by_topic,
        by_decision=by_decision,
        by_quarter=_counts(
            connection, select(quarter, func.count()).where(*asked).group_by(quarter)
        ),
    )


def _people(connection: Connection, held: Subquery) -> tuple[int, int]:
    """How many conversations, and how many people in them; who is known as nobody yet is somebody
    by the conversation."""
    person = func.coalesce(conversations.c.person_id, -held.c.conversation_id)
    row = connection.execute(
        select(func.count(held.c.conversation_id.distinct()), func.count(person.distinct()))
        .select_from(held)
        .join(conversations, conversations.c.id == held.c.conversation_id)
    ).one()
    return int(row[0]), int(row[1])


def _conversations_by(column: ColumnElement, held: Subquery) -> Select:
    return select(column, func.count(held.c.conversation_id.distinct())).group_by(column)


def _counts(connection: Connection, statement: Select) -> dict[Any, int]:
    return {name: int(count) for name, count in connection.execute(statement)}


def whole(connection: Connection, value: ColumnElement) -> ColumnElement:
    """The whole part of what is not negative: SQLite cuts in a cast, PostgreSQL rounds."""
    is_sqlite = connection.dialect.name == "sqlite"
    return cast(value if is_sqlite else func.floor(value), Integer)
