"""POST /webhooks/handoff: a call of the phone line goes on in writing."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.handoff.invitation import Invitations
from bot.channels.handoff.requests import (
    CLOCK_SECONDS,
    NotOfTheFormError,
    NotSignedError,
    StaleError,
    check_signature,
    parse,
)
from bot.messaging.handoffs import (
    Addressee,
    Call,
    Handoffs,
    Opened,
    OtherCallError,
    ReplayedError,
)

log = logging.getLogger(__name__)

PATH = "/webhooks/handoff"
SIGNATURE_HEADER, TIMESTAMP_HEADER = "X-PTI-Signature", "X-PTI-Timestamp"
MAX_BODY_BYTES = 8 * 1024
SECONDS_AN_HOUR = 3600.0
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class HandoffWebhook:
    """Takes calls from whoever knows the secret. Neither codes nor numbers are logged."""

    secret: str = field(repr=False)
    hours: float
    handoffs: Handoffs
    invitations: Invitations
    clock: Callable[[], float] = time.time

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route(PATH, self.hand_over, methods=["POST"])]

    async def hand_over(self, request: Request) -> Response:
        """The call's code, its links and what was sent. Errors of the database are answered by the
        gateway, with 503."""
        body = await _body(request)
        if body is None:
            return _error(413, "the body is too long")
        given = request.headers.get(SIGNATURE_HEADER, "")
        timestamp = request.headers.get(TIMESTAMP_HEADER, "")
        try:
            check_signature(self.secret, timestamp, given, body, self.clock())
            asked = parse(body)
        except NotSignedError:
            log.warning("a handoff without the line's signature was refused")
            return _error(403, "not signed")
        except StaleError:
            log.warning("a handoff's time stamp is far from our clock")
            return _error(403, "the time stamp is more than five minutes from our clock")
        except NotOfTheFormError as error:
            return JSONResponse({"error": "not of the form", "problems": error.problems}, 422)
        return await run_in_threadpool(self._answer, asked, given)

    def _answer(self, asked: dict[str, Any], signature: str) -> Response:
        to, reason = self._addressee(asked)
        call = Call(
            asked["call_id"],
            asked["reason"],
            asked["language"],
            self.hours * SECONDS_AN_HOUR,
            asked.get("agent", ""),
            json.dumps(asked, sort_keys=True),
        )
        compose = self.invitations.composer(to, asked["channel"], asked["language"])
        try:
            # A time stamp ahead of our clock is good for longer.
            opened = self.handoffs.open(call, to, compose, signature, 2 * CLOCK_SECONDS)
        except ReplayedError:
            return _error(409, "this very request was taken before: sign it anew")
        except OtherCallError:
            return _error(409, "this call was handed over before")
        return self._opened(opened, asked["language"], reason)

    def _addressee(self, asked: dict[str, Any]) -> tuple[Addressee | None, str | None]:
        """Where the code is sent, or why it is not."""
        number = asked["caller"].get("number")
        if number is None:
            return None, "no_number"
        if not asked["consent"]:
            return None, "no_consent"
        to = self.invitations.addressee(number, asked["channel"], asked["language"])
        if to is None:
            return None, "no_sender"
        return (to, None) if self.handoffs.wants_messages(to) else (None, "stopped")

    def _opened(self, opened: Opened, language: str, reason: str | None) -> Response:
        until = datetime.fromtimestamp(opened.valid_until, timezone.utc)
        not_sent = None if opened.sent_by else reason or "not_sent_before"
        answer = {
            "code": opened.code,
            "text": self.invitations.filled_in(opened.code, language),
            "links": self.invitations.links(opened.code, language),
            "valid_until": until.isoformat(timespec="seconds"),
            "sent": {"channel": opened.sent_by, "reason": not_sent},
        }
        return JSONResponse(answer, 200 if opened.again else 201, NO_STORE)


async def _body(request: Request) -> bytes | None:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY_BYTES:
            return None
    return bytes(raw)


def _error(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status, NO_STORE)
