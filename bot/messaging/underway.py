"""What this process itself knows of what it gave to a provider: a status that says no more than
that asks no database."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

# A status that comes when so many others were sent since is looked up.
REMEMBERED = 10_000
# The provider may tell by a status that it took a part before it answers the call; for so long the
# status waits for the call.
WAIT_SECONDS = 1.0


class Underway:
    """Parts of messages, by our names for them. Of one event loop."""

    def __init__(self) -> None:
        self._going: dict[str, asyncio.Event] = {}
        self._noted: OrderedDict[str, None] = OrderedDict()

    @contextmanager
    def going(self, name: str) -> Iterator[None]:
        """The part is being sent, and what came of it noted, in the block."""
        done = self._going[name] = asyncio.Event()
        try:
            yield
        finally:
            del self._going[name]
            done.set()

    def noted(self, name: str) -> None:
        """The database knows that the part was taken."""
        self._noted[name] = None
        if len(self._noted) > REMEMBERED:
            self._noted.popitem(last=False)

    async def is_noted(self, name: str) -> bool:
        """Whether the database knows, by this process, that the part was taken. Where that is just
        being found out, it is waited for. False: whoever asks has to look."""
        going = self._going.get(name)
        if going is not None:
            gone_by = asyncio.get_running_loop().call_later(WAIT_SECONDS, going.set)
            await going.wait()
            gone_by.cancel()
        return name in self._noted
