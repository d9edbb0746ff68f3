"""A channel's sender for the tests of delivery: keeps what was sent, fails where it is told to."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot.messaging.arrivals import Address, put
from bot.messaging.contents import Incoming, Reply
from bot.messaging.delivery import Delivery
from bot.messaging.inbox import Inbox
from bot.messaging.outbox import Outbox
from bot.messaging.sender import Sent
from bot.messaging.underway import Underway
from bot.settings import DeliverySettings
from bot.storage.database import Database
from bot.storage.tables import outbox
from tests.messaging.stand_in import claim

CHANNEL = "post"
SETTINGS = DeliverySettings(at_once=8, send_seconds=2.0)


@dataclass
class Post:
    """Sends by keeping; `before` may wait or raise first, with the address and the part."""

    channel: str = CHANNEL
    window_seconds: float | None = None
    before: Callable[[str, str], Awaitable[None]] | None = None
    invitation: str | None = None
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    invited: list[str] = field(default_factory=list)
    invited_in: list[str] = field(default_factory=list)
    sending: set[str] = field(default_factory=set)
    overlaps: list[str] = field(default_factory=list)
    closed: bool = False

    def parts(self, reply: Reply, plain: bool = False) -> Sequence[Reply]:
        """A part for each line."""
        return [Reply(f"{line} (plain)" if plain else line) for line in reply.text.splitlines()]

    async def send(self, address: str, reply: Reply, uuid: str) -> Sent:
        """Keeps a part."""
        if address in self.sending:
            self.overlaps.append(address)
        self.sending.add(address)
        try:
            if self.before:
                await self.before(address, reply.text)
            self.sent.append((address, reply.text, uuid))
        finally:
            self.sending.discard(address)
        return Sent(f"P{len(self.sent)}")

    async def invite(self, address: str, language: str, uuid: str) -> Sent | None:
        """Keeps that somebody was invited."""
        if self.invitation is None:
            return None
        self.invited.append(address)
        self.invited_in.append(language)
        return Sent("invitation")

    async def close(self) -> None:
        """Keeps that it was closed."""
        self.closed = True

    def texts(self, address: str | None = None) -> list[str]:
        """What was sent, to one address or to all."""
        return [text for to, text, _ in self.sent if address in (None, to)]


class Recipient:
    """Somebody who writes from the channel and is answered with given texts."""

    def __init__(self, database: Database, name: str, channel: str = CHANNEL) -> None:
        self.name, self._database, self._channel = name, database, channel
        self.address: Address = Inbox(database).open_address(channel, name)
        self._count = 0

    def write(self, text: str = "hola") -> None:
        """Sends a message."""
        self._count += 1
        Inbox(self._database).receive(
            self._channel, self.address, f"{self.name}-{self._count}", Incoming(text)
        )

    def answered(self, *texts: str) -> list[int]:
        """A message of theirs that is answered with these texts; the replies' ids."""
        self.write()
        return self._told(texts)

    def hears_of(self, errand: str, *texts: str) -> list[int]:
        """An errand of theirs ends, and they are told these texts; the replies' ids."""
        self._count += 1
        event = Incoming(event={"errand": errand, "outcome": "done", "answer": {}})
        with self._database.writing() as connection:
            name = f"{self.name}-{self._count}"
            put(self._database, connection, self._channel, self.address, name, event)
        return self._told(texts)

    def _told(self, texts: Sequence[str]) -> list[int]:
        before = {row["id"] for row in self.rows()}
        replies = [Reply(text, language="en") for text in texts]
        Outbox(self._database).finish(claim(self._database), "brain", replies, None)
        return [row["id"] for row in self.rows() if row["id"] not in before]

    def rows(self) -> list[dict[str, Any]]:
        """Their replies' rows, in order."""
        statement = (
            select(outbox)
            .where(outbox.c.conversation_id == self.address.conversation_id)
            .order_by(outbox.c.position)
        )
        with self._database.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(statement)]

    def states(self) -> list[str]:
        """The states of their replies, in order."""
        return [row["state"] for row in self.rows()]


@contextlib.asynccontextmanager
async def delivering(
    database: Database,
    *posts: Post,
    settings: DeliverySettings = SETTINGS,
    underway: Underway | None = None,
) -> AsyncIterator[Delivery]:
    """A delivery loop at work."""
    delivery = Delivery(settings, database, posts, underway or Underway())
    task = asyncio.create_task(delivery.run())
    try:
        yield delivery
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])
