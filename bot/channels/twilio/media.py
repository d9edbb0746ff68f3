"""What people send by MMS and WhatsApp: fetched from Twilio with the account's credentials, and
deleted there afterwards: until then Twilio keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.twilio.parse import SMS, WHATSAPP, kind_of
from bot.channels.twilio.signature import Fields
from bot.media.download import Downloader
from bot.messaging.media_runner import NotNowError, NotUsableError
from bot.messaging.received_media import Attachment
from bot.settings import MediaSettings, TwilioSettings

DELETE_SECONDS = 15.0
# More than so many files of one message are not looked at.
MOST_FILES = 3
# As many as an MMS can have.
MOST_TOLD = 10
# What may hold a CURP's code or somebody's words. The rest is answered without being fetched.
WANTED = frozenset({"voice", "photo", "document"})
_GONE = (httpx.codes.NOT_FOUND, httpx.codes.GONE)


def attachments_in(fields: Fields) -> tuple[Attachment, ...]:
    """The files that a webhook's fields tell of."""
    number = fields.first("NumMedia").strip()
    count = int(number[:6]) if number.isascii() and number.isdecimal() else 0
    found = []
    for place in range(min(count, MOST_TOLD)):
        url = fields.first(f"MediaUrl{place}").strip()
        if url:
            kind = kind_of(fields.first(f"MediaContentType{place}"))
            wanted = kind in WANTED and place < MOST_FILES
            found.append(Attachment(kind, {"url": url[:512]}, wanted))
    return tuple(found)


class TwilioMedia:
    """The account's media."""

    channels = (SMS, WHATSAPP)

    def __init__(self, account: TwilioSettings, limits: MediaSettings) -> None:
        self._credentials = (account.account_sid, account.auth_token)
        media = rf"/2010-04-01/Accounts/{account.account_sid}/Messages/\w{{2,64}}/Media/\w{{2,64}}"
        self._ours = re.compile(re.escape(account.api_url) + media, re.ASCII)
        self._download = Downloader(account.api_url, limits.max_bytes, account.media_hosts)
        self._http = httpx.AsyncClient(
            auth=self._credentials, timeout=DELETE_SECONDS, trust_env=False
        )

    async def fetch(self, source: Mapping[str, Any]) -> bytes:
        """The bytes. Raises NotNowError and NotUsableError."""
        url = str(source.get("url", ""))
        if not self._ours.fullmatch(url):
            raise NotUsableError("not_fetched")
        return await self._download.fetch(url, self._credentials)

    async def delete(self, source: Mapping[str, Any]) -> None:
        """Deletes it; what is gone already is deleted. Raises NotNowError."""
        url = str(source.get("url", ""))
        if not self._ours.fullmatch(url):
            return
        try:
            response = await self._http.delete(url)
        except httpx.HTTPError as error:
            raise NotNowError(type(error).__name__) from None
        if not response.is_success and response.status_code not in _GONE:
            raise NotNowError(f"status {response.status_code}")

    async def close(self) -> None:
        """Ends the connections."""
        await self._http.aclose()
