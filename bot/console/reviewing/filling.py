"""Fills queues from the turns that came since they were last filled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import Select

from bot.console.reviewing.rules import REPEATED_WITHIN, Choice, Seen, chosen
from bot.storage.console_tables import review_items, review_queues, turns
from bot.storage.database import Database
from bot.storage.tables import conversations

# A new queue begins with what is so old at most.
FIRST_SECONDS = 7 * 24 * 3600.0
# So many turns are looked at in one go, so that a page is not kept waiting.
MOST_AT_ONCE = 5000
AT_ONCE = 500
_DIGITS = 12  # of a keyed digest, of which a message's number from 0 to 1 is made


@dataclass(frozen=True)
class Filled:
    """What one go brought: messages that are new in the queue, and whether turns are left."""

    added: int
    more: bool


class Filling:
    """Looks at turns and keeps what a queue's rule takes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def fill(self, queue_id: int, most: int = MOST_AT_ONCE) -> Filled:
        """One go for one queue; nothing where it rests or is not there."""
        with self._database.reading() as connection:
            queue = _active(connection, queue_id)
            if queue is None:
                return Filled(0, False)
            since = queue.filled_until
            if since is None:
                since = self._database.now(connection) - FIRST_SECONDS
            # Those just before are looked at again: a question may repeat one of them, and a turn
            # may be committed a moment after one that is younger.
            before = turns.c.at > since - REPEATED_WITHIN, turns.c.at <= since
            known = connection.execute(_seen().where(*before)).all()
            new = connection.execute(_seen().where(turns.c.at > since).limit(most)).all()
        taken = chosen(queue.rule, _as_seen([*known, *new]), self._choice(queue))
        until = new[-1].at if new else since
        return Filled(self._keep(queue_id, taken, until), len(new) == most)

    def fill_all(self) -> Iterator[tuple[str, int]]:
        """Fills every active queue to the end: its name, and how many messages are new in it."""
        active = select(review_queues.c.id, review_queues.c.name).where(review_queues.c.active == 1)
        with self._database.reading() as connection:
            queues = connection.execute(active.order_by(review_queues.c.name)).all()
        for queue in queues:
            added, more = 0, True
            while more:
                filled = self.fill(queue.id)
                added, more = added + filled.added, filled.more
            yield queue.name, added

    def _choice(self, queue: Row) -> Choice:
        cipher = self._database.cipher

        def draw(inbox_id: int) -> float:
            digest = cipher.index(f"review:{queue.id}:{inbox_id}")
            return int(digest[:_DIGITS], 16) / float(16**_DIGITS)

        return Choice(queue.threshold or 0.0, draw)

    def _keep(self, queue_id: int, taken: Sequence[Seen], until: float) -> int:
        with self._database.writing() as connection:
            # Whoever else fills this queue now waits here.
            queue = select(review_queues.c.filled_until).where(review_queues.c.id == queue_id)
            filled = connection.execute(queue.with_for_update()).scalar_one()
            there = _there(connection, queue_id, [turn.inbox_id for turn in taken])
            now = self._database.now(connection)
            rows = [
                {
                    "queue_id": queue_id,
                    "inbox_id": turn.inbox_id,
                    "conversation_id": turn.conversation_id,
                    "created_at": now,
                }
                for turn in taken
                if turn.inbox_id not in there
            ]
            if rows:
                connection.execute(review_items.insert(), rows)
            if filled is None or filled < until:
                connection.execute(
                    update(review_queues)
                    .where(review_queues.c.id == queue_id)
                    .values(filled_until=until)
                )
        return len(rows)


def _active(connection: Connection, queue_id: int) -> Row | None:
    statement = select(review_queues).where(
        review_queues.c.id == queue_id, review_queues.c.active == 1
    )
    return connection.execute(statement).one_or_none()


def _seen() -> Select:
    # Who is known as no person yet is one by the conversation.
    person = func.coalesce(conversations.c.person_id, -turns.c.conversation_id).label("person")
    return (
        select(
            turns.c.inbox_id,
            turns.c.conversation_id,
            person,
            turns.c.at,
            turns.c.topic,
            turns.c.confidence,
            turns.c.decision,
        )
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .order_by(turns.c.at, turns.c.inbox_id)
    )


def _as_seen(rows: Sequence[Row]) -> list[Seen]:
    return [Seen(*row) for row in rows]


def _there(connection: Connection, queue_id: int, inbox_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(inbox_ids), AT_ONCE):
        some = review_items.c.inbox_id.in_(inbox_ids[start : start + AT_ONCE])
        statement = select(review_items.c.inbox_id).where(review_items.c.queue_id == queue_id, some)
        found |= set(connection.execute(statement).scalars())
    return found
