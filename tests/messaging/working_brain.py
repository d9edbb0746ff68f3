"""A brain at work, for the tests of its loop."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable

from bot.messaging.brain import Brain
from bot.messaging.errand_runner import Work
from bot.settings import Settings
from bot.storage.database import Database
from tests.messaging.stand_in import Echo, no_errands

WAIT_SECONDS = 20.0


@contextlib.asynccontextmanager
async def working(
    settings: Settings,
    database: Database,
    echo: Echo,
    work: Work = no_errands,
    **changes: object,
) -> AsyncIterator[Brain]:
    brain = Brain(dataclasses.replace(settings, **changes), database, echo, work)
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
