"""Counts of how long people waited, and of what did not reach them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from operator import itemgetter

from sqlalchemy import func, literal, select, text, union_all
from sqlalchemy.engine import Connection

from bot.console.figures.numbers import in_tenths, reply_waits
from bot.storage.tables import BY_AGENTS, FAILED, addresses, inbox, outbox

# Somebody may have waited since before the period.
LONGEST_WAIT = 7 * 24 * 3600.0


def count_agent_replies(connection: Connection, since: float, until: float) -> Mapping[int, int]:
    """Tenths of a second that people waited for each reply of an agent, counted."""
    # In the words of the index's condition: SQLite does not look behind a parameter.
    answered = select(outbox.c.conversation_id).where(
        text(BY_AGENTS), outbox.c.created_at >= since, outbox.c.created_at < until
    )
    theirs = select(
        inbox.c.conversation_id, inbox.c.received_at.label("at"), literal("user").label("author")
    ).where(
        inbox.c.conversation_id.in_(answered),
        inbox.c.kind == "message",
        inbox.c.received_at >= since - LONGEST_WAIT,
    )
    ours = select(outbox.c.conversation_id, outbox.c.created_at, outbox.c.author).where(
        outbox.c.conversation_id.in_(answered),
        outbox.c.author != "system",
        outbox.c.created_at >= since - LONGEST_WAIT,
    )
    both = union_all(theirs, ours).subquery()
    rows = connection.execute(select(both).order_by(both.c.conversation_id, both.c.at)).all()
    waits: list[float] = []
    for _, events in groupby(rows, itemgetter(0)):
        waits += reply_waits(((at, author) for _, at, author in events), since, until)
    return in_tenths(waits)


def count_failures(connection: Connection, since: float, until: float) -> dict[str, int]:
    """Messages of ours that will not arrive, by channel."""
    statement = (
        select(addresses.c.channel, func.count())
        .select_from(outbox)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(text(FAILED), outbox.c.created_at >= since, outbox.c.created_at < until)
        .group_by(addresses.c.channel)
    )
    return {str(channel): int(count) for channel, count in connection.execute(statement)}
