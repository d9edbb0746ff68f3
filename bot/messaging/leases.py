"""Keeps the claims of a brain that works, however slowly, and lets those of one that hangs go.

Renewing is done by a thread of its own: on a busy machine the loop may not turn for seconds, while
it works out an answer or waits for the database. Were its claims to run out then, another brain
would do the same work again, both would be slower still, and after a few such rounds messages
would be set aside that nothing is wrong with.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from bot.messaging.inbox import Claimed, Inbox

log = logging.getLogger(__name__)

# A loop that has not turned for so long hangs. SQLite may keep it waiting for a write for 30 s.
HANGING_SECONDS = 40.0
TURNS_A_CLAIM = 3
STOP_SECONDS = 5.0


class Leases:
    """The claims that a brain holds now."""

    def __init__(self, inbox: Inbox, brain: str, seconds: float) -> None:
        """`seconds` is how long a claim lasts without being renewed."""
        self._inbox = inbox
        self._brain = brain
        self._seconds = seconds
        self._kept: dict[int, tuple[Claimed, Callable[[], object]]] = {}
        self._turned_at = time.monotonic()

    def keep(self, claimed: Claimed, lost: Callable[[], object]) -> None:
        """Renews a claim until it is dropped; `lost` is called where another brain has it."""
        self._kept[claimed.inbox_id] = (claimed, lost)

    def drop(self, claimed: Claimed) -> None:
        """The claim is needed no longer."""
        if self._kept.get(claimed.inbox_id, (None,))[0] is claimed:
            del self._kept[claimed.inbox_id]

    async def run(self) -> None:
        """Renews until cancelled."""
        loop, stop = asyncio.get_running_loop(), threading.Event()
        thread = threading.Thread(target=self._renew_until, args=(stop, loop), daemon=True)
        thread.start()
        try:
            while True:
                self._turned_at = time.monotonic()
                await asyncio.sleep(self._seconds / TURNS_A_CLAIM)
        finally:
            stop.set()
            thread.join(STOP_SECONDS)

    def _renew_until(self, stop: threading.Event, loop: asyncio.AbstractEventLoop) -> None:
        while not stop.wait(self._seconds / TURNS_A_CLAIM):
            if time.monotonic() - self._turned_at > HANGING_SECONDS:
                continue
            claims = [claimed for claimed, _ in list(self._kept.values())]
            if not claims:
                continue
            with contextlib.suppress(SQLAlchemyError):
                for lost in self._inbox.renew(claims, self._brain, self._seconds):
                    loop.call_soon_threadsafe(self._lost, lost)

    def _lost(self, claimed: Claimed) -> None:
        kept, lost = self._kept.get(claimed.inbox_id, (None, None))
        if kept is claimed and lost is not None:  # else it was answered just now
            self.drop(claimed)  # said once, however often it was tried while the loop stood still
            log.warning("message %s passed to another brain", claimed.inbox_id)
            lost()
