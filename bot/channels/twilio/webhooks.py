"""POST /webhooks/twilio/messages and /status: stored, then acknowledged with an empty answer."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.twilio.errors import problem_of
from bot.channels.twilio.media import attachments_in
from bot.channels.twilio.parse import NotOursError, parse
from bot.channels.twilio.receive import Receiver
from bot.channels.twilio.sender import STATUS_FIELD, STATUS_PATH
from bot.channels.twilio.signature import Signature
from bot.channels.twilio.signed_form import signed_fields
from bot.messaging.statuses import Progress, Statuses
from bot.messaging.underway import Underway
from bot.storage.threads import in_thread

log = logging.getLogger(__name__)

MESSAGES_PATH = "/webhooks/twilio/messages"
EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
TAKEN_ANSWER = Response(EMPTY_TWIML, media_type="text/xml")
# Twilio's words for where a message is -> ours.
TAKEN = ("accepted", "scheduled", "queued", "sending", "sent")
FAILED = ("failed", "undelivered", "canceled")
PROGRESS: dict[str, Progress] = {
    **dict.fromkeys(TAKEN, "sent"),
    "delivered": "delivered",
    "read": "read",
}


@dataclass(frozen=True)
class TwilioWebhooks:
    """Takes what Twilio signed, for the channels that are set up. Errors of the database are
    answered by the gateway, with 503: Twilio tries again."""

    signature: Signature
    receiver: Receiver
    statuses: Statuses
    underway: Underway
    channels: Collection[str]

    def routes(self) -> list[Route]:
        """The two routes."""
        return [
            Route(MESSAGES_PATH, self.message, methods=["POST"]),
            Route(STATUS_PATH, self.status, methods=["POST"]),
        ]

    async def message(self, request: Request) -> Response:
        """Stores what a person sent."""
        fields = await signed_fields(request, self.signature)
        if isinstance(fields, Response):
            return fields
        try:
            said = replace(parse(fields), files=attachments_in(fields))
        except NotOursError as error:
            log.error("a message of Twilio's cannot be stored: %s", error)
            return PlainTextResponse("Unprocessable Content", 422)
        if said.channel not in self.channels:
            log.error("a message came by %s, for which no sender is set", said.channel)
            return PlainTextResponse("Unprocessable Content", 422)
        await in_thread(self.receiver.store, said)
        return TAKEN_ANSWER

    async def status(self, request: Request) -> Response:
        """Moves a message that we sent forward."""
        fields = await signed_fields(request, self.signature)
        if isinstance(fields, Response):
            return fields
        name = request.query_params.get(STATUS_FIELD, "")
        state = fields.first("MessageStatus") or fields.first("SmsStatus")
        if state in TAKEN and await self.underway.is_noted(name):
            return TAKEN_ANSWER
        if state in PROGRESS:
            sid = fields.first("MessageSid")[:64]
            await in_thread(self.statuses.progressed, name, PROGRESS[state], sid)
        elif state in FAILED:
            code = fields.first("ErrorCode")
            number = int(code) if code.isascii() and code.isdecimal() and len(code) < 10 else 0
            await in_thread(self.statuses.failed, name, problem_of(number))
        return TAKEN_ANSWER
