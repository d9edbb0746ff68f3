"""The brain's loop: claims messages, has the assistant answer them, commits the answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import uuid
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.logs import describe
from bot.messaging.contents import Option, Reply
from bot.messaging.heartbeat import beat
from bot.messaging.inbox import Claimed, Inbox
from bot.messaging.options import chosen_option
from bot.messaging.outbox import ClaimLostError, Outbox
from bot.settings import Settings
from bot.storage.database import NOTIFY_CHANNEL_INBOX, Database
from bot.storage.wakeup import wakeup_for

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
RETRY_SECONDS = 0.5
DATABASE_AWAY_SECONDS = 1.0


class Answers(Protocol):
    """What the brain needs of the assistant."""

    model: str

    async def turn(
        self,
        conversation: str,
        channel: str,
        inbox_id: int,
        text: str,
        option: Option | None,
        snapshot: dict[str, Any] | None,
    ) -> Any:
        """Replies to a message and the snapshot after it."""

    def apology(self, channel: str, inbox_id: int, snapshot: dict[str, Any] | None) -> Reply:
        """The reply to a message that could not be handled."""


class Brain:
    """Handles messages of many conversations side by side, each conversation's one after the other."""

    def __init__(self, settings: Settings, database: Database, assistant: Answers) -> None:
        self.name = f"{socket.gethostname()[:24]}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self._settings = settings
        self._database = database
        self._assistant = assistant
        self._inbox = Inbox(database)
        self._outbox = Outbox(database)
        self._work = asyncio.Event()
        self._places = asyncio.Semaphore(settings.brain_concurrency)
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Works until cancelled."""
        log.info("ready as %s with %s", self.name, self._assistant.model)
        wakeup = wakeup_for(self._database, NOTIFY_CHANNEL_INBOX)
        helpers = [
            asyncio.create_task(wakeup.run(lambda _conversation: self._work.set())),
            asyncio.create_task(beat(self._database, "brain", self.name, self._assistant.model)),
        ]
        try:
            while True:
                await self._take_work()
        finally:
            for task in (*helpers, *self._running):
                task.cancel()
            await asyncio.gather(*helpers, *self._running, return_exceptions=True)

    async def _take_work(self) -> None:
        await self._places.acquire()
        self._work.clear()
        claimed = await self._claim()
        if claimed is None:
            self._places.release()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._work.wait(), LOOK_SECONDS)
            return
        task = asyncio.create_task(self._handle(claimed))
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._places.release()
        self._work.set()  # the conversation's next message may be waiting
        if not task.cancelled() and task.exception():
            log.error("a turn ended badly: %s", describe(task.exception() or RuntimeError()))

    async def _claim(self) -> Claimed | None:
        try:
            return self._inbox.claim(self.name, self._settings.claim_seconds)
        except SQLAlchemyError as error:
            log.error("the database cannot be used: %s", describe(error))
            await asyncio.sleep(DATABASE_AWAY_SECONDS)
            return None

    async def _handle(self, claimed: Claimed) -> None:
        renewal = asyncio.create_task(self._renew(claimed))
        try:
            await self.answer(claimed)
        except ClaimLostError:
            log.warning("message %s passed to another brain", claimed.inbox_id)
        except SQLAlchemyError as error:
            # The claim runs out and the message is taken again, by whoever reaches the database first.
            log.error("message %s not committed: %s", claimed.inbox_id, describe(error))
        finally:
            renewal.cancel()

    async def answer(self, claimed: Claimed) -> None:
        """Answers a claimed message and commits; after too many failures says so to the person instead."""
        snapshot = self._outbox.snapshot(claimed.conversation_id)
        if claimed.attempts > self._settings.max_attempts:
            self._set_aside(claimed, snapshot)
            return
        option = self._chosen(claimed)
        try:
            turn = await self._assistant.turn(
                str(claimed.conversation_id),
                claimed.channel,
                claimed.inbox_id,
                claimed.content.text,
                option,
                snapshot,
            )
        except Exception as error:
            log.error("message %s failed, attempt %s: %s", claimed.inbox_id, claimed.attempts, describe(error))
            self._inbox.release(claimed.inbox_id, self.name, RETRY_SECONDS)
            return
        self._outbox.finish(claimed, self.name, turn.replies, turn.snapshot)

    def _chosen(self, claimed: Claimed) -> Option | None:
        """The option that the message is, by its id or by what was typed, among those offered last."""
        if claimed.content.option:
            return self._outbox.option(claimed.conversation_id, claimed.content.option)
        offered = [o for reply in self._outbox.last_replies(claimed.conversation_id) for o in reply.options]
        return chosen_option(claimed.content.text, offered)

    def _set_aside(self, claimed: Claimed, snapshot: dict[str, Any] | None) -> None:
        log.critical("message %s set aside after %s attempts", claimed.inbox_id, claimed.attempts - 1)
        reply = self._assistant.apology(claimed.channel, claimed.inbox_id, snapshot)
        self._outbox.finish(claimed, self.name, [reply], None, state="set_aside")

    async def _renew(self, claimed: Claimed) -> None:
        """Keeps the claim while this process lives and its loop turns; a hanging brain loses it."""
        while True:
            await asyncio.sleep(self._settings.claim_seconds / 3)
            with contextlib.suppress(SQLAlchemyError):
                self._inbox.renew(claimed.inbox_id, self.name, self._settings.claim_seconds)
