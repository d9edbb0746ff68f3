"""What a picture or a PDF says: the CURP in its code."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys

from bot.media.curp_text import curps_in
from bot.media.picture_result import TOO_LARGE
from bot.messaging.found import Found, curp, nothing
from bot.settings import PROJECT_ROOT

SECONDS = 20.0
AT_ONCE = 2


class Pictures:
    """Reads pictures, few at once: each takes a core."""

    def __init__(self, most_pages: int) -> None:
        self._most_pages = most_pages
        self._places = asyncio.Semaphore(AT_ONCE)

    async def read(self, content_type: str, content: bytes) -> Found:
        """The CURP in it, or why there is none."""
        async with self._places:
            return await self._read(content_type, content)

    async def _read(self, content_type: str, content: bytes) -> Found:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-W", "ignore", "-m", "bot.media.picture_process"),
            *(content_type, str(self._most_pages)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=PROJECT_ROOT,
            env={"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"},
        )
        try:
            printed, _ = await asyncio.wait_for(process.communicate(content), SECONDS)
        except asyncio.TimeoutError:
            return nothing("too_large")
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode == TOO_LARGE:
            return nothing("too_large")
        return _found(printed if process.returncode == 0 else b"[]")


def _found(printed: bytes) -> Found:
    keys = curps_in(json.loads(printed))
    if len(keys) > 1:
        return nothing("several_curps")
    return curp(keys[0]) if keys else nothing("no_curp")
