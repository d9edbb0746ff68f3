"""POST /webhooks/telegram: what Telegram sends is stored before it is acknowledged."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.telegram.parse import parse_body
from bot.channels.telegram.receive import Receiver
from bot.storage.threads import in_thread

log = logging.getLogger(__name__)

PATH = "/webhooks/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the header's name
MAX_BODY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Webhook:
    """Takes updates from whoever knows the secret. Whatever they are, they are acknowledged: one
    that is refused comes again and again, and those after it wait."""

    secret: str = field(repr=False)
    receiver: Receiver

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route(PATH, self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        """Stores an update. Errors of the database are answered by the gateway, with 503."""
        if not self._is_telegram(request.headers.get(SECRET_HEADER, "")):
            return PlainTextResponse("Forbidden", 403)
        raw = await _body(request)
        if raw is None:
            return PlainTextResponse("Content Too Large", 413)
        parsed = parse_body(raw)
        if parsed is None:
            return JSONResponse({})
        if parsed.said:
            await in_thread(self.receiver.store, parsed.said)
        if parsed.tap:
            # The answer may carry one call of the interface: it ends the button's spinning without
            # a call of our own that could fail.
            return JSONResponse({"method": "answerCallbackQuery", "callback_query_id": parsed.tap})
        return JSONResponse({})

    def _is_telegram(self, given: str) -> bool:
        """It takes as long for any secret."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.secret.encode("utf-8"))


async def _body(request: Request) -> bytes | None:
    """The body; None where it is longer than any update."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY_BYTES:
            log.warning("an update is longer than %s bytes", MAX_BODY_BYTES)
            return None
    return bytes(raw)
