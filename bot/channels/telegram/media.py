"""What people send to the bot, fetched by its id. Telegram deletes nothing for a bot: a file is
there until the person deletes their message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.telegram.api import ApiError, BotApi, UnreachableError
from bot.channels.telegram.receive import CHANNEL
from bot.media.download import Downloader
from bot.messaging.media_runner import NotNowError, NotUsableError
from bot.settings import MediaSettings, TelegramSettings

_PATH = re.compile(r"[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*")
_TOO_BIG = "file is too big"
TOO_MANY_REQUESTS, SERVER_ERROR = 429, 500


class TelegramMedia:
    """The bot's files."""

    channels = (CHANNEL,)

    def __init__(self, bot: TelegramSettings, limits: MediaSettings) -> None:
        self._api = BotApi(bot)
        self._files = f"{bot.api_url}/file/bot{bot.token}"
        self._most_bytes = limits.max_bytes
        self._download = Downloader(bot.api_url, limits.max_bytes)

    async def fetch(self, source: Mapping[str, Any]) -> bytes:
        """The bytes. Raises NotNowError and NotUsableError."""
        try:
            file = await self._api.call("getFile", {"file_id": str(source.get("file_id", ""))})
        except UnreachableError as error:
            raise NotNowError(str(error)) from None
        except ApiError as error:
            raise _problem(error) from None
        if not isinstance(file, dict):
            raise NotUsableError("not_fetched")
        size, path = file.get("file_size"), str(file.get("file_path") or "")
        if isinstance(size, int) and size > self._most_bytes:
            raise NotUsableError("too_large")
        if not _PATH.fullmatch(path):
            raise NotUsableError("not_fetched")
        return await self._download.fetch(f"{self._files}/{path}")

    async def delete(self, source: Mapping[str, Any]) -> None:
        """There is nothing that a bot could do."""

    async def close(self) -> None:
        """Ends the connections."""
        await self._api.close()


def _problem(error: ApiError) -> NotNowError | NotUsableError:
    if _TOO_BIG in error.description.lower():
        return NotUsableError("too_large")
    if error.code == TOO_MANY_REQUESTS or error.code >= SERVER_ERROR:
        return NotNowError(error.word)
    return NotUsableError("not_fetched")
