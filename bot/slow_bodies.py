"""Requests whose bodies trickle in: each would hold a place for as long as its sender likes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Twilio gives up after fifteen, and the largest body taken here is a megabyte.
LONGEST_SECONDS = 10.0


class SlowBodies:
    """Ends a request whose body is not whole in time, where it is being read: as an HTTPException,
    of which the application makes its answer."""

    def __init__(self, app: ASGIApp, seconds: float = LONGEST_SECONDS) -> None:
        """`seconds`: how long a body may take, from its first part that is asked for."""
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on; its body is read within the time, or ends with 408."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        until: float | None = None
        whole = False

        async def in_time() -> Message:
            nonlocal until, whole
            if whole:
                # Who waits for the end of the connection may wait.
                return await receive()
            if until is None:
                until = asyncio.get_running_loop().time() + self._seconds
            message = await _received_by(until, receive)
            whole = not message.get("more_body", False)
            return message

        await self._app(scope, in_time, send)


async def _received_by(until: float, receive: Receive) -> Message:
    """What is received by then. Not asyncio.wait_for: it makes a task, and nearly every body is
    there already."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    late = loop.time() >= until

    def end(cancel: Callable[[], bool]) -> None:
        nonlocal late
        late = True
        cancel()

    if late or task is None:
        raise _too_slow()
    timer = loop.call_at(until, end, task.cancel)
    try:
        return await receive()
    except asyncio.CancelledError:
        if late:
            raise _too_slow() from None
        raise
    finally:
        timer.cancel()


def _too_slow() -> HTTPException:
    return HTTPException(408, headers={"Connection": "close"})
