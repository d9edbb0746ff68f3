"""Conversations for the console's tests: written the way messages are."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from bot.messaging.arrivals import Address
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.turn_notes import TurnNote
from bot.people.files import Files
from bot.people.record import PersonRecord
from bot.people.store import People
from bot.storage.console_tables import desk, tags
from bot.storage.database import Database
from bot.storage.media_tables import media
from bot.storage.tables import inbox, outbox
from tests.people.known import known_of

_numbers = itertools.count(1)
UNDERSTOOD = {
    "topics": [["ask_benefits", 0.91], ["ask_medical_care", 0.05], ["greet", 0.02],
               ["ask_childcare", 0.01], ["thank", 0.01]],
    "entities": [["language", "es"]],
}  # fmt: skip


def note(
    topic: str | None = "ask_benefits", confidence: float | None = 0.91, **more: Any
) -> TurnNote:
    """What was made of a message."""
    values = {
        "understood": UNDERSTOOD,
        "done": {"actions": ["utter_ask_benefits"], "slots": {}, "learned": [], "effects": []},
        "milliseconds": 12,
        "model": "pti-test",
        **more,
    }
    decision = values.pop("decision", "answer")
    return TurnNote(decision, values.pop("language", "es"), topic, confidence, **values)


class Writer:
    """Somebody who writes on a channel, and is answered."""

    def __init__(self, database: Database, channel: str = "web", address: str = "") -> None:
        self.database = database
        self.channel = channel
        self.address: Address = Inbox(database).open_address(
            channel, address or f"writer-{next(_numbers)}"
        )
        self.conversation = self.address.conversation_id

    def says(
        self,
        content: str | Incoming,
        *replies: str | Reply,
        noted: TurnNote | None = None,
    ) -> Writer:
        """A message and the answers to it."""
        said = Incoming(content) if isinstance(content, str) else content
        Inbox(self.database).receive(self.channel, self.address, f"seed-{next(_numbers)}", said)
        if replies or noted:
            claimed = Inbox(self.database).claim("seed", 60)
            assert claimed is not None
            answers = [Reply(r) if isinstance(r, str) else r for r in replies]
            Outbox(self.database).finish(claimed, "seed", answers, None, note=noted or note())
        else:  # nobody will answer: the next claim is of the next message
            with self.database.writing() as connection:
                connection.execute(
                    update(inbox)
                    .where(inbox.c.conversation_id == self.conversation)
                    .values(state="done")
                )
        return self

    def is_known_as(self, record: PersonRecord) -> Writer:
        """What is known of the person."""
        people = People(self.database)
        known = known_of(self.database, self.conversation)
        with self.database.writing() as connection:
            people.write(connection, known, record.as_json())
        return self

    def has_file(self, name: str, content_type: str, content: bytes) -> str:
        """A file of the person's; its id."""
        person = known_of(self.database, self.conversation).person_id
        with self.database.writing() as connection:
            return Files(self.database).keep(connection, person, name, content_type, content)

    def sends_file(
        self, kind: str, name: str, content_type: str, content: bytes, *replies: Reply
    ) -> str:
        """A message with a file, fetched and read; the file's id."""
        looked_at = note(None, None, decision="task") if replies else None
        self.says(Incoming(media=kind), *replies, noted=looked_at)
        file_id = self.has_file(name, content_type, content)
        newest = select(func.max(inbox.c.id)).where(inbox.c.conversation_id == self.conversation)
        with self.database.writing() as connection:
            now = self.database.now(connection)
            connection.execute(
                media.insert().values(
                    inbox_id=newest.scalar_subquery(),
                    channel=self.channel,
                    kind=kind,
                    source_sealed=self.database.cipher.seal({}),
                    state="done",
                    file_id=file_id,
                    due_at=now,
                    created_at=now,
                )
            )
        return file_id

    def on_desk(self, **values: Any) -> Writer:
        """Sets columns of the desk's row, as other parts of the console do."""
        with self.database.writing() as connection:
            connection.execute(
                update(desk).where(desk.c.conversation_id == self.conversation).values(**values)
            )
        return self

    def tagged(self, account_id: int, *names: str) -> Writer:
        """Puts tags on the conversation."""
        with self.database.writing() as connection:
            for name in names:
                connection.execute(
                    tags.insert().values(
                        conversation_id=self.conversation, tag=name, account_id=account_id, at=0
                    )
                )
        return self

    def last_reply(self, **values: Any) -> Writer:
        """Changes what became of the newest reply."""
        newest = (
            select(outbox.c.id)
            .where(outbox.c.conversation_id == self.conversation)
            .order_by(outbox.c.position.desc())
            .limit(1)
            .scalar_subquery()
        )
        with self.database.writing() as connection:
            connection.execute(update(outbox).where(outbox.c.id == newest).values(**values))
        return self


def ids(found: Sequence[Any]) -> list[int]:
    """The conversations of a page of the list."""
    return [one.conversation_id for one in found]
