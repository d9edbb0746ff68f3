"""Asks Telegram for updates, where the internet does not reach the gateway: for development."""

from __future__ import annotations

import asyncio
import logging

from bot.channels.telegram.api import ApiError, BotApi, UnreachableError
from bot.channels.telegram.parse import ALLOWED_UPDATES, Parsed, parse
from bot.channels.telegram.receive import Receiver
from bot.logs import describe

log = logging.getLogger(__name__)

# How long Telegram holds a question to which it has nothing to say yet.
HELD_SECONDS = 25
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 10.0
CONFLICT = 409


class Polling:
    """Stores updates. The next question, which tells Telegram that an update arrived, is asked only
    when it is in the database."""

    def __init__(self, api: BotApi, receiver: Receiver, held_seconds: float = HELD_SECONDS) -> None:
        self._api = api
        self._receiver = receiver
        self._held_seconds = held_seconds
        self._offset = 0
        self._failures = 0

    async def run(self) -> None:
        """Works until cancelled; a Telegram that cannot be reached is asked again."""
        try:
            while True:
                try:
                    await self._once()
                    self._failures = 0
                except Exception as error:  # the database's too: it is asked again
                    await self._wait_after(error)
        finally:
            await self._api.close()

    async def _once(self) -> None:
        updates = await self._api.call(
            "getUpdates",
            {
                "offset": self._offset,
                "timeout": self._held_seconds,
                "allowed_updates": ALLOWED_UPDATES,
            },
            seconds=self._held_seconds + 10,
        )
        for body in updates:
            parsed = parse(body)
            if parsed:
                await self._take(parsed)

    async def _take(self, parsed: Parsed) -> None:
        if parsed.said:
            await asyncio.to_thread(self._receiver.store, parsed.said)
        self._offset = max(self._offset, parsed.update_id + 1)
        if parsed.tap:
            await self._acknowledge(parsed.tap)

    async def _acknowledge(self, tap: str) -> None:
        try:
            await self._api.call("answerCallbackQuery", {"callback_query_id": tap})
        except (ApiError, UnreachableError) as error:
            # The button spins for a while; what it says is stored.
            log.warning("a tap was not acknowledged: %s", error)

    async def _wait_after(self, error: Exception) -> None:
        wait = min(FIRST_WAIT_SECONDS * 2**self._failures, LONGEST_WAIT_SECONDS)
        self._failures = min(self._failures + 1, 10)
        if isinstance(error, ApiError):
            wait = error.retry_after or wait
            log.error("Telegram gives no updates: %s", error)
            if error.code == CONFLICT:
                log.error("a webhook is set: `pti telegram delete-webhook` ends it")
        elif isinstance(error, UnreachableError):
            log.warning("Telegram cannot be reached (%s), next try in %.0f s", error, wait)
        else:
            log.error("an update was not stored: %s", describe(error))
        await asyncio.sleep(wait)
