"""Telegram's wish: about one message a second to the same person."""

from __future__ import annotations

import asyncio

SECONDS = 1.0
KEPT_CHATS = 1000


class Pace:
    """Lets messages to one chat pass one after the other, with a while between them."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._next: dict[str, float] = {}

    async def turn(self, chat: str) -> None:
        """Waits until the chat may be written to. Each chat waits for itself alone."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next.get(chat, 0.0))
        self._next[chat] = at + self._seconds
        if len(self._next) > KEPT_CHATS:
            self._next = {other: next_at for other, next_at in self._next.items() if next_at > now}
        if at > now:
            await asyncio.sleep(at - now)
