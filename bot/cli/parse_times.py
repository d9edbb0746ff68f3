"""How long the assistant takes to understand single messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from bot.messaging.assistant import Assistant

EVERY = 4


def parse_times(assistant: Assistant, texts: Sequence[str]) -> list[float]:
    """Milliseconds of this thread's processor time for every fourth text, so that a busy machine
    counts for little."""
    loop = asyncio.new_event_loop()
    taken = []
    try:
        loop.run_until_complete(assistant.parse(texts[0]))  # the first one loads what it needs
        for text in texts[::EVERY]:
            started = time.thread_time()
            loop.run_until_complete(assistant.parse(text))
            taken.append((time.thread_time() - started) * 1000)
    finally:
        loop.close()
    return taken
