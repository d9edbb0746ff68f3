"""Forms that Twilio posts, taken only where it signed them."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.channels.twilio.signature import Fields, MalformedError, Signature, fields_of

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 64 * 1024
SIGNATURE_HEADER = "X-Twilio-Signature"


async def signed_fields(request: Request, signature: Signature) -> Fields | Response:
    """The form's fields; where they are not Twilio's, the answer that says so."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY_BYTES:
            return PlainTextResponse("Content Too Large", 413)
    try:
        fields = fields_of(bytes(raw))
    except MalformedError:
        return PlainTextResponse("Forbidden", 403)
    given = request.headers.get(SIGNATURE_HEADER, "")
    query = request.scope["query_string"].decode("latin-1")
    if not signature.is_right(request.scope["path"], query, fields, given):
        log.warning("a request without Twilio's signature was refused")
        return PlainTextResponse("Forbidden", 403)
    return fields
