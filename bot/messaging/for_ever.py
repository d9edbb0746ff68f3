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
    """Starts the work again when it fails: what waits for it would wait until the process ends."""
    while True:
        try:
            await work(*args, **kwargs)
        except Exception as error:
            log.error("%s failed: %s", work.__qualname__, describe(error))
            await asyncio.sleep(AGAIN_SECONDS)
