"""Tells those who wait for replies of a conversation that there are some."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from bot.storage.database import NOTIFY_CHANNEL_OUTBOX, Database
from bot.storage.tables import outbox
from bot.storage.wakeup import wakeup_for


class News:
    """One watcher of the database for all who wait in this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._seen = 0

    async def run(self) -> None:
        """Watches until cancelled."""
        self._seen = await asyncio.to_thread(self._newest)
        changes: asyncio.Queue[int | None] = asyncio.Queue()
        watcher = asyncio.create_task(
            wakeup_for(self._database, NOTIFY_CHANNEL_OUTBOX).run(changes.put_nowait)
        )
        try:
            while True:
                conversation = await changes.get()
                if conversation is not None:
                    self._tell(conversation)
                elif self._database.is_sqlite:
                    for conversation_id in await asyncio.to_thread(self._changed):
                        self._tell(conversation_id)
                else:  # the connection was lost for a while: all look, once
                    for conversation_id in list(self._waiting):
                        self._tell(conversation_id)
        finally:
            watcher.cancel()

    @contextmanager
    def waiting_for(self, conversation_id: int) -> Iterator[asyncio.Event]:
        """An event that is set when the conversation has something new."""
        arrived = asyncio.Event()
        waiters = self._waiting[conversation_id]
        waiters.add(arrived)
        try:
            yield arrived
        finally:
            waiters.discard(arrived)
            if not waiters:
                self._waiting.pop(conversation_id, None)

    def _tell(self, conversation_id: int) -> None:
        for arrived in self._waiting.get(conversation_id, ()):
            arrived.set()

    def _newest(self) -> int:
        with self._database.reading() as connection:
            return int(
                connection.execute(select(func.coalesce(func.max(outbox.c.id), 0))).scalar_one()
            )

    def _changed(self) -> list[int]:
        """Conversations with replies since the last look. SQLite has one writer, so ids are
        committed in order."""
        statement = select(outbox.c.id, outbox.c.conversation_id).where(outbox.c.id > self._seen)
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        self._seen = max([self._seen, *(row.id for row in rows)])
        return list(dict.fromkeys(row.conversation_id for row in rows))
