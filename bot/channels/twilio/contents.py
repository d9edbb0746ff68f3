"""The contents at Twilio from which messages with options are sent: found by their names, made
where there is none of a shape yet. Where that does not work, options are numbered."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.channels.twilio.tappable import NAME_PREFIX, Shape
from bot.logs import describe
from bot.settings import TwilioSettings

log = logging.getLogger(__name__)

PATH = "/v1/Content"
PAGE_SIZE, MOST_PAGES = 500, 20
# Far more than the answers have shapes: whoever writes texts with odd line breaks makes no more.
MOST_CONTENTS = 400
# For so long nothing is asked after something went wrong.
AWAY_SECONDS = 60.0
# The part of a message's time that finding its content may take; the rest is for sending it.
SHARE_OF_TIME = 1 / 3


class NoContentError(Exception):
    """Twilio has no content for a shape, and makes none."""


class Contents:
    """The contents of one account. What two gateways make at the same moment is there twice, and
    either is good."""

    def __init__(self, settings: TwilioSettings, send_seconds: float) -> None:
        self._seconds = send_seconds * SHARE_OF_TIME
        self._http = httpx.AsyncClient(
            base_url=settings.content_url,
            auth=(settings.account_sid, settings.auth_token),
            timeout=self._seconds,
            trust_env=False,
        )
        self._sids: dict[str, str] = {}
        self._refused: set[str] = set()
        self._listed = False
        self._away_until = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def sid(self, shape: Shape) -> str | None:
        """The content of a shape; None where there is none to be had now."""
        if shape.name in self._refused:
            return None
        if known := self._sids.get(shape.name):
            return known
        try:
            return await asyncio.wait_for(self._found_or_made(shape), self._seconds)
        except (httpx.HTTPError, asyncio.TimeoutError, NoContentError) as error:
            if not self._is_away():
                log.warning("options are numbered for a while: %s", describe(error))
            self._away_until = asyncio.get_running_loop().time() + AWAY_SECONDS
            # What is being made just now may be there the next time.
            self._listed = False
            return None

    def refuse(self, shape: Shape) -> None:
        """Twilio does not send from the content of this shape: it is not used again."""
        log.error("Twilio does not take the content %s: its options are numbered", shape.name)
        self._refused.add(shape.name)

    async def close(self) -> None:
        """Ends the connections."""
        await self._http.aclose()

    def _is_away(self) -> bool:
        return asyncio.get_running_loop().time() < self._away_until

    async def _found_or_made(self, shape: Shape) -> str:
        async with self._one_at_a_time:
            if self._is_away():
                raise NoContentError("away")
            if not self._listed:
                await self._list()
                self._listed = True
            if shape.name not in self._sids:
                self._sids[shape.name] = await self._make(shape)
            return self._sids[shape.name]

    async def _list(self) -> None:
        query = f"PageSize={PAGE_SIZE}"
        for _ in range(MOST_PAGES):
            page = _json(await self._http.get(f"{PATH}?{query}"))
            for content in page.get("contents") or ():
                name, sid = content.get("friendly_name") or "", content.get("sid")
                if name.startswith(NAME_PREFIX) and sid:
                    self._sids.setdefault(name, sid)
            following = (page.get("meta") or {}).get("next_page_url")
            if not following:
                return
            # Of the address only what names the page: we ask nobody else.
            query = urlsplit(following).query

    async def _make(self, shape: Shape) -> str:
        if len(self._sids) >= MOST_CONTENTS:
            raise NoContentError("too many contents")
        made = _json(await self._http.post(PATH, json=shape.content()))
        if not made.get("sid"):
            raise NoContentError("no sid")
        log.info("made the content %s", shape.name)
        return str(made["sid"])


def _json(response: httpx.Response) -> dict[str, Any]:
    """Raises NoContentError."""
    if not response.is_success:
        raise NoContentError(f"status {response.status_code}")
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise NoContentError("no JSON")
    return body
