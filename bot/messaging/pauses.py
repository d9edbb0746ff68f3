"""Channels that take nothing for a while: their provider asked for it, or an operator has to mend
something. Of one process, which finds out for itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

log = logging.getLogger(__name__)


class Pauses:
    """Which channels pause, and until when on the loop's clock."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._out_of_order: set[str] = set()

    def pause(self, channel: str, seconds: float) -> None:
        """Nothing is sent by the channel for so long."""
        self._until[channel] = asyncio.get_running_loop().time() + seconds

    def open(self, channels: Iterable[str]) -> list[str]:
        """Those by which may be sent."""
        now = asyncio.get_running_loop().time()
        return [channel for channel in channels if self._until.get(channel, 0) <= now]

    def out_of_order(self, channel: str, problem: Exception) -> None:
        """Somebody has to mend it. Said once: it may take all night."""
        if channel not in self._out_of_order:
            log.error("%s takes no message until somebody mends it: %s", channel, problem)
            self._out_of_order.add(channel)

    def in_order(self, channel: str) -> None:
        """It took a message."""
        if channel in self._out_of_order:
            log.warning("%s takes messages again", channel)
            self._out_of_order.discard(channel)
