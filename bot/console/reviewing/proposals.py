"""Reviewed messages that may become examples, personal data taken out; and the last conversations,
for comparing models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot.console.reading.person import PersonPages
from bot.console.reviewing.agreement import NEW_TOPIC, SETTLED
from bot.console.reviewing.anonymous import as_example
from bot.console.reviewing.rules import GUESSED
from bot.programme.masking import mask_personal_data
from bot.storage.console_tables import desk, review_items, turns
from bot.storage.database import Database
from bot.storage.encryption import UnreadableError
from bot.storage.tables import inbox

LONGEST_COMPARED = 300


@dataclass(frozen=True)
class Reviewed:
    """A settled message; `example` is its text without personal data, None where it is better not
    used. `topic` None: reviewers want a new one."""

    inbox_id: int
    topic: str | None
    language: str
    example: str | None = field(repr=False)


class Proposals:
    """Reads settled messages and marks what was taken out."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._people = PersonPages(database)

    def waiting(self) -> list[Reviewed]:
        """Messages that are settled and were not proposed yet, each once; where two queues settled
        it differently, as it was settled last."""
        taken_out = select(review_items.c.inbox_id).where(review_items.c.proposed_for.is_not(None))
        statement = (
            select(
                review_items.c.inbox_id,
                review_items.c.conversation_id,
                review_items.c.settled_topic,
                turns.c.language,
                inbox.c.content_sealed,
            )
            .join(turns, turns.c.inbox_id == review_items.c.inbox_id)
            .join(inbox, inbox.c.id == review_items.c.inbox_id)
            .where(
                review_items.c.state == SETTLED,
                inbox.c.state != "erased",
                review_items.c.inbox_id.not_in(taken_out),
            )
            .order_by(review_items.c.settled_at, review_items.c.id)
        )
        with self._database.reading() as connection:
            rows = {row.inbox_id: row for row in connection.execute(statement)}
        return [
            Reviewed(
                row.inbox_id,
                None if row.settled_topic == NEW_TOPIC else row.settled_topic,
                row.language,
                self._example(row.conversation_id, row.content_sealed),
            )
            for row in rows.values()
        ]

    def mark(self, connection: Connection, inbox_ids: Iterable[int], place: str) -> None:
        """Notes that messages were proposed: `place` is nlu or held_out."""
        for inbox_id in inbox_ids:
            connection.execute(
                update(review_items)
                .where(review_items.c.inbox_id == inbox_id)
                .values(proposed_for=place)
            )

    def last_messages(self, conversations: int) -> Iterator[str]:
        """What people wrote in the last conversations where a topic was looked for, masked."""
        newest = select(desk.c.conversation_id).order_by(desk.c.last_at.desc()).limit(conversations)
        statement = (
            select(inbox.c.content_sealed)
            .join(turns, turns.c.inbox_id == inbox.c.id)
            .where(
                turns.c.conversation_id.in_(newest),
                turns.c.decision.in_(sorted(GUESSED)),
                inbox.c.state != "erased",
            )
            .order_by(turns.c.at, turns.c.inbox_id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).scalars().all()
        for sealed in rows:
            if text := self._text(sealed):
                yield mask_personal_data(text)[:LONGEST_COMPARED]

    def _example(self, conversation_id: int, sealed: bytes) -> str | None:
        person = self._people.find(conversation_id)
        if person is None:
            return None
        return as_example(self._text(sealed), person.record, person.amounts)

    def _text(self, sealed: bytes) -> str:
        try:
            return str(self._database.cipher.open(sealed).get("text") or "")
        except UnreadableError:
            return ""
