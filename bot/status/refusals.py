"""Counts the requests to webhooks that were not taken."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.status.metrics import webhooks_refused

WEBHOOKS = "/webhooks/"
# Not 404: whoever tries paths would make a figure of each.
COUNTED = frozenset({403, 409, 413})


class CountRefusals:
    """Looks at the status of each answer and changes nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in COUNTED:
                webhooks_refused.labels(scope["path"], str(message["status"])).inc()
            await send(message)

        of_webhook = scope["type"] == "http" and scope["path"].startswith(WEBHOOKS)
        await self._app(scope, receive, counted if of_webhook else send)
