"""When to look for the next piece of work of a queue: when something came, when one is done for
which others waited, and after a while by itself. A look that finds nothing costs as much as one
that finds something."""

from __future__ import annotations

import asyncio

LOOK_SECONDS = 1.0


class Looking:
    """Of one event loop, which looks for one piece at a time and works at many side by side.

    Of a conversation one piece is worked at. Where claims run out it may be more than one; then the
    first that is done lets look.
    """

    def __init__(self) -> None:
        self._work = asyncio.Event()
        # By conversation: whether others may wait for the piece that is worked at.
        self._taken: dict[int, bool] = {}
        # Where something came while the next piece was looked for, which may not have been seen.
        self._came: set[int | None] = set()
        # Whether we are told of each piece that comes: behind some poolers nobody is, and SQLite
        # does not say where.
        self._is_told = False

    def came(self, conversation: int | None) -> None:
        """Something came into a conversation, or it is not known where."""
        self._came.add(conversation)
        if conversation is None:
            self._taken = dict.fromkeys(self._taken, True)
        else:
            self._is_told = True
            if conversation in self._taken:
                self._taken[conversation] = True
        self._work.set()

    def look(self) -> None:
        """There may be something to find."""
        self._work.set()

    def begins(self) -> None:
        """The next piece is looked for now."""
        self._work.clear()
        self._came.clear()

    async def wait(self) -> None:
        """Until there may be something to find."""
        # Not asyncio.wait_for: in Python 3.10 it forgets that it was cancelled when the event is
        # set just then.
        look = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._work.set)
        try:
            await self._work.wait()
        finally:
            look.cancel()

    def taken(self, conversation: int, others_wait: bool) -> None:
        """The piece that was found is worked at; others of its conversation waited for it, or
        not."""
        others_came = not self._came.isdisjoint((conversation, None))
        self._taken[conversation] = others_wait or others_came or conversation in self._taken

    def done(self, conversation: int, others_wait: bool = False) -> None:
        """It is done, or given up; others may wait for that."""
        if self._taken.pop(conversation, True) or others_wait or not self._is_told:
            self._work.set()
