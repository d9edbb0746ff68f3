"""Fetches what came with messages, keeps it, has it read, and deletes it at the provider.

It runs in each gateway. Each step is committed before the next: whoever takes over from a gateway
that died fetches again what was not kept, and reads again what was not noted. At the provider a
thing is deleted only when it is kept or given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.logs import describe
from bot.messaging.found import Found, Why, nothing
from bot.messaging.looking import Looking
from bot.messaging.received_media import DELETE, Media, MediaLostError, ReceivedMedia
from bot.people.files import Files
from bot.storage.database import NOTIFY_CHANNEL_MEDIA, Database
from bot.storage.encryption import UnreadableError
from bot.storage.threads import in_thread_or_undone
from bot.storage.wakeup import wakeup_for

log = logging.getLogger(__name__)

DATABASE_AWAY_SECONDS = 1.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 15.0
FIRST_DELETE_WAIT_SECONDS, LONGEST_DELETE_WAIT_SECONDS = 10.0, 6 * 3600.0
MOST_DELETE_ATTEMPTS = 12


class NotNowError(Exception):
    """The provider did not do it, and may later."""


class NotUsableError(Exception):
    """It will never be read; `why` is what the person is told."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class MediaSource(Protocol):
    """A provider, which has what people sent."""

    @property
    def channels(self) -> Collection[str]:
        """Whose files it has."""

    async def fetch(self, source: Mapping[str, Any]) -> bytes:
        """The bytes. Raises NotNowError and NotUsableError."""

    async def delete(self, source: Mapping[str, Any]) -> None:
        """Deletes it at the provider, where that is possible. Raises NotNowError."""

    async def close(self) -> None:
        """Ends the connections."""


class MediaReader(Protocol):
    """Knows what a file is, and reads it."""

    def recognised(self, content: bytes) -> tuple[str, str]:
        """A name for the file and its type, by what is in it. Raises NotUsableError."""

    async def read(self, content_type: str, content: bytes) -> Found:
        """What is in the file."""


class MediaRunner:
    """Takes whatever is due, several side by side."""

    def __init__(
        self,
        database: Database,
        sources: Sequence[MediaSource],
        reader: MediaReader,
        *,
        at_once: int,
        wait_seconds: float,
        claim_seconds: float,
    ) -> None:
        """After `wait_seconds` a thing that could not be fetched is given up."""
        self.name = f"{socket.gethostname()[:24]}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self._database = database
        self._media, self._files = ReceivedMedia(database), Files(database)
        self._sources = {channel: source for source in sources for channel in source.channels}
        self._reader = reader
        self._wait_seconds, self._claim_seconds = wait_seconds, claim_seconds
        self._places = asyncio.Semaphore(at_once)
        self._looking = Looking()
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Works until cancelled. After another failure it can be called again: what is in hand
        goes on."""
        wakeup = wakeup_for(self._database, NOTIFY_CHANNEL_MEDIA)
        watcher = asyncio.create_task(wakeup.run(self._looking.came))
        try:
            while True:
                await self._places.acquire()
                self._looking.begins()
                one = await self._claim_or_release()
                if one is None:
                    await self._looking.wait()
                    continue
                task = asyncio.create_task(self._do_and_release(one))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        except asyncio.CancelledError:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            for source in set(self._sources.values()):
                await source.close()
            raise
        finally:
            watcher.cancel()

    async def do_due(self) -> int:
        """Does all that is due now, one after the other; gives how many."""
        done = 0
        while (one := await self._claim()) is not None:
            await self._do(one)
            done += 1
        return done

    async def _claim_or_release(self) -> Media | None:
        one = None
        try:
            one = await self._claim()
        finally:
            if one is None:
                self._places.release()
        return one

    async def _claim(self) -> Media | None:
        try:
            claim, channels = self._media.claim, list(self._sources)
            return await in_thread_or_undone(
                claim, self._give_back, self.name, channels, self._claim_seconds
            )
        except SQLAlchemyError as error:
            log.error("the database cannot be used: %s", describe(error))
            await asyncio.sleep(DATABASE_AWAY_SECONDS)
            return None

    def _give_back(self, one: Media | None) -> None:
        """This process ends: another need not wait until the claim runs out."""
        if one is not None:
            self._media.later(one, self.name, 0.0)

    async def _do_and_release(self, one: Media) -> None:
        try:
            await self._do(one)
        finally:
            self._places.release()
            self._looking.look()

    async def _do(self, one: Media) -> None:
        renewal = asyncio.create_task(self._renew(one))
        try:
            await (self._delete(one) if one.state == DELETE else self._take(one))
        except MediaLostError:
            log.warning("media %s passed to another runner, or was erased", one.id)
        except SQLAlchemyError as error:
            log.error("media %s: not noted: %s", one.id, describe(error))
        finally:
            renewal.cancel()

    async def _take(self, one: Media) -> None:
        """Fetches, keeps and reads; whatever happens, in the end the person is told something."""
        try:
            found = await self._found(one)
        except NotUsableError as error:
            found = nothing(error.why)
        except NotNowError as error:
            seconds = min(FIRST_WAIT_SECONDS * 2 ** min(one.attempts - 1, 10), LONGEST_WAIT_SECONDS)
            if one.age + seconds < self._wait_seconds:
                log.warning("media %s waits %.0f s: %s", one.id, seconds, error)
                await asyncio.to_thread(self._media.later, one, self.name, seconds)
                return
            log.error("media %s is given up: %s", one.id, error)
            found = nothing("not_fetched")
        except (MediaLostError, SQLAlchemyError):
            raise
        except Exception as error:
            log.error("media %s cannot be read: %s", one.id, describe(error))
            found = nothing("not_fetched")
        await asyncio.to_thread(self._media.finish, one, self.name, found)
        log.info("media %s (%s): %s", one.id, one.kind, found.get("why") or found["what"])

    async def _found(self, one: Media) -> Found:
        kept = await asyncio.to_thread(self._kept, one)
        if kept is None:
            left = self._wait_seconds - one.age
            if one.source is None or left <= 0:
                return nothing("not_fetched")
            try:
                content = await asyncio.wait_for(
                    self._sources[one.channel].fetch(one.source), timeout=left
                )
            except asyncio.TimeoutError:
                raise NotNowError("it takes too long") from None
            name, content_type = self._reader.recognised(content)
            await asyncio.to_thread(self._media.keep, one, self.name, name, content_type, content)
            kept = content_type, content
        return await self._reader.read(*kept)

    def _kept(self, one: Media) -> tuple[str, bytes] | None:
        """What was fetched by an earlier try."""
        try:
            stored = self._files.open(one.file_id) if one.file_id else None
        except UnreadableError:
            return None
        return (stored.content_type, stored.content) if stored else None

    async def _delete(self, one: Media) -> None:
        try:
            if one.source:
                await self._sources[one.channel].delete(one.source)
        except NotNowError as error:
            if one.attempts < MOST_DELETE_ATTEMPTS:
                doubled = FIRST_DELETE_WAIT_SECONDS * 2 ** (one.attempts - 1)
                seconds = min(doubled, LONGEST_DELETE_WAIT_SECONDS)
                await asyncio.to_thread(self._media.later, one, self.name, seconds)
                return
            log.critical("media %s stays at its provider: %s", one.id, error)
        await asyncio.to_thread(self._media.done, one, self.name)

    async def _renew(self, one: Media) -> None:
        while True:
            await asyncio.sleep(self._claim_seconds / 3)
            with contextlib.suppress(SQLAlchemyError):
                renew = self._media.renew
                if not await asyncio.to_thread(renew, one, self.name, self._claim_seconds):
                    return
