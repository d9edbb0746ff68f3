"""A brain at work, for the tests of its loop."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable

from bot.messaging.brain import Brain
from bot.settings import Settings
from bot.storage.database import Database
from tests.messaging.stand_in import Echo

WAIT_SECONDS = 20.0


@contextlib.asynccontextmanager
async def working(
    settings: Settings, database: Database, echo: Echo, **changes: object
) -> AsyncIterator[Brain]:
    brain = Brain(dataclasses.replace(settings, **changes), database, echo)
    task = asyncio.create_task(brain.run())
    try:
        yield brain
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(condition: Callable[[], object]) -> None:
    """Waits until the condition holds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT_SECONDS
    while not condition():
        assert loop.time() < end, "it did not come to that"
        await asyncio.sleep(0.02)
