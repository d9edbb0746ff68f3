"""People whose conversations the tests of acting are about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from bot.messaging.arrivals import Address
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.modes import Reason, wait_for_agent
from bot.messaging.outbox import Outbox
from bot.storage.console_tables import audit, desk
from bot.storage.database import Database
from bot.storage.tables import addresses, cases, conversations, inbox, outbox
from tests.messaging.stand_in import Person, claim

AN_HOUR = 3600.0


class Caller(Person):
    """Somebody who wrote, and what became of it."""

    def __init__(self, database: Database, *said: str, channel: str = "web") -> None:
        super().__init__(database)
        self.database = database
        if channel != "web":
            number = f"+1312555{self.conversation:04d}"
            self.address: Address = Inbox(database).open_address(channel, number)
            self.conversation = self.address.conversation_id
        self.channel = channel
        for text in said:
            self.says(text)

    def says(self, text: str) -> None:
        """Writes, by whichever channel."""
        with self.database.reading() as connection:
            number = len(connection.execute(select(inbox.c.id)).all())
        Inbox(self.database).receive(self.channel, self.address, f"said-{number}", Incoming(text))

    def waits(self, reason: Reason = "asked", since: float = 0.0) -> Caller:
        """Waits for a person, since so many seconds ago."""
        with self.database.writing() as connection:
            wait_for_agent(self.database, connection, self.conversation, reason)
            connection.execute(
                update(desk)
                .where(desk.c.conversation_id == self.conversation)
                .values(mode_since=desk.c.mode_since - since)
            )
        return self

    def asked(self, kind: str, content: dict[str, Any], due_in: float | None = None) -> int:
        """A callback or complaint of theirs; its number."""
        with self.database.writing() as connection:
            now = self.database.now(connection)
            whose = connection.execute(
                select(conversations.c.person_id).where(conversations.c.id == self.conversation)
            ).scalar_one()
            made = connection.execute(
                cases.insert().values(
                    folio=f"{kind[0].upper()}-{self.conversation}-{int(now * 1000) % 100000}",
                    person_id=whose,
                    conversation_id=self.conversation,
                    kind=kind,
                    channel=self.channel,
                    content_sealed=self.database.cipher.seal(content),
                    due_at=None if due_in is None else now + due_in,
                    created_at=now,
                )
            )
        return int(made.inserted_primary_key[0])

    def heard_ago(self, seconds: float) -> None:
        """The last message of theirs is so old."""
        with self.database.writing() as connection:
            connection.execute(
                update(addresses)
                .where(addresses.c.id == self.address.id)
                .values(last_heard_at=self.database.now(connection) - seconds)
            )

    def stopped(self) -> None:
        """They want no messages."""
        with self.database.writing() as connection:
            connection.execute(
                update(addresses).where(addresses.c.id == self.address.id).values(stopped_at=1.0)
            )

    def answered(self, text: str) -> None:
        """The assistant answers the message that waits."""
        Outbox(self.database).finish(claim(self.database), "brain", [Reply(text)], {"events": []})

    def written(self) -> list[tuple[str, Reply]]:
        """What was written to them: author and message."""
        with self.database.reading() as connection:
            rows = connection.execute(
                select(outbox.c.author, outbox.c.content_sealed)
                .where(outbox.c.conversation_id == self.conversation)
                .order_by(outbox.c.position)
            ).all()
        return [(a, Reply.from_json(self.database.cipher.open(sealed))) for a, sealed in rows]


def deeds(database: Database, what: str) -> list[str]:
    """The deeds done to an object, as the audit log has them."""
    with database.reading() as connection:
        rows = connection.execute(
            select(audit.c.deed).where(audit.c.object == what).order_by(audit.c.id)
        )
        return list(rows.scalars())
