"""The brain's loop: claims messages, has the assistant answer them, commits the answers."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import os
import socket
import time
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.logs import describe, traced
from bot.messaging.contents import Incoming, Option, Reply
from bot.messaging.effects import Effects
from bot.messaging.errand_runner import ErrandRunner, Work
from bot.messaging.for_ever import for_ever
from bot.messaging.heartbeat import beat, beats_again
from bot.messaging.inbox import Claimed, Inbox
from bot.messaging.leases import Leases
from bot.messaging.looking import Looking
from bot.messaging.outbox import ClaimLostError, Outbox
from bot.messaging.seen import Looks, Seen
from bot.people.store import StaleRecordError
from bot.settings import Settings
from bot.status import metrics
from bot.storage.database import NOTIFY_CHANNEL_INBOX, Database
from bot.storage.encryption import UnreadableError
from bot.storage.wakeup import wakeup_for

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
DATABASE_AWAY_SECONDS = 1.0
# A turn that takes longer counts as failed: its claim would be renewed for ever and the
# conversation stand still.
TURN_SECONDS = 60.0
# So many times the most attempts, and a message is set aside though no brain died of it.
HOPELESS = 5


class Answers(Protocol):
    """What the brain needs of the assistant."""

    model: str

    async def turn(
        self,
        conversation: str,
        channel: str,
        inbox_id: int,
        content: Incoming,
        option: Option | None,
        snapshot: dict[str, Any] | None,
        person: dict[str, Any] | None,
        desk: dict[str, Any] | None,
    ) -> Any:
        """What comes of a message (bot.messaging.assistant.Turn)."""

    def apology(self, channel: str, inbox_id: int, snapshot: dict[str, Any] | None) -> Reply:
        """The reply to a message that could not be handled."""


class Brain:
    """Handles messages of many conversations side by side, each conversation's one after the other.

    Database calls are made in the loop: they are short, and no turn can go on without its own.
    """

    def __init__(
        self, settings: Settings, database: Database, assistant: Answers, work: Work
    ) -> None:
        """`work` does errands."""
        self.name = f"{socket.gethostname()[:24]}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self._settings = settings
        self._database = database
        self._assistant = assistant
        self._inbox = Inbox(database)
        self._outbox = Outbox(database)
        self._effects = Effects(database)
        self._looks = Looks(database)
        self.errands = ErrandRunner(settings, database, self.name, work)
        self._leases = Leases(self._inbox, self.name, settings.claim_seconds)
        self._looking = Looking()
        self._places = asyncio.Semaphore(settings.brain_concurrency)
        self._running: dict[int, asyncio.Task[bool]] = {}  # by conversation

    async def run(self) -> None:
        """Works until cancelled."""
        log.info("ready as %s with %s", self.name, self._assistant.model)
        wakeup = wakeup_for(self._database, NOTIFY_CHANNEL_INBOX)
        helpers = [
            asyncio.create_task(work)
            for work in (
                for_ever(wakeup.run, self._looking.came),
                for_ever(beat, self._database, "brain", self.name, self._assistant.model),
                for_ever(self.errands.run),
                for_ever(self._leases.run),
            )
        ]
        try:
            while True:
                await self._take_work()
        finally:
            tasks = [*helpers, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take_work(self) -> None:
        await self._places.acquire()
        self._looking.begins()
        claimed = await self._claim()
        if claimed is None:
            self._places.release()
            await self._looking.wait()
            return
        await self._abandon(claimed.conversation_id)
        # It may be what its last brain died of: others would die, and count attempts, with it.
        alone = claimed.left_by_another
        before = list(self._running.values()) if alone else []
        task = asyncio.create_task(self._handle(claimed, before))
        self._running[claimed.conversation_id] = task
        self._looking.taken(claimed.conversation_id, others_wait=False)
        self._leases.keep(claimed, task.cancel)
        task.add_done_callback(partial(self._ended, claimed.conversation_id))
        task.add_done_callback(_report_failure)
        if alone:
            await asyncio.wait([task])

    async def _abandon(self, conversation_id: int) -> None:
        """Ends a turn of this process whose claim ran out, while the loop or the database hung."""
        earlier = self._running.pop(conversation_id, None)
        if earlier is not None:
            earlier.cancel()
            await asyncio.wait([earlier])

    def _ended(self, conversation: int, task: asyncio.Task[bool]) -> None:
        self._running = {
            key: running for key, running in self._running.items() if running is not task
        }
        self._places.release()
        failed = task.cancelled() or task.exception() is not None
        self._looking.done(conversation, others_wait=failed or task.result())

    async def _claim(self) -> Claimed | None:
        try:
            return self._inbox.claim(self.name, self._settings.claim_seconds)
        except SQLAlchemyError as error:
            log.error("the database cannot be used: %s", describe(error))
            await asyncio.sleep(DATABASE_AWAY_SECONDS)
            return None

    async def _handle(self, claimed: Claimed, before: Sequence[asyncio.Task[bool]]) -> bool:
        """Whether there may be something to take now that nobody is told of."""
        try:
            if before:
                await asyncio.wait(before)
            with traced(claimed.inbox_id), metrics.turn_seconds.time():
                return await self.answer(claimed)
        except asyncio.CancelledError:
            # This brain is being stopped: another need not wait until the claim runs out.
            with contextlib.suppress(SQLAlchemyError):
                self._inbox.release(claimed, self.name)
            raise
        except ClaimLostError:
            log.warning("message %s passed to another brain or to an agent", claimed.inbox_id)
        except SQLAlchemyError as error:
            # The claim runs out, and whoever reaches the database first takes the message again.
            log.error("message %s not committed: %s", claimed.inbox_id, describe(error))
        finally:
            self._leases.drop(claimed)
        return True

    async def answer(self, claimed: Claimed) -> bool:
        """Answers a claimed message and commits; after too many failures says so instead. Gives
        whether there may be something to take now that waited for it.

        Raises ClaimLostError where another brain holds the message now, and SQLAlchemyError where
        the database cannot be used: nothing was committed then.
        """
        if claimed.attempts > self._settings.max_attempts and not await self._passed_on(claimed):
            return self._set_aside(claimed)
        try:
            if claimed.content is None:
                raise UnreadableError("no configured key opens the message")
            seen = self._looks.of(claimed)
            begun = time.perf_counter()
            turn = await asyncio.wait_for(self._turn(claimed, claimed.content, seen), TURN_SECONDS)
            milliseconds = round((time.perf_counter() - begun) * 1000)
        except SQLAlchemyError:
            raise
        except Exception as error:
            log.error(
                "message %s failed, attempt %s: %s",
                claimed.inbox_id,
                claimed.attempts,
                describe(error),
            )
            metrics.turns.labels(claimed.channel, "failed").inc()
            self._inbox.release(claimed, self.name, RETRY_SECONDS)
            return True
        return self._finish(claimed, seen, turn, milliseconds)

    async def _passed_on(self, claimed: Claimed) -> bool:
        """Whether it was left by a brain that lives, so nobody died of it: that brain, or the
        database, stood still for longer than a claim lasts. That does not go on for ever."""
        if claimed.attempts > HOPELESS * self._settings.max_attempts or not claimed.left_by:
            return False
        return claimed.left_by == self.name or await beats_again(self._database, claimed.left_by)

    def _finish(self, claimed: Claimed, seen: Seen, turn: Any, milliseconds: int) -> bool:
        outside = self._effects.of_turn(claimed, seen.known, turn.person, turn.effects)
        note = turn.note and dataclasses.replace(
            turn.note, milliseconds=milliseconds, model=self._assistant.model
        )
        try:
            come = self._outbox.finish(
                claimed,
                self.name,
                turn.replies,
                turn.snapshot,
                outside=outside,
                note=note,
                unasked=seen.unasked,
                unchanged=seen.known if turn.person == seen.known.record else None,
            )
        except StaleRecordError:
            # The person wrote from two places at once: this one is worked out again.
            self._inbox.release(claimed, self.name)
            return True
        log.info("answered with %s messages after %s ms", len(turn.replies), milliseconds)
        metrics.turns.labels(claimed.channel, "done").inc()
        if note:
            metrics.decisions.labels(note.decision).inc()
        if turn.effects:
            self.errands.wake()
        return come

    async def _turn(self, claimed: Claimed, content: Incoming, seen: Seen) -> Any:
        return await self._assistant.turn(
            str(claimed.conversation_id),
            claimed.channel,
            claimed.inbox_id,
            content,
            self._looks.chosen(claimed.conversation_id, content, seen),
            seen.snapshot,
            seen.known.record,
            seen.desk,
        )

    def _set_aside(self, claimed: Claimed) -> bool:
        log.critical(
            "message %s set aside after %s attempts", claimed.inbox_id, claimed.attempts - 1
        )
        try:
            snapshot = self._outbox.snapshot(claimed.conversation_id)
        except UnreadableError:
            snapshot = None
        metrics.turns.labels(claimed.channel, "set_aside").inc()
        metrics.messages_set_aside.inc()
        reply = self._assistant.apology(claimed.channel, claimed.inbox_id, snapshot)
        return self._outbox.finish(claimed, self.name, [reply], None, state="set_aside")


def _report_failure(task: asyncio.Task[Any]) -> None:
    """Logs why a task ended, without the error's message; nobody else looks at its outcome."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("a task of the brain failed: %s", describe(error))
