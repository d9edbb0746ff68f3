"""Work that goes on for as long as its process does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import ParamSpec

from bot.logs import describe

log = logging.getLogger(__name__)

P = ParamSpec("P")
AGAIN_SECONDS = 1.0


async def for_ever(work: Callable[P, Awaitable[None]], *args: P.args, **kwargs: P.kwargs) -> None:
    """Starts the work again when it fails: what waits for it would wait until the process ends.
    Cancelled, it ends also where the work fails over that."""
    while True:
        begun = asyncio.ensure_future(work(*args, **kwargs))
        try:
            await asyncio.wait({begun})
        finally:
            begun.cancel()
            await asyncio.wait({begun})
            if not begun.cancelled() and (error := begun.exception()):
                log.error("%s failed: %s", work.__qualname__, describe(error))
        await asyncio.sleep(AGAIN_SECONDS)
