"""Counts of what was said and understood, from the notes of turns."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Integer, String, cast, func, literal_column, null, select, union_all
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement, Select

from bot.console.figures.numbers import QUARTER_HOUR, TENTHS, share
from bot.messaging.turn_notes import EVENT
from bot.storage.console_tables import turns
from bot.storage.tables import conversations

ANSWERED, ASKED, NOT_UNDERSTOOD = "answer", "clarify", "fallback"


@dataclass(frozen=True)
class Talk:
    """Messages of people that the assistant handled: how many, whose, about what; and tenths of a
    second from each to its first reply, counted."""

    conversations: int
    people: int
    messages: int
    by_channel: Mapping[str, int]
    by_language: Mapping[str, int]
    by_topic: Mapping[str, int]
    by_decision: Mapping[str, int]
    by_quarter: Mapping[int, int]
    by_wait: Mapping[int, int]

    @property
    def guessed(self) -> int:
        """Messages in which a topic was looked for."""
        return sum(self.by_decision.get(d, 0) for d in (ANSWERED, ASKED, NOT_UNDERSTOOD))

    def share_of(self, decision: str) -> float | None:
        """Which part of them was answered, asked about or not understood."""
        return share(self.by_decision.get(decision, 0), self.guessed)


def count_talk(connection: Connection, since: float, until: float) -> Talk:
    """Counts within a period. The notes are gone through twice, in the index alone."""
    asked = turns.c.at >= since, turns.c.at < until, turns.c.decision != EVENT
    waited = whole(connection, turns.c.waited * TENTHS).label("waited")
    kinds = turns.c.topic, turns.c.decision, waited
    by_topic, by_decision, by_wait = Counter[str](), Counter[str](), Counter[int]()
    for topic, decision, tenth, count in connection.execute(
        select(*kinds, func.count()).where(*asked).group_by(*kinds)
    ):
        by_decision[decision] += count
        if topic is not None:
            by_topic[topic] += count
        if tenth is not None:
            by_wait[tenth] += count
    whose = _whose(connection, asked)
    return Talk(
        conversations=whose["conversations"][""],
        people=whose["people"][""],
        messages=sum(by_decision.values()),
        by_channel=whose["channel"],
        by_language=whose["language"],
        by_topic=by_topic,
        by_decision=by_decision,
        by_quarter={int(quarter): count for quarter, count in whose["quarter"].items()},
        by_wait=by_wait,
    )


def _whose(
    connection: Connection, asked: tuple[ColumnElement, ...]
) -> Mapping[str, dict[str, int]]:
    """What is counted by conversation: kind, name, how many."""
    # Each conversation once a channel, language and quarter: a tenth as much as the messages.
    quarter = whole(connection, turns.c.at / QUARTER_HOUR).label("quarter")
    each = (turns.c.conversation_id, turns.c.channel, turns.c.language, quarter)
    held = select(*each, func.count().label("count")).where(*asked).group_by(*each).cte("held")
    # Who is known as nobody yet is somebody by the conversation.
    person = func.coalesce(conversations.c.person_id, -held.c.conversation_id)
    of_whom = held.join(conversations, conversations.c.id == held.c.conversation_id)
    different = func.count(held.c.conversation_id.distinct())
    named = cast(held.c.quarter, String)
    parts = union_all(
        _part("conversations", null(), different).select_from(held),
        _part("people", null(), func.count(person.distinct())).select_from(of_whom),
        *(_part(by, held.c[by], different).group_by(held.c[by]) for by in ("channel", "language")),
        _part("quarter", named, func.sum(held.c.count)).group_by(named),
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, name, count in connection.execute(parts):
        found[kind][name or ""] = int(count)
    return found


def _part(kind: str, name: ColumnElement, count: ColumnElement) -> Select:
    return select(literal_column(f"'{kind}'"), name, count)


def whole(connection: Connection, value: ColumnElement) -> ColumnElement:
    """The whole part of what is not negative: SQLite cuts in a cast, PostgreSQL rounds."""
    is_sqlite = connection.dialect.name == "sqlite"
    return cast(value if is_sqlite else func.floor(value), Integer)
