"""A request that the end of the process cuts short is answered: whoever sent it sends it again."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# As where the database is away: it may have been stored, and is not stored twice.
TRY_AGAIN = JSONResponse({"error": "not stored, try again"}, 503, {"Retry-After": "2"})


class AnswerWhenStopped:
    """Takes the place of the server's answer, which would be 500, an error of ours, after which no
    provider tries again. Nothing but the server's end cancels a request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sent if scope["type"] == "http" else send)
        except asyncio.CancelledError:
            if scope["type"] != "http" or begun:
                raise
            await TRY_AGAIN(scope, receive, send)
