"""What a turn is told before it begins, as one look at the database: it goes with the claim of the
message, or stands alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, literal_column, select
from sqlalchemy.sql import ColumnElement, Select

from bot.messaging.open_replies import is_open
from bot.messaging.queue import queue_columns
from bot.storage.console_tables import desk
from bot.storage.statements import listed
from bot.storage.tables import conversations, outbox, people, trackers

IS_UNASKED = and_(
    is_open(outbox),
    outbox.c.state == "waiting",
    outbox.c.unasked == 1,
    outbox.c.parts_sent == 0,
)


def look_at(conversation_id: ColumnElement, *beside: Any) -> Select:
    """Of the conversation that a column or a parameter names: `person_id`, `version` and
    `record_sealed` of its person, `snapshot_sealed`, whether something that nobody waits for has
    not begun to go out (`unasked`), the replies to the last answered message, oldest first
    (`offered`), and `bot.messaging.queue`'s; `beside` are columns of who names it."""
    return (
        select(
            *beside,
            people.c.id.label("person_id"),
            people.c.version,
            people.c.record_sealed,
            trackers.c.snapshot_sealed,
            _has_unasked(conversation_id).label("unasked"),
            _last_replies(conversation_id).label("offered"),
            *queue_columns(conversation_id),
        )
        .select_from(conversations)
        # Everybody is there. Where not, the claim of the message has to give a row all the same.
        .outerjoin(people, people.c.id == conversations.c.person_id)
        .outerjoin(desk, desk.c.conversation_id == conversations.c.id)
        .outerjoin(trackers, trackers.c.conversation_id == conversations.c.id)
        .where(conversations.c.id == conversation_id)
    )


def _has_unasked(conversation_id: ColumnElement) -> ColumnElement:
    of_it = outbox.c.conversation_id == conversation_id
    return select(outbox.c.id).where(of_it, IS_UNASKED).correlate_except(outbox).exists()


def _last_replies(conversation_id: ColumnElement) -> ColumnElement:
    answers = outbox.alias("answers")
    last_answered = (
        select(answers.c.inbox_id)
        # Notices and agents' messages answer none, and offer nothing.
        .where(answers.c.conversation_id == conversation_id, answers.c.inbox_id.is_not(None))
        .order_by(answers.c.position.desc())
        .limit(literal_column("1"))
        .correlate_except(answers)
    )
    return listed(
        select(outbox.c.content_sealed)
        .where(
            outbox.c.conversation_id == conversation_id,
            outbox.c.inbox_id == last_answered.scalar_subquery(),
        )
        .order_by(outbox.c.position)
        .correlate_except(outbox)
    )
