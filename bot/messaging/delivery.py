"""The delivery loop of a gateway: sends waiting replies to the channels' providers.

Of one conversation a reply is sent when every earlier one was sent or has failed. Towards the
provider each is sent at least once: where a process dies, or the line is cut, between the
provider's taking a message and our knowing of it, and no status tells us within the claim's time,
the message is sent again and a person may see it twice. Nothing is sent twice otherwise.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.logs import describe, traced
from bot.messaging.contents import Reply
from bot.messaging.looking import LOOK_SECONDS, Looking
from bot.messaging.outgoing import Outgoing, OutgoingMessages
from bot.messaging.pauses import Pauses
from bot.messaging.sender import (
    NotShownError,
    OperatorError,
    OutsideWindowError,
    RefusedError,
    Sender,
    Sent,
    StoppedError,
    TryLaterError,
    has_to_leave_by,
)
from bot.messaging.statuses import INVITATION, MOST_ATTEMPTS, name_of_part
from bot.messaging.subscriptions import stop_messages
from bot.messaging.underway import Underway
from bot.settings import DeliverySettings
from bot.status import metrics
from bot.storage.database import NOTIFY_CHANNEL_OUTBOX, Database
from bot.storage.threads import in_thread, in_thread_or_undone
from bot.storage.wakeup import wakeup_for

log = logging.getLogger(__name__)

T = TypeVar("T")
DATABASE_AWAY_SECONDS = 1.0
# Doubled with each failure; with the most attempts that is six hours.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2.0, 600.0
# How often a channel that only an operator can mend is tried.
OPERATOR_WAIT_SECONDS = 60.0
NOTE_AGAIN_SECONDS = 0.2
# Who sent it may live: where the database stood still, they note just now what they sent.
SECOND_LOOK_SECONDS = 3.0
TIMED_OUT = "timeout"
STOOD_STILL = "stood_still"
UNREADABLE = "unreadable"
ENDED = "ended"


class Delivery:
    """Sends messages of many conversations side by side, by the sender of each one's channel."""

    def __init__(
        self,
        settings: DeliverySettings,
        database: Database,
        senders: Sequence[Sender],
        underway: Underway,
    ) -> None:
        self.name = f"{socket.gethostname()[:24]}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self._settings = settings
        self._database = database
        self._messages = OutgoingMessages(database)
        self._senders = {sender.channel: sender for sender in senders}
        self._underway = underway
        self._pauses = Pauses()
        self._looking = Looking()
        self._places = asyncio.Semaphore(settings.at_once)
        self._running: set[asyncio.Task[None]] = set()
        # Where the database stands still, a claim may run out before it is noted what came of it.
        self._in_hand: set[int] = set()

    async def run(self) -> None:
        """Works until cancelled; what is being sent then is brought to its end."""
        wakeup = wakeup_for(self._database, NOTIFY_CHANNEL_OUTBOX)
        watcher = asyncio.create_task(wakeup.run(self._looking.came))
        sweeper = asyncio.create_task(self._end_unwanted())
        try:
            while True:
                await self._places.acquire()
                self._looking.begins()
                message = await self._claim_or_release()
                if message is None:
                    await self._looking.wait()
                    continue
                self._in_hand.add(message.id)
                self._looking.taken(message.conversation_id, message.others_wait)
                task = asyncio.create_task(self._deliver_and_release(message))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        except asyncio.CancelledError:
            if self._running:
                await asyncio.wait(self._running, timeout=self._settings.send_seconds)
            for sender in self._senders.values():
                await sender.close()
            raise
        finally:
            watcher.cancel()
            sweeper.cancel()

    async def _end_unwanted(self) -> None:
        while True:
            try:
                await in_thread(self._messages.end_unwanted)
            except Exception as error:
                # It goes on: what is not ended would hold up what comes after it.
                log.error("what nobody wants was not ended: %s", describe(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def _claim_or_release(self) -> Outgoing | None:
        message = None
        try:
            message = await self._claim()
        finally:
            if message is None:
                self._places.release()
        return message

    async def _claim(self) -> Outgoing | None:
        open_channels = self._pauses.open(self._senders)
        if not open_channels:
            return None
        seconds = self._settings.claim_seconds
        try:
            claim, in_hand = self._messages.claim, frozenset(self._in_hand)
            give_back = self._give_back
            return await in_thread_or_undone(
                claim, give_back, self.name, open_channels, seconds, in_hand
            )
        except SQLAlchemyError as error:
            log.error("the database cannot be used: %s", describe(error))
            await asyncio.sleep(DATABASE_AWAY_SECONDS)
            return None

    def _give_back(self, message: Outgoing | None) -> None:
        """This process ends: another need not wait until the claim runs out. What may have been
        sent before waits for that, so that a status can tell."""
        if message is not None and not message.uncertain:
            self._messages.later(message, 0.0, ENDED, counted=False)

    async def _deliver_and_release(self, message: Outgoing) -> None:
        try:
            with traced(message.inbox_id):
                await self._deliver(message)
        except SQLAlchemyError as error:
            # The claim runs out, and the message is taken again, as uncertain.
            log.error("message %s: not noted: %s", message.id, describe(error))
        finally:
            self._in_hand.discard(message.id)
            self._places.release()
            self._looking.done(message.conversation_id)

    async def _deliver(self, message: Outgoing) -> None:
        if message.uncertain:
            await asyncio.sleep(SECOND_LOOK_SECONDS)
            look, seconds = self._messages.look_again, self._settings.claim_seconds
            known = await in_thread(look, message, seconds)
            if known is None:
                return
            message = known
            log.warning("message %s is sent again: it is not known if it was taken", message.id)
        if message.reply is None:
            await self._fail(message, UNREADABLE)
            return
        try:
            await self._send_or_invite(message, message.reply)
            _count(message, "sent")
        except TryLaterError as later:
            _count(message, "later", later.code)
            await self._later(message, later)
        except asyncio.TimeoutError:
            _count(message, "later", TIMED_OUT)
            # It may have been taken: a status has the time of a claim to tell.
            await self._later(message, TryLaterError(TIMED_OUT, self._settings.claim_seconds))
        except OperatorError as problem:
            _count(message, "later", problem.code)
            await self._wait_for_operator(message, problem)
        except (RefusedError, NotShownError) as refused:
            _count(message, "refused", refused.code)
            await self._fail(message, refused.code)
        except StoppedError:
            _count(message, "stopped")
            await in_thread(self._stop, message)
        except SQLAlchemyError:
            raise
        except Exception as error:
            log.error("message %s cannot be sent: %s", message.id, describe(error))
            await self._later(message, TryLaterError(type(error).__name__[:32]))

    async def _send_or_invite(self, message: Outgoing, reply: Reply) -> None:
        sender = self._senders[message.channel]
        try:
            await self._send(message, sender, reply)
        except OutsideWindowError:
            invited = await self._invite(message, sender, reply.language)
            log.info("message %s waits until they write; invited: %s", message.id, invited)
            await in_thread(self._messages.hold, message)

    async def _send(self, message: Outgoing, sender: Sender, reply: Reply) -> None:
        # A template may be sent at any time: that is what it is for.
        if not reply.template and not message.heard_within(sender.window_seconds):
            raise OutsideWindowError
        parts = sender.parts(reply, message.plain)
        if not parts:
            raise RefusedError("empty")
        # A call that begins by then ends within the claim.
        begins_by = message.claimed_from + self._settings.send_seconds
        for number, part in enumerate(parts, start=1):
            if number <= message.parts_sent:
                continue
            if time.monotonic() > begins_by:
                # This process stood still so long that another may be sending it now.
                await in_thread(self._messages.later, message, 0.0, STOOD_STILL)
                return
            name = name_of_part(message.uuid, number, len(parts))
            with self._underway.going(name):
                sent = await self._in_time(begins_by, sender.send(message.address, part, name))
                self._pauses.in_order(message.channel)
                begins_by = time.monotonic() + self._settings.send_seconds
                if not await self._note(message, number, number == len(parts), sent):
                    return
                self._underway.noted(name)

    async def _in_time(self, begins_by: float, call: Coroutine[Any, Any, T]) -> T:
        """What a call gives. Nothing of it leaves after its time, as where this process stood still
        just before or since: the claim lasts as long, and then another may make the call."""
        seconds = self._settings.send_seconds
        has_to_leave_by(begins_by + seconds)
        return await asyncio.wait_for(call, seconds)

    async def _note(self, message: Outgoing, number: int, last: bool, sent: Sent) -> bool:
        """Notes that a part was taken, also when the database is away for a while: nobody else
        knows of it, so it would be sent again. False where the next part is not ours to send."""
        log.info("part %s of message %s was taken", number, message.id)
        note, seconds = self._messages.part_sent, self._settings.claim_seconds
        while True:
            try:
                return await in_thread(note, message, number, last, sent.provider_id, seconds)
            except SQLAlchemyError as error:
                log.error("message %s: not noted yet: %s", message.id, describe(error))
                await asyncio.sleep(NOTE_AGAIN_SECONDS)

    async def _later(self, message: Outgoing, problem: TryLaterError) -> None:
        doubled = FIRST_WAIT_SECONDS * 2 ** min(message.attempts - 1, MOST_ATTEMPTS)
        seconds = problem.seconds or min(doubled, LONGEST_WAIT_SECONDS)
        if problem.whole_channel:
            self._pauses.pause(message.channel, seconds)
        if message.attempts >= MOST_ATTEMPTS:
            await self._fail(message, problem.code)
            return
        log.warning("message %s waits %.0f s after %s", message.id, seconds, problem.code)
        await in_thread(self._messages.later, message, seconds, problem.code)

    async def _wait_for_operator(self, message: Outgoing, problem: OperatorError) -> None:
        self._pauses.out_of_order(message.channel, problem)
        seconds = OPERATOR_WAIT_SECONDS
        self._pauses.pause(message.channel, seconds)
        await in_thread(self._messages.later, message, seconds, problem.code, False)

    async def _fail(self, message: Outgoing, code: str) -> None:
        log.error("message %s was not sent: %s", message.id, code)
        await in_thread(self._messages.fail, message, code)

    def _stop(self, message: Outgoing) -> None:
        with self._database.writing() as connection:
            now = self._database.now(connection)
            stop_messages(connection, message.channel, message.conversation_id, now)
        self._messages.fail(message, "stopped")

    async def _invite(self, message: Outgoing, sender: Sender, language: str) -> bool:
        """Asks the person to write; whether the provider took that."""
        name = name_of_part(message.uuid, INVITATION, INVITATION)
        try:
            begins_by = message.claimed_from + self._settings.send_seconds
            invited = sender.invite(message.address, language, name)
            sent = await self._in_time(begins_by, invited)
        except (RefusedError, OutsideWindowError) as error:
            log.error("the invitation of message %s was refused: %s", message.id, error)
            return False
        return sent is not None


def _count(message: Outgoing, outcome: str, code: str = "") -> None:
    metrics.deliveries.labels(message.channel, outcome).inc()
    if code:
        metrics.provider_errors.labels(message.channel, code).inc()
