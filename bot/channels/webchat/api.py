"""The chat page's interface: open a session, send a message, wait for messages."""

from __future__ import annotations

import asyncio
import json
import math
import re
import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.rate_limit import RateLimit
from bot.channels.signed_links import SignedLinks, stored_file
from bot.channels.typed_text import readable
from bot.messaging.arrivals import Address
from bot.messaging.contents import Incoming, Reply
from bot.messaging.inbox import Inbox
from bot.messaging.news import News
from bot.messaging.outbox import Line, Outbox
from bot.settings import Settings

CHANNEL = "web"
AGENT_CAME = "utter_agent_came"
MAX_CHARACTERS = 4096
MAX_BODY_BYTES = 64 * 1024
MAX_WAIT_SECONDS = 25
LOOK_AGAIN_SECONDS = 5.0
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_CLIENT_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


class Refused(Exception):
    """The request is answered with an error and its reason."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.response = JSONResponse({"error": reason}, status, headers)


@dataclass(frozen=True)
class ChatApi:
    """The three calls. What people send is committed to the inbox before it is acknowledged."""

    inbox: Inbox
    outbox: Outbox
    news: News
    links: SignedLinks
    messages_limit: RateLimit
    sessions_limit: RateLimit

    @classmethod
    def from_settings(cls, settings: Settings, inbox: Inbox, outbox: Outbox, news: News) -> ChatApi:
        """The interface with the limits of the settings."""
        return cls(
            inbox,
            outbox,
            news,
            SignedLinks.from_settings(settings),
            RateLimit(settings.chat_messages_burst, settings.chat_messages_per_second),
            RateLimit(settings.chat_sessions_burst, settings.chat_sessions_per_second),
        )

    def routes(self) -> list[Route]:
        """The interface's routes."""
        return [
            Route("/chat/api/sessions", _answering(self.open_session), methods=["POST"]),
            Route("/chat/api/messages", _answering(self._messages), methods=["GET", "POST"]),
        ]

    async def open_session(self, request: Request) -> Response:
        """A new conversation. Who knows its name, and nobody else, writes in it and reads it."""
        self._limit(self.sessions_limit, request.client.host if request.client else "")
        session = secrets.token_urlsafe(32)
        await run_in_threadpool(self.inbox.open_address, CHANNEL, session)
        return JSONResponse({"session": session}, 201)

    async def _messages(self, request: Request) -> Response:
        # One route for both, so that a wrong method is told of each.
        return await (self.send if request.method == "POST" else self.read)(request)

    async def send(self, request: Request) -> Response:
        """Takes a text, or the id of an option that was offered."""
        body = await _json_body(request)
        address = await self._address(body.get("session"))
        content = await self._content(body, address)
        self._limit(self.messages_limit, str(address.id))
        received = await run_in_threadpool(
            self.inbox.receive, CHANNEL, address, _provider_id(body, address), content
        )
        return JSONResponse({"id": received.position}, 202)

    async def read(self, request: Request) -> Response:
        """Messages after an id; waits for the first where there is none yet."""
        query = request.query_params
        after = _whole_number(query.get("after"), "after", 0, 2**53)
        wait = _whole_number(query.get("wait"), "wait", 0, MAX_WAIT_SECONDS)
        address = await self._address(query.get("session"))
        lines = await self._lines(address.conversation_id, after, wait)
        now = time.time()
        messages = [_as_json(line, self.links, now) for line in lines]
        return JSONResponse({"messages": messages}, headers={"Cache-Control": "no-store"})

    async def _lines(self, conversation_id: int, after: int, wait: int) -> list[Line]:
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        with self.news.waiting_for(conversation_id) as arrived:
            while True:
                arrived.clear()
                lines = await run_in_threadpool(self.outbox.conversation, conversation_id, after)
                left = until - loop.time()
                if lines or left <= 0:
                    return lines
                try:
                    await asyncio.wait_for(arrived.wait(), min(left, LOOK_AGAIN_SECONDS))
                except asyncio.TimeoutError:
                    continue

    async def _address(self, session: Any) -> Address:
        if not isinstance(session, str) or not session:
            raise Refused(400, "session is missing")
        known = None
        if _SESSION.fullmatch(session):
            known = await run_in_threadpool(self.inbox.find_address, CHANNEL, session)
        if known is None:
            raise Refused(404, "no such session")
        return known

    async def _content(self, body: dict[str, Any], address: Address) -> Incoming:
        text, option = body.get("text"), body.get("option")
        if (text is None) == (option is None):
            raise Refused(400, "send either text or option")
        if option is not None:
            if not isinstance(option, str):
                raise Refused(400, "option is not a string")
            offered = await run_in_threadpool(self.outbox.option, address.conversation_id, option)
            if offered is None:
                raise Refused(400, "that option was not offered")
            return Incoming(offered.title, offered.id)
        if not isinstance(text, str):
            raise Refused(400, "text is not a string")
        if len(text) > MAX_CHARACTERS:
            raise Refused(413, f"text is longer than {MAX_CHARACTERS} characters")
        text = readable(text)
        if not text:
            raise Refused(400, "text is empty")
        return Incoming(text)

    @staticmethod
    def _limit(limit: RateLimit, key: str) -> None:
        wait = limit.wait_for(key)
        if wait > 0:
            seconds = str(math.ceil(wait))
            raise Refused(429, "too many requests, wait a moment", {"Retry-After": seconds})


def _answering(handler: Any) -> Any:
    async def answer(request: Request) -> Response:
        try:
            response: Response = await handler(request)
        except Refused as refused:
            return refused.response
        return response

    return answer


async def _json_body(request: Request) -> dict[str, Any]:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY_BYTES:
            raise Refused(413, f"the body is longer than {MAX_BODY_BYTES} bytes")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "the body is not JSON") from error
    if not isinstance(body, dict):
        raise Refused(400, "the body is not a JSON object")
    return body


def _provider_id(body: dict[str, Any], address: Address) -> str:
    """The page names each message: one sent again after a lost connection is not taken twice."""
    key = body.get("key")
    if key is None:
        return uuid.uuid4().hex
    if not isinstance(key, str) or not _CLIENT_KEY.fullmatch(key):
        raise Refused(400, "key is not 8 to 64 letters, digits and hyphens")
    return f"{address.id}-{key}"


def _whole_number(raw: str | None, name: str, least: int, most: int) -> int:
    if raw is None or raw == "":
        return least
    if not (raw.isascii() and raw.isdecimal() and len(raw) < 17 and least <= int(raw) <= most):
        raise Refused(400, f"{name} is not a whole number from {least} to {most}")
    return int(raw)


def _as_json(line: Line, links: SignedLinks, now: float) -> dict[str, Any]:
    reply = line.content if isinstance(line.content, Reply) else Reply(text=line.content.text)
    return {
        "id": line.position,
        "from": line.author,
        # Who of the call center wrote it, and whether from here on a person answers.
        "by": reply.by,
        "agent": line.author == "agent" or reply.answer == AGENT_CAME,
        "text": reply.text,
        "options": [{"id": option.id, "title": option.title} for option in reply.options],
        "image": _address_of(reply.image, links, now),
        "file": _address_of(reply.file, links, now),
        "at": datetime.fromtimestamp(line.at, timezone.utc).isoformat(timespec="milliseconds"),
    }


def _address_of(reference: str | None, links: SignedLinks, now: float) -> str | None:
    """A stored file's link on the page's own host; anything else as it is."""
    stored = stored_file(reference)
    return links.path(*stored, now) if stored else reference
